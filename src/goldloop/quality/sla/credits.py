"""What the breaches of a term take off its price. Pure."""

from collections.abc import Sequence

from goldloop.core.sla import FailedBatchesTerm, FloorTerm, RemediationTerm, SlaDoc, Step, Term
from goldloop.quality.sla.results import Credit, Line, Record
from goldloop.quality.sla.together import together


def credits_of(name: str, term: Term, lines: Sequence[Line], doc: SlaDoc, record: Record, price: int) -> list[Credit]:
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
        state, number, _, _ = together(term, record, lines)
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
