"""How people stand to the exams of their programmes, and how they answered the gold they were given."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.codes import CALIBRATION, GOLD_KIND
from goldloop.store.exposure import agreed_to
from goldloop.store.lanes import Hands
from goldloop.store.prepared import Prepared
from goldloop.store.schema import (
    actor,
    batch,
    calibration,
    calibration_word,
    closed,
    gold_item,
    gold_work,
    item,
    judgement,
    member,
    person,
    value,
    verdict,
)
from goldloop.store.schema import programme as programme_table

HIDDEN = (GOLD_KIND["hidden"], GOLD_KIND["probe"])  # known to their person once their batch is through its gate
TESTS = (GOLD_KIND["exam"], GOLD_KIND["hidden"])  # answers to gold without a suggestion


class CalibrationRow(NamedTuple):
    """How a person stands to a programme's exam now."""

    programme_id: int
    person_id: int
    task_id: int
    state: int
    sitting: int
    handed: int
    since_at: int
    because: str


def calibration_of(connection: Connection, programme_id: int, person_id: int) -> CalibrationRow | None:
    """How a person stands to a programme's exam; None where they never sat it."""
    row = _OF.one(connection, programme=programme_id, person=person_id)
    return CalibrationRow._make(row) if row else None


def lock_calibration(connection: Connection, programme_id: int, person_id: int) -> CalibrationRow | None:
    """The same, locked until the transaction ends: two answers at once are counted one after the other."""
    row = _LOCKED.one(connection, programme=programme_id, person=person_id)
    return CalibrationRow._make(row) if row else None


def calibrations(connection: Connection, programme_id: int) -> list[CalibrationRow]:
    """Everybody who has sat a programme's exam, or has begun."""
    rows = connection.execute(_ROWS.where(calibration.c.programme_id == programme_id))
    return [CalibrationRow._make(row) for row in rows]


def programmes_of(connection: Connection, person_id: int) -> list[int]:
    """The programmes in which a person has been examined."""
    rows = connection.execute(select(calibration.c.programme_id).where(calibration.c.person_id == person_id))
    return sorted(rows.scalars())


def set_calibration(connection: Connection, row: CalibrationRow) -> None:
    """Write down how a person stands now."""
    insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    statement = insert_(calibration).values(row._asdict())
    changed = {name: statement.excluded[name] for name in CalibrationRow._fields[2:]}
    connection.execute(statement.on_conflict_do_update(index_elements=["programme_id", "person_id"], set_=changed))


def add_calibration(connection: Connection, row: CalibrationRow) -> None:
    """A row for somebody who has none yet."""
    insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    connection.execute(insert_(calibration).values(row._asdict()).on_conflict_do_nothing())


def count_handed(connection: Connection, programme_id: int, person_id: int, works: int) -> None:
    """Count works that were handed to a person."""
    _COUNT.run(connection, programme=programme_id, person=person_id, works=works)


class NewWord(NamedTuple):
    """What happened to somebody's calibration. `by_id` is None for the rule of the programme file."""

    programme_id: int
    person_id: int
    sitting: int
    kind: str
    because: str
    by_id: int | None
    right: int | None
    n: int | None
    low: float | None
    high: float | None
    at: int


class CalibrationWord(NamedTuple):
    """What happened to somebody's calibration, with the name of who did it."""

    id: int
    person_id: int
    sitting: int
    kind: str
    because: str
    by_id: int | None
    by: str | None
    right: int | None
    n: int | None
    low: float | None
    high: float | None
    at: int


def add_word(connection: Connection, new: NewWord) -> None:
    """Append what happened."""
    connection.execute(insert(calibration_word), new._asdict())


