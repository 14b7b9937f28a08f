"""The work that repairs a brief: the items of its scope are judged anew, in a batch that the brief names."""

import json
from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict
from goldloop.jobs.running import Running
from goldloop.loop.again import fill_again, open_again
from goldloop.loop.repair import note_batch
from goldloop.store.batches import batch_row, routed_items
from goldloop.store.briefs import BriefRow, brief_row
from goldloop.store.items_named import items_named, tiers_worked_at
from goldloop.store.programmes import policy_in_force

RULE = "judged again to repair a brief"


def work_brief(job: Running) -> dict[str, Any]:
    """The job: args {"brief": key}. Opens one batch; a restart goes on filling it."""
    store, key = job.store, int(job.args["brief"])
    if job.resume is None:
        with store.write() as connection:
            row = brief_row(connection, key)
            found = items_to_judge(connection, row)
            batch_id = _open(connection, store.ids.show("brief", key), row, len(found), by=int(job.asked_by or 0))
            job.save(connection, 0, total=len(found), unit="items", resume=batch_id)
    else:
        batch_id = int(job.resume)
        with store.read() as connection:
            there = set(routed_items(connection, batch_id))
            found = [one for one in items_to_judge(connection, brief_row(connection, key)) if one[0] not in there]
    fill_again(job, batch_id, found, rule=RULE, done=0)
    with store.read() as connection:
        opened = batch_row(connection, batch_id)
    return {"batch": store.ids.show("batch", batch_id), "name": opened.name, "items": opened.item_count}


def items_to_judge(connection: Connection, row: BriefRow) -> list[tuple[int, int]]:
    """(item, tier) of a brief's scope. Raises Conflict where it names none that is worked on here."""
    names = json.loads(row.scope).get("items", [])
    found = items_named(connection, row.programme_id, names)
    tiers = tiers_worked_at(connection, [one.item_id for one in found])
    if not tiers:
        raise Conflict(
            "this brief names no items that could be judged again",
            field="work",
            expected="a brief whose scope lists items",
            found=f"{len(names):,} named, none of them in a batch",
        )
    return sorted(tiers.items())


def _open(connection: Connection, public: str, row: BriefRow, items: int, *, by: int) -> int:
    policy, data = policy_in_force(connection, row.programme_id), {"brief": row.id}
    key = open_again(connection, policy, f"{public.replace('_', '-')}-again", items, by=by, data=data)
    note_batch(connection, row.id, key, f"{items:,} items are judged again", by=by, at=now())
    return key
