"""Coverage of the intervals over documents and images: positions, pairs of annotators, boxes."""

from functools import lru_cache

import numpy as np
import pytest
from tests.simulation.stats.replicates import replicates

from goldloop.stats import boxes, spans

pytestmark = pytest.mark.simulation
LENGTH = 30


def marked(r, documents):
    """Three annotators mark the same spans in documents of differing difficulty: columns, and who judged what."""
    hard = np.repeat(r.beta(1, 3, documents), 3)  # one number a document: its spans fail together
    document, start = np.repeat(np.arange(documents), 3), np.tile([2, 12, 22], documents)
    rows = []
    for who in "abc":
        there = r.random(len(start)) > hard
        moved = start + (r.random(len(start)) < hard)
        kind = np.where(r.random(len(start)) < 0.5 * hard, "y", "x")
        rows.append((np.repeat(who, there.sum()), document[there], moved[there], moved[there] + 4, kind[there]))
    columns = tuple(np.concatenate(parts) for parts in zip(*rows, strict=True))
    judged = (np.repeat(list("abc"), documents), np.tile(np.arange(documents), 3))
    return columns, judged


def alpha(r, documents, **options):
    columns, judged = marked(r, documents)
    return spans.position_alpha(*columns, judged=judged, lengths=np.full(3 * documents, LENGTH), **options)


def f1(r, documents, **options):
    columns, judged = marked(r, documents)
    return spans.pairwise_f1(*columns, judged=judged, **options)


def boxed(r, images):
    """Two annotators draw the same four things in images of differing difficulty."""
    hard = np.repeat(r.beta(1, 3, images), 4)
    image, corner = np.repeat(np.arange(images), 4), np.tile([[0, 0], [20, 0], [0, 20], [20, 20]], (images, 1))
    sides = []
    for _ in range(2):
        there = r.random(len(image)) > hard
        moved = corner + r.normal(0, 1 + 2 * hard[:, None], corner.shape)
        box = np.column_stack([moved, moved + r.uniform(9, 11, corner.shape)])
        kind = np.where(r.random(len(image)) < 0.4 * hard, "y", "x")
        sides.append((image[there], box[there], kind[there]))
    return sides


def box_f1(r, images, **options):
    return boxes.score(*boxed(r, images), images=images, **options).f1


def box_alpha(r, images, **options):
    first, second = boxed(r, images)
    who = np.repeat(["a", "b"], [len(first[0]), len(second[0])])
    columns = (np.concatenate(parts) for parts in zip(first, second, strict=True))
    judged = (np.repeat(["a", "b"], images), np.tile(np.arange(images), 2))
    return boxes.alpha(who, *columns, judged=judged, **options)


MEASURES = {
    "position alpha": (alpha, 3000),
    "pairwise F1": (f1, 5000),
    "box F1": (box_f1, 2000),
    "box alpha": (box_alpha, 2000),
}


@lru_cache
def long_run(name):
    measure, many = MEASURES[name]
    return measure(np.random.default_rng(1), many, interval="none").value


@pytest.mark.parametrize("name", MEASURES)
def test_intervals_over_documents_and_images_cover(name):
    measure, _ = MEASURES[name]
    r, repeats, size = np.random.default_rng(2), replicates(400, 80), 40
    found = [measure(r, size, repeats=300).interval for _ in range(repeats)]
    held = np.mean([one.low <= long_run(name) <= one.high for one in found])
    print(f"{name}: {held:.3f} of {repeats} intervals over {size} hold {long_run(name):.3f}")
    assert held >= 0.95 - 0.015 - 3 * np.sqrt(0.95 * 0.05 / repeats)
