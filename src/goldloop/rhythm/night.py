"""The nightly look at a programme: what has lapsed, what stands still, and the digest of a week that is over."""

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.jobs.running import Running
from goldloop.loop.brief import heard
from goldloop.loop.context import Contexts
from goldloop.programmes.coverage.measure import LABELS, measure
from goldloop.quality.sla.evaluate import LOOK_BACK
from goldloop.rhythm.calendar import calendar
from goldloop.rhythm.digest import tell_weeks
from goldloop.rhythm.lapses import hear_lapses
from goldloop.rhythm.standing_findings import standing_findings
from goldloop.store.programmes import policy_in_force
from goldloop.store.schedules import set_schedule


def look(job: Running) -> dict[str, object]:
    """The job: args {"programme"}. Looks what has lapsed and tells the week, at the same hour of every day.

    The hour is that of the programme's clock. A week is told once, by the first look after it.
    """
    store, programme_id, at = job.store, int(job.args["programme"]), now()
    with store.read() as connection:
        covers = policy_in_force(connection, programme_id).policy.coverage is not None
        standing = standing_findings(connection, store.ids, programme_id)
        found = calendar(connection, store.ids, programme_id, since=at - LOOK_BACK, until=at + LOOK_BACK, at=at)
    with store.write() as connection:
        lapsed = hear_lapses(connection, store.ids, programme_id, found, at=at)
        for one in standing:
            heard(connection, one, at=at)
        keep_looking(connection, programme_id, at=at)
    if covers:
        measure(store, programme_id, LABELS, None, at=at)
    return {"lapsed": lapsed, "told": tell_weeks(store, Contexts(), programme_id, at=at)}


def keep_looking(connection: Connection, programme_id: int, *, at: int) -> None:
    """Where clocks change, a day is no 24 hours: the next look is at its hour all the same."""
    policy, args = policy_in_force(connection, programme_id).policy, {"programme": programme_id}
    every, first = policy.next_look(at)
    set_schedule(connection, f"rhythm:{programme_id}", "rhythm", args, every=every, first_at=first)
