"""Gold releases: items with accepted answers, in a random order, and what may be drawn from them for whom."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, Select, bindparam, exists, func, select, update

from goldloop.store.bulk import add_rows
from goldloop.store.prepared import Prepared
from goldloop.store.schema import (
    actor,
    decision,
    gold,
    gold_item,
    gold_work,
    human_only,
    item,
    judgement,
    release,
    release_row,
    source,
    value,
)


class NewGold(NamedTuple):
    """A row of a gold release to seal."""

    item_id: int
    judgement_id: int
    difficulty: str | None
    concepts: tuple[str, ...]
    explanation: str | None
    eval_only: bool


class GoldRow(NamedTuple):
    """A row of a gold release with its item and accepted answer."""

    position: int
    item_id: int
    external_id: str
    body: str
    judgement_id: int
    value_id: int
    answer: str
    difficulty: str | None
    concepts: tuple[str, ...]
    explanation: str | None
    eval_only: bool
    withdrawn_at: int | None
    withdrawn_by: str | None
    withdrawn_because: str | None


def add_gold(connection: Connection, release_id: int, rows: Sequence[NewGold]) -> None:
    """The rows of a gold release, in the order in which they are given."""
    columns = ("release_id", "position", *NewGold._fields)
    full = (
        (release_id, n, *one._replace(concepts=json.dumps(one.concepts, ensure_ascii=False)))  # type: ignore[arg-type]
        for n, one in enumerate(rows)
    )
    add_rows(connection, gold_item, columns, full)


def gold_rows(connection: Connection, release_id: int) -> list[GoldRow]:
    """Everything in a gold release."""
    return [_row(one) for one in connection.execute(_ROWS.where(gold_item.c.release_id == release_id))]


def gold_row(connection: Connection, release_id: int, item_id: int) -> GoldRow | None:
    """One item of a gold release."""
    found = connection.execute(
        _ROWS.where(gold_item.c.release_id == release_id, gold_item.c.item_id == item_id)
    ).first()
    return _row(found) if found else None


class GoldCount(NamedTuple):
    """How much a gold release holds: all its items, those for examination alone, and those withdrawn."""

    items: int
    eval_only: int
    withdrawn: int


def gold_count(connection: Connection, release_id: int) -> GoldCount:
    """How much a gold release holds."""
    row = connection.execute(
        select(
            func.count(),
            func.count().filter(gold_item.c.eval_only),
            func.count(gold_item.c.withdrawn_at),
        ).where(gold_item.c.release_id == release_id)
    ).one()
    return GoldCount(*row)


class AcceptedAnswer(NamedTuple):
    """The answer that gold accepts for an item, and the ontology it was given under."""

    value_id: int
    ontology_id: int | None


def accepted_answer(connection: Connection, release_id: int, item_id: int) -> AcceptedAnswer:
    """What a gold release accepts for an item."""
    return AcceptedAnswer._make(_ANSWER.one(connection, release=release_id, item=item_id))


def draw_unseen(
    connection: Connection, release_id: int, person_id: int, *, start: int, count: int, latched: bool | None = None
) -> list[int]:
    """Items of a gold release that a person has never been given nor judged, from a place on, around the end.

    `latched`: only items that are human-only, or only those that are not.
    """
    found: list[int] = []
    for low, high in ((start, 1 << 62), (0, start)):
        if len(found) < count and low < high:
            statement = _UNSEEN if latched is None else _UNSEEN_LATCHED if latched else _UNSEEN_FREE
            rows = statement.all(
                connection, release=release_id, person=person_id, low=low, high=high, count=count - len(found)
            )
            found += [row.item_id for row in rows]
    return found


def draw_training(connection: Connection, release_id: int, person_id: int, concept: str, *, count: int) -> list[int]:
    """Items that teach a concept to a person: with an explanation, not for examination, not assigned before."""
    given = exists().where(
        gold_work.c.person_id == person_id, gold_work.c.item_id == gold_item.c.item_id, gold_work.c.kind == 2
    )
    said = exists().where(judgement.c.item_id == gold_item.c.item_id, judgement.c.actor_id == person_id)
    rows = connection.execute(
        select(gold_item.c.item_id, gold_item.c.concepts)
        .where(
            gold_item.c.release_id == release_id,
            gold_item.c.eval_only.is_(False),
            gold_item.c.withdrawn_at.is_(None),
            gold_item.c.explanation.is_not(None),
            ~given,
            ~said,
        )
        .order_by(gold_item.c.position)
    )
    return [key for key, text in rows if concept in json.loads(text)][:count]


def withdraw_gold(connection: Connection, release_id: int, item_id: int, *, by: int, because: str, at: int) -> bool:
    """Take an item out of what people are measured on; False where it was before."""
    statement = (
        update(gold_item)
        .where(
            gold_item.c.release_id == release_id,
            gold_item.c.item_id == item_id,
            gold_item.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at, withdrawn_by=by, withdrawn_because=because)
    )
    return connection.execute(statement).rowcount == 1


class Named(NamedTuple):
    """An item of a programme with what is known of it: gold that was imported."""

    item_id: int
    body: str
    known: str | None


def items_named(connection: Connection, programme_id: int, source_name: str, ids: Sequence[str]) -> dict[str, Named]:
    """Items of a source by what the data's owner calls them, with their imported gold answer."""
    out: dict[str, Named] = {}
    for start in range(0, len(ids), 500):
        rows = connection.execute(
            select(item.c.external_id, item.c.id, item.c.body, value.c.answer)
            .join(source, source.c.id == item.c.source_id)
            .outerjoin(gold, gold.c.item_id == item.c.id)
            .outerjoin(judgement, judgement.c.id == gold.c.judgement_id)
            .outerjoin(value, value.c.id == judgement.c.value_id)
            .where(
                source.c.programme_id == programme_id,
                source.c.name == source_name,
                item.c.external_id.in_(ids[start : start + 500]),
            )
        )
        out |= {external: Named(key, body, known) for external, key, body, known in rows}
    return out


