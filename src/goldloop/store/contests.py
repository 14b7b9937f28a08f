"""Contests: a person says that what was held against them is wrong, and somebody else rules."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, exists, insert, select

from goldloop.core.roles import DOORS
from goldloop.store.codes import DECISION, STANCE
from goldloop.store.gold_results import is_known
from goldloop.store.schema import (
    actor,
    batch,
    contest,
    decision,
    gold,
    gold_item,
    gold_work,
    item,
    judgement,
    member,
    value,
)


class ContestRow(NamedTuple):
    """A contest with who said what, and the ruling if there is one."""

    id: int
    batch_id: int
    batch: str
    item_id: int
    external_id: str
    person_id: int
    person: str
    against_id: int
    against: str
    kind: str
    because: str
    contested_at: int
    said: str | None
    held: str | None
    ruled: str | None
    ruled_at: int | None


class Subject(NamedTuple):
    """An answer of somebody's, and where it stands."""

    id: int
    item_id: int
    batch_id: int
    programme_id: int
    actor_id: int
    stance: int
    value_id: int | None
    said_at: int


def subject(connection: Connection, judgement_id: int) -> Subject | None:
    """The judgement that a contest would be about."""
    row = connection.execute(
        select(
            judgement.c.id,
            judgement.c.item_id,
            judgement.c.batch_id,
            batch.c.programme_id,
            judgement.c.actor_id,
            judgement.c.stance,
            judgement.c.value_id,
            judgement.c.said_at,
        )
        .join(batch, batch.c.id == judgement.c.batch_id)
        .where(judgement.c.id == judgement_id)
    ).one_or_none()
    return Subject(*row) if row else None


def ruling_against(connection: Connection, said: Subject) -> int | None:
    """The newest colleague's ruling or answer in the same batch that says something else, and that decided the item."""
    return connection.execute(
        select(judgement.c.id)
        .join(actor, (actor.c.id == judgement.c.actor_id) & (actor.c.kind == "person"))
        .join(
            decision,
            (decision.c.batch_id == judgement.c.batch_id)
            & (decision.c.item_id == judgement.c.item_id)
            & (decision.c.value_id == judgement.c.value_id)
            & (decision.c.state == DECISION["decided"]),
        )
        .where(
            judgement.c.item_id == said.item_id,
            judgement.c.batch_id + 0 == said.batch_id,  # else SQLite walks the batch
            judgement.c.actor_id != said.actor_id,
            judgement.c.value_id != said.value_id,
        )
        .order_by(judgement.c.id.desc())
        .limit(1)
    ).scalar()


def gold_against(connection: Connection, said: Subject) -> int | None:
    """The gold answer that says something else: in a gold release, once its author may know; or imported gold."""
    given = connection.execute(
        select(gold_work.c.work_id, gold_work.c.right, gold_item.c.judgement_id)
        .join(judgement, judgement.c.work_id == gold_work.c.work_id)
        .join(
            gold_item,
            (gold_item.c.release_id == gold_work.c.release_id) & (gold_item.c.item_id == gold_work.c.item_id),
        )
        .where(judgement.c.id == said.id, gold_work.c.judgement_id == said.id)
    ).first()
    if given is not None:
        return int(given.judgement_id) if given.right is False and is_known(connection, given.work_id) else None
    return connection.execute(
        select(gold.c.judgement_id)
        .join(judgement, judgement.c.id == gold.c.judgement_id)
        .where(gold.c.item_id == said.item_id, judgement.c.value_id != said.value_id)
    ).scalar()


class Contested(NamedTuple):
    """The contest that a ruling answers: the work its author had answered, and what was held against them."""

    work_id: int
    held: int | None


def contested_with(connection: Connection, work_id: int) -> Contested | None:
    """The contest of gold whose second ruling is this work; None where it is no such work."""
    mine, theirs = judgement.alias(), judgement.alias()
    row = connection.execute(
        select(mine.c.work_id, theirs.c.value_id)
        .select_from(contest)
        .join(mine, mine.c.id == contest.c.judgement_id)
        .join(theirs, theirs.c.id == contest.c.against_id)
        .where(contest.c.work_id == work_id, contest.c.kind == "gold", mine.c.work_id.is_not(None))
    ).first()
    return Contested._make(row) if row else None


