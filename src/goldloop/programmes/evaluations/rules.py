"""What an engineer's evaluation says, slice by slice. Pure: lines in, predictions and rejects out; counts, groups.

A slice is unhealthy where the upper end of its interval lies below the floor and the finding stands among all slices
that were looked at; healthy where its value reaches the floor on enough items; between the two nothing is known.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from goldloop import statistics
from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun

MOST_LINES = 100_000  # of one report
MOST_GROUPS = 500  # slices of one report: each is held against the floor, and may have a brief
MOST_VALUE = 200  # characters of a slice's name or value
WHOLE = "all"
NOTHING = object()


class Prediction(NamedTuple):
    """One line: what was predicted of an item, and what is true of it where the line says so; or if it is right."""

    line: int
    external_id: str
    said: Any
    truth: Any
    right: bool | None
    slices: Mapping[str, str]


class Rejected(Noun):
    """A line that could not be counted: where, what was expected, what was found."""

    line: int
    field: str
    expected: str
    found: str


class Counted(NamedTuple):
    """One prediction held against the truth; `right` is None where nobody knows the truth yet."""

    external_id: str
    right: bool | None
    slices: Mapping[str, str]


class Group(Noun):
    """One slice (or the whole) of an evaluation, held against the floor."""

    slice: dict[str, str]
    value: float | None
    low: float | None
    high: float | None
    n: int
    eligible: int
    right: int
    adjusted: float | None
    healthy: bool | None
    because: str
    wrong: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How the slice is written in a key."""
        return ",".join(f"{name}={value}" for name, value in self.slice.items()) or WHOLE


def read_lines(text: str, *, measure: str) -> tuple[list[Prediction], list[Rejected]]:
    """The predictions of a JSONL file and the lines that are none. Blank lines count and say nothing."""
    good: list[Prediction] = []
    bad: list[Rejected] = []
    seen: dict[str, int] = {}
    for n, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        read = _read(n, line, measure)
        if isinstance(read, Prediction) and (first := seen.setdefault(read.external_id, n)) != n:
            read = Rejected(line=n, field="id", expected="each item once", found=f"{read.external_id}, as in {first}")
        if isinstance(read, Prediction):
            good.append(read)
        else:
            bad.append(read)
    return good, bad


class Share(NamedTuple):
    """A slice as it was counted: `right` of `n` of which the truth is known, of `eligible`; the ids that are wrong."""

    slice: Mapping[str, str]
    right: int
    n: int
    eligible: int
    wrong: tuple[str, ...] = ()


def groups(rows: Sequence[Counted], *, floor: float, level: float, least: int) -> list[Group]:
    """The whole, then every slice by name, each held against the floor."""
    parts: dict[tuple[tuple[str, str], ...], list[Counted]] = {(): list(rows)}
    for row in rows:
        for name, value in row.slices.items():
            parts.setdefault(((name, value),), []).append(row)
    return hold([_share(dict(key), part) for key, part in parts.items()], floor=floor, level=level, least=least)


def hold(shares: Sequence[Share], *, floor: float, level: float, least: int) -> list[Group]:
    """Every slice held against the floor, corrected over all of them; the whole first, then by name."""
    p = [statistics.bias.binomial_at_least(one.n - one.right, one.n, 1 - floor) for one in shares]
    adjusted = statistics.paired.adjust(p, method="by")
    out = [
        _group(one, float(chance), floor=floor, level=level, least=least, looked_at=len(shares))
        for one, chance in zip(shares, adjusted, strict=True)
    ]
    return sorted(out, key=lambda one: (one.name != WHOLE, one.name))


def _share(slice_: Mapping[str, str], part: Sequence[Counted]) -> Share:
    known = [one for one in part if one.right is not None]
    wrong = tuple(one.external_id for one in known if not one.right)
    return Share(slice_, len(known) - len(wrong), len(known), len(part), wrong)


