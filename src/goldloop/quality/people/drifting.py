"""Drift of people as findings: whose errors have become frequent, at a rate of false alarms that was decided before.

The alarm is the control chart of the person's own report: one finding a person, which ends once the chart is back below
its limit. A person reads the same chart, and may contest every answer in it.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

from goldloop.core.clock import minute
from goldloop.core.ids import Ids
from goldloop.loop.brief import Reading
from goldloop.quality.people.reports import reader
from goldloop.quality.people.rules import RUN_LENGTH, Tally, charts
from goldloop.store.actors import actors
from goldloop.store.briefs import UNREPAIRED, briefs
from goldloop.store.person_record import all_checked
from goldloop.store.schema import brief

SOURCE = "drift"


def drifting(connection: Connection, ids: Ids, programme_id: int) -> Iterator[Reading]:
    """Everybody whose chart stands above its limit now, and everybody of whom that was found before."""
    found = all_checked(connection, programme_id)
    read = reader(connection, programme_id, {key for one in found for key in (one.value_id, one.reference_id)})
    wrong: dict[int, list[bool]] = {}
    said_at: dict[int, list[int]] = {}
    for one in found:
        said, reference = read.says(one.value_id, one.ontology_id), read.says(one.reference_id, one.reference_under)
        if said is not None and reference is not None:
            wrong.setdefault(one.actor_id, []).append(said != reference)
            said_at.setdefault(one.actor_id, []).append(one.said_at)
    if not wrong:
        return
    checked = sum(map(len, wrong.values()))
    known = {
        one.key for one in briefs(connection, programme_id, brief.c.source == SOURCE, brief.c.state.in_(UNREPAIRED))
    }
    everybodys = charts(wrong, Tally(checked - sum(map(sum, wrong.values())), checked))
    names = actors(connection, list(everybodys))
    for key, chart in everybodys.items():
        public = ids.show("actor", key)
        above = bool(chart.upper[-1] >= chart.limit[-1])
        if not above and f"{SOURCE}:{public}" not in known:
            continue
        mine, first = wrong[key], chart.first_signal
        since = f" since {minute(said_at[key][first])}" if above and first is not None else ""
        yield Reading(
            programme_id,
            f"{SOURCE}:{public}",
            SOURCE,
            f"Errors of {names[key].name} have become frequent",
            not above,
            f"the chart of {len(mine):,} checked answers, {sum(mine):,} of them wrong, stands at {chart.upper[-1]:.0f} "
            f"of {chart.limit[-1]:.0f}{since}; who errs as often as everybody together is named once in "
            f"{RUN_LENGTH:,} answers",
            scope={"people": [public]},
            data_at=said_at[key][-1],
        )
