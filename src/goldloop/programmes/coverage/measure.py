"""Measuring whether a dataset holds what it should, as a job: kept as evidence, and heard as a reading of its brief."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, NotFound
from goldloop.core.families import Measured
from goldloop.core.ids import Ids
from goldloop.core.nouns import Evidence, Spec
from goldloop.core.policy import CoverageDoc
from goldloop.jobs.running import Running
from goldloop.loop.brief import Reading, heard
from goldloop.programmes.coverage.rules import LEVEL, Gap, counted, declared, gaps
from goldloop.store.coverage import held_labels, held_release
from goldloop.store.evidence import add_evidence, programme_evidence
from goldloop.store.open import Store
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import newest_standing

LABELS = "labels"  # what is labelled now, released or not
TARGET, PRODUCTION = "target", "production"
USUAL = {"gap": 0.05, "least": 100}


def cover(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "of", "counts"}. Without counts the target is what the programme file declares."""
    args = job.args
    found = measure(job.store, int(args["programme"]), str(args["of"]), args.get("counts"), at=now())
    return {"slices": len(found), "short": sum(one.healthy is False for one in found)}


def measure(store: Store, programme_id: int, of: str, counts: Mapping[str, Any] | None, *, at: int) -> list[Gap]:
    """Every slice of a dataset beside its target. Raises Conflict without a target, NotFound without the release."""
    with store.read() as connection:
        doc = policy_in_force(connection, programme_id).policy.coverage
        if doc is None and counts is None:
            raise Conflict(
                "this programme declares no target", expected="`coverage` in its file, or counts", found="none"
            )
        if of == LABELS:
            held = held_labels(connection, programme_id)
        else:
            row = newest_standing(connection, programme_id, of)
            if row is None:
                raise NotFound(
                    "there is no such release of data", field="of", expected="labels, or a name", found=of[:60]
                )
            held = held_release(connection, row)
    line, least = _bars(doc)
    targets = counted(counts) if counts is not None else declared(doc.slices if doc is not None else {})
    found = gaps(held.slices, held.items, targets, line=line, least=least)
    against = PRODUCTION if counts is not None else TARGET
    with store.write() as connection:
        measured = [_measured(one) for one in found]
        kept = add_evidence(connection, store.ids, programme_id, None, spec_of(of, against), measured, at=at)
        for one, evidence in zip(found, kept, strict=True):
            key = store.ids.key("evidence", str(evidence.id))
            heard(connection, _reading(programme_id, of, against, one, line, key), at=at)
    return found


def newest(connection: Connection, ids: Ids, programme_id: int, of: str, against: str) -> list[Evidence]:
    """What was last measured of a dataset against a target."""
    return programme_evidence(connection, ids, programme_id, spec_of(of, against))


def spec_of(of: str, against: str) -> Spec:
    """How the evidence is named."""
    return Spec(name="coverage.v1", params={"of": of, "against": against})


def _bars(doc: CoverageDoc | None) -> tuple[float, int]:
    return (doc.gap, doc.least) if doc is not None else (USUAL["gap"], int(USUAL["least"]))


def _reading(programme_id: int, of: str, against: str, one: Gap, line: float, evidence: int) -> Reading:
    what = "what is labelled" if of == LABELS else of
    return Reading(
        programme_id,
        f"coverage:{of}:{against}:{one.slice}={one.value}>=-{line:g}",
        "coverage",
        f"Too little of {one.slice} {one.value} in {what}",
        one.healthy,
        one.because,
        evidence_ids=(evidence,),
        scope={"slices": {one.slice: one.value}, "dataset": of, "remedy": "collect"},
    )


def _measured(one: Gap) -> Measured:
    known = {"share": one.share, "target": one.target, "count": float(one.count)}
    healthy = {None: -1.0, False: 0.0, True: 1.0}[one.healthy]
    return Measured(
        value=one.gap,
        low=one.low,
        high=one.high,
        level=LEVEL if one.low is not None else None,
        interval_method="bonferroni" if one.low is not None else None,
        n=one.n,
        eligible=one.eligible,
        method=one.method,
        slice={one.slice: one.value},
        because=one.because,
        details={name: value for name, value in known.items() if value is not None} | {"healthy": healthy},
    )
