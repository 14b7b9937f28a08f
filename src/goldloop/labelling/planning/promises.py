"""How often a promise of the service level agreement would be missed, over the runs of a plan."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from goldloop import statistics
from goldloop.core.nouns import Spec
from goldloop.core.policy import GateDoc, Policy
from goldloop.core.sla import EscalationTerm, FailedBatchesTerm, FloorTerm, SlaDoc, Term, ThroughputTerm
from goldloop.labelling.planning.findings import LEVEL, Risk
from goldloop.labelling.planning.queues import Queued, waits
from goldloop.labelling.planning.values import Array
from goldloop.loop.acceptance import acceptance_plan

ACCURACY = "accuracy.v1"
PERIOD_DAYS = {"week": 7, "month": 30.4, "quarter": 91.3}
NOT_SIMULATED = "it is not simulated"


class Audit(NamedTuple):
    """What audits of the batches found: judged and wrong, runs by batch."""

    judged: Array
    wrong: Array


def audit_size(policy: Policy, batch: int) -> tuple[int, int]:
    """How many items of a batch its gate has judged, at most, and at which tier; none where no gate samples."""
    gate = next((one for one in policy.gates_of_batches if one.sample is not None), None)
    if gate is None or gate.sample is None:
        return 0, 3
    size = gate.sample.size if gate.sample.size is not None else 0
    if gate.sample.plan is not None:
        size = acceptance_plan(gate.sample.plan).n[-1]
    return min(size, batch), gate.sample.tier


def risks(policy: Policy, audit: Audit, queued: Queued | None) -> list[Risk]:
    """Every promise of a policy's agreement."""
    doc = policy.sla
    if doc is None:
        return []
    return [_risk(name, term, doc, policy, audit, queued) for name, term in doc.terms.items()]


def _risk(name: str, term: Term, doc: SlaDoc, policy: Policy, audit: Audit, queued: Queued | None) -> Risk:
    if isinstance(term, FloorTerm) and term.of.name == ACCURACY:
        missed, because = _below(audit, term.at, lower=term.bound == "lower")
    elif isinstance(term, FailedBatchesTerm):
        missed, because = _failed(audit, policy, term.at_most)
    elif queued is None:
        missed, because = None, "no capacity is stated, so that nobody works it off"
    elif isinstance(term, ThroughputTerm):
        missed, because = _slow(term, doc, queued)
    elif isinstance(term, EscalationTerm):
        missed, because = _late(term, doc, policy, queued)
    else:
        missed, because = None, NOT_SIMULATED
    if missed is None:
        return Risk(term=name, promise=term.promise, risk=None, low=None, high=None, n=0, because=because)
    n, k = len(missed), int(missed.sum())
    low, high = (float(one) for one in statistics.estimate.limits(float(k), n, method="wilson", level=LEVEL))
    return Risk(term=name, promise=term.promise, risk=k / n, low=low, high=high, n=n, because=because)


def _below(audit: Audit, floor: float, *, lower: bool) -> tuple[Array | None, str]:
    """Runs in which the audit of any batch finds an accuracy below a floor."""
    if not audit.judged.any():
        return None, "no gate has a sample, so that nothing would be measured"
    right = audit.judged - audit.wrong
    if lower:
        known: dict[tuple[float, float], float] = {}
        pairs = zip(right.ravel().tolist(), audit.judged.ravel().tolist(), strict=True)
        held: Array = np.array([_lower(k, n, known) for k, n in pairs]).reshape(right.shape)
    else:
        held = right / np.maximum(audit.judged, 1)
    missed: Array = np.any(held < floor, axis=1)
    which = "the lower limit of the measured accuracy" if lower else "the measured accuracy"
    batches = audit.judged.shape[1]
    return missed, f"{which} of any of {batches:,} batches lies below {floor:g}, as its audit draws it"


def _lower(right: float, judged: float, known: dict[tuple[float, float], float]) -> float:
    if (right, judged) not in known:
        known[right, judged] = float(statistics.estimate.limits(right, int(judged), method="wilson", level=LEVEL)[0])
    return known[right, judged]


def _failed(audit: Audit, policy: Policy, most: int) -> tuple[Array | None, str]:
    """Runs in which more batches than allowed fall below the contract's line on accuracy."""
    lines = [line for gate in policy.gates_of_batches for line in _lines(gate)]
    if not lines:
        return None, f"{NOT_SIMULATED}: no `failed_batch` is a floor of {ACCURACY}"
    if not audit.judged.any():
        return None, "no gate has a sample, so that nothing would be measured"
    line = max(lines)
    failed = ((1 - audit.wrong / np.maximum(audit.judged, 1)) < line).sum(axis=1)
    return failed > most, f"more than {most} of {audit.wrong.shape[1]:,} batches measure below {line:g}"


def _lines(gate: GateDoc) -> list[float]:
    """The floors of accuracy under which a batch has failed the contract; read by value."""
    out = []
    for check in gate.failed_batch:
        of: Any = check.params.get("of")
        if check.name == "floor.v1" and _name(of) == ACCURACY and check.params.get("bound", "value") == "value":
            out.append(float(check.params["at"]))
    return out


def _name(of: Any) -> str | None:
    if isinstance(of, Spec):
        return of.name
    if isinstance(of, Mapping):
        return str(of.get("name", next(iter(of), None)))
    return of if isinstance(of, str) else None


def _slow(term: ThroughputTerm, doc: SlaDoc, queued: Queued) -> tuple[Array, str]:
    """Runs in which any whole period, or the only one, brings fewer first answers than promised."""
    a_week = len(doc.calendar.days)
    a_day = term.items / (a_week if term.per == "week" else 1)
    period = max(1, round(PERIOD_DAYS[doc.period] * a_week / 7))
    ends = np.where(np.isinf(queued.days), len(queued.done), queued.days).astype(int)
    done = np.cumsum(queued.done, axis=0)
    missed = np.zeros(done.shape[1], dtype=bool)
    for run, end in enumerate(ends.tolist()):
        last = max(1, min(end, len(done)))
        edges = [*range(period, last + 1, period)] or [last]
        totals = np.diff(done[[edge - 1 for edge in edges], run], prepend=0)
        spans = np.diff(edges, prepend=0)
        missed[run] = bool((totals < a_day * spans - 0.5).any())
    return missed, f"fewer than {a_day:,.4g} first answers a working day, over any whole {doc.period} of the work"


def _late(term: EscalationTerm, doc: SlaDoc, policy: Policy, queued: Queued) -> tuple[Array, str]:
    """Runs in which too few questions are answered in time, by the queue of the tier that answers."""
    hours = sum(_hours(part) for part in doc.calendar.hours)
    delay, came = waits(queued, policy.escalation.tier)
    total = came.sum(axis=0)
    in_time = np.where(delay * hours <= term.hours, came, 0).sum(axis=0) / np.maximum(total, 1e-9)
    because = (
        f"fewer than {term.at:.0%} of the works at tier {policy.escalation.tier} are done within {term.hours:g} "
        f"working hours of {hours:g} a day"
    )
    return (in_time < term.at) & (total > 0), because


def _hours(part: str) -> float:
    begin, end = part.split("-")
    return (int(end[:2]) * 60 + int(end[3:]) - int(begin[:2]) * 60 - int(begin[3:])) / 60
