"""How many human-only items does no trigger suspect? Pure: lines in, shares with exact limits out.

What was not suspected is known where people labelled it without the suggestion: all of what a rule sends to be labelled
in full, a random part of what it sends to be verified (the blind and the consensus share), and what an audit drew of
what was accepted without a person. Each is a stratum; a label found in one stands for the items it was drawn from.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from goldloop import statistics
from goldloop.core.figures import no_figure
from goldloop.core.nouns import Noun
from goldloop.core.policy import Policy

LEVEL = 0.95
BY_LABEL = "human-only label"
METHOD = "share of human-only items that no trigger suspected, from labels that people gave without a suggestion"
LIMITS = "clopper-pearson in every stratum that was sampled, together (Bonferroni)"
NO_LABEL = "nothing is human-only by a label: there is nothing that could be missed"


class Line(NamedTuple):
    """An item: `truth` are the labels that people gave it unassisted, None where nobody did, or not by the draw.

    `shares` is what the model gave labels. `whole`: everything in the stratum is labelled by people in full.
    """

    stratum: str
    whole: bool
    suspected: bool
    model: str
    truth: frozenset[str] | None
    shares: Mapping[str, float]


class Missed(Noun):
    """Of the human-only items of one part, the share that went unsuspected, and how many of all unsuspected that is.

    `missed` were found among `n` looked at of `eligible` unsuspected items; `caught` were suspected. `omitted` is the
    share of unsuspected items that are human-only, with limits.
    """

    by: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    eligible: int
    missed: int
    caught: int
    omitted: float | None
    omitted_low: float | None
    omitted_high: float | None
    method: str
    because: str | None


class Threshold(Noun):
    """What a lower threshold would have caught, and what it would have latched beside it."""

    label: str
    above: float | None
    now: float
    missed: int
    caught: int
    more: float | None
    because: str


class Finding(NamedTuple):
    """What a reading of the miss rate comes to."""

    healthy: bool | None
    because: str


def triggers(policy: Policy) -> dict[str, tuple[frozenset[str], float]]:
    """The triggers that models set off: by name the labels they suspect, and the share above which they do."""
    found = {one.rule: (frozenset(one.suspects), one.above) for one in policy.human_only.rules if one.suspects}
    own = policy.labels.human_only
    if own:
        above = min((one.above for one in policy.human_only.rules if one.suspects), default=0.5)
        found[BY_LABEL] = (own, above)
    return found


def misses(lines: Sequence[Line], policy: Policy) -> list[Missed]:
    """The miss rate in all, by trigger, label and model version."""
    rules = triggers(policy)
    labels = frozenset().union(*(of for of, _ in rules.values())) if rules else frozenset[str]()
    if not labels:
        return [_unknown("all", "", NO_LABEL, lines)]
    out = [_missed("all", "", lines, labels)]
    out += [_missed("rule", name, lines, of) for name, (of, _) in rules.items()]
    out += [_missed("label", label, lines, frozenset({label})) for label in sorted(labels)]
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.model, []).append(line)
    out += [_missed("model", name, groups[name], labels) for name in sorted(groups)]
    return out


def thresholds(lines: Sequence[Line], policy: Policy) -> list[Threshold]:
    """For every label that was missed: the share above which suspicion would have caught what the model gave any."""
    rules, weight, out = triggers(policy), _weights(lines), []
    for label in sorted(frozenset().union(*(of for of, _ in rules.values())) if rules else ()):
        now = min(above for of, above in rules.values() if label in of)
        missed = [line for line in lines if _counts(line) and line.truth and label in line.truth]
        if not missed:
            continue
        known = sorted(line.shares[label] for line in missed if line.shares.get(label, 0) > 0)
        if not known:
            because = "the model gave it no share in any of them: a slice, or another model, has to suspect it"
            out.append(Threshold(label=label, above=None, now=now, missed=len(missed), caught=0, more=None,
                                 because=because))  # fmt: skip
            continue
        above = _below(known[0])
        latched = [line for line in lines if _counts(line) and line.shares.get(label, 0) > above]
        more = sum(weight[line.stratum] for line in latched)
        because = f"above {above:g} instead of {now:g} would have caught {len(known)} of {len(missed)}"
        out.append(Threshold(label=label, above=above, now=now, missed=len(missed), caught=len(known), more=more,
                             because=because))  # fmt: skip
    return out


def judge(whole: Missed, found: Sequence[Threshold], *, line: float | None) -> Finding:
    """Unhealthy where something was missed, and more may be than the line allows."""
    if whole.value is None or whole.high is None:
        return Finding(None, whole.because or "there is no interval")
    said = (
        f"{whole.value:.1%} of human-only items were not suspected ({whole.level:.0%} interval {whole.low:.1%} to "
        f"{whole.high:.1%}; {whole.missed:,} found in {whole.n:,} unassisted labels of {whole.eligible:,} "
        f"unsuspected items)"
    )
    if line is None:
        return Finding(None, f"{said}; `human_only.misses` of the programme file draws no line")
    said = f"{said}; the line is {line:.1%}"
    if whole.high <= line:
        return Finding(True, said)
    if not whole.missed:
        return Finding(None, f"{said}: nothing was missed, but too few were looked at to prove it")
    return Finding(False, "; ".join([said, *(f"{one.label}: {one.because}" for one in found)]))


def _missed(by: str, name: str, lines: Sequence[Line], labels: Collection[str]) -> Missed:
    wanted = frozenset(labels)
    suspected = [line for line in lines if line.suspected]
    looked = [line for line in suspected if line.truth is not None]
    true = sum(bool(line.truth and line.truth & wanted) for line in looked)
    caught = true * len(suspected) / len(looked) if looked else 0.0
    strata = _strata((line for line in lines if not line.suspected), wanted)
    known = {key: one for key, one in strata.items() if one.n}
    n, eligible = sum(one.n for one in strata.values()), sum(one.size for one in strata.values())
    if not known:
        return _unknown(by, name, "nobody labelled an unsuspected item without the suggestion yet", lines)
    level = 1 - (1 - LEVEL) / max(1, sum(not one.known for one in known.values()))
    low = high = value = 0.0
    for one in known.values():
        value += one.size * one.hits / one.n
        if one.known:
            low, high = low + one.hits, high + one.hits
            continue
        ends = statistics.estimate.proportion(one.hits, one.n, method="clopper-pearson", level=level).interval
        assert ends is not None
        low, high = low + max(one.hits, one.size * ends.low), high + one.size * ends.high
    size = sum(one.size for one in known.values())
    hits = sum(one.hits for one in known.values())
    because = (
        None
        if size == eligible
        else f"speaks for {size:,} of {eligible:,} unsuspected items: of the rest none was seen"
    )
    if not value + caught:
        why = "no human-only item was found, neither suspected nor among those that were not"
        return Missed(
            by=by, name=name, **no_figure(why, method=f"{METHOD}; {LIMITS}", n=n, eligible=eligible, level=LEVEL),
            missed=0, caught=0, omitted=0.0, omitted_low=0.0, omitted_high=high / size,
        )  # fmt: skip
    return Missed(
        by=by, name=name, value=value / (value + caught), low=low / (low + caught) if low + caught else 0.0,
        high=high / (high + caught) if high + caught else 0.0, level=LEVEL, n=n, eligible=eligible, missed=hits,
        caught=true, omitted=value / size, omitted_low=low / size, omitted_high=high / size,
        method=f"{METHOD}; {LIMITS}", because=because,
    )  # fmt: skip


class _Stratum(NamedTuple):
    """Unsuspected items that were drawn alike: how many, how many of them seen, how many of those human-only."""

    size: int
    n: int
    hits: int

    @property
    def known(self) -> bool:
        """True where every one of them was seen."""
        return self.n == self.size


def _strata(lines: Iterable[Line], labels: frozenset[str]) -> dict[str, _Stratum]:
    out: dict[str, _Stratum] = {}
    for line in lines:
        if line.whole and line.truth is None:  # to be labelled in full, and nobody has yet
            continue
        before = out.get(line.stratum, _Stratum(0, 0, 0))
        hit = line.truth is not None and bool(line.truth & labels)
        out[line.stratum] = _Stratum(before.size + 1, before.n + (line.truth is not None), before.hits + hit)
    return out


def _weights(lines: Sequence[Line]) -> dict[str, float]:
    """How many items one that was seen stands for, by stratum."""
    strata = _strata((line for line in lines if not line.suspected), frozenset())
    return {key: one.size / one.n for key, one in strata.items() if one.n}


def _counts(line: Line) -> bool:
    return not line.suspected and line.truth is not None


def _below(share: float) -> float:
    """The next hundredth below a share."""
    return max(0, math.ceil(round(share * 100, 6)) - 1) / 100


def _unknown(by: str, name: str, because: str, lines: Sequence[Line]) -> Missed:
    unsuspected = sum(not line.suspected for line in lines)
    return Missed(
        by=by, name=name, **no_figure(because, method=f"{METHOD}; {LIMITS}", eligible=unsuspected, level=LEVEL),
        missed=0, caught=0, omitted=None, omitted_low=None, omitted_high=None,
    )  # fmt: skip
