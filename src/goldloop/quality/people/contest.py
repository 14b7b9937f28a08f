"""Contesting: a person says that a ruling, an audit or a gold answer against them is wrong, and a second senior rules.

The ruling is ordinary review work on the same item in the same batch: nobody who has said anything of the item gets it,
and what is ruled becomes the accepted label. How often rulings and gold are overturned measures those who made them.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.families import STANCES, Measured
from goldloop.loop.context import Contexts
from goldloop.loop.ruling import Slot
from goldloop.loop.slots import FOLLOW_UP_PRIORITY, Lanes, new_work
from goldloop.measures.say import measured, nothing
from goldloop.store import ledger
from goldloop.store import work as queue
from goldloop.store.contests import (
    ContestRow,
    add_contest,
    audit_against,
    gold_against,
    is_contested,
    ruling_against,
    somebody_left,
    subject,
)
from goldloop.store.erased import is_erased
from goldloop.store.items import attributes

BECAUSE = "contested: a second senior rules"
OVERTURNED = "share of ruled contests in which the second senior sided with who contested"


def contest(
    connection: Connection, contexts: Contexts, person_id: int, judgement_id: int, because: str, *, at: int
) -> int:
    """Contest what stands against one's own answer, and open the second ruling; the contest's key.

    Raises NotFound for somebody else's answer, Conflict where nothing stands against it or nobody is left to rule.
    """
    said = subject(connection, judgement_id)
    if said is None or said.actor_id != person_id:
        raise NotFound("there is no such answer of yours", field="judgement_id")
    if len(because.strip()) < 10:
        raise Invalid("a contest needs its reason", field="because", expected="at least 10 characters", found=because)
    if STANCES[said.stance] not in ("answer", "accept"):
        raise Conflict("only an answer can be contested about", field="judgement_id", found=STANCES[said.stance])
    found = (
        ("correction", ruling_against(connection, said)),
        ("audit", audit_against(connection, said)),
        ("gold", gold_against(connection, said)),
    )
    kind, against = next(((kind, key) for kind, key in found if key is not None), ("", None))
    if against is None:
        raise Conflict(
            "nothing stands against this answer", field="judgement_id", expected="a different ruling or gold"
        )
    if is_contested(connection, said.id):
        raise Conflict("this answer has been contested already", field="judgement_id", expected="the ruling awaited")
    if is_erased(connection, said.item_id):
        raise Conflict("the item was erased; nobody can look at it again", field="judgement_id")
    context = contexts.batch(connection, said.batch_id)
    tier = context.policy.consensus.tier
    if not somebody_left(connection, said, tier=tier):
        raise Conflict(
            "nobody is left who could rule",
            field="judgement_id",
            expected=f"a member who works at tier {tier} and has said nothing of this item",
            found="none",
        )
    slot = Slot("review", tier, "ruling", False, BECAUSE, tuple(sorted((said.id, against))))
    lane = Lanes(connection, context).of(slot, attributes(connection, [said.item_id]).get(said.item_id))
    work = new_work(
        context, said.item_id, slot, lane_id=lane, number=1, priority=FOLLOW_UP_PRIORITY, suggestion_id=None, at=at
    )
    (work_id,) = queue.open_works(connection, [work])
    key = add_contest(connection, said, against_id=against, kind=kind, because=because.strip(), work_id=work_id, at=at)
    ledger.record(
        connection,
        "contest.made",
        programme=said.programme_id,
        actor=person_id,
        subject=str(key),
        data={"judgement": said.id, "against": against, "kind": kind},
        at=at,
    )
    return key


def outcome(row: ContestRow) -> str:
    """What the second senior said: `open`, `overturned`, `stands`, or `neither`."""
    if row.ruled_at is None:
        return "open"
    if row.ruled == row.said:
        return "overturned"
    return "stands" if row.ruled == row.held else "neither"


class Overturns(NamedTuple):
    """How often what one senior ruled, or what gold says, did not stand."""

    kind: str
    who: str | None
    rate: Measured


def overturns(rows: Sequence[ContestRow]) -> list[Overturns]:
    """Overturn rates: of gold as a whole, and of everybody whose ruling or audit was contested, by name."""
    groups: dict[tuple[str, str | None], list[ContestRow]] = {}
    for row in rows:
        groups.setdefault((row.kind, None if row.kind == "gold" else row.against), []).append(row)
    return [
        Overturns(kind, who, _rate(group))
        for (kind, who), group in sorted(groups.items(), key=lambda one: (one[0][0], one[0][1] or ""))
    ]


def _rate(rows: Sequence[ContestRow]) -> Measured:
    said = [outcome(row) for row in rows]
    ruled = [one for one in said if one != "open"]
    if not ruled:
        return nothing("no second ruling is in yet", method=OVERTURNED, eligible=len(rows))
    found = statistics.estimate.proportion(
        ruled.count("overturned"), len(ruled), method="clopper-pearson", eligible=len(rows)
    )
    return measured(found, method=OVERTURNED)
