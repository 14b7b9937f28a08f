"""The whole loop through the server, run after run, on BANKING77 and CLINC150: is the bound kept on the true labels?

Each run is an installation of its own with its own items, people and chances. A model is trained; three rounds of
learning choose what people label, each makes the next version, and it is promoted; a calibration sample is drawn and
judged; a bound is designed and adopted, and says what it promises; the rest is routed by it. Only then is every
suggestion that passed held against the data set's own label. In CLINC150 what is out of scope is human-only.

Everything goes through the client, as from a browser. The people are simulated and know the right label.
"""

import csv
import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bench.bound import OUT_OF_SCOPE, SUSPECTED, banking, clinc
from bench.inside import ORGANISATION, done, inside
from bench.report import Line
from bench.resumed import over, resumed
from bench.scale import Scale

from goldloop import statistics
from goldloop.client import Client
from goldloop.client.confidence import BoundRow
from goldloop.client.learning import LearningRound
from goldloop.core.nouns import Spec
from goldloop.simulate import Persona, Truth, Worker, hire, truth_of, work_off

PROGRAMME = "whole"
ALPHA, CONFIDENCE = 0.1, 0.95
PRICES = {"verify": 1.0, "annotate": 4.0}
ROUNDS = ("margin", "uncertainty", "margin")
CONTROL = 0.25
SURE = {"accuracy": 1.0, "fatigue": 0.0, "anchoring": 0.0, "corrects": 1.0}
FILE = """
programme: whole
title: What customers ask
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
models: {ngrams: {judge: choice_baseline.v1}}
routing:
  model: ngrams
  rules:
    - {rule: sure, when: {confidence: {from: 0.9}}, to: verify, tier: 1}
    - {rule: the rest, to: annotate, tier: 1}
blind: {share: 0.1}
batches: {size: 5000}
"""
Text = tuple[str, str]


class Size(NamedTuple):
    """How much a run is made of."""

    labels: int
    known: int
    pool: int
    round: int
    sample: int


class Ran(NamedTuple):
    """One run: the promise that was made, and what became of it."""

    bound: BoundRow
    waiting: int  # items that were routed by it
    passed: int
    wrong: int  # of those that passed, by the data set's own labels
    latched: int  # items that belong to people
    passed_latched: int  # of them, those that passed: there must be none
    violations: int  # of the proof, but for people who are simulated
    rounds: tuple[LearningRound, ...]


class Told(NamedTuple):
    """What is counted of a run: see `Ran`; `first` and `last` are the model's error on the rounds' random arms."""

    waiting: int
    passed: int
    wrong: int
    latched: int
    passed_latched: int
    violations: int
    first: float
    last: float

    @property
    def kept(self) -> bool:
        """At most as many are wrong as was promised."""
        return self.wrong <= ALPHA * self.passed


def whole(folder: Path, scale: Scale) -> list[Line]:
    """Runs in which the bound was kept on both data sets, what passed, and how often."""
    size = Size(12, 150, 420, 30, 200) if scale.small else Size(200, 1_500, 1_500, 100, 300)
    out: list[Line] = []
    for name, rows in (("BANKING77", banking()), ("CLINC150", clinc())):

        def one_run(called: str, rows: Sequence[Text] = rows) -> dict[str, Any]:
            home, seed = folder / called, int(called.rpartition("-")[2])
            with inside(home, seed) as client:
                found = told(run(client, home, rows, seed=seed, size=size))
            shutil.rmtree(home)
            return found._asdict()

        names = [f"{name}-{seed}" for seed in range(scale.whole)]
        runs = [Told(**one) for one in resumed("whole", names, one_run, size=size, keep=not scale.small)]
        kept = sum(one.kept for one in runs)
        low = float(statistics.estimate.limits(float(kept), len(runs), method="clopper-pearson", level=0.95)[0])
        passed = [one.passed / one.waiting for one in runs]
        errors = [one.wrong / one.passed for one in runs if one.passed]
        first, last = ([one.first for one in runs], [one.last for one in runs])
        note = f"{size.known:,} known, {size.pool:,} others, {len(ROUNDS)} rounds of {size.round}, {size.sample} judged"
        out += [
            Line(f"{name}: runs of {len(runs)} in which at most {ALPHA:.0%} of what passed was wrong", kept, "",
                 (370 / 400) * len(runs), least=True, note=f"whole loop, simulated people; {note}"),
            Line(f"{name}: lower end of the exact 95 % interval of that share", low, ""),
            Line(f"{name}: share that passes to verify, median", float(np.median(passed)), ""),
            Line(f"{name}: share of it that is wrong, median", float(np.median(errors or [np.nan])), ""),
            Line(f"{name}: share of it that is wrong, largest", max(errors, default=float("nan")), ""),
            Line(f"{name}: the model's error on the random arm of the first round, mean", float(np.mean(first)), ""),
            Line(f"{name}: the same of the last round", float(np.mean(last)), ""),
        ]  # fmt: skip
        if any(one.latched for one in runs):
            latched = sum(one.latched for one in runs)
            broken = sum(one.passed_latched + one.violations for one in runs)
            out.append(Line(f"{name}: human-only items", latched, ""))
            assert not broken, "a human-only item passed, or rests on a machine"
    if not scale.small:
        over("whole")
    return out


