"""Lineage of an item: everything said of it, by whom, having seen what, under which version, and why it went there."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from goldloop.core.families import STANCES
from goldloop.core.ids import Ids
from goldloop.http.show import queue_name
from goldloop.programmes.releases.rights import Came, Rights
from goldloop.store.codes import DECISION_NAMES, SHOWN_NAMES
from goldloop.store.items import attributes, human_only_reasons
from goldloop.store.phrases import phrase_texts
from goldloop.store.schema import (
    actor,
    batch,
    batch_item,
    decision,
    item,
    item_parent,
    judgement,
    phrase,
    policy,
    recalibration,
    release,
    release_row,
    take_in,
    value,
    work,
)
from goldloop.store.training_runs import learnt_from

MOST_RELATED = 100


def item_view(connection: Connection, ids: Ids, key: int) -> dict[str, Any]:
    """An item with its routes, judgements, decisions, works and releases, as clients read it."""
    parents = _related(connection, ids, item_parent.c.item_id, item_parent.c.parent_id, key)
    return {
        "item": _item(connection, ids, key, parents),
        "parents": parents,
        "children": _related(connection, ids, item_parent.c.parent_id, item_parent.c.item_id, key),
        "routes": _routes(connection, ids, key),
        "judgements": _judgements(connection, ids, key),
        "decisions": _decisions(connection, ids, key),
        "works": _works(connection, ids, key),
        "releases": _releases(connection, ids, key),
        "versions": _versions(connection, ids, key),
    }


def _item(connection: Connection, ids: Ids, key: int, parents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    row = connection.execute(
        select(item, take_in.c.spec, take_in.c.file, take_in.c.provenance)
        .join(take_in, take_in.c.id == item.c.take_in_id)
        .where(item.c.id == key)
    ).one()
    about = attributes(connection, [key])
    found = about.get(key)
    rights = Rights(connection, row.programme_id).of([Came(key, row.external_id, row.source_id)], about)[key]
    return {
        "id": ids.show("item", key),
        "external_id": row.external_id,
        "body": json.loads(row.body),
        "digest": bytes(row.digest).hex(),
        "provenance": {
            **json.loads(row.provenance),
            "source": json.loads(row.spec),
            "file": row.file,
            "licence": rights.licence,
            "sources": rights.sources,
            "withheld": rights.withheld,
            "parents": [one["id"] for one in parents],
        },
        "slices": found.slices if found else {},
        "residency": found.residency if found else None,
        "access": found.access if found else None,
        "human_only": human_only_reasons(connection, [key]).get(key),
        "created_at": row.created_at,
    }


def _related(
    connection: Connection, ids: Ids, column: ColumnElement[int], other: ColumnElement[int], key: int
) -> list[dict[str, Any]]:
    """Items on the other side of what an item was made from, the first hundred of them."""
    rows = connection.execute(
        select(item.c.id, item.c.external_id)
        .join(item_parent, other == item.c.id)
        .where(column == key)
        .order_by(item.c.id)
        .limit(MOST_RELATED)
    )
    return [{"id": ids.show("item", row.id), "external_id": row.external_id} for row in rows]


def _routes(connection: Connection, ids: Ids, key: int) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(
            batch_item,
            batch.c.name,
            policy.c.number.label("policy_number"),
            phrase.c.text.label("rule"),
            recalibration.c.number.label("recalibration"),
        )
        .join(batch, batch.c.id == batch_item.c.batch_id)
        .join(policy, policy.c.id == batch.c.policy_id)
        .join(phrase, phrase.c.id == batch_item.c.rule_id)
        .outerjoin(recalibration, recalibration.c.id == batch_item.c.recalibration_id)
        .where(batch_item.c.item_id == key)
        .order_by(batch_item.c.batch_id)
    )
    return [
        {
            "batch_id": ids.show("batch", row.batch_id),
            "batch": row.name,
            "policy_number": row.policy_number,
            "rule": row.rule,
            "queue": queue_name(row.queue),
            "tier": row.tier,
            "wanted": row.wanted,
            "blind": row.blind,
            "consensus": row.consensus,
            "confidence": row.confidence,
            "calibrated": row.calibrated,
            "recalibration": row.recalibration,
            "because": _because(row),
        }
        for row in rows
    ]


def _because(row: Row[Any]) -> str:
    said = f", confidence {row.confidence:.3f}" if row.confidence is not None else ""
    if row.calibrated is not None:
        said += f" (calibrated {row.calibrated:.3f} by version {row.recalibration})"
    drawn = ", drawn for consensus" if row.consensus else ", drawn to be labelled blind" if row.blind else ""
    return f"rule {row.rule!r}{said}{drawn}"


def _judgements(connection: Connection, ids: Ids, key: int) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(judgement, actor.c.kind, actor.c.name, actor.c.version, actor.c.simulated, value.c.answer)
        .join(actor, actor.c.id == judgement.c.actor_id)
        .outerjoin(value, value.c.id == judgement.c.value_id)
        .where(judgement.c.item_id == key)
        .order_by(judgement.c.id)
    ).all()
    tasks = phrase_texts(connection, [row.task_id for row in rows])
    return [_judgement(ids, dict(row._mapping), json.loads(tasks[row.task_id])) for row in rows]


def _judgement(ids: Ids, row: Mapping[str, Any], task: Any) -> dict[str, Any]:
    return {
        "id": ids.show("judgement", row["id"]),
        "item_id": ids.show("item", row["item_id"]),
        "batch_id": _shown(ids, "batch", row["batch_id"]),
        "actor": {
            "id": ids.show("actor", row["actor_id"]),
            "kind": row["kind"],
            "name": row["name"],
            "version": row["version"] or None,
            "simulated": row["simulated"],
        },
        "task": task,
        "ontology_id": _shown(ids, "release", row["ontology_id"]),
        "stance": STANCES[row["stance"]],
        "answer": json.loads(row["answer"]) if row["answer"] else None,
        "confidence": row["confidence"],
        "saw": {
            "suggestion_id": _shown(ids, "judgement", row["suggestion_id"]),
            "shown": SHOWN_NAMES[row["shown"]],
            "others": [ids.show("judgement", one) for one in json.loads(row["others"] or "[]")],
            "guideline_id": _shown(ids, "release", row["guideline_id"]),
            "order_seed": row["order_seed"],
        },
        "work_id": _shown(ids, "work", row["work_id"]),
        "revision_of": _shown(ids, "judgement", row["revision_of"]),
        "comment": row["comment"],
        "reason": row["reason"],
        "note": json.loads(row["note"]) if row["note"] else None,
        "surplus": row["surplus"],
        "active_ms": row["active_ms"],
        "wall_ms": row["wall_ms"],
        "said_at": row["said_at"],
    }


def _decisions(connection: Connection, ids: Ids, key: int) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(decision, value.c.answer)
        .outerjoin(value, value.c.id == decision.c.value_id)
        .where(decision.c.item_id == key)
        .order_by(decision.c.batch_id)
    )
    return [
        {
            "item_id": ids.show("item", key),
            "batch_id": ids.show("batch", row.batch_id),
            "state": DECISION_NAMES[row.state],
            "answer": json.loads(row.answer) if row.answer else None,
            "judgement_ids": [ids.show("judgement", one) for one in json.loads(row.judgements)],
            "because": row.because,
        }
        for row in rows
    ]


def _works(connection: Connection, ids: Ids, key: int) -> list[dict[str, Any]]:
    rows = connection.execute(select(work).where(work.c.item_id == key).order_by(work.c.id))
    return [
        {
            "id": ids.show("work", row.id),
            "batch_id": ids.show("batch", row.batch_id),
            "queue": queue_name(row.queue),
            "tier": row.tier,
            "slot": row.slot,
            "blind": row.blind,
            "because": row.because,
            "created_at": row.created_at,
        }
        for row in rows
    ]


def _releases(connection: Connection, ids: Ids, key: int) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(release.c.id, release.c.name, release.c.number)
        .join(
            release_row,
            (release_row.c.programme_id == release.c.programme_id)
            & (release_row.c.name == release.c.name)
            & (release_row.c.valid_from <= release.c.number)
            & (release_row.c.valid_to.is_(None) | (release_row.c.valid_to > release.c.number)),
        )
        .where(release_row.c.item_id == key, release.c.kind == "dataset")
        .distinct()
    )
    return with_runs(connection, ids, [(row.id, row.name, row.number) for row in rows])


def with_runs(connection: Connection, ids: Ids, releases: Sequence[tuple[int, str, int]]) -> list[dict[str, Any]]:
    """Releases (key, name, number) as clients read them, each with the training runs that learnt from it."""
    learnt = learnt_from(connection, [key for key, _, _ in releases])
    return [
        {
            "id": ids.show("release", key),
            "name": name,
            "number": number,
            "runs": [{"id": ids.show("run", run), "name": of} for run, of in learnt.get(key, ())],
        }
        for key, name, number in releases
    ]


def _versions(connection: Connection, ids: Ids, key: int) -> list[dict[str, Any]]:
    """The ontology and guideline releases that something was said of the item under."""
    said = select(judgement.c.ontology_id, judgement.c.guideline_id).where(judgement.c.item_id == key)
    keys = sorted({one for row in connection.execute(said) for one in row if one is not None})
    rows = connection.execute(
        select(release.c.id, release.c.kind, release.c.number).where(release.c.id.in_(keys)).order_by(release.c.id)
    )
    return [{"id": ids.show("release", row.id), "kind": row.kind, "number": row.number} for row in rows]


def _shown(ids: Ids, noun: str, key: int | None) -> str | None:
    return ids.show(noun, key) if key is not None else None
