"""Which events somebody is told of: whom, about what, and how much of what the record says."""

from typing import Literal, NamedTuple


class Told(NamedTuple):
    """One kind of news.

    `of`: what of an event's data is told, which is no more than a page shows to whoever may see the programme.
    `about`: the noun whose key is the subject. `to`: who sees the programme; the one person whose key is the subject;
    both; or those alone whom the event names (a digest's readers, a brief's owner, the experts who are consulted).
    """

    of: tuple[str, ...] = ()
    about: str | None = None
    to: Literal["programme", "person", "both", "named"] = "programme"


NEWS: dict[str, Told] = {
    "gate.decided": Told(("outcome",), "batch"),
    "gate.waived": Told(("because",), "batch"),
    "take_in.finished": Told(("items", "duplicates", "rejects", "judgements"), "take_in"),
    "job.failed": Told(("kind", "message"), "job"),
    "release.sealed": Told(("number", "rows"), "release"),
    "release.withdrawn": Told(("number", "because"), "release"),
    "sla.at_risk": Told(("term", "because"), "evidence"),
    "sla.breached": Told(("term", "because"), "evidence"),
    "digest.weekly": Told(
        (
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
        "digest",
        to="named",
    ),
    "batch.signed_off": Told(("because",), "batch"),
    "batch.disputed": Told(("items", "because"), "batch"),
    "gold.suspected": Told(("count",), "release"),
    "calibration.failed": Told(("because",), to="both"),
    "calibration.undecided": Told(("because",), to="both"),
    "calibration.began": Told(("because",), to="person"),
    "calibration.again": Told(("because",), to="person"),
    "calibration.lifted": Told(("because",), to="person"),
    "escalation.answered": Told(to="person"),
    "sign_off.asked": Told(("batch", "because"), to="person"),
    "brief.opened": Told(("because",), "brief", to="named"),
    "brief.reopened": Told(("because",), "brief", to="named"),
    "brief.owned": Told(("because",), "brief", to="named"),
    "proposal.made": Told(("changes",), "proposal", to="named"),
}
SHARED = tuple(kind for kind, told in NEWS.items() if told.to in ("programme", "named"))
"""What a programme's webhooks may be told of: all but what is one person's own."""
TESTED = "webhook.tested"
"""Somebody asked whether a webhook hears: told to that webhook alone, and news to nobody."""
