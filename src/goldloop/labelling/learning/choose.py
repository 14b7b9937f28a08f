"""A round of learning: a selection chooses what people label next, beside a random arm that says what it is worth."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict
from goldloop.core.headline import headline
from goldloop.core.nouns import Spec
from goldloop.jobs.running import Running
from goldloop.labelling.learning.selection import Candidate, Coverage, Known, Picked, Selection, selection_of
from goldloop.labelling.routing.open_work import begin_chosen, fill_chosen
from goldloop.loop.draw import draw_sizes, frame_digest, in_order, seed_of
from goldloop.store import ledger
from goldloop.store.actors import ModelRow, models
from goldloop.store.batches import batch_row, routed_items
from goldloop.store.draws import Drawn, add_draw, drawn_items, draws
from goldloop.store.items import attributes, bodies
from goldloop.store.learning import LEARNING, corrections, label_counts, labelled_bodies, slice_counts
from goldloop.store.open import Store
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.suggestions import labels_of, suggestions_of
from goldloop.store.unrouted import still_unrouted, unrouted_after

PAGE = 2_000
MOST_TEXTS = 20_000  # items among which a selection that reads texts chooses, and labelled ones that it keeps away from
RANDOM = "random"


def learn_next(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "strategy", "size", "random", "model", "second"}: a batch of chosen items.

    The random arm is drawn first, from everything that waits; the selection chooses from the rest.
    """
    store, args = job.store, job.args
    with store.read() as connection:
        policy = policy_in_force(connection, args["programme"])
    batch_id = int(job.resume["batch"]) if job.resume else _choose(job, policy)
    with store.read() as connection:
        (drawn,) = draws(connection, batch_id, LEARNING)
        members = [one.item_id for one in drawn_items(connection, drawn.id)]
        inside = set(routed_items(connection, batch_id))
        keys = still_unrouted(connection, policy.programme_id, [key for key in members if key not in inside])
        name = batch_row(connection, batch_id).name
    fill_chosen(job, policy, batch_id, keys)
    return {"batch": name, "items": len(members), **json.loads(drawn.design)}


def _choose(job: Running, policy: PolicyRow) -> int:
    """Choose the items of the next round, and open its batch with the record of how they were chosen; its key."""
    store, args = job.store, job.args
    selection = selection_of(Spec.model_validate(args["strategy"]))
    with store.read() as connection:
        first = _version(connection, policy, args.get("model") or policy.policy.routing.model)
        second = _version(connection, policy, args.get("second") or policy.policy.routing.second)
    if selection.reads_second and second is None:
        raise Conflict(
            "a committee needs a second model",
            field="second",
            expected="routing.second of the programme file, or a model's name",
            found="none that has spoken",
        )
    frame = list(_waiting(job, policy.programme_id))
    if not frame:
        raise Conflict("nothing waits to be labelled", expected="items that stand in no batch", found="none")
    size = min(int(args["size"]), len(frame))
    seed = seed_of(store.secret, LEARNING, policy.programme_id, job.id)
    control = min(size, math.ceil(size * float(args["random"])))
    arm = draw_sizes(dict.fromkeys(frame, RANDOM), {RANDOM: control}, seed=seed)
    taken = {one.item_id for one in arm}
    rest = in_order(seed, [key for key in frame if key not in taken])
    if selection.reads_text:
        rest = rest[:MOST_TEXTS]
    pool = list(_pool(job, rest, first, second, texts=selection.reads_text))
    with store.read() as connection:
        known = _known(connection, policy, selection)
    picked = selection.pick(pool, known, size - control)
    chosen = _filled(picked, selection.name, rest, size - control)
    design = {
        "strategy": selection.spec.model_dump(mode="json"),
        "size": size,
        "random": control,
        "selected": len(picked),
        "filled": len(chosen) - len(picked),
        "model": first.name if first else None,
        "version": first.version if first else None,
        "second": second.version if second else None,
        "pool": len(frame),
        "considered": len(pool),
    }
    return _begin(job, policy, sorted([*arm, *chosen]), frame, seed=seed, design=design)


def _filled(picked: Sequence[Picked], name: str, rest: Sequence[int], size: int) -> list[Drawn]:
    """What a selection picked; where it had no more to say, chance fills up, counted apart from the random arm."""
    chosen = [Drawn(one.item_id, name, 1.0) for one in picked]
    if missing := size - len(chosen):
        inside = {one.item_id for one in chosen}
        filling = [key for key in rest if key not in inside][:missing]
        chosen += [Drawn(key, "filled", missing / max(1, len(rest) - len(inside))) for key in filling]
    return chosen


