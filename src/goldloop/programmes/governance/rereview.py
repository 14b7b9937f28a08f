"""Looking again: the items whose labels no rule reads under a new ontology are judged anew, in batches of their own.

Runs as a job, and again whenever it is asked to: an answer given under the old ontology may come in after the new one
was published. What is in a batch already is not opened twice.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from goldloop.core.ontology import Ontology
from goldloop.jobs.running import Running
from goldloop.loop.again import fill_again, mend_counts, open_again
from goldloop.store.programmes import policy_in_force
from goldloop.store.proposals import mappings
from goldloop.store.releases import ReleaseRow, release_row_of
from goldloop.store.rereviews import labels_to_review, waiting

RULE = "judged again after a change of the ontology"


def rereview(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "ontology"}. Opens what is not open yet."""
    opened, items = 0, 0
    programme_id = int(job.args["programme"])
    with job.store.read() as connection:
        policy = policy_in_force(connection, programme_id)
        ontology = release_row_of(connection, int(job.args["ontology"]))
    with job.store.write() as connection:
        mend_counts(connection, programme_id, _start(ontology))
    while True:
        with job.store.write() as connection:
            found = to_review(connection, ontology, limit=policy.policy.batches.size)
            if not found:
                break
            data: dict[str, object] = {"ontology": ontology.id}
            key = open_again(connection, policy, _start(ontology), len(found), by=job.asked_by, data=data)
        fill_again(job, key, found, rule=RULE, done=items)
        opened, items = opened + 1, items + len(found)
    return {"batches": opened, "items": items}


def _start(ontology: ReleaseRow) -> str:
    return f"ontology-{ontology.number}-again"


def to_review(
    connection: Connection,
    ontology: ReleaseRow,
    *,
    limit: int,
    batch_ids: Sequence[int] | None = None,
    settled: bool = False,
) -> list[tuple[int, int]]:
    """(item, tier) of what no rule reads under an ontology release, and nobody was asked to look at yet.

    `settled`: and nobody has decided anew yet, asked or not.
    """
    labels = labels_to_review(mappings(connection, ontology.programme_id), ontology.id)
    if not labels:
        return []
    known = Ontology.model_validate_json(ontology.body).by_id
    return waiting(
        connection,
        ontology.programme_id,
        ontology.id,
        labels,
        gone=[label for label in labels if label not in known or not known[label].selectable],
        before=ontology.sealed_at,
        limit=limit,
        batch_ids=batch_ids,
        settled=settled,
    )
