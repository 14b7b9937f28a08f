"""Gold that was handed out: to whom, how it was answered, and how often right."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, case, exists, func, insert, select, update

from goldloop.store.codes import GOLD_KIND
from goldloop.store.prepared import Prepared
from goldloop.store.schema import (
    batch,
    closed,
    gold_item,
    gold_work,
    judgement,
    verdict,
)

HIDDEN = (GOLD_KIND["hidden"], GOLD_KIND["probe"])  # known to their person once their batch is through its gate
TESTS = (GOLD_KIND["exam"], GOLD_KIND["hidden"])  # answers to gold without a suggestion


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
        .select_from(STANDING)
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
        .select_from(STANDING.join(batch, batch.c.id == judgement.c.batch_id))
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


def gated() -> ColumnElement[bool]:
    """True where the batch that gold was hidden in has been through its gate: then its results are known."""
    return exists().where(verdict.c.batch_id.in_([batch.c.id, batch.c.parent_id]))


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

STANDING = gold_work.join(gold_item, _ON_ITEM).join(judgement, judgement.c.id == gold_work.c.judgement_id)

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
