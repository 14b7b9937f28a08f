"""Proportions and stratified shares against published tables and each other."""

import json

import numpy as np
import pytest
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.stats.estimate import proportion, stratified


def classic(name):
    return json.loads((folder("classic-tables") / "classic_tables.json").read_text())[name]


@pytest.mark.parametrize("row", range(3))
@pytest.mark.parametrize(("method", "column"), [("wilson", "wilson"), ("clopper-pearson", "clopper_pearson")])
def test_newcombe_1998_table(row, method, column):
    case = classic("newcombe_1998_proportions")["rows"][row]
    interval = proportion(case["k"], case["n"], method=method).interval
    assert [round(interval.low, 4), round(interval.high, 4)] == case[column]


@pytest.mark.parametrize("name", ["0/50", "95/100", "487/500"])
def test_limits_equal_the_reference_library_at_the_edges(name):
    successes, n = map(int, name.split("/"))
    names = {"wilson": "wilson", "beta": "clopper-pearson", "jeffreys": "jeffreys"}
    for column, (low, high) in classic("newcombe_1998_proportions")["computed_extra"][name].items():
        interval = proportion(successes, n, method=names[column]).interval
        assert interval.low == pytest.approx(low, abs=2e-6)
        assert interval.high == pytest.approx(high, abs=2e-6)


@pytest.mark.parametrize(
    ("method", "theirs"), [("wilson", "wilson"), ("clopper-pearson", "beta"), ("jeffreys", "jeffreys")]
)
def test_limits_equal_statsmodels_inside(method, theirs):
    from statsmodels.stats.proportion import proportion_confint

    for successes, n in [(1, 3), (7, 20), (499, 500), (50_000, 1_000_000)]:
        interval = proportion(successes, n, method=method, level=0.9).interval
        assert (interval.low, interval.high) == pytest.approx(
            proportion_confint(successes, n, alpha=0.1, method=theirs), abs=1e-9
        )


def test_nothing_counted_is_none_and_says_so():
    result = proportion(0, 0, eligible=40)
    assert result.value is None
    assert result.eligible == 40
    assert result.because == "nothing was counted"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"successes": -1, "n": 3}, "successes"),
        ({"successes": 4, "n": 3}, "successes"),
        ({"successes": 1.5, "n": 3}, "successes"),
        ({"successes": True, "n": 3}, "successes"),
        ({"successes": 1, "n": float("nan")}, "n"),
        ({"successes": 1, "n": 3, "eligible": 2}, "eligible"),
        ({"successes": 1, "n": 3, "level": 1.0}, "level"),
        ({"successes": 1, "n": 3, "method": "wald"}, "method"),
    ],
)
def test_a_bad_argument_is_named(arguments, field):
    with pytest.raises(Invalid) as caught:
        proportion(**arguments)
    assert caught.value.field == field


def test_one_endless_stratum_is_wilson():
    one = stratified([47], [50], [10**12]).interval
    wilson = proportion(47, 50).interval
    assert (one.low, one.high) == pytest.approx((wilson.low, wilson.high), abs=1e-8)


def test_cochran_stratified_mean_weights_by_size_not_by_sample():
    result = stratified([9, 40], [10, 50], [900, 100])
    assert result.value == pytest.approx(0.9 * 0.9 + 0.1 * 0.8)
    assert (result.n, result.eligible) == (60, 1000)


def test_a_census_has_no_width():
    interval = stratified([90, 8], [100, 10], [100, 10]).interval
    assert interval.low == pytest.approx(98 / 110)
    assert interval.high == pytest.approx(98 / 110)


def test_no_error_among_few_audits_of_a_large_queue_is_not_certainty():
    interval = stratified([30, 400], [30, 500], [9000, 1000]).interval
    assert interval.low < 0.92
    assert interval.high < 0.99


def test_a_stratum_without_audits_leaves_the_share_unknown():
    result = stratified([3, 0], [4, 0], [10, 5])
    assert result.value is None
    assert "stratum 1" in result.because
    assert stratified([3, 0], [4, 0], [10, 0]).value == 0.75
    assert stratified([], [], []).because == "the strata hold no units"


@pytest.mark.parametrize(
    ("successes", "n", "sizes", "field"),
    [
        ([1, 2], [3], [9, 9], "successes"),
        ([4], [3], [9], "successes"),
        ([1], [10], [9], "n"),
        ([-1], [3], [9], "successes"),
        ([np.nan], [3], [9], "successes"),
        ([0.5], [3], [9], "successes"),
        (["a"], [3], [9], "successes"),
    ],
)
def test_bad_strata_are_named(successes, n, sizes, field):
    with pytest.raises(Invalid) as caught:
        stratified(successes, n, sizes)
    assert caught.value.field == field
