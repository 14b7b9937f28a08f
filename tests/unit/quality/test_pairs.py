"""Agreement person by person, against a slow count of the same."""

import pytest

from goldloop.quality.agreement.compared import Read
from goldloop.quality.agreement.pairs import pairs
from goldloop.stats.agreement import cohen


def both(first: int, second: int, table: list[tuple[int, int, int]]) -> list[Read]:
    """So many items to which the one said this and the other that."""
    rows = [(a, b) for a, b, n in table for _ in range(n)]
    return [Read(n, who, said) for n, row in enumerate(rows) for who, said in zip((first, second), row, strict=True)]


def test_a_pair_is_counted_and_corrected_for_chance() -> None:
    table = [(1, 1, 20), (1, 2, 5), (2, 1, 10), (2, 2, 15)]  # the textbook's: kappa 0.4
    (pair,) = pairs(both(7, 8, table))
    assert (pair.first, pair.second, pair.n, pair.same) == (7, 8, 50, 35)
    assert pair.kappa == pytest.approx(0.4)
    assert (pair.low, pair.high) == pytest.approx((0.5625, 0.8090), abs=5e-4)


def test_it_is_the_kappa_that_the_measures_compute() -> None:
    import numpy as np

    table = [(1, 1, 9), (2, 1, 2), (3, 3, 4), (2, 2, 7), (3, 1, 1)]
    (pair,) = pairs(both(1, 2, table))
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
    (pair,) = pairs(both(1, 2, [(5, 5, 3)]))
    assert (pair.same, pair.n, pair.kappa) == (3, 3, None)
    assert pair.because
    assert pair.low < 1 == pair.high


def test_nobody_in_common_is_no_pair() -> None:
    assert pairs([]) == []


def test_three_people_are_three_pairs_each_on_what_they_have_in_common() -> None:
    said = [Read(1, 4, 0), Read(1, 5, 0), Read(1, 6, 1), Read(2, 5, 2), Read(2, 6, 2)]
    assert [(one.first, one.second, one.n, one.same) for one in pairs(said)] == [
        (4, 5, 1, 1),
        (4, 6, 1, 0),
        (5, 6, 2, 1),
    ]
