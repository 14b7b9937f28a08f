"""What labels cost, and where the money goes. Pure: works and items in, numbers out."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from goldloop import statistics
from goldloop.core.nouns import Noun

if TYPE_CHECKING:
    from goldloop.stats.result import Estimate

LEVEL = 0.95
PROOF = ("audit", "gold")  # causes of work that proves something
NO_RATE = "no rate is known of this work: neither the person nor the tier has one"
NO_TIME = "no active time is known of this work"


class Work(NamedTuple):
    """One judgement of a person. `cause` is why it was asked for; money in minor units, with fractions."""

    item: tuple[int, int]
    cause: str
    queue: str
    tier: int
    task: str
    seconds: float | None
    money: float | None
    said_at: int


class Item(NamedTuple):
    """One decided item of a production batch, with all the work that went into it so far.

    `arm`: shown or hidden, where a draw decided it; `chance` is that of its arm.
    """

    key: tuple[int, int]
    route: str  # verify, annotate, review, accept
    label: str | None
    task: str
    arm: str | None
    chance: float
    seconds: float | None
    money: float | None


class Cost(Noun):
    """Seconds and money a unit, in all or in one part. `total` is the money of all counted units."""

    by: str
    name: str
    unit: str
    n: int
    eligible: int
    seconds: float | None
    seconds_low: float | None
    seconds_high: float | None
    money: float | None
    money_low: float | None
    money_high: float | None
    total: float | None
    counted: int
    level: float
    because: str | None


class Stream(Noun):
    """So much of one cause went through a queue into labels that stand, or are open."""

    cause: str
    queue: str
    state: str
    judgements: int
    seconds: float
    money: float | None


def costs(works: Sequence[Work], items: Sequence[Item]) -> list[Cost]:
    """A judgement by queue, tier and cause; an item by how it was routed, label and task; and both in all."""
    by_work: tuple[tuple[str, Callable[[Work], str | None]], ...] = (
        ("queue", lambda one: one.queue),
        ("tier", lambda one: f"tier {one.tier}"),
        ("cause", lambda one: one.cause),
    )
    by_item: tuple[tuple[str, Callable[[Item], str | None]], ...] = (
        ("route", lambda one: one.route),
        ("label", lambda one: one.label),
        ("task", lambda one: one.task),
    )
    out = [_cost("all", "", "item", [(one.seconds, one.money) for one in items])]
    for by, part in by_item:
        out += _parts(by, "item", [(part(one), one.seconds, one.money) for one in items])
    out.append(_cost("all", "", "judgement", [(one.seconds, one.money) for one in works]))
    for by, name in by_work:
        out += _parts(by, "judgement", [(name(one), one.seconds, one.money) for one in works])
    return out


def streams(works: Sequence[Work], open_items: frozenset[tuple[int, int]]) -> list[Stream]:
    """Where the money goes: from the cause of the work through its queue to labels that stand or are open."""
    sums: dict[tuple[str, str, str], list[Work]] = defaultdict(list)
    for one in works:
        sums[one.cause, one.queue, "open" if one.item in open_items else "decided"].append(one)
    return [
        Stream(
            cause=cause, queue=queue, state=state, judgements=len(part),
            seconds=sum(one.seconds or 0 for one in part), money=_total([one.money for one in part]),
        )
        for (cause, queue, state), part in sorted(sums.items(), key=lambda one: (-len(one[1]), one[0]))
    ]  # fmt: skip


def _parts(by: str, unit: str, rows: Sequence[tuple[str | None, float | None, float | None]]) -> list[Cost]:
    groups: dict[str, list[tuple[float | None, float | None]]] = defaultdict(list)
    for name, seconds, money in rows:
        if name is not None:
            groups[name].append((seconds, money))
    return [_cost(by, name, unit, groups[name]) for name in sorted(groups)]


def _cost(by: str, name: str, unit: str, rows: Sequence[tuple[float | None, float | None]]) -> Cost:
    seconds = _mean([took for took, _ in rows])
    money = _mean([paid for _, paid in rows])
    paid_for = [paid for _, paid in rows if paid is not None]
    because = None
    if not rows:
        because = "nothing was done yet"
    elif seconds is None:
        because = NO_TIME
    elif money is None:
        because = NO_RATE
    return Cost(
        by=by, name=name, unit=unit, n=sum(took is not None for took, _ in rows), eligible=len(rows),
        seconds=seconds.value if seconds else None,
        seconds_low=seconds.low if seconds else None, seconds_high=seconds.high if seconds else None,
        money=money.value if money else None, money_low=money.low if money else None,
        money_high=money.high if money else None,
        total=_total([paid for _, paid in rows]), counted=len(paid_for), level=LEVEL, because=because,
    )  # fmt: skip


def _mean(values: Sequence[float | None]) -> "Estimate | None":
    known = [value for value in values if value is not None]
    return statistics.estimate.amount(statistics.estimate.mean(known, level=LEVEL)) if known else None


def _total(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
