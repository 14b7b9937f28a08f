"""From any label to the person, model, versions, batch and releases behind it, and back."""

import json
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from goldloop.core.families import STANCES
from goldloop.core.ids import Ids
from goldloop.http.show import queue_name
from goldloop.programmes.lineage.item import item_view, with_runs
from goldloop.store.codes import DECISION_NAMES
from goldloop.store.programmes import policy_row
from goldloop.store.releases import release_row_of
from goldloop.store.schema import (
    actor,
    batch,
    decision,
    item,
    judgement,
    model,
    organisation,
    phrase,
    release,
    release_row,
    value,
    value_label,
    work,
)


def trace(connection: Connection, ids: Ids, key: int) -> dict[str, Any]:
    """Everything behind one label, in one answer."""
    row = connection.execute(select(judgement).where(judgement.c.id == key)).one()
    view = item_view(connection, ids, row.item_id)
    public = ids.show("judgement", key)
    said = next(one for one in view["judgements"] if one["id"] == public)
    return {
        "judgement": said,
        "item": {name: view["item"][name] for name in ("id", "external_id", "digest", "provenance", "slices")},
        "author": _author(connection, ids, row.actor_id),
        "suggestion": _suggestion(connection, ids, row.suggestion_id),
        "ontology": _release(connection, ids, row.ontology_id),
        "guideline": _release(connection, ids, row.guideline_id),
        "batch": _batch(connection, ids, row.batch_id),
        "work": _work(connection, ids, row.work_id),
        "decision": _decision(connection, row.batch_id, row.item_id, key),
        "releases": view["releases"] if row.batch_id is None else _sealed(connection, ids, row.item_id, row.batch_id),
        "revised_by": [one["id"] for one in view["judgements"] if one["revision_of"] == public],
    }


class Wanted(NamedTuple):
    """Which labels to go back to; keys, all of them where None."""

    actor: int | None = None
    batch: int | None = None
    ontology: int | None = None
    guideline: int | None = None
    release: int | None = None
    suggested_by: int | None = None
    label: str | None = None


def labels_behind(
    connection: Connection,
    ids: Ids,
    programme_id: int,
    wanted: Wanted,
    visible: ColumnElement[bool],
    *,
    after: int,
    limit: int,
) -> list[dict[str, Any]]:
    """The judgements of a programme by a person or model, under a version, in a batch or a release; by key."""
    statement = (
        select(
            judgement.c.id,
            judgement.c.item_id,
            item.c.external_id,
            judgement.c.batch_id,
            judgement.c.actor_id,
            actor.c.name,
            actor.c.kind,
            actor.c.version,
            judgement.c.stance,
            value.c.answer,
            judgement.c.ontology_id,
            judgement.c.guideline_id,
            judgement.c.said_at,
        )
        .join(item, item.c.id == judgement.c.item_id)
        .join(actor, actor.c.id == judgement.c.actor_id)
        .outerjoin(value, value.c.id == judgement.c.value_id)
        .where(item.c.programme_id == programme_id, judgement.c.id > after, visible, *_conditions(connection, wanted))
        .order_by(judgement.c.id)
        .limit(limit)
    )
    return [
        {
            "id": ids.show("judgement", row.id),
            "item_id": ids.show("item", row.item_id),
            "external_id": row.external_id,
            "batch_id": ids.show("batch", row.batch_id) if row.batch_id is not None else None,
            "actor_id": ids.show("actor", row.actor_id),
            "by": row.name,
            "kind": row.kind,
            "version": row.version or None,
            "stance": STANCES[row.stance],
            "answer": json.loads(row.answer) if row.answer else None,
            "ontology_id": ids.show("release", row.ontology_id) if row.ontology_id is not None else None,
            "guideline_id": ids.show("release", row.guideline_id) if row.guideline_id is not None else None,
            "said_at": row.said_at,
        }
        for row in connection.execute(statement)
    ]


