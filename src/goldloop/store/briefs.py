"""Briefs: findings that somebody repairs, one row a key, and what was measured of them and done about them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.core.canonical import canonical
from goldloop.store.prepared import Prepared
from goldloop.store.schema import actor, brief, brief_word

STATES = ("open", "in_work", "waiting", "closed", "waived")
UNREPAIRED = ("open", "in_work", "waiting")


class BriefRow(NamedTuple):
    """A brief as it stands in its table."""

    id: int
    programme_id: int
    key: str
    source: str
    title: str
    state: str
    owner_id: int
    due_at: int
    because: str
    scope: str
    remedy: str | None
    relapses: int
    opened_at: int
    since_at: int
    heard_at: int
    waived_until: int | None


class NewWord(NamedTuple):
    """One step of a brief: a reading of its number, or what somebody did. `by_id` None is the rule."""

    kind: str
    because: str
    at: int
    by_id: int | None = None
    healthy: bool | None = None
    evidence: Sequence[int] = ()
    verdict_id: int | None = None
    batch_id: int | None = None


class Word(NamedTuple):
    """A step as it was written down, with the name of whose it is."""

    id: int
    brief_id: int
    kind: str
    because: str
    by: str | None
    healthy: bool | None
    evidence: tuple[int, ...]
    verdict_id: int | None
    batch_id: int | None
    at: int


def add_brief(connection: Connection, new: Mapping[str, Any]) -> int | None:
    """Write a brief down; its key. None where another transaction has just opened one of the same key."""
    insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    made = insert_(brief).values(**new).on_conflict_do_nothing(index_elements=["programme_id", "key"])
    key = connection.execute(made.returning(brief.c.id)).scalar()
    return None if key is None else int(key)


def lock_brief_of(connection: Connection, programme_id: int, key: str) -> BriefRow | None:
    """The brief of what is measured, locked until the transaction ends; None before the first finding."""
    row = _OF_KEY.one(connection, programme=programme_id, key=key)
    return BriefRow._make(row) if row else None


def lock_brief(connection: Connection, key: int) -> BriefRow:
    """A brief by key, which is there, locked until the transaction ends."""
    return BriefRow._make(connection.execute(_ROWS.where(brief.c.id == key).with_for_update()).one())


def brief_row(connection: Connection, key: int) -> BriefRow:
    """A brief by key, which is there."""
    return BriefRow._make(connection.execute(_ROWS.where(brief.c.id == key)).one())


def set_brief(connection: Connection, key: int, **changed: Any) -> None:
    """Change how a brief stands."""
    connection.execute(update(brief).where(brief.c.id == key).values(**changed))


def add_brief_word(connection: Connection, key: int, new: NewWord) -> None:
    """Append a step to a brief."""
    row = new._asdict() | {"brief_id": key, "evidence": canonical(list(new.evidence))}
    connection.execute(insert(brief_word), row)


def newest_reading(connection: Connection, key: int) -> Word | None:
    """What was last measured of a brief."""
    measured = ("opened", "heard", "closed", "reopened")
    row = connection.execute(
        _WORDS.where(brief_word.c.brief_id == key, brief_word.c.kind.in_(measured))
        .order_by(brief_word.c.id.desc())
        .limit(1)
    ).one_or_none()
    return _word(row) if row else None


def brief_words(connection: Connection, keys: Sequence[int], kinds: Sequence[str] = ()) -> dict[int, list[Word]]:
    """What happened to some briefs, in order: all of it, or steps of some kinds."""
    out: dict[int, list[Word]] = {key: [] for key in keys}
    statement = _WORDS.where(brief_word.c.brief_id.in_(keys)).order_by(brief_word.c.id)
    for row in connection.execute(statement.where(brief_word.c.kind.in_(kinds)) if kinds else statement):
        out[row.brief_id].append(_word(row))
    return out


def briefs(connection: Connection, programme_id: int, *where: ColumnElement[bool], limit: int = 1000) -> list[BriefRow]:
    """The newest briefs of a programme that meet every condition."""
    statement = _ROWS.where(brief.c.programme_id == programme_id, *where).order_by(brief.c.id.desc())
    return [BriefRow._make(row) for row in connection.execute(statement.limit(limit))]


def count_briefs(connection: Connection, programme_id: int) -> dict[str, int]:
    """How many briefs of a programme stand in each state; states without one are left out."""
    rows = connection.execute(
        select(brief.c.state, func.count()).where(brief.c.programme_id == programme_id).group_by(brief.c.state)
    )
    return {state: count for state, count in rows}


def _word(row: Any) -> Word:
    return Word(
        id=row.id,
        brief_id=row.brief_id,
        kind=row.kind,
        because=row.because,
        by=row.by,
        healthy=row.healthy,
        evidence=tuple(json.loads(row.evidence)),
        verdict_id=row.verdict_id,
        batch_id=row.batch_id,
        at=row.at,
    )


_ROWS = select(*(brief.c[name] for name in BriefRow._fields))
_OF_KEY = Prepared(
    _ROWS.where(brief.c.programme_id == bindparam("programme"), brief.c.key == bindparam("key")).with_for_update()
)
_WORDS = select(brief_word, actor.c.name.label("by")).outerjoin(actor, actor.c.id == brief_word.c.by_id)
