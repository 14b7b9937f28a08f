"""Where the rows of an archive are here: keys there and here, of everything that came so far."""

from collections.abc import Mapping
from typing import Any

from goldloop.programmes.archive.values import Values, broken
from goldloop.store.archive.arriving import Span

_TABLE_OF = {"run": "training_run"}


class Moves:
    """The keys here of rows there: by runs, by the text that they stand for, or by who they are."""

    def __init__(self, programme_key: int, programme_id: int, values: Values) -> None:
        self.programme_id = programme_id
        self.spans: dict[str, Span] = {}
        self.phrases: dict[int, int] = {}
        self.organisations: dict[int, int] = {}
        self.actors: Mapping[int, int] = {}
        self.values = values
        self._programme_key = programme_key

    def of(self, table: str, key: int) -> int:
        """The key here of a row there. Raises Invalid for one that the archive does not hold."""
        found = self.find(table, key)
        if found is None:
            raise broken(table, f"a row with the key {str(key)[:20]}")
        return found

    def of_noun(self, noun: str, key: int) -> int | None:
        """The key here of a noun's row; None where the archive does not hold it."""
        return self.find(_TABLE_OF.get(noun, noun), key)

    def find(self, table: str, key: Any) -> int | None:
        """The key here of a row there; None where the archive does not hold it."""
        if type(key) is not int:
            return None
        if (span := self.spans.get(table)) is not None:
            return span.moved(key)
        if table == "programme":
            return self.programme_id if key == self._programme_key else None
        if table == "value":
            return self.values.here(key)
        return {"actor": self.actors, "phrase": self.phrases, "organisation": self.organisations}.get(table, {}).get(
            key
        )
