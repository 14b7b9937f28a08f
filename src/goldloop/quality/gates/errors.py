"""The judged items of a batch, read for whoever wants to know where its errors come from."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.nouns import QUEUES
from goldloop.loop.alike import alike
from goldloop.loop.audited import audited
from goldloop.loop.context import BatchContext
from goldloop.quality.gates.isolate import Isolated, Line, isolate
from goldloop.store.actors import actors
from goldloop.store.batches import routed_items
from goldloop.store.codes import NO_QUEUE
from goldloop.store.items import attributes, bodies
from goldloop.store.labelled import Labelled, labelled
from goldloop.store.values import answers

WRONG = "wrong"


class Found(NamedTuple):
    """A judged item whose label is wrong as far as the audit can tell."""

    item_id: int
    external_id: str
    accepted: Any
    reference: Any
    author: str | None


def isolated(connection: Connection, context: BatchContext) -> Isolated:
    """Where the errors of a batch come from, as its audits show."""
    return isolate(list(_lines(connection, context)), context.task)


def wrong_items(connection: Connection, context: BatchContext) -> list[Found]:
    """The judged items whose label is not the one that the audit gave."""
    rows, reference = _judged(connection, context)
    means = alike(connection, context.task, {*reference.values(), *(one.value_id for one in rows)})
    same = [means.get(one.value_id, one.value_id) for one in rows]
    true = [means.get(reference[one.item_id], reference[one.item_id]) for one in rows]
    wrong = [one for one, said_, true_ in zip(rows, same, true, strict=True) if said_ != true_]
    said = answers(connection, [one.value_id for one in wrong] + [reference[one.item_id] for one in wrong])
    who = actors(connection, [one.author_id for one in wrong if one.author_id is not None])
    return [
        Found(
            one.item_id,
            one.external_id,
            json.loads(said[one.value_id]),
            json.loads(said[reference[one.item_id]]),
            who[one.author_id].name if one.author_id in who else None,
        )
        for one in wrong
    ]


def items_where(connection: Connection, context: BatchContext, where: dict[str, str]) -> list[int]:
    """The items of a batch with an accepted label to which all of these facts apply; `audit`: wrong, as audits say."""
    keys = routed_items(connection, context.row.id)
    if "audit" in where:
        keys = [one.item_id for one in wrong_items(connection, context)] if where["audit"] == WRONG else []
        where = {name: value for name, value in where.items() if name != "audit"}
    rows = labelled(connection, context.row.id, keys)
    if not where:
        return [one.item_id for one in rows]
    facts = _facts(connection, context, rows)
    return [key for key, known in facts.items() if all(known.get(name) == value for name, value in where.items())]


def _judged(connection: Connection, context: BatchContext) -> tuple[list[Labelled], dict[int, int]]:
    batch_id = context.row.id
    reference = audited(connection, batch_id, set(routed_items(connection, batch_id))).reference
    return labelled(connection, batch_id, reference), reference


def _lines(connection: Connection, context: BatchContext) -> Iterable[Line]:
    rows, reference = _judged(connection, context)
    said = {
        key: json.loads(text)
        for key, text in answers(connection, [*reference.values(), *(one.value_id for one in rows)]).items()
    }
    texts = bodies(connection, [one.item_id for one in rows]) if context.task.reads_body else {}
    facts = _facts(connection, context, rows)
    for one in rows:
        yield Line(said[one.value_id], said[reference[one.item_id]], texts.get(one.item_id, {}), facts[one.item_id])


def _facts(connection: Connection, context: BatchContext, rows: list[Labelled]) -> dict[int, dict[str, str]]:
    """What is known of each label: who gave it, from which queue and rule, beside which model, in which slices."""
    keys = {key for one in rows for key in (one.author_id, one.model_id) if key is not None}
    who = actors(connection, sorted(keys))
    said = answers(connection, [one.value_id for one in rows])
    slices = attributes(connection, [one.item_id for one in rows])
    out = {}
    for one in rows:
        labels = context.task.labels(json.loads(said[one.value_id]))
        known = {"queue": _queue(one.queue), "rule": one.rule}
        if one.author_id in who:
            known["annotator"] = who[one.author_id].name
        if one.model_id in who:
            known["model"] = f"{who[one.model_id].name} {who[one.model_id].version}"
        if len(labels) == 1:
            known["label"] = labels[0]
        found = slices.get(one.item_id)
        known |= {f"slice {name}": value for name, value in (found.slices if found else {}).items()}
        out[one.item_id] = known
    return out


def _queue(code: int) -> str:
    return "accept" if code == NO_QUEUE else QUEUES[code]
