"""What becomes of the promises of a service level agreement, given the record. Pure: nouns in, results, reasons out."""

from collections.abc import Sequence

from goldloop.core.sla import SlaDoc, Term
from goldloop.quality.sla.credits import credits_of
from goldloop.quality.sla.lines import lines_of
from goldloop.quality.sla.results import Failure, Line, Outcome, Record, TermResult
from goldloop.quality.sla.together import together
from goldloop.quality.sla.words import says
from goldloop.store.sla_record import Ruled


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
        lines = lines_of(name, term, doc, record)
        due = credits_of(name, term, lines, doc, record, price)
        terms.append(_result(name, term, doc, record, lines, sum(one.amount for one in due)))
        credits += due
    wanted, most = sum(one.amount for one in credits), round(doc.cap * price)
    return Outcome(tuple(terms), tuple(credits), price, min(wanted, most), wanted > most)


def _result(name: str, term: Term, doc: SlaDoc, record: Record, lines: Sequence[Line], credit: int) -> TermResult:
    state, number, because, forecast = together(term, record, lines)
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