def words(connection: Connection, programme_id: int, *, person_id: int | None = None) -> list[CalibrationWord]:
    """What happened, oldest first: to everybody, or to one person."""
    statement = (
        select(
            calibration_word.c.id,
            calibration_word.c.person_id,
            calibration_word.c.sitting,
            calibration_word.c.kind,
            calibration_word.c.because,
            calibration_word.c.by_id,
            actor.c.name,
            calibration_word.c.right,
            calibration_word.c.n,
            calibration_word.c.low,
            calibration_word.c.high,
            calibration_word.c.at,
        )
        .outerjoin(actor, actor.c.id == calibration_word.c.by_id)
        .where(calibration_word.c.programme_id == programme_id)
        .order_by(calibration_word.c.id)
    )
    if person_id is not None:
        statement = statement.where(calibration_word.c.person_id == person_id)
    return [CalibrationWord._make(row) for row in connection.execute(statement)]


class NewGoldWork(NamedTuple):
    """A work on gold, as it is given to one person."""

    work_id: int
    programme_id: int
    person_id: int
    release_id: int
    item_id: int
    sitting: int
    kind: int
    state: int
    like_id: int | None = None


class GoldWork(NamedTuple):
    """A work on gold, and the answer to it."""

    work_id: int
    programme_id: int
    person_id: int
    release_id: int
    item_id: int
    sitting: int
    kind: int
    state: int
    judgement_id: int | None
    right: bool | None

    @property
    def is_probe(self) -> bool:
        """True for a planted error, which is right where it was caught."""
        return self.kind == GOLD_KIND["probe"]

    @property
    def is_hidden(self) -> bool:
        """True for what its person cannot tell from live work."""
        return self.kind in HIDDEN


def add_gold_works(connection: Connection, rows: Sequence[NewGoldWork]) -> None:
    """Note which works are on gold."""
    if rows:
        connection.execute(insert(gold_work), [row._asdict() for row in rows])


def gold_work_of(connection: Connection, work_id: int) -> GoldWork | None:
    """What a work on gold is; None for any other."""
    row = _WORK.one(connection, work=work_id)
    return GoldWork._make(row) if row else None


class Answered(NamedTuple):
    """A work on gold, and the stance in which it was answered."""

    given: GoldWork
    stance: int


def answered_with(connection: Connection, judgement_id: int) -> Answered | None:
    """The work on gold that a judgement was said of; None where it was of a live one."""
    row = _ANSWERED.one(connection, judgement=judgement_id)
    return Answered(GoldWork._make(row[:-1]), row[-1]) if row else None


def answer_gold(connection: Connection, work_id: int, judgement_id: int | None, right: bool | None) -> None:
    """Note how a work on gold was answered; None takes it back."""
    _ANSWER.run(connection, work=work_id, judgement=judgement_id, is_right=right)


class Tally(NamedTuple):
    """Answers to gold: how many, how many of them right, and how many works are not closed yet."""

    right: int
    n: int
    open: int


def tally(connection: Connection, programme_id: int, person_id: int, sitting: int, kind: str) -> Tally:
    """How somebody answered the gold of one sitting; withdrawn items do not count."""
    row = _TALLY.one(connection, programme=programme_id, person=person_id, sitting=sitting, kind=GOLD_KIND[kind])
    return Tally(int(row.right or 0), int(row.n), int(row.open))


class PersonTally(NamedTuple):
    """How somebody answered the gold of one sitting, of one kind."""

    person_id: int
    sitting: int
    kind: int
    right: int
    n: int


def tallies(connection: Connection, programme_id: int) -> list[PersonTally]:
    """How everybody answered gold; withdrawn items do not count."""
    by = (gold_work.c.person_id, gold_work.c.sitting, gold_work.c.kind)
    rows = connection.execute(
        select(*by, _RIGHT, func.count(gold_work.c.right))
        .select_from(_STANDING)
        .where(gold_work.c.programme_id == programme_id, gold_item.c.withdrawn_at.is_(None))
        .group_by(*by)
    )
    return [PersonTally(person, sitting, kind, int(right or 0), n) for person, sitting, kind, right, n in rows]


class ItemTally(NamedTuple):
    """How one person answered one item of gold."""

    item_id: int
    person_id: int
    right: bool
    value_id: int | None


