"""Receiving a delivery: a provider's label file becomes a batch that is gated like our own. They need no account.

Every label is a judgement by the provider, an actor whose people we do not see. It stands as delivered; nobody of ours
is asked before the audit. A redelivery holds the same items, and is audited on items that no audit has judged yet.
"""

import time
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject
from goldloop.core.masking import Tokens, closed
from goldloop.core.nouns import Spec
from goldloop.core.rights import SourceDoc
from goldloop.jobs.running import Running
from goldloop.loop.context import BatchContext, Contexts
from goldloop.loop.forget import forget_upload
from goldloop.loop.latch import latch_said
from goldloop.loop.mask import BECAUSE, Mask, covered, mask_of, quiet, unquoted
from goldloop.loop.records import by_name, checked, chunks, item_of
from goldloop.loop.settle import accepted, row_of
from goldloop.loop.source_rights import terms_of, under_terms
from goldloop.loop.take_in import room_left
from goldloop.store import batches, ledger, take_ins
from goldloop.store.actors import actor_key
from goldloop.store.batches import Route
from goldloop.store.codes import NO_QUEUE, STANCE
from goldloop.store.decisions import put_decisions
from goldloop.store.items import NewItem, add_items, known_ids
from goldloop.store.judgements import NewJudgement, add_judgements
from goldloop.store.phrases import phrase_key
from goldloop.store.take_ins import TakeInRow, Tally
from goldloop.store.values import NewValue, value_keys

RULE = "delivered"
MOST = 100_000  # labels of one delivery: a batch is gated, and reported on, as a whole
CHUNK = 400  # rows of one transaction: people's submits wait behind it, some milliseconds
BREATH = 0.0005  # seconds between chunks in which a waiting submit gets its turn


class Receiving(NamedTuple):
    """What a delivery needs all the way."""

    context: BatchContext
    row: TakeInRow
    provider_id: int
    task: families.Task
    terms: SourceDoc
    mask: Mask | None


class Label(NamedTuple):
    """A delivered label that was checked."""

    line: int
    item: NewItem
    value: NewValue
    tokens: Tokens


def receive(job: Running) -> dict[str, Any]:
    """The job: args {"batch", "take_in", "organisation", "provider"}. Reads the file; its batch is ready for a gate."""
    store, batch_id = job.store, int(job.args["batch"])
    with store.write() as connection:
        context = Contexts().batch(connection, batch_id)
        row = take_ins.take_in_row(connection, int(job.args["take_in"]))
        version = f"{context.policy.programme}.{context.row.name}"  # a provider speaks once a delivery
        provider = actor_key(
            connection, "provider", str(job.args["provider"]), version, int(job.args["organisation"]), at=now()
        )
        mask = mask_of(connection, store, context.row.programme_id, context.policy, context.task)
        source = take_ins.source_names(connection, [row.source_id])[row.source_id]
        doing = Receiving(context, row, provider, context.task, terms_of(context.policy, source), mask)
    try:
        tally = _read(job, doing)
    except Invalid as error:
        raise closed(error) if mask is not None else by_name(error, row.blob, row.file) from None
    with store.write() as connection:
        at = now()
        items = batches.routed_items(connection, batch_id)
        batches.count_items(connection, batch_id, len(items))
        last = take_ins.take_in_row(connection, row.id)
        take_ins.advance(connection, row.id, tally, last.resume, [], finished_at=at)
        ledger.record(
            connection,
            "delivery.received",
            programme=context.row.programme_id,
            actor=job.asked_by,
            subject=str(batch_id),
            data={"labels": len(items), "rejects": tally.rejects, "file": _named(row, mask)},
            at=at,
        )
    if mask is not None:
        forget_upload(store, row.id, because=BECAUSE, by=None)
    return {"labels": len(items), "new_items": tally.items, "rejects": tally.rejects}


def _read(job: Running, doing: Receiving) -> Tally:
    """Take in what is left of the file, chunk by chunk; the tally of the whole."""
    store, row = job.store, doing.row
    tally = Tally(row.item_count, row.duplicates, row.rejects, row.judgements)
    source = families.source.build(Spec.model_validate_json(row.spec))
    room_left(store)
    with store.blobs.local(row.blob) as path:
        if not row.resume:
            _is_one_batch(source.read(path, task=doing.task, max_line=store.settings.line_mb << 20))
        read = source.read(path, task=doing.task, resume=row.resume, max_line=store.settings.line_mb << 20)
        for chunk in chunks(read, CHUNK):
            with store.write(durable=False) as connection:
                tally = _keep(connection, doing, chunk, tally)
                job.save(connection, tally.judgements, unit="labels", note=f"{tally.rejects:,} rejected")
            time.sleep(BREATH)
    return tally


