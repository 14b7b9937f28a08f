"""Clusters as findings: each opens a brief, which is closed once its own number is no longer beyond chance."""

from typing import Any

from goldloop.core.clock import now
from goldloop.jobs.running import Running
from goldloop.loop.brief import Reading, heard
from goldloop.loop.context import Contexts
from goldloop.quality.clusters.find import Judged, clusters_of
from goldloop.quality.clusters.rules import Cluster
from goldloop.store.briefs import UNREPAIRED, BriefRow, briefs
from goldloop.store.schema import brief

SOURCE = "cluster"


def find_clusters(job: Running) -> dict[str, Any]:
    """The job, of a programme. Runs after every gate: the audit of the re-queued labels is what closes a brief."""
    assert job.programme_id is not None
    with job.store.read() as connection:  # looks through many labels: no submit waits behind it
        found = clusters_of(connection, Contexts(), job.programme_id)
    with job.store.write() as connection:
        at = now()
        known = {one.key: one for one in found.clusters}
        readings = [_beyond(job.programme_id, cluster, found) for cluster in found.clusters if cluster.found]
        open_ = briefs(connection, job.programme_id, brief.c.source == SOURCE, brief.c.state.in_(UNREPAIRED))
        for row in open_:
            one = known.get(row.key.removeprefix(f"{SOURCE}:"))
            if one is None or not one.found:
                readings.append(_gone(row, one, found))
        changed = [key for reading in readings if (key := heard(connection, reading, at=at)) is not None]
    return {"judged": found.judged, "found": sum(one.found for one in found.clusters), "briefs": len(changed)}


def _beyond(programme_id: int, one: Cluster, found: Judged) -> Reading:
    shares = (
        f"; {one.accepted:,} of {one.accepted_of:,} accepted labels share how it came about" if one.accepted else ""
    )
    return Reading(
        programme_id=programme_id,
        key=f"{SOURCE}:{one.key}",
        source=SOURCE,
        title=one.title,
        healthy=False,
        because=(
            f"{one.wrong:,} of {one.judged:,} judged labels of this kind are wrong so ({one.value:.1%}, "
            f"{one.level:.0%} interval {one.low:.1%} to {one.high:.1%}); chance alone would make {one.expected:.1f} "
            f"(adjusted p {one.adjusted:.2g}){shares}"
        ),
        scope={"labels": [one.said, one.true], "cluster": one.key}
        | ({"slices": {one.dimension: one.name}} if one.dimension != "everywhere" else {}),
        data_at=found.data_at,
    )


def _gone(row: BriefRow, one: Cluster | None, found: Judged) -> Reading:
    """A cluster that had been found and is not any more; unknown where nothing is judged."""
    if not found.judged:
        because = "nothing of the newest batches is judged"
    elif one is None:
        because = f"among {found.judged:,} judged labels it is seen less than twice"
    else:
        because = (
            f"{one.wrong:,} of {one.judged:,} judged labels of this kind are wrong so, which chance makes "
            f"(adjusted p {one.adjusted:.2g})"
        )
    return Reading(
        programme_id=row.programme_id,
        key=row.key,
        source=SOURCE,
        title=row.title,
        healthy=True if found.judged else None,
        because=because,
        data_at=found.data_at,
    )