def told(one: Ran) -> Told:
    """What is counted of a run."""
    errors = [round_.random_arm["error"]["value"] for round_ in one.rounds]
    return Told(
        one.waiting, one.passed, one.wrong, one.latched, one.passed_latched, one.violations, errors[0], errors[-1]
    )


def run(client: Client, folder: Path, rows: Sequence[Text], *, seed: int, size: Size) -> Ran:
    """One run in an empty installation whose owner the client is."""
    rows = _part(rows, size, seed)
    truth = truth_of((text, {"labels": [label]}) for text, label in rows)
    right = {str(n): label for n, (_, label) in enumerate(rows)}
    client.programmes.apply(_file(sorted({label for _, label in rows})))
    for name, start, end in (("known", 0, size.known), ("pool", size.known, size.known + size.pool)):
        file = _written(folder / f"{name}.csv", rows[start:end], start, known=name == "known")
        assert done(client, client.imports.add(PROGRAMME, file, Spec(name="csv.v1")))["items"] == end - start
    done(client, client.models.train(PROGRAMME, "ngrams", seed=seed))
    done(client, client.models.run(PROGRAMME, "ngrams"))
    people = [Persona(name=name, tiers=(1, 2), **SURE) for name in ("ada", "bo")]
    senior = Persona(name="sue", tiers=(3,), **SURE)
    workers = hire(client, [*people, senior], organisation=ORGANISATION, programmes=[PROGRAMME])
    for selection in ROUNDS:
        _round(client, workers, truth, selection, seed=seed, size=size)
    client.confidence.sample(PROGRAMME, size=size.sample)
    work_off(workers[2:], truth, seed=seed)
    bound = client.confidence.design(PROGRAMME, alpha=ALPHA, confidence=CONFIDENCE, prices=PRICES)
    if bound.groups[0]["threshold"] is not None:
        client.confidence.adopt(PROGRAMME, bound.number, because="the harder ones went into the rounds of learning")
    before = {one.batch.id for one in client.batches.all(PROGRAMME)}
    done(client, client.work.open(PROGRAMME))
    routed = [
        item
        for one in client.batches.all(PROGRAMME)
        if one.batch.id not in before
        for item in client.batches.items(one.batch.id)
    ]
    rule = bound.groups[0]["rule"]
    passed = [one for one in routed if one.rule == rule and rule is not None]
    said = {one.external_id: client.policies.explain(one.item_id).suggested for one in passed}
    proof = done(client, client.human_only.prove(PROGRAMME))
    latched = client.human_only.get(PROGRAMME).latched
    return Ran(
        bound=bound,
        waiting=len(routed),
        passed=len(passed),
        wrong=sum(said[key] != (right[key],) for key in said),
        latched=latched,
        passed_latched=sum(OUT_OF_SCOPE in (labels or ()) for labels in said.values()),
        violations=sum("simulated" not in one["what"] for one in proof["named"]),
        rounds=client.learning.page(PROGRAMME).rounds,
    )


def _round(client: Client, workers: Sequence[Worker], truth: Truth, selection: str, *, seed: int, size: Size) -> None:
    """What a selection chose is labelled, a version learns from it, is promoted, and speaks of the rest."""
    done(client, client.learning.next(PROGRAMME, selection, size=size.round, random=CONTROL))
    work_off(workers, truth, seed=seed)
    done(client, client.models.train(PROGRAMME, "ngrams", learn_from="both", seed=seed))
    newest = client.models.all(PROGRAMME)[0]
    client.models.promote(PROGRAMME, "ngrams", newest.id, "it knows more of what people said")
    done(client, client.models.run(PROGRAMME, "ngrams"))


def _part(rows: Sequence[Text], size: Size, seed: int) -> list[Text]:
    """The rows of one run: some of the labels, and of each text one."""
    chance = random.Random(seed)
    labels = sorted({label for _, label in rows} - {OUT_OF_SCOPE})
    wanted = {*chance.sample(labels, min(size.labels, len(labels))), OUT_OF_SCOPE}
    mine = list({text: label for text, label in rows if label in wanted}.items())
    chance.shuffle(mine)
    outside = [row for row in mine if row[1] == OUT_OF_SCOPE]
    inside = [row for row in mine if row[1] != OUT_OF_SCOPE]
    share = 0.05 if outside else 0.0
    need = size.known + size.pool
    mine = [*inside[: round(need * (1 - share))], *outside[: need - round(need * (1 - share))]]
    chance.shuffle(mine)
    return mine


def _file(labels: Sequence[str]) -> str:
    ids = "".join(
        f"    - {{id: {json.dumps(one)}, name: {json.dumps(one)}}}\n" for one in labels if one != OUT_OF_SCOPE
    )
    if OUT_OF_SCOPE not in labels:
        return f"{FILE}ontology:\n  labels:\n{ids}"
    ids += f"    - {{id: {OUT_OF_SCOPE}, name: Out of scope, human_only: true}}\n"
    suspects = f"[{{rule: out of scope, suspects: [{OUT_OF_SCOPE}], above: {SUSPECTED}}}]"
    return f"{FILE}human_only: {{tier: 2, ruling: disputes, rules: {suspects}}}\nontology:\n  labels:\n{ids}"


def _written(path: Path, rows: Sequence[Text], start: int, *, known: bool) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "text", *(["gold"] if known else [])])
        writer.writerows([str(start + n), text, *([label] if known else [])] for n, (text, label) in enumerate(rows))
    return path
