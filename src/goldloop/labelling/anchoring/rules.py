"""Do people follow suggestions because they are right, or because they are there? Pure: lines in, numbers out.

Three numbers for each part, every one of them shown minus hidden, over items that a draw put into one arm or the other:

    agreement        the first answer says what the suggestion says; needs no truth
    wrong followed   the same, where a reference shows that the suggestion is wrong: harm
    right kept       the same, where it is right: help
    error            the accepted label is not the reference's: what both come to in the end
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from goldloop import statistics
from goldloop.core.figures import figure, no_figure
from goldloop.core.nouns import Noun

if TYPE_CHECKING:
    from goldloop.stats.result import Estimate

LEVEL = 0.95
POWER = 0.8
EFFECTS = (0.01, 0.02, 0.05)
USUAL_AGREEMENT = 0.9  # of blind answers with their suggestion: what is planned with before there is one
FORMS = {
    "agreement": "share of first answers that say what the suggestion says",
    "wrong_followed": "share of first answers that say what the suggestion says, where the reference says it is wrong",
    "right_kept": "share of first answers that say what the suggestion says, where the reference says it is right",
    "error": "share of accepted labels that are not the reference's",
}
DIMENSIONS = ("queue", "person", "label", "model")
BARS = (1, 2, 4, 8, 15, 30, 60, 120)  # seconds: the upper edges of the bars of a profile, the last bar is open


class Line(NamedTuple):
    """One item of an arm: who first said what of it. `chance` is the chance of its arm, `audited` that of its audit.

    `agrees`: the first answer says what the suggestion says. `wrong_suggestion` and `wrong_label` are None without a
    reference.
    """

    hidden: bool
    chance: float
    queue: str
    person: str
    label: str | None
    model: str
    how: str  # accept, correct, reject, blind
    agrees: bool
    active_ms: int | None
    wrong_suggestion: bool | None = None
    wrong_label: bool | None = None
    audited: float = 1.0


class Effect(Noun):
    """One number of one part: with the suggestion shown, hidden, and the difference with its interval."""

    form: str
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
    shown: float | None
    shown_n: int
    hidden: float | None
    hidden_n: int
    between_people: float | None = None


class Profile(Noun):
    """How long answers of one kind took: quantiles in milliseconds, and a count for each bar of `BARS`."""

    by: str
    name: str
    how: str
    n: int
    timed: int
    p10: float | None
    p25: float | None
    p50: float | None
    p75: float | None
    p90: float | None
    bars: tuple[int, ...]


class Forecast(Noun):
    """Which blind share shows an effect of so much, at the items there are."""

    effect: float
    share: float | None
    blind: int | None
    power: float
    items: int
    needed: int | None
    level: float
    assumed: str
    method: str
    because: str | None


def effects(lines: Sequence[Line], *, eligible: int, because: str | None = None) -> list[Effect]:
    """Every form, in all and by queue, person, suggested label and model version.

    `because` says why nothing was drawn; then nothing is measured, whatever the lines say.
    """
    out = []
    parts: list[tuple[str, str, Sequence[Line]]] = [("all", "", lines)]
    for by in DIMENSIONS:
        groups: dict[str, list[Line]] = {}
        for line in lines:
            name = getattr(line, by)
            if name is not None:
                groups.setdefault(name, []).append(line)
        parts += [(by, name, groups[name]) for name in sorted(groups)]
    for form in FORMS:
        for by, name, part in parts:
            out.append(_effect(form, by, name, part, eligible if by == "all" else len(part), because))
    return out


def profiles(lines: Iterable[Line]) -> list[Profile]:
    """How long accepting, correcting, rejecting and answering blind took: in all, by queue, by person."""
    import numpy as np

    times: dict[tuple[str, str, str], list[int | None]] = {}
    for line in lines:
        for by, name in (("all", ""), ("queue", line.queue), ("person", line.person)):
            times.setdefault((by, name, line.how), []).append(line.active_ms)
    order = ["all", "queue", "person"]
    out = []
    for (by, name, how), given in sorted(times.items(), key=lambda one: (order.index(one[0][0]), one[0])):
        known = np.array([ms for ms in given if ms is not None], dtype=np.float64)
        cuts = [float(x) for x in np.quantile(known, (0.1, 0.25, 0.5, 0.75, 0.9))] if len(known) else [None] * 5
        place = np.searchsorted(np.array(BARS) * 1000, known, side="right")
        bars = np.bincount(place, minlength=len(BARS) + 1)
        p10, p25, p50, p75, p90 = cuts
        out.append(
            Profile(
                by=by, name=name, how=how, n=len(given), timed=len(known),
                p10=p10, p25=p25, p50=p50, p75=p75, p90=p90, bars=tuple(bars.tolist()),
            )
        )  # fmt: skip
    return out


def forecasts(lines: Sequence[Line], *, items: int) -> list[Forecast]:
    """The blind share that shows an effect of 1, 2 and 5 points of agreement, at so many suggested items.

    What the blind arm and the differences between people show so far is planned with; before there is a blind arm,
    a usual agreement is, and it is said.
    """
    rate, people, between, measured = USUAL_AGREEMENT, None, 0.0, "assumed: "
    blind = [line for line in lines if line.hidden]
    if blind:
        weight = [1 / line.chance for line in blind]
        rate = sum(w for w, line in zip(weight, blind, strict=True) if line.agrees) / sum(weight)
        measured = f"measured on {len(blind):,} blind answers: "
        both = {line.person for line in lines if not line.hidden} & {line.person for line in blind}
        if len(both) > 1:
            people = len(both)
            found = statistics.bias.anchoring(
                [line.agrees for line in lines],
                [not line.hidden for line in lines],
                people=[line.person for line in lines],
                probability=[line.chance for line in lines],
            )
            between = found.between_people or 0.0
    out = []
    for effect in EFFECTS:
        plan = statistics.bias.blind_share(
            effect, items=items, blind_rate=rate, people=people, between=between, power=POWER, level=LEVEL
        )
        because = None
        if plan.share is None:
            more = f"it takes {plan.items:,} items" if plan.items else "no number of items is enough with these people"
            because = f"half of {items:,} items would show it in {plan.power:.0%} of cases: {more}"
        out.append(
            Forecast(
                effect=effect, share=plan.share, blind=plan.blind, power=plan.power, items=items, needed=plan.items,
                level=LEVEL, assumed=measured + plan.assumed, method=plan.method, because=because,
            )
        )  # fmt: skip
    return out


def _effect(form: str, by: str, name: str, lines: Sequence[Line], eligible: int, because: str | None) -> Effect:
    if because is not None:
        return _unknown(form, by, name, because, lines, eligible)
    counted = [(line, hit) for line in lines if (hit := _hit(form, line)) is not None]
    arms = {hidden: [one for one in counted if one[0].hidden is hidden] for hidden in (False, True)}
    missing = [word for hidden, word in ((False, "shown"), (True, "hidden")) if not arms[hidden]]
    if missing:
        what = "said" if form == "agreement" else "held against a reference"
        why = f"nothing was {what} with the suggestion {' or '.join(missing)}"
        return _unknown(form, by, name, why, [line for line, _ in counted], eligible)
    sides = {hidden: _arm(part) for hidden, part in arms.items()}
    found = _compared(form, by, counted, sides)
    how = found.interval.method if found.interval else found.method
    told = figure(
        found, level=LEVEL, n=len(counted), eligible=eligible, method=f"{FORMS[form]}, shown minus hidden; {how}",
        because=found.because or found.caution,
    )  # fmt: skip
    shown, hidden_ = sides[False], sides[True]
    return Effect(
        form=form, by=by, name=name, **told, shown=shown.value, shown_n=shown.n, hidden=hidden_.value,
        hidden_n=hidden_.n, between_people=_between(form, by, counted),
    )  # fmt: skip


def _compared(form: str, by: str, counted: Sequence[tuple[Line, bool]], sides: Mapping[bool, "Estimate"]) -> "Estimate":
    """Agreement over people, so that one person's habit counts once; what rests on an audit by its own weights."""
    if form != "agreement":
        return statistics.estimate.difference(sides[False], sides[True], method=FORMS[form])
    return statistics.bias.anchoring(
        [hit for _, hit in counted],
        [not line.hidden for line, _ in counted],
        people=[line.person for line, _ in counted] if by != "person" else None,
        probability=[line.chance for line, _ in counted],
        level=LEVEL,
    ).overall


