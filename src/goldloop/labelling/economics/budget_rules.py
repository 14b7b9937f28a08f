"""A budget, what is left of it, and what everything that is in will cost. Pure: works and items in, numbers out."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from goldloop import statistics
from goldloop.core.clock import DAY, iso
from goldloop.core.nouns import Noun
from goldloop.core.policy import Budget
from goldloop.labelling.economics.rules import LEVEL, PROOF, Item, Work

if TYPE_CHECKING:
    from goldloop.stats.result import Estimate

PACE_DAYS = 14
Key = tuple[int, int]  # batch, item


class Day(Noun):
    """What a day cost, and everything up to it."""

    day: str
    money: float
    sum: float


class Burn(Noun):
    """A budget and what is left of it.

    `expected` is what everything that is in costs when it is labelled, with second looks and rulings; an audit that no
    gate has drawn yet is not in it.
    """

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


def burn(
    budget: Budget | None,
    currency: str,
    works: Sequence[Work],
    *,
    before: float,
    before_uncounted: int,
    waiting: Mapping[str, int],
    open_items: Mapping[Key, str],
    unrouted: int,
    items: Sequence[Item],
    at: int,
) -> Burn:
    """Budget, burn-down and forecast. `before`: what older batches cost; `waiting`: open works by queue.

    `open_items`: those that are not decided, with the queue in which the first look at each is.
    """
    known = [one for one in works if one.money is not None]
    uncounted = len(works) - len(known) + before_uncounted
    spent = before + sum(one.money or 0 for one in known) if known or before else None
    days = _days(known, before)
    more = _to_come(known, items, waiting, open_items, unrouted)
    expected, between = (None, None) if spent is None or more.value is None else (spent + more.value, more.interval)
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
        expected=expected,
        expected_low=spent + between.low if spent is not None and between else None,
        expected_high=spent + between.high if spent is not None and between else None,
        level=LEVEL,
        lasts_until=lasts,
        state=state,
        because=because,
        days=days,
    )


def _state(
    budget: Budget | None,
    spent: float | None,
    expected: float | None,
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
    if expected > budget.amount:
        return "short", f"what is in costs more than the budget holds when it is labelled{note}"
    return "within", f"what is in can be labelled within the budget{note}"


def _to_come(
    known: Sequence[Work],
    items: Sequence[Item],
    waiting: Mapping[str, int],
    open_items: Mapping[Key, str],
    unrouted: int,
) -> "Estimate":
    """What is still to be paid for what is in.

    An item that nobody has said anything of costs what items that began in its queue have come to, with all that
    followed: second looks, rulings. Other works that wait cost what a judgement of their queue does; items that are not
    routed yet, what an item does.
    """
    begun: dict[Key, list[Work]] = defaultdict(list)
    for one in known:
        begun[one.item].append(one)
    untouched = Counter(queue for key, queue in open_items.items() if key not in begun)
    judged, whole = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for one in known:
        judged[one.queue].append(one.money or 0)
    later = [one.money or 0 for mine in begun.values() for one in mine[1:]]
    for key, mine in begun.items():
        if mine[0].cause not in PROOF:
            still = fmean(later) if later and key in open_items else 0.0  # an open item waits for one more work
            whole[mine[0].queue].append(sum(one.money or 0 for one in mine) + still)
    parts = [(max(0, count - untouched[queue]), judged[queue]) for queue, count in waiting.items()]
    parts += [(count, whole[queue] or judged[queue]) for queue, count in untouched.items()]
    parts.append((unrouted, [one.money for one in items if one.money is not None]))
    return statistics.estimate.ahead(parts, level=LEVEL)


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
