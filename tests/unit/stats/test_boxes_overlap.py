"""Boxes: overlap by geometry known in closed form, matching, and agreement."""

import itertools
import math

import numpy as np
import pytest

from goldloop.core.errors import Invalid
from goldloop.stats.boxes import alpha, iou, matched, score


def test_two_unit_steps_of_a_square_overlap_one_third():
    assert iou([[0, 0, 2, 2]], [[1, 0, 3, 2]])[0, 0] == pytest.approx(1 / 3)
    assert iou([[0, 0, 2, 2]], [[2, 0, 4, 2]])[0, 0] == 0


def test_a_square_and_the_same_square_turned_by_45_degrees():
    # the common part is a regular octagon of area 2 (sqrt 2 - 1) for a unit square
    octagon = 2 * (math.sqrt(2) - 1)
    turned = iou([[0, 0, 1, 1, 0]], [[0, 0, 1, 1, math.pi / 4]], shape="rotated")[0, 0]
    assert turned == pytest.approx(octagon / (2 - octagon))


def test_a_cuboid_half_a_height_up_keeps_a_third():
    assert iou([[0, 0, 0, 4, 2, 2, 0.3]], [[0, 0, 1, 4, 2, 2, 0.3]], shape="cuboid")[0, 0] == pytest.approx(1 / 3)
    assert iou([[0, 0, 0, 4, 2, 2, 0]], [[0, 0, 3, 4, 2, 2, 0]], shape="cuboid")[0, 0] == 0


def test_rotated_overlap_equals_counting_points():
    r = np.random.default_rng(0)
    grid = np.stack(np.meshgrid(np.linspace(-4, 4, 801), np.linspace(-4, 4, 801)), axis=-1).reshape(-1, 2)

    def inside(box):
        cx, cy, w, h, angle = box
        x, y = (grid - [cx, cy]).T
        u, v = x * math.cos(angle) + y * math.sin(angle), -x * math.sin(angle) + y * math.cos(angle)
        return (abs(u) <= w / 2) & (abs(v) <= h / 2)

    for _ in range(15):
        a, b = (np.r_[r.uniform(-1, 1, 2), r.uniform(0.5, 3, 2), r.uniform(-4, 4)] for _ in range(2))
        common, either = (inside(a) & inside(b)).sum(), (inside(a) | inside(b)).sum()
        assert iou([a], [b], shape="rotated")[0, 0] == pytest.approx(common / either, abs=0.01)


def test_upright_rotated_boxes_and_flat_cuboids_equal_plain_boxes():
    r = np.random.default_rng(1)
    low, size = r.uniform(0, 5, (2, 8, 2)), r.uniform(0.5, 4, (2, 8, 2))
    plain = [np.hstack([low[k], low[k] + size[k]]) for k in (0, 1)]
    turned = [np.hstack([low[k] + size[k] / 2, size[k], np.zeros((8, 1))]) for k in (0, 1)]
    solid = [np.hstack([t[:, :2], np.zeros((8, 1)), t[:, 2:4], np.ones((8, 1)), np.zeros((8, 1))]) for t in turned]
    expected = iou(*plain)
    np.testing.assert_allclose(iou(*turned, shape="rotated"), expected, atol=1e-12)
    np.testing.assert_allclose(iou(*solid, shape="cuboid"), expected, atol=1e-12)


def test_matching_finds_the_most_pairs_and_then_the_best():
    r = np.random.default_rng(2)
    for _ in range(20):
        low = r.uniform(0, 3, (2, 4, 2))
        boxes = [np.hstack([part, part + 2]) for part in low]
        table = iou(*boxes)
        orders = itertools.permutations(range(4))
        chosen = [[table[a, b] for a, b in enumerate(order) if table[a, b] >= 0.3] for order in orders]
        best = max((len(pairs), sum(pairs)) for pairs in chosen)
        found = matched(*boxes, threshold=0.3)
        assert len(found.iou) == best[0]
        assert found.iou.sum() == pytest.approx(best[1])


