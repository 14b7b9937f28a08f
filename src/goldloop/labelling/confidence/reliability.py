"""Reliability: is a model right as often as it says? Per version, label and slice, before and after recalibration."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from goldloop import statistics
from goldloop.labelling.confidence.pairs import Pair, Paired
from goldloop.labelling.confidence.recalibration import read_by

BINS = 15
LEAST_A_BIN = 10  # answers; fewer answers, fewer bins
LEAST = 20  # answers of a part
PARTS = 200  # labels or slices shown, the largest first
RESAMPLES = 400
METHOD = "people's answers given without the suggestion, beside the version's own suggestion"


def reliability(found: Paired, map_: Mapping[str, Any] | None, *, resamples: int = RESAMPLES) -> dict[str, Any]:
    """Everything that is said of the reliability of a version: the whole, and after recalibration where there is one.

    `map_` was fitted on answers like these, so that "after" flatters: the cross-validated loss beside it does not.
    """
    return {
        "method": METHOD,
        "sources": found.sources(),
        "left_out": found.left_out,
        "simulated": found.simulated,
        "before": measured(found.pairs, None, eligible=found.eligible, resamples=resamples),
        "after": measured(found.pairs, map_, eligible=found.eligible, resamples=resamples) if map_ else None,
    }


def parts(found: Paired, map_: Mapping[str, Any] | None, by: str) -> list[dict[str, Any]]:
    """The same for every label (`by` label), or every value of a slice (`by` its name), the largest first."""
    names = _by(by)
    grouped: dict[str, list[Pair]] = {}
    for one in found.pairs:
        for name in names(one):
            grouped.setdefault(name, []).append(one)
    largest = sorted(grouped.items(), key=lambda entry: (-len(entry[1]), entry[0]))[:PARTS]
    return [
        {"by": by, "name": name, **measured(pairs, map_, eligible=len(pairs), resamples=100, curve=False)}
        for name, pairs in largest
    ]


def slice_names(found: Paired) -> list[str]:
    """The slices that the judged items have."""
    return sorted({name for one in found.pairs for name in one.slices})


def measured(
    pairs: Sequence[Pair], map_: Mapping[str, Any] | None, *, eligible: int, resamples: int, curve: bool = True
) -> dict[str, Any]:
    """Calibration error with its interval, accuracy with its own, and the curve; None with the reason where too few."""
    n = len(pairs)
    out: dict[str, Any] = {
        "n": n,
        "eligible": eligible,
        "ece": None,
        "ece_low": None,
        "ece_high": None,
        "accuracy": None,
        "accuracy_low": None,
        "accuracy_high": None,
        "confidence": None,
        "level": 0.95,
        "method": None,
        "because": None,
        "curve": [],
    }
    if not n:
        return out | {"because": "nobody has judged one of its items without seeing the suggestion"}
    stated = [one.confidence for one in pairs]
    confidence = read_by(map_, stated).tolist() if map_ else stated
    right = [one.right for one in pairs]
    low, high = statistics.estimate.limits(float(sum(right)), n, method="wilson", level=0.95)
    out |= {
        "accuracy": sum(right) / n,
        "accuracy_low": float(low),
        "accuracy_high": float(high),
        "confidence": sum(confidence) / n,
    }
    bins = min(BINS, n // LEAST_A_BIN)
    if curve:
        out["curve"] = [
            {
                "confidence": one.confidence,
                "accuracy": one.accuracy,
                "low": one.interval.low,
                "high": one.interval.high,
                "n": one.n,
            }
            for one in statistics.confidence.reliability_curve(confidence, right, bins=max(1, bins))
        ]
    if n < LEAST:
        return out | {"because": f"{n} answers are too few: {LEAST} are needed"}
    error = statistics.confidence.calibration_error(confidence, right, bins=bins, resamples=resamples)
    return out | {
        "ece": error.value,
        "ece_low": error.low,
        "ece_high": error.high,
        "method": error.method,
        "because": error.because or error.caution,
    }


def _by(by: str) -> Callable[[Pair], Iterable[str]]:
    if by == "label":
        return lambda one: one.labels or ("nothing",)
    return lambda one: (one.slices[by],) if by in one.slices else ()
