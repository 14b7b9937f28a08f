"""Anchoring as a finding: accepted labels that are wrong more often where a suggestion was shown open a brief."""

from typing import Any

from goldloop.core.clock import now
from goldloop.jobs.running import Running
from goldloop.labelling.anchoring import anchoring_of
from goldloop.loop.brief import Reading, heard
from goldloop.loop.context import Contexts

KEY = "anchoring:error"
TITLE = "Labels are wrong more often where the suggestion was shown"


def find_anchoring(job: Running) -> dict[str, Any]:
    """The job, of a programme; runs after every gate. Unhealthy is an interval that lies above 0 as a whole."""
    assert job.programme_id is not None
    with job.store.read() as connection:  # looks through many answers: no submit waits behind it
        page = anchoring_of(connection, job.store.ids, Contexts(), job.programme_id)
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
        key = heard(connection, reading, at=now())
    return {"healthy": reading.healthy, "because": because, "briefs": int(key is not None)}
