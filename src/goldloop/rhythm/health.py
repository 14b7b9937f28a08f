"""How a programme stands, on one page: each number as the page behind it computes it, and whether it is healthy.

healthy      on the right side of its bar, interval included
in doubt     on the right side, and its interval reaches over
unhealthy    on the wrong side
unknown      nothing can be said yet, and why
"""

from collections.abc import Iterator
from typing import Any, Literal

from sqlalchemy import Connection

from goldloop.core.clock import DAY
from goldloop.core.figures import FIELDS
from goldloop.core.ids import Ids
from goldloop.core.nouns import Noun
from goldloop.core.policy import Policy
from goldloop.labelling.economics.read import economics_of
from goldloop.loop.context import Contexts
from goldloop.loop.forecast import AGES, IDLE
from goldloop.programmes.overview.floor import floor_of
from goldloop.programmes.overview.remaining import open_effort, open_finish
from goldloop.quality.accuracy.programme import accuracy_of
from goldloop.quality.agreement.pooled import agreement_over
from goldloop.quality.sla.evaluate import evaluated
from goldloop.quality.sla.results import CENSUS
from goldloop.rhythm.calendar import calendar
from goldloop.rhythm.duties import counted
from goldloop.store import overview
from goldloop.store.batches import LABELLED, BatchRow, batches
from goldloop.store.briefs import UNREPAIRED, briefs, count_briefs
from goldloop.store.calibrations import calibrations
from goldloop.store.codes import CALIBRATION_NAMES
from goldloop.store.people import members
from goldloop.store.programmes import policy_in_force
from goldloop.store.schema import brief

Unit = Literal["share", "coefficient", "count", "hours", "moment", "money"]
State = Literal["healthy", "in doubt", "unhealthy", "unknown"]
OLD = "under 3 days"
BACK, AHEAD = 400 * DAY, 60 * DAY


class Vital(Noun):
    """One number of a programme's health: `n` of `eligible` were counted; `bar` is what it is held against."""

    key: str
    about: str
    unit: Unit
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int
    eligible: int
    bar: float | None = None
    state: State
    method: str = CENSUS
    because: str | None = None
    href: str


def health_of(connection: Connection, contexts: Contexts, ids: Ids, programme_id: int, *, at: int) -> list[Vital]:
    """Every number of a programme's health, in the order in which they are read."""
    row = policy_in_force(connection, programme_id)
    policy, room = row.policy, f"/p/{row.policy.programme}"
    found = batches(connection, programme_id)
    return [
        *_accuracy(connection, contexts, programme_id, policy, room),
        *_agreement(connection, ids, programme_id, room),
        *_gates(connection, found, room),
        *_briefs(connection, programme_id, room, at=at),
        *_promises(connection, ids, programme_id, policy, room, at=at),
        *_queues(connection, programme_id, found, room, at=at),
        *_cost(connection, contexts, programme_id, room),
        *_calibration(connection, programme_id, policy, room, at=at),
        *_obligations(connection, ids, programme_id, room, at=at),
    ]


def against(value: float | None, low: float | None, high: float | None, bar: float | None) -> State:
    """How a number stands to the floor it has to reach; without an interval, or a floor, by itself."""
    if value is None:
        return "unknown"
    if bar is None:
        return "healthy"
    if value < bar:
        return "unhealthy"
    return "in doubt" if low is not None and low < bar else "healthy"


def none_of(key: str, about: str, value: int, eligible: int, href: str, *, because: str | None = None) -> Vital:
    """A count that is healthy where it is 0."""
    state: State = "unhealthy" if value else "healthy"
    return Vital(
        key=key, about=about, unit="count", value=value, n=eligible, eligible=eligible, bar=0, state=state,
        because=because, href=href,
    )  # fmt: skip


def unknown(key: str, about: str, unit: Unit, because: str, href: str, *, eligible: int = 0) -> Vital:
    """A number that cannot be said."""
    return Vital(
        key=key, about=about, unit=unit, value=None, n=0, eligible=eligible, state="unknown", because=because, href=href
    )


