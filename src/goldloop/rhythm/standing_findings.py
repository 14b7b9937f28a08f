"""What stands and nobody looks at: doubted gold, exams without an end, work that waits for nobody, people who drift.

Labels that are suspected, or in doubt since a ruling, and that nobody has judged again stand there too.

Each is read every night by the rule of the page that shows it, and is one brief that a healthy reading closes.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

from goldloop.core.ids import Ids
from goldloop.core.policy import Policy
from goldloop.loop.brief import MOST_ITEMS, Reading
from goldloop.quality.calibration.gold import doubts
from goldloop.quality.escalations.amended import amended
from goldloop.quality.people.drifting import drifting
from goldloop.quality.suspects.measured import looked_at
from goldloop.store.batches import batches, progress
from goldloop.store.calibrations import calibrations
from goldloop.store.codes import CALIBRATION_NAMES
from goldloop.store.gold import gold_rows
from goldloop.store.gold_works import item_tallies
from goldloop.store.nobody_left import nobody_left, stuck
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import newest_release

SHOWN = 3  # reasons that a finding names


def standing_findings(connection: Connection, ids: Ids, programme_id: int) -> list[Reading]:
    """How each of them stands now; healthy ones say so, and close what was found before."""
    policy = policy_in_force(connection, programme_id).policy
    return [
        *_gold(connection, programme_id, policy),
        _exams(connection, ids, programme_id),
        _lanes(connection, programme_id),
        *_audits(connection, programme_id),
        *drifting(connection, ids, programme_id),
        *amended(connection, ids, programme_id),
        looked_at(connection, ids, programme_id),
    ]


def _gold(connection: Connection, programme_id: int, policy: Policy) -> Iterator[Reading]:
    """The newest release of the gold that people are measured on, by the rule of its page."""
    doc = policy.calibration
    row = newest_release(connection, programme_id, "gold", doc.gold) if doc is not None else None
    if doc is None or row is None:
        return
    standing = {one.item_id: one for one in gold_rows(connection, row.id) if one.withdrawn_at is None}
    found = doubts(item_tallies(connection, row.id), floor=doc.exam.floor, least=doc.exam.size)
    told = [one for one in found if one.item_id in standing and one.p is not None]
    doubted = [one for one in told if one.suspected]
    because = f"{len(doubted):,} of {len(told):,} items that good people have answered, of {len(standing):,}"
    if doubted:
        because += f"; {doubted[0].because}"
    yield Reading(
        programme_id,
        f"gold:{doc.gold}",
        "gold",
        f"Good people doubt items of the gold {doc.gold}",
        not doubted if told else None,
        because,
        scope={"gold": doc.gold, "items": [standing[one.item_id].external_id for one in doubted][:MOST_ITEMS]},
    )


def _exams(connection: Connection, ids: Ids, programme_id: int) -> Reading:
    rows = [one for one in calibrations(connection, programme_id) if CALIBRATION_NAMES[one.state] == "undecided"]
    n = len(rows)
    because = f"{n:,} {'waits' if n == 1 else 'wait'} for a senior" + (f"; {rows[0].because}" if rows else "")
    return Reading(
        programme_id,
        "exams:undecided",
        "exam",
        "Exams have ended undecided, and no senior has ruled on them",
        not rows,
        because,
        scope={"people": [ids.show("actor", one.person_id) for one in rows]},
    )


def _lanes(connection: Connection, programme_id: int) -> Reading:
    """Works whose requirements nobody on the roster meets; what is one person's alone is theirs to end."""
    found = [one for one in stuck(connection, programme_id) if one.wanted.person is None]
    works = sum(one.works for one in found)
    reasons = sorted({one.because for one in found})[:SHOWN]
    because = f"{works:,} works wait" + (f": {'; '.join(reasons)}" if reasons else " for nobody")
    return Reading(
        programme_id,
        "stuck:roster",
        "stuck",
        "Work waits that nobody on the roster may do",
        not found,
        because,
        scope={"works": works, "because": reasons},
    )


def _audits(connection: Connection, programme_id: int) -> Iterator[Reading]:
    """Works of open audits of which everybody who may do them has judged the item before."""
    left: dict[str, int] = {}
    first: int | None = None
    for row in batches(connection, programme_id):
        if row.purpose != "audit" or progress(connection, row.id).open == 0:
            continue
        if works := nobody_left(connection, programme_id, row.id):
            left[row.name] = works
            first = row.id
    works = sum(left.values())
    names = ", ".join(f"{name} {n:,}" for name, n in list(left.items())[:SHOWN])
    yield Reading(
        programme_id,
        "stuck:audits",
        "stuck",
        "Audits wait for somebody who has not judged their items before",
        not left,
        f"{works:,} works wait" + (f": {names}" if left else " for nobody"),
        batch_id=first,
        scope={"works": works},
    )
