"""Human time that a policy saves against 100 % manual work on CLINC150, at an equal measured error of the final labels.

A built-in model is trained on a part. Each run draws a calibration sample from the rest, designs thresholds on it as
goldloop does, puts their rules into a policy, routes every item by that policy's own rules, and has the same simulated
people work the items off twice: by the policy, and annotating everything. What the model suspects to be out of scope is
human-only: annotated in full and ruled on. The error of both is counted against the data set's own labels. Times come
from `saving_times.yaml`; labelling the calibration sample is paid for by the policy. It is simulated, and says so.

The whole is done anew in several orders of the data set: another cut into what the model learns from, what a bound is
chosen on and what is measured, other samples, other people. Which bound is used is chosen within each order, by a rule
that was written down before: the one that saves the most among those that are clearly no worse than manual work there.
What is reported is measured on the other items, with other people and chances, once. The orders were named before any
of them was run, and none was left out.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from bench.bound import ALL, OUT_OF_SCOPE, SEED, SUSPECTED, clinc
from bench.report import Line
from bench.scale import Scale

from goldloop import kinds
from goldloop.client.work import Assignment, Shown
from goldloop.core import families
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label, Ontology
from goldloop.core.policy import HumanOnlyDoc, HumanOnlyRule, OntologyDoc, Policy, Raci, RouteRule, Routing
from goldloop.judges.choice_baseline import ChoiceBaseline
from goldloop.labelling.confidence.bound_rules import Prices, Seen, Wanted, design, rule_of, sample_size, with_rules
from goldloop.labelling.routing.rules import Facts, Routed, Suggested, route
from goldloop.loop.human_only import human_only_because
from goldloop.simulate.people import crew
from goldloop.simulate.says import saying

BAR = 0.35
ERROR_BAR = 0.0
BOUNDS = (0.03, 0.05, 0.075, 0.1, 0.15, 0.2)
"""Of what passes, before anybody verified it: people correct most, so that final labels may be as right as by hand."""
CONFIDENCE = 0.95
CLEARLY = 2.0  # standard errors over runs that a bound has to be below the errors of manual work where it is chosen
CHOOSING = 0.25  # of the items that the model did not learn from
ORDERS = (7_001, 7_002, 7_003, 7_004, 7_005)
"""In which the data set is cut into parts. They were named before anything was run in them; what was seen in an earlier
order (20,261,127), with the same rule and the same bounds to choose from, is not among what is reported."""
TIMES = Path(__file__).parent / "saving_times.yaml"
PEOPLE = 12
SHIFT = 200  # judgements, after which a person rests and starts afresh
LEVEL = 0.95
TASK = Spec(name="choice.v1")


class Spoken(NamedTuple):
    """One item: its text, the right label, and what the model says of it."""

    text: str
    label: str
    said: Suggested


class Ran(NamedTuple):
    """One run: works by what is done, and wrong labels, of the policy and of manual work."""

    works: Counter[str]
    wrong: "np.ndarray"
    wrong_manual: "np.ndarray"
    rules: tuple[str, ...]
    verified: float
    seconds: "np.ndarray"  # by item, at the stated times


class Choice(NamedTuple):
    """What a bound came to where bounds are chosen: the median saving; the excess of wrong labels with its error."""

    wanted: Wanted
    saved: float
    excess: float
    error: float

    @property
    def no_worse(self) -> bool:
        """Clearly no more wrong labels than manual work has."""
        return self.excess + CLEARLY * self.error <= 0


class Order(NamedTuple):
    """What came out in one order: the bound that was chosen there, and runs on items that it was not chosen on."""

    order: int
    chosen: Choice
    by: int  # items that the bound was chosen on
    taught: int
    items: int
    runs: list[Ran]
    saved: "np.ndarray"  # by run
    excess: "np.ndarray"  # share of wrong labels over that of manual work, by run


def saving(_folder: Path, scale: Scale) -> list[Line]:
    """The bar: at least 35 % less human time at an equal measured error, with its interval and its sensitivity."""
    kinds.load()
    times = yaml.safe_load(TIMES.read_text(encoding="utf-8"))
    seconds = {kind: one["value"] for kind, one in times.items()}
    found = [_in_order(order, seconds, scale) for order in ORDERS[: scale.orders]]
    saved, excess = (np.concatenate([getattr(one, name) for one in found]) for name in ("saved", "excess"))
    runs = [run for one in found for run in one.runs]
    low, high = (_with_items(runs, seconds, side) for side in (0.025, 0.975))
    error, manual = (float(np.mean([part.mean() for part in parts])) for parts in _wrong(runs))
    sizes = f"{found[0].items:,} items, model trained on {found[0].taught:,}, bound chosen on {found[0].by:,} others"
    note = f"simulated; {len(found)} orders of {len(found[0].runs)} runs; {sizes}"
    bounds = ", ".join(f"{one.chosen.wanted.alpha:.1%} in {one.order:,}" for one in found)
    for one in found:
        print(
            f"order {one.order:,}: bound {one.chosen.wanted.alpha:.1%}, saves {np.median(one.saved):.1%} at "
            f"{100 * one.excess.mean():+.2f} points; policy: {'; '.join(one.runs[0].rules)}"
        )
    return [
        Line("largest bound that was chosen", max(one.chosen.wanted.alpha for one in found), "", note=bounds),
        Line("human time saved against 100 % manual, median of runs", float(np.median(saved)), "", BAR, True, note),
        Line("human time saved, lower end of the 95 % interval over runs and items", low, ""),
        Line("human time saved, upper end", high, ""),
        Line("least saved in an order, median of its runs", min(float(np.median(one.saved)) for one in found), "", BAR,
             True),
        Line("wrong labels of the policy over those of manual work, mean", 100 * float(excess.mean()), "points",
             ERROR_BAR, note=f"{len(runs)} runs"),
        Line("the same, of the order that is worst in it", 100 * max(float(one.excess.mean()) for one in found),
             "points", ERROR_BAR),
        Line("share of final labels that is wrong, policy", error, ""),
        Line("share of final labels that is wrong, manual", manual, ""),
        Line("share of items verified", float(np.median([one.verified for one in runs])), ""),
        *_sensitivity(runs, times, seconds),
    ]  # fmt: skip


def _in_order(order: int, seconds: dict[str, float], scale: Scale) -> Order:
    """One order: the bound is chosen on a part, and what it saves is measured on the other."""
    spoken, taught, labels = _spoken(order, scale)
    cut = round(CHOOSING * len(spoken))
    numbers = count(order * 1_000)  # no person and no chance comes twice
    chosen = _chosen(_choices(spoken[:cut], labels, seconds, scale, numbers))
    measured = spoken[cut:]
    runs = [_run(next(numbers), measured, labels, seconds, chosen.wanted) for _ in range(scale.saving)]
    return Order(
        order=order,
        chosen=chosen,
        by=cut,
        taught=taught,
        items=len(measured),
        runs=runs,
        saved=np.array([_saved(one, seconds) for one in runs]),
        excess=_excess(runs),
    )


def _choices(
    spoken: Sequence[Spoken],
    labels: Sequence[str],
    seconds: dict[str, float],
    scale: Scale,
    numbers: Iterator[int],
) -> list[Choice]:
    """What every bound comes to on the items that are there to choose by."""
    out = []
    for alpha in BOUNDS:
        wanted = Wanted(alpha=alpha, confidence=CONFIDENCE)
        if sample_size(wanted) > len(spoken):
            continue
        runs = [_run(next(numbers), spoken, labels, seconds, wanted) for _ in range(scale.saving)]
        excess = _excess(runs)
        saved = float(np.median([_saved(one, seconds) for one in runs]))
        out.append(Choice(wanted, saved, float(excess.mean()), float(excess.std(ddof=1) / np.sqrt(len(excess)))))
    return out


def _chosen(choices: Sequence[Choice]) -> Choice:
    """The bound that saves the most without being worse; the tightest where each of them is."""
    good = [one for one in choices if one.no_worse]
    return max(good, key=lambda one: one.saved) if good else choices[0]


def _excess(runs: Sequence[Ran]) -> "np.ndarray":
    """The share of wrong labels over that of manual work, run by run."""
    return np.array([one.wrong.mean() - one.wrong_manual.mean() for one in runs])


def _wrong(runs: Sequence[Ran]) -> tuple[list["np.ndarray"], list["np.ndarray"]]:
    return [one.wrong for one in runs], [one.wrong_manual for one in runs]


def _sensitivity(runs: Sequence[Ran], times: dict[str, Any], seconds: dict[str, float]) -> Iterator[Line]:
    """The saving with each time at the ends of its interval, and the ratio at which the bar is no longer met."""
    for kind, one in times.items():
        for end in ("low", "high"):
            changed = {**seconds, kind: one[end]}
            if kind == "annotate":  # correcting in place is finding the label, as annotating is
                changed["correct"] = one[end]
            found = float(np.median([_saved(run, changed) for run in runs]))
            yield Line(f"saved if to {kind} takes {one[end]:g} s instead of {one['value']:g}", found, "")
    ratios = np.arange(0.05, 1.0, 0.01)
    kept = [
        ratio
        for ratio in ratios
        if np.median([_saved(run, {**seconds, "verify": ratio * seconds["annotate"]}) for run in runs]) >= BAR
    ]
    yield Line("largest verify / annotate ratio that still saves the bar", float(max(kept, default=0.0)), "")


def _saved(one: Ran, seconds: dict[str, float]) -> float:
    spent = sum(times * seconds[kind] for kind, times in one.works.items())
    return 1 - spent / (len(one.wrong) * seconds["annotate"])


def _with_items(runs: Sequence[Ran], seconds: dict[str, float], quantile: float) -> float:
    """A quantile over runs, and in each over items drawn anew: the calibration sample is a fixed cost."""
    rng = np.random.default_rng(SEED)
    out = []
    for one in runs:
        fixed = one.works["annotate"] * seconds["annotate"] + sum(
            times * seconds[kind] for kind, times in one.works.items() if kind != "annotate"
        )
        fixed -= float(one.seconds.sum())
        for _ in range(50):
            drawn = one.seconds[rng.integers(0, len(one.seconds), len(one.seconds))]
            out.append(1 - (float(drawn.sum()) + fixed) / (len(one.seconds) * seconds["annotate"]))
    return float(np.quantile(out, quantile))


def _spoken(order: int, scale: Scale) -> tuple[list[Spoken], int, list[str]]:
    """Train on the first rows, and let the model speak of the others."""
    rows = clinc()
    random.Random(order).shuffle(rows)
    if scale.small:
        few = {*sorted({label for _, label in rows})[::13]} - {OUT_OF_SCOPE}
        outside = [row for row in rows if row[1] == OUT_OF_SCOPE][::13]
        rows = [row for row in rows if row[1] in few or row in outside]
    known, rest = rows[: scale.taught], rows[scale.taught :]
    labels = sorted({label for _, label in rows})
    task = families.task.build(TASK)
    ontology = Ontology(labels=tuple(Label(id=one, name=one) for one in labels))
    taught = [({"text": text}, {"labels": [label]}) for text, label in known]
    model = ChoiceBaseline.predictor(ChoiceBaseline.train(taught, task=task, ontology=ontology, seed=SEED))
    value = {label: n for n, label in enumerate(labels)}
    out = []
    for one, (text, label) in zip(model.predict([{"text": text} for text, _ in rest]), rest, strict=True):
        (suggested,) = one["answer"]["labels"]
        shares = tuple((name, float(share)) for name, share in one["top"])
        out.append(Spoken(text, label, Suggested(0, value[suggested], (suggested,), one["confidence"], None, shares)))
    return out, len(known), labels


def _policy(labels: Sequence[str], rules: Sequence[RouteRule]) -> Policy:
    """The programme of the bench, with certified rules; out of scope is human-only."""
    by_hand = RouteRule(rule="below the bound", to="annotate", tier=1)
    routing = Routing(model="ngrams", rules=(by_hand,))
    suspects = HumanOnlyRule(rule="out of scope", suspects=(OUT_OF_SCOPE,), above=SUSPECTED)
    return Policy.model_construct(
        programme="saving",
        title="Saving",
        organisation="bench",
        raci=Raci(accountable="bench"),
        task=TASK,
        ontology=OntologyDoc(labels=tuple(Label(id=one, name=one, human_only=one == OUT_OF_SCOPE) for one in labels)),
        human_only=HumanOnlyDoc(rules=(suspects,), tier=2),
        routing=with_rules(routing, rules),
    )


def _run(
    number: int, spoken: Sequence[Spoken], labels: Sequence[str], seconds: dict[str, float], wanted: Wanted
) -> Ran:
    """One calibration sample, the policy it certifies, and everything worked off twice by the same people."""
    humans = frozenset({OUT_OF_SCOPE})
    plain = _policy(labels, ())
    drawn = np.random.default_rng((SEED, number)).permutation(len(spoken))[: sample_size(wanted)]
    seen = []
    for n in drawn.tolist():
        one = spoken[n]
        if human_only_because(plain, [one.said], {}, human_labels=humans) is None:
            assert one.said.confidence is not None
            seen.append(Seen(one.said.confidence, one.said.labels != (one.label,), ALL))
    (found,) = design(seen, wanted, Prices(verify=seconds["verify"], annotate=seconds["annotate"]))
    rules = [] if found["stated"] is None else [rule_of(1, ALL, wanted, found["stated"])]
    policy = _policy(labels, rules)
    people = crew(PEOPLE, seed=SEED + number, tiers=((1,),))
    senior = crew(1, seed=SEED + number, tiers=((3,),))[0]
    chance = random.Random(SEED + number)
    works: Counter[str] = Counter(annotate=len(drawn))  # the calibration sample is labelled as well
    wrong, manual, took = [], [], []
    done: Counter[str] = Counter()
    verified = 0
    for one in spoken:
        why = human_only_because(policy, [one.said], {}, human_labels=humans)
        to = route(Facts(one.said, None, {}), policy, human_only=why)
        first, second = chance.sample(people, 2)
        label, mine = _worked(one, to, labels, first, second, senior, done, seed=number, ruled=why is not None)
        by_hand = _answer(one, labels, first, done[first.name] % SHIFT, seed=number)
        done[first.name] += 1
        works.update(mine)
        took.append(sum(seconds[kind] * times for kind, times in mine.items()))
        verified += to.to == "verify"
        wrong.append(label != one.label)
        manual.append(by_hand != one.label)
    said = tuple(f"{rule.rule} -> {rule.to}" + _from(rule) for rule in policy.routing.rules)
    return Ran(works, np.array(wrong), np.array(manual), said, verified / len(spoken), np.array(took))


def _from(rule: RouteRule) -> str:
    if rule.when is None or rule.when.confidence is None:
        return ""
    return f" from confidence {rule.when.confidence.at_least:.4f}"


def _worked(
    one: Spoken,
    to: Routed,
    labels: Sequence[str],
    first: Any,
    second: Any,
    senior: Any,
    done: Counter[str],
    *,
    seed: int,
    ruled: bool,
) -> tuple[str, Counter[str]]:
    """The final label of an item by the policy, and the works it took."""
    if to.to == "annotate":
        answer = _answer(one, labels, first, done[first.name] % SHIFT, seed=seed)
        if not ruled:
            return answer, Counter(annotate=1)
        return _answer(one, labels, senior, 0, seed=seed), Counter(annotate=1, review=1)
    shown = Shown(id="", answer={"labels": list(one.said.labels)})
    said = saying(_asked(one, "verify", shown), _truth(one), labels, first, seed=seed, done=done[first.name] % SHIFT)
    if said.stance == "accept":
        return one.said.labels[0], Counter(verify=1)
    if said.stance == "answer":
        return said.answer["labels"][0], Counter(correct=1)
    again = _answer(one, labels, second, done[second.name] % SHIFT, seed=seed)
    if again != one.said.labels[0]:
        return again, Counter(verify=1, annotate=1)
    return _answer(one, labels, senior, 0, seed=seed), Counter(verify=1, annotate=1, review=1)


def _answer(one: Spoken, labels: Sequence[str], person: Any, done: int, *, seed: int) -> str:
    """What somebody says of an item without a suggestion."""
    queue = "review" if 3 in person.tiers else "annotate"
    found = saying(_asked(one, queue, None), _truth(one), labels, person, seed=seed, done=done)
    said: list[str] = found.answer["labels"] if found.answer is not None else [""]
    return said[0]


def _asked(one: Spoken, queue: Any, shown: Shown | None) -> Assignment:
    return Assignment.model_construct(queue=queue, body={"text": one.text}, task=TASK, suggestion=shown)


def _truth(one: Spoken) -> Any:
    return lambda body: {"labels": [one.label]}
