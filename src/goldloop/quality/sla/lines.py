"""What a term speaks of, one by one: batches, failures, questions, or the whole period. Pure."""

from collections.abc import Mapping

from goldloop.core.clock import HOUR, minute
from goldloop.core.figures import figure
from goldloop.core.nouns import Evidence
from goldloop.core.sla import (
    EscalationTerm,
    FailedBatchesTerm,
    FloorTerm,
    RemediationTerm,
    SlaDoc,
    Term,
    ThroughputTerm,
)
from goldloop.loop.forecast import by_then
from goldloop.quality.sla.results import Line, Record, State

WARN = 0.75  # of a deadline's working time: what is open after it is at risk

COMPARED = "the newest measurement of the batch as its gate decided it"


def lines_of(name: str, term: Term, doc: SlaDoc, record: Record) -> list[Line]:
    if isinstance(term, FloorTerm):
        return _floor(term, record, record.floors.get(name, {}))
    if isinstance(term, ThroughputTerm):
        return [_throughput(term, doc, record)]
    if isinstance(term, FailedBatchesTerm):
        return _failed(record)
    if isinstance(term, RemediationTerm):
        return _remediated(term, doc, record)
    return _answered(term, doc, record)


def _floor(term: FloorTerm, record: Record, found: Mapping[int, Evidence]) -> list[Line]:
    out = [_held(term, one.name, one.items, found.get(one.batch_id), final=True) for one in record.decided]
    for key, batch in record.undecided.items():
        if key in found:
            line = _held(term, batch, 0, found[key], final=False)
            out += [line] if line.state == "at_risk" else []
    return out


def _held(term: FloorTerm, about: str, items: int, found: Evidence | None, *, final: bool) -> Line:
    """One batch against a floor."""
    if found is None or found.value is None:
        why = found.because if found is not None else f"{term.of.name} was not measured"
        n, eligible = (found.n, found.eligible) if found is not None else (0, items)
        return Line(about=about, state="unknown", n=n, eligible=eligible, because=why or "there is no value")
    low = found.low
    held = found.value if term.bound == "value" else low
    told = f"{found.value:.4g} ({found.n:,} of {found.eligible:,} counted)"
    state: State
    if term.share is not None and found.n < term.share * found.eligible:
        state = "unknown"
        because = f"{told}: fewer than the {term.share:.1%} that is promised to be sampled"
    elif held is None:
        state, because = "unknown", f"{told}, and no interval whose lower limit could be held to the floor"
    elif held < term.at:
        state = "breached" if final else "at_risk"
        side = "lies below" if term.bound == "value" else f"has a lower limit of {held:.4g}, below"
        because = f"{told} {side} the floor of {term.at:g}" + ("" if final else "; its gate has not decided yet")
    elif low is not None and low < term.at:
        state = "at_risk"
        because = f"{told} reaches the floor of {term.at:g}; its interval begins at {low:.4g} and leaves doubt"
    else:
        state, because = "kept", f"{told} reaches the floor of {term.at:g}"
    return Line(about=about, state=state, **figure(found, method=f"{found.method}; {COMPARED}", because=because))


def _throughput(term: ThroughputTerm, doc: SlaDoc, record: Record) -> Line:
    time = doc.calendar
    days = time.working_days(record.begun, record.end)
    weekly = len(time.days) if term.per == "week" else 1
    promised = round(term.items * len(days) / weekly)
    done = sum(record.firsts.values())
    if not days:
        return Line(about="the period", state="unknown", because="the calendar has no working day in this period")
    today = time.local_day(record.at)
    whole = [day for day in days if day < today or record.over]
    left = len(days) - len(whole) - (0 if record.over else int(today in days))
    seen = [record.firsts.get(day, 0) for day in whole]
    if record.over:
        state: State = "kept" if done >= promised else "breached"
        because = f"{done:,} items in {len(days)} working days; {promised:,} were promised"
        return Line(about="the period", state=state, value=done / promised, n=done, eligible=promised, because=because)
    found = by_then(done, seen, left + int(today in days))
    so_far = f"{done:,} items in {len(whole)} whole working days of {len(days)}; {promised:,} are promised"
    if found.value is None or found.low is None or found.high is None:
        state = "kept" if done >= promised else "unknown"
        return Line(
            about="the period",
            state=state,
            value=done / promised,
            n=done,
            eligible=promised,
            because=f"{so_far}; no forecast: {found.because}" if state == "unknown" else so_far,
        )
    state = "kept" if found.low >= promised else "at_risk"
    return Line(
        about="the period",
        state=state,
        value=found.value / promised,
        low=found.low / promised,
        high=found.high / promised,
        level=found.level,
        n=done,
        eligible=promised,
        method=found.method,
        because=f"{so_far}; {found.value:,.0f} are forecast ({found.low:,.0f} to {found.high:,.0f})",
    )


