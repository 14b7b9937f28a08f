"""Re-queueing a cluster: the accepted labels that share its signature are judged again, unseen, in their own batch."""

from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.jobs.running import Running
from goldloop.loop.again import fill_again, mend_counts, open_again
from goldloop.quality.clusters.find import sharing
from goldloop.quality.clusters.rules import Cluster
from goldloop.store import batches, ledger
from goldloop.store.overview import READ, newest_within
from goldloop.store.programmes import policy_in_force

START = "cluster-again"
RULE = "judged again: its kind was found wrong"  # whoever labels it must not read which label is doubted


def requeue(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "cluster"}. What stands in a later batch already is not opened twice."""
    programme_id = int(job.args["programme"])
    one = Cluster.model_validate(job.args["cluster"])
    names, items = list[str](), 0
    with job.store.write() as connection:
        mend_counts(connection, programme_id, START)
    while True:
        with job.store.read() as connection:  # looks through many labels: no submit waits behind it
            policy = policy_in_force(connection, programme_id)
            found = _left(connection, programme_id, one)[: policy.policy.batches.size]
        if not found:
            break
        with job.store.write() as connection:
            data: dict[str, object] = {"cluster": one.key}
            key = open_again(connection, policy, START, len(found), by=job.asked_by, data=data)
            names.append(batches.batch_row(connection, key).name)
        fill_again(job, key, found, rule=RULE, done=items)
        items += len(found)
    with job.store.write() as connection:
        ledger.record(
            connection,
            "cluster.requeued",
            programme=programme_id,
            actor=job.asked_by,
            subject=one.key,
            data={"items": items, "batches": names},
            at=now(),
        )
    return {"cluster": one.key, "batches": names, "items": items}


def _left(connection: Connection, programme_id: int, one: Cluster) -> list[tuple[int, int]]:
    """(item, tier) of what shares the signature and stands in no later batch."""
    production = [row for row in batches.batches(connection, programme_id) if row.purpose == "production"]
    return [(row.item_id, row.tier) for row in sharing(connection, newest_within(production, READ), one)]
