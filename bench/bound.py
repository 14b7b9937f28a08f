"""Bounds by simulation: how often thresholds designed from a sample keep their bound on the truth of everything.

A built-in model is trained on part of a real data set and speaks of the rest. Each run draws a calibration sample from
that rest, designs thresholds as goldloop designs them, and only then looks at the truth of all of it. What is out of
scope is human-only in CLINC150: what the model suspects to be out of scope never meets a threshold, and what it misses
counts as wrong.
"""

import csv
import gzip
import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from bench.report import Line
from bench.scale import Scale

from goldloop import kinds
from goldloop.core import families
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label, Ontology
from goldloop.judges.choice_baseline import ChoiceBaseline
from goldloop.labelling.confidence.bound_rules import ALL, Prices, Seen, Wanted, design

DATA = Path(os.environ.get("GOLDLOOP_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
KEPT = 370 / 400  # of all runs
WANTED = Wanted(alpha=0.05, confidence=0.95)
PRICES = Prices(verify=1, annotate=4)
OUT_OF_SCOPE = "oos"
SUSPECTED = 0.5  # share of the out-of-scope label above which an item is human-only
SEED = 20


class World(NamedTuple):
    """Everything that a model said of one data set and met the thresholds: confidences, and whether it was wrong."""

    confidence: "np.ndarray"
    wrong: "np.ndarray"
    missed: int
    trained: int


def bounds(_folder: Path, scale: Scale) -> list[Line]:
    """The bound on BANKING77 and CLINC150: runs in which it was kept, and what it lets pass."""
    kinds.load()
    out = []
    for name, rows in (("BANKING77", banking()), ("CLINC150", clinc())):
        out += _simulated(name, spoken(rows, scale), scale)
    return out


def _simulated(name: str, world: World, scale: Scale) -> list[Line]:
    held, shares, errors, certified = 0, [], [], 0
    for number in range(scale.bounds):
        drawn = np.random.default_rng((SEED, number)).permutation(len(world.wrong))[: scale.calibrated]
        seen = [Seen(float(world.confidence[n]), bool(world.wrong[n]), ALL) for n in drawn]
        (found,) = design(seen, WANTED, PRICES)
        passes = world.confidence >= (np.inf if found["stated"] is None else found["stated"])
        error = float(world.wrong[passes].mean()) if passes.any() else 0.0
        held += error <= WANTED.alpha
        certified += found["stated"] is not None
        shares.append(float(passes.mean()))
        errors.append(error)
    note = f"{len(world.wrong):,} items, model trained on {world.trained:,}, samples of {scale.calibrated:,}"
    return [
        Line(f"{name}: runs of {scale.bounds} in which at most {WANTED.alpha:.0%} of what passed was wrong", held, "",
             KEPT * scale.bounds, least=True, note=note),
        Line(f"{name}: runs with a certified threshold", certified, ""),
        Line(f"{name}: share that passes to verify, median", float(np.median(shares)), ""),
        Line(f"{name}: share of it that is wrong, median", float(np.median(errors)), ""),
        Line(f"{name}: share of it that is wrong, largest", max(errors), ""),
        Line(f"{name}: share that is wrong without a threshold", float(world.wrong.mean()), ""),
        *([Line(f"{name}: out-of-scope items not suspected", world.missed, "")] if world.missed else []),
    ]  # fmt: skip


def spoken(rows: Sequence[tuple[str, str]], scale: Scale) -> World:
    """Train on the first rows, and let the model speak of the others."""
    if scale.small:
        few = sorted({label for _, label in rows})[:: max(1, len({label for _, label in rows}) // 12)]
        rows = [row for row in rows if row[1] in {*few, OUT_OF_SCOPE}]
    known, rest = rows[: scale.taught], rows[scale.taught :]
    task = families.task.build(Spec(name="choice.v1"))
    ontology = Ontology(labels=tuple(Label(id=one, name=one) for one in sorted({label for _, label in rows})))
    taught = [({"text": text}, {"labels": [label]}) for text, label in known]
    model = ChoiceBaseline.predictor(ChoiceBaseline.train(taught, task=task, ontology=ontology, seed=SEED))
    said = model.predict([{"text": text} for text, _ in rest])
    confidence, wrong, missed = [], [], 0
    for one, (_, label) in zip(said, rest, strict=True):
        (suggested,) = one["answer"]["labels"]
        suspects = dict(one["top"]).get(OUT_OF_SCOPE, 0.0) > SUSPECTED or suggested == OUT_OF_SCOPE
        missed += label == OUT_OF_SCOPE and not suspects
        if not suspects:
            confidence.append(one["confidence"])
            wrong.append(suggested != label)
    return World(np.array(confidence), np.array(wrong), missed, len(known))


def banking() -> list[tuple[str, str]]:
    """The texts of BANKING77 with their intents; one of the 77 names ends in a mark that no label id holds."""
    rows = []
    for part in ("train", "test"):
        with (DATA / "banking77" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            rows += [(row["text"], row["category"].rstrip("?")) for row in csv.DictReader(file)]
    random.Random(SEED).shuffle(rows)
    return rows


def clinc() -> list[tuple[str, str]]:
    """The texts of CLINC150 with their intents, those out of scope among them."""
    with gzip.open(DATA / "clinc150" / "data_full.json.gz", "rt", encoding="utf-8") as file:
        rows = [(text, label) for part in json.load(file).values() for text, label in part]
    random.Random(SEED).shuffle(rows)
    return rows
