"""Limits of times and money, which are skewed: they hold what they promise where symmetric ones do not."""

import numpy as np
import pytest
from scipy.stats import t

from goldloop.core.errors import Invalid
from goldloop.stats.estimate import ahead, amount, mean, proportion

RUNS = 600


def test_limits_on_the_scale_of_logarithms_are_the_t_interval_there():
    plain = mean([4.0, 6.0, 5.0, 7.0, 30.0])
    found = amount(plain)
    half = plain.interval.high - plain.value
    assert found.value == plain.value
    assert found.interval.low == pytest.approx(plain.value * np.exp(-half / plain.value))
    assert found.interval.high == pytest.approx(plain.value * np.exp(half / plain.value))
    assert plain.interval.low < 0 < found.interval.low


def test_what_has_no_limits_stays_without_and_a_census_stays_certain():
    assert amount(mean([3.0])).interval is None
    assert amount(mean([])).value is None
    assert amount(mean([2.0, 4.0], population=2)).interval.high == 3.0
    with pytest.raises(Invalid, match="is no amount"):
        amount(mean([-4.0, 1.0, 2.0]))
    assert amount(proportion(0, 0)).value is None


def test_so_many_more_cost_their_mean_with_the_spread_of_both():
    found = ahead([(50, [9.0, 11.0, 10.0, 12.0, 8.0]), (0, []), (10, [1.0, 3.0])])
    spread = 2.5 * (50 * 50 / 5 + 50), 2.0 * (10 * 10 / 2 + 10)
    freedom = sum(spread) ** 2 / (spread[0] ** 2 / 4 + spread[1] ** 2 / 1)
    assert (found.value, found.n, found.eligible) == (520.0, 7, 60)
    half = t.ppf(0.975, freedom) * np.sqrt(sum(spread))
    assert found.interval.high / found.value == pytest.approx(np.exp(half / 520))
    assert ahead([(0, [])]).interval.high == 0.0
    assert ahead([(1, [2.0])]).because == "fewer than two amounts so far"
    alike = ahead([(3, [2.0, 2.0])])
    assert (alike.value, alike.interval) == (6.0, None)


@pytest.mark.parametrize(("n", "spread", "floor"), [(5, 0.5, 0.91), (10, 0.5, 0.91), (30, 0.5, 0.92), (10, 1.0, 0.86)])
def test_both_cover_skewed_times_better_than_symmetric_limits(n, spread, floor):
    """Log-normal times. Floors: what was seen over 4,000 draws, less the scatter of so many runs."""
    rng = np.random.default_rng(5)
    true, hits, plain, total = float(np.exp(spread**2 / 2)), 0, 0, 0
    for _ in range(RUNS):
        took, more = (np.exp(spread * rng.standard_normal(size)) for size in (n, 50))
        one, two = mean(took), ahead([(50, took)])
        logs = amount(one).interval
        hits += logs.low <= true <= logs.high
        plain += one.interval.low <= true <= one.interval.high
        total += two.interval.low <= more.sum() <= two.interval.high
    assert hits / RUNS > floor
    assert total / RUNS > floor
    assert plain <= hits
