"""How often skill intervals hold the annotator's true skill, and how far a shared mistake misleads every model."""

import numpy as np
import pytest

from goldloop.stats.truth import dawid_skene, hierarchical, majority, one_coin

pytestmark = pytest.mark.simulation


def crowd(r, *, items, people, size, per_item):
    """Confusion rows around a common matrix; the share of classes is skewed."""
    prior = 1 / np.arange(1, size + 1)
    prior /= prior.sum()
    truth = r.choice(size, items, p=prior)
    common = np.full((size, size), 0.25 / (size - 1))
    np.fill_diagonal(common, 0.75)
    confusion = np.array([[r.dirichlet(8 * row) for row in common] for _ in range(people)])
    annotator = np.concatenate([r.choice(people, per_item, replace=False) for _ in range(items)])
    item = np.repeat(np.arange(items), per_item)
    chance = confusion[annotator, truth[item]].cumsum(axis=1)
    value = (r.random(len(item))[:, None] > chance).sum(axis=1).clip(0, size - 1)
    share = np.bincount(truth, minlength=size) / items
    return item, annotator, value, truth, np.einsum("k,wkk->w", share, confusion)


@pytest.mark.parametrize(
    ("items", "people", "size", "per_item"), [(400, 20, 2, 5), (400, 20, 4, 5), (600, 100, 3, 5), (300, 10, 3, 3)]
)
def test_skill_intervals_of_the_default_hold_the_true_skill(items, people, size, per_item):
    r = np.random.default_rng(20)
    held = plain = 0.0
    repeats = 20
    for _ in range(repeats):
        item, annotator, value, _, skill = crowd(r, items=items, people=people, size=size, per_item=per_item)
        result = hierarchical(item, annotator, value)
        held += ((result.skill_low <= skill) & (skill <= result.skill_high)).mean() / repeats
        other = dawid_skene(item, annotator, value)
        plain += ((other.skill_low <= skill) & (skill <= other.skill_high)).mean() / repeats
    print(f"items {items} people {people} classes {size}: hierarchical {held:.3f}, plain Dawid-Skene {plain:.3f}")
    assert 0.90 <= held <= 0.99
    assert held >= plain - 0.01


def test_the_default_stays_beside_majority_where_annotators_are_light():
    r = np.random.default_rng(21)
    worst, plain = 1.0, 1.0
    for _ in range(5):
        item, annotator, value, truth, _ = crowd(r, items=600, people=600, size=2, per_item=3)
        vote = (majority(item, annotator, value).answers == truth).mean()
        worst = min(worst, (hierarchical(item, annotator, value).answers == truth).mean() - vote)
        plain = min(plain, (dawid_skene(item, annotator, value).answers == truth).mean() - vote)
    print("light annotators: default less majority", worst, "plain Dawid-Skene", plain)
    assert worst >= -0.01
    assert plain < -0.05


def test_a_shared_mistake_is_believed_by_every_model():
    r = np.random.default_rng(22)
    truth = r.integers(0, 2, 500)
    hard = r.random(500) < 0.2
    item, annotator = np.repeat(np.arange(500), 5), np.tile(np.arange(5), 500)
    right = r.random(2500) < np.where(hard[item], 0.1, 0.95)
    value = np.where(right, truth[item], 1 - truth[item])
    for model in (majority, hierarchical, dawid_skene, one_coin):
        assert (model(item, annotator, value).answers == truth)[hard].mean() < 0.2
