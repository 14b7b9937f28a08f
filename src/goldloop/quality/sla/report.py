"""The report that a client reads of a period: what was promised, what was measured, what failed, what it costs.

People appear under pseudonyms only; what managers write to each other stays with them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.clock import HOUR, now
from goldloop.core.errors import Invalid
from goldloop.core.figures import FIELDS, Figure, figure
from goldloop.core.nouns import Spec
from goldloop.core.pseudonym import pseudonym
from goldloop.core.sla import EscalationTerm, RemediationTerm
from goldloop.loop.sign_off_rules import standing
from goldloop.quality.people import rules as people_rules
from goldloop.quality.people.reports import reader, tallies
from goldloop.quality.people.rules import Pair
from goldloop.quality.sla.evaluate import Evaluated, evaluated
from goldloop.quality.sla.results import Failure
from goldloop.quality.sla.words import definitions
from goldloop.store import person_record
from goldloop.store.evidence import verdicts
from goldloop.store.labelled import sent_back
from goldloop.store.open import Store
from goldloop.store.person_record import Held
from goldloop.store.sign_offs import SignOff, repairs, sign_offs
from goldloop.store.sla_record import measured_of

PARTS = ("terms", "batches", "annotators", "escalations", "remediations", "credits", "definitions")
MISTAKES = 3  # kinds of mistake that are named of each annotator
ACCURACY, AGREEMENT = Spec(name="accuracy.v1"), Spec(name="agreement.v1")


def client_report(connection: Connection, store: Store, programme_id: int, *, on: int | None = None) -> dict[str, Any]:
    """The report on the period that holds the moment `on`; the one that runs for None."""
    found = evaluated(connection, store.ids, programme_id, at=now(), on=on)
    record, doc, outcome = found.record, found.doc, found.outcome
    return {
        "programme": found.policy.programme,
        "title": found.policy.title,
        "organisation": found.policy.organisation,
        "client": doc.client,
        "period": doc.period,
        "period_from": record.start,
        "period_to": record.end,
        "first_day": doc.calendar.local_day(record.start).isoformat(),
        "last_day": doc.calendar.local_day(record.end - 1).isoformat(),
        "zone": doc.calendar.zone,
        "as_of": record.at,
        "over": record.over,
        "currency": found.policy.currency,
        "price": outcome.price if doc.price is not None else None,
        "credited": outcome.credited,
        "capped": outcome.capped,
        "terms": [one.model_dump(mode="json") for one in outcome.terms],
        "batches": _batches(connection, store, programme_id, found),
        "annotators": annotators(connection, store, programme_id),
        "escalations": _escalations(found),
        "remediations": [_remediation(connection, found, one) for one in record.failures if _touches(one, found)],
        "credits": [one.model_dump(mode="json") for one in outcome.credits],
        "definitions": [
            {"word": word, "means": means} for word, means in definitions(doc, found.policy.currency).items()
        ],
    }


def part_of(report: dict[str, Any], part: str) -> list[dict[str, Any]]:
    """One part of a report as flat rows. Raises Invalid for a part that it does not have."""
    if part not in PARTS:
        raise Invalid("a report has no such part", field="part", expected=f"one of {', '.join(PARTS)}", found=part[:40])
    rows: list[dict[str, Any]] = report[part]
    if part == "terms":
        return [{name: value for name, value in row.items() if name != "lines"} for row in rows]
    return rows


def annotators(connection: Connection, store: Store, programme_id: int) -> list[dict[str, Any]]:
    """What each annotator's answers were beside gold and audits, to date: right of checked, and what was mistaken."""
    held = person_record.held_against(connection, programme_id)
    read = reader(connection, programme_id, {key for one in held for key in (one.value_id, one.reference_id)})
    secret = store.secret + programme_id.to_bytes(8)  # the same names as in releases
    people = {one.actor_id: one for one in person_record.roster(connection, programme_id, [h.actor_id for h in held])}
    out = []
    for key, tally in tallies(read, held).items():
        pairs = [pair for one in held if one.actor_id == key and (pair := _pair(read, one)) is not None]
        mistakes = people_rules.confusion(pairs, most=MISTAKES)
        out.append(
            {
                "annotator": pseudonym(secret, store.ids.show("actor", key)),
                "simulated": people[key].simulated if key in people else False,
                "checked": tally.checked,
                "right": tally.right,
                **_number(people_rules.accuracy(tally, answers=tally.checked)),
                "mistakes": [f"{one.answer} for {one.reference} ({one.answers:,})" for one in mistakes],
            }
        )
    return sorted(out, key=lambda row: str(row["annotator"]))


