"""The simulator held against history: from one finished batch's measurements it predicts the next one."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection

from goldloop.core.errors import Conflict
from goldloop.core.ids import Ids
from goldloop.core.policy import TierDoc
from goldloop.labelling.planning.inputs import from_pilot
from goldloop.labelling.planning.pilot import as_policy, pilot
from goldloop.labelling.planning.simulate import LEVEL, METHOD, predicted
from goldloop.store import batches, observed
from goldloop.store.batches import BatchRow
from goldloop.store.evidence import newest_evidence
from goldloop.store.programmes import policy_in_force, policy_row
from goldloop.store.spending import own_rates

MOST = 6  # finished batches that are replayed, the newest
HOUR_MS = 3_600_000


def replay(
    connection: Connection,
    ids: Ids,
    programme_id: int,
    *,
    runs: int,
    seed: int,
    at: int,
    told: Callable[[int, int], None],
) -> dict[str, Any]:
    """Predict each finished batch from the one before it. Raises Conflict where no two are finished."""
    every = batches.batches(connection, programme_id)
    finished = [
        row for row in every if row.purpose == "production" and row.item_count and _is_finished(connection, row)
    ][: MOST + 1]
    if len(finished) < 2:
        raise Conflict(
            "there is nothing to replay",
            field="programme",
            expected="two finished batches: one to measure, one to predict",
            found=f"{len(finished)}",
        )
    finished.reverse()
    pairs = []
    for n, (before, after) in enumerate(pairwise(finished)):
        pairs.append(_pair(connection, ids, before, after, every, runs=runs, seed=seed, at=at))
        told(n + 1, len(finished) - 1)
    lines = [line for pair in pairs for line in pair["lines"] if line["covered"] is not None]
    return {
        "runs": runs,
        "seed": seed,
        "level": LEVEL,
        "method": f"inputs of one batch, simulated over the items of the next; {METHOD}",
        "currency": policy_in_force(connection, programme_id).policy.currency,
        "pairs": pairs,
        "covered": sum(line["covered"] for line in lines),
        "of": len(lines),
    }


def _is_finished(connection: Connection, row: BatchRow) -> bool:
    return batches.progress(connection, row.id).decided == row.item_count


def _pair(
    connection: Connection,
    ids: Ids,
    before: BatchRow,
    after: BatchRow,
    every: list[BatchRow],
    *,
    runs: int,
    seed: int,
    at: int,
) -> dict[str, Any]:
    measured = pilot(connection, policy_row(connection, before.policy_id), [before], at=at)
    found = from_pilot(measured, None, name="")
    audits = [row for row in every if row.parent_id == after.id and row.purpose == "audit"]
    policy = as_policy(policy_row(connection, after.policy_id).policy, measured.rates)
    assumed = found.assumed.model_copy(update={"items": after.item_count, "capacity": {}, "arrivals": None})
    said = predicted(after.name, policy, assumed, runs=runs, seed=seed, audited=bool(audits))
    hours, cost = _spent(connection, [after, *audits], policy.tiers)
    return {
        "from": before.name,
        "batch": after.name,
        "items": after.item_count,
        "inputs": found.rows,
        "warnings": [one._asdict() for one in found.warned],
        "lines": [
            _line("hours", said["hours"], hours),
            _line("cost", said["cost"], cost),
            _line("accuracy", said["measured_accuracy"], _accuracy(connection, ids, after)),
        ],
    }


def _line(of: str, said: dict[str, Any], measured: dict[str, Any]) -> dict[str, Any]:
    """Predicted beside measured; covered where the measured value lies in the predicted interval."""
    covered = None
    if said["value"] is not None and measured["value"] is not None:
        covered = said["low"] <= measured["value"] <= said["high"]
    return {"of": of, "predicted": said, "measured": measured, "covered": covered}


def _spent(
    connection: Connection, rows: list[BatchRow], tiers: Mapping[int, TierDoc]
) -> tuple[dict[str, Any], dict[str, Any]]:
    took = [one for row in rows for one in observed.works_took(connection, row.id)]
    timed = [one for one in took if one.active_ms is not None]
    hours: dict[str, Any] = {"value": None, "low": None, "high": None, "n": len(timed), "eligible": len(took)}
    if len(timed) < len(took) or not took:
        because = f"the time of {len(took) - len(timed):,} works is not known"
        return {**hours, "because": because}, {**hours, "because": because}
    own = own_rates(connection, sorted({one.actor_id for one in timed}))
    money = 0.0
    for one in timed:
        rate = own.get(one.actor_id, tiers[one.tier].rate if one.tier in tiers else None)
        if rate is None:
            because = "a person and their tier have no rate"
            cost = {**hours, "because": because}
            break
        money += rate * (one.active_ms or 0) / HOUR_MS
    else:
        cost = {**hours, "value": money, "because": None}
    total = sum(one.active_ms or 0 for one in timed) / HOUR_MS
    return {**hours, "value": total, "because": None}, cost


def _accuracy(connection: Connection, ids: Ids, row: BatchRow) -> dict[str, Any]:
    """What the batch's own audit measured."""
    for one in newest_evidence(connection, ids, row.id):
        if one.measure.name == "accuracy.v1" and not one.slice:
            return {
                "value": one.value,
                "low": one.interval.low if one.interval else None,
                "high": one.interval.high if one.interval else None,
                "n": one.n,
                "eligible": one.eligible,
                "because": one.because,
            }
    return {
        "value": None,
        "low": None,
        "high": None,
        "n": 0,
        "eligible": row.item_count,
        "because": "it was not audited",
    }
