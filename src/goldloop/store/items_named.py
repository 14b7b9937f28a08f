"""Items by the ids that their sources gave them: what a report or a brief names, found in a programme."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, func, select

from goldloop.store.batches import LABELLED
from goldloop.store.codes import DECISION
from goldloop.store.schema import batch, batch_item, decision, erased, item, source

PAGE = 500  # ids of one statement
T = TypeVar("T", int, str)


class Named(NamedTuple):
    """An item of an external id; the same id may stand in several sources."""

    item_id: int
    external_id: str


def items_named(
    connection: Connection, programme_id: int, names: Iterable[str], *where: ColumnElement[bool]
) -> list[Named]:
    """The items of a programme that have one of these external ids, and meet every condition."""
    sources = list(connection.execute(select(source.c.id).where(source.c.programme_id == programme_id)).scalars())
    out: list[Named] = []
    for part in _pages(names):
        rows = connection.execute(
            select(item.c.id, item.c.external_id)
            .where(item.c.source_id.in_(sources), item.c.external_id.in_(part), *where)
            .order_by(item.c.id)
        )
        out += [Named(*row) for row in rows]
    return out


class DecidedValue(NamedTuple):
    """The accepted value of an item, and the ontology under which it was accepted."""

    value_id: int
    ontology_id: int


def decided_values(connection: Connection, keys: Collection[int]) -> dict[int, DecidedValue]:
    """The accepted value of some items, each from the newest batch of labels in which it is decided."""
    out: dict[int, DecidedValue] = {}
    for part in _pages(keys):
        rows = connection.execute(
            select(decision.c.item_id, decision.c.value_id, batch.c.ontology_id)
            .join(
                batch_item,
                (batch_item.c.batch_id == decision.c.batch_id) & (batch_item.c.item_id == decision.c.item_id),
            )
            .join(batch, batch.c.id == decision.c.batch_id)
            .where(
                batch_item.c.item_id.in_(part),
                decision.c.state == DECISION["decided"],
                decision.c.value_id.is_not(None),
                batch.c.purpose.in_(LABELLED),
            )
            .order_by(decision.c.batch_id)
        )
        out |= {key: DecidedValue(value, ontology) for key, value, ontology in rows}
    return out


def tiers_worked_at(connection: Connection, keys: Collection[int]) -> dict[int, int]:
    """The highest tier that each of some items was worked at; what was erased, or in no batch, is left out."""
    out: dict[int, int] = {}
    for part in _pages(keys):
        rows = connection.execute(
            select(batch_item.c.item_id, func.max(batch_item.c.tier))
            .where(batch_item.c.item_id.in_(part), batch_item.c.item_id.not_in(select(erased.c.item_id)))
            .group_by(batch_item.c.item_id)
        )
        out |= {key: max(1, tier) for key, tier in rows}
    return out


def _pages(ids: Iterable[T]) -> Iterator[list[T]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), PAGE):
        yield wanted[start : start + PAGE]
