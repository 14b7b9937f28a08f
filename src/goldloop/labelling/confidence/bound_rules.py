"""Thresholds that keep an error bound: what is asked, where their rules stand, and what is promised. Pure.

sample of people's unseen answers -> certified thresholds, one a label group -> rules of the programme file
answers since                     -> kept, open, broken
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import Field, model_validator

from goldloop import statistics
from goldloop.core.nouns import Noun
from goldloop.core.policy import Name, Range, RouteRule, Routing, Share, Tier, When

ALL = "all"
CURVE = 60  # points of a curve that are shown
RANKS = 24  # candidates that certify corrects for
GRID = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3)  # bounds that are tried where one is not met
LEAST_TOP = 30  # most confident suggestions by which the chance of a larger sample is judged
SHIFTED = 0.01  # p below which two samples are called different; each of two tests
State = Literal["kept", "open", "broken", "unproved", "unknown"]


class Prices(Noun):
    """What an item costs, in minor units: verified, annotated in full, and a wrong label that passes."""

    verify: float = Field(ge=0)
    annotate: float = Field(ge=0)
    error: float = Field(default=0, ge=0)


class Wanted(Noun):
    """The bound that is asked for: at most `alpha` of the labels above the thresholds are wrong, with `confidence`."""

    alpha: float = Field(ge=0.001, le=0.5, description="largest share of wrong labels above the thresholds")
    confidence: float = Field(default=0.95, ge=0.5, lt=1, description="how sure the promise is")
    groups: dict[Name, tuple[str, ...]] = Field(default={}, description="label ids by group; one for all if left out")
    to: Literal["verify", "accept"] = Field(default="verify", description="what happens above the thresholds")
    tier: Tier = 1
    prices: Prices | None = Field(default=None, description="as measured, if left out")

    @model_validator(mode="after")
    def _groups_are_apart(self) -> "Wanted":
        seen: dict[str, str] = {}
        for name, labels in self.groups.items():
            if not labels:
                raise ValueError(f"group {name} names no label")
            for label in labels:
                if label in seen:
                    raise ValueError(f"{label} stands in the groups {seen[label]} and {name}")
                seen[label] = name
        return self

    @property
    def delta(self) -> Share:
        """The chance that the promise is wrong."""
        return 1 - self.confidence


class Seen(NamedTuple):
    """A judged item of the sample that meets the thresholds: its stated confidence, and whether it was wrong."""

    confidence: float
    wrong: bool
    group: str | None


def group_of(labels: Sequence[str], groups: Mapping[str, Sequence[str]]) -> list[str]:
    """The groups that a suggestion's labels lie in; the one group where none are named."""
    if not groups:
        return [ALL]
    return [name for name, members in groups.items() if set(members) & set(labels)]


def rule_name(number: int, group: str) -> str:
    """The rule of a bound's group: its name becomes the reason of what it routes."""
    return f"bound {number}: {group}"


def place(routing: Routing) -> int:
    """Where the rules of a bound stand: where the first one stood that lets suggestions pass, or before the last."""
    for n, rule in enumerate(routing.rules):
        if rule.to in ("verify", "accept"):
            return n
    return len(routing.rules) - 1


def with_rules(routing: Routing, rules: Sequence[RouteRule]) -> Routing:
    """The routing with a bound's rules in the place of every rule that lets suggestions pass."""
    at = place(routing)
    kept = [rule for rule in routing.rules[at:] if rule.to not in ("verify", "accept")]
    return routing.model_copy(update={"rules": (*routing.rules[:at], *rules, *kept)})


def rule_of(number: int, group: str, wanted: Wanted, threshold: float) -> RouteRule:
    """The rule that a certified threshold comes to."""
    labels = wanted.groups.get(group)
    return RouteRule(
        rule=rule_name(number, group),
        when=When(confidence=Range.model_validate({"from": threshold}), labels=tuple(labels) if labels else None),
        to=wanted.to,
        tier=wanted.tier,
    )


