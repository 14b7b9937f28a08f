"""What falls due in a programme and when: audits, exams, deadlines, questions, briefs, periods; and what has lapsed.

A cadence that nobody keeps breaks in silence. So what has lapsed is a finding: looked for every night, it opens a
brief, and only what was due closes it.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

from goldloop.core.clock import DAY, iso, now
from goldloop.core.policy import Policy
from goldloop.core.raci import obligation
from goldloop.jobs.running import Running
from goldloop.loop.brief import Reading, heard
from goldloop.quality.audit_release import newest_audit
from goldloop.store import batches, overview
from goldloop.store.accounts import actor_of_account
from goldloop.store.actors import actors
from goldloop.store.batches import LABELLED, BatchRow
from goldloop.store.briefs import UNREPAIRED, briefs
from goldloop.store.calibrations import calibrations
from goldloop.store.codes import CALIBRATION_NAMES
from goldloop.store.escalations import in_programme, questions, slots
from goldloop.store.evidence import newest_outcome
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import newest_standing
from goldloop.store.schema import brief

SOURCE = "lapse"
AHEAD = 28 * DAY  # exams further ahead are not listed one by one
GRACE = DAY  # what a schedule does by itself is not late before
Kind = Literal["audit", "exam", "batch", "question", "brief", "period"]


class Duty(NamedTuple):
    """One thing that falls due. `due_at` None: it waits for somebody, with no day set. `key` is of `noun`."""

    kind: Kind
    about: str
    due_at: int | None
    overdue: bool
    owner: str | None
    because: str
    noun: str | None = None
    key: int | None = None
    lapsed: bool = False


def calendar(connection: Connection, programme_id: int, *, at: int) -> list[Duty]:
    """Everything that falls due, the earliest first; what has no day comes last."""
    policy = policy_in_force(connection, programme_id).policy
    found = [
        *_audits(connection, programme_id, policy, at=at),
        *_exams(connection, programme_id, policy, at=at),
        *_batches(connection, programme_id, at=at),
        *_questions(connection, programme_id, policy, at=at),
        *_briefs(connection, programme_id, at=at),
        *_period(policy, at=at),
    ]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or 0, one.kind, one.about))


def hear_lapses(job: Running) -> dict[str, Any]:
    """The job: args {"programme"}. Hears of every audit, deadline and exam that nobody kept; runs each night."""
    programme_id, at = int(job.args["programme"]), now()
    with job.store.write() as connection:
        policy = policy_in_force(connection, programme_id).policy
        lapsed = []
        for one in _readings(connection, programme_id, policy, at=at):
            heard(connection, one, at=at)
            lapsed += [one.key] if one.healthy is False else []
    return {"lapsed": sorted(lapsed)}


def _readings(connection: Connection, programme_id: int, policy: Policy, *, at: int) -> Iterator[Reading]:
    for one in _audits(connection, programme_id, policy, at=at):
        yield Reading(
            programme_id,
            f"{SOURCE}:audit:{one.about}",
            SOURCE,
            f"The audit {one.about} has lapsed",
            not one.lapsed if one.due_at is not None else None,
            one.because,
            owner_id=actor_of_account(connection, policy.audits[one.about].owner),
        )
    known = briefs(connection, programme_id, brief.c.source == SOURCE, brief.c.state.in_((*UNREPAIRED, "waived")))
    late = {one.about: one for one in _batches(connection, programme_id, at=at) if one.overdue}
    start = f"{SOURCE}:batch:"
    for name in sorted(late.keys() | {one.key.removeprefix(start) for one in known if one.key.startswith(start)}):
        because = late[name].because if name in late else "all of its items are decided"
        title = f"{name} is past its deadline"
        yield Reading(programme_id, f"{start}{name}", SOURCE, title, name not in late, because, scope={"batch": name})
    exams = [one for one in _exams(connection, programme_id, policy, at=at) if one.lapsed]
    because = f"{len(exams):,} people wait for a senior" + (f": {exams[0].because}" if exams else "")
    if policy.calibration is not None:
        title = "People wait for a senior to rule on their exam"
        yield Reading(programme_id, f"{SOURCE}:exams", SOURCE, title, not exams, because)


def _audits(connection: Connection, programme_id: int, policy: Policy, *, at: int) -> Iterator[Duty]:
    for name, doc in policy.audits.items():
        every, current = round(doc.every_days * DAY), newest_audit(connection, programme_id, name)
        if current is None:
            released = newest_standing(connection, programme_id, doc.release)
            if released is None:
                because = f"nothing of {doc.release!r} was released yet"
                yield Duty("audit", name, None, False, doc.owner, because)
                continue
            due, because = released.sealed_at + every, f"{doc.release} was released on {iso(released.sealed_at)[:10]}"
            yield Duty("audit", name, due, due < at, doc.owner, because, lapsed=due + GRACE < at)
            continue
        row, outcome = current.row, newest_outcome(connection, current.row.id)
        due = row.created_at + every
        if outcome is not None:
            because = f"the last one, {row.name}, says {outcome}; every {doc.every_days:g} days"
            yield Duty("audit", name, due, due < at, doc.owner, because, "batch", row.id, due + GRACE < at)
            continue
        stands = batches.progress(connection, row.id)
        because = f"{row.name} is open: {stands.decided:,} of {stands.items:,} items are judged"
        yield Duty("audit", name, due, due < at, doc.owner, because, "batch", row.id, due < at)


def _exams(connection: Connection, programme_id: int, policy: Policy, *, at: int) -> Iterator[Duty]:
    doc = policy.calibration
    if doc is None:
        return
    owner = obligation(policy, "calibration").accountable
    found = calibrations(connection, programme_id)
    names = actors(connection, [one.person_id for one in found])
    for one in found:
        name, state = names[one.person_id].name, CALIBRATION_NAMES[one.state]
        if state == "passed":
            due = one.since_at + round(doc.days * DAY)
            if due <= at + AHEAD:
                because = f"passed on {iso(one.since_at)[:10]}; again after {doc.days:g} days or {doc.items:,} works"
                yield Duty("exam", name, due, due < at, owner, because, "actor", one.person_id)
        elif state in ("paused", "undecided"):
            late = one.since_at + round(policy.briefs.due_days * DAY) < at
            because = f"waits for a senior since {iso(one.since_at)[:10]}"
            yield Duty("exam", name, None, late, owner, because, "actor", one.person_id, late)


def _batches(connection: Connection, programme_id: int, *, at: int) -> Iterator[Duty]:
    rows: list[BatchRow] = [
        one for one in batches.batches(connection, programme_id) if one.due_at is not None and one.purpose in LABELLED
    ]
    stand = overview.standings(connection, [one.id for one in rows], since=at)
    names = actors(connection, [one.owner_id for one in rows])
    for one in rows:
        decided = stand[one.id].decided if one.id in stand else 0
        if one.due_at is not None and decided < one.item_count:
            because = f"{decided:,} of {one.item_count:,} items are decided"
            owner = names[one.owner_id].name
            yield Duty("batch", one.name, one.due_at, one.due_at < at, owner, because, "batch", one.id, one.due_at < at)


def _questions(connection: Connection, programme_id: int, policy: Policy, *, at: int) -> Iterator[Duty]:
    open_ = questions(connection, in_programme(programme_id), state="open", limit=200)
    due = slots(connection, open_)
    owner = obligation(policy, "escalation").accountable
    for one in open_:
        slot = due.get((one.batch_id, one.item_id))
        when = slot.due_at if slot is not None else None
        because = f"asked on {iso(one.said_at)[:10]}" + (f"; for tier {slot.tier}" if slot is not None else "")
        yield Duty("question", "a question", when, when is not None and when < at, owner, because, "judgement", one.id)


def _briefs(connection: Connection, programme_id: int, *, at: int) -> Iterator[Duty]:
    found = briefs(connection, programme_id, brief.c.state.in_(UNREPAIRED))
    names = actors(connection, [one.owner_id for one in found])
    for one in found:
        owner = names[one.owner_id].name
        yield Duty("brief", one.title, one.due_at, one.due_at < at, owner, one.because, "brief", one.id)


def _period(policy: Policy, *, at: int) -> Iterator[Duty]:
    if policy.sla is not None:
        end = policy.sla.calendar.period(at, policy.sla.period)[1]
        because = f"{len(policy.sla.terms)} terms are closed and reported to {policy.sla.client}"
        yield Duty("period", f"the {policy.sla.period} ends", end, False, policy.raci.accountable, because)
