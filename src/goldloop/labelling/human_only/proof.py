"""Proving from the record that human-only items were labelled by people alone: everything that says otherwise, by name.

    label      an accepted label that rests on a machine, on a simulated person, on a shown suggestion, or on nobody
    work       work that comes with a machine's suggestion
    release    a released label that no person gave unassisted
    suspected  an item that the policy it was routed by suspects, and that is not human-only

What people are said to have labelled elsewhere (an import, a delivery, an archive) is no violation; it is counted
apart, because nobody here saw who said it and what they had in sight.

The walk goes by pages of keys; nobody's submission waits behind it.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.jobs.running import Running
from goldloop.labelling.routing.rules import Suggested
from goldloop.loop.context import BatchContext, Contexts
from goldloop.loop.human_only import Reason, human_only_because, named, people_only, reasons_by_record
from goldloop.loop.replay import RULE as REPLAYED
from goldloop.store import batches, ledger
from goldloop.store.bulk import find_rows
from goldloop.store.human_only import (
    Broken,
    Sent,
    brought_to,
    count_declared,
    count_latched,
    labels_that_lean,
    latched_after,
    named_by,
    released_without_people,
    routed_after,
    works_that_show,
)
from goldloop.store.items import attributes, external_id_of
from goldloop.store.schema import judgement
from goldloop.store.suggestions import labels_of, shares_in

PAGE = 2_000
NAMED = 1_000  # violations that the result names; the others are counted
LOOKED_AT = ("production", "delivery")
LOOKS = {"label": labels_that_lean, "work": works_that_show, "release": released_without_people}


class _Found(NamedTuple):
    """What is wrong, by kind; `named` is the beginning of it."""

    counts: dict[str, int]
    named: list[dict[str, str]]

    def add(self, connection: Connection, kind: str, broken: Sequence[Broken]) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + len(broken)
        for one in broken[: max(0, NAMED - len(self.named))]:
            name = external_id_of(connection, one.item_id)
            self.named.append({"kind": kind, "item": name, "batch": one.batch, "what": one.what})


def prove(job: Running) -> dict[str, Any]:
    """The job, of a programme. Its result says how many items were looked at, and every violation."""
    assert job.programme_id is not None
    store, contexts, found = job.store, Contexts(), _Found({}, [])
    with store.read() as connection:
        latched = count_latched(connection, job.programme_id)
        brought = brought_to(connection, job.programme_id)
        rows = [one for one in batches.batches(connection, job.programme_id) if one.purpose in LOOKED_AT]
    routed, total = sum(row.item_count for row in rows), latched + sum(row.item_count for row in rows)
    done, declared = 0, 0
    for keys in _latched(job, job.programme_id):
        with store.read() as connection:
            for kind, look in LOOKS.items():
                found.add(connection, kind, look(connection, keys))
            declared += count_declared(connection, keys, brought)
        done += len(keys)
        job.progress(done, total=total, unit="items", note="human-only items")
    for row in reversed(rows):
        with store.read() as connection:
            context = contexts.batch(connection, row.id)
        after = -1
        while True:
            with store.read() as connection:
                page = routed_after(connection, row.id, after, limit=PAGE)
                found.add(connection, "suspected", list(_suspected(connection, context, page)))
            if not page:
                break
            after, done = page[-1].item_id, done + len(page)
            job.progress(done, total=total, unit="items", note=f"batch {row.name}")
    wrong = sum(found.counts.values())
    told = {"items": latched, "declared": declared, "routed": routed, "violations": wrong}
    with store.write() as connection:
        ledger.record(
            connection,
            "human_only.proved" if not wrong else "human_only.broken",
            programme=job.programme_id,
            actor=job.asked_by,
            subject=str(job.id),
            data=told,
            at=now(),
        )
    return {**told, "counts": found.counts, "named": found.named}


def _latched(job: Running, programme_id: int) -> Iterator[list[int]]:
    after = -1
    while True:
        with job.store.read() as connection:
            keys = latched_after(connection, programme_id, after, limit=PAGE)
        if not keys:
            return
        yield keys
        after = keys[-1]


def _suspected(connection: Connection, context: BatchContext, page: Sequence[Sent]) -> Iterator[Broken]:
    """Items of a page, none of them human-only, that should be by the policy they were routed by."""
    doc, task = context.policy, context.task
    labels = doc.labels.human_only
    if not (labels or doc.human_only.rules or task.people_only):
        return
    elsewhere = [one.item_id for one in page if one.rule == REPLAYED or context.row.purpose == "delivery"]
    by_record = reasons_by_record(connection, doc, elsewhere)
    by_record |= _named(connection, context, [one.item_id for one in page if one.item_id not in by_record])
    said = _said(connection, [one.suggestion_id for one in page if one.suggestion_id is not None])
    slices = attributes(connection, [one.item_id for one in page])
    whole = people_only(context.spec)
    for one in page:
        if one.item_id in by_record:
            yield Broken(
                one.item_id, context.row.name, f"it is not human-only, though {by_record[one.item_id].because}"
            )
            continue
        suggestions = [said[one.suggestion_id]] if one.suggestion_id in said else []
        known = slices[one.item_id].slices if one.item_id in slices else {}
        because = human_only_because(doc, suggestions, known, human_labels=labels) or whole
        if because is not None:
            yield Broken(one.item_id, context.row.name, f"it is not human-only, though {because}")


def _named(connection: Connection, context: BatchContext, keys: Sequence[int]) -> dict[int, Reason]:
    """Items of which people here named a human-only label: in a batch whose labels leave, where no audit waits."""
    labels = context.policy.labels.human_only
    if not labels or not keys:
        return {}
    here = (judgement.c.item_id.in_(keys), judgement.c.batch_id == context.row.id)
    found = named_by(connection, ["person"], labels, *here)
    return {key: named(said, elsewhere=False) for key, said in found.items()}


def _said(connection: Connection, keys: Sequence[int]) -> dict[int | None, Suggested]:
    """Suggestions as the triggers read them."""
    columns = ("id", "value_id", "confidence", "margin", "top")
    rows = find_rows(connection, judgement, columns, among="id", of=keys)
    labels = labels_of(connection, [value_id for _, value_id, *_ in rows if value_id is not None])
    return {
        key: Suggested(key, value_id, labels.get(value_id, ()), confidence, margin, shares_in(top) if top else ())
        for key, value_id, confidence, margin, top in rows
    }