def _accuracy(
    connection: Connection, contexts: Contexts, programme_id: int, policy: Policy, room: str
) -> Iterator[Vital]:
    rows = accuracy_of(connection, contexts, programme_id)["accuracy"]
    one = next(row for row in rows if row["by"] == "all" and row["stage"] == "now")
    bar = floor_of(policy, "accuracy.v1")
    yield _measured("accuracy", "Accuracy of the labels as they stand", "share", one, bar, f"{room}/accuracy")


def _agreement(connection: Connection, ids: Ids, programme_id: int, room: str) -> Iterator[Vital]:
    rows = [one for one in agreement_over(connection, ids, programme_id) if one["by"] == "task"]
    href = f"{room}/sla"
    if not rows:
        because = "no batch has two independent answers to an item yet"
        yield unknown("agreement", "Agreement", "coefficient", because, href)
    for one in rows:
        yield _measured(f"agreement:{one['task']}", f"Agreement, {one['task']}", "coefficient", one, one["floor"], href)


def _measured(key: str, about: str, unit: Unit, one: dict[str, Any], bar: float | None, href: str) -> Vital:
    state = against(one["value"], one["low"], one["high"], bar)
    return Vital(
        key=key, about=about, unit=unit, bar=bar, state=state, href=href, **{name: one[name] for name in FIELDS}
    )


def _gates(connection: Connection, found: list[BatchRow], room: str) -> Iterator[Vital]:
    gated = [one for one in found if one.purpose in LABELLED and one.gate is not None]
    ruled = overview.newest_verdicts(connection, [one.id for one in gated]) if gated else []
    outcomes = ["waived" if one.waived_by is not None else one.outcome for one in ruled]
    href = f"{room}?tab=batches"
    for word, says in (("fail", "failed"), ("waived", "waived")):
        key, about = f"gates_{says}", f"Batches whose gate {'has failed' if word == 'fail' else 'was waived'}"
        if not ruled:
            yield unknown(key, about, "count", "no gate has been run yet", href, eligible=len(gated))
            continue
        n = outcomes.count(word)
        state: State = "healthy" if not n else "unhealthy" if word == "fail" else "in doubt"
        yield Vital(
            key=key, about=about, unit="count", value=n, n=len(ruled), eligible=len(gated), bar=0, state=state,
            because="by the newest verdict of each batch", href=href,
        )  # fmt: skip


def _briefs(connection: Connection, programme_id: int, room: str, *, at: int) -> Iterator[Vital]:
    every = sum(count_briefs(connection, programme_id).values())
    open_ = briefs(connection, programme_id, brief.c.state.in_(UNREPAIRED))
    late = [one for one in open_ if one.due_at < at]
    back = [one for one in open_ if one.relapses]
    href = f"{room}/briefs"
    yield Vital(
        key="briefs_open", about="Briefs that are open", unit="count", value=len(open_), n=every, eligible=every,
        state="in doubt" if open_ else "healthy", because=f"of {every:,} there ever were", href=href,
    )  # fmt: skip
    yield none_of("briefs_overdue", "Briefs that are overdue", len(late), len(open_), f"{href}?overdue=true")
    because = ", ".join(one.title for one in back[:3]) or None
    yield none_of("briefs_relapsed", "Briefs that came back", len(back), len(open_), href, because=because)


def _promises(
    connection: Connection, ids: Ids, programme_id: int, policy: Policy, room: str, *, at: int
) -> Iterator[Vital]:
    href, about = f"{room}/sla", "Promises that are broken"
    if policy.sla is None:
        yield unknown("promises", about, "count", "nothing is promised in the programme file", href)
        return
    terms = evaluated(connection, ids, programme_id, at=at).outcome.terms
    known = [one for one in terms if one.state != "unknown"]
    broken = [one for one in known if one.state == "breached"]
    doubt = [one for one in known if one.state == "at_risk"]
    state: State = "unhealthy" if broken else "in doubt" if doubt else "healthy" if known else "unknown"
    because = "; ".join(f"{one.term}: {one.because}" for one in [*broken, *doubt][:3])
    yield Vital(
        key="promises", about=about, unit="count", value=len(broken) if known else None, n=len(known),
        eligible=len(terms), bar=0, state=state,
        because=because or (None if known else "no term can be judged yet"), href=href,
    )  # fmt: skip


