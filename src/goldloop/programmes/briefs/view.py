"""Briefs as clients read them: how each stands, what happened to it, and what repairing it bought."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection

from goldloop.core.ids import Ids
from goldloop.core.nouns import Evidence
from goldloop.store.actors import actors
from goldloop.store.batches import batch_row
from goldloop.store.briefs import UNREPAIRED, BriefRow, Word, brief_words
from goldloop.store.evidence import evidence_by_key
from goldloop.store.items_named import items_named
from goldloop.store.programmes import programme_row

SHOWN_ITEMS = 200  # of a scope that link to their page


def brief_lines(connection: Connection, ids: Ids, rows: Sequence[BriefRow], *, at: int) -> list[dict[str, Any]]:
    """How some briefs stand."""
    words = brief_words(connection, [row.id for row in rows], ("worked", "waived"))
    who = actors(connection, [row.owner_id for row in rows])
    return [_line(ids, row, who[row.owner_id].name, words[row.id], at=at) for row in rows]


def brief_view(
    connection: Connection, ids: Ids, row: BriefRow, visible: ColumnElement[bool] | None, *, at: int
) -> dict[str, Any]:
    """Everything about a brief: scope, timeline with evidence, what it bought.

    Of the items it names only those are told that one may see, by the condition `visible`; none where that is None.
    """
    words = brief_words(connection, [row.id])[row.id]
    scope = json.loads(row.scope)
    names = scope.pop("items", [])
    shown = names[:SHOWN_ITEMS] if visible is not None else []
    named = items_named(connection, row.programme_id, shown, *([] if visible is None else [visible]))
    measured = evidence_by_key(connection, ids, sorted({key for one in words for key in one.evidence}))
    found = {ids.key("evidence", str(one.id)): one for one in measured}
    (line,) = brief_lines(connection, ids, [row], at=at)
    return {
        **line,
        "programme": programme_row(connection, row.programme_id).name,
        "scope": scope,
        "item_count": len(names),
        "items": [{"item_id": ids.show("item", one.item_id), "external_id": one.external_id} for one in named],
        "batches": [
            {"id": public, "name": batch_row(connection, ids.key("batch", public)).name} for public in line["batch_ids"]
        ],
        "timeline": [_step(ids, one, found) for one in words],
        "bought": bought(words, found),
    }


def bought(words: Sequence[Word], found: Mapping[int, Evidence]) -> list[dict[str, Any]]:
    """For each time a brief was opened: the numbers that opened it beside those that closed it, or None."""
    out: list[dict[str, Any]] = []
    for one in words:
        if one.kind in ("opened", "reopened"):
            out.append({"opened_at": one.at, "before": _numbers(one, found), "closed_at": None, "after": None})
        elif one.kind == "closed" and out:
            out[-1] |= {"closed_at": one.at, "after": _numbers(one, found)}
    return out


def _line(ids: Ids, row: BriefRow, owner: str, words: Sequence[Word], *, at: int) -> dict[str, Any]:
    noted = [one.batch_id for one in words if one.kind == "worked" and one.batch_id is not None]
    return {
        "id": ids.show("brief", row.id),
        "key": row.key,
        "source": row.source,
        "title": row.title,
        "state": row.state,
        "owner": owner,
        "owner_id": ids.show("actor", row.owner_id),
        "due_at": row.due_at,
        "overdue": row.state in UNREPAIRED and row.due_at < at,
        "because": row.because,
        "remedy": row.remedy,
        "relapses": row.relapses,
        "opened_at": row.opened_at,
        "since_at": row.since_at,
        "heard_at": row.heard_at,
        "batch_ids": [ids.show("batch", key) for key in dict.fromkeys(noted)],
        "waivers": [{"by": one.by, "because": one.because, "at": one.at} for one in words if one.kind == "waived"],
    }


def _step(ids: Ids, one: Word, found: Mapping[int, Evidence]) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "because": one.because,
        "by": one.by,
        "healthy": one.healthy,
        "evidence": [_evidence(found[key]) for key in one.evidence if key in found],
        "verdict_id": ids.show("verdict", one.verdict_id) if one.verdict_id is not None else None,
        "batch_id": ids.show("batch", one.batch_id) if one.batch_id is not None else None,
        "at": one.at,
    }


def _numbers(one: Word, found: Mapping[int, Evidence]) -> dict[str, Any]:
    return {"because": one.because, "evidence": [_evidence(found[key]) for key in one.evidence if key in found]}


def _evidence(one: Evidence) -> dict[str, Any]:
    return one.model_dump(mode="json")
