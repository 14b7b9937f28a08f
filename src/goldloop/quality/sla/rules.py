"""What becomes of the promises of a service level agreement, given the record. Pure: nouns in, results and reasons out.

kept       the promise holds; while its period runs, so far
at risk    it holds, and what is measured or forecast leaves doubt that it will
breached   it does not hold
unknown    nothing can be said yet, and why
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from goldloop.core.clock import HOUR, minute
from goldloop.core.nouns import Evidence, Noun
from goldloop.core.sla import (
    EscalationTerm,
    FailedBatchesTerm,
    FloorTerm,
    RemediationTerm,
    SlaDoc,
    Step,
    Term,
    ThroughputTerm,
)
from goldloop.loop.forecast import Forecast, by_then
from goldloop.store.sla_record import Question, Ruled

State = Literal["kept", "at_risk", "breached", "unknown"]
WARN = 0.75  # of a deadline's working time: what is open after it is at risk
CENSUS = "counted, all of them; no interval"
COMPARED = "the newest measurement of the batch as its gate decided it"
AGREED = {
    "data_handling": "data handling",
    "ip_ownership": "ownership of intellectual property",
    "confidentiality": "confidentiality",
}


class Line(Noun):
    """One thing that a term speaks of: a batch, a failure, a question, or the whole period."""

    about: str
    state: State
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int = 0
    eligible: int = 0
    method: str = CENSUS
    because: str
    due_at: int | None = None
    remedy: str | None = None


class Credit(Noun):
    """One credit: which step of which term, of which price, and why."""

    term: str
    about: str
    share: float
    price: int
    amount: int
    because: str


class TermResult(Noun):
    """What became of one promise in a period: its number with denominator and interval, line by line."""

    term: str
    promise: str
    owner: str
    says: str
    state: State
    value: float | None
    low: float | None
    high: float | None
    level: float | None
    n: int
    eligible: int
    method: str
    because: str
    forecast: bool = False
    remedy: str | None = None
    lines: tuple[Line, ...] = ()
    credit: int = 0


class Failure(NamedTuple):
    """One failure of a batch by the contract's line: from the verdict that said so to the one that took it back."""

    batch_id: int
    name: str
    items: int
    failed_at: int
    ended_at: int | None
    finish: Forecast | None = None


class Record(NamedTuple):
    """What a period is judged on. `at` is the as-of; `floors` is evidence by term and batch.

    `begun` is where the agreement begins to count in it: later than `start` where it is younger than the period.
    """

    start: int
    begun: int
    end: int
    at: int
    decided: Sequence[Ruled]
    failures: Sequence[Failure]
    floors: Mapping[str, Mapping[int, Evidence]]
    undecided: Mapping[int, str]
    firsts: Mapping[date, int]
    questions: Sequence[Question]

    @property
    def over(self) -> bool:
        """True where the period has ended."""
        return self.at >= self.end


class Outcome(NamedTuple):
    """Every term's result, the credits line by line, and the price they are shares of."""

    terms: tuple[TermResult, ...]
    credits: tuple[Credit, ...]
    price: int
    credited: int
    capped: bool


def newest_of_period(found: Sequence[Ruled], *, start: int, end: int) -> list[Ruled]:
    """The batches that were decided in a period: each by its last verdict in it that said something."""
    last = {one.batch_id: one for one in found if start <= one.at < end and (one.outcome != "unknown" or one.waived)}
    return list(last.values())


def failures(found: Sequence[Ruled]) -> list[Failure]:
    """The stretches in which a batch stood failed: from a verdict below the contract's line to the next that passed."""
    open_: dict[int, Failure] = {}
    out: list[Failure] = []
    for one in found:
        if one.batch_id in open_ and (one.waived or one.outcome == "pass"):
            out.append(open_.pop(one.batch_id)._replace(ended_at=one.at))
        elif one.failed and not one.waived and one.batch_id not in open_:
            open_[one.batch_id] = Failure(one.batch_id, one.name, one.items, one.at, None)
    return sorted([*out, *open_.values()], key=lambda one: (one.failed_at, one.batch_id))


def evaluate(doc: SlaDoc, record: Record) -> Outcome:
    """Every term against the record, and what its breaches cost."""
    price = (doc.price or 0) * sum(one.items for one in record.decided if not one.again)
    terms, credits = [], []
    for name, term in doc.terms.items():
        lines = _lines(name, term, doc, record)
        due = _credits(name, term, lines, doc, record, price)
        terms.append(_result(name, term, doc, record, lines, sum(one.amount for one in due)))
        credits += due
    wanted, most = sum(one.amount for one in credits), round(doc.cap * price)
    return Outcome(tuple(terms), tuple(credits), price, min(wanted, most), wanted > most)


