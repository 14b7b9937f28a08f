"""Under which ontology accepted labels leave: the newest, with every published plan applied on the way out."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.errors import Conflict
from goldloop.core.families import Task
from goldloop.core.ontology import Ontology
from goldloop.loop.context import Contexts, ontology_of
from goldloop.loop.mapped import Reading
from goldloop.programmes.governance.rereview import to_review
from goldloop.store.batches import BatchRow
from goldloop.store.programmes import in_force
from goldloop.store.proposals import mappings
from goldloop.store.releases import ReleaseRow, release_row_of


class Leaving(NamedTuple):
    """How the labels of some batches leave: their task, the ontology they are read under, and the reading."""

    task: Task
    release: ReleaseRow
    ontology: Ontology
    reading: Reading

    def text(self, answer: str, under: int) -> str | None:
        """The JSON of an accepted answer under the ontology of this release; None where only a person could say."""
        if self.reading.plain or under >= self.release.id:
            return answer
        read = self.reading.text(answer, under)
        if read is not None:
            return read
        known = self.ontology.by_id
        return answer if all(label in known for label in self.task.labels(json.loads(answer))) else None


def leaving(connection: Connection, batches: Sequence[BatchRow]) -> Leaving:
    """How the labels of batches of one programme leave."""
    context = Contexts().batch(connection, batches[0].id)
    programme_id = context.row.programme_id
    newest = max(row.ontology_id for row in batches)
    if mappings(connection, programme_id).rows:
        newest = in_force(connection, programme_id).ontology_id
    release = release_row_of(connection, newest)
    reading = Reading(connection, programme_id, context.task, newest)
    return Leaving(context.task, release, ontology_of(release.body), reading)


def check_looked_at(connection: Connection, programme_id: int, batches: Sequence[BatchRow]) -> None:
    """Raise Conflict where a label of these batches waits for a person to look again after a change of the ontology."""
    ontology = release_row_of(connection, in_force(connection, programme_id).ontology_id)
    keys = [row.id for row in batches]
    if to_review(connection, ontology, limit=1, batch_ids=keys, settled=True):
        raise Conflict(
            f"labels of these batches wait to be looked at again under ontology {ontology.number}",
            field="batch_ids",
            expected=f"the batches ontology-{ontology.number}-again-... decided, then a release",
            found="labels that no rule of the plan reads",
        )
