"""What paired comparisons and adjustments must obey."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.stats.paired import adjust, bootstrap_difference, from_counts, mcnemar, non_inferior

COUNTS = st.integers(0, 400)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_swapping_the_versions_mirrors_the_result(a, b, c, d):
    one, two = from_counts(a, b, c, d), from_counts(a, c, b, d)
    assert one.p == two.p
    if a + b + c + d:
        assert one.difference.value == -two.difference.value
        assert one.difference.interval.low == pytest.approx(-two.difference.interval.high)
        assert -1 <= one.difference.interval.low <= one.difference.value <= one.difference.interval.high <= 1


@given(st.integers(0, 200))
def test_balanced_disagreement_is_no_evidence(b):
    assert mcnemar(b, b) == 1.0


@given(st.lists(st.floats(0, 1), max_size=60), st.randoms(use_true_random=False))
def test_adjusted_p_values_are_larger_ordered_and_follow_their_tests(p, random):
    order = random.sample(range(len(p)), len(p))
    for method in ("holm", "bh", "by", "bonferroni"):
        adjusted = adjust(p, method=method)
        assert (adjusted >= np.array(p) - 1e-15).all()
        assert (adjusted <= 1).all()
        assert adjust([p[i] for i in order], method=method) == pytest.approx(adjusted[order])
    if p:
        assert (adjust(p, method="bh") <= adjust(p, method="holm") + 1e-12).all()
        assert (adjust(p, method="holm") <= adjust(p, method="bonferroni") + 1e-12).all()


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80), st.floats(0.02, 0.4))
def test_a_wider_margin_is_easier_to_keep(pairs, margin):
    first, second = zip(*pairs, strict=True)
    narrow, wide = (non_inferior(first, second, margin=m).p for m in (margin, 2 * margin))
    assert wide <= narrow + 1e-9


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=3, max_size=40), st.integers(0, 9))
def test_the_bootstrap_is_repeatable_and_holds_its_value(pairs, seed):
    first, second = zip(*pairs, strict=True)
    one, two = (bootstrap_difference(first, second, resamples=200, seed=seed) for _ in range(2))
    assert one == two
    if one.interval is None:
        assert "differ" in one.caution
        return
    assert one.interval.low <= one.interval.high
    assert 0 <= one.details["p"] <= 1