def _failed(record: Record) -> list[Line]:
    out = []
    for one in record.failures:
        if record.start <= one.failed_at < record.end:
            ended = (
                f", passed or was waived {minute(one.ended_at)}" if one.ended_at is not None else ", and stands failed"
            )
            because = f"{one.name} failed the contract's line {minute(one.failed_at)}{ended}"
            out.append(Line(about=one.name, state="breached", value=1.0, n=1, eligible=1, because=because))
    return out


def _remediated(term: RemediationTerm, doc: SlaDoc, record: Record) -> list[Line]:
    out = []
    for one in record.failures:
        due = doc.calendar.after(one.failed_at, round(term.hours * HOUR))
        if one.failed_at >= record.end or due is None or due < record.start:
            continue
        if one.ended_at is not None and one.ended_at < record.start:
            continue
        until = one.ended_at if one.ended_at is not None else record.at
        taken = doc.calendar.between(one.failed_at, until) / HOUR
        state, because = _in_time(taken, term.hours, ended=one.ended_at is not None)
        remedy = None
        if state != "breached" and one.ended_at is None:
            remedy = f"labelled anew and measured again by {minute(due)}"
            late = one.finish is not None and one.finish.high is not None and one.finish.high > due
            if late and one.finish is not None and one.finish.high is not None:
                state, because = (
                    "at_risk",
                    f"{because}; at the measured pace it may take until {minute(int(one.finish.high))}",
                )
        if due >= record.end and state == "breached":
            continue  # its deadline falls into a later period, which answers for it
        out.append(
            Line(
                about=one.name,
                state=state,
                value=taken,
                n=int(one.ended_at is not None),
                eligible=1,
                method="working hours by the calendar",
                because=because,
                due_at=due,
                remedy=remedy,
            )
        )
    return out


def _in_time(taken: float, hours: float, *, ended: bool) -> tuple[State, str]:
    """A deadline against the working hours that have passed."""
    told = f"{taken:.1f} of {hours:g} working hours"
    if ended:
        return ("kept", f"done after {told}") if taken <= hours else ("breached", f"done late, after {told}")
    if taken > hours:
        return "breached", f"open after {told}"
    if taken > WARN * hours:
        return "at_risk", f"open after {told}"
    return "kept", f"open, {told} have passed"


def _answered(term: EscalationTerm, doc: SlaDoc, record: Record) -> list[Line]:
    """One line a question whose deadline falls into the period, or that is open now and near its own."""
    out = []
    for one in record.questions:
        due = doc.calendar.after(one.asked_at, round(term.hours * HOUR))
        if due is None or due < record.start or (due >= record.end and record.over):
            continue
        until = one.answered_at if one.answered_at is not None else record.at
        taken = doc.calendar.between(one.asked_at, until) / HOUR
        state, because = _in_time(taken, term.hours, ended=one.answered_at is not None)
        if due >= record.end and state != "at_risk":
            continue
        out.append(
            Line(
                about=f"{one.batch}, asked {minute(one.asked_at)}",
                state=state,
                value=taken,
                n=int(one.answered_at is not None),
                eligible=1,
                method="working hours by the calendar",
                because=because,
                due_at=due,
            )
        )
    return out
