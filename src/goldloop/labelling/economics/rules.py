"""What labels cost, what they would have cost by hand, and where the money goes. Pure: works in, numbers out.

The baseline is measured, not assumed: the randomised blind share is the same items, labelled in full by the same
people. What a person never looked at has no blind arm; what is put in its place is said.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, variance
from typing import TYPE_CHECKING, NamedTuple

from goldloop import statistics
from goldloop.core.clock import DAY, iso
from goldloop.core.figures import figure, no_figure
from goldloop.core.nouns import Noun
from goldloop.core.policy import Budget

if TYPE_CHECKING:
    from goldloop.stats.result import Estimate

LEVEL = 0.95
FEW = 30  # hidden items below which an interval over times, which are skewed, leans on too little
PACE_DAYS = 14
NORMAL = 1.959963984540054  # the .975 quantile of the normal distribution
PROOF = ("audit", "gold")  # causes of work that proves something
NO_BLIND = "nothing was labelled by hand at random: `blind.share` of the programme file was 0, or its items are open"
NO_RATE = "no rate is known of this work: neither the person nor the tier has one"
NO_TIME = "no active time is known of this work"
ASSUMED = "what nobody looked at is counted as if by hand it took as long as the blind items"


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


class Saving(Noun):
    """What suggestions save, in seconds or in money. `value` of an item is an amount, of the programme a share."""

    of: str  # seconds, money
    about: str  # an item that was verified; the programme; the programme with what proof costs
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    eligible: int
    actual: float | None
    manual: float | None
    method: str
    because: str | None


class Stream(Noun):
    """So much of one cause went through a queue into labels that stand, or are open."""

    cause: str
    queue: str
    state: str
    judgements: int
    seconds: float
    money: float | None


class Day(Noun):
    """What a day cost, and everything up to it."""

    day: str
    money: float
    sum: float


class Burn(Noun):
    """A budget and what is left of it. `expected` is what everything that is in costs when it is labelled."""

    amount: int | None
    currency: str
    until: str | None
    spent: float | None
    uncounted: int
    left: float | None
    waiting: int
    expected: float | None
    expected_low: float | None
    expected_high: float | None
    level: float
    lasts_until: str | None
    state: str  # none, within, short, over, unknown
    because: str
    days: tuple[Day, ...]


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


def savings(works: Sequence[Work], items: Sequence[Item]) -> list[Saving]:
    """Of an item that was verified, of the programme, and of the programme with audits and exams counted."""
    out = []
    for of in ("seconds", "money"):
        shown, hidden = (_arm(items, arm, of) for arm in ("shown", "hidden"))
        out.append(_of_an_item(of, shown, hidden))
        out.append(_of_the_programme(of, items, hidden, proof=0.0, about="programme"))
        known = [_of(one, of) for one in works if one.cause in PROOF]
        proof = sum(amount for amount in known if amount is not None)
        out.append(_of_the_programme(of, items, hidden, proof=proof, about="programme with proof"))
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


def burn(
    budget: Budget | None,
    currency: str,
    works: Sequence[Work],
    *,
    before: float,
    before_uncounted: int,
    waiting: Mapping[str, int],
    unrouted: int,
    items: Sequence[Item],
    at: int,
) -> Burn:
    """Budget, burn-down and forecast. `before`: what older batches cost; `waiting`: open works by queue."""
    known = [one for one in works if one.money is not None]
    uncounted = len(works) - len(known) + before_uncounted
    spent = before + sum(one.money or 0 for one in known) if known or before else None
    days = _days(known, before)
    expected = _expected(spent, known, items, waiting, unrouted)
    left = budget.amount - spent if budget is not None and spent is not None else None
    lasts = _lasts(known, left, at)
    state, because = _state(budget, spent, expected, uncounted)
    return Burn(
        amount=budget.amount if budget else None,
        currency=currency,
        until=budget.until.isoformat() if budget and budget.until else None,
        spent=spent,
        uncounted=uncounted,
        left=left,
        waiting=sum(waiting.values()) + unrouted,
        expected=expected[0] if expected else None,
        expected_low=expected[1] if expected else None,
        expected_high=expected[2] if expected else None,
        level=LEVEL,
        lasts_until=lasts,
        state=state,
        because=because,
        days=days,
    )


def _state(
    budget: Budget | None,
    spent: float | None,
    expected: "tuple[float, float, float] | None",
    uncounted: int,
) -> tuple[str, str]:
    note = f"; {uncounted:,} judgements have no known cost and are not in it" if uncounted else ""
    if budget is None:
        return "none", f"the programme file names no budget{note}"
    if spent is None:
        return "unknown", f"nothing that was paid for has a known cost{note}"
    if spent > budget.amount:
        return "over", f"more is spent than the budget holds{note}"
    if expected is None:
        return "unknown", f"some work that waits is of a kind that was done less than twice so far{note}"
    if expected[0] > budget.amount:
        return "short", f"what is in costs more than the budget holds when it is labelled{note}"
    return "within", f"what is in can be labelled within the budget{note}"


def _expected(
    spent: float | None,
    known: Sequence[Work],
    items: Sequence[Item],
    waiting: Mapping[str, int],
    unrouted: int,
) -> tuple[float, float, float] | None:
    """Spent, and for open works what a judgement of their queue costs, for items to route what an item costs.

    Normal interval: of the mean, and of so many more like it.
    """
    if spent is None:
        return None
    parts: list[tuple[int, Sequence[float]]] = [
        (count, [one.money for one in known if one.queue == queue and one.money is not None])
        for queue, count in waiting.items()
        if count
    ]
    if unrouted:
        parts.append((unrouted, [one.money for one in items if one.money is not None]))
    value = spent
    spread = 0.0
    for count, past in parts:
        if len(past) < 2:
            return None
        value += count * fmean(past)
        spread += variance(past) * (count * count / len(past) + count)
    half = NORMAL * math.sqrt(spread)
    return (value, max(spent, value - half), value + half)


def _days(known: Sequence[Work], before: float) -> tuple[Day, ...]:
    sums: dict[int, float] = defaultdict(float)
    for one in known:
        sums[one.said_at // DAY] += one.money or 0
    out, total = [], before
    for day, money in sorted(sums.items()):
        total += money
        out.append(Day(day=iso(day * DAY)[:10], money=money, sum=total))
    return tuple(out)


def _lasts(known: Sequence[Work], left: float | None, at: int) -> str | None:
    """The day on which the budget is used up at the pace of the last two weeks."""
    if left is None or not known:
        return None
    since = max(at - PACE_DAYS * DAY, min(one.said_at for one in known))
    lately = sum(one.money or 0 for one in known if one.said_at >= since)
    days = max(1.0, (at - since) / DAY)
    if left <= 0 or lately <= 0:
        return None
    ends = left / (lately / days)
    return iso(at + round(ends * DAY))[:10] if ends < 36_500 else None


def _of(one: Work | Item, of: str) -> float | None:
    return one.seconds if of == "seconds" else one.money


def _arm(items: Sequence[Item], arm: str, of: str) -> "Estimate | None":
    """The mean of an arm, weighted by its chance, and with the spread of items like these: no arm is a census."""
    rows = [(amount, one.chance) for one in items if one.arm == arm and (amount := _of(one, of)) is not None]
    if not rows:
        return None
    return statistics.estimate.hajek([amount for amount, _ in rows], [chance * 1e-6 for _, chance in rows], level=LEVEL)


def _of_an_item(of: str, shown: "Estimate | None", hidden: "Estimate | None") -> Saving:
    method = "mean of hidden items minus mean of shown ones, all work on them counted; linearised, t, by squares"
    if shown is None or hidden is None:
        why = NO_BLIND if hidden is None else "no item whose suggestion was shown is decided with a known cost"
        n = (shown.n if shown else 0) + (hidden.n if hidden else 0)
        return _no_saving(of, "verified item", method, why, n=n, eligible=n)
    found = statistics.estimate.difference(hidden, shown, method=method)
    told = figure(found, level=LEVEL, eligible=shown.n + hidden.n, because=found.caution or _few(hidden))
    return Saving(of=of, about="verified item", **told, actual=shown.value, manual=hidden.value)


def _of_the_programme(of: str, items: Sequence[Item], hidden: "Estimate | None", *, proof: float, about: str) -> Saving:
    """What was paid is known; what labelling by hand would have cost is estimated, so its interval is the saving's."""
    method = (
        "1 - paid / by hand, over decided items; by hand: verified ones at the blind mean, the rest as it was paid; "
        f"{ASSUMED}; interval of the blind mean"
    )
    counted = [(one, amount) for one in items if (amount := _of(one, of)) is not None]
    if hidden is None or hidden.value is None:
        return _no_saving(of, about, method, NO_BLIND, n=0, eligible=len(items))
    helped = sum(one.route in ("verify", "accept") and one.arm != "hidden" for one, _ in counted)
    by_hand = sum(amount for one, amount in counted if one.route not in ("verify", "accept") or one.arm == "hidden")
    paid = sum(amount for _, amount in counted) + proof

    def saved(mean: float) -> float | None:
        manual = by_hand + helped * mean
        return 1 - paid / manual if manual > 0 else None

    interval = hidden.interval
    value = saved(hidden.value)
    if value is None:
        return _no_saving(
            of, about, method, "nothing of what was done cost anything", n=len(counted), eligible=len(items)
        )
    return Saving(
        of=of, about=about, value=value, low=saved(max(interval.low, 0.0)) if interval else None,
        high=saved(interval.high) if interval else None, level=LEVEL, n=len(counted), eligible=len(items),
        actual=paid, manual=by_hand + helped * hidden.value, method=method, because=hidden.caution or _few(hidden),
    )  # fmt: skip


def _few(hidden: "Estimate") -> str | None:
    return f"only {hidden.n} items were labelled blind: read the interval with care" if hidden.n < FEW else None


def _no_saving(of: str, about: str, method: str, because: str, *, n: int, eligible: int) -> Saving:
    told = no_figure(because, method=method, n=n, eligible=eligible, level=LEVEL)
    return Saving(of=of, about=about, **told, actual=None, manual=None)


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
    return statistics.estimate.mean(known, level=LEVEL) if known else None


def _total(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