class Accepted(NamedTuple):
    """An item of a sealed dataset with its label."""

    item_id: int
    external_id: str
    body: str
    answer: str


def accepted_in(connection: Connection, programme_id: int, name: str, number: int) -> list[Accepted]:
    """The rows of one release of a dataset."""
    rows = connection.execute(
        select(item.c.id, item.c.external_id, item.c.body, value.c.answer)
        .select_from(release_row)
        .join(item, item.c.id == release_row.c.item_id)
        .join(value, value.c.id == release_row.c.value_id)
        .where(
            release_row.c.programme_id == programme_id,
            release_row.c.name == name,
            release_row.c.valid_from <= number,
            release_row.c.valid_to.is_(None) | (release_row.c.valid_to > number),
        )
        .order_by(item.c.id)
    )
    return [Accepted._make(row) for row in rows]


def open_decisions(connection: Connection, keys: Sequence[int]) -> set[int]:
    """Those of the items that stand in a batch and are not decided: people are at work on them."""
    out: set[int] = set()
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(decision.c.item_id).where(decision.c.item_id.in_(keys[start : start + 500]), decision.c.state != 2)
        )
        out |= set(rows.scalars())
    return out


def _row(row: tuple[object, ...]) -> GoldRow:
    found = GoldRow._make(row)
    return found._replace(concepts=tuple(json.loads(str(found.concepts))))


_ROWS: Select[tuple[object, ...]] = (
    select(
        gold_item.c.position,
        gold_item.c.item_id,
        item.c.external_id,
        item.c.body,
        gold_item.c.judgement_id,
        judgement.c.value_id,
        value.c.answer,
        gold_item.c.difficulty,
        gold_item.c.concepts,
        gold_item.c.explanation,
        gold_item.c.eval_only,
        gold_item.c.withdrawn_at,
        actor.c.name,
        gold_item.c.withdrawn_because,
    )
    .select_from(gold_item)
    .join(item, item.c.id == gold_item.c.item_id)
    .join(judgement, judgement.c.id == gold_item.c.judgement_id)
    .join(value, value.c.id == judgement.c.value_id)
    .outerjoin(actor, actor.c.id == gold_item.c.withdrawn_by)
    .order_by(gold_item.c.position)
)
_ANSWER = Prepared(
    select(judgement.c.value_id, judgement.c.ontology_id)
    .join(gold_item, gold_item.c.judgement_id == judgement.c.id)
    .where(gold_item.c.item_id == bindparam("item"), gold_item.c.release_id == bindparam("release"))
)
_NEXT = (
    select(gold_item.c.item_id)
    .where(
        gold_item.c.release_id == bindparam("release"),
        gold_item.c.position >= bindparam("low"),
        gold_item.c.position < bindparam("high"),
        gold_item.c.withdrawn_at.is_(None),
        ~exists().where(judgement.c.item_id == gold_item.c.item_id, judgement.c.actor_id == bindparam("person")),
        ~exists().where(
            gold_work.c.release_id == gold_item.c.release_id,
            gold_work.c.item_id == gold_item.c.item_id,
            gold_work.c.person_id == bindparam("person"),
        ),
    )
    .order_by(gold_item.c.position)
    .limit(bindparam("count"))
)
_IS_LATCHED = exists().where(human_only.c.item_id == gold_item.c.item_id)
_UNSEEN = Prepared(_NEXT)
_UNSEEN_LATCHED, _UNSEEN_FREE = Prepared(_NEXT.where(_IS_LATCHED)), Prepared(_NEXT.where(~_IS_LATCHED))


def newest_gold(connection: Connection, programme_id: int, name: str) -> int | None:
    """The newest gold release of a name; light enough for every hand-out."""
    found: int | None = _NEWEST.scalar(connection, programme=programme_id, name=name)
    return found


def count_gold(connection: Connection, release_id: int) -> int:
    """How many items a gold release holds, by its manifest; light enough for every hand-out."""
    return _counted(str(_MANIFEST.scalar(connection, release=release_id)))


@lru_cache(maxsize=64)
def _counted(manifest: str) -> int:
    return int(json.loads(manifest)["items"])


_MANIFEST = Prepared(select(release.c.body).where(release.c.id == bindparam("release")))
_NEWEST = Prepared(
    select(release.c.id)
    .where(
        release.c.programme_id == bindparam("programme"), release.c.kind == "gold", release.c.name == bindparam("name")
    )
    .order_by(release.c.number.desc())
    .limit(1)
)
