"""The line from batches to evaluations as a picture: which batches a release holds, which runs learnt from it."""

import json
from typing import Any

from sqlalchemy import Connection, select

from goldloop.core.ids import Ids
from goldloop.programmes.lineage.training_runs import shown
from goldloop.store.releases import parents_of, releases
from goldloop.store.schema import batch
from goldloop.store.training_runs import runs

MOST_RELEASES = 30
MOST_BATCHES = 200


def graph(connection: Connection, ids: Ids, programme_id: int) -> dict[str, Any]:
    """The newest releases of a programme with the batches they hold and every training run; older ones are counted."""
    of = {row.id: row for row in releases(connection, programme_id, "dataset")}
    newest = list(of.values())[:MOST_RELEASES]
    about = {row.id: json.loads(row.body) for row in newest}
    held = sorted({key for body in about.values() for key in body.get("batches", ())}, reverse=True)
    rows = connection.execute(
        select(batch.c.id, batch.c.name, batch.c.purpose, batch.c.item_count)
        .where(batch.c.id.in_(held[:MOST_BATCHES]))
        .order_by(batch.c.id)
    )
    return {
        "batches": [
            {"id": ids.show("batch", row.id), "name": row.name, "purpose": row.purpose, "items": row.item_count}
            for row in rows
        ],
        "more_batches": max(0, len(held) - MOST_BATCHES),
        "releases": [
            {
                "id": ids.show("release", row.id),
                "name": row.name,
                "number": row.number,
                "rows": about[row.id].get("rows"),
                "erased": about[row.id].get("erased") is not None,
                "sealed_at": row.sealed_at,
                "batches": [ids.show("batch", key) for key in about[row.id].get("batches", ())],
                "parents": [ids.show("release", key) for key in parents_of(connection, row.id) if key in of],
            }
            for row in newest
        ],
        "more_releases": max(0, len(of) - MOST_RELEASES),
        "runs": shown(connection, ids, runs(connection, programme_id), of),
    }
