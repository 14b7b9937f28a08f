"""The simulator held against history: from one finished batch's measurements it predicts the next one."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Literal

from sqlalchemy import Connection

from goldloop.core.errors import Conflict
from goldloop.core.ids import Ids
from goldloop.core.policy import TierDoc
from goldloop.labelling.planning.findings import METHOD, Line, Measured, Pair, Replayed, Spread
from goldloop.labelling.planning.inputs import from_pilot
from goldloop.labelling.planning.pilot import as_policy, pilot
from goldloop.labelling.planning.simulate import predicted
from goldloop.store import batches, observed
from goldloop.store.batches import BatchRow
from goldloop.store.evidence import newest_evidence
from goldloop.store.observed import Took
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
) -> Replayed:
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
    lines = [line for pair in pairs for line in pair.lines if line.covered is not None]
    return Replayed(
        runs=runs,
        seed=seed,
        method=f"inputs of one batch, simulated over the items of the next; {METHOD}",
        currency=policy_in_force(connection, programme_id).policy.currency,
        pairs=tuple(pairs),
        covered=sum(line.covered is True for line in lines),
        of=len(lines),
    )


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
) -> Pair:
    measured = pilot(connection, policy_row(connection, before.policy_id), [before], at=at)
    found = from_pilot(measured, None, name="")
    audits = [row for row in every if row.parent_id == after.id and row.purpose == "audit"]
    policy = as_policy(policy_row(connection, after.policy_id).policy, measured.rates)
    assumed = found.assumed.model_copy(update={"items": after.item_count, "capacity": {}, "arrivals": None})
    said = predicted(after.name, policy, assumed, runs=runs, seed=seed, audited=bool(audits))
    hours, cost = _spent(connection, [after, *audits], policy.tiers)
    return Pair(
        before=before.name,
        batch=after.name,
        items=after.item_count,
        inputs=tuple(found.rows),
        warnings=tuple(found.warned),
        lines=(
            _line("hours", said.hours, hours),
            _line("cost", said.cost, cost),
            _line("accuracy", said.accuracy, _accuracy(connection, ids, after)),
        ),
    )


def _line(of: Literal["hours", "cost", "accuracy"], said: Spread, measured: Measured) -> Line:
    covered = None
    if said.low is not None and said.high is not None and measured.value is not None:
        covered = said.low <= measured.value <= said.high
    return Line(of=of, predicted=said, measured=measured, covered=covered)


def _spent(connection: Connection, rows: list[BatchRow], tiers: Mapping[int, TierDoc]) -> tuple[Measured, Measured]:
    """Hours and money of everything that people did for some batches."""
    took = [one for row in rows for one in observed.works_took(connection, row.id)]
    timed = [one for one in took if one.active_ms is not None]
    n, eligible = len(timed), len(took)
    if n < eligible or not took:
        unknown = Measured(
            value=None, n=n, eligible=eligible, because=f"the time of {eligible - n:,} works is not known"
        )
        return unknown, unknown
    hours = Measured(value=sum(one.active_ms or 0 for one in timed) / HOUR_MS, n=n, eligible=eligible, because=None)
    own = own_rates(connection, sorted({one.actor_id for one in timed}))
    paid = [(_rate(one, own, tiers), one.active_ms or 0) for one in timed]
    if any(rate is None for rate, _ in paid):
        because = "a person and their tier have no rate"
        return hours, Measured(value=None, n=n, eligible=eligible, because=because)
    money = sum((rate or 0) * ms / HOUR_MS for rate, ms in paid)
    return hours, Measured(value=money, n=n, eligible=eligible, because=None)


def _rate(one: Took, own: Mapping[int, int], tiers: Mapping[int, TierDoc]) -> int | None:
    return own.get(one.actor_id, tiers[one.tier].rate if one.tier in tiers else None)


def _accuracy(connection: Connection, ids: Ids, row: BatchRow) -> Measured:
    """What the batch's own audit measured."""
    for one in newest_evidence(connection, ids, row.id):
        if one.measure.name == "accuracy.v1" and not one.slice:
            return Measured(
                value=one.value, low=one.low, high=one.high, n=one.n, eligible=one.eligible, because=one.because
            )
    return Measured(value=None, n=0, eligible=row.item_count, because="it was not audited")
