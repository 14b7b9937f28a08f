"""What agreement says when it has nothing to say, and whom it blames for bad input."""

import numpy as np
import pytest

from goldloop.core.errors import Invalid
from goldloop.stats.agreement import cohen, fleiss, gwet, krippendorff, leave_one_out, pairwise, percent

ALL = [krippendorff, fleiss, gwet, percent, cohen]


@pytest.mark.parametrize("measure", ALL)
def test_no_ratings_one_annotator_or_no_overlap_is_none_with_a_reason(measure):
    assert measure([], [], []).because == "no ratings"
    assert measure([1, 2], ["a", "b"], [None, None]).because == "no ratings"
    assert measure([1, 2], ["a", "a"], [0, 1]).because == "one annotator"
    lonely = measure([1, 2], ["a", "b"], [0, 1])
    assert lonely.value is None
    assert lonely.because in {"no item has two ratings", "no common item"}


@pytest.mark.parametrize("measure", [krippendorff, fleiss, gwet, cohen])
def test_one_answer_everywhere_is_none_not_one(measure):
    result = measure([1, 1, 2, 2], ["a", "b", "a", "b"], ["x"] * 4)
    assert result.value is None
    assert "one" in result.because


def test_cohen_refuses_a_third_annotator_and_counts_repeated_rows():
    assert "3 annotators" in cohen([1, 1, 1], ["a", "b", "c"], [0, 1, 1]).because
    result = cohen([1, 1, 1, 2, 2], ["a", "b", "b", "a", "b"], [0, 0, 1, 1, 1])
    assert result.value == 1
    assert result.details["repeated_rows"] == 1


@pytest.mark.parametrize("measure", ALL)
def test_too_little_disagreement_gives_a_value_without_an_interval(measure):
    item, annotator = np.repeat(np.arange(100), 2), np.tile([0, 1], 100)
    value = item % 2
    value[0] = 1 - value[0]
    result = measure(item, annotator, value)
    assert result.value > 0.9
    assert result.interval is None
    assert "1 items with disagreement" in result.caution


@pytest.mark.parametrize("measure", ALL)
@pytest.mark.parametrize(
    ("item", "annotator", "value", "field"),
    [
        ([1, 2], ["a"], [0, 1], "item"),
        ([1.0, np.nan], ["a", "b"], [0, 1], "item"),
        ([1, None], ["a", "b"], [0, 1], "item"),
        ([1, 1], ["a", "b"], [0, "x"], "value"),
        ([1, 1], ["a", 3], [0, 1], "annotator"),
        ([[1, 2]], ["a"], [0], "item"),
        (np.array([[1, 2]]), ["a"], [0], "item"),
        ([1, 1], ["a", "b"], [[0], [1]], "value"),
    ],
)
def test_a_bad_column_is_named(measure, item, annotator, value, field):
    with pytest.raises(Invalid) as caught:
        measure(item, annotator, value)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"metric": "euclid"}, "metric"),
        ({"metric": lambda a, b: -1.0}, "metric"),
        ({"metric": lambda a, b: float(a > b)}, "metric"),
        ({"metric": "interval"}, "value"),
        ({"interval": "wald"}, "interval"),
        ({"level": 95}, "level"),
        ({"repeats": 0}, "repeats"),
        ({"cluster": [1, 2]}, "cluster"),
        ({"cluster": [1, 2, 3, 3]}, "cluster"),
    ],
)
def test_a_bad_option_is_named(options, field):
    with pytest.raises(Invalid) as caught:
        krippendorff([1, 1, 2, 2], ["a", "b", "a", "b"], ["x", "y", "x", "x"], **options)
    assert caught.value.field == field


def test_negative_ratios_infinite_numbers_and_values_off_the_scale_are_invalid():
    columns = ([1, 1, 2, 2], ["a", "b", "a", "b"])
    for value, options in [([-1.0, 1, 2, 3], {"metric": "ratio"}), ([np.inf, 1, 2, 3], {"metric": "interval"})]:
        with pytest.raises(Invalid) as caught:
            krippendorff(*columns, np.array(value), **options)
        assert caught.value.field == "value"
    with pytest.raises(Invalid) as caught:
        gwet(*columns, [1, 2, 3, 9], categories=[1, 2, 3])
    assert caught.value.field == "value"
    for weights in ([[1, 0.5], [0.4, 1]], [[1.0]], [[0.0, 0], [0, 1]]):
        with pytest.raises(Invalid) as caught:
            gwet(*columns, [1, 2, 1, 1], weights=weights)
        assert caught.value.field == "weights"


def test_a_million_categories_are_answered_or_refused_with_a_reason():
    r = np.random.default_rng(0)
    item, annotator = np.repeat(np.arange(500_000), 2), np.tile([0, 1], 500_000)
    value = np.where(r.random(1_000_000) < 0.5, item, r.integers(0, 1_000_000, 1_000_000))
    assert krippendorff(item, annotator, value).value == pytest.approx(0.25, abs=0.01)
    assert "too many" in krippendorff(item, annotator, value, metric="ratio").because
    for measure in (fleiss, gwet, cohen):
        assert "categories" in measure(item, annotator, value).because


def test_unused_categories_lower_chance_agreement_of_ac1():
    columns = ([1, 1, 2, 2, 3, 3], list("ababab"), [0, 0, 1, 1, 0, 1])
    assert gwet(*columns, categories=[0, 1, 2, 3]).value > gwet(*columns).value


def test_missing_ratings_are_counted_as_eligible_only():
    result = krippendorff([1, 1, 2, 2, 3], list("ababa"), [0, 1, 1, np.nan, 0], interval="none")
    assert (result.n, result.eligible) == (2, 5)


def test_pairs_with_few_common_items_are_left_out_and_counted():
    item, annotator = np.repeat(np.arange(20), 2), np.tile(["a", "b"], 20)
    item, annotator = np.append(item, 0), np.append(annotator, "c")
    value = np.r_[np.tile([0, 0, 1, 1, 1, 0], 7)[:40], 1]
    found = pairwise(item, annotator, value)
    assert [(pair.first, pair.second) for pair in found.pairs] == [("a", "b")]
    assert found.left_out == 2
    assert np.isnan(found.matrix()[0, 2])
    assert pairwise(item, annotator, value, coefficient="percent").pairs[0].estimate.interval.method == "wilson"
    assert leave_one_out([1, 2], ["a", "b"], [0, 1]) == ()
