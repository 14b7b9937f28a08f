"""What two-sample tests and charts must obey."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.stats.drift import chi_square, cusum, jensen_shannon, kolmogorov_smirnov, population_stability

SAMPLES = st.lists(st.floats(-50, 50).map(lambda x: round(x, 1)), min_size=1, max_size=40)
LABELS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=40)


@given(SAMPLES, SAMPLES)
def test_the_ks_distance_is_symmetric_bounded_and_zero_for_the_same_sample(one, two):
    forth, back = kolmogorov_smirnov(one, two), kolmogorov_smirnov(two, one)
    assert forth.statistic == pytest.approx(back.statistic)
    assert 0 <= forth.statistic <= 1 + 1e-12
    assert 0 <= forth.p <= 1
    assert kolmogorov_smirnov(one, one).statistic == pytest.approx(0, abs=1e-12)


@given(SAMPLES, SAMPLES)
def test_the_ks_distance_is_the_slow_obvious_one(one, two):
    grid = np.array(one + two)
    slow = max(abs(np.mean(np.array(one) <= x) - np.mean(np.array(two) <= x)) for x in grid)
    assert kolmogorov_smirnov(one, two).statistic == pytest.approx(slow)


@settings(max_examples=40, deadline=None)
@given(LABELS, LABELS)
def test_divergences_are_symmetric_and_bounded(one, two):
    for measure in (population_stability, jensen_shannon):
        forth, back = (measure(a, b, bins=None, resamples=100) for a, b in ((one, two), (two, one)))
        if len({*one, *two}) == 1:
            assert "one and the same value" in forth.because
            continue
        assert forth.value == pytest.approx(back.value)
        assert 0 <= forth.interval.low <= forth.value <= forth.interval.high
        assert len({*one}) == 1 or measure(one, one, bins=None, resamples=100).value == pytest.approx(0, abs=1e-12)
        assert measure is population_stability or forth.value <= 1


@given(LABELS, LABELS)
def test_renaming_categories_changes_nothing(one, two):
    rename = str.maketrans("abcd", "zyxw")
    forth = chi_square(one, two, permutations=19)
    again = chi_square([x.translate(rename) for x in one], [x.translate(rename) for x in two], permutations=19)
    assert (forth.statistic is None) == (again.statistic is None)
    if forth.statistic is not None:
        assert forth.statistic == pytest.approx(again.statistic)


@given(SAMPLES, st.floats(0, 2))
def test_the_cusum_is_pages_recursion(values, k):
    chart, upper = cusum(values, target=1.0, sigma=2.0, k=k), 0.0
    for value, reached in zip(values, chart.upper, strict=True):
        upper = max(0.0, upper + (value - 1.0) / 2.0 - k)
        assert reached == pytest.approx(upper, abs=1e-7)
