"""Forgetting items: their words go, and what the ledger and the labels need to stay provable stays.

Under one salt an item's commitments in the ledger opened onto its body and onto what was said of it. The salt goes with
the words, so that nobody can test a guess against what remains.
"""

import json
from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, func, insert, select, text, true, update

from goldloop.core import families
from goldloop.core.canonical import canonical, digest
from goldloop.core.erasure import blank
from goldloop.core.masking import reworded
from goldloop.core.nouns import Spec
from goldloop.store.codes import DECISION, HOW
from goldloop.store.ledger import AnyRow, NewEvent, commitment, record_one
from goldloop.store.phrases import phrase_texts
from goldloop.store.schema import (
    actor,
    batch,
    batch_item,
    closed,
    content,
    contest,
    decision,
    erased,
    gold,
    gold_item,
    item,
    judgement,
    lapsed,
    lease,
    ready,
    release_row,
    unrouted,
    value,
    work,
)
from goldloop.store.values import NewValue, value_keys
from goldloop.store.vault import forget_items

ERASED = "(erased)"


class Forgotten(NamedTuple):
    """What went with some items: how many, words, works, tokens, and the values that words stood in."""

    items: int
    words: int
    works: int
    tokens: int
    values: list[int]


class ErasedRow(NamedTuple):
    """An item that was erased."""

    item_id: int
    external_id: str
    because: str
    who: str | None
    commitment: bytes
    event_id: int
    segment_id: int | None
    erased_at: int


def forget(
    connection: Connection, programme_id: int, keys: Sequence[int], *, because: str, by: int | None, at: int
) -> Forgotten:
    """Forget items that are there still: body, search words, vault, comments, written answers, open work, salt.

    An item that nobody had decided leaves its batches; a decided one keeps its label.
    """
    _overwrite(connection)
    there = [row for row in _bodies(connection, keys) if row.gone is None]
    if not there:
        return Forgotten(0, 0, 0, 0, [])
    ids = [row.id for row in there]
    made = {row.id: commitment(bytes(row.salt or b""), row.body) for row in there}
    for key, text_ in made.items():
        data = {"because": because, "commitment": text_}
        event_id = record_one(connection, NewEvent("item.erased", programme_id, by, str(key), data, at))
        about = {"item_id": key, "programme_id": programme_id, "because": because, "actor_id": by, "erased_at": at}
        connection.execute(insert(erased), {**about, "commitment": bytes.fromhex(text_), "event_id": event_id})
    words, values = forget_words(connection, ids)
    for row in there:
        gone = canonical(blank(json.loads(row.body), because=because, at=at))
        connection.execute(
            update(item).where(item.c.id == row.id).values(body=gone, digest=bytes.fromhex(made[row.id]), salt=None)
        )
        connection.execute(
            delete(content).where(
                content.c.programme_id == programme_id, content.c.digest == row.digest, content.c.item_id == row.id
            )
        )
    column = "item_id" if connection.dialect.name == "postgresql" else "rowid"
    connection.execute(text(f"DELETE FROM item_text WHERE {column} = :item"), [{"item": key} for key in ids])  # noqa: S608
    connection.execute(delete(unrouted).where(unrouted.c.programme_id == programme_id, unrouted.c.item_id.in_(ids)))
    connection.execute(delete(gold).where(gold.c.item_id.in_(ids)))
    connection.execute(
        update(gold_item)
        .where(gold_item.c.item_id.in_(ids))
        .values(
            explanation=None,
            withdrawn_at=func.coalesce(gold_item.c.withdrawn_at, at),
            withdrawn_because=func.coalesce(gold_item.c.withdrawn_because, because),
        )
    )
    connection.execute(update(contest).where(contest.c.item_id.in_(ids)).values(because=ERASED))
    works = _close_works(connection, ids, at=at)
    _leave_batches(connection, ids)
    return Forgotten(len(made), words, works, forget_items(connection, programme_id, ids), values)


