"""What every truth model must obey, whatever the ratings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.stats.truth import dawid_skene, glad, hierarchical, mace, majority, one_coin

MODELS = [majority, hierarchical, dawid_skene, one_coin, glad, mace]
CELLS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=60)


@settings(deadline=None, max_examples=40)
@given(CELLS, st.randoms(use_true_random=False))
def test_row_order_repeats_and_names_do_not_matter(cells, random):
    item, annotator, value = np.array(cells).T
    shuffled = np.array(random.sample(cells, len(cells)) + cells[:3]).T
    for model in MODELS:
        one = model(item, annotator, value)
        other = model(shuffled[0] + 5, shuffled[1] * 2, np.array(["a", "b", "c"])[shuffled[2]])
        np.testing.assert_allclose(other.posterior, one.posterior, atol=1e-6)
        np.testing.assert_allclose(other.skill, one.skill, atol=1e-6)
        assert other.n == one.n


@settings(deadline=None, max_examples=40)
@given(CELLS)
def test_posteriors_are_probabilities_and_skills_lie_in_their_intervals(cells):
    item, annotator, value = np.array(cells).T
    for model in MODELS:
        result = model(item, annotator, value)
        assert np.isfinite(result.posterior).all()
        assert result.posterior.sum(axis=1) == pytest.approx(1)
        assert set(result.answers.tolist()) <= set(value.tolist())
        known = np.isfinite(result.skill)
        assert ((result.skill_low <= result.skill + 1e-9) & (result.skill <= result.skill_high + 1e-9))[known].all()
        assert ((result.skill >= 0) & (result.skill <= 1))[known].all()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(2, 4))
def test_unanimous_items_keep_their_answer(seed, size):
    r = np.random.default_rng(seed)
    truth = r.integers(0, size, 30)
    item, annotator = np.repeat(np.arange(30), 3), np.tile(np.arange(3), 30)
    for model in MODELS:
        assert (model(item, annotator, truth[item], classes=range(size)).answers == truth).all()
