"""Under which terms rows may leave: those of their own source and of everything they were made from, all at once.

The programme file in force says the terms of a source; an item that came with a licence of its own keeps that one. A
row is withheld where its source, or that of anything it was made from, was withdrawn, or where something it was made
from was erased.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.errors import Conflict
from goldloop.core.licence import all_of
from goldloop.store.items import Attributes, attributes
from goldloop.store.parents import Standing, ancestors, any_parents, standing
from goldloop.store.programmes import policy_in_force
from goldloop.store.release_rows import Decided
from goldloop.store.take_ins import all_sources

ERASED = "what it was made from was erased"


class RowRights(NamedTuple):
    """Where a row came from, its own source first; the licence that holds for it; why it is withheld, if it is."""

    sources: tuple[str, ...]
    licence: str | None
    withheld: str | None


class Came(NamedTuple):
    """An item, as far as its rights are asked for."""

    item_id: int
    external_id: str
    source_id: int


class Rights:
    """The terms of a programme's sources, ready to be asked page by page."""

    def __init__(self, connection: Connection, programme_id: int) -> None:
        self._connection = connection
        self._policy = policy_in_force(connection, programme_id).policy
        self.demands_licence = "licence" in self._policy.rights.demand
        self._names = all_sources(connection, programme_id)
        self.made = any_parents(connection, programme_id)
        self._plain: dict[tuple[int, str | None], RowRights] = {}  # of what was made from nothing
        self._withdrawn = {
            key: f"its source {name} was withdrawn"
            for key, name in self._names.items()
            if (terms := self._policy.sources.get(name)) is not None and terms.withdrawn is not None
        }

    def of(self, found: Sequence[Came | Decided], about: Mapping[int, Attributes]) -> dict[int, RowRights]:
        """The rights of a page of rows, by item. Raises Conflict for an item that stands behind itself."""
        behind = ancestors(self._connection, [one.item_id for one in found]) if self.made else {}
        keys = sorted({key for many in behind.values() for key in many})
        stands = standing(self._connection, keys)
        known = {**attributes(self._connection, keys), **about} if keys else about
        return {one.item_id: self._row(one, behind.get(one.item_id), stands, known) for one in found}

    def withheld(self, found: Sequence[Decided]) -> set[int]:
        """The items of a page that may not leave."""
        if not (self._withdrawn or self.made):
            return set()
        return {key for key, rights in self.of(found, {}).items() if rights.withheld is not None}

    def checked(self, one: Decided, rights: RowRights) -> RowRights:
        """Raise Conflict where the programme demands a licence and the row has none."""
        if self.demands_licence and rights.licence is None:
            raise Conflict(
                "this row has no licence, and the programme demands one",
                field=f"item {one.external_id}",
                expected=f"a licence of the source {rights.sources[0]!r} in the programme file",
                found="none",
            )
        return rights

    def _row(
        self,
        one: Came | Decided,
        behind: set[int] | None,
        stands: Mapping[int, Standing],
        about: Mapping[int, Attributes],
    ) -> RowRights:
        if not behind:
            mine = about.get(one.item_id)
            own = mine.licence if mine is not None else None
            key = (one.source_id, own)
            if key not in self._plain:
                licence, withdrawn = self._licence(mine, one.source_id), self._withdrawn.get(one.source_id)
                self._plain[key] = RowRights((self._names[one.source_id],), licence, withdrawn)
            return self._plain[key]
        if one.item_id in behind:
            raise Conflict(
                "an item was made from itself",
                field=f"item {one.external_id}",
                expected="parents that came before it",
                found="a cycle",
            )
        sources = [one.source_id, *sorted(stands[key].source_id for key in behind)]
        items = [(one.item_id, one.source_id), *((key, stands[key].source_id) for key in sorted(behind))]
        licences = [self._licence(about.get(key), source_id) for key, source_id in items]
        named = [licence for licence in licences if licence is not None]
        withheld = self._withheld(one, behind, stands)
        names = tuple(dict.fromkeys(self._names[key] for key in sources))
        return RowRights(names, named[0] if len(set(named)) == 1 else all_of(named), withheld)

    def _licence(self, about: Attributes | None, source_id: int) -> str | None:
        if about is not None and about.licence is not None:
            return about.licence
        terms = self._policy.sources.get(self._names[source_id])
        return (terms.licence if terms is not None else None) or self._policy.licence

    def _withheld(self, one: Came | Decided, behind: set[int], stands: Mapping[int, Standing]) -> str | None:
        if one.source_id in self._withdrawn:
            return self._withdrawn[one.source_id]
        for key in sorted(behind):
            if stands[key].erased is not None:
                return ERASED
            if stands[key].source_id in self._withdrawn:
                return self._withdrawn[stands[key].source_id].replace("its source", "what it was made from: the source")
        return None
