"""Draws, sizes and anytime intervals: worked examples, oracles, refusals."""

import math

import numpy as np
import pytest
from statsmodels.stats.proportion import samplesize_confint_proportion, samplesize_proportions_2indep_onetail

from goldloop.core.errors import Invalid
from goldloop.stats.sampling import (
    allocate,
    confidence_sequence,
    detectable_difference,
    e_process,
    size_for_difference,
    size_for_width,
    size_without_errors,
    stratified_sample,
)


def test_neyman_allocation_is_the_textbook_one():
    """Cochran (1977), 5.5: n_h proportional to N_h S_h; 3 strata, n = 100: 400 x 4, 300 x 8, 300 x 20."""
    assert allocate([400, 300, 300], 100, weights=[4, 8, 20]).tolist() == [16, 24, 60]


def test_full_strata_hand_their_share_to_the_others():
    assert allocate([10, 1000], 100, weights=[1000, 1]).tolist() == [10, 90]
    assert allocate([10, 1000], 100, weights=[0, 0]).tolist() == [1, 99]


def test_a_seeded_draw_is_repeatable_exact_and_knows_its_probabilities():
    strata = ["routine"] * 900 + ["hard"] * 90 + ["new"] * 10
    one, two = (stratified_sample(strata, 100, seed=5, minimum=8) for _ in range(2))
    assert one.positions.tolist() == two.positions.tolist()
    assert len(one.positions) == len(set(one.positions.tolist())) == 100
    assert one.allocation["new"] == (8, 10)
    expected = [one.allocation[strata[i]][0] / one.allocation[strata[i]][1] for i in one.positions]
    assert one.probabilities.tolist() == pytest.approx(expected)
    assert stratified_sample(strata, 100, seed=6).positions.tolist() != one.positions.tolist()


def test_weights_may_be_named():
    draw = stratified_sample(["a"] * 50 + ["b"] * 50, 20, seed=1, weights={"a": 3.0, "b": 1.0})
    assert draw.allocation == {"a": (15, 50), "b": (5, 50)}


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("size", {"size": 4}),
        ("size", {"size": 1.5}),
        ("minimum", {"size": 2, "minimum": 2}),
        ("weights", {"size": 2, "weights": [1]}),
        ("weights", {"size": 2, "weights": [-1, 1]}),
        ("weights", {"size": 2, "weights": {"a": 1}}),
        ("seed", {"size": 2, "seed": -1}),
        ("strata_codes", {"size": 1, "strata_codes": ["a", None]}),
        ("strata_codes", {"size": 1, "strata_codes": [1.0, float("nan")]}),
    ],
)
def test_impossible_draws_are_refused_by_name(field, arguments):
    with pytest.raises(Invalid) as caught:
        stratified_sample(**{"strata_codes": ["a", "a", "b"], "seed": 1, **arguments})
    assert caught.value.field == field


def test_sizes_for_a_difference_agree_with_statsmodels():
    ours = size_for_difference(0.95, 0.90, power=0.8, level=0.95).n
    theirs = samplesize_proportions_2indep_onetail(0.05, 0.90, 0.8, alpha=0.05)
    assert abs(ours - theirs) <= 0.02 * theirs
    rise = detectable_difference(ours, baseline=0.90, power=0.8)
    assert rise == pytest.approx(0.05, abs=0.001)


def test_fleiss_worked_example():
    """Fleiss, Levin & Paik (2003), table A.4 without continuity correction: .60 against .70, 95 %, power .95: 590."""
    assert size_for_difference(0.60, 0.70, power=0.95).n == pytest.approx(590, abs=3)


def test_sizes_for_a_width_agree_with_the_normal_size_of_statsmodels():
    ours = size_for_width(0.03, expected=0.5).n
    assert abs(ours - samplesize_confint_proportion(0.5, 0.03)) <= 5
    assert size_for_width(0.03, expected=0.5, population=500).n < 360
    assert size_for_width(0.03, expected=0.5, effect=2.0).n == 2 * ours


def test_the_rule_of_three():
    assert size_without_errors(0.01).n == 299
    assert size_without_errors(0.01, errors=1).n == 473


def test_a_difference_too_small_to_ever_show_is_none():
    assert detectable_difference(3, baseline=0.9) is None


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: size_for_width(0), "half_width"),
        (lambda: size_for_width(0.1, expected=2), "expected"),
        (lambda: size_for_width(0.1, effect=0.5), "effect"),
        (lambda: size_for_difference(0.5, 0.5), "second"),
        (lambda: detectable_difference(0, baseline=0.5), "n"),
        (lambda: size_without_errors(0.1, errors=-1), "errors"),
    ],
)
def test_unanswerable_size_questions_are_refused_by_name(call, field):
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == field


def slow_wealth(values, mean, tail):
    """The betting martingale written as the paper does, one value at a time."""
    wealth, total, squares, path = 1.0, 0.0, 0.0, []
    variance = 0.25
    for t, x in enumerate(values, start=1):
        bet = min(math.sqrt(2 * math.log(2 / tail) / (variance * t * math.log(t + 1))), 0.75 / max(mean, 1e-12))
        wealth *= 1 + bet * (x - mean)
        path.append(wealth)
        total += x
        centre = (0.5 + total) / (t + 1)
        squares += (x - centre) ** 2
        variance = (0.25 + squares) / (t + 1)
    return path


def test_the_e_process_is_the_papers_martingale():
    values = np.random.default_rng(1).random(60)
    assert e_process(values, 0.3) == pytest.approx(slow_wealth(values, 0.3, 0.05), rel=1e-9)
    assert e_process(values, 0.7, alternative="less") == pytest.approx(slow_wealth(1 - values, 0.3, 0.05), rel=1e-9)


def test_bernoulli_streams_agree_with_the_interval_found_on_a_grid():
    values = (np.random.default_rng(2).random(300) < 0.2).astype(float)
    interval = confidence_sequence(values).interval
    grid = np.linspace(0.0005, 0.9995, 1000)
    kept = [
        m for m in grid if max(slow_wealth(values, m, 0.05)) < 40 and max(slow_wealth(1 - values, 1 - m, 0.05)) < 40
    ]
    assert interval.low == pytest.approx(min(kept), abs=0.0011)
    assert interval.high == pytest.approx(max(kept), abs=0.0011)


def test_a_wholly_judged_batch_leaves_next_to_nothing_open():
    values = np.random.default_rng(3).permutation(400) < 40
    endless, batch = confidence_sequence(values), confidence_sequence(values, population=400)
    assert batch.interval.high - batch.interval.low < (endless.interval.high - endless.interval.low) / 2
    assert batch.interval.low - 1e-9 <= 0.1 <= batch.interval.high + 1e-9


def test_no_values_no_number():
    assert confidence_sequence([]).because == "nothing was judged"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"values": [0.5, 2.0]}, "values"),
        ({"values": [float("nan")]}, "values"),
        ({"values": ["a"]}, "values"),
        ({"values": [[0.5]]}, "values"),
        ({"values": [0.5], "level": 1.0}, "level"),
        ({"values": [0.5], "method": "wilson"}, "method"),
        ({"values": [0.5, 0.5], "population": 1}, "population"),
        ({"values": [0.5], "population": 9, "method": "empirical-bernstein"}, "method"),
    ],
)
def test_bad_streams_are_refused_by_name(arguments, field):
    with pytest.raises(Invalid) as caught:
        confidence_sequence(**arguments)
    assert caught.value.field == field