def _pair(read: Any, one: Held) -> Pair | None:
    said, reference = read.says(one.value_id, one.ontology_id), read.says(one.reference_id, one.reference_under)
    if said is None or reference is None:
        return None
    return Pair(read.named(reference), read.named(said), one.answers)


def _batches(connection: Connection, store: Store, programme_id: int, found: Evaluated) -> list[dict[str, Any]]:
    decided = found.record.decided
    keys = [one.batch_id for one in decided]
    until = min(found.record.at + 1, found.record.end)
    measured = {
        spec.name: measured_of(connection, store.ids, keys, families.measure.build(spec).spec, until=until)
        for spec in (ACCURACY, AGREEMENT)
    }
    of = {key: one.batch_id for key, one in repairs(connection, programme_id).items()}
    words = sign_offs(connection, {of.get(key, key) for key in keys}, until=until)
    floors = {term.of.name: term.at for term in found.doc.terms.values() if term.promise in ("accuracy", "agreement")}
    out = []
    for one in decided:
        said = [verdict for verdict in verdicts(connection, store.ids, one.batch_id) if verdict.decided_at < until]
        out.append(
            {
                "batch": one.name,
                "items": one.items,
                "outcome": "waived" if one.waived else one.outcome,
                "decided_at": one.at,
                "failed_contract": one.failed,
                "proved": said[0].proved if said else None,
                "waived_because": said[0].waiver.because if said and said[0].waiver else None,
                "agreement": _number(measured[AGREEMENT.name].get(one.batch_id)),
                "agreement_floor": floors.get(AGREEMENT.name),
                "accuracy": _number(measured[ACCURACY.name].get(one.batch_id)),
                "accuracy_floor": floors.get(ACCURACY.name),
                "client": _client(words[of.get(one.batch_id, one.batch_id)]),
            }
        )
    return out


def _client(words: Sequence[SignOff]) -> dict[str, Any]:
    """What the client said of a batch up to the end of the period, or is asked."""
    stands = standing(words)
    said = stands.said
    return {
        "state": stands.state,
        "by": said.by if said else None,
        "at": said.at if said else None,
        "items": len(said.items) if said else 0,
        "because": stands.because,
    }


def _escalations(found: Evaluated) -> list[dict[str, Any]]:
    record, calendar = found.record, found.doc.calendar
    hours = next((term.hours for term in found.doc.terms.values() if isinstance(term, EscalationTerm)), None)
    out = []
    for one in record.questions:
        if one.answered_at is not None and one.answered_at < record.start:
            continue
        due = calendar.after(one.asked_at, round(hours * HOUR)) if hours is not None else None
        until = one.answered_at if one.answered_at is not None else record.at
        out.append(
            {
                "batch": one.batch,
                "asked_at": one.asked_at,
                "answered_at": one.answered_at,
                "due_at": due,
                "working_hours": calendar.between(one.asked_at, until) / HOUR,
                "in_time": None if due is None or (one.answered_at is None and until <= due) else until <= due,
            }
        )
    return out


def _remediation(connection: Connection, found: Evaluated, one: Failure) -> dict[str, Any]:
    calendar = found.doc.calendar
    hours = next((term.hours for term in found.doc.terms.values() if isinstance(term, RemediationTerm)), None)
    due = calendar.after(one.failed_at, round(hours * HOUR)) if hours is not None else None
    until = one.ended_at if one.ended_at is not None else found.record.at
    back: Sequence[Any] = sent_back(connection, one.batch_id)
    return {
        "batch": one.name,
        "items": one.items,
        "failed_at": one.failed_at,
        "due_at": due,
        "ended_at": one.ended_at,
        "working_hours": calendar.between(one.failed_at, until) / HOUR,
        "labelled_anew": sum(part.items for part in back if one.failed_at <= part.at <= until),
        "in_time": None if due is None or (one.ended_at is None and until <= due) else until <= due,
    }


def _touches(one: Failure, found: Evaluated) -> bool:
    record = found.record
    return one.failed_at < record.end and (one.ended_at is None or one.ended_at >= record.start)


def _number(found: Figure | None) -> dict[str, Any]:
    """A number with its interval, denominator and method, of evidence or of a measure."""
    return figure(found) if found is not None else dict.fromkeys(FIELDS) | {"because": "it was not measured"}