def item_tallies(connection: Connection, release_id: int) -> list[ItemTally]:
    """Everybody's answers to the items of a gold release that they gave by themselves, outside of training."""
    rows = connection.execute(
        select(gold_work.c.item_id, gold_work.c.person_id, gold_work.c.right, judgement.c.value_id)
        .join(judgement, judgement.c.id == gold_work.c.judgement_id)
        .where(
            gold_work.c.release_id == release_id,
            gold_work.c.right.is_not(None),
            gold_work.c.kind.in_(TESTS),
        )
    )
    return [ItemTally._make(row) for row in rows]


def people_on(connection: Connection, release_id: int, item_id: int) -> list[tuple[int, int]]:
    """(person, sitting) of everybody who answered an item of a gold release in an exam or hidden."""
    rows = connection.execute(
        select(gold_work.c.person_id, gold_work.c.sitting)
        .where(
            gold_work.c.release_id == release_id,
            gold_work.c.item_id == item_id,
            gold_work.c.right.is_not(None),
            gold_work.c.kind.in_(TESTS),
        )
        .distinct()
    )
    return [(person, sitting) for person, sitting in rows]


def missed(connection: Connection, programme_id: int, person_id: int, sitting: int) -> list[str]:
    """The concepts (JSON lists) of the gold that somebody got wrong in a sitting, of what they may know of."""
    rows = connection.execute(
        select(gold_item.c.concepts)
        .select_from(_STANDING.join(batch, batch.c.id == judgement.c.batch_id))
        .where(
            gold_work.c.programme_id == programme_id,
            gold_work.c.person_id == person_id,
            gold_work.c.sitting == sitting,
            gold_work.c.kind.in_(TESTS),
            gold_work.c.right.is_(False),
            gold_item.c.withdrawn_at.is_(None),
            (gold_work.c.kind == GOLD_KIND["exam"]) | gated(),
        )
        .order_by(gold_work.c.work_id)
    )
    return list(rows.scalars())


def hidden_in(connection: Connection, batch_id: int) -> list[tuple[int, int]]:
    """(person, sitting) of everybody who answered gold that was hidden in a batch."""
    rows = connection.execute(
        select(gold_work.c.person_id, gold_work.c.sitting)
        .join(judgement, judgement.c.id == gold_work.c.judgement_id)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .where(batch.c.parent_id == batch_id, gold_work.c.kind == GOLD_KIND["hidden"])
        .distinct()
    )
    return [(person, sitting) for person, sitting in rows]


def gated() -> ColumnElement[bool]:
    """True where the batch that gold was hidden in has been through its gate: then its results are known."""
    return exists().where(verdict.c.batch_id.in_([batch.c.id, batch.c.parent_id]))


class Result(NamedTuple):
    """An answer of one's own to gold, once one may know of it."""

    judgement_id: int
    item_id: int
    body: str
    programme_id: int
    programme: str
    batch: str
    kind: int
    sitting: int
    mine: str | None
    accepted: str
    right: bool
    explanation: str | None
    eval_only: bool
    concepts: str
    withdrawn_because: str | None
    said_at: int


