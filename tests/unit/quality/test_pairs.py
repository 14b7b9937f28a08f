"""Agreement person by person, against a slow count of the same."""

import pytest

from goldloop.quality.pairs import pairs
from goldloop.stats.agreement import cohen
from goldloop.store.agreement import Both


def test_a_pair_is_counted_and_corrected_for_chance() -> None:
    table = [(1, 1, 20), (1, 2, 5), (2, 1, 10), (2, 2, 15)]  # the textbook's: kappa 0.4
    (pair,) = pairs([Both(7, 8, a, b, n) for a, b, n in table])
    assert (pair.first, pair.second, pair.n, pair.same) == (7, 8, 50, 35)
    assert pair.kappa == pytest.approx(0.4)
    assert (pair.low, pair.high) == pytest.approx((0.5625, 0.8090), abs=5e-4)


def test_it_is_the_kappa_that_the_measures_compute() -> None:
    import numpy as np

    table = [(1, 1, 9), (2, 1, 2), (3, 3, 4), (2, 2, 7), (3, 1, 1)]
    (pair,) = pairs([Both(1, 2, a, b, n) for a, b, n in table])
    left = [a for a, _, n in table for _ in range(n)]
    right = [b for _, b, n in table for _ in range(n)]
    units = np.arange(len(left))
    slow = cohen(
        np.concatenate([units, units]),
        np.repeat([1, 2], len(left)),
        np.array(left + right),
    )
    assert pair.kappa == pytest.approx(slow.value)


def test_where_chance_alone_would_agree_there_is_no_kappa() -> None:
    (pair,) = pairs([Both(1, 2, 5, 5, 3)])
    assert (pair.same, pair.n, pair.kappa) == (3, 3, None)
    assert pair.because
    assert pair.low < 1 == pair.high


def test_nobody_in_common_is_no_pair() -> None:
    assert pairs([]) == []
