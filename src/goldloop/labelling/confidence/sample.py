"""Calibration samples: items drawn at random and judged blind, on which thresholds rest."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict
from goldloop.core.ids import Ids
from goldloop.labelling.confidence.pairs import Pair, Paired, in_order_of, paired
from goldloop.loop.blind import add_blind_work, open_audit_batch
from goldloop.loop.context import Contexts
from goldloop.loop.draw import draw_sizes, frame_digest, in_order, seed_of
from goldloop.store import ledger
from goldloop.store.accounts import actor_of_account
from goldloop.store.actors import ModelRow
from goldloop.store.batches import BatchRow
from goldloop.store.draws import add_draw, drawn_items
from goldloop.store.open import Store
from goldloop.store.programmes import PolicyRow
from goldloop.store.unseen import SampleRow, is_gone, samples, spoken_of, taught_until, unseen_of

CALIBRATION = "calibration"  # the purpose of the draw that thresholds rest on
FRAME = 100_000  # the newest items that a sample is drawn from
BECAUSE = "a calibration sample: what is said here measures a model"


class Sample(NamedTuple):
    """The newest calibration sample of a model version: its items in random order, and those judged so far."""

    row: SampleRow
    items: list[int]
    found: Paired
    judged: list[Pair]


class Opened(NamedTuple):
    """A sample that was drawn: its batch, how many items, and how many of them had a label from people already."""

    batch_id: int
    drawn: int
    known: int
    frame: int


def frame_of(connection: Connection, policy: PolicyRow, model: ModelRow) -> list[int]:
    """The items that a calibration sample of a version is drawn from."""
    until = taught_until(connection, model)
    return spoken_of(connection, policy.programme_id, model.actor_id, most=FRAME, taught_until=until)


def open_sample(
    connection: Connection,
    store: Store,
    contexts: Contexts,
    policy: PolicyRow,
    model: ModelRow,
    frame: Sequence[int],
    *,
    size: int,
    tier: int,
    by: int,
) -> Opened:
    """Draw a random sample out of a frame of items, and have what nobody judged unseen judged blind."""
    at = now()
    if len(frame) < size:
        raise Conflict(
            "the model has spoken of too few items for this sample",
            field="size",
            expected=f"at most {len(frame):,}: goldloop model run",
            found=f"{size:,}",
        )
    number = len(samples(connection, policy.programme_id, CALIBRATION)) + 1
    key = open_audit_batch(
        connection, _like(connection, policy, at=at), name=f"calibration-sample-{number}", parent=None, at=at
    )
    seed = seed_of(store.secret, CALIBRATION, key)
    drawn = draw_sizes(dict.fromkeys(frame, CALIBRATION), {CALIBRATION: size}, seed=seed)
    add_draw(
        connection,
        key,
        CALIBRATION,
        design=canonical({"model": model.actor_id, "size": size, "newest": FRAME}),
        seed=seed,
        frame=frame_digest(frame),
        frame_size=len(frame),
        drawn=drawn,
        at=at,
    )
    keys = [one.item_id for one in drawn]
    known = {
        one.item_id for one in paired(connection, policy, model, unseen_of(connection, policy.programme_id, keys)).pairs
    }
    asked = [one for one in in_order(seed, keys) if one not in known]
    if asked:
        add_blind_work(
            connection, contexts.batch(connection, key), asked, tier=tier, because=BECAUSE, at=at, still_wait=True
        )
    ledger.record(
        connection,
        "calibration.sampled",
        programme=policy.programme_id,
        actor=by,
        subject=str(model.actor_id),
        data={"batch": key, "items": size, "frame": len(frame), "known": len(known)},
        at=at,
    )
    return Opened(key, size, len(known), len(frame))


def _like(connection: Connection, policy: PolicyRow, *, at: int) -> BatchRow:
    """A batch under the policy in force, to open a sample like it."""
    return BatchRow(
        id=0,
        programme_id=policy.programme_id,
        name="",
        purpose="audit",
        task=canonical(policy.policy.task.model_dump(mode="json")),
        ontology_id=policy.ontology_id,
        guideline_id=policy.guideline_id,
        policy_id=policy.id,
        gate=None,
        owner_id=actor_of_account(connection, policy.policy.raci.accountable),
        parent_id=None,
        due_at=None,
        item_count=0,
        created_at=at,
    )


def newest_sample(connection: Connection, policy: PolicyRow, model: ModelRow) -> Sample | None:
    """The newest sample of a version. Any beginning of its order is a random sample: it is judged in that order."""
    for row in samples(connection, policy.programme_id, CALIBRATION):
        if json.loads(row.design)["model"] != model.actor_id:
            continue
        keys = [one.item_id for one in drawn_items(connection, row.draw_id)]
        gone = is_gone(connection, keys)
        keys = [key for key in in_order(row.seed, keys) if key not in gone]
        found = paired(connection, policy, model, unseen_of(connection, policy.programme_id, keys))
        return Sample(row, keys, found, in_order_of(found.pairs, keys))
    return None


def sample_view(ids: Ids, one: Sample | None) -> dict[str, Any] | None:
    """How far a sample is."""
    if one is None:
        return None
    return {
        "batch_id": ids.show("batch", one.row.batch_id),
        "batch": one.row.batch,
        "drawn": one.row.drawn,
        "frame": one.row.frame_size,
        "items": len(one.items),
        "judged": len(one.found.pairs),
        "in_order": len(one.judged),
        "sources": one.found.sources(),
        "simulated": one.found.simulated,
        "drawn_at": one.row.drawn_at,
    }