def _queues(connection: Connection, programme_id: int, found: list[BatchRow], room: str, *, at: int) -> Iterator[Vital]:
    waits = overview.waiting(connection, programme_id, [at - age for _, age in AGES])
    production = overview.newest_within([one for one in found if one.purpose == "production"])
    said = {one.id: overview.newest_said(connection, one.id) for one in production[:20]}
    ready, counted_ = sum(one.ready for one in waits), sum(one.counted for one in waits)
    place = [word for word, _ in AGES].index(OLD)
    old = counted_ - sum(one.younger[place] for one in waits)
    oldest = min((one.oldest_at for one in waits if one.oldest_at is not None), default=None)
    yield Vital(
        key="queue_old", about="Works that have waited 3 days or longer", unit="count", value=old, n=counted_,
        eligible=ready, bar=0, state="in doubt" if old else "healthy",
        because=None if oldest is None else f"the oldest has waited {(at - oldest) / DAY:.1f} days",
        method="the first works of each queue, in the order in which they are handed out", href=room,
    )  # fmt: skip
    for key, about, unit, one in (
        ("effort", "Hours of people that the open work takes", "hours", open_effort(waits, said)),
        ("finish", "When the open work is done", "moment", open_finish(waits, said, at=at)),
    ):
        due = [row.due_at for row in production if row.due_at is not None and row.due_at > at]
        bar = max(due) if key == "finish" and due else None
        state: State = "unknown" if one.value is None else "healthy"
        if bar is not None and one.value is not None:
            late = one.high is not None and one.high > bar
            state = "unhealthy" if one.value > bar else "in doubt" if late else "healthy"
        if one.because == IDLE:
            state = "healthy"
        yield Vital(key=key, about=about, unit=unit, bar=bar, state=state, eligible=one.n, href=room, **one._asdict())


def _cost(connection: Connection, contexts: Contexts, programme_id: int, room: str) -> Iterator[Vital]:
    found = economics_of(connection, contexts, programme_id)
    one = found["budget"]
    paid = next((row for row in found["costs"] if (row["by"], row["unit"]) == ("all", "judgement")), None)
    states: dict[str, State] = {"within": "healthy", "short": "in doubt", "over": "unhealthy"}
    yield Vital(
        key="cost", about="Spent, against the budget", unit="money", value=one["spent"],
        n=paid["counted"] if paid else 0, eligible=paid["eligible"] if paid else 0,
        bar=one["amount"], state=states.get(one["state"], "unknown") if one["spent"] is not None else "unknown",
        because=one["because"], href=f"{room}/economics",
    )  # fmt: skip


def _calibration(connection: Connection, programme_id: int, policy: Policy, room: str, *, at: int) -> Iterator[Vital]:
    key, about, href = "calibrated", "People whose calibration is in force", f"{room}/calibration"
    doc = policy.calibration
    if doc is None:
        yield unknown(key, about, "share", "the programme file asks for no exam", href)
        return
    here = {one.actor_id for one in members(connection, programme_id) if one.role == "annotator"}
    rows = [one for one in calibrations(connection, programme_id) if one.person_id in here]
    days = round(doc.days * DAY)
    good = [one for one in rows if CALIBRATION_NAMES[one.state] == "passed" and at < one.since_at + days
            and one.handed < doc.items]  # fmt: skip
    if not here:
        yield unknown(key, about, "share", "nobody annotates here yet", href)
        return
    state: State = "healthy" if len(good) == len(here) else "in doubt" if good else "unhealthy"
    yield Vital(
        key=key, about=about, unit="share", value=len(good) / len(here), n=len(here), eligible=len(here), bar=1,
        state=state, because=f"{len(here) - len(rows)} have not begun an exam" if len(rows) < len(here) else None,
        href=href,
    )  # fmt: skip


def _obligations(connection: Connection, ids: Ids, programme_id: int, room: str, *, at: int) -> Iterator[Vital]:
    found = calendar(connection, ids, programme_id, since=at - BACK, until=at + AHEAD, at=at)
    states = counted(found)
    waiting = [one for one in found if one.state == "lapsed"]
    because = "; ".join(one.title for one in waiting[:3]) or None
    n = states["lapsed"] + states["due"]
    yield none_of(
        "lapsed", "Obligations that have lapsed", states["lapsed"], n, f"{room}/calendar?state=lapsed", because=because
    )