def scene(r, images, miss, confuse, shift):
    rows = [], [], []
    for image in range(images):
        for place in range(3):
            if r.random() < miss:
                continue
            x, y = place * 20 + r.normal(0, shift), r.normal(0, shift)
            rows[0].append(image)
            rows[1].append((x, y, x + 10, y + 10))
            rows[2].append("car" if (place == 0) != (r.random() < confuse) else "bike")
    return rows


def test_f1_counts_misses_places_and_types_apart():
    first = ([0, 0, 1], [(0, 0, 2, 2), (5, 5, 7, 7), (0, 0, 2, 2)], ["a", "b", "a"])
    second = ([0, 0], [(0, 0, 2, 2), (5, 5, 7, 7.2)], ["a", "a"])
    result = score(first, second)
    assert result.f1.value == pytest.approx(2 / 5)
    assert result.located.value == pytest.approx(4 / 5)
    assert result.typed.value == 0.5
    assert result.iou.value == pytest.approx((1 + 4 / 4.4) / 2)
    assert "images hold boxes" in result.f1.caution


def test_a_noisy_annotator_scores_near_what_was_planted():
    r = np.random.default_rng(3)
    result = score(scene(r, 300, 0, 0, 0), scene(r, 300, 0.1, 0.2, 0.5))
    assert result.located.value == pytest.approx(2 * 0.9 / 1.9, abs=0.02)
    assert result.typed.value == pytest.approx(0.8, abs=0.04)
    assert result.f1.interval.low < result.f1.value < result.f1.interval.high


def test_alpha_over_matched_things():
    r = np.random.default_rng(4)
    columns = [[], [], [], []]
    for person in ("a", "b", "c"):
        image, box, type_ = scene(r, 60, 0.05, 0.05, 0.3)
        for column, values in zip(columns, ([person] * len(image), image, box, type_), strict=True):
            column.extend(values)
    judged = ([p for p in "abc" for _ in range(60)], list(range(60)) * 3)
    result = alpha(*columns, judged=judged)
    assert result.details["things"] == pytest.approx(180, abs=3)
    assert 0.6 < result.value < 0.75
    assert result.interval.low < result.value
    shuffled = alpha(columns[0], columns[1], columns[2], r.permutation(columns[3]).tolist(), judged=judged)
    assert shuffled.value < 0.3


def test_all_see_the_same_is_perfect_unless_there_is_one_kind_of_answer():
    boxes = [(0, 0, 2, 2), (9, 9, 12, 12)]
    judged = (["a", "b"], [0, 0])
    columns = (["a", "b", "a", "b"], [0] * 4, [boxes[0], boxes[0], boxes[1], boxes[1]])
    assert alpha(*columns, ["x", "x", "y", "y"], judged=judged).value == 1
    assert alpha(*columns, ["x"] * 4, judged=judged).because == "only one answer was used"


def test_nothing_is_undefined_with_a_reason():
    empty = score(([], [], []), ([], [], []))
    assert empty.f1.because == "no boxes"
    assert empty.typed.because == "nothing was counted"
    assert alpha([], [], [], [], judged=(["a"], [0])).because == "no ratings"
    assert iou([], [[0, 0, 1, 1]]).shape == (0, 1)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: iou([[0, 0, 0, 1]], [[0, 0, 1, 1]]), "first"),
        (lambda: iou([[0, 0, 1, 1]], [[0, 0, 1]]), "second"),
        (lambda: iou([[0, 0, np.nan, 1]], [[0, 0, 1, 1]]), "first"),
        (lambda: iou([[0, 0, 1, 1]], [[0, 0, 1, 1]], shape="sphere"), "shape"),
        (lambda: matched([[0, 0, 1, 1]], [[0, 0, 1, 1]], threshold=1.5), "threshold"),
        (lambda: alpha(["z"], [0], [(0, 0, 1, 1)], ["x"], judged=(["a"], [0])), "judged"),
        (lambda: score(([0, 1], [(0, 0, 1, 1)], ["x"]), ([], [], [])), "box"),
    ],
)
def test_a_bad_argument_is_named(call, field):
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == field