def results(connection: Connection, person_id: int, *, limit: int) -> list[Result]:
    """A person's answers to gold that they may know of, newest first.

    An exam's are known when it is over, those of hidden gold when their batch has been through its gate, training at
    once.
    """
    parent, true, true_value = batch.alias("parent"), judgement.alias("true"), value.alias("true_value")
    over = or_(
        gold_work.c.kind == GOLD_KIND["training"],
        gold_work.c.kind.in_(HIDDEN) & gated(),
        (gold_work.c.kind == GOLD_KIND["exam"])
        & or_(calibration.c.sitting > gold_work.c.sitting, calibration.c.state != CALIBRATION["exam"]),
    )
    rows = connection.execute(
        select(
            judgement.c.id,
            gold_work.c.item_id,
            item.c.body,
            gold_work.c.programme_id,
            programme_table.c.name,
            func.coalesce(parent.c.name, batch.c.name),
            gold_work.c.kind,
            gold_work.c.sitting,
            value.c.answer,
            true_value.c.answer,
            gold_work.c.right,
            gold_item.c.explanation,
            gold_item.c.eval_only,
            gold_item.c.concepts,
            gold_item.c.withdrawn_because,
            judgement.c.said_at,
        )
        .select_from(_STANDING)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .outerjoin(parent, parent.c.id == batch.c.parent_id)
        .join(programme_table, programme_table.c.id == gold_work.c.programme_id)
        .join(item, item.c.id == gold_work.c.item_id)
        .outerjoin(value, value.c.id == judgement.c.value_id)
        .join(true, true.c.id == gold_item.c.judgement_id)
        .join(true_value, true_value.c.id == true.c.value_id)
        .outerjoin(
            calibration,
            (calibration.c.programme_id == gold_work.c.programme_id)
            & (calibration.c.person_id == gold_work.c.person_id),
        )
        .where(gold_work.c.person_id == person_id, gold_work.c.right.is_not(None), over)
        .order_by(judgement.c.id.desc())
        .limit(limit)
    )
    return [Result._make(row) for row in rows]


class Tested(NamedTuple):
    """How a person's answers to the gold hidden in a batch were: `right` of `n`."""

    batch: str
    programme: str
    right: int
    n: int


def tested(known: Sequence[Result]) -> list[Tested]:
    """Results on hidden gold by the batch it was hidden in, newest first; withdrawn items do not count."""
    out: dict[tuple[str, str], Tested] = {}
    for one in known:
        if one.kind == GOLD_KIND["hidden"] and not one.withdrawn_because:
            at = (one.batch, one.programme)
            before = out.get(at, Tested(*at, 0, 0))
            out[at] = Tested(*at, before.right + one.right, before.n + 1)
    return list(out.values())


def is_known(connection: Connection, work_id: int) -> bool:
    """True where the person who answered this work on gold may know how it was."""
    found = connection.execute(
        select(gold_work.c.kind, gold_work.c.sitting, calibration.c.sitting, calibration.c.state, gated())
        .select_from(gold_work)
        .join(judgement, judgement.c.id == gold_work.c.judgement_id)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .outerjoin(
            calibration,
            (calibration.c.programme_id == gold_work.c.programme_id)
            & (calibration.c.person_id == gold_work.c.person_id),
        )
        .where(gold_work.c.work_id == work_id)
    ).first()
    if found is None:
        return False
    kind, sitting, now, state, through = found
    if kind in HIDDEN:
        return bool(through)
    return bool(kind == GOLD_KIND["exam"] and (now > sitting or state != CALIBRATION["exam"]))


def training_open(connection: Connection, person_id: int) -> list[tuple[int, int]]:
    """(programme, works) of training that is assigned to a person and not done."""
    rows = connection.execute(
        select(gold_work.c.programme_id, func.count())
        .outerjoin(closed, closed.c.work_id == gold_work.c.work_id)
        .where(
            gold_work.c.person_id == person_id,
            gold_work.c.kind == GOLD_KIND["training"],
            closed.c.work_id.is_(None),
        )
        .group_by(gold_work.c.programme_id)
    )
    return [(key, n) for key, n in rows]


def training_on(connection: Connection, programme_id: int, person_id: int, sitting: int, concept: str) -> int:
    """How many works of training on a concept somebody was given for a sitting."""
    rows = connection.execute(
        select(gold_item.c.concepts)
        .select_from(gold_work.join(gold_item, _ON_ITEM))
        .where(
            gold_work.c.programme_id == programme_id,
            gold_work.c.person_id == person_id,
            gold_work.c.sitting == sitting,
            gold_work.c.kind == GOLD_KIND["training"],
        )
    ).scalars()
    return sum(concept in json.loads(text) for text in rows)


