"""Checking an adopted bound as answers come in; one that no longer holds is tightened where its adopter allowed it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from goldloop import statistics
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.families import Measured
from goldloop.core.ids import Ids
from goldloop.core.nouns import Spec
from goldloop.jobs.running import Running
from goldloop.labelling.confidence.bound_rules import Checked, checked
from goldloop.labelling.confidence.bounds import in_force, tightened
from goldloop.labelling.confidence.pairs import Pair, paired
from goldloop.loop.brief import Reading, heard
from goldloop.store import bounds, jobs, ledger, recalibrations
from goldloop.store.actors import ModelRow, models
from goldloop.store.bounds import BoundRow
from goldloop.store.evidence import add_evidence, programme_evidence
from goldloop.store.phrases import phrases_known
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.schema import evidence
from goldloop.store.unseen import Routed, routed_by, unseen_of

BATCHES = 50  # the newest batches since the adoption that are looked through
METHOD = "labels suggested above the threshold that people judged unseen since the bound was adopted: share of wrong"


class GroupCheck(NamedTuple):
    """What became of one group of a bound, and the fresh pairs behind it."""

    name: str
    found: Checked
    pairs: list[Pair]
    routed: int


def check_bounds(job: Running) -> dict[str, Any]:
    """The job: args {"programme"}, or a gate's event. Keeps the result as evidence; tightens what is broken."""
    store = job.store
    programme_id = job.programme_id
    assert programme_id is not None
    with store.read() as connection:
        policy = policy_in_force(connection, programme_id)
        row = in_force(connection, policy)
        found = check(connection, policy, row) if row is not None else []
    with store.write() as connection:
        at = now()
        if row is None:
            _nothing_passes(connection, programme_id, at=at)
            return {"state": "no bound is in force"}
        if policy_in_force(connection, programme_id).id != policy.id:
            return {"state": "the programme file has just changed: the next check reads it"}
        for one in found:
            _keep(connection, store.ids, row, one, at=at)
        _nothing_passes(connection, programme_id, at=at)
        broken = [one for one in found if one.found.state == "broken"]
        job.save(connection, len(found), total=len(found), unit="groups")
        tighter = _tighten(connection, policy, row, broken, asked_by=job.asked_by, at=at) if broken else None
    return {
        "bound": row.number,
        "groups": {one.name: one.found.state for one in found},
        "because": {one.name: one.found.because for one in found},
        "tightened_by": tighter,
    }


def check(connection: Connection, policy: PolicyRow, row: BoundRow) -> list[GroupCheck]:
    """Every group of a bound against the labels that people gave unseen since it was adopted."""
    doc = json.loads(row.doc)
    groups = [one for one in doc["groups"] if one["threshold"] is not None]
    changed = _changed(connection, policy, row)
    if changed is not None:
        return [GroupCheck(one["name"], Checked("unproved", None, None, None, changed), [], 0) for one in groups]
    known = phrases_known(connection, [one["rule"] for one in groups])
    rules = {known[one["rule"]]: one["name"] for one in groups if one["rule"] in known}  # nothing met the others yet
    since = row.adopted_at or 0
    routed = routed_by(connection, policy.programme_id, list(rules), since=since, most=BATCHES)
    fresh = _fresh(connection, policy, row, routed, rules)
    counts = {name: routed.items.get(key, 0) for key, name in rules.items()}
    return [
        _one(connection, row, doc, one["name"], fresh.get(one["name"], []), counts.get(one["name"], 0))
        for one in groups
    ]


def _one(
    connection: Connection,
    row: BoundRow,
    doc: Mapping[str, Any],
    group: str,
    pairs: list[Pair],
    routed: int,
) -> GroupCheck:
    errors = sum(not one.right for one in pairs)
    found = checked(
        errors,
        len(pairs),
        alpha=doc["asked"]["alpha"],
        delta=1 - doc["asked"]["confidence"],
        look=1 + _looks(connection, row, group),
    )
    return GroupCheck(group, found, pairs, routed)


def _fresh(
    connection: Connection, policy: PolicyRow, row: BoundRow, routed: Routed, rules: Mapping[int, str]
) -> dict[str, list[Pair]]:
    model = _model(connection, policy, row.model_id)
    out: dict[str, list[Pair]] = {name: [] for name in rules.values()}
    seen = paired(connection, policy, model, unseen_of(connection, policy.programme_id, sorted(routed.drawn)))
    for one in seen.pairs:
        if one.said_at > (row.adopted_at or 0):
            out[rules[routed.drawn[one.item_id]]].append(one)
    return out


def _changed(connection: Connection, policy: PolicyRow, row: BoundRow) -> str | None:
    """Why a bound proves nothing of what is routed now, or None where it does."""
    speaks = models(connection, policy.programme_id, policy.policy.routing.model)[:1]
    if not speaks or speaks[0].actor_id != row.model_id:
        now_ = f"version {speaks[0].version} of {speaks[0].name} routes now" if speaks else "no model routes now"
        return f"{now_}, and the bound was proved for version {_model(connection, policy, row.model_id).version}"
    used = recalibrations.in_force(connection, row.model_id)
    if (used.id if used is not None else None) != row.recalibration_id:
        now_ = f"recalibration {used.number}" if used is not None else "the confidence as stated"
        return f"{now_} is in force now, and the bound was proved under another"
    return None


