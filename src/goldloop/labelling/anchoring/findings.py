"""Anchoring as findings: labels wrong more often where a suggestion was shown, and planted errors that were missed."""

from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.ids import Ids
from goldloop.jobs.running import Running
from goldloop.labelling.anchoring.effect import anchoring_of
from goldloop.labelling.anchoring.probe_rules import NONE_DECLARED, Finding, judge
from goldloop.labelling.anchoring.probes import planted
from goldloop.loop.brief import Reading, heard
from goldloop.loop.context import Contexts
from goldloop.store import batches
from goldloop.store.overview import READ, newest_within
from goldloop.store.programmes import policy_in_force

KEY, PROBES = "anchoring:error", "anchoring:probes"
TITLE = "Labels are wrong more often where the suggestion was shown"
PASSED = "Planted errors are let stand"


def find_anchoring(job: Running) -> dict[str, Any]:
    """The job, of a programme; runs after every gate. Unhealthy is an interval that lies above 0 as a whole."""
    assert job.programme_id is not None
    with job.store.read() as connection:  # looks through many answers: no submit waits behind it
        page = anchoring_of(connection, job.store.ids, Contexts(), job.programme_id)
        probes = _probes(connection, job.store.ids, job.programme_id)
    found = next(one for one in page["effects"] if (one["form"], one["by"]) == ("error", "all"))
    known = found["low"] is not None and found["high"] is not None
    because = found["because"] or "there is no interval"
    if known:
        because = (
            f"{found['shown']:.1%} of {found['shown_n']:,} audited labels are wrong with the suggestion shown, "
            f"{found['hidden']:.1%} of {found['hidden_n']:,} with it hidden: {100 * found['value']:+.1f} points "
            f"({found['level']:.0%} interval {100 * found['low']:+.1f} to {100 * found['high']:+.1f})"
        )
    reading = Reading(
        programme_id=job.programme_id,
        key=KEY,
        source="anchoring",
        title=TITLE,
        healthy=not found["low"] > 0 if known else None,
        because=because,
    )
    with job.store.write() as connection:
        keys = [heard(connection, one, at=now()) for one in (reading, probes)]
    changed = sum(key is not None for key in keys)
    return {"healthy": reading.healthy, "because": because, "probes": probes.because, "briefs": changed}


def _probes(connection: Connection, ids: Ids, programme_id: int) -> Reading:
    """Unhealthy is a catch rate that lies below the declared floor with its whole interval."""
    policy = policy_in_force(connection, programme_id).policy
    production = [one for one in batches.batches(connection, programme_id) if one.purpose == "production"]
    found = planted(connection, ids, policy.labels, [one.id for one in newest_within(production, READ)])
    doc = policy.calibration
    said = judge(found.answered, floor=doc.probes.floor) if doc is not None else Finding(None, NONE_DECLARED)
    return Reading(
        programme_id=programme_id,
        key=PROBES,
        source="anchoring",
        title=PASSED,
        healthy=said.healthy,
        because=said.because,
    )
