"""The inputs of a plan that are changed one at a time: to the ends of their interval, or by what is said."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from goldloop.core.assumptions import Assumptions, Band, ModelAssumed, Number, PeopleAssumed, Portion

FIFTH = 0.2  # less and more, where a time has no interval
POINTS_MODEL, POINTS_PEOPLE, POINTS_ANCHORING = 0.05, 0.02, 0.05
MOVED = 0.1  # of a band's suggestions, to the next band


class Ends(NamedTuple):
    """An input at its two ends: the assumptions with it changed, and how it is said."""

    name: str
    low: str
    high: str
    at_low: Assumptions
    at_high: Assumptions


def ends(assumed: Assumptions) -> list[Ends]:
    """Every input that is moved, each alone."""
    out = list(_times(assumed))
    if assumed.model is not None:
        out += [*_model(assumed, assumed.model), _anchoring(assumed, assumed.people)]
    out.append(_people(assumed, assumed.people))
    if assumed.arrivals is not None:
        half, double = (Number(value=assumed.arrivals.value * by) for by in (0.5, 2.0))
        words = [f"{one.value:,.4g} a day" for one in (half, double)]
        out.append(_changed(assumed, "arrivals", words, [{"arrivals": half}, {"arrivals": double}]))
    return out


def _times(assumed: Assumptions) -> Iterator[Ends]:
    for kind in ("verify", "annotate", "review"):
        found: dict[Any, Number] = getattr(assumed.times, kind)
        sides = [{tier: _end(one, high=high) for tier, one in found.items()} for high in (False, True)]
        words = [f"{side[min(found)].value:.3g} s" for side in sides]
        changes = [{"times": assumed.times.model_copy(update={kind: side})} for side in sides]
        yield _changed(assumed, f"seconds to {kind}", words, changes)


def _model(assumed: Assumptions, model: ModelAssumed) -> Iterator[Ends]:
    changes = []
    for step in (-POINTS_MODEL, POINTS_MODEL):
        bands = tuple(one.model_copy(update={"right": _moved(one.right, step)}) for one in model.confidence)
        changes.append({"model": model.model_copy(update={"confidence": bands})})
    yield _changed(assumed, "accuracy of the model", ["5 points less", "5 points more"], changes)
    changes = [
        {"model": model.model_copy(update={"confidence": _surer(model.confidence, step)})} for step in (-MOVED, MOVED)
    ]
    yield _changed(assumed, "share routed by confidence", ["a tenth less sure", "a tenth more sure"], changes)


def _anchoring(assumed: Assumptions, people: PeopleAssumed) -> Ends:
    stated = people.anchoring
    if stated.low is not None and stated.high is not None:
        sides = [Portion(value=stated.low), Portion(value=stated.high)]
    else:
        sides = [_moved(stated, step) for step in (-POINTS_ANCHORING, POINTS_ANCHORING)]
    changes = [{"people": people.model_copy(update={"anchoring": side})} for side in sides]
    return _changed(assumed, "anchoring", [f"{side.value:.1%}" for side in sides], changes)


def _people(assumed: Assumptions, people: PeopleAssumed) -> Ends:
    changes = []
    for step in (-POINTS_PEOPLE, POINTS_PEOPLE):
        right = {tier: _moved(one, step) for tier, one in people.right.items()}
        changes.append({"people": people.model_copy(update={"right": right})})
    return _changed(assumed, "accuracy of people", ["2 points less", "2 points more"], changes)


def _changed(assumed: Assumptions, name: str, words: Sequence[str], changes: Sequence[dict[str, Any]]) -> Ends:
    low, high = (assumed.model_copy(update=change) for change in changes)
    return Ends(name, words[0], words[1], low, high)


def _end(number: Number, *, high: bool) -> Number:
    """An end of an interval; a fifth less or more where there is none."""
    if number.low is None or number.high is None:
        return Number(value=number.value * (1 + FIFTH if high else 1 - FIFTH))
    return Number(value=number.high if high else number.low)


def _moved(number: Portion, step: float) -> Portion:
    """A share a step lower or higher, and certain."""
    return Portion(value=min(1.0, max(0.0, number.value + step)))


def _surer(bands: Sequence[Band], step: float) -> tuple[Band, ...]:
    """So much of every band's suggestions moved to the band above, or below."""
    ordered = sorted(bands, key=lambda one: one.at_least)
    shares = [one.share.value for one in ordered]
    moved = list(shares)
    pairs = range(len(shares) - 1)
    for n in pairs if step > 0 else reversed(pairs):
        source, target = (n, n + 1) if step > 0 else (n + 1, n)
        amount = min(moved[source], abs(step) * shares[source])
        moved[source] -= amount
        moved[target] += amount
    return tuple(
        one.model_copy(update={"share": Portion(value=share)}) for one, share in zip(ordered, moved, strict=True)
    )
