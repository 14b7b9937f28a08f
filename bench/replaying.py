"""The simulator held against history: each batch of simulated programmes predicted from the one before it.

Programmes of three kinds are worked off through the client, run after run with other people and other items: one that
verifies most of what a model suggests, one in which several people label a share and seniors rule, and one without a
model. Each batch is audited. Then goldloop replays them: how many of the hours, costs and accuracies that were measured
lie in the interval that was predicted from the batch before.
"""

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from bench.inside import ORGANISATION, done, inside
from bench.report import Line
from bench.resumed import over, resumed
from bench.scale import Scale

from goldloop import statistics
from goldloop.client import Client
from goldloop.core.nouns import Spec
from goldloop.simulate import crew, hire, truth_of, work_off

BAR = 0.9  # of intervals that are to hold 95 of 100, less what so few runs scatter
LABELS = ("billing", "delivery", "refund", "praise")
RIGHT = 0.85
FILE = """
programme: replayed
title: Replayed
organisation: Harbour Bank
raci: {{accountable: mona}}
task: choice.v1
tiers: {{1: {{rate: 1800}}, 2: {{rate: 2400}}, 3: {{rate: 4200}}}}
models: {{imported: {{judge: {{predictions.v1: {{file: imported}}}}}}}}
batches: {{size: {size}, gate: release}}
gates: {{release: {{owner: mona, sample: {{size: {audit}, minimum: 0, tier: 3}}, checks: [completeness.v1]}}}}
ontology: {{labels: [billing, delivery, refund, praise]}}
"""
SUGGESTED = """
routing:
  model: imported
  rules:
    - {rule: sure, when: {confidence: {from: 0.7}}, to: verify, tier: 1}
    - {rule: rest, to: annotate, tier: 1}
blind: {share: 0.2}
"""
BY_HAND = "routing: {rules: [{rule: all, to: annotate, tier: 1}]}\n"
KINDS = {
    "verified": SUGGESTED,
    "several": SUGGESTED + "consensus: {share: 0.15, judgements: 2, limit: 3}\n",
    "by hand": BY_HAND + "consensus: {share: 0.1}\n",
}


def replaying(folder: Path, scale: Scale) -> list[Line]:
    """How often the interval of a prediction holds what was measured, in all and by number, and how wide it is."""
    covered: dict[str, list[bool]] = {}
    wide: dict[str, list[float]] = {}

    def one_run(called: str) -> dict[str, Any]:
        kind, _, seed = called.rpartition("-")
        home = folder / called
        with inside(home, int(seed)) as client:
            lines = _replayed(client, home, KINDS[kind.replace("-", " ")], seed=int(seed), scale=scale)
        shutil.rmtree(home)
        return {"lines": lines}

    names = [f"{kind.replace(' ', '-')}-{seed}" for seed in range(scale.replayed) for kind in KINDS]
    for one in resumed("replaying", names, one_run, size=(scale.small,), keep=not scale.small):
        for line in one["lines"]:
            if line["covered"] is None:
                continue
            covered.setdefault(line["of"], []).append(line["covered"])
            said = line["predicted"]
            wide.setdefault(line["of"], []).append((said["high"] - said["low"]) / said["value"])
    if not scale.small:
        over("replaying")
    whole = [one for part in covered.values() for one in part]
    low = float(statistics.estimate.limits(float(sum(whole)), len(whole), method="clopper-pearson", level=0.95)[0])
    note = f"{len(KINDS)} kinds of programme, {scale.replayed} runs of each, simulated people"
    bar = None if scale.small else BAR
    return [
        Line(f"of {len(whole)} measured numbers, those that their prediction covers", sum(whole) / len(whole), "", bar,
             least=True, note=note),
        Line("lower end of its exact 95 % interval, were they independent", low, ""),
        *(Line(f"{name}: covered, of {len(part)}", sum(part) / len(part), "") for name, part in covered.items()),
        *(Line(f"{name}: width of the interval over its middle", float(np.median(w)), "") for name, w in wide.items()),
    ]  # fmt: skip


def _replayed(client: Client, home: Path, rules: str, *, seed: int, scale: Scale) -> list[dict[str, Any]]:
    """The lines of a replay of one programme, worked off and audited."""
    size, batches = (24, 2) if scale.small else (100, 3)
    client.programmes.apply(FILE.format(size=size, audit=size // 3) + rules)
    rows = list(_rows(size * batches, seed))
    file = home / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row, _ in rows), encoding="utf-8")
    done(client, client.imports.add("replayed", file, Spec(name="jsonl.v1")))
    done(client, client.work.open("replayed"))
    people = crew(6, seed=seed, tiers=((1,), (1, 2), (3,)))
    workers = hire(client, people, organisation=ORGANISATION, programmes=["replayed"])
    truth = truth_of((row["text"], {"labels": [label]}) for row, label in rows)
    for _ in range(2):  # the gate opens its audit, and closes on it
        work_off(workers, truth, seed=seed)
        for one in client.batches.all("replayed"):
            if one.batch.purpose == "production":
                done(client, client.batches.gate(one.batch.id))
    found = client.plans.get(done(client, client.plans.replay("replayed", runs=100, seed=seed))["plan"])
    assert len(found.pairs) == batches - 1, found
    return [line for pair in found.pairs for line in pair["lines"]]


def _rows(count: int, seed: int) -> Iterator[tuple[dict[str, Any], str]]:
    """Items with what a model says of each, and what is true."""
    chance = random.Random(seed)
    for n in range(count):
        label = chance.choice(LABELS)
        right = chance.random() < RIGHT
        said = label if right else chance.choice([one for one in LABELS if one != label])
        sure = chance.betavariate(6, 2) if right else chance.betavariate(3, 3)
        yield {"id": f"r{n}", "text": f"text {n} of {seed}", "prediction": said, "confidence": round(sure, 3)}, label
