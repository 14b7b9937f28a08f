"""What every share and mean must obey, whatever the data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.stats.estimate import hajek, horvitz_thompson, prediction_powered, proportion, stratified

METHODS = st.sampled_from(["wilson", "clopper-pearson", "jeffreys"])


@st.composite
def shares(draw):
    n = draw(st.integers(1, 10**7))
    return draw(st.integers(0, n)), n


@st.composite
def strata(draw):
    rows = draw(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 5000), st.floats(0, 1)), min_size=1, max_size=6))
    n = np.array([row[0] for row in rows])
    return np.array([round(row[0] * row[2]) for row in rows]), n, n + np.array([row[1] for row in rows])


@given(shares(), METHODS, st.floats(0.5, 0.999))
def test_the_interval_holds_the_share_and_stays_between_0_and_1(counts, method, level):
    result = proportion(*counts, method=method, level=level)
    assert 0 <= result.interval.low <= result.value <= result.interval.high <= 1


@given(shares(), METHODS)
def test_errors_mirror_successes(counts, method):
    successes, n = counts
    one, other = proportion(successes, n, method=method), proportion(n - successes, n, method=method)
    assert one.interval.low == pytest.approx(1 - other.interval.high, abs=1e-9)


@given(shares())
def test_a_higher_level_is_never_narrower(counts):
    for method in ("wilson", "clopper-pearson", "jeffreys"):
        narrow, wide = (proportion(*counts, method=method, level=level).interval for level in (0.8, 0.99))
        assert wide.low <= narrow.low + 1e-12
        assert wide.high >= narrow.high - 1e-12


@settings(max_examples=60, deadline=None)
@given(strata(), st.randoms(use_true_random=False))
def test_strata_are_mirrored_bounded_and_in_any_order(data, random):
    right, n, sizes = data
    result, mirror = stratified(right, n, sizes), stratified(n - right, n, sizes)
    assert 0 <= result.interval.low <= result.value + 1e-12
    assert result.value - 1e-12 <= result.interval.high <= 1
    assert result.interval.low == pytest.approx(1 - mirror.interval.high, abs=1e-8)
    order = random.sample(range(len(n)), len(n))
    assert stratified(right[order], n[order], sizes[order]).interval.low == pytest.approx(result.interval.low, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0.05, 1)), min_size=2, max_size=20))
def test_weighted_means_shift_with_the_values(rows):
    y, pi = np.array(rows).T
    one, moved = hajek(y, pi), hajek(y + 5, pi)
    assert moved.value == pytest.approx(one.value + 5)
    total = horvitz_thompson(y, pi, population=1000)
    assert horvitz_thompson(2 * y, pi, population=1000).value == pytest.approx(2 * total.value)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=3, max_size=30), st.lists(st.booleans(), max_size=40))
def test_auditing_everything_returns_the_human_mean(pairs, rest):
    human, graded = np.array(pairs, float).T
    for method in ("tuned", "difference", "poststratified"):
        result = prediction_powered(human, graded, np.zeros(0), method=method)
        assert result.value == pytest.approx(human.mean())
        assert result.interval.high - result.interval.low == pytest.approx(0, abs=1e-9)
    assert prediction_powered(human, human, np.array(rest, float), method="difference").value == pytest.approx(
        (human.sum() + sum(rest)) / (len(human) + len(rest))
    )
