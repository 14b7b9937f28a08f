"""Are planted errors caught? Pure: what was answered in, catch rates with their intervals out."""

from collections.abc import Sequence
from typing import NamedTuple

from goldloop import statistics
from goldloop.core.figures import figure, no_figure
from goldloop.core.nouns import Noun

LEVEL = 0.95
METHOD = "share of planted errors that were rejected or corrected"
NONE_DECLARED = "no error was planted: `calibration.probes.share` of the programme file is 0"
NONE_ANSWERED = "no planted error was answered yet"
DIMENSIONS = ("person", "queue", "label", "model")


class Probe(NamedTuple):
    """A planted error that somebody answered; names as the page shows them. `label` is what was wrongly suggested."""

    person: str
    queue: str
    label: str | None
    model: str
    caught: bool


class Caught(Noun):
    """The catch rate of one part, exact. `planted` counts those that nobody answered, too.

    Of a person also whether they miss more than the others do (`adjusted`, one family over everybody), and the share of
    suggestions that they seem to accept without looking (`unseen`).
    """

    by: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    eligible: int
    method: str
    because: str | None
    adjusted: float | None = None
    unseen: float | None = None
    unseen_low: float | None = None
    unseen_high: float | None = None


class Finding(NamedTuple):
    """What a reading of the catch rates comes to."""

    healthy: bool | None
    because: str


def caught(probes: Sequence[Probe], *, planted: int, declared: bool) -> list[Caught]:
    """The catch rate in all, and by person, queue, planted label and model. Nothing planted is unknown, never 0."""
    if not probes:
        because = NONE_ANSWERED if declared or planted else NONE_DECLARED
        return [_row("all", "", [], planted, LEVEL, because=because)]
    out = [_row("all", "", probes, planted, LEVEL)]
    hits, people = [one.caught for one in probes], [one.person for one in probes]
    rates = statistics.bias.catch_rates(hits, people, level=LEVEL)
    adjusted = dict(zip(rates.below_others.names, rates.below_others.adjusted.tolist(), strict=True))
    unseen = statistics.bias.rubber_stamping(hits, people, level=LEVEL)
    for by in DIMENSIONS:
        groups: dict[str, list[Probe]] = {}
        for one in probes:
            name = getattr(one, by)
            if name is not None:
                groups.setdefault(name, []).append(one)
        for name in sorted(groups):
            row = _row(by, name, groups[name], len(groups[name]), LEVEL)
            if by == "person":
                share = unseen[name]
                known = {"unseen": share.value, "unseen_low": share.low, "unseen_high": share.high}
                row = row.model_copy(update={"adjusted": float(adjusted[name]), **known})
            out.append(row)
    return out


def judge(probes: Sequence[Probe], *, floor: float) -> Finding:
    """Unhealthy is an interval that lies below the floor as a whole: of all together, or of somebody.

    All those intervals hold together at `LEVEL` (Bonferroni).
    """
    if not probes:
        return Finding(None, NONE_ANSWERED)
    people = sorted({one.person for one in probes})
    level = 1 - (1 - LEVEL) / (1 + len(people))
    rows = [_row("all", "all together", probes, len(probes), level)]
    rows += [_row("person", name, [one for one in probes if one.person == name], 0, level) for name in people]
    low = [one for one in rows if one.high is not None and one.high < floor]
    said = "; ".join(
        f"{one.name}: {one.value:.1%} of {one.n:,} planted errors caught ({level:.1%} interval {one.low:.1%} to "
        f"{one.high:.1%})"
        for one in (low or rows[:1])
    )
    return Finding(not low, f"{said}; the floor is {floor:.0%}")


def _row(
    by: str, name: str, probes: Sequence[Probe], planted: int, level: float, *, because: str | None = None
) -> Caught:
    eligible = max(planted, len(probes))
    if because is not None:
        return Caught(by=by, name=name, **no_figure(because, method=METHOD, eligible=eligible, level=level))
    hits = sum(one.caught for one in probes)
    found = statistics.estimate.proportion(hits, len(probes), method="clopper-pearson", level=level, eligible=eligible)
    method = f"{METHOD}; {found.interval.method if found.interval else found.method}"
    return Caught(by=by, name=name, **figure(found, level=level, method=method))
