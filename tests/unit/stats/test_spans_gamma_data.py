"""Annotators who mark and name spans freely: position alpha on the continua that Mathet's gamma is shown on."""

import csv

import numpy as np
import pytest
from nltk.metrics.agreement import AnnotationTask
from tests.realdata import folder

from goldloop.stats.spans import position_alpha


def continuum(name):
    """Columns annotator, type, start, end."""
    with (folder("gamma-span-agreement") / f"{name}.csv").open(newline="") as file:
        who, kind, start, end = zip(*csv.reader(file), strict=True)
    return who, kind, [int(one) for one in start], [int(one) for one in end]


def alpha(who, kind, start, end):
    people = sorted(set(who))
    judged = (people, ["d"] * len(people))
    document, lengths = ["d"] * len(who), [max(end)] * len(people)
    return position_alpha(who, document, start, end, kind, judged=judged, lengths=lengths, interval="none")


def test_position_alpha_equals_nltk_over_every_position():
    who, kind, start, end = continuum("3by100")
    grid = {name: np.full(max(end), "", dtype=object) for name in set(who)}
    for name, type_, low, high in sorted(zip(who, kind, start, end, strict=True), key=lambda row: row[2] - row[3]):
        grid[name][low:high] = type_
    positions = [(name, k, one) for name, row in grid.items() for k, one in enumerate(row)]
    assert alpha(who, kind, start, end).value == pytest.approx(AnnotationTask(positions).alpha(), abs=1e-12)


def test_alpha_orders_the_continua_as_gamma_does():
    """Published gamma: .79-.81 for three annotators of 100 spans, .39-.42 for two of 1,000."""
    assert alpha(*continuum("3by100")).value > alpha(*continuum("2by1000")).value + 0.15
