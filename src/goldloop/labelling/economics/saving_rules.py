"""What suggestions save. Pure: works and items in, numbers out.

The baseline is measured, not assumed: the randomised blind share is the same items, labelled in full by the same
people. What a person never looked at has no blind arm; what is put in its place is said.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from goldloop import statistics
from goldloop.core.figures import figure, no_figure
from goldloop.core.nouns import Noun
from goldloop.labelling.economics.rules import LEVEL, NO_RATE, NO_TIME, PROOF, Item, Work

if TYPE_CHECKING:
    from goldloop.stats.result import Estimate

FEW = 30  # hidden items below which an interval over times, which are skewed, leans on too little
NO_BLIND = "nothing was labelled by hand at random: `blind.share` of the programme file was 0, or its items are open"
NO_SHOWN = "no item whose suggestion was shown is decided with a known cost"
NO_PROOF = "of some audits or exams it is not known what they took"
ASSUMED = "what nobody looked at is counted as if by hand it took as long as the blind items"


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


def savings(works: Sequence[Work], items: Sequence[Item]) -> list[Saving]:
    """Of an item that was verified, of the programme, and of the programme with audits and exams counted."""
    out = []
    for of in ("seconds", "money"):
        shown, hidden = (_arm(items, arm, of) for arm in ("shown", "hidden"))
        out.append(_of_an_item(of, items, shown, hidden))
        out.append(_of_the_programme(of, items, hidden, proof=0.0, about="programme"))
        out.append(_of_the_programme(of, items, hidden, proof=_proof(works, of), about="programme with proof"))
    return out


def _proof(works: Sequence[Work], of: str) -> float | None:
    """What audits and exams took; None where that of one of them is unknown."""
    amounts = [_of(one, of) for one in works if one.cause in PROOF]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _of(one: Work | Item, of: str) -> float | None:
    return one.seconds if of == "seconds" else one.money


def _arm(items: Sequence[Item], arm: str, of: str) -> "Estimate | None":
    """The mean of an arm, weighted by its chance, and with the spread of items like these: no arm is a census."""
    rows = [(amount, one.chance) for one in items if one.arm == arm and (amount := _of(one, of)) is not None]
    if not rows:
        return None
    found = statistics.estimate.hajek(
        [amount for amount, _ in rows], [chance * 1e-6 for _, chance in rows], level=LEVEL
    )
    return statistics.estimate.amount(found)


def _of_an_item(of: str, items: Sequence[Item], shown: "Estimate | None", hidden: "Estimate | None") -> Saving:
    method = "mean of hidden items minus mean of shown ones, all work on them counted; linearised, t, by squares"
    if shown is None or hidden is None:
        why = _no_baseline(of, items) if hidden is None else NO_SHOWN
        n = (shown.n if shown else 0) + (hidden.n if hidden else 0)
        return _no_saving(of, "verified item", method, why, n=n, eligible=n)
    found = statistics.estimate.difference(hidden, shown, method=method)
    told = figure(found, level=LEVEL, eligible=shown.n + hidden.n, because=found.caution or _few(hidden))
    return Saving(of=of, about="verified item", **told, actual=shown.value, manual=hidden.value)


def _of_the_programme(
    of: str, items: Sequence[Item], hidden: "Estimate | None", *, proof: float | None, about: str
) -> Saving:
    """What was paid is known; what labelling by hand would have cost is estimated, so its interval is the saving's."""
    method = (
        "1 - paid / by hand, over decided items; by hand: verified ones at the blind mean, the rest as it was paid; "
        f"{ASSUMED}; interval of the blind mean, and of the times that so many items would have taken"
    )
    counted = [(one, amount) for one in items if (amount := _of(one, of)) is not None]
    if hidden is None or hidden.value is None or proof is None:
        why = _no_baseline(of, items) if hidden is None else NO_PROOF
        return _no_saving(of, about, method, why, n=0, eligible=len(items))
    mean, n = hidden.value, hidden.n
    helped = sum(one.route in ("verify", "accept") and one.arm != "hidden" for one, _ in counted)
    by_hand = sum(amount for one, amount in counted if one.route not in ("verify", "accept") or one.arm == "hidden")
    paid = sum(amount for _, amount in counted) + proof
    manual = by_hand + helped * mean
    if manual <= 0:
        return _no_saving(
            of, about, method, "nothing of what was done cost anything", n=len(counted), eligible=len(items)
        )

    def saved(end: float) -> float:
        # a limit of the mean, widened to one of the mean that `helped` items, which nobody did by hand, would have had
        wider = math.sqrt(1 + n / helped) if helped else 0.0
        return 1 - paid / (by_hand + helped * mean * math.pow(end / mean, wider))

    interval = hidden.interval
    return Saving(
        of=of, about=about, value=1 - paid / manual, low=saved(interval.low) if interval else None,
        high=saved(interval.high) if interval else None, level=LEVEL, n=len(counted), eligible=len(items),
        actual=paid, manual=manual, method=method, because=hidden.caution or _few(hidden),
    )  # fmt: skip


def _no_baseline(of: str, items: Sequence[Item]) -> str:
    """Why nothing is known of labelling by hand: nobody did it at random, or what it took is not known."""
    if not any(one.arm == "hidden" for one in items):
        return NO_BLIND
    return NO_TIME if of == "seconds" else NO_RATE


def _few(hidden: "Estimate") -> str | None:
    return f"only {hidden.n} items were labelled blind: read the interval with care" if hidden.n < FEW else None


def _no_saving(of: str, about: str, method: str, because: str, *, n: int, eligible: int) -> Saving:
    told = no_figure(because, method=method, n=n, eligible=eligible, level=LEVEL)
    return Saving(of=of, about=about, **told, actual=None, manual=None)