def forget_words(
    connection: Connection, keys: Sequence[int], *, judgements: Sequence[int] | None = None
) -> tuple[int, list[int]]:
    """Forget what people wrote of items, in comments and in answers; the labels they gave stay.

    How many judgements had words, and the values that their words stood in, to be looked at when all are done. With
    `judgements` only those; the items' salt goes in either case.
    """
    _overwrite(connection)
    of = judgement.c.item_id.in_(keys) if judgements is None else judgement.c.id.in_(judgements)
    rows = connection.execute(
        select(
            judgement.c.id,
            judgement.c.task_id,
            judgement.c.value_id,
            judgement.c.comment,
            judgement.c.note,
            value.c.answer,
        )
        .outerjoin(value, value.c.id == judgement.c.value_id)
        .where(of)
    ).all()
    said = [row.id for row in rows if row.comment is not None]
    connection.execute(update(judgement).where(judgement.c.id.in_(said)).values(comment=None))
    noted = {row.id: json.loads(row.note) for row in rows if row.note and "amends" in json.loads(row.note)}
    for key, note in noted.items():
        left = {name: part for name, part in note.items() if name != "amends"}
        connection.execute(update(judgement).where(judgement.c.id == key).values(note=canonical(left)))
    moved = _reworded(connection, rows)
    for old, new in moved.items():
        mine = [row.id for row in rows if row.value_id == old]
        connection.execute(update(judgement).where(judgement.c.id.in_(mine)).values(value_id=new))
        for table in (decision, release_row):
            here = table.c.item_id.in_(keys)
            connection.execute(update(table).where(here, table.c.value_id == old).values(value_id=new))
    worded = {*said, *noted, *(row.id for row in rows if row.value_id in moved)}
    if worded:
        connection.execute(update(item).where(item.c.id.in_(keys)).values(salt=None))
    return len(worded), sorted(moved)


def hide_values(connection: Connection, keys: Sequence[int]) -> None:
    """Let nobody's new answer become one of these values any more: what is said again is a row of its own."""
    for key in keys:
        hidden = digest(f"{key}:{ERASED}")
        connection.execute(update(value).where(value.c.id == key).values(digest=hidden))


def forget_values(connection: Connection, keys: Sequence[int]) -> int:
    """Forget those of hidden values that nobody says any more; the others can be found again. How many are gone.

    The one place that looks through all judgements: once a job, not once an item.
    """
    _overwrite(connection)
    if not keys:
        return 0
    said = set(
        connection.execute(select(judgement.c.value_id).where(judgement.c.value_id.in_(keys)).distinct()).scalars()
    )
    for row in connection.execute(
        select(value.c.id, value.c.task_id, value.c.answer).where(value.c.id.in_(said))
    ).all():
        again = digest(row.answer)
        taken = select(value.c.id).where(value.c.task_id == row.task_id, value.c.digest == again)
        if connection.execute(taken).first() is None:
            connection.execute(update(value).where(value.c.id == row.id).values(digest=again))
    gone = [key for key in keys if key not in said]
    connection.execute(update(value).where(value.c.id.in_(gone)).values(answer=canonical(ERASED)))
    return len(gone)


def is_erased(connection: Connection, item_id: int) -> bool:
    """True where an item was erased."""
    return connection.execute(select(erased.c.item_id).where(erased.c.item_id == item_id)).first() is not None


def erased_of_age(
    connection: Connection, programme_id: int, *, after: int, before: int, limit: int, source_id: int | None = None
) -> list[tuple[int, int]]:
    """(item, take-in) of the next items of a programme, or of one source, that came in before then, after a key."""
    rows = connection.execute(
        select(item.c.id, item.c.take_in_id, item.c.created_at)
        .where(
            item.c.programme_id == programme_id,
            item.c.id > after,
            true() if source_id is None else item.c.source_id == source_id,
        )
        .order_by(item.c.id)
        .limit(limit)
    ).all()
    return [(row.id, row.take_in_id) for row in takewhile(lambda row: row.created_at < before, rows)]


class Worded(NamedTuple):
    """Old judgements of a programme, their items, and the last key that was looked at; None behind the last."""

    judgements: list[int]
    items: list[int]
    last: int | None


def words_of_age(connection: Connection, programme_id: int, *, after: int, before: int, limit: int) -> Worded:
    """The next judgements that were said before then, after a key; those of other programmes are stepped over."""
    rows = connection.execute(
        select(judgement.c.id, judgement.c.item_id, judgement.c.said_at, item.c.programme_id)
        .join(item, item.c.id == judgement.c.item_id)
        .where(judgement.c.id > after)
        .order_by(judgement.c.id)
        .limit(limit)
    ).all()
    old = list(takewhile(lambda row: row.said_at < before or row.programme_id != programme_id, rows))
    mine = [row for row in old if row.programme_id == programme_id]
    return Worded([row.id for row in mine], sorted({row.item_id for row in mine}), old[-1].id if old else None)


def erased_among(connection: Connection, programme_id: int, keys: Collection[int]) -> set[int]:
    """Those of some items of a programme that were erased."""
    gone = select(erased.c.item_id).where(erased.c.programme_id == programme_id)
    return set(connection.execute(gone).scalars()).intersection(keys)


def erased_of(connection: Connection, batch_id: int) -> set[int]:
    """The items of a batch that were erased."""
    return set(
        connection.execute(
            select(erased.c.item_id)
            .join(batch_item, batch_item.c.item_id == erased.c.item_id)
            .where(batch_item.c.batch_id == batch_id)
        ).scalars()
    )


