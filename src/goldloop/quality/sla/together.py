"""The lines of a term taken together: its state, the number it is told by, and why. Pure."""

from collections.abc import Sequence

from goldloop.core.sla import EscalationTerm, FailedBatchesTerm, FloorTerm, RemediationTerm, Term, ThroughputTerm
from goldloop.quality.sla.results import Line, Record, State


def together(term: Term, record: Record, lines: Sequence[Line]) -> tuple[State, Line, str, bool]:
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
