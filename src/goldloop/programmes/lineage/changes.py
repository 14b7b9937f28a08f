"""Two releases of one dataset compared row by row: what was added, removed, relabelled, why and by whom."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, select

from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.ids import Ids
from goldloop.store.bulk import find_rows
from goldloop.store.programmes import programme_row
from goldloop.store.release_changes import CHANGES, Change, Place, changes, count_changes, count_rows
from goldloop.store.releases import ReleaseRow, parents_of, release_row_of
from goldloop.store.schema import actor, batch, decision, erased, item, judgement, organisation
from goldloop.store.values import answers

MOST_PAIRS = 200
NONE: dict[str, Any] = {"batch": None, "batch_id": None, "by": []}


def release_before(connection: Connection, row: ReleaseRow) -> ReleaseRow:
    """The release of the same name that this one came after. Raises Invalid for a first one."""
    for key in parents_of(connection, row.id):
        found = release_row_of(connection, key)
        if (found.kind, found.name) == ("dataset", row.name):
            return found
    raise Invalid(
        "there is nothing to compare the first release with",
        field="since",
        expected="a release before it",
        found="none",
    )


def in_order(a: ReleaseRow, b: ReleaseRow) -> tuple[ReleaseRow, ReleaseRow]:
    """Two releases of one dataset, the earlier first. Raises Invalid where they are not."""
    for row in (a, b):
        if row.kind != "dataset":
            raise Invalid("rows are compared of datasets", field="since", expected="a dataset", found=row.kind)
    if (a.programme_id, a.name) != (b.programme_id, b.name):
        raise Invalid(
            "these are not two releases of one dataset",
            field="since",
            expected=f"a release of {b.name!r}",
            found=a.name,
        )
    return (a, b) if a.number <= b.number else (b, a)


def summary(connection: Connection, ids: Ids, before: ReleaseRow, after: ReleaseRow) -> dict[str, Any]:
    """How many rows changed and how, and which labels became which."""
    counted = count_changes(connection, before, after)
    pairs = [one for one in counted if one.before_value is not None and one.after_value is not None]
    pairs = [one for one in pairs if one.before_value != one.after_value]
    texts = answers(connection, sorted({key for one in pairs for key in (one.before_value, one.after_value) if key}))
    return {
        "programme": programme_row(connection, after.programme_id).name,
        "before": _release(connection, ids, before),
        "after": _release(connection, ids, after),
        **{change: sum(one.rows for one in counted if one.change == change) for change in CHANGES},
        "pairs": [
            {"before": json.loads(texts[a]), "after": json.loads(texts[b]), "rows": one.rows}
            for one in pairs[:MOST_PAIRS]
            if (a := one.before_value) is not None and (b := one.after_value) is not None
        ],
        "more_pairs": max(0, len(pairs) - MOST_PAIRS),
    }


def rows(
    connection: Connection,
    ids: Ids,
    before: ReleaseRow,
    after: ReleaseRow,
    visible: ColumnElement[bool],
    *,
    only: str | None,
    place: Place,
    limit: int,
) -> tuple[list[dict[str, Any]], Place | None]:
    """A page of changed rows and where the next one begins; items that the reader may not see are left out."""
    page = changes(connection, before, after, only=only, place=place, limit=limit)
    keys = [one.item_id for one in page]
    seen = {
        row.id: row.external_id
        for row in connection.execute(select(item.c.id, item.c.external_id).where(item.c.id.in_(keys), visible))
    }
    gone = {
        row.item_id: row.because
        for row in connection.execute(select(erased.c.item_id, erased.c.because).where(erased.c.item_id.in_(keys)))
    }
    values = {key for one in page for key in (one.before_value, one.after_value) if key is not None}
    texts = {key: json.loads(text) for key, text in answers(connection, sorted(values)).items()}
    why = _why(connection, ids, page)
    public = dict(zip(keys, ids.show_many("item", keys), strict=True))
    out = [
        {
            "change": one.change,
            "item_id": public[one.item_id],
            "external_id": seen[one.item_id],
            "before": texts[one.before_value] if one.before_value is not None else None,
            "after": texts[one.after_value] if one.after_value is not None else None,
            **_because(one, why, gone),
        }
        for one in page
        if one.item_id in seen
    ]
    return out, page[-1].place if len(page) == limit else None


def _because(one: Change, why: dict[tuple[int, int], dict[str, Any]], gone: dict[int, str]) -> dict[str, Any]:
    if one.after_batch is not None:
        return why.get((one.after_batch, one.item_id), {**NONE, "because": None})
    if one.item_id in gone:
        return {**NONE, "because": f"erased: {gone[one.item_id]}"}
    return {**NONE, "because": "its batch is not in the later release, or its label was taken back"}


def _why(connection: Connection, ids: Ids, page: Sequence[Change]) -> dict[tuple[int, int], dict[str, Any]]:
    """What each row's decision says, and who said what it rests on, by batch and item."""
    keys = {(one.after_batch, one.item_id) for one in page if one.after_batch is not None}
    found = connection.execute(
        select(decision.c.batch_id, decision.c.item_id, decision.c.because, decision.c.judgements, batch.c.name)
        .join(batch, batch.c.id == decision.c.batch_id)
        .where(
            decision.c.batch_id.in_(sorted({key for key, _ in keys})),
            decision.c.item_id.in_(sorted({key for _, key in keys})),
        )
    ).all()
    rests_on = {(row.batch_id, row.item_id): from_json(row.judgements) for row in found}
    by = _authors(connection, ids, [key for listed in rests_on.values() for key in listed])
    batches = {key: ids.show("batch", key) for key in {row.batch_id for row in found}}
    return {
        (row.batch_id, row.item_id): {
            "batch": row.name,
            "batch_id": batches[row.batch_id],
            "because": row.because,
            "by": list(
                {one["id"]: one for key in rests_on[row.batch_id, row.item_id] if (one := by.get(key))}.values()
            ),
        }
        for row in found
        if (row.batch_id, row.item_id) in keys
    }


def _authors(connection: Connection, ids: Ids, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Who made each of these judgements."""
    of = dict(find_rows(connection, judgement, ("id", "actor_id"), among="id", of=keys))
    known: dict[int, dict[str, Any]] = {}
    people = sorted(set(of.values()))
    for start in range(0, len(people), 500):
        found = connection.execute(
            select(actor.c.id, actor.c.name, actor.c.kind, organisation.c.name.label("of"))
            .outerjoin(organisation, organisation.c.id == actor.c.organisation_id)
            .where(actor.c.id.in_(people[start : start + 500]))
        )
        for row in found:
            public = ids.show("actor", row.id)
            known[row.id] = {"id": public, "name": row.name, "kind": row.kind, "organisation": row.of}
    return {key: known[person] for key, person in of.items()}


def as_cells(row: dict[str, Any]) -> dict[str, Any]:
    """A changed row for a spreadsheet: labels as JSON, whatever their form, so that every row has the same columns."""
    labels = {part: canonical(row[part]) if row[part] is not None else None for part in ("before", "after")}
    return {**row, **labels, "by": ", ".join(one["name"] for one in row["by"])}


def _release(connection: Connection, ids: Ids, row: ReleaseRow) -> dict[str, Any]:
    return {
        "id": ids.show("release", row.id),
        "name": row.name,
        "number": row.number,
        "rows": count_rows(connection, row),
        "sealed_at": row.sealed_at,
    }
