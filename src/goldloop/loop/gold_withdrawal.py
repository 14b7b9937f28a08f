"""Gold that turned out wrong is withdrawn, and what was made of everybody who answered it is reckoned again."""

from sqlalchemy import Connection

from goldloop.loop.context import Contexts
from goldloop.loop.exam import standing
from goldloop.loop.examine import look, note
from goldloop.store import calibrations, gold, gold_works, ledger
from goldloop.store.codes import CALIBRATION_NAMES, GOLD_KIND
from goldloop.store.programmes import in_force

RULED = "a second senior ruled otherwise when it was contested"


def withdraw(
    connection: Connection,
    contexts: Contexts,
    programme_id: int,
    release_id: int,
    item_id: int,
    because: str,
    *,
    by: int,
    at: int,
) -> int | None:
    """Withdraw an item of gold and reckon again what was made of everybody who answered it; how many changed.

    None where it was withdrawn before. A pass stands: nobody loses by a mistake that was not theirs.
    """
    if not gold.withdraw_gold(connection, release_id, item_id, by=by, because=because, at=at):
        return None
    ledger.record(
        connection,
        "gold.withdrawn",
        programme=programme_id,
        actor=by,
        subject=str(item_id),
        data={"release": release_id, "because": because},
        at=at,
    )
    changed = 0
    policy = contexts.policy(connection, in_force(connection, programme_id).id)
    for person_id, sitting in gold_works.people_on(connection, release_id, item_id):
        row = calibrations.lock_calibration(connection, programme_id, person_id)
        if row is None or row.sitting != sitting or policy.calibration is None:
            continue
        if CALIBRATION_NAMES[row.state] == "exam":
            look(connection, contexts, programme_id, person_id, sitting, GOLD_KIND["exam"], at=at)
            continue
        if CALIBRATION_NAMES[row.state] not in ("paused", "undecided"):
            continue
        counted = [gold_works.tally(connection, programme_id, person_id, sitting, kind) for kind in ("hidden", "exam")]
        by_hidden = calibrations.passed_before(connection, programme_id, person_id, sitting)
        right, n = (counted[0] if by_hidden else counted[1])[:2]
        now = standing(policy.calibration.exam, right, n, least=1)  # an item that is gone takes no proof with it
        if now.outcome == "failed" or (now.outcome == "undecided" and CALIBRATION_NAMES[row.state] == "undecided"):
            continue
        changed += 1
        told = f"{now.because}, without an item that was withdrawn"
        if now.outcome == "passed" or by_hidden:
            note(connection, row, "passed", "recomputed", told, by=None, found=now, at=at)
        elif now.outcome == "undecided":
            note(connection, row, "undecided", "recomputed", told, by=None, found=now, at=at)
        else:
            note(connection, row, "exam", "recomputed", told, by=None, found=now, at=at)
            look(connection, contexts, programme_id, person_id, sitting, GOLD_KIND["exam"], at=at)
    return changed
