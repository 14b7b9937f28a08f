"""What every ranking must obey."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from goldloop.stats.ranking import bradley_terry


@st.composite
def comparisons(draw):
    k = draw(st.integers(2, 5))
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, k - 1), st.integers(1, k - 1), st.sampled_from([0, 0.5, 1])),
            min_size=4,
            max_size=40,
        )
    )
    return [a for a, _, _ in pairs], [(a + b) % k for a, b, _ in pairs], [y for _, _, y in pairs]


@settings(max_examples=60, deadline=None)
@given(comparisons(), st.sampled_from(["davidson", "half"]))
def test_swapping_sides_and_renaming_items_changes_nothing_else(rows, ties):
    first, second, outcome = rows
    one = bradley_terry(first, second, outcome, ties=ties)
    swapped = bradley_terry(second, first, [1 - y for y in outcome], ties=ties)
    renamed = bradley_terry([f"item {x}" for x in first], [f"item {x}" for x in second], outcome, ties=ties)
    assert (one.because is None) == (swapped.because is None) == (renamed.because is None)
    assume(one.because is None)
    for name, estimate in one.abilities.items():
        assert swapped.abilities[name].value == pytest.approx(estimate.value, abs=1e-5)
        assert renamed.abilities[f"item {name}"].value == pytest.approx(estimate.value, abs=1e-5)
        best, worst = one.ranks[name]
        assert 1 <= best <= worst <= len(one.abilities)
    assert sum(e.value for e in one.abilities.values()) == pytest.approx(0, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(comparisons())
def test_the_reversed_question_reverses_the_ranking(rows):
    first, second, outcome = rows
    one, other = bradley_terry(first, second, outcome), bradley_terry(first, second, [1 - y for y in outcome])
    assume(one.because is None)
    for name, estimate in one.abilities.items():
        assert other.abilities[name].value == pytest.approx(-estimate.value, abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(comparisons(), st.integers(2, 6))
def test_repeating_the_data_keeps_the_abilities_and_narrows_the_intervals(rows, times):
    first, second, outcome = rows
    one = bradley_terry(first, second, outcome)
    more = bradley_terry(first, second, outcome, counts=[times] * len(first))
    assume(one.because is None)
    for name, estimate in one.abilities.items():
        other = more.abilities[name]
        assert other.value == pytest.approx(estimate.value, abs=1e-5)
        shrink = other.details["standard_error"] / estimate.details["standard_error"]
        assert shrink == pytest.approx(1 / np.sqrt(times), rel=1e-3)