def _model(connection: Connection, policy: PolicyRow, key: int) -> ModelRow:
    return next(one for one in models(connection, policy.programme_id) if one.actor_id == key)


def spec_of(number: int) -> Spec:
    """What the evidence of a bound's checks is filed under."""
    return Spec(name="threshold.v1", params={"bound": number})


def _looks(connection: Connection, row: BoundRow, group: str) -> int:
    """How often a group was looked at before; looks without an answer prove and cost nothing."""
    counted = select(func.count()).where(
        evidence.c.programme_id == row.programme_id,
        evidence.c.batch_id.is_(None),
        evidence.c.measure == canonical(spec_of(row.number).model_dump(mode="json")),
        evidence.c.slice == canonical({"group": group}),
        evidence.c.n > 0,
    )
    return int(connection.execute(counted).scalar_one())


def _keep(connection: Connection, ids: Ids, row: BoundRow, one: GroupCheck, *, at: int) -> None:
    """Write a check down as evidence, and say it: what is broken or unproved is a finding until it is repaired."""
    measured = Measured(
        value=one.found.value,
        low=one.found.low,
        high=one.found.high,
        level=json.loads(row.doc)["asked"]["confidence"] if one.found.low is not None else None,
        interval_method="clopper-pearson" if one.found.low is not None else None,
        n=len(one.pairs),
        eligible=one.routed,
        method=METHOD,
        slice={"group": one.name},
        because=f"{one.found.state}: {one.found.because}",
        details={"wrong": float(sum(not pair.right for pair in one.pairs))},
    )
    (made,) = add_evidence(connection, ids, row.programme_id, None, spec_of(row.number), [measured], at=at)
    healthy = {"kept": True, "open": True, "broken": False, "unproved": False}.get(one.found.state)
    newest = max((pair.said_at for pair in one.pairs), default=None)
    reading = _reading(row, one.name, one.found.because, healthy)
    heard(connection, reading._replace(evidence_ids=(ids.key("evidence", str(made.id)),), data_at=newest), at=at)


def _nothing_passes(connection: Connection, programme_id: int, *, at: int) -> None:
    """Say of the groups that were tightened until nothing passes that their bound holds: people annotate in full."""
    for row in bounds.adopted_bounds(connection, programme_id, limit=1):
        for one in json.loads(row.doc)["groups"]:
            if one["threshold"] is None:
                because = "no suggestion passes a threshold any more: people annotate in full"
                heard(connection, _reading(row, one["name"], because, True), at=at)


def _reading(row: BoundRow, group: str, because: str, healthy: bool | None) -> Reading:
    doc = json.loads(row.doc)
    name = doc["model"]["name"]
    labels = doc["asked"]["groups"].get(group, [])
    return Reading(
        programme_id=row.programme_id,
        key=f"threshold:{name}:{group}",
        source="threshold",
        title=f"The error bound of {doc['asked']['alpha']:.1%} on the labels of {name} ({group}) is not supported",
        healthy=healthy,
        because=because,
        scope={"labels": labels, "model": name},
    )


def last_checks(connection: Connection, ids: Ids, programme_id: int, number: int) -> list[dict[str, Any]]:
    """What the last check of a bound found, group by group."""
    return [
        {
            "group": one.slice.get("group", ""),
            "state": (one.because or "").partition(":")[0],
            "because": (one.because or "").partition(": ")[2],
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "n": one.n,
            "eligible": one.eligible,
            "method": one.method,
            "evidence_id": one.id,
            "at": one.measured_at,
        }
        for one in programme_evidence(connection, ids, programme_id, spec_of(number))
    ]


def _tighten(
    connection: Connection,
    policy: PolicyRow,
    row: BoundRow,
    broken: Sequence[GroupCheck],
    *,
    asked_by: int | None,
    at: int,
) -> int | None:
    """Tell of what is broken; where that was allowed, a design with the next certified thresholds, to be adopted."""
    ledger.record(
        connection,
        "bound.broken",
        programme=row.programme_id,
        actor=asked_by,
        subject=str(row.id),
        data={"number": row.number, "groups": {one.name: one.found.because for one in broken}},
        at=at,
    )
    if not row.tighten:
        return None
    stated: dict[str, float | None] = {}
    because: dict[str, str] = {}
    doc = json.loads(row.doc)
    for one in broken:
        stated[one.name], because[one.name] = _next(one, doc)
    new = tightened(connection, policy, row, stated, because)
    args = {"programme": row.programme_id, "bound": new.number}
    once = f"tighten:{row.id}"
    jobs.enqueue(connection, "adopt_bound", args, programme=row.programme_id, asked_by=row.adopted_by, once=once)
    return new.number


def _next(one: GroupCheck, doc: Mapping[str, Any]) -> tuple[float | None, str]:
    """The loosest threshold that the fresh answers certify, on the stated scale; None where they certify none."""
    wanted = doc["asked"]
    delta = (1 - wanted["confidence"]) / max(1, len(wanted["groups"]))
    found = statistics.confidence.certify(
        [pair.confidence for pair in one.pairs],
        [not pair.right for pair in one.pairs],
        alpha=wanted["alpha"],
        delta=delta,
    )
    if not found:
        return None, f"{one.found.because}; no threshold is certified by these answers: people annotate in full"
    return found[-1].value, f"{one.found.because}; tightened: {found[-1].because}"
