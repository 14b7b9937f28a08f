"""Adopting a bound: its thresholds become rules of the programme file, through the door of every file."""

import json
from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Forbidden
from goldloop.core.programme_file import rewritten
from goldloop.jobs.running import Running
from goldloop.programmes.file.apply import Applied, apply
from goldloop.store import bounds, jobs, ledger
from goldloop.store.bounds import BoundRow
from goldloop.store.caller import Caller, caller_of_actor
from goldloop.store.programmes import policy_in_force, policy_text

LEAST_REASON = 10


def file_with(connection: Connection, row: BoundRow) -> str:
    """The programme file in force with a bound's rules in it. Raises Conflict where the file has moved on."""
    policy = policy_in_force(connection, row.programme_id)
    if policy.id != row.policy_id:
        raise Conflict(
            "the programme file has changed since this bound was designed",
            field="number",
            expected="a new design: goldloop confidence design",
            found=f"version {policy.number} of the file",
        )
    text = policy_text(connection, row.programme_id, policy.number)
    return rewritten(text, {"routing": json.loads(row.doc)["routing"]})


def adopt(connection: Connection, caller: Caller, row: BoundRow, *, tighten: bool, because: str, at: int) -> Applied:
    """Put a bound's thresholds in force as the next version of the programme file. Raises Conflict where none may."""
    doc = json.loads(row.doc)
    if row.adopted_at is not None:
        raise Conflict("this bound was adopted before", expected="a new design: goldloop confidence design")
    if row.replaces_id is None and all(one["threshold"] is None for one in doc["groups"]):
        raise Conflict(
            "no threshold of this bound is certified",
            field="number",
            expected=doc["groups"][0]["takes"]["because"] if doc["groups"][0]["takes"] else "a certified threshold",
            found="none",
        )
    if doc["shift"]["shifted"] and len(because.strip()) < LEAST_REASON:
        raise Conflict(
            doc["shift"]["because"],
            field="because",
            expected="a fresh calibration sample, or the reason why this one may be used",
            found=because,
        )
    text = file_with(connection, row)
    done = apply(connection, caller, text, at=at, name=f"bound {row.number}")
    bounds.adopt_bound(connection, row.id, by=caller.actor_id, tighten=tighten, at=at)
    ledger.record(
        connection,
        "bound.adopted",
        programme=row.programme_id,
        actor=caller.actor_id,
        subject=str(row.id),
        data={"number": row.number, "version": done.number, "tighten": tighten, "because": because.strip()},
        at=at,
    )
    args = {"programme": row.programme_id}
    jobs.enqueue(connection, "check_bounds", args, programme=row.programme_id, asked_by=caller.actor_id)
    return done


def adopt_bound(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "bound"}. A bound that no longer held is replaced, as its adopter allowed."""
    with job.store.write() as connection:
        row = bounds.find_bound(connection, int(job.args["programme"]), int(job.args["bound"]))
        if row.adopted_at is not None:
            return {"bound": row.number, "state": "adopted before"}
        caller = caller_of_actor(connection, job.asked_by) if job.asked_by is not None else None
        if caller is None:
            raise Forbidden("who allowed this may no longer act", expected="somebody who adopts the tighter bound")
        done = adopt(connection, caller, row, tighten=True, because="the bound it replaces no longer held", at=now())
    return {"bound": row.number, "version": done.number, "changes": [change.path for change in done.changes]}
