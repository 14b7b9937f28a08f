"""Estimators for known inclusion probabilities, helpers with known means, and audited machine grades."""

import itertools

import numpy as np
import pytest

from goldloop.core.errors import Invalid
from goldloop.stats.estimate import (
    control_variates,
    hajek,
    horvitz_thompson,
    mean,
    prediction_powered,
    stratified,
    total,
)


def test_student_1908_sleep_data():
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    result = mean(np.subtract(first, second))
    assert result.value == pytest.approx(-1.58)
    assert (result.interval.low, result.interval.high) == pytest.approx((-2.4598858, -0.7001142), abs=1e-7)


def test_a_total_is_population_times_the_mean_and_a_census_is_certain():
    one, all_ = mean([1.0, 2.0, 6.0], population=10), total([1.0, 2.0, 6.0], population=10)
    assert all_.value == 30
    assert all_.interval.high == pytest.approx(10 * one.interval.high)
    assert mean([1.0, 2.0], population=2).interval.low == 1.5
    assert one.details["standard_error"] == pytest.approx(np.std([1, 2, 6], ddof=1) * np.sqrt(0.7 / 3))


def test_one_value_has_a_mean_and_no_interval():
    assert mean([4.0]).value == 4
    assert mean([4.0]).interval is None
    assert mean([]).because == "nothing was counted"
    assert total([], population=3).because == "nothing was counted"


def test_equal_probabilities_give_the_plain_mean_and_its_finite_standard_error():
    values = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    weighted, plain = horvitz_thompson(values, np.full(5, 0.25), population=20), mean(values, population=20)
    assert weighted.value == pytest.approx(plain.value)
    assert weighted.details["standard_error"] == pytest.approx(plain.details["standard_error"])
    assert weighted.interval.low == pytest.approx(plain.interval.low)
    assert hajek(values, np.full(5, 0.25)).interval.low == pytest.approx(plain.interval.low)


def test_strata_give_cochrans_stratified_variance():
    values = np.array([1.0, 3.0, 8.0, 6.0, 7.0])
    probability, strata = np.array([0.2, 0.2, 0.5, 0.5, 0.5]), np.array(["a", "a", "b", "b", "b"])
    result = horvitz_thompson(values, probability, population=16, strata=strata)
    variance = (10 / 16) ** 2 * 0.8 * 2 / 2 + (6 / 16) ** 2 * 0.5 * 1 / 3
    assert result.value == pytest.approx((10 * 2 + 6 * 7) / 16)
    assert result.details["standard_error"] ** 2 == pytest.approx(variance)


def test_horvitz_thompson_and_its_poisson_variance_are_unbiased_over_every_possible_sample():
    y, pi = np.array([2.0, 5.0, 1.0, 7.0]), np.array([0.3, 0.9, 0.5, 0.6])
    values, chances, variances = [], [], []
    for drawn in itertools.product([False, True], repeat=4):
        keep = np.array(drawn)
        chances.append(np.where(keep, pi, 1 - pi).prod())
        if not keep.any():
            values.append(0.0)
            variances.append(0.0)
            continue
        result = horvitz_thompson(y[keep], pi[keep], population=4, design="poisson")
        values.append(result.value)
        variances.append(result.details["standard_error"] ** 2)
    values, chances = np.array(values), np.array(chances)
    assert chances @ values == pytest.approx(y.mean())
    assert chances @ np.array(variances) == pytest.approx(chances @ (values - y.mean()) ** 2)


def test_clusters_of_identical_units_count_once():
    values, probability = np.array([1.0, 4.0, 2.0]), np.array([0.1, 0.1, 0.1])
    single = hajek(values, probability)
    doubled = hajek(np.repeat(values, 4), np.repeat(probability, 4), clusters=np.repeat([7, 8, 9], 4))
    assert doubled.details["standard_error"] == pytest.approx(single.details["standard_error"])


def test_hajek_shares_of_routed_queues_equal_the_stratified_estimate():
    values = np.r_[np.ones(29), 0, np.ones(80), np.zeros(20)]
    queue = np.r_[np.zeros(30), np.ones(100)]
    result = hajek(values, np.where(queue == 0, 0.01, 0.1), strata=queue, population=4000)
    other = stratified([29, 80], [30, 100], [3000, 1000])
    assert result.value == pytest.approx(other.value)
    assert result.interval.low == pytest.approx(other.interval.low, abs=1e-3)
    assert result.interval.high == pytest.approx(other.interval.high, abs=1e-3)