def _conditions(connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    plain = (
        (judgement.c.actor_id, wanted.actor),
        (judgement.c.batch_id, wanted.batch),
        (judgement.c.ontology_id, wanted.ontology),
        (judgement.c.guideline_id, wanted.guideline),
    )
    out: list[ColumnElement[bool]] = [column == key for column, key in plain if key is not None]
    if wanted.suggested_by is not None:
        theirs = judgement.alias()
        out.append(
            select(theirs.c.id)
            .where(theirs.c.id == judgement.c.suggestion_id, theirs.c.actor_id == wanted.suggested_by)
            .exists()
        )
    if wanted.label is not None:
        out.append(
            select(value_label.c.value_id)
            .join(phrase, phrase.c.id == value_label.c.label_id)
            .where(value_label.c.value_id == judgement.c.value_id, phrase.c.text == wanted.label)
            .exists()
        )
    if wanted.release is not None:
        sealed = release_row_of(connection, wanted.release)
        out.append(
            select(release_row.c.id)
            .where(
                release_row.c.item_id == judgement.c.item_id,
                release_row.c.batch_id == judgement.c.batch_id,
                release_row.c.programme_id == sealed.programme_id,
                release_row.c.name == sealed.name,
                _holds(sealed.number),
            )
            .exists()
        )
    return out


def _holds(number: int | ColumnElement[int]) -> ColumnElement[bool]:
    """True for a row that a release of this number holds."""
    return (release_row.c.valid_from <= number) & (release_row.c.valid_to.is_(None) | (release_row.c.valid_to > number))


def _author(connection: Connection, ids: Ids, key: int) -> dict[str, Any]:
    row = connection.execute(
        select(actor, organisation.c.name.label("organisation"), model.c.fingerprint)
        .outerjoin(organisation, organisation.c.id == actor.c.organisation_id)
        .outerjoin(model, model.c.actor_id == actor.c.id)
        .where(actor.c.id == key)
    ).one()
    return {
        "id": ids.show("actor", key),
        "kind": row.kind,
        "name": row.name,
        "version": row.version or None,
        "organisation": row.organisation,
        "simulated": row.simulated,
        "fingerprint": row.fingerprint,
    }


def _suggestion(connection: Connection, ids: Ids, key: int | None) -> dict[str, Any] | None:
    """The suggestion that was shown, and the model behind it."""
    if key is None:
        return None
    row = connection.execute(
        select(judgement.c.actor_id, judgement.c.confidence, value.c.answer)
        .outerjoin(value, value.c.id == judgement.c.value_id)
        .where(judgement.c.id == key)
    ).one()
    return {
        "id": ids.show("judgement", key),
        "answer": json.loads(row.answer) if row.answer else None,
        "confidence": row.confidence,
        "model": _author(connection, ids, row.actor_id),
    }


def _release(connection: Connection, ids: Ids, key: int | None) -> dict[str, Any] | None:
    if key is None:
        return None
    row = release_row_of(connection, key)
    return {
        "id": ids.show("release", key),
        "kind": row.kind,
        "number": row.number,
        "digest": row.digest.hex(),
        "sealed_at": row.sealed_at,
    }


def _batch(connection: Connection, ids: Ids, key: int | None) -> dict[str, Any] | None:
    if key is None:
        return None
    row = connection.execute(
        select(batch.c.name, batch.c.purpose, batch.c.policy_id, batch.c.programme_id).where(batch.c.id == key)
    ).one()
    policy = policy_row(connection, row.policy_id)
    return {
        "id": ids.show("batch", key),
        "name": row.name,
        "purpose": row.purpose,
        "programme_id": ids.show("programme", row.programme_id),
        "programme": policy.policy.programme,
        "policy_number": policy.number,
    }


def _work(connection: Connection, ids: Ids, key: int | None) -> dict[str, Any] | None:
    if key is None:
        return None
    row = connection.execute(select(work).where(work.c.id == key)).one()
    return {
        "id": ids.show("work", key),
        "queue": queue_name(row.queue),
        "tier": row.tier,
        "blind": row.blind,
        "because": row.because,
    }


def _decision(connection: Connection, batch_id: int | None, item_id: int, key: int) -> dict[str, Any] | None:
    """What was accepted in the label's batch, and whether it rests on this label."""
    if batch_id is None:
        return None
    row = connection.execute(
        select(decision.c.state, decision.c.judgements, decision.c.because, value.c.answer)
        .outerjoin(value, value.c.id == decision.c.value_id)
        .where(decision.c.batch_id == batch_id, decision.c.item_id == item_id)
    ).one_or_none()
    if row is None:
        return None
    return {
        "state": DECISION_NAMES[row.state],
        "answer": json.loads(row.answer) if row.answer else None,
        "because": row.because,
        "rests_on_it": key in json.loads(row.judgements),
    }


def _sealed(connection: Connection, ids: Ids, item_id: int, batch_id: int) -> list[dict[str, Any]]:
    """The dataset releases that hold the item as this batch decided it."""
    rows = connection.execute(
        select(release.c.id, release.c.name, release.c.number)
        .join(
            release_row,
            (release_row.c.programme_id == release.c.programme_id)
            & (release_row.c.name == release.c.name)
            & _holds(release.c.number),
        )
        .where(release_row.c.item_id == item_id, release_row.c.batch_id == batch_id, release.c.kind == "dataset")
        .order_by(release.c.id)
    )
    return with_runs(connection, ids, [(key, name, number) for key, name, number in rows])
