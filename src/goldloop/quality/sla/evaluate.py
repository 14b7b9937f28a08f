"""Evaluating a service level agreement: read the record of a period, apply the rules, keep the result, tell of changes.

A nightly job, and every run of a gate, keep what became of each term as Evidence of the programme with its as-of. A
term that is newly at risk or breached is an event, and so news.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core import families
from goldloop.core.clock import DAY, iso, now
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.families import Measured
from goldloop.core.figures import figure
from goldloop.core.ids import Ids
from goldloop.core.nouns import Evidence, Interval, Spec
from goldloop.core.policy import Policy
from goldloop.core.sla import FloorTerm, RemediationTerm, SlaDoc
from goldloop.jobs.running import Running
from goldloop.loop.brief import Reading, heard
from goldloop.loop.forecast import Forecast, finish
from goldloop.quality.sla.results import Outcome, Record, TermResult
from goldloop.quality.sla.rules import evaluate, failures, newest_of_period
from goldloop.store import batches, jobs, ledger, overview
from goldloop.store.accounts import actor_of_account
from goldloop.store.evidence import add_evidence, programme_evidence
from goldloop.store.programmes import PolicyRow, policy_at, programme_row
from goldloop.store.sla_record import first_answers, gold_answers, measured_of, questions, ruled

STATES = ("kept", "at_risk", "breached", "unknown")
HEALTHY = {"kept": True, "breached": False}
LOOK_BACK = 400 * DAY  # failures and questions from before a period may still be open in it


class Evaluated(NamedTuple):
    """A period of a programme's agreement: the terms as they stood at its end, the record, and what became of them."""

    policy: Policy
    doc: SlaDoc
    record: Record
    outcome: Outcome


def sla_of(connection: Connection, programme_id: int, *, at: int) -> PolicyRow:
    """The policy whose agreement held at a moment. Raises Conflict where it had none."""
    row = policy_at(connection, programme_id, at)
    if row.policy.sla is None:
        raise Conflict(
            "this programme promises nothing in its file", expected="an `sla` block in the programme file", found="none"
        )
    return row


def evaluated(connection: Connection, ids: Ids, programme_id: int, *, at: int, on: int | None = None) -> Evaluated:
    """The agreement in the period that holds the moment `on`, as of `at`."""
    doc = sla_of(connection, programme_id, at=at).policy.sla
    assert doc is not None
    start, end = doc.calendar.period(at if on is None else on, doc.period)
    if start > at:
        raise Invalid("this period has not begun", field="period", expected=f"a day up to {iso(at)[:10]}")
    policy = sla_of(connection, programme_id, at=min(end, at + 1)).policy
    doc = policy.sla
    assert doc is not None
    record = record_of(connection, ids, programme_id, doc, (start, end), at=at)
    return Evaluated(policy, doc, record, evaluate(doc, record))


def record_of(
    connection: Connection, ids: Ids, programme_id: int, doc: SlaDoc, period: tuple[int, int], *, at: int
) -> Record:
    """What a period is judged on."""
    start, end = period
    first = doc.since or doc.calendar.local_day(programme_row(connection, programme_id).created_at)
    begun = max(start, doc.calendar.begins(first))
    since, until = max(doc.calendar.begins(first), start - LOOK_BACK), min(at + 1, end)
    found = ruled(connection, programme_id, since=since, until=at + 1)
    before = [one for one in found if one.at < until]
    decided = newest_of_period(before, start=begun, end=end)
    newest = {one.batch_id: one for one in before}
    undecided = {key: one.name for key, one in newest.items() if one.outcome == "unknown" and not one.waived}
    keys = [one.batch_id for one in decided] + sorted(undecided.keys() - {one.batch_id for one in decided})
    floors = {
        name: measured_of(connection, ids, keys, families.measure.build(term.of).spec, until=until)
        if term.gold is None
        else _on_gold(connection, ids, keys, term, until=until)
        for name, term in doc.terms.items()
        if isinstance(term, FloorTerm)
    }
    firsts: dict[Any, int] = {}
    if any(term.promise == "throughput" for term in doc.terms.values()):
        counted = first_answers(connection, programme_id, since=begun, until=until)
        for moment, count in counted.items():
            day = doc.calendar.local_day(moment)
            firsts[day] = firsts.get(day, 0) + count
    failed = failures(found)
    if any(isinstance(term, RemediationTerm) for term in doc.terms.values()):
        failed = [
            one if one.ended_at is not None else one._replace(finish=_finish(connection, one.batch_id, at=at))
            for one in failed
        ]
    return Record(
        start=start,
        begun=begun,
        end=end,
        at=at,
        decided=decided,
        failures=failed,
        floors=floors,
        undecided=undecided,
        firsts=firsts,
        questions=questions(connection, programme_id, since=since, until=until),
    )


