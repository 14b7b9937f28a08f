"""What an item takes over from what it was made from, as it comes in: who may see it, and where it must stay.

A parent is named by its id and must have come in before, earlier in the same file at the latest: so nothing is ever
made from itself. Licences are not copied here; they are asked for when a release is cut.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.errors import Invalid
from goldloop.store.items import NewItem, attributes
from goldloop.store.parents import ancestors, known_in_programme, parents_of_items, standing

HAD = "the parents that the item has already"


class Parent(NamedTuple):
    """Something that an item says it was made from: its key, None where it is new itself."""

    external_id: str
    key: int | None
    residency: str | None
    access: str | None


class Family:
    """The parents that one chunk of an import names."""

    def __init__(
        self,
        connection: Connection,
        programme_id: int,
        named: Sequence[tuple[str, Sequence[str]]],
        there: Mapping[str, int],
        withdrawn: Mapping[int, str],
    ) -> None:
        """`named`: items with their parents; `there`: items of this source that are known; `withdrawn`: sources."""
        wanted = sorted({parent for _, parents in named for parent in parents})
        found = known_in_programme(connection, programme_id, wanted) if wanted else {}
        keys = sorted({key for many in found.values() for key in many})
        self._there, self._withdrawn = there, withdrawn
        self._found, self._stands, self._about = found, standing(connection, keys), attributes(connection, keys)
        again = [there[one] for one, _ in named if one in there]
        self._had = parents_of_items(connection, again) if again else {}
        self._behind = ancestors(connection, keys) if again else {}
        self._new: dict[str, NewItem] = {}
        self._made: dict[str, Sequence[str]] = {}

    def add(self, new: NewItem, names: Sequence[str]) -> None:
        """Later items of the chunk may be made from this one."""
        self._new[new.external_id] = new
        self._made[new.external_id] = names

    def of(self, external_id: str, names: Sequence[str]) -> list[Parent]:
        """The parents of a new item. Raises Invalid for one that is not there, or of which nothing may be made."""
        return [self._parent(external_id, name) for name in names]

    def check_known(self, external_id: str, names: Sequence[str]) -> None:
        """Raise Invalid where an item that is there already is given other parents than it has."""
        if external_id in self._made:
            if set(names) != set(self._made[external_id]):
                around = next((name for name in names if self._leads_to(name, external_id)), None)
                found = f"a cycle: {around!r} was made from it" if around is not None else ", ".join(names)
                raise _unusable(HAD, found)
            return
        key = self._there[external_id]
        given = {self._there.get(name) or self._one(name) for name in names}
        if given == self._had.get(key, set()):
            return
        closes = any(one == key or key in self._behind.get(one, ()) for one in given)
        found = f"a cycle: {names[0]!r} was made from it" if closes else ", ".join(names)
        raise _unusable(HAD, found)

    def _leads_to(self, name: str, external_id: str) -> bool:
        """True where a new item was made, however far, from another new one."""
        behind = self._made.get(name, ())
        return external_id in behind or any(self._leads_to(one, external_id) for one in behind)

    def _parent(self, external_id: str, name: str) -> Parent:
        if name == external_id:
            raise _unusable("items that came in before", f"a cycle: {name!r} itself")
        if name in self._new:
            new = self._new[name]
            return Parent(name, None, new.residency, new.access)
        key = self._one(name)
        stands, about = self._stands[key], self._about.get(key)
        if stands.erased is not None:
            raise _unusable("items that are still there", f"{name!r}, erased: {stands.erased}"[:200])
        if stands.source_id in self._withdrawn:
            raise _unusable(
                "items of sources that stand", f"{name!r}, withdrawn: {self._withdrawn[stands.source_id]}"[:200]
            )
        return Parent(name, key, about.residency if about else None, about.access if about else None)

    def _one(self, name: str) -> int:
        keys = self._found.get(name, [])
        if name in self._there:
            return self._there[name]
        if len(keys) != 1:
            found = f"{name!r}, which {len(keys)} sources have" if keys else f"{name!r}, which nothing is called"
            raise _unusable("items that came in before", found)
        return keys[0]


def inheriting(new: NewItem, parents: Sequence[Parent]) -> NewItem:
    """An item with what its parents bring. Raises Invalid where two of them cannot both hold."""
    return new._replace(
        residency=_one_of("residency", new.residency, [one.residency for one in parents]),
        access=_one_of("access", new.access, [one.access for one in parents]),
    )


def _one_of(field: str, own: str | None, inherited: Sequence[str | None]) -> str | None:
    words = sorted({one for one in (own, *inherited) if one is not None})
    if len(words) > 1:
        raise Invalid(
            "what an item was made from does not go together",
            field=field,
            expected=f"one {field} for the item and its parents",
            found=", ".join(words),
        )
    return words[0] if words else None


def _unusable(expected: str, found: str) -> Invalid:
    return Invalid("this is nothing an item can be made from", field="parents", expected=expected, found=found)
