"""Five models, two automatic graders, safe and unsafe prompts: what the grader says is not what people say."""

import csv

import numpy as np
from tests.realdata import folder

from goldloop.stats.estimate import prediction_powered, proportion


def cells():
    """(human verdict, grader verdict) per cell; a grader's own refusal or comment counts as "not complied"."""
    with open(folder("xstest") / "xstest_labels_5models.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for model in sorted({row["model"] for row in rows}):
        for unsafe in (False, True):
            chosen = [row for row in rows if row["model"] == model and row["type"].startswith("contrast") == unsafe]
            human = np.array([row["final_label"] == "1_full_compliance" for row in chosen], float)
            for grader in ("gpt4_label", "strmatch_label"):
                yield human, np.array([row[grader].startswith("1_full") for row in chosen], float)


def test_naive_intervals_cover_5_of_20_cells_and_corrected_ones_at_least_18():
    naive = corrected = count = 0
    r = np.random.default_rng(0)
    for human, graded in cells():
        truth, n = human.mean(), len(human)
        wrong = proportion(int(graded.sum()), n).interval
        naive += wrong.low <= truth <= wrong.high
        audited = np.zeros(n, bool)
        audited[r.choice(n, 60, replace=False)] = True
        right = prediction_powered(human[audited], graded[audited], graded[~audited], method="poststratified").interval
        corrected += right.low <= truth <= right.high
        count += 1
    assert count == 20
    assert naive == 5
    assert corrected >= 18
