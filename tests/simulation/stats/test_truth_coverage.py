"""How often skill intervals hold the annotator's true skill, and how far a shared mistake misleads every model."""

import numpy as np
import pytest
from tests.simulation.stats.replicates import replicates

from goldloop.stats.truth import dawid_skene, glad, hierarchical, mace, majority, one_coin

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


CASES = [(400, 20, 2, 5), (400, 20, 4, 5), (600, 100, 3, 5), (1000, 40, 3, 5), (300, 10, 3, 3)]


def test_skill_intervals_of_the_default_hold_the_true_skill():
    r = np.random.default_rng(20)
    repeats, rates, plain = replicates(20, 8), {}, {}
    for items, people, size, per_item in CASES:
        held = other_held = 0.0
        for _ in range(repeats):
            item, annotator, value, _, skill = crowd(r, items=items, people=people, size=size, per_item=per_item)
            result, other = hierarchical(item, annotator, value), dawid_skene(item, annotator, value)
            held += ((result.skill_low <= skill) & (skill <= result.skill_high)).mean() / repeats
            other_held += ((other.skill_low <= skill) & (skill <= other.skill_high)).mean() / repeats
        rates[items, people, size], plain[items, people, size] = float(held), float(other_held)
    mean, floor = np.mean(list(rates.values())), min(rates.values())
    print(f"hierarchical mean {mean:.3f} floor {floor:.3f}", rates, "plain", plain)
    # empirical Bayes: weakest with ten annotators and three labels an item
    assert 0.92 <= mean <= 0.97
    assert floor >= 0.87
    assert mean > np.mean(list(plain.values()))


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


KINDS = {  # items, people, labels an item, class shares, accuracy of each class, share of spammers
    "rare class, one-sided errors": (2000, 60, 3, [0.88, 0.12], [0.97, 0.65], 0.0),
    "rare class, light annotators": (1500, 500, 3, [0.88, 0.12], [0.97, 0.65], 0.0),
    "five even classes, light annotators": (500, 300, 3, [0.2] * 5, [0.6] * 5, 0.0),
    "three skewed classes, few annotators": (800, 20, 5, [0.8, 0.15, 0.05], [0.9, 0.7, 0.45], 0.0),
    "eight classes": (400, 40, 5, [0.125] * 8, [0.55] * 8, 0.0),
    "two in five spam": (600, 50, 5, [0.5, 0.5], [0.85, 0.85], 0.4),
    "small": (200, 10, 3, [0.5, 0.3, 0.2], [0.75] * 3, 0.0),
}


def planted(r, items, people, per_item, shares, accuracy, spam):
    """Beta accuracies around each class's own, errors in annotators' own directions, unequal activity."""
    size = len(shares)
    truth = r.choice(size, items, p=shares)
    confusion = np.empty((people, size, size))
    for k in range(size):
        right = r.beta(8 * accuracy[k], 8 * (1 - accuracy[k]), people)
        confusion[:, k, np.arange(size) != k] = r.dirichlet(np.ones(size - 1), people) * (1 - right)[:, None]
        confusion[:, k, k] = right
    spammer = r.random(people) < spam
    confusion[spammer] = r.dirichlet(np.ones(size), people)[spammer][:, None, :]
    activity = r.dirichlet(np.full(people, 0.5)) + 1e-4
    draws = (r.choice(people, per_item, replace=False, p=activity / activity.sum()) for _ in range(items))
    annotator, item = np.concatenate(list(draws)), np.repeat(np.arange(items), per_item)
    chance = confusion[annotator, truth[item]].cumsum(axis=1)
    return item, annotator, (r.random(len(item))[:, None] > chance).sum(axis=1).clip(0, size - 1), truth


def test_the_default_gains_on_majority_or_stays_beside_it_in_every_kind_of_crowd():
    r = np.random.default_rng(23)
    gains = {}
    for name, kind in KINDS.items():
        gain = []
        for _ in range(3):
            item, annotator, value, truth = planted(r, *kind)
            vote = majority(item, annotator, value).posterior
            score = vote[np.arange(len(truth)), truth].mean()
            gain.append((hierarchical(item, annotator, value).answers == truth).mean() - score)
        gains[name] = float(np.mean(gain))
    print("gain on majority", gains)
    assert min(gains.values()) >= -0.01
    assert np.mean(list(gains.values())) >= 0.02


def test_a_shared_mistake_is_believed_by_every_model():
    r = np.random.default_rng(22)
    truth = r.integers(0, 2, 500)
    hard = r.random(500) < 0.2
    item, annotator = np.repeat(np.arange(500), 5), np.tile(np.arange(5), 500)
    right = r.random(2500) < np.where(hard[item], 0.1, 0.95)
    value = np.where(right, truth[item], 1 - truth[item])
    for model in (majority, hierarchical, dawid_skene, one_coin):
        assert (model(item, annotator, value).answers == truth)[hard].mean() < 0.2


def test_skill_intervals_of_the_simple_models_hold_where_their_assumption_does():
    r = np.random.default_rng(24)
    repeats, rates = replicates(25, 8), dict.fromkeys(("one-coin", "MACE", "majority", "GLAD"), 0.0)
    for _ in range(repeats):
        people, size, item = 20, 3, np.repeat(np.arange(400), 5)
        annotator = np.concatenate([r.choice(people, 5, replace=False) for _ in range(400)])
        truth, skill = r.integers(0, size, 400), r.beta(8, 3, people)
        knows = r.random(2000) < skill[annotator]
        wrong = (truth[item] + r.integers(1, size, 2000)) % size
        value = np.where(knows, truth[item], wrong)
        for name, model in (("one-coin", one_coin), ("GLAD", glad)):
            found = model(item, annotator, value)
            rates[name] += ((found.skill_low <= skill) & (skill <= found.skill_high)).mean() / repeats
        # what this interval is about: how often one agrees with the majority of the others, in the long run
        seen = majority(item, annotator, value)
        again = np.concatenate([r.choice(people, 5, replace=False) for _ in range(20_000)])
        items, others = np.repeat(np.arange(20_000), 5), r.integers(0, size, 20_000)
        right = r.random(100_000) < skill[again]
        value_again = np.where(right, others[items], (others[items] + r.integers(1, size, 100_000)) % size)
        long = majority(items, again, value_again).skill
        rates["majority"] += ((seen.skill_low <= long) & (long <= seen.skill_high)).mean() / repeats
        habit = r.dirichlet(np.ones(size), people)
        spammed = (r.random(2000)[:, None] > habit[annotator].cumsum(axis=1)).sum(axis=1).clip(0, size - 1)
        found = mace(item, annotator, np.where(knows, truth[item], spammed))
        rates["MACE"] += ((found.skill_low <= skill) & (skill <= found.skill_high)).mean() / repeats
    print("skill", rates)
    assert all(0.90 <= rate <= 0.98 for rate in rates.values())