def _between(form: str, by: str, counted: Sequence[tuple[Line, bool]]) -> float | None:
    if form != "agreement" or by != "all":
        return None
    return statistics.bias.anchoring(
        [hit for _, hit in counted],
        [not line.hidden for line, _ in counted],
        people=[line.person for line, _ in counted],
        probability=[line.chance for line, _ in counted],
        level=LEVEL,
    ).between_people


def _arm(counted: Sequence[tuple[Line, bool]]) -> "Estimate":
    """A weighted share: by the chance of the arm, and of the audit that the reference comes from."""

    # An arm speaks for what these people would have said of every item, which nobody will ever count in full: chances
    # are scaled down, so that weights stay and no arm passes for nearly a census.
    chance = [line.chance * line.audited * 1e-6 for line, _ in counted]
    return statistics.estimate.hajek([float(hit) for _, hit in counted], chance, strata=chance, level=LEVEL)


def _hit(form: str, line: Line) -> bool | None:
    """Does a line say yes to a form's question; None where it is not asked it."""
    if form == "agreement":
        return line.agrees
    if form == "error":
        return line.wrong_label
    if line.wrong_suggestion is None or line.wrong_suggestion is not (form == "wrong_followed"):
        return None
    return line.agrees


def _unknown(form: str, by: str, name: str, because: str, lines: Sequence[Line], eligible: int) -> Effect:
    shown, method = sum(not line.hidden for line in lines), f"{FORMS[form]}, shown minus hidden"
    told = no_figure(because, method=method, n=len(lines), eligible=eligible, level=LEVEL)
    return Effect(
        form=form, by=by, name=name, **told, shown=None, shown_n=shown, hidden=None, hidden_n=len(lines) - shown
    )
