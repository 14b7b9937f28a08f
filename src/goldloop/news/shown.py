"""One piece of news as clients read it, in the app and in a webhook's delivery."""

from typing import Any, Literal

from goldloop.core.ids import Ids
from goldloop.store.news import News

NOUNS = {
    "gate.decided": "batch",
    "gate.waived": "batch",
    "take_in.finished": "take_in",
    "release.sealed": "release",
    "release.withdrawn": "release",
    "job.failed": "job",
    "sla.at_risk": "evidence",
    "sla.breached": "evidence",
    "digest.weekly": "digest",
    "batch.signed_off": "batch",
    "batch.disputed": "batch",
    "brief.opened": "brief",
    "brief.reopened": "brief",
    "brief.owned": "brief",
    "proposal.made": "proposal",
}
Sent = Literal[
    "gate.decided",
    "gate.waived",
    "take_in.finished",
    "job.failed",
    "release.sealed",
    "release.withdrawn",
    "sla.at_risk",
    "sla.breached",
    "digest.weekly",
    "batch.signed_off",
    "batch.disputed",
]
"""What a webhook can be told of."""
TOLD = {
    "gate.decided": ("outcome",),
    "gate.waived": ("because",),
    "take_in.finished": ("items", "duplicates", "rejects", "judgements"),
    "job.failed": ("kind", "message"),
    "release.sealed": ("number", "rows"),
    "release.withdrawn": ("number", "because"),
    "sla.at_risk": ("term", "because"),
    "sla.breached": ("term", "because"),
    "digest.weekly": (
        "first_day",
        "last_day",
        "verdicts",
        "releases",
        "opened",
        "closed",
        "reopened",
        "promises",
        "lapsed",
        "unhealthy",
    ),
    "gold.suspected": ("count",),
    "calibration.failed": ("because",),
    "calibration.undecided": ("because",),
    "calibration.began": ("because",),
    "calibration.again": ("because",),
    "calibration.lifted": ("because",),
    "batch.signed_off": ("because",),
    "batch.disputed": ("items", "because"),
    "escalation.answered": (),
    "sign_off.asked": ("batch", "because"),
    "brief.opened": ("because",),
    "brief.reopened": ("because",),
    "brief.owned": ("because",),
    "proposal.made": ("changes",),
}
"""What of an event's data is told: no more than a page shows to whoever may see the programme."""


def shown(ids: Ids, one: News) -> dict[str, Any]:
    """An event with public ids: what happened, to what, and the numbers it came with."""
    noun = NOUNS.get(one.kind)
    return {
        "id": ids.show("event", one.id),
        "kind": one.kind,
        "programme_id": ids.show("programme", one.programme_id) if one.programme_id is not None else None,
        "programme": one.programme,
        "about": ids.show(noun, int(one.subject)) if noun else None,
        "name": one.name,
        "by": one.by,
        "data": {name: one.data[name] for name in TOLD[one.kind] if name in one.data},
        "at": one.at,
    }
