"""Pre-labels: a version of a model speaks of all items that it has not spoken of, and goes on where it stopped."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from goldloop.core.errors import Unavailable
from goldloop.jobs.running import Running
from goldloop.labelling.models.talk import LIMIT, Talk
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.schema import erased, gold, item

PAGE = 2_000  # items that are read at once


def run(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "model", "version"}. A version speaks of every item it has not spoken of.

    Without a version it is the one in force; any other runs in the shadow: it speaks, and routes nothing.
    """
    with job.store.read() as connection:
        policy = policy_in_force(connection, job.args["programme"])
        total = count_waiting(connection, policy.programme_id)
    name, resume = str(job.args["model"]), job.resume or {}
    talk = Talk(job, policy, name, "prelabel", version=job.args.get("version"), resume=resume.get("talk"))
    after, done, stopped = int(resume.get("after", 0)), int(resume.get("done", 0)), None
    reached = done
    if job.resume is None:  # another start goes on with this run; no step is done by that, or it would start for ever
        job.progress(resume={"after": after, "done": done, "talk": talk.token})

    def tell(more: int) -> None:
        nonlocal reached
        reached = done + more
        job.progress(reached, total=max(total, reached), unit="items")

    while True:
        with job.store.read() as connection:
            keys = _page(connection, policy.programme_id, after)
        if not keys:
            break
        try:
            talk.judge(keys, tell=tell)
        except Unavailable as error:
            if error.field == LIMIT:
                stopped = f"{error}; raise it in the programme file and run again: it goes on where it stopped"
                break
            raise Unavailable(
                f"{error.message}; {reached:,} of {total:,} items are done, and `goldloop job retry` goes on there",
                permanent=error.permanent,
                field=error.field,
                expected=error.expected,
                found=error.found,
                **error.details,
            ) from error
        after, done = keys[-1], done + len(keys)
        token = {"after": after, "done": done, "talk": talk.token}
        job.progress(done, total=max(total, done), unit="items", resume=token)
    return {"model": name, "version": talk.speaker.row.version, "items": done, **talk.summary(), "stopped": stopped}


def judge_items(job: Running, policy: PolicyRow, name: str, keys: Sequence[int]) -> tuple[int, int]:
    """Ask a model's version in force about items it has said nothing of; how many it answered, and refused."""
    talk = Talk(job, policy, name, "second")
    talk.judge(keys)
    return talk.use.said, talk.use.refused


def count_waiting(connection: Connection, programme_id: int) -> int:
    """How many items there are to pre-label: all but known gold and what was erased."""
    statement = select(item.c.id).where(item.c.programme_id == programme_id, _NO_GOLD).subquery()
    return int(connection.execute(select(func.count()).select_from(statement)).scalar_one())


def _page(connection: Connection, programme_id: int, after: int) -> list[int]:
    """The next items that still need a label: gold teaches and measures, it is not pre-labelled."""
    statement = (
        select(item.c.id)
        .where(item.c.programme_id == programme_id, item.c.id > after, _NO_GOLD)
        .order_by(item.c.id)
        .limit(PAGE)
    )
    return list(connection.execute(statement).scalars())


_THERE = ~select(erased.c.item_id).where(erased.c.item_id == item.c.id).exists()
_NO_GOLD = ~select(gold.c.item_id).where(gold.c.item_id == item.c.id).exists() & _THERE