def _keep(connection: Connection, doing: Receiving, chunk: Sequence[Record | Reject], tally: Tally) -> Tally:
    """One chunk into the batch."""
    at, batch_id = now(), doing.context.row.id
    make = quiet(doing.mask, lambda record: _label(record, doing))
    labels, rejected = checked(unquoted(doing.mask, chunk), make)
    there = known_ids(connection, doing.row.source_id, [one.item.external_id for one in labels])
    fresh: dict[str, Label] = {}
    kept: dict[str, Label] = {}
    for one in labels:
        name = one.item.external_id
        if name in kept:
            rejected.append(Reject(one.line, "id", "each item once", f"{name!r} a second time"))
        elif name in there and there[name][1] != one.item.digest:
            expected = f"the same content as the item {name!r} that is there already"
            rejected.append(Reject(one.line, "id", expected, "different content"))
        else:
            kept[name] = one
            if name not in there:
                fresh[name] = one
    programme_id = doing.context.row.programme_id
    keys = add_items(
        connection, programme_id, doing.row.source_id, doing.row.id, [one.item for one in fresh.values()], at=at
    )
    if doing.mask is not None:
        held = {key: one.tokens for key, one in zip(keys, fresh.values(), strict=True)}
        doing.mask.keep(connection, programme_id, held, at=at)
    where = {name: key for name, (key, _) in there.items()} | dict(zip(fresh, keys, strict=True))
    inside = _inside(connection, batch_id, [where[name] for name in kept])
    for name in [name for name in kept if where[name] in inside]:
        rejected.append(Reject(kept[name].line, "id", "each item once", f"{name!r} a second time"))
        kept.pop(name)
    _stand(connection, doing, {where[name]: one.value for name, one in kept.items()}, at=at)
    new = tally.plus(Tally(len(fresh), len(kept) - len(fresh), len(rejected), len(kept)))
    take_ins.advance(connection, doing.row.id, new, chunk[-1].resume, rejected)
    return new


def _stand(connection: Connection, doing: Receiving, labels: dict[int, NewValue], *, at: int) -> None:
    """Labels become judgements by the provider, and decisions of the batch."""
    context = doing.context
    values = value_keys(connection, context.task_id, list(labels.values()))
    said = add_judgements(
        connection,
        [
            NewJudgement(
                item_id=key,
                actor_id=doing.provider_id,
                task_id=context.task_id,
                stance=STANCE["answer"],
                said_at=at,
                value_id=values[value.answer],
                batch_id=context.row.id,
                ontology_id=context.row.ontology_id,
            )
            for key, value in labels.items()
        ],
    )
    rule = phrase_key(connection, RULE)
    routes = [
        Route(context.row.id, key, rule, NO_QUEUE, 1, 1, False, False, judgement_id, None)
        for key, judgement_id in zip(labels, said, strict=True)
    ]
    batches.add_routes(connection, routes)
    steps = [accepted(context, one, values[labels[one.item_id].answer]) for one in routes]
    opened_at = context.row.created_at  # a fact of the record, so that a rebuild comes to the same row
    rows = [row_of(context.row.id, one.item_id, step, at=opened_at) for one, step in zip(routes, steps, strict=True)]
    put_decisions(connection, rows)
    latch_said(connection, Contexts(), context.policy, list(labels), at=at)


def _named(row: TakeInRow, mask: Mask | None) -> str:
    """A file by its digest; without it where the file held personal data, whose guesses it would confirm."""
    return row.blob.rpartition("/")[2] if mask is None else ""


def _is_one_batch(read: Iterable[object]) -> None:
    """Raise Invalid, before anything is taken in, for a file that holds more than one batch may."""
    if any(True for _ in islice(read, MOST, None)):
        raise Invalid(
            "this file holds more labels than one delivery may",
            field="file",
            expected=f"at most {MOST:,} labels; deliver the rest as files of their own",
            found=f"more than {MOST:,}",
        )


def _inside(connection: Connection, batch_id: int, keys: Iterable[int]) -> set[int]:
    """Those of the items that stand in the batch already."""
    wanted = list(keys)
    out: set[int] = set()
    for start in range(0, len(wanted), 500):
        out |= batches.standing_in(connection, batch_id, wanted[start : start + 500])
    return out


def _label(record: Record, doing: Receiving) -> Label:
    said = [one for one in record.said if not one.gold and one.answer is not None]
    if len(said) != 1:
        raise Invalid("a delivery labels each item once", field="label", expected="1 label", found=str(len(said)))
    doing.task.check_body(record.body)
    masked = covered(doing.mask, record)
    answer = masked.said(doing.task.canonical(said[0].answer, record.body, doing.context.ontology))
    if record.parents:
        raise Invalid(
            "a delivery labels items, and says nothing of what they were made from",
            field="parents",
            expected="none; items with parents are imported first",
            found=", ".join(record.parents)[:80],
        )
    item = under_terms(item_of(masked.record, file=doing.row.file), doing.context.policy, doing.terms)
    return Label(record.line, item, NewValue(canonical(answer), doing.task.labels(answer)), masked.tokens)