def says(term: Term, doc: SlaDoc) -> str:
    """A promise as a sentence."""
    if isinstance(term, FloorTerm):
        bound = "" if term.bound == "value" else ", and so does the lower limit of its interval"
        rate = f", counted on at least {term.share:.1%} of the batch" if term.share else ""
        if term.gold is not None:
            asked = f"answers to the items of {term.gold} hidden in it, at least {term.share:.1%} of all its answers"
            return f"of every batch the share of right {asked}, reaches {term.at:g}{bound}"
        return f"{term.of.name} of every batch reaches {term.at:g}{bound}{rate}"
    if isinstance(term, ThroughputTerm):
        per = "working day" if term.per == "day" else "week of working days"
        return f"{term.items:,} items a {per} get their first answer, over the {doc.period}"
    if isinstance(term, FailedBatchesTerm):
        return f"at most {term.at_most} batches a {doc.period} fail the contract's line"
    if isinstance(term, RemediationTerm):
        return f"a batch that failed the contract's line has passed within {term.hours:g} working hours"
    return f"{term.at:.0%} of the questions are answered within {term.hours:g} working hours"


def definitions(doc: SlaDoc, currency: str) -> dict[str, str]:
    """Every word of a report, spelled out."""
    time = doc.calendar
    holidays = ", ".join(day.isoformat() for day in time.holidays) or "none"
    return {
        "period": f"one {doc.period} of the calendar, from midnight to midnight in {time.zone}",
        "working time": f"{', '.join(time.hours)} on {', '.join(time.days)} in {time.zone}; holidays: {holidays}. "
        "Hours are counted as they pass: where clocks change, a day has an hour less or more.",
        "accuracy": "the share of accepted labels that equal a reference, estimated for the whole batch from a random "
        "sample that was judged again, blind; with the interval of that estimate",
        "hidden gold": "items of a gold release, whose answer is known, handed out among a batch's own and answered "
        "without knowing which they are; right means equal to the known answer, withdrawn items left out",
        "agreement": "agreement beyond chance between people who answered the same item without seeing each other's "
        "answer: 1 is perfect, 0 is chance. People can agree on the same mistake: it is no accuracy.",
        "failed batch": "a batch that a gate found below the contract's line (`failed_batch` in the programme file); a "
        "batch between that line and the release floor is held, and has not failed",
        "remediation": "from the verdict below the contract's line to the next one that passed, or was waived by name",
        "throughput": "items that got their first answer from a person; what is redone is not counted again",
        "question": "an item that somebody escalated; it is answered by a ruling on the item",
        "proved": "how many of all labels of the batch can be wrong at most, as its audit shows, with the stated "
        "confidence; exact for what was drawn and how the audit ended, or on the safe side",
        "annotator": "a person under a pseudonym that only the programme can resolve",
        "checked": "an annotator's answers to items of gold, or that an audit judged (its newest word counts); answers "
        "that were taken back or revised are none",
        "kept, at risk, breached, unknown": "the promise holds (in a running period: so far); it holds, with "
        "doubt that it will; it does not hold; nothing can be said yet, and the reason is given",
        "signed off, disputed": "what a person of the client said, by name, of a batch that passed; a dispute names "
        "items and a reason, these items are judged again without sight of their labels, and the client is asked again",
        "credit": f"a share of a price in minor units of {currency}: of the batch's items where a batch broke the "
        "promise, else of all items decided in the period, each counted once; together at most "
        f"{doc.cap:.0%} of the period's price",
        **{f"term {name}": says(term, doc) for name, term in doc.terms.items()},
        **{AGREED[name]: text for name, text in doc.agreed if text is not None},
    }


def _lines(name: str, term: Term, doc: SlaDoc, record: Record) -> list[Line]:
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
    low = found.interval.low if found.interval else None
    high = found.interval.high if found.interval else None
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
    return Line(
        about=about,
        state=state,
        value=found.value,
        low=low,
        high=high,
        level=found.interval.level if found.interval else None,
        n=found.n,
        eligible=found.eligible,
        method=f"{found.method}; {COMPARED}",
        because=because,
    )


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


def _result(name: str, term: Term, doc: SlaDoc, record: Record, lines: Sequence[Line], credit: int) -> TermResult:
    state, number, because, forecast = _together(term, record, lines)
    return TermResult(
        term=name,
        promise=term.promise,
        owner=term.owner,
        says=says(term, doc),
        state=state,
        value=number.value,
        low=number.low,
        high=number.high,
        level=number.level,
        n=number.n,
        eligible=number.eligible,
        method=number.method,
        because=because,
        forecast=forecast,
        remedy=term.remedy if state == "breached" else None,
        lines=tuple(lines),
        credit=credit,
    )