def _begin(
    job: Running, policy: PolicyRow, drawn: list[Drawn], frame: list[int], *, seed: str, design: dict[str, Any]
) -> int:
    """The batch of a round, with the record of how its items were chosen; its key."""
    with job.store.write() as connection:
        batch_id = begin_chosen(connection, policy)
        add_draw(
            connection,
            batch_id,
            LEARNING,
            design=canonical(design),
            seed=seed,
            frame=frame_digest(frame),
            frame_size=len(frame),
            drawn=drawn,
            at=now(),
        )
        ledger.record(
            connection,
            "learning.chosen",
            programme=policy.programme_id,
            actor=job.asked_by,
            subject=str(batch_id),
            data=design,
            at=now(),
        )
        job.save(connection, 0, total=design["size"], unit="items", note="chosen", resume={"batch": batch_id})
    return batch_id


def _version(connection: Connection, policy: PolicyRow, name: str | None) -> ModelRow | None:
    found = models(connection, policy.programme_id, name) if name is not None else []
    return found[0] if found else None


def _waiting(job: Running, programme_id: int) -> Iterator[int]:
    after = 0
    while True:
        job.check_cancel()
        with job.store.read() as connection:
            keys = unrouted_after(connection, programme_id, after, limit=PAGE)
        if not keys:
            return
        yield from keys
        after = keys[-1]


def _pool(
    job: Running, keys: Sequence[int], first: ModelRow | None, second: ModelRow | None, *, texts: bool
) -> Iterator[Candidate]:
    """What is known of items, page by page, in the order given."""
    for start in range(0, len(keys), PAGE):
        page = keys[start : start + PAGE]
        job.progress(start, total=len(keys), unit="items", note="looking at what waits")
        yield from _candidates(job.store, page, first, second, texts=texts)


def _candidates(
    store: Store, keys: Sequence[int], first: ModelRow | None, second: ModelRow | None, *, texts: bool
) -> Iterator[Candidate]:
    with store.read() as connection:
        one = suggestions_of(connection, first.actor_id, keys) if first else {}
        two = suggestions_of(connection, second.actor_id, keys) if second else {}
        values = [row.value_id for row in (*one.values(), *two.values()) if row.value_id is not None]
        labels = labels_of(connection, values)
        facts = attributes(connection, keys)
        read = bodies(connection, keys) if texts else {}
    for key in keys:
        said, other = one.get(key), two.get(key)
        entropy = _entropy(said.top) if said else None
        yield Candidate(
            item_id=key,
            labels=labels.get(said.value_id, ()) if said and said.value_id is not None else None,
            confidence=said.confidence if said else None,
            margin=said.margin if said else None,
            entropy=entropy,
            second=labels.get(other.value_id, ()) if other and other.value_id is not None else None,
            second_confidence=other.confidence if other else None,
            text=headline(read[key]) if key in read else "",
            slices=facts[key].slices if key in facts else {},
        )


def _entropy(top: Sequence[tuple[str, float]]) -> float | None:
    """Entropy in nats of the shares that are told, what is left over counted as one more label."""
    shares = [share for _, share in top if share > 0]
    if not shares or sum(shares) > 1 + 1e-6:
        return None
    left = max(0.0, 1 - sum(shares))
    return -sum(share * math.log(share) for share in (*shares, *([left] if left > 1e-12 else [])))


def _known(connection: Connection, policy: PolicyRow, selection: Selection) -> Known:
    programme_id = policy.programme_id
    checked, wrong = corrections(connection, programme_id)
    by = selection.slice if isinstance(selection, Coverage) else None
    slices: dict[tuple[str, str], int] = {}
    for name, n in slice_counts(connection, programme_id, by) if by else ():
        slices[by or "", name] = slices.get((by or "", name), 0) + n
    texts = labelled_bodies(connection, programme_id, limit=MOST_TEXTS) if selection.reads_text else []
    return Known(
        texts=[text for body in texts if (text := headline(body)).strip()],
        labels=label_counts(connection, programme_id),
        slices=slices,
        checked=checked,
        wrong=wrong,
    )
