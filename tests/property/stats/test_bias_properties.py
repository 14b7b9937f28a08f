"""What bias measures must obey."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from goldloop.stats.bias import anchoring, error_clusters, rubber_stamping
from goldloop.stats.bias.exact import hypergeometric_at_least

ROWS = st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from("abc")), min_size=1, max_size=60)


@given(ROWS)
def test_swapping_the_arms_mirrors_the_effect(rows):
    agrees, shown, people = (np.array(column) for column in zip(*rows, strict=True))
    one, two = anchoring(agrees, shown, people=people), anchoring(agrees, ~shown, people=people)
    if one.overall.value is None:
        assert two.overall.value is None
        return
    assert one.overall.value == pytest.approx(-two.overall.value)
    assert one.overall.interval.low == pytest.approx(-two.overall.interval.high)
    assert -1 <= one.overall.interval.low <= one.overall.value <= one.overall.interval.high <= 1


@given(st.integers(1, 60), st.data())
def test_the_hypergeometric_tail_is_scipys(population, data):
    drawn, marked = data.draw(st.integers(0, population)), data.draw(st.integers(0, population))
    errors = data.draw(st.integers(0, population + 1))
    expected = hypergeom.sf(errors - 1, population, marked, drawn)
    assert hypergeometric_at_least(errors, drawn, marked, population) == pytest.approx(expected, abs=1e-9)


@given(ROWS)
def test_rubber_stamping_is_a_share_inside_its_interval(rows):
    for estimate in rubber_stamping([row[0] for row in rows], [row[2] for row in rows]).values():
        if estimate.value is not None:
            assert 0 <= estimate.interval.low <= estimate.value <= estimate.interval.high <= 1


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz")), min_size=1, max_size=60),
    st.randoms(use_true_random=False),
)
def test_clusters_do_not_depend_on_the_order_of_items_and_count_every_error(rows, random):
    shuffled = random.sample(rows, len(rows))
    one, two = (
        {
            (c.suggested, c.true): (c.errors, c.exposed, round(c.p, 9))
            for c in error_clusters(*zip(*r, strict=True), least=1)
        }
        for r in (rows, shuffled)
    )
    assert one == two
    assert sum(errors for errors, _, _ in one.values()) == sum(a != b for a, b in rows)
