"""Systematic errors of a programme: read off its audits, with the accepted labels that share how they came about."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.families import Task
from goldloop.loop.alike import alike
from goldloop.loop.audited import audited
from goldloop.loop.context import BatchContext, Contexts
from goldloop.quality.clusters.rules import METHOD, NOTHING, Cluster, Line, clusters, shares
from goldloop.store import batches
from goldloop.store.actors import actors
from goldloop.store.batches import BatchRow
from goldloop.store.items import attributes, bodies
from goldloop.store.labelled import Labelled, labelled
from goldloop.store.overview import READ, newest_within
from goldloop.store.shared_errors import (
    Accepted,
    accepted_as,
    count_accepted,
    current_labels,
    suggested_values,
)
from goldloop.store.values import answers

NOBODY_JUDGED = "no audit has judged a label of these batches yet: a gate draws one"


class Judged(NamedTuple):
    """What was read off: the clusters, how many labels were judged, and when the newest of these came to be."""

    clusters: list[Cluster]
    judged: int
    data_at: int
    scope: list[BatchRow]
    of: int


def clusters_of(connection: Connection, contexts: Contexts, programme_id: int) -> Judged:
    """The clusters of a programme's newest batches, the most certain first."""
    production = [one for one in batches.batches(connection, programme_id) if one.purpose == "production"]
    scope = newest_within(production, READ)
    lines, data_at = list[Line](), 0
    for row in scope:
        found, at = _lines(connection, contexts.batch(connection, row.id))
        lines += found
        data_at = max(data_at, at)
    if not lines:
        return Judged([], 0, data_at, scope, len(production))
    newest = contexts.batch(connection, scope[0].id)
    shown = clusters(lines, newest.task, newest.ontology)
    return Judged(_counted(connection, [row.id for row in scope], shown), len(lines), data_at, scope, len(production))


def as_page(found: Judged) -> dict[str, Any]:
    """The clusters as clients read them."""
    return {
        "scope": {
            "batches": len(found.scope),
            "of": found.of,
            "items": sum(one.item_count for one in found.scope),
        },
        "judged": found.judged,
        "because": None if found.judged else NOBODY_JUDGED,
        "method": METHOD,
        "clusters": [one.model_dump(mode="json") for one in found.clusters],
    }


def sharing(connection: Connection, scope: list[BatchRow], one: Cluster) -> list[Accepted]:
    """The accepted labels that share a cluster's signature."""
    if not _has_signature(one):
        return []
    found = accepted_as(connection, [row.id for row in scope], [one.said])[one.said]
    names = _model_names(connection, found)
    return [row for row in found if shares(one, _facts(row, names))]


def _has_signature(one: Cluster) -> bool:
    """False for what is missing, or stands together with another label: no label finds it."""
    return one.said not in NOTHING and "|" not in one.said


def _counted(connection: Connection, batch_ids: list[int], found: list[Cluster]) -> list[Cluster]:
    """Each cluster with how many accepted labels share its signature."""
    eligible = count_accepted(connection, batch_ids)
    rows = accepted_as(connection, batch_ids, {one.said for one in found if _has_signature(one)})
    names = _model_names(connection, [row for part in rows.values() for row in part])
    out = []
    for one in found:
        if not _has_signature(one):
            because = "what is missing, or stands together with another label, is not found by its label"
            out.append(one.model_copy(update={"accepted_of": eligible, "because": because}))
            continue
        n = sum(shares(one, _facts(row, names)) for row in rows[one.said])
        out.append(one.model_copy(update={"accepted": n, "accepted_of": eligible}))
    return out


def _model_names(connection: Connection, found: list[Accepted]) -> dict[int, str]:
    who = actors(connection, sorted({row.model_id for row in found if row.model_id is not None}))
    return {key: f"{one.name} {one.version}" for key, one in who.items()}


def _facts(row: Accepted, names: dict[int, str]) -> dict[str, str]:
    known = {"rule": row.rule} | {f"slice {name}": value for name, value in row.slices.items()}
    if row.model_id in names:
        known["model"] = names[row.model_id]
    return known


def _lines(connection: Connection, context: BatchContext) -> tuple[list[Line], int]:
    """The judged items of a batch, each with the label it has now, and when the newest of these came to be.

    What was mended since it was judged counts as mended.
    """
    batch_id, task = context.row.id, context.task
    reference = audited(connection, batch_id, set(batches.routed_items(connection, batch_id))).reference
    current = current_labels(connection, context.row.programme_id, reference)
    now = {key: one.value_id for key, one in current.items()}
    rows = [one for one in labelled(connection, batch_id, reference) if one.item_id in now]
    suggested = suggested_values(connection, batch_id, [one.item_id for one in rows])
    wanted = {*reference.values(), *now.values(), *suggested.values()}
    means = alike(connection, task, wanted)
    said = {key: _bare(task, text) for key, text in answers(connection, sorted(wanted)).items()}
    texts = bodies(connection, [one.item_id for one in rows]) if task.reads_body else {}
    slices = attributes(connection, [one.item_id for one in rows])
    who = actors(connection, sorted({one.model_id for one in rows if one.model_id is not None}))

    def answer(value: int | None) -> Any:
        return None if value is None else said[means.get(value, value)]

    def facts(one: Labelled) -> dict[str, str]:
        found = slices.get(one.item_id)
        known = {"rule": one.rule} | {f"slice {name}": v for name, v in (found.slices if found else {}).items()}
        if one.model_id in who:
            known["model"] = f"{who[one.model_id].name} {who[one.model_id].version}"
        return known

    lines = [
        Line(
            accepted=answer(now[one.item_id]),
            reference=answer(reference[one.item_id]),
            suggested=answer(suggested.get(one.item_id)),
            body=texts.get(one.item_id, {}),
            facts=facts(one),
        )
        for one in rows
    ]
    return lines, max((one.changed_at for one in current.values()), default=0)


def _bare(task: Task, text: str) -> Any:
    return task.bare(json.loads(text))
