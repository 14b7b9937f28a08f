"""What batches tell of people: how often they are right, differ, follow, ask and redo."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.labelling.planning.measured import LEAST, LEVEL, WILSON, Pilot, put, share
from goldloop.store import observed
from goldloop.store.arms import armed
from goldloop.store.batches import BatchRow
from goldloop.store.codes import QUEUE, STANCE
from goldloop.store.draws import chances
from goldloop.store.observed import Took
from goldloop.store.spending import sent_back_at


class Arm(NamedTuple):
    """An item of the blind draw: was its suggestion hidden, with which chance, and does the answer say the same."""

    hidden: bool
    chance: float
    stands: bool


def put_people(
    connection: Connection, rows: Sequence[BatchRow], took: Sequence[Took], out: Pilot, *, items: int
) -> None:
    several = [found for row in rows for found in observed.unseen_answers(connection, row.id).values()]
    pairs = [answers[0] != answers[1] for answers in several if len(answers) > 1]
    if pairs:
        method = f"items on which the first two independent answers differ; {WILSON}"
        put(out, "people.differ", share(sum(pairs), len(pairs)), len(pairs), len(several), method)
    held = [one for row in rows for one in observed.held_to_audits(connection, row.id)]
    _right_people(held, pairs, out)
    put_anchoring(connection, rows, out)
    objections = [one for one in took if one.queue == QUEUE["verify"] and one.stance != STANCE["accept"]]
    corrected = sum(one.stance == STANCE["answer"] for one in objections)
    if objections:
        method = f"objections to suggestions that were corrected in place; {WILSON}"
        put(out, "people.corrects", share(corrected, len(objections)), len(objections), len(objections), method)
    asked = sum(observed.escalated_in(connection, row.id) for row in rows)
    method = f"works that ended with a question, over items; {WILSON}"
    put(out, "people.escalates", share(min(asked, items), items), items, items, method)
    back = sum(len(sent_back_at(connection, row.id)) for row in rows)
    put(out, "people.reworked", share(back, items), items, items, f"items that were sent back; {WILSON}")


def _right_people(held: Sequence[observed.Held], pairs: Sequence[bool], out: Pilot) -> None:
    """How often people are right: beside audits; else from how often two of them differ."""
    by: dict[int, list[bool]] = defaultdict(list)
    for one in held:
        by[one.tier].append(one.value_id == one.reference_id)
    whole = [hit for part in by.values() for hit in part]
    if len(whole) >= LEAST:
        right = {tier: share(sum(part), len(part)) for tier, part in by.items() if len(part) >= LEAST}
        right = right or {1: share(sum(whole), len(whole))}
        method = f"answers given without a suggestion that an audit confirmed, by tier; {WILSON}"
        put(out, "people.right", right, len(whole), len(whole), method)
    elif len(pairs) >= LEAST:
        found = share(sum(pairs), len(pairs))
        alike = {"value": _alike(found["value"]), "low": _alike(found["high"]), "high": _alike(found["low"])}
        method = "from how often two people differ, as if they never made the same mistake"
        put(out, "people.right", alike, len(pairs), len(pairs), method)
    else:
        out.missing["people.right"] = "no audit and no second answer says how often people are right"


def _alike(differ: float) -> float:
    """How often each of two people is right who differ so often: 2 p (1 - p) = differ."""
    return (1 + math.sqrt(max(0.0, 1 - 2 * differ))) / 2


def put_anchoring(connection: Connection, rows: Sequence[BatchRow], out: Pilot) -> None:
    """How many more suggestions stand when they are shown, as a share of those that people would have objected to."""
    arms = []
    for row in rows:
        drawn = chances(connection, row.id, "blind")
        for one in armed(connection, row.id):
            chance = drawn.get(one.rule, 0.0)
            if one.stance is not None and 0 < chance < 1:
                stands = one.stance == STANCE["accept"] or one.value_id == one.suggested
                arms.append(Arm(one.hidden, chance if one.hidden else 1 - chance, stands))
    hidden = sum(one.hidden for one in arms)
    if hidden < LEAST or len(arms) - hidden < LEAST:
        out.missing["people.anchoring"] = f"{hidden} items of a blind share: unknown, not zero"
        return
    method = "agreement shown minus hidden, over what people object to unseen; each item weighs 1 / chance of its arm"
    put(out, "people.anchoring", anchored(arms), len(arms), len(arms), method)


def anchored(arms: Sequence[Arm]) -> dict[str, float]:
    """The share of objections that showing a suggestion takes away, from both arms.

    Batches hide different shares, and differ in how often people agree: so each item weighs the inverse of its chance.
    """
    found = statistics.bias.anchoring(
        [one.stands for one in arms],
        [not one.hidden for one in arms],
        probability=[one.chance for one in arms],
        level=LEVEL,
    ).overall
    assert found.value is not None and found.interval is not None
    room = max(1 - found.details["blind"], 1 / sum(one.hidden for one in arms))
    low, value, high = (
        min(1.0, max(0.0, one / room)) for one in (found.interval.low, found.value, found.interval.high)
    )
    return {"value": value, "low": low, "high": high}
