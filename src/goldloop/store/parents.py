"""What items were made from: their parents, and everything behind those."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from goldloop.store.bulk import add_missing, find_rows
from goldloop.store.schema import erased, item, item_parent, source

_PART = 500


class Standing(NamedTuple):
    """An item that others may be made from: its source, and why it was erased, None where it was not."""

    item_id: int
    source_id: int
    erased: str | None


def add_parents(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """Note (item, what it was made from)."""
    add_missing(connection, item_parent, ("item_id", "parent_id"), list(pairs))


def parents_of_items(connection: Connection, keys: Sequence[int]) -> dict[int, set[int]]:
    """What each of these items was made from; items made from nothing are left out."""
    out: dict[int, set[int]] = {}
    for key, parent in find_rows(connection, item_parent, ("item_id", "parent_id"), among="item_id", of=keys):
        out.setdefault(key, set()).add(parent)
    return out


def ancestors(connection: Connection, keys: Sequence[int]) -> dict[int, set[int]]:
    """Everything behind each of these items, however far; an item that stands behind itself closes a cycle."""
    out: dict[int, set[int]] = {}
    for start in range(0, len(keys), _PART):
        listed = keys[start : start + _PART]
        up = (
            select(item_parent.c.item_id, item_parent.c.parent_id)
            .where(item_parent.c.item_id.in_(listed))
            .cte("up", recursive=True)
        )
        further = select(up.c.item_id, item_parent.c.parent_id).join(
            item_parent, item_parent.c.item_id == up.c.parent_id
        )
        for key, parent in connection.execute(select(up.union(further))):
            out.setdefault(key, set()).add(parent)
    return out


def descendants(connection: Connection, key: int) -> list[int]:
    """Everything that was made from an item, however far, and is still there."""
    down = select(item_parent.c.item_id).where(item_parent.c.parent_id == key).cte("down", recursive=True)
    further = select(item_parent.c.item_id).join(down, item_parent.c.parent_id == down.c.item_id)
    found = set(connection.execute(select(down.union(further))).scalars()) - {key}
    gone = dict(find_rows(connection, erased, ("item_id", "because"), among="item_id", of=sorted(found)))
    return sorted(found - gone.keys())


def any_parents(connection: Connection, programme_id: int) -> bool:
    """True where an item of a programme was made from another."""
    made = select(item_parent.c.item_id).join(item, item.c.id == item_parent.c.item_id)
    return connection.execute(made.where(item.c.programme_id == programme_id).limit(1)).first() is not None


def standing(connection: Connection, keys: Sequence[int]) -> dict[int, Standing]:
    """Where items come from, and whether they are still there."""
    gone = dict(find_rows(connection, erased, ("item_id", "because"), among="item_id", of=keys))
    rows = find_rows(connection, item, ("id", "source_id"), among="id", of=keys)
    return {key: Standing(key, source_id, gone.get(key)) for key, source_id in rows}


def known_in_programme(connection: Connection, programme_id: int, external_ids: Sequence[str]) -> dict[str, list[int]]:
    """The items of a programme by external id, whatever their source; ids that nothing has are left out."""
    sources = list(connection.execute(select(source.c.id).where(source.c.programme_id == programme_id)).scalars())
    out: dict[str, list[int]] = {}
    for key in sources:
        columns = ("external_id", "id")
        for external, found in find_rows(
            connection, item, columns, among="external_id", of=external_ids, where=("source_id", key)
        ):
            out.setdefault(external, []).append(found)
    return out
