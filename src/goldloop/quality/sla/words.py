"""The words of an agreement: every promise as a sentence, every word of a report spelled out."""

from goldloop.core.sla import FailedBatchesTerm, FloorTerm, RemediationTerm, SlaDoc, Term, ThroughputTerm

AGREED = {
    "data_handling": "data handling",
    "ip_ownership": "ownership of intellectual property",
    "confidentiality": "confidentiality",
}


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
