"""Making what came in findable by its words, behind the import that took it in."""

import json
import time
from typing import Any

from sqlalchemy import select

from goldloop.jobs.running import Running
from goldloop.store.item_text import index_items, text_of
from goldloop.store.schema import item, take_in

STEP = 200  # items of one transaction: people's submits wait behind it, some milliseconds
GIVES_WAY = 5_000  # items after which it looks whether somebody waits for a job of theirs
BREATH = 0.0005  # seconds between transactions in which a waiting submit gets its turn


def index_text(job: Running) -> dict[str, Any]:
    """The job: args {"subject": key of the take-in}. Goes on after the last item that is in."""
    key = int(job.args["subject"])
    done, after = job.resume or (0, 0)
    with job.store.read() as connection:
        programme_id, total = connection.execute(
            select(take_in.c.programme_id, take_in.c.item_count).where(take_in.c.id == key)
        ).one()
    while True:
        with job.store.read() as connection:
            rows = connection.execute(
                select(item.c.id, item.c.external_id, item.c.body)
                .where(item.c.take_in_id == key, item.c.id > after)
                .order_by(item.c.id)
                .limit(STEP)
            ).all()
        if not rows:
            return {"items": done}
        found = [(row.id, text_of({"id": row.external_id, **_mapping(row.body)})) for row in rows]
        with job.store.write(durable=False) as connection:
            index_items(connection, programme_id, found)
            done, after = done + len(found), found[-1][0]
            job.save(connection, done, total=max(total, done), unit="items", resume=(done, after))
        if done % GIVES_WAY == 0:
            job.give_way()
        time.sleep(BREATH)


def _mapping(body: str) -> dict[str, Any]:
    """A body under keys that its item's own id does not take."""
    return {"body": json.loads(body)}
