"""The audit that a gate rests on: drawn once everything is decided, opened part by part, drawn anew after rework."""

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.nouns import QUEUES
from goldloop.core.policy import Sample
from goldloop.loop.acceptance import acceptance_plan, plan_for
from goldloop.loop.alike import alike
from goldloop.loop.audited import AUDIT, audited, judged_before
from goldloop.loop.blind import add_blind_work, open_audit_batch
from goldloop.loop.context import BatchContext, Contexts
from goldloop.loop.draw import draw_sizes, frame_digest, in_order, seed_of
from goldloop.loop.measure import MACHINE
from goldloop.quality.gates.rules import Cell, cell_sizes, pooled
from goldloop.store import batches, ledger
from goldloop.store.codes import NO_QUEUE
from goldloop.store.draws import DrawRow, add_draw, drawn_items, draws
from goldloop.store.erased import erased_of
from goldloop.store.labelled import labelled, labelled_by, sent_back
from goldloop.store.open import Store
from goldloop.store.schema import batch_item

if TYPE_CHECKING:
    from goldloop.stats.sampling import Plan

BECAUSE = "an independent audit of a decided item"


class Opened(NamedTuple):
    """What a run of the gate opened: items of the audit, and whether a sample was drawn for them now."""

    items: int = 0
    fresh: bool = False


def keep_audit(
    store: Store, contexts: Contexts, context: BatchContext, sample: Sample | None, *, asked_by: int | None
) -> Opened:
    """See to it that a batch has the audit it needs now.

    Nothing before every item is decided. Then a first draw; after rework a fresh one, which never takes an item that
    an earlier audit judged; and where a plan asks for more, the next part of the draw there is.
    """
    if sample is None:
        return Opened()
    if sample.plan is not None:
        acceptance_plan(sample.plan)  # takes a second the first time: not inside the transaction
    with store.write() as connection:
        progress = batches.progress(connection, context.row.id)
        if progress.decided < progress.items or not progress.items:
            return Opened()
        drawn = draws(connection, context.row.id, AUDIT)
        fresh = not drawn or _reworked(connection, context.row.id, drawn[0])
        fresh = fresh or _is_used_up(connection, context, drawn[0], sample)
        at = now()
        if fresh:
            if not _draw(connection, store, context, sample, number=len(drawn) + 1, at=at):
                return Opened()
            audit_id = _audit_batch(connection, context, number=len(drawn) + 1, at=at)
            drawn = draws(connection, context.row.id, AUDIT)
        else:
            audit_id = next(
                row.id for row in reversed(batches.children(connection, context.row.id)) if row.purpose == "audit"
            )
        plan = plan_for(sample.plan, drawn[0].frame_size) if sample.plan is not None else None
        more = _next_part(connection, context, drawn[0], audit_id, plan)
        if not more:
            return Opened()
        audit = contexts.batch(connection, audit_id)
        add_blind_work(connection, audit, more, tier=sample.tier, because=BECAUSE, at=at)
        ledger.record(
            connection,
            "audit.opened",
            programme=context.row.programme_id,
            actor=asked_by,
            subject=str(context.row.id),
            data={"batch": audit_id, "items": len(more), "draw": drawn[0].id},
            at=at,
        )
    return Opened(len(more), fresh)


def _reworked(connection: Connection, batch_id: int, drawn: DrawRow) -> bool:
    """True where items were sent back after a draw: it speaks of labels that are no longer there."""
    return any(one.at >= drawn.drawn_at for one in sent_back(connection, batch_id))


def _is_used_up(connection: Connection, context: BatchContext, drawn: DrawRow, sample: Sample) -> bool:
    """True where every item of a draw that is still there was judged, and its plan asks for more than that."""
    if sample.plan is None:
        return False
    turns = _turns(connection, context, drawn)
    plan = plan_for(sample.plan, drawn.frame_size)
    if len(turns.wrong) < len(turns.places) or len(turns.places) >= plan.n[-1]:
        return False
    return _stands(plan, turns.wrong) in (None, "continue")


