"""Reading what was said under one ontology as a later one has it: a published plan applied on read, never written.

Nothing is mixed silently: an answer that no rule maps is left out until a person has looked again, and who reads says
how many were mapped and how many left out.
"""

import json
from typing import Any

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.families import Task
from goldloop.core.migration import Mappings
from goldloop.store.proposals import mappings


class Reading:
    """Answers of one task read under one ontology release. Counts what it did not read as it was said."""

    def __init__(self, connection: Connection, programme_id: int, task: Task, at: int) -> None:
        self._plans: Mappings = mappings(connection, programme_id)
        self._task, self._at = task, at
        self._known: dict[tuple[str, int], str | None] = {}

    @property
    def plain(self) -> bool:
        """True where nothing was ever mapped, so that everything is read as it was said."""
        return not self._plans.rows

    def text(self, answer: str, under: int | None) -> str | None:
        """The JSON text of an answer that was given under an ontology; None where a person has to look again."""
        if self.plain or under is None or under >= self._at:
            return answer
        key = (answer, under)
        if key not in self._known:
            self._known[key] = self._read(answer, under)
        return self._known[key]

    def _read(self, answer: str, under: int) -> str | None:
        said: Any = json.loads(answer)
        changed = self._plans.labels(self._task.labels(said), under=under, at=self._at)
        if changed is None:
            return None
        if not changed:
            return answer
        read = self._task.relabelled(said, changed)
        return None if read is None else canonical(read)