def passed_before(connection: Connection, programme_id: int, person_id: int, sitting: int) -> bool:
    """True where somebody passed this sitting's exam, so that what came after was the hidden gold's doing."""
    found = connection.execute(
        select(calibration_word.c.id).where(
            calibration_word.c.programme_id == programme_id,
            calibration_word.c.person_id == person_id,
            calibration_word.c.sitting == sitting,
            calibration_word.c.kind.in_(["passed", "lifted"]),
        )
    )
    return found.first() is not None


def hands_of(connection: Connection, programme_id: int, person_id: int) -> Hands:
    """What a member brings to a programme, read where they are not the one who asks."""
    granted = connection.execute(
        select(member.c.tiers).where(member.c.programme_id == programme_id, member.c.actor_id == person_id)
    ).scalars()
    tiers = frozenset(tier for text in granted for tier in json.loads(text))
    brought = connection.execute(select(person).where(person.c.actor_id == person_id)).one_or_none()
    if brought is None:
        return Hands(tiers=tiers, person=person_id)
    content = agreed_to(connection, programme_id, person_id)
    return Hands(
        tiers=tiers,
        skills=frozenset(json.loads(brought.skills or "[]")),
        languages=frozenset(json.loads(brought.languages or "[]")),
        residency=brought.residency,
        clearance=frozenset(json.loads(brought.clearance or "[]")),
        content=content,
        person=person_id,
    )


_ROWS: Select[Any] = select(
    calibration.c.programme_id,
    calibration.c.person_id,
    calibration.c.task_id,
    calibration.c.state,
    calibration.c.sitting,
    calibration.c.handed,
    calibration.c.since_at,
    calibration.c.because,
)
_MINE = (calibration.c.programme_id == bindparam("programme"), calibration.c.person_id == bindparam("person"))
_OF, _LOCKED = Prepared(_ROWS.where(*_MINE)), Prepared(_ROWS.where(*_MINE).with_for_update())
_COUNT = Prepared(update(calibration).where(*_MINE).values(handed=calibration.c.handed + bindparam("works")))
_GOLD_WORK = select(
    gold_work.c.work_id,
    gold_work.c.programme_id,
    gold_work.c.person_id,
    gold_work.c.release_id,
    gold_work.c.item_id,
    gold_work.c.sitting,
    gold_work.c.kind,
    gold_work.c.state,
    gold_work.c.judgement_id,
    gold_work.c.right,
)
_ANSWER = Prepared(
    update(gold_work)
    .where(gold_work.c.work_id == bindparam("work"))
    .values(judgement_id=bindparam("judgement"), right=bindparam("is_right"))
)
_WORK = Prepared(_GOLD_WORK.where(gold_work.c.work_id == bindparam("work")))
_ANSWERED = Prepared(
    _GOLD_WORK.add_columns(judgement.c.stance)
    .join(judgement, judgement.c.work_id == gold_work.c.work_id)
    .where(judgement.c.id == bindparam("judgement"))
)
_RIGHT = func.sum(case((gold_work.c.right, 1), else_=0)).label("right")
_ON_ITEM = (gold_item.c.release_id == gold_work.c.release_id) & (gold_item.c.item_id == gold_work.c.item_id)
_STANDING = gold_work.join(gold_item, _ON_ITEM).join(judgement, judgement.c.id == gold_work.c.judgement_id)
_COUNTED: Any = (
    select(
        _RIGHT,
        func.count(gold_work.c.right).label("n"),
        (func.count() - func.count(closed.c.work_id)).label("open"),
    )
    .select_from(gold_work.join(gold_item, _ON_ITEM).outerjoin(closed, closed.c.work_id == gold_work.c.work_id))
    .where(
        gold_work.c.programme_id == bindparam("programme"),
        gold_work.c.person_id == bindparam("person"),
        gold_work.c.sitting == bindparam("sitting"),
        gold_work.c.kind == bindparam("kind"),
        gold_item.c.withdrawn_at.is_(None),
    )
)
_TALLY = Prepared(_COUNTED)