def _on_gold(
    connection: Connection, ids: Ids, keys: Sequence[int], term: FloorTerm, *, until: int
) -> dict[int, Evidence]:
    """What the answers to a gold release say of each batch that it was hidden in, with exact limits."""
    assert term.gold is not None
    out = {}
    for key, (right, n, of) in gold_answers(connection, keys, term.gold, until=until).items():
        found = statistics.estimate.proportion(right, n, method="clopper-pearson", eligible=of)
        limits = found.interval
        out[key] = Evidence(
            measure=term.of,
            about=ids.show("batch", key),
            value=found.value,
            interval=Interval.model_validate(asdict(limits)) if limits is not None else None,
            n=n,
            eligible=of,
            method=f"share of right answers to {term.gold} hidden in the batch, exact limits",
            measured_at=until,
        )
    return out


def keep_sla(job: Running) -> dict[str, Any]:
    """The job: args {"programme"}. Keeps what became of every term as evidence, and tells of what changed.

    A period that has ended since is closed first: what it came to is kept once, as its last word.
    """
    store, programme_id, at = job.store, int(job.args["programme"]), now()
    with store.read() as connection:
        if policy_at(connection, programme_id, at + 1).policy.sla is None:
            return {"state": "nothing is promised"}
        running = evaluated(connection, store.ids, programme_id, at=at)
        kept = {one.term: kept_state(connection, store.ids, programme_id, one.term) for one in running.outcome.terms}
        last = max((one.details["period"] for one in kept.values() if one is not None), default=None)
        found = [running]
        if last is not None and last < running.record.start:
            found = [evaluated(connection, store.ids, programme_id, at=at, on=int(last)), running]
    told: list[str] = []
    with store.write() as connection:
        for back, one in reversed(list(enumerate(reversed(found)))):  # what ended first, then what runs
            told += _keep(connection, store.ids, programme_id, one, kept, at=at - back)
    return {
        "states": {one.term: one.state for one in running.outcome.terms},
        "credited": running.outcome.credited,
        "closed": len(found) - 1,
        "told": sorted(set(told)),
    }


def _keep(
    connection: Connection,
    ids: Ids,
    programme_id: int,
    found: Evaluated,
    kept: Mapping[str, Evidence | None],
    *,
    at: int,
) -> list[str]:
    """Keep a period's results; the terms that are newly at risk or breached in it, of each of which an event tells."""
    told = []
    for one in found.outcome.terms:
        measured = [_as_measured(one, found.record)]
        (made,) = add_evidence(connection, ids, programme_id, None, spec_of(one.term), measured, at=at)
        owner = actor_of_account(connection, one.owner)
        heard(connection, _reading(programme_id, one, ids.key("evidence", str(made.id)), owner=owner), at=at)
        if one.state in ("at_risk", "breached") and one.state != _state_of(kept.get(one.term), found.record):
            ledger.record(
                connection,
                f"sla.{one.state}",
                programme=programme_id,
                actor=None,
                subject=str(ids.key("evidence", str(made.id))),
                data={"term": one.term, "because": one.because, "owner": one.owner},
                at=at,
            )
            told.append(one.term)
    return told


def queue_sla(connection: Connection, programme_id: int, policy: Policy, *, asked_by: int | None) -> None:
    """Have the agreement evaluated soon: a gate has decided something."""
    if policy.sla is not None:
        args = {"programme": programme_id}
        jobs.enqueue(connection, "sla", args, programme=programme_id, asked_by=asked_by)


def kept_state(
    connection: Connection, ids: Ids, programme_id: int, term: str, *, before: int | None = None
) -> Evidence | None:
    """What was last kept of a term, in all or before a moment."""
    return next(iter(programme_evidence(connection, ids, programme_id, spec_of(term), before=before)), None)


def state_in(kept: Evidence | None) -> str | None:
    """The state that was kept of a term; None where nothing was."""
    return next((state for state in STATES if state in kept.details), None) if kept is not None else None


def spec_of(term: str) -> Spec:
    """How the evidence of a term is named."""
    return Spec(name="sla.v1", params={"term": term})


def _state_of(kept: Evidence | None, record: Record) -> str | None:
    """The state that was kept of a term in this period; None where nothing was."""
    if kept is None or kept.details.get("period") != float(record.start):
        return None
    return state_in(kept)


def _as_measured(one: TermResult, record: Record) -> Measured:
    return Measured(
        **figure(
            one,
            interval_method=one.method if one.low is not None else None,
            method=f"{one.says}; {one.method}",
            details={one.state: 1.0, "credit": float(one.credit), "period": float(record.start)},
        )
    )


def _finish(connection: Connection, batch_id: int, *, at: int) -> Forecast:
    """When the work of a failed batch is done, at its own pace."""
    progress = batches.progress(connection, batch_id)
    said = [one.said_at for one in overview.newest_said(connection, batch_id)]
    return finish(progress.items - progress.decided, said, at=at)


def _reading(programme_id: int, one: TermResult, evidence: int, *, owner: int) -> Reading:
    """What became of a promise. At risk is a warning, no finding; kept by nothing that was counted closes nothing."""
    return Reading(
        programme_id,
        f"sla:{one.term}",
        "sla",
        f"The promise {one.term} is broken: {one.says}",
        HEALTHY.get(one.state) if one.n or one.state == "breached" else None,
        one.because,
        evidence_ids=(evidence,),
        scope={"term": one.term, "lines": [line.about for line in one.lines if line.state == "breached"][:100]},
        owner_id=owner,
    )
