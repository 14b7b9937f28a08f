"""The learning curve on BANKING77: rounds of labels chosen by a selection, against as many drawn at random.

Everything is real but the annotators, who say what the data set says: the built-in model is trained on what is
labelled, speaks of the rest, a selection chooses the next round, and the published test set measures each version.
"""

import csv
import os
import random
from collections import Counter
from pathlib import Path

import numpy as np
from bench.report import Line
from bench.scale import Scale

from goldloop import kinds
from goldloop.core.ontology import Label, Ontology
from goldloop.judges.choice_baseline import ChoiceBaseline
from goldloop.judges.trainable import Predictor
from goldloop.labelling.learning.selection import SELECTIONS, Candidate, Known
from goldloop.tasks.choice import Choice

DATA = Path(os.environ.get("GOLDLOOP_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / "banking77"
CHOSEN = ("random.v1", "margin.v1", "uncertainty.v1", "diversity.v1", "error_cluster.v1", "coverage.v1")
Text = tuple[str, str]


def learning(_folder: Path, scale: Scale) -> list[Line]:
    """The accuracy of every version by selection and round, the mean over seeds; the last round beside chance."""
    kinds.load()
    labels, first, step, rounds, seeds = (12, 60, 40, 3, 1) if scale.small else (77, 400, 200, 4, 3)
    train, test = _read("train.csv", labels), _read("test.csv", labels)
    selections = CHOSEN[:2] if scale.small else CHOSEN
    curves = {
        name: np.mean([_curve(name, train, test, first, step, rounds, seed) for seed in range(seeds)], axis=0)
        for name in selections
    }
    chance = curves["random.v1"]
    out = [
        Line(f"accuracy at {first + n * step:,} labels, {name}", float(share), "", note=f"mean of {seeds} seeds")
        for name, curve in curves.items()
        for n, share in enumerate(curve[:-1])
    ]
    last = f"accuracy at {first + rounds * step:,} labels"
    for name, curve in curves.items():
        judged = name in ("margin.v1", "uncertainty.v1") and not scale.small
        bar = float(chance[-1]) if judged else None
        out.append(
            Line(
                f"{last}, {name}",
                float(curve[-1]),
                "",
                bar,
                least=True,
                note="the bar is the random arm" if judged else "",
            )
        )
    return out


def _curve(
    name: str, train: list[Text], test: list[Text], first: int, step: int, rounds: int, seed: int
) -> list[float]:
    """The accuracy on the test set before the first round and after each."""
    order = list(range(len(train)))
    random.Random(seed).shuffle(order)
    labelled, waiting = order[:first], order[first:]
    checked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    found = []
    for turn in range(rounds + 1):
        model = _trained([train[key] for key in labelled])
        said = model.predict([{"text": text} for text, _ in test])
        found.append(
            sum(one["answer"]["labels"] == [label] for one, (_, label) in zip(said, test, strict=True)) / len(test)
        )
        if turn == rounds:
            break
        replies = model.predict([{"text": train[key][0]} for key in waiting])
        pool = [
            Candidate(
                key,
                tuple(one["answer"]["labels"]),
                one["confidence"],
                one["margin"],
                one["entropy"],
                text=train[key][0],
            )
            for key, one in zip(waiting, replies, strict=True)
        ]
        known = Known(
            texts=[train[key][0] for key in labelled],
            labels=Counter(train[key][1] for key in labelled),
            checked=checked,
            wrong=wrong,
        )
        chosen = [one.item_id for one in SELECTIONS[name]().pick(pool, known, step)]
        inside = set(chosen)
        chosen += [key for key in waiting if key not in inside][: step - len(chosen)]  # chance fills up
        inside = set(chosen)
        for one in pool:
            if one.item_id in inside and one.labels:
                checked[one.labels[0]] += 1
                wrong[one.labels[0]] += one.labels[0] != train[one.item_id][1]
        labelled, waiting = [*labelled, *chosen], [key for key in waiting if key not in inside]
    return found


def _trained(rows: list[Text]) -> Predictor:
    names = sorted({label for _, label in rows})
    ontology = Ontology(labels=tuple(Label(id=name, name=name) for name in names))
    told = [({"text": text}, {"labels": [label]}) for text, label in rows]
    return ChoiceBaseline.predictor(ChoiceBaseline.train(told, task=Choice(), ontology=ontology))


def _read(name: str, labels: int) -> list[Text]:
    """Texts with their intents, of the first so many; one of the 77 names ends in a mark that no label id holds."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"].rstrip("?")) for row in csv.DictReader(file)]
    wanted = set(sorted({label for _, label in rows})[:labels])
    return [(text, label) for text, label in rows if label in wanted]