def design(seen: Sequence[Seen], wanted: Wanted, prices: Prices | None) -> list[dict[str, Any]]:
    """The cheapest certified threshold of every group on the stated scale, with its evidence and its curve."""
    names = list(wanted.groups) or [ALL]
    delta = wanted.delta / len(names)
    review = max(0.0, prices.annotate - prices.verify) if prices else 1.0
    out = []
    for name in names:
        rows = [one for one in seen if one.group == name]
        scores, wrong = [one.confidence for one in rows], [one.wrong for one in rows]
        row: dict[str, Any] = {
            "name": name,
            "labels": list(wanted.groups.get(name, ())),
            "n": len(rows),
            "alpha": wanted.alpha,
            "delta": delta,
            "stated": None,
            "threshold": None,
            "accepted": 0,
            "errors": 0,
            "share": 0.0,
            "p": None,
            "method": "Learn-then-Test, exact binomial",
            "because": "no judged item of the sample meets it",
            "certified": [],
            "curve": [],
            "takes": None,
        }
        if not rows:
            out.append(row | {"takes": {"labels": None, "alpha": None, "because": "judged items of this group"}})
            continue
        certified = statistics.confidence.certify(scores, wrong, alpha=wanted.alpha, delta=delta)
        (found,) = statistics.confidence.cheapest_thresholds(
            scores, wrong, alpha=wanted.alpha, delta=delta, review_cost=review, error_cost=prices.error if prices else 0
        ).values()
        row |= {
            "stated": found.value,
            "accepted": found.accepted,
            "errors": found.errors,
            "share": found.accepted / len(rows),
            "p": found.p,
            "method": found.method,
            "because": found.because,
            "certified": [
                {"stated": one.value, "share": one.accepted / len(rows), "errors": one.errors, "p": one.p}
                for one in certified
            ],
            "curve": _curve(scores, wrong, delta, prices),
        }
        if found.value is None:
            row["takes"] = takes(scores, wrong, wanted.alpha, delta)
        out.append(row)
    return out


def _curve(scores: Sequence[float], wrong: Sequence[bool], delta: float, prices: Prices | None) -> list[dict[str, Any]]:
    """Threshold -> share, errors, the upper limit of that row alone, and the cost an item; thinned to be looked at."""
    import numpy as np

    found = statistics.confidence.selective_curve(scores, wrong, level=max(1e-6, 1 - 2 * delta))
    count = len(found.thresholds)
    shown = np.unique(np.linspace(0, count - 1, min(CURVE, count)).astype(int))
    return [
        {
            "stated": float(found.thresholds[n]),
            "share": float(found.coverage[n]),
            "accepted": int(found.accepted[n]),
            "error": float(found.risk[n]),
            "high": float(found.high[n]),
            "cost": _cost(float(found.coverage[n]), float(found.risk[n]), prices),
        }
        for n in shown
    ]


def _cost(share: float, error: float, prices: Prices | None) -> float | None:
    if prices is None:
        return None
    return share * (prices.verify + error * prices.error) + (1 - share) * prices.annotate


def takes(scores: Sequence[float], wrong: Sequence[bool], alpha: float, delta: float) -> dict[str, Any]:
    """What it would take where no threshold is certified: more judged items, a looser bound, or a better model."""
    import numpy as np

    looser = next(
        (one for one in GRID if one > alpha and statistics.confidence.certify(scores, wrong, alpha=one, delta=delta)),
        None,
    )
    found = statistics.confidence.selective_curve(scores, wrong)
    good = np.flatnonzero((found.accepted >= min(LEAST_TOP, len(scores))) & (found.risk <= alpha / 2))
    if not len(good):
        top = int(np.searchsorted(found.accepted, min(LEAST_TOP, len(scores))))
        errors = round(float(found.risk[top] * found.accepted[top]))
        because = (
            f"of the {int(found.accepted[top])} most confident suggestions {errors} were wrong, against a bound of "
            f"{alpha:.1%}: a larger sample of this model would hardly do"
        )
        return {"labels": None, "alpha": looser, "because": because}
    widest = int(good[-1])
    accepted = int(found.accepted[widest])
    error = min(alpha / 2, (float(found.risk[widest]) * accepted + 0.5) / (accepted + 1))
    share = float(found.coverage[widest])
    needed = statistics.confidence.labels_needed(alpha=alpha, error=error, delta=delta / RANKS, accepted=share)
    because = (
        f"about {needed:,} judged items, where {share:.0%} of them lie above the threshold and {error:.1%} of those "
        f"are wrong; there are {len(scores):,}"
    )
    return {"labels": needed, "alpha": looser, "because": because}


