"""The inputs of a plan, each with where it comes from: assumed in a file, measured on a programme, or a default."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from goldloop.core.assumptions import Assumptions, Number, Origin
from goldloop.core.errors import Invalid
from goldloop.core.programme_file import read_document, read_noun
from goldloop.labelling.planning.findings import Input, Warned
from goldloop.labelling.planning.measured import Pilot

DEFAULTS: dict[str, Any] = {
    "people": {
        "right": {"value": 0.95, "low": 0.85, "high": 0.99},
        "anchoring": {"value": 0.1, "low": 0.0, "high": 0.3},
    },
    "times": {},
    "common": {"value": 0.8, "low": 0.5, "high": 0.95},
}
"""What is taken where neither a file nor a programme says it; wide, and said."""
NOBODY = "nobody measured it and no file states it"
STATED = "as the assumption file states it"


class Inputs(NamedTuple):
    """The inputs as they are used, a row for each with its origin, and what a reader has to know of them."""

    assumed: Assumptions
    rows: list[Input]
    warned: list[Warned]


def from_file(text: str, *, name: str) -> Inputs:
    """The inputs of an assumption file. Raises Invalid with the line."""
    assumed = read_noun(text, Assumptions, name=name)
    return Inputs(assumed, list(_rows(assumed, read_document(text, name=name), None)), [])


def from_pilot(found: Pilot, text: str | None, *, name: str) -> Inputs:
    """The inputs that batches measured; what a file states goes before them, and defaults come last.

    Raises Invalid where what there is cannot be planned with.
    """
    under = _with_defaults(found)
    stated = read_document(text, name=name) if text is not None else {}
    try:
        if text is not None:
            assumed = read_noun(text, Assumptions, name=name, under=under)
        else:
            assumed = Assumptions.model_validate(under)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        raise Invalid("what was measured cannot be planned with", field=at, expected=first["msg"]) from error
    rows = list(_rows(assumed, stated, found))
    warned = [
        Warned(about=path, because=f"{because}: a default is taken")
        for path, because in found.missing.items()
        if path in {"people.right", "people.anchoring", "times.verify", "times.annotate", "times.review"}
        and not _says(stated, path)
    ]
    return Inputs(assumed, rows, warned)


def _with_defaults(found: Pilot) -> dict[str, Any]:
    out = dict(found.inputs)
    for block in ("people", "times"):
        out[block] = {**DEFAULTS[block], **found.inputs.get(block, {})}
    out.setdefault("common", DEFAULTS["common"])
    times = out["times"]
    known = times.get("annotate") or times.get("correct") or times.get("verify") or times.get("review")
    for kind in ("verify", "annotate", "review"):  # a time that nobody took is that of labelling in full: no saving
        times.setdefault(kind, known)
    return out


def _says(stated: Any, path: str) -> bool:
    for part in path.split("."):
        if not isinstance(stated, Mapping) or part not in stated:
            return False
        stated = stated[part]
    return True


def _rows(assumed: Assumptions, stated: Any, found: Pilot | None) -> Iterator[Input]:
    told = {one.input: one for one in found.told} if found is not None else {}
    for path, name, value in _numbers(assumed):
        origin: Origin = "default"
        n = eligible = 0
        method = NOBODY
        if _says(stated, path):
            origin, method = "assumed", STATED
        elif path in told:
            one = told[path]
            origin, n, eligible, method = "measured", one.n, one.eligible, one.method
        number = value if isinstance(value, Number) else None
        yield Input(
            input=name,
            value=number.value if number is not None else value,
            low=number.low if number is not None else None,
            high=number.high if number is not None else None,
            origin=origin,
            n=n,
            eligible=eligible,
            method=method,
        )


def _numbers(assumed: Assumptions) -> Iterator[tuple[str, str, Any]]:
    """Every input: the path under which a file has it, how it is called, and its value."""
    yield "items", "items", Number(value=assumed.items)
    if assumed.arrivals is not None:
        yield "arrivals", "arrivals a working day", assumed.arrivals
    yield "objects", "objects an item", assumed.objects.mean
    yield "taxonomy_settled", "taxonomy is settled", assumed.taxonomy_settled
    yield "in_domain", "model is in its domain", assumed.in_domain
    yield "common", "share of common cases", assumed.common
    for key, values in assumed.slices.items():
        for value, share in values.items():
            yield f"slices.{key}", f"slice {key} is {value}", Number(value=share)
    model, second, people, times = assumed.model, assumed.second, assumed.people, assumed.times
    if model is not None:
        yield "model.suggests", "items with a suggestion", model.suggests
        for band in model.confidence:
            name = f"confidence from {band.at_least:g} below {min(band.below, 1):g}"
            yield "model.confidence", f"{name}: share", band.share
            yield "model.confidence", f"{name}: right", band.right
        if model.rare is not None:
            yield "model.rare", "model right in rare cases", model.rare
        yield "model.suspects", "items suspected of a human-only label", model.suspects
        for label, share in model.labels.items():
            yield "model.labels", f"suggested: {label}", Number(value=share)
    if second is not None:
        yield "second", "second model agrees if the first is right", second.agrees_if_right
        yield "second", "second model agrees if the first is wrong", second.agrees_if_wrong
    yield from _by_tier("people.right", "people are right", people.right)
    yield "people.anchoring", "anchoring", people.anchoring
    yield "people.corrects", "objections corrected in place", people.corrects
    if people.differ is not None:
        yield "people.differ", "two people differ", people.differ
    yield "people.escalates", "works that end with a question", people.escalates
    yield "people.reworked", "labels sent back and redone", people.reworked
    for kind in ("verify", "correct", "annotate", "review"):
        yield from _by_tier(f"times.{kind}", f"seconds to {kind}", getattr(times, kind) or {})
    yield "times.spread", "spread of times", Number(value=times.spread)
    for name, crew in assumed.capacity.items():
        tiers = ", ".join(str(tier) for tier in crew.tiers)
        yield "capacity", f"{name}: people at tier {tiers}", Number(value=crew.people)
        yield "capacity", f"{name}: hours a person and day", crew.hours


def _by_tier(path: str, name: str, by: Mapping[Any, Number]) -> Iterator[tuple[str, str, Number]]:
    """One row where all tiers are alike, else one a tier."""
    different: Sequence[tuple[Any, Number]] = sorted(by.items())
    if len({one.model_dump_json() for _, one in different}) == 1:
        yield path, name, different[0][1]
        return
    for tier, one in different:
        yield path, f"{name}, tier {tier}", one