def audit_against(connection: Connection, said: Subject) -> int | None:
    """The audit's answer that says something else."""
    return connection.execute(
        select(judgement.c.id)
        .join(batch, (batch.c.id == judgement.c.batch_id) & (batch.c.purpose == "audit"))
        .join(
            decision,
            (decision.c.batch_id == batch.c.id)
            & (decision.c.item_id == judgement.c.item_id)
            & (decision.c.value_id == judgement.c.value_id),
        )
        .where(
            judgement.c.item_id == said.item_id,
            batch.c.programme_id == said.programme_id,
            judgement.c.value_id != said.value_id,
            judgement.c.actor_id != said.actor_id,
        )
        .order_by(judgement.c.id.desc())
        .limit(1)
    ).scalar()


def is_contested(connection: Connection, judgement_id: int) -> bool:
    """True where this answer has been contested before."""
    return connection.execute(select(contest.c.id).where(contest.c.judgement_id == judgement_id)).first() is not None


def somebody_left(connection: Connection, said: Subject, *, tier: int) -> bool:
    """True where a member who works at the tier has said nothing of the item yet."""
    spoke = exists().where((judgement.c.item_id == said.item_id) & (judgement.c.actor_id == member.c.actor_id))
    rows = connection.execute(
        select(member.c.tiers)
        .join(actor, actor.c.id == member.c.actor_id)
        .where(
            member.c.programme_id == said.programme_id,
            member.c.role.in_([role for role, doors in DOORS.items() if "work" in doors]),
            actor.c.left_at.is_(None),
            ~spoke,
        )
    ).scalars()
    return any(str(tier) in text for text in rows)


def add_contest(
    connection: Connection, said: Subject, *, against_id: int, kind: str, because: str, work_id: int, at: int
) -> int:
    """Write a contest down; its key."""
    row = {
        "programme_id": said.programme_id,
        "batch_id": said.batch_id,
        "item_id": said.item_id,
        "person_id": said.actor_id,
        "judgement_id": said.id,
        "against_id": against_id,
        "kind": kind,
        "because": because,
        "work_id": work_id,
        "contested_at": at,
    }
    return int(connection.execute(insert(contest).returning(contest.c.id), row).scalar_one())


def contests(connection: Connection, programme_id: int, *, person_id: int | None = None) -> list[ContestRow]:
    """The contests of a programme, newest first; of one person, if given."""
    statement = _ROWS.where(contest.c.programme_id == programme_id)
    if person_id is not None:
        statement = statement.where(contest.c.person_id == person_id)
    out: dict[int, ContestRow] = {}
    for row in connection.execute(statement.order_by(contest.c.id.desc(), _RULING.c.id.desc())):
        out.setdefault(row.id, ContestRow._make(row))  # the newest ruling counts
    return list(out.values())


_MINE, _THEIRS, _RULING = judgement.alias("mine"), judgement.alias("theirs"), judgement.alias("ruling")
_MY_VALUE, _THEIR_VALUE, _RULED_VALUE = value.alias("my_value"), value.alias("their_value"), value.alias("ruled_value")
_PERSON, _SENIOR = actor.alias("person_of"), actor.alias("senior")
_ROWS: Select[Any] = (
    select(
        contest.c.id,
        contest.c.batch_id,
        batch.c.name,
        contest.c.item_id,
        item.c.external_id,
        contest.c.person_id,
        _PERSON.c.name,
        _THEIRS.c.actor_id,
        _SENIOR.c.name,
        contest.c.kind,
        contest.c.because,
        contest.c.contested_at,
        _MY_VALUE.c.answer,
        _THEIR_VALUE.c.answer,
        _RULED_VALUE.c.answer,
        _RULING.c.said_at,
    )
    .join(batch, batch.c.id == contest.c.batch_id)
    .join(item, item.c.id == contest.c.item_id)
    .join(_PERSON, _PERSON.c.id == contest.c.person_id)
    .join(_MINE, _MINE.c.id == contest.c.judgement_id)
    .outerjoin(_MY_VALUE, _MY_VALUE.c.id == _MINE.c.value_id)
    .join(_THEIRS, _THEIRS.c.id == contest.c.against_id)
    .join(_SENIOR, _SENIOR.c.id == _THEIRS.c.actor_id)
    .outerjoin(_THEIR_VALUE, _THEIR_VALUE.c.id == _THEIRS.c.value_id)
    .outerjoin(
        _RULING,
        (_RULING.c.item_id == contest.c.item_id)
        & (_RULING.c.batch_id == contest.c.batch_id)
        & (_RULING.c.stance == STANCE["adjudicate"])
        & (_RULING.c.id > contest.c.against_id)
        & (_RULING.c.said_at >= contest.c.contested_at)
        & (_RULING.c.actor_id != contest.c.person_id)
        & (_RULING.c.actor_id != _THEIRS.c.actor_id),
    )
    .outerjoin(_RULED_VALUE, _RULED_VALUE.c.id == _RULING.c.value_id)
)