def sample_size(wanted: Wanted, *, share: float = 0.5) -> int:
    """Items to draw for a bound: enough to certify a threshold if a quarter of `alpha` is wrong above it."""
    groups = max(1, len(wanted.groups))
    delta = wanted.delta / groups / RANKS
    return groups * statistics.confidence.labels_needed(
        alpha=wanted.alpha, error=wanted.alpha / 4, delta=delta, accepted=share, power=0.9
    )


def shift(
    sample: Sequence[float], now: Sequence[float], said: Sequence[str], said_now: Sequence[str]
) -> dict[str, Any]:
    """Whether the items that the thresholds will meet look like those of the sample: confidences, and labels."""
    if len(now) < LEAST_TOP or len(sample) < LEAST_TOP:
        because = f"{len(now)} items wait and {len(sample)} are in the sample: too few to compare"
        return {"shifted": None, "because": because, "tests": []}
    tests = [
        {"of": "confidence", **_tested(statistics.drift.kolmogorov_smirnov(sample, now))},
        {"of": "suggested label", **_tested(statistics.drift.chi_square(list(said), list(said_now), permutations=999))},
    ]
    found = [one["of"] for one in tests if one["p"] is not None and one["p"] < SHIFTED]
    if not found:
        return {"shifted": False, "because": "the items that wait look like those of the sample", "tests": tests}
    because = f"the items that wait are not like those of the sample: they differ in {' and '.join(found)}"
    return {"shifted": True, "because": because, "tests": tests}


def _tested(one: Any) -> dict[str, Any]:
    return {
        "statistic": one.statistic,
        "p": one.p,
        "n": one.baseline,
        "now": one.current,
        "method": one.method,
        "because": one.because,
    }


class Checked(NamedTuple):
    """A bound against the answers since it was adopted."""

    state: State
    value: float | None
    low: float | None
    high: float | None
    because: str


def checked(errors: int, n: int, *, alpha: float, delta: float, look: int) -> Checked:
    """Test a bound on fresh answers. Looked at again and again, all looks together raise a false alarm with `delta`.

    broken: so many errors would be that rare if the bound held. kept: these answers alone prove it once more.
    """
    from scipy.special import bdtr, bdtrc

    if not n:
        return Checked("unknown", None, None, None, "no label above the threshold was judged unseen since")
    level = 1 - delta
    low, high = (
        float(one) for one in statistics.estimate.limits(float(errors), n, method="clopper-pearson", level=level)
    )
    told = f"{errors} of {n} judged unseen since were wrong"
    if float(bdtrc(errors - 1, n, alpha)) <= delta / (look * (look + 1)) if errors else False:
        return Checked("broken", errors / n, low, high, f"{told}: the bound of {alpha:.1%} no longer holds")
    if float(bdtr(errors, n, alpha)) <= delta:
        return Checked("kept", errors / n, low, high, f"{told}: the bound of {alpha:.1%} is proved anew")
    return Checked("open", errors / n, low, high, f"{told}: nothing speaks against the bound of {alpha:.1%}")


def promise(wanted: Wanted, *, model: str, version: str, map_: int | None, frame: int, judged: int) -> str:
    """Exactly what the bound says, of what, and under which assumption."""
    read = f"its recalibration {map_}" if map_ is not None else "its confidence as stated"
    return (
        f"Of the labels that {model} {version} suggests at or above these thresholds, read by {read}, at most "
        f"{wanted.alpha:.1%} are wrong, even if nobody corrected one of them: in every group, with "
        f"{wanted.confidence:.0%} confidence over the draw of {judged:,} items out of {frame:,}. It assumes that items "
        "come as those did, one independent of the next, and that the people who judged the sample were right. It says "
        "nothing of a single label, of what lies below the thresholds, of human-only items, of another version of the "
        "model or of its recalibration."
    )
