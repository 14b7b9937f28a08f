"""How often the intervals of `agreement` hold the coefficient of the population the items came from."""

import numpy as np
import pytest
from tests.simulation.stats.replicates import replicates, slack

from goldloop.stats.agreement import cohen, fleiss, gwet, krippendorff

pytestmark = pytest.mark.simulation
LEVEL = 0.95
CASES = [  # items, prior of the answers, share of right answers
    (20, [0.5, 0.5], 0.8),
    (20, [0.4, 0.3, 0.2, 0.1], 0.8),
    (50, [0.5, 0.5], 0.8),
    (50, [0.9, 0.1], 0.9),
    (50, [0.4, 0.3, 0.2, 0.1], 0.8),
    (200, [0.9, 0.1], 0.9),
    (200, [0.95, 0.05], 0.95),
    (200, [0.4, 0.3, 0.2, 0.1], 0.8),
]


def ratings(r, items, prior, right, people=3):
    truth = r.choice(len(prior), items, p=prior)
    ease = r.beta(4 * right, 4 * (1 - right), items)
    correct = r.random((items, people)) < ease[:, None]
    answers = np.where(correct, truth[:, None], r.integers(0, len(prior), (items, people)))
    return np.repeat(np.arange(items), people), np.tile(np.arange(people), items), answers.ravel()


def coverage(measure, people, *, repeats, **options):
    r = np.random.default_rng(11)
    rates, refused = {}, {}
    for items, prior, right in CASES:
        truth = measure(*ratings(r, 300_000, prior, right, people), interval="none").value
        held = made = 0
        for _ in range(repeats):
            interval = measure(*ratings(r, items, prior, right, people), **options).interval
            if interval is not None:
                made += 1
                held += interval.low <= truth <= interval.high
        name = f"{items} items, prior {prior}"
        refused[name] = 1 - made / repeats
        if made >= repeats / 2:
            rates[name] = held / made
    mean, floor = float(np.mean(list(rates.values()))), min(rates.values())
    print(measure.__name__, options, f"mean {mean:.4f} floor {floor:.4f}", rates, "refused", refused)
    return mean, floor


def test_alpha_bootstrap_covers():
    mean, floor = _alpha("bootstrap")
    assert abs(mean - LEVEL) <= 0.015 + slack(200 * len(CASES))
    assert floor >= 0.90 - slack(200)


def _alpha(interval):
    def measure(*columns, **options):
        return krippendorff(*columns, **{"interval": interval, "repeats": 400, **options})

    return coverage(measure, 3, repeats=replicates(400, 200))


def test_alpha_linearised_covers():
    mean, floor = _alpha("analytic")
    assert abs(mean - LEVEL) <= 0.015 + slack(200 * len(CASES))
    assert floor >= 0.89 - slack(200)


@pytest.mark.parametrize(("measure", "people"), [(gwet, 3), (fleiss, 3), (cohen, 2)])
def test_kappas_cover(measure, people):
    mean, floor = coverage(measure, people, repeats=replicates(300, 120))
    assert abs(mean - LEVEL) <= 0.015 + slack(120 * len(CASES))
    assert floor >= 0.88 - slack(120)


def test_documents_must_be_resampled_whole_or_the_interval_lies():
    r = np.random.default_rng(12)

    def clustered(number):
        quality = r.random(number) < 0.7
        truth = r.integers(0, 2, (number, 10))
        right = r.random((number, 10, 3)) < np.where(quality, 0.97, 0.5)[:, None, None]
        answers = np.where(right, truth[:, :, None], 1 - truth[:, :, None])
        item = np.repeat(np.arange(number * 10), 3)
        return item, np.tile(np.arange(3), number * 10), answers.ravel(), item // 10

    item, annotator, value, _ = clustered(30_000)
    truth = krippendorff(item, annotator, value, interval="none").value
    whole = alone = 0
    for _ in range(200):
        item, annotator, value, cluster = clustered(25)
        one = krippendorff(item, annotator, value, cluster=cluster, repeats=300).interval
        other = krippendorff(item, annotator, value, repeats=300).interval
        whole += one.low <= truth <= one.high
        alone += other.low <= truth <= other.high
    print("documents whole", whole / 200, "items alone", alone / 200)
    assert whole / 200 >= 0.90
    assert alone / 200 < 0.85