def erased_row(connection: Connection, item_id: int) -> ErasedRow | None:
    """An erased item; None where it is there still."""
    row = connection.execute(_ERASED.where(erased.c.item_id == item_id)).one_or_none()
    return ErasedRow._make(row) if row else None


def erased_items(connection: Connection, programme_id: int, *, after: int, limit: int) -> list[ErasedRow]:
    """The erased items of a programme, in the order of their keys."""
    rows = connection.execute(
        _ERASED.where(erased.c.programme_id == programme_id, erased.c.item_id > after)
        .order_by(erased.c.item_id)
        .limit(limit)
    )
    return [ErasedRow._make(row) for row in rows]


def tidy(connection: Connection) -> bool:
    """Merge a little of the search index, so that erased words leave its old pages; False where all is done."""
    if connection.dialect.name == "postgresql":
        return False
    before = _changes(connection)
    connection.execute(text("INSERT INTO item_text(item_text, rank) VALUES ('merge', 500)"))
    return _changes(connection) - before >= 2


def begin_tidying(connection: Connection) -> None:
    """Have everything in the search index merged by `tidy`."""
    if connection.dialect.name != "postgresql":
        connection.execute(text("INSERT INTO item_text(item_text, rank) VALUES ('merge', -500)"))


def _changes(connection: Connection) -> int:
    return int(connection.execute(text("SELECT total_changes()")).scalar_one())


def _overwrite(connection: Connection) -> None:
    """On SQLite what is deleted is overwritten, not only unlinked; PostgreSQL frees it at its next vacuum."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def _bodies(connection: Connection, keys: Sequence[int]) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(item.c.id, item.c.body, item.c.digest, item.c.salt, erased.c.item_id.label("gone"))
            .outerjoin(erased, erased.c.item_id == item.c.id)
            .where(item.c.id.in_(keys))
            .order_by(item.c.id)
        )
    )


def _reworded(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, int]:
    """The value that takes each one's place which holds words: the same label, no words."""
    tasks = {
        key: families.task.build(Spec.model_validate_json(said))
        for key, said in phrase_texts(connection, sorted({row.task_id for row in rows})).items()
    }
    out: dict[int, int] = {}
    for row in rows:
        task = tasks[row.task_id]
        if row.value_id is None or row.value_id in out or not (task.remarks | task.written):
            continue
        answer = json.loads(row.answer)
        bare = reworded(answer, task.remarks | task.written, lambda _: "")
        if bare != answer:
            new = NewValue(canonical(bare), task.labels(bare))
            out[row.value_id] = value_keys(connection, row.task_id, [new])[new.answer]
    return out


def _close_works(connection: Connection, keys: Sequence[int], *, at: int) -> int:
    """Close every work of items, whoever holds it: there is nothing left to be looked at."""
    rows = connection.execute(
        select(work.c.id, work.c.lane_id, work.c.priority)
        .outerjoin(closed, closed.c.work_id == work.c.id)
        .where(work.c.item_id.in_(keys), closed.c.work_id.is_(None))
    ).all()
    for row in rows:
        here = (ready.c.lane_id == row.lane_id) & (ready.c.priority == row.priority) & (ready.c.work_id == row.id)
        connection.execute(delete(ready).where(here))
    ids = [row.id for row in rows]
    for table in (lease, lapsed):
        connection.execute(delete(table).where(table.c.work_id.in_(ids)))
    if ids:
        how = {"how": HOW["revoked"], "judgement_id": None, "closed_at": at}
        connection.execute(insert(closed), [{"work_id": key, **how} for key in ids])
    return len(ids)


def _leave_batches(connection: Connection, keys: Sequence[int]) -> None:
    """Take items that are not decided out of their batches, so that these can end."""
    rows = connection.execute(
        select(batch_item.c.batch_id, batch_item.c.item_id)
        .outerjoin(
            decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
        )
        .where(batch_item.c.item_id.in_(keys), decision.c.state.is_(None) | (decision.c.state != DECISION["decided"]))
    ).all()
    counts: dict[int, int] = {}
    for batch_id, item_id in rows:
        counts[batch_id] = counts.get(batch_id, 0) + 1
        for table in (decision, batch_item):
            connection.execute(delete(table).where(table.c.batch_id == batch_id, table.c.item_id == item_id))
    for batch_id, count in counts.items():
        connection.execute(update(batch).where(batch.c.id == batch_id).values(item_count=batch.c.item_count - count))


_ERASED = (
    select(
        erased.c.item_id,
        item.c.external_id,
        erased.c.because,
        actor.c.name,
        erased.c.commitment,
        erased.c.event_id,
        erased.c.segment_id,
        erased.c.erased_at,
    )
    .join(item, item.c.id == erased.c.item_id)
    .outerjoin(actor, actor.c.id == erased.c.actor_id)
)
