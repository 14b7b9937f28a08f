"""Audits of releases as people read them: the promise, every run, and where what was found wrong had gone."""

from typing import Any

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.clock import DAY
from goldloop.core.ids import Ids
from goldloop.core.nouns import Spec
from goldloop.core.policy import AuditDoc
from goldloop.loop.alike import alike
from goldloop.quality.audits.release import Audit, audits, judged_labels
from goldloop.store import batches
from goldloop.store.delivered import delivered_labels, receipts, releases_with
from goldloop.store.evidence import verdicts
from goldloop.store.nobody_left import nobody_left


def audit_line(connection: Connection, ids: Ids, programme_id: int, name: str, doc: AuditDoc) -> dict[str, Any]:
    """A declared audit with its runs, newest first, and when it is due again."""
    runs = audits(connection, programme_id, name)
    return {
        "name": name,
        **doc.model_dump(mode="json"),
        "due_at": runs[0].row.created_at + round(doc.every_days * DAY) if runs else None,
        "runs": [_run(connection, ids, one) for one in runs],
    }


def _run(connection: Connection, ids: Ids, one: Audit) -> dict[str, Any]:
    labels = delivered_labels(connection, one.release)
    said = judged_labels(connection, one)
    task = families.task.build(Spec.model_validate_json(one.row.task))
    means = alike(connection, task, {*said.values(), *(labels[key].value_id for key in said if key in labels)})
    wrong = {
        key
        for key, value in said.items()
        if key in labels and means.get(labels[key].value_id, labels[key].value_id) != means.get(value, value)
    }
    decided = verdicts(connection, ids, one.row.id)
    failed = bool(decided) and decided[0].outcome == "fail"
    affected = {labels[key].batch_id for key in wrong} if failed else set()
    return {
        "batch_id": ids.show("batch", one.row.id),
        "batch": one.row.name,
        "release_id": ids.show("release", one.release.id),
        "release": f"{one.release.name} {one.release.number}",
        "labels": one.drawn.frame_size,
        "opened": one.row.item_count,
        "judged": len(said),
        "wrong": len(wrong),
        "nobody_left": nobody_left(connection, one.row.programme_id, one.row.id),
        "verdict": decided[0].model_dump(mode="json") if decided else None,
        "affected_batches": [
            {"id": ids.show("batch", key), "name": batches.batch_row(connection, key).name} for key in sorted(affected)
        ],
        "affected_releases": _releases(connection, ids, one.row.programme_id, affected),
        "started_at": one.row.created_at,
    }


def _releases(connection: Connection, ids: Ids, programme_id: int, affected: set[int]) -> list[dict[str, Any]]:
    if not affected:
        return []
    found = releases_with(connection, programme_id, affected)
    got: dict[int, list[dict[str, Any]]] = {}
    for one in receipts(connection, [key for key, _, _ in found]):
        got.setdefault(one.release_id, []).append({"who": one.who, "times": one.times, "at": one.at})
    return [
        {"id": ids.show("release", key), "name": name, "number": number, "received_by": got.get(key, [])}
        for key, name, number in found
    ]