def test_a_share_without_errors_keeps_a_lower_limit():
    probability = np.linspace(0.05, 0.9, 40)
    result = hajek(np.ones(40), probability)
    assert result.value == pytest.approx(1)
    assert result.interval.high == 1
    assert 0.5 < result.interval.low < 0.95
    clustered = hajek(np.ones(40), probability, clusters=np.arange(40) // 10)
    assert clustered.interval.low < result.interval.low


def test_one_cluster_has_no_interval():
    assert hajek([1.0, 0.0, 3.0], [0.5, 0.5, 0.5], clusters=[1, 1, 1]).interval is None
    assert horvitz_thompson([1.0], [0.5], population=2).interval is None


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: hajek([1.0], [0.0]), "probability"),
        (lambda: hajek([1.0], [1.2]), "probability"),
        (lambda: hajek([1.0, 2.0], [0.5]), "values"),
        (lambda: hajek([np.inf], [0.5]), "values"),
        (lambda: hajek([1.0], [0.5], strata=[np.nan]), "strata"),
        (lambda: hajek([1.0] * 3, [1.0] * 3, population=2), "population"),
        (lambda: horvitz_thompson([1.0], [0.5], population=0), "population"),
        (lambda: mean([1.0, 2.0], population=1), "population"),
        (lambda: mean([[1.0]]), "values"),
        (lambda: control_variates([1.0] * 4, np.ones((4, 2)), [1.0]), "known_means"),
        (lambda: prediction_powered([1.0], [1.0, 2.0], [1.0]), "human"),
        (lambda: prediction_powered([1.0, 2.0, 1], [1.0, 1, 1], [1.0], method="poststratified"), "human"),
        (lambda: prediction_powered([1.0] * 3, [1.0] * 3, [1.0], method="best"), "method"),
        (
            lambda: prediction_powered([1] * 3, [1] * 3, [1], method="poststratified", population="endless"),
            "population",
        ),
    ],
)
def test_a_bad_argument_is_named(call, field):
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == field


def test_nothing_sampled_is_none():
    assert hajek([], []).because == "nothing was counted"
    assert horvitz_thompson([], [], population=3).because == "nothing was counted"
    assert "cannot correct" in prediction_powered([1, 0], [1, 0], [1]).because
    assert "cannot carry" in control_variates([1, 2, 3], [1, 2, 3], [2]).because
    assert "do not vary" in control_variates([1, 2, 3, 4], [1, 1, 1, 1], [2]).because


def test_a_perfect_control_removes_all_variance():
    x = np.array([1.0, 2.0, 4.0, 8.0])
    result = control_variates(3 * x + 1, x, [5.0])
    assert result.value == pytest.approx(16)
    assert result.details["standard_error"] == pytest.approx(0, abs=1e-12)
    assert result.details["r_squared"] == pytest.approx(1)


def test_control_variates_equal_the_least_squares_prediction_at_the_known_means():
    import statsmodels.api as sm

    r = np.random.default_rng(5)
    x, noise = r.normal(size=(30, 2)), r.normal(size=30)
    y = x @ [1.0, -2.0] + noise
    theirs = sm.OLS(y, sm.add_constant(x)).fit().get_prediction([[1.0, 0.1, -0.3]]).summary_frame(alpha=0.05)
    ours = control_variates(y, x, [0.1, -0.3])
    assert ours.value == pytest.approx(theirs["mean"][0])
    assert (ours.interval.low, ours.interval.high) == pytest.approx(
        (theirs["mean_ci_lower"][0], theirs["mean_ci_upper"][0])
    )


def test_prediction_powered_difference_by_hand():
    result = prediction_powered([1, 0, 1, 1], [1, 1, 1, 0], [1, 1, 0, 1, 1, 0], method="difference")
    assert result.value == pytest.approx(0.75 - (0.75 - 0.7))
    assert result.details["standard_error"] ** 2 == pytest.approx(np.var([0, -1, 0, 1], ddof=1) / 4 * 0.6)
    assert result.details["machine_alone"] == pytest.approx(0.7)


def test_a_useless_grader_costs_nothing():
    r = np.random.default_rng(1)
    human, noise = r.random(200), r.random(2200)
    tuned = prediction_powered(human, noise[:200], noise[200:], population="endless")
    alone = mean(human)
    plain = prediction_powered(human, noise[:200], noise[200:], population="endless", method="difference")
    assert tuned.details["standard_error"] < 1.02 * alone.details["standard_error"]
    assert plain.details["standard_error"] > 1.3 * alone.details["standard_error"]


def test_a_constant_grader_falls_back_to_the_human_mean():
    result = prediction_powered([1, 0, 1, 1], [1] * 4, [1] * 50)
    assert result.value == 0.75
    assert result.details["weight_of_the_grader"] == 0


def test_grades_never_audited_join_the_nearest_audited_grade():
    result = prediction_powered([1, 1, 0, 0], [5, 5, 1, 1], [4.5] * 10 + [0] * 6, method="poststratified")
    assert result.value == pytest.approx(12 / 20)