def _together(term: Term, record: Record, lines: Sequence[Line]) -> tuple[State, Line, str, bool]:
    """The state of a term, the number it is told by, why, and whether that is a forecast."""
    if isinstance(term, ThroughputTerm):
        return lines[0].state, lines[0], lines[0].because, not record.over and lines[0].low is not None
    if isinstance(term, FailedBatchesTerm):
        return _few_failed(term, record, lines)
    if isinstance(term, EscalationTerm):
        return _share_in_time(term, lines)
    if not lines:
        because = "no batch was decided in this period" if isinstance(term, FloorTerm) else "no batch stood failed"
        nothing: State = "unknown" if isinstance(term, FloorTerm) else "kept"
        return nothing, Line(about="the period", state=nothing, because=because), because, False
    states = [one.state for one in lines]
    state: State = next((one for one in ("breached", "at_risk", "unknown", "kept") if one in states), "kept")
    worst = _worst(term, [one for one in lines if one.state == state])
    because = f"{states.count('kept')} of {len(lines)} kept it; {worst.about}: {worst.because}"
    return state, worst, because, isinstance(term, RemediationTerm) and state == "at_risk"


def _worst(term: Term, lines: Sequence[Line]) -> Line:
    def order(one: Line) -> float:
        value = one.value if one.value is not None else 0.0
        return value if isinstance(term, FloorTerm) else -value

    return min(lines, key=order)


def _few_failed(term: FailedBatchesTerm, record: Record, lines: Sequence[Line]) -> tuple[State, Line, str, bool]:
    count, decided = len(lines), len({one.batch_id for one in record.decided} | _failed_ids(record))
    state: State = "breached" if count > term.at_most else "kept"
    because = f"{count} of {decided} batches failed the contract's line; {term.at_most} may"
    if not decided:
        state, because = "unknown", "no batch was decided in this period"
    elif state == "kept" and count and count == term.at_most and not record.over:
        state, because = "at_risk", f"{because}; one more breaks the promise"
    number = Line(
        about="the period",
        state=state,
        value=float(count) if decided else None,
        n=count,
        eligible=decided,
        because=because,
    )
    return state, number, because, False


def _failed_ids(record: Record) -> set[int]:
    return {one.batch_id for one in record.failures if record.start <= one.failed_at < record.end}


def _share_in_time(term: EscalationTerm, lines: Sequence[Line]) -> tuple[State, Line, str, bool]:
    over = [one for one in lines if one.state == "breached" or one.n]
    in_time = sum(one.state == "kept" for one in over)
    near = sum(one.state == "at_risk" for one in lines)
    waiting = len(lines) - len(over)
    share = in_time / len(over) if over else None
    because = f"{in_time:,} of {len(over):,} questions were answered in time; {waiting:,} wait"
    state: State = "kept"
    if share is None:
        because = "no question was due in this period" if not lines else f"{waiting:,} questions wait, none is overdue"
    elif share < term.at:
        state = "breached"
    if state == "kept" and near:
        state, because = "at_risk", f"{because}; {near:,} of them near their deadline"
    number = Line(about="the period", state=state, value=share, n=in_time, eligible=len(over), because=because)
    return state, number, because, False


def _credits(name: str, term: Term, lines: Sequence[Line], doc: SlaDoc, record: Record, price: int) -> list[Credit]:
    """What a term's breaches take off, the deepest step of each that applies."""
    if not term.credits or doc.price is None:
        return []
    items = {one.name: one.items for one in record.decided} | {one.name: one.items for one in record.failures}
    if isinstance(term, FloorTerm | RemediationTerm):
        broken = [one for one in lines if one.state == "breached" and one.value is not None]
        numbers = [
            (one, _held_number(term, one), items.get(one.about, 0) * doc.price, f"the price of {one.about}")
            for one in broken
        ]
    elif isinstance(term, FailedBatchesTerm):
        numbers = [
            (one, float(len(lines)), items.get(one.about, 0) * doc.price, f"the price of {one.about}") for one in lines
        ]
    else:
        state, number, _, _ = _together(term, record, lines)
        numbers = [(number, number.value or 0.0, price, "the price of the period")] if state == "breached" else []
    out = []
    for line, value, base, of in numbers:
        step = _deepest(term.credits, value)
        if step is not None:
            side = f"below {step.below:g}" if step.below is not None else f"above {step.above:g}"
            because = f"{line.because}: {value:.4g} is {side}, which takes {step.share:.1%} off {of}"
            amount = round(step.share * base)
            out.append(
                Credit(term=name, about=line.about, share=step.share, price=base, amount=amount, because=because)
            )
    return out


def _held_number(term: FloorTerm | RemediationTerm, line: Line) -> float:
    """The number that a step is read against: what fell below the floor, or the hours of delay."""
    if isinstance(term, RemediationTerm):
        return (line.value or 0.0) - term.hours
    return (line.low if term.bound == "lower" else line.value) or 0.0


def _deepest(steps: Sequence[Step], value: float) -> Step | None:
    return next((step for step in reversed(steps) if step.applies(value)), None)
