"""Rows as clients read them: keys become public ids in one place."""

import json
from typing import Any

from goldloop.core.ids import Ids
from goldloop.loop.hand_out import Assignment, Shown
from goldloop.store.batches import BatchRow, Progress, QueueState
from goldloop.store.codes import queue_name as queue_name
from goldloop.store.programmes import PolicyRow
from goldloop.store.releases import ReleaseRow


def programme(ids: Ids, row: PolicyRow, organisation: str, created_at: int) -> dict[str, Any]:
    """A programme with the version of its policy in force."""
    return {
        "id": ids.show("programme", row.programme_id),
        "name": row.policy.programme,
        "title": row.policy.title,
        "organisation": organisation,
        "number": row.number,
        "created_at": created_at,
    }


def progress(row: Progress) -> dict[str, int]:
    """How far a batch is."""
    return {"items": row.items, "decided": row.decided, "disputed": row.disputed, "open": row.open}


def queue_state(row: QueueState) -> dict[str, Any]:
    """Where the works of a queue and tier stand."""
    return {
        "queue": queue_name(row.queue),
        "tier": row.tier,
        "works": row.works,
        "ready": row.ready,
        "leased": row.leased,
        "done": row.closed,
    }


def batch(ids: Ids, row: BatchRow, owner: str, state: str) -> dict[str, Any]:
    """A batch; its state follows from its verdicts."""
    return {
        "id": ids.show("batch", row.id),
        "programme_id": ids.show("programme", row.programme_id),
        "name": row.name,
        "purpose": row.purpose,
        "task": json.loads(row.task),
        "ontology_id": ids.show("release", row.ontology_id),
        "gate": row.gate,
        "owner": owner,
        "due_at": row.due_at,
        "items": row.item_count,
        "state": state,
        "parent_id": ids.show("batch", row.parent_id) if row.parent_id is not None else None,
        "created_at": row.created_at,
    }


def release(ids: Ids, row: ReleaseRow) -> dict[str, Any]:
    """A release."""
    return {
        "id": ids.show("release", row.id),
        "programme_id": ids.show("programme", row.programme_id),
        "kind": row.kind,
        "name": row.name,
        "number": row.number,
        "digest": row.digest.hex(),
        "sealed_at": row.sealed_at,
    }


def assignment(ids: Ids, one: Assignment, *, programme_name: str, mark: str | None = None) -> dict[str, Any]:
    """A work with what its person may see. `mark` stands over it where the programme declares a workspace.

    Its batch is not told: the name of one would give away that it looks at something anew.
    """
    return {
        "work_id": ids.show("work", one.work_id),
        "item_id": ids.show("item", one.item_id),
        "programme_id": ids.show("programme", one.programme_id),
        "programme": programme_name,
        "queue": one.queue,
        "tier": one.tier,
        "body": one.body,
        "order": one.order,
        "task": one.task,
        "ontology_id": ids.show("release", one.ontology_id),
        "guideline_id": ids.show("release", one.guideline_id) if one.guideline_id is not None else None,
        "suggestion": _shown(ids, one.suggestion) if one.suggestion else None,
        "others": [
            {**_shown(ids, other), "comment": other.comment, "by": "model" if other.by_model else "person"}
            for other in one.others
        ],
        "because": one.because,
        "human_only": one.human_only,
        "cacheable": one.cacheable and mark is None,
        "mark": mark,
        "expires_at": one.expires_at,
        "due_at": one.due_at,
        "questions": [
            {
                "id": ids.show("judgement", asked.judgement_id),
                "text": asked.text,
                "about": asked.about,
                "asked_at": asked.asked_at,
            }
            for asked in one.questions
        ],
        "errors": [{"id": kind.id, "name": kind.name} for kind in one.errors],
        "training": one.training,
        "content": [{"id": kind.id, "title": kind.title} for kind in one.content],
        "blur": one.blur and bool(one.content),
    }


def _shown(ids: Ids, one: Shown) -> dict[str, Any]:
    return {
        "id": ids.show("judgement", one.judgement_id),
        "answer": one.answer,
        "order": one.order,
    }