def _group(one: Share, adjusted: float, *, floor: float, level: float, least: int, looked_at: int) -> Group:
    counted = {"slice": dict(one.slice), "n": one.n, "eligible": one.eligible, "right": one.right}
    found = statistics.estimate.proportion(
        one.right, one.n, method="clopper-pearson", level=level, eligible=one.eligible
    )
    if found.value is None or found.interval is None:
        because = f"nothing is known to be true of {one.eligible:,} items"
        return Group(**counted, value=None, low=None, high=None, adjusted=None, healthy=None, because=because)
    low, high = found.interval.low, found.interval.high
    unhealthy = high < floor and adjusted <= 1 - level
    healthy = False if unhealthy else True if found.value >= floor and one.n >= least else None
    counts = f"{one.right:,} of {one.n:,} right, of {one.eligible:,} items"
    said = f"{found.value:.4g} ({counts}), {level:.0%} interval {low:.4g} to {high:.4g}"
    verdict = _verdict(found.value, high, healthy, floor, least)
    return Group(
        **counted,
        value=found.value,
        low=low,
        high=high,
        adjusted=adjusted,
        healthy=healthy,
        because=f"{said}; {verdict}; p {adjusted:.2g} over {looked_at} slices",
        wrong=one.wrong,
    )


def _verdict(value: float, high: float, healthy: bool | None, floor: float, least: int) -> str:
    if healthy is False:
        return f"all of it below the floor of {floor:g}"
    if healthy:
        return f"not below the floor of {floor:g}"
    if value >= floor:
        return f"not below the floor of {floor:g}, but on fewer than {least} items"
    if high < floor:
        return f"below the floor of {floor:g}, but no more than chance gives among so many slices"
    return f"below the floor of {floor:g}, but its interval leaves doubt"


def _read(n: int, line: str, measure: str) -> Prediction | Rejected:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return Rejected(line=n, field="", expected="a JSON object", found=line[:80])
    if not isinstance(row, dict):
        return Rejected(line=n, field="", expected="a JSON object", found=line[:80])
    try:
        canonical(row)
    except Invalid as error:
        return Rejected(line=n, field="", expected=error.expected or error.message, found=str(error.found or "")[:80])
    harness = "doc_id" in row and "id" not in row  # a log of samples as lm-eval writes it
    doc = row.get("doc") if harness else None
    id_ = (doc.get("id", row["doc_id"]) if isinstance(doc, dict) else row["doc_id"]) if harness else row.get("id")
    if isinstance(id_, bool) or not isinstance(id_, str | int) or id_ == "":
        return Rejected(
            line=n, field="id", expected="the item's id in its source", found=_shown(row.get("id", NOTHING))
        )
    slices = _slices(row.get("slices", {}))
    if slices is None:
        expected = f"names with words of at most {MOST_VALUE} characters"
        return Rejected(line=n, field="slices", expected=expected, found=_shown(row["slices"]))
    right = row.get("correct", row.get(measure) if harness else None)
    if right is None:
        if "prediction" not in row:
            return Rejected(line=n, field="prediction", expected="an answer, or `correct`", found="nothing")
        return Prediction(n, str(id_), row["prediction"], row.get("truth", NOTHING), None, slices)
    if right not in (0, 1):
        field = "correct" if "correct" in row else measure
        return Rejected(line=n, field=field, expected="0 or 1, true or false", found=_shown(right))
    return Prediction(n, str(id_), None, NOTHING, bool(right), slices)


def _slices(found: Any) -> dict[str, str] | None:
    if not isinstance(found, dict):
        return None
    out = {str(name): str(value) for name, value in found.items() if isinstance(value, str | int | float | bool)}
    short = all(0 < len(part) <= MOST_VALUE for pair in out.items() for part in pair)
    return out if len(out) == len(found) and short else None


def _shown(value: Any) -> str:
    return "nothing" if value is NOTHING else json.dumps(value, ensure_ascii=False, default=str)[:80]


def names_of(rows: Iterable[Counted]) -> set[tuple[str, str]]:
    """Every slice that some rows stand in."""
    return {pair for row in rows for pair in row.slices.items()}
