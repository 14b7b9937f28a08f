"""The calendar of a programme's obligations, read off the record: nothing of it is kept anywhere else.

audit        an audit of a release has its verdict before the next one of its cadence is due
exam         somebody is examined again so many days after they passed
promise      a term of the service level, at the end of its period
remediation  a batch that failed the contract's line has passed by then
question     an escalated item is answered
brief        a finding is repaired
batch        a batch is decided and through its gate
erasure      what is older than the programme file keeps it is erased
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from goldloop.core.clock import DAY, HOUR, minute
from goldloop.core.ids import Ids
from goldloop.core.policy import AuditDoc, Policy
from goldloop.core.raci import obligation
from goldloop.quality.audits.release import audits
from goldloop.quality.sla.evaluate import LOOK_BACK, evaluated
from goldloop.rhythm.duties import Duty, in_window, state_of
from goldloop.store import overview
from goldloop.store.accounts import accounts
from goldloop.store.batches import BatchRow, batches
from goldloop.store.briefs import UNREPAIRED, briefs
from goldloop.store.calibration_words import CalibrationWord, words
from goldloop.store.calibrations import calibrations
from goldloop.store.codes import CALIBRATION_NAMES
from goldloop.store.people import members
from goldloop.store.programmes import policy_in_force, programme_row
from goldloop.store.releases import newest_standing
from goldloop.store.schedules import last_run, next_at
from goldloop.store.schema import brief
from goldloop.store.sla_record import Question, questions

GRACE = DAY  # what runs each night has not run where a whole day passed without it
THROUGH = ("pass", "waived")


def calendar(connection: Connection, ids: Ids, programme_id: int, *, since: int, until: int, at: int) -> list[Duty]:
    """Everything that is due in [since, until), and whatever has lapsed before and still waits; by time."""
    policy = policy_in_force(connection, programme_id).policy
    rows = batches(connection, programme_id)
    found = [
        *_audits(connection, programme_id, policy, at=at),
        *exams(connection, ids, programme_id, policy, at=at),
        *_promises(connection, ids, programme_id, policy, since=since, at=at),
        *_questions(connection, ids, programme_id, policy, at=at),
        *_briefs(connection, ids, programme_id, policy, since=since, until=until, at=at),
        *_batches(connection, policy, rows, since=since, at=at),
        *_erasure(connection, programme_id, policy, at=at),
    ]
    return in_window(found, since=since, until=until)


def _audits(connection: Connection, programme_id: int, policy: Policy, *, at: int) -> Iterator[Duty]:
    for name, doc in policy.audits.items():
        every = round(doc.every_days * DAY)
        found = audits(connection, programme_id, name)
        decided = {one.batch_id: one for one in overview.newest_verdicts(connection, [one.row.id for one in found])}
        for one in found:
            verdict = decided.get(one.row.id)
            due, done = one.row.created_at + every, verdict.decided_at if verdict is not None else None
            because = (
                f"{one.row.name} of {one.release.name} {one.release.number}: {verdict.outcome}"
                if verdict is not None
                else f"{one.row.name} of {one.release.name} {one.release.number} waits for its judgements"
            )
            yield _audit(policy, name, doc, due, done, because, ("batch", one.row.id), at=at)
        if found and found[0].row.id in decided:
            drawn = found[0].row.created_at + every
            because = f"drawn on {minute(drawn)}, every {doc.every_days:g} days"
            yield _audit(policy, name, doc, drawn + every, None, because, ("quality", None), at=at)
        release = newest_standing(connection, programme_id, doc.release) if not found else None
        if release is not None:
            because = f"{release.name} {release.number} was released and has not been audited yet"
            yield _audit(policy, name, doc, release.sealed_at + every, None, because, ("quality", None), at=at)


def _audit(
    policy: Policy,
    name: str,
    doc: AuditDoc,
    due: int,
    done: int | None,
    because: str,
    place: tuple[str, int | None],
    *,
    at: int,
) -> Duty:
    answers = obligation(policy, f"audits.{name}").accountable
    title = f"Audit {name} of {doc.release} has its verdict"
    return Duty("audit", f"audit:{name}", title, due, done, state_of(due, done, at=at), answers, because, place)


def exams(connection: Connection, ids: Ids, programme_id: int, policy: Policy, *, at: int) -> Iterator[Duty]:
    """Whoever passed is due again; who is paused or undecided waits for a senior, and not for a day."""
    doc = policy.calibration
    if doc is None:
        return
    answers, days = obligation(policy, "calibration").accountable, round(doc.days * DAY)
    gone = {one.actor_id for one in accounts(connection) if one.disabled_at is not None}
    here = {one.actor_id for one in members(connection, programme_id)} - gone
    passed: dict[int, list[CalibrationWord]] = defaultdict(list)
    for word in words(connection, programme_id):
        if word.kind in ("passed", "lifted"):
            passed[word.person_id].append(word)
    standing = {one.person_id: one for one in calibrations(connection, programme_id)}
    for person_id, row in standing.items():
        known = passed[person_id]
        for before, after in zip(known, [*known[1:], None], strict=True):
            waits = after is None and CALIBRATION_NAMES[row.state] in ("passed", "exam")
            if after is None and not (waits and person_id in here):
                continue
            due, done = before.at + days, after.at if after is not None else None
            because = f"passed on {minute(before.at)}, due again after {doc.days:g} days"
            if after is None:
                because += f" or {doc.items:,} works ({row.handed:,} so far)"
            state = state_of(due, done, at=at)
            key, place = f"exam:{ids.show('actor', person_id)}", ("calibration", None)
            yield Duty(
                "exam", key, "Sit the exam again", due, done, state, answers, because, place, people=(person_id,)
            )


def _promises(
    connection: Connection, ids: Ids, programme_id: int, policy: Policy, *, since: int, at: int
) -> Iterator[Duty]:
    """The running period, and the one before it where the window reaches back to it."""
    if policy.sla is None:
        return
    running = evaluated(connection, ids, programme_id, at=at)
    found = [running]
    before = running.record.start - 1
    if since < running.record.start and before >= policy.sla.calendar.begins(
        _first_day(connection, policy, programme_id)
    ):
        found.append(evaluated(connection, ids, programme_id, at=at, on=before))
    seen: set[tuple[str, int]] = set()
    for one in found:
        end, over = one.record.end, one.record.over
        for term in one.outcome.terms:
            broken = term.state == "breached"
            done = end if over and not broken else None
            state = "lapsed" if broken else state_of(end, done, at=at)
            title = f"Promise {term.term}: {term.says}"
            yield Duty("promise", f"sla:{term.term}", title, end, done, state, term.owner, term.because, ("sla", None))
            for line in term.lines if term.promise == "remediation" else ():
                if line.due_at is None or (line.about, line.due_at) in seen:
                    continue
                seen.add((line.about, line.due_at))
                ended = line.due_at if line.n and line.state == "kept" else None
                late = "lapsed" if line.state == "breached" else state_of(line.due_at, ended, at=at)
                title = f"{line.about} has passed its gate again"
                key = f"remediation:{line.about}"
                yield Duty("remediation", key, title, line.due_at, ended, late, term.owner, line.because, ("sla", None))


def _questions(connection: Connection, ids: Ids, programme_id: int, policy: Policy, *, at: int) -> Iterator[Duty]:
    """The questions of a batch that are due on one day, those that are answered apart from those that are not."""
    answers, hours = obligation(policy, "escalation").accountable, round(policy.escalation.hours * HOUR)
    groups: dict[tuple[int, date, bool], list[Question]] = defaultdict(list)
    for one in questions(connection, programme_id, since=at - LOOK_BACK, until=at + 1):
        day = policy.clock.local_day(one.asked_at + hours)
        groups[one.batch_id, day, one.answered_at is not None].append(one)
    for (batch_id, _, answered), group in groups.items():
        first = min(one.asked_at for one in group)
        done = max(one.answered_at or 0 for one in group) if answered else None
        n, name = len(group), group[0].batch
        some = "1 question" if n == 1 else f"{n:,} questions"
        because = f"asked from {minute(first)} on, due after {policy.escalation.hours:g} hours"
        due = first + hours
        key, title = f"questions:{ids.show('batch', batch_id)}", f"Answer {some} of {name}"
        state = state_of(due, done, at=at)
        yield Duty("question", key, title, due, done, state, answers, because, ("questions", None), n=n)


def _briefs(
    connection: Connection, ids: Ids, programme_id: int, policy: Policy, *, since: int, until: int, at: int
) -> Iterator[Duty]:
    names = {one.actor_id: one.name for one in accounts(connection)}
    open_ = briefs(connection, programme_id, brief.c.state.in_(UNREPAIRED))
    settled = briefs(
        connection, programme_id, brief.c.state.not_in(UNREPAIRED), brief.c.due_at >= since, brief.c.due_at < until
    )
    for row in [*open_, *settled]:
        done = row.heard_at if row.state not in UNREPAIRED else None
        because = f"{row.state.replace('_', ' ')}: {row.because}"
        state = state_of(row.due_at, done, at=at)
        who = names.get(row.owner_id, policy.raci.accountable)
        key, place = f"brief:{ids.show('brief', row.id)}", ("brief", row.id)
        yield Duty("brief", key, row.title, row.due_at, done, state, who, because, place)


def _batches(connection: Connection, policy: Policy, rows: list[BatchRow], *, since: int, at: int) -> Iterator[Duty]:
    """A batch is done once everything in it is decided, and its gate, where it has one, has opened.

    One that holds no items of its own, as that of the gold works among others, decides nothing.
    """
    due = [one for one in rows if one.due_at is not None and one.item_count]
    keys = [one.id for one in due]
    standings = overview.standings(connection, keys, since=at)
    ruled = {one.batch_id: one for one in overview.newest_verdicts(connection, keys)} if keys else {}
    for row in due:
        assert row.due_at is not None
        standing, verdict = standings.get(row.id), ruled.get(row.id)
        decided = standing.decided if standing is not None else 0
        outcome = None if verdict is None else "waived" if verdict.waived_by is not None else verdict.outcome
        through = decided == row.item_count and (row.gate is None or outcome in THROUGH)
        if through and row.due_at < since:
            continue
        because = f"{decided:,} of {row.item_count:,} items are decided"
        if row.gate is not None:
            because += f"; its gate {row.gate} " + ("has not been run" if outcome is None else f"says {outcome}")
        done = None
        if through:
            said = overview.newest_said(connection, row.id, limit=1)
            done = verdict.decided_at if verdict is not None else max([row.created_at, *(one.said_at for one in said)])
        who = obligation(policy, f"gates.{row.gate}").accountable
        state, title = state_of(row.due_at, done, at=at), f"{row.name} is decided"
        yield Duty("batch", f"batch:{row.name}", title, row.due_at, done, state, who, because, ("batch", row.id))


def _erasure(connection: Connection, programme_id: int, policy: Policy, *, at: int) -> Iterator[Duty]:
    kept = policy.protection.retention
    name = f"retain:{programme_id}"
    due = next_at(connection, name) if kept.any else None
    if due is None:
        return
    days = ", ".join(f"{what} {days:g} days" for what, days in kept.model_dump().items() if days is not None)
    title, who, place = "Erase what is too old", policy.raci.accountable, ("protection", None)
    last = last_run(connection, name)
    if last is not None:
        done = last.finished_at if last.state == "done" else None
        because = f"kept are {days}; the last run {'ended' if done else 'is ' + last.state}"
        state = state_of(last.due_at + GRACE, done, at=at)
        yield Duty("erasure", "erasure", title, last.due_at, done, state, who, because, place)
    yield Duty(
        "erasure", "erasure", title, due, None, state_of(due + GRACE, None, at=at), who, f"kept are {days}", place
    )


def _first_day(connection: Connection, policy: Policy, programme_id: int) -> date:
    """The first day on which a programme's agreement counts."""

    assert policy.sla is not None
    return policy.sla.since or policy.sla.calendar.local_day(programme_row(connection, programme_id).created_at)