def _draw(
    connection: Connection,
    store: Store,
    context: BatchContext,
    sample: Sample,
    *,
    number: int,
    at: int,
) -> list[int]:
    batch_id = context.row.id
    before = judged_before(connection, batch_id) | erased_of(connection, batch_id)
    cells = {key: cell for key, cell in _cells(connection, batch_id, sample).items() if key not in before}
    plan = plan_for(sample.plan, len(cells)) if sample.plan is not None and cells else None
    size = plan.n[-1] if plan is not None else sample.size or 0
    if sample.by != ("queue",):
        cells = pooled(cells, size=size, minimum=sample.least)
    held: dict[str, int] = {}
    for cell in cells.values():
        held[cell.name] = held.get(cell.name, 0) + 1
    seed = seed_of(store.secret, AUDIT, batch_id, *([number] if number > 1 else []))
    if plan is not None:  # in proportion over everything: its risks are those of a random sample of the batch
        sizes = cell_sizes({key: Cell("", cell.name) for key, cell in cells.items()}, size=size, minimum=0)
        sizes = {name.removeprefix("/"): count for name, count in sizes.items()}
    else:
        sizes = cell_sizes(cells, size=size, minimum=sample.least)
    drawn = draw_sizes({key: cell.name for key, cell in cells.items()}, sizes, seed=seed)
    looks = list(zip(plan.n, plan.accept, plan.reject, strict=True)) if plan is not None else []
    add_draw(
        connection,
        batch_id,
        AUDIT,
        design=canonical({**sample.model_dump(mode="json"), "looks": looks, "cells": held, "left_out": len(before)}),
        seed=seed,
        frame=frame_digest(sorted(cells)),
        frame_size=len(cells),
        drawn=drawn,
        at=at,
    )
    return [one.item_id for one in drawn]


def _cells(connection: Connection, batch_id: int, sample: Sample) -> dict[int, Cell]:
    """The sampling stratum of every item: the queue it was routed to, and who gave its label where that is asked."""
    rows = connection.execute(
        batch_item.select()
        .with_only_columns(batch_item.c.item_id, batch_item.c.queue)
        .where(batch_item.c.batch_id == batch_id)
    )
    authors = labelled_by(connection, batch_id) if "annotator" in sample.by else {}
    by_queue = "queue" in sample.by
    return {
        key: Cell((MACHINE if code == NO_QUEUE else QUEUES[code]) if by_queue else "all", str(authors.get(key, "")))
        for key, code in rows
    }


def _audit_batch(connection: Connection, context: BatchContext, *, number: int, at: int) -> int:
    name = f"{context.row.name}-audit" + (f"-{number}" if number > 1 else "")
    return open_audit_batch(connection, context.row, name=name, parent=context.row.id, at=at)


def _next_part(
    connection: Connection, context: BatchContext, drawn: DrawRow, audit_id: int, plan: "Plan | None"
) -> list[int]:
    """The items of a draw to judge next: all of them, or as many as its plan needs before it can decide."""
    opened = set(batches.routed_items(connection, audit_id))
    if plan is None:
        places = in_order(drawn.seed, [one.item_id for one in drawn_items(connection, drawn.id)])
        gone = erased_of(connection, context.row.id)
        return [key for key in places if key not in opened and key not in gone]
    places, wrong = _turns(connection, context, drawn)
    if _stands(plan, wrong) not in (None, "continue"):
        return []
    if len(wrong) < sum(key in opened for key in places):
        return []  # what is open is not judged yet
    return places[len(wrong) : statistics.sampling.fewest_more(plan, n=len(wrong), defects=sum(wrong))]


class _Turns(NamedTuple):
    """The items of a draw in the order in which they are judged, and whether those judged so far were wrong."""

    places: list[int]
    wrong: list[bool]


def _turns(connection: Connection, context: BatchContext, drawn: DrawRow) -> _Turns:
    """Without items that were erased before anybody judged them: nobody waits for those."""
    found = audited(connection, context.row.id, {one.item_id for one in drawn_items(connection, drawn.id)})
    places = sorted(found.place, key=found.place.__getitem__)
    accepted = _values(connection, context.row.id, places)
    means = alike(connection, context.task, {*found.reference.values(), *accepted.values()})
    wrong = []
    for key in places:
        if key not in found.reference:
            break
        said, true = accepted.get(key, -1), found.reference[key]
        wrong.append(means.get(said, said) != means.get(true, true))
    return _Turns(places, wrong)


def _stands(plan: "Plan", wrong: list[bool]) -> str | None:
    """What a plan says of the items judged so far; None before the first."""
    import numpy as np

    return statistics.sampling.decide(plan, np.array(wrong, dtype=np.bool_)).outcome if wrong else None


def _values(connection: Connection, batch_id: int, keys: list[int]) -> dict[int, int]:
    return {one.item_id: one.value_id for one in labelled(connection, batch_id, keys)}
