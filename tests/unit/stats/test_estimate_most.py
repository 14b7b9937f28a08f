"""The most that can be wrong: exact for one stratum, and never short of its level over several."""

from itertools import product
from math import comb

import numpy as np
import pytest

from goldloop.stats.estimate import at_most
from goldloop.stats.sampling import size_for_ceiling, size_without_errors


def chances(n: int, held: int, defects: int) -> list[float]:
    """P(0, 1, ... defects found), by counting samples."""
    return [comb(defects, k) * comb(held - defects, n - k) / comb(held, n) for k in range(n + 1)]


def covered(n: tuple[int, ...], held: tuple[int, ...]) -> float:
    """The least confidence that the limit has, over every way in which defects may lie in the strata."""
    ends = list(product(*(range(k + 1) for k in n)))
    limit = {x: at_most(x, n, held).interval.high * sum(held) + 1e-9 for x in ends}
    least = 1.0
    for defects in product(*(range(k + 1) for k in held)):
        each = [chances(*one) for one in zip(n, held, defects, strict=True)]
        weigh = {x: np.prod([p[k] for p, k in zip(each, x, strict=True)]) for x in ends}
        least = min(least, sum(p for x, p in weigh.items() if limit[x] >= sum(defects)))
    return least


@pytest.mark.parametrize(
    ("n", "held"),
    [((5,), (9,)), ((15,), (20,)), ((3, 4), (6, 9)), ((8, 8), (9, 10)), ((1, 4), (2, 16)), ((1, 1), (8, 3))],
)
def test_the_limit_keeps_its_confidence_however_the_errors_lie(n: tuple[int, ...], held: tuple[int, ...]):
    assert covered(n, held) >= 0.95


def test_299_without_an_error_prove_one_per_cent_of_a_large_batch_and_298_do_not():
    """Schilling & Neubauer (2009), table of zero-acceptance plans."""
    assert size_without_errors(0.01).n == 299
    assert at_most([0], [299], [10**7]).interval.high <= 0.01 < at_most([0], [298], [10**7]).interval.high


def test_one_stratum_is_the_largest_number_that_sampling_does_not_rule_out():
    for x, n, held in ((0, 15, 20), (2, 30, 100), (7, 50, 60)):
        slow = max(d for d in range(x, held - n + x + 1) if sum(chances(n, held, d)[: x + 1]) > 0.05)
        assert at_most([x], [n], [held]).interval.high == pytest.approx(slow / held)


def test_what_was_looked_at_as_a_whole_is_known():
    found = at_most([3, 0], [10, 40], [10, 400])
    alone = at_most([0], [40], [400])
    assert found.interval.high * 410 == pytest.approx(3 + alone.interval.high * 400)
    assert at_most([1, 0], [10, 5], [10, 5]).interval.high == pytest.approx(1 / 15)


def test_nothing_is_said_of_a_stratum_that_nobody_looked_at():
    found = at_most([0, 0], [40, 0], [400, 2])
    assert found.value is None and "stratum 1" in (found.because or "")
    assert at_most([0, 0], [40, 0], [400, 0]).value == 0.0


@pytest.mark.parametrize("lot", [1, 2, 19, 500, 41_208])
@pytest.mark.parametrize("ceiling", [0.0, 0.01, 0.2, 1.0])
def test_the_size_that_proves_a_ceiling_is_the_smallest_that_does(lot: int, ceiling: float):
    n = size_for_ceiling(ceiling, population=lot).n
    assert at_most([0], [n], [lot]).interval.high <= ceiling
    assert n == 1 or at_most([0], [n - 1], [lot]).interval.high > ceiling
