"""The interval of the effective number covers, copies break it, and copies never raise a diversity number."""

import numpy as np
import pytest

from goldloop.stats.diversity import compression, coverage, distinct, effective_number, self_bleu, vendi

pytestmark = pytest.mark.simulation
SHARES = {
    "even": np.full(6, 1 / 6),
    "skewed": np.array([0.5, 0.2, 0.15, 0.1, 0.05]),
    "one rare": np.array([0.7, 0.27, 0.03]),
}


def test_the_effective_number_covers_for_independent_items_and_not_for_copies():
    r, repeats, rates, copied = np.random.default_rng(1), 600, {}, {}
    for name, p in SHARES.items():
        truth = np.exp(-(p * np.log(p)).sum())
        for n in (50, 300):
            hits = broken = 0
            for _ in range(repeats):
                values = r.choice(len(p), n, p=p)
                interval = effective_number(values).interval
                hits += interval.low <= truth <= interval.high
                interval = effective_number(np.repeat(values[: n // 10], 10)).interval
                broken += interval is not None and interval.low <= truth <= interval.high
            rates[name, n], copied[name, n] = hits / repeats, broken / repeats
    print("effective number", rates, "with nine copies of each", copied)
    assert abs(np.mean(list(rates.values())) - 0.95) <= 0.02
    assert min(rates.values()) >= 0.88
    assert np.mean(list(copied.values())) < 0.75


def test_copies_never_raise_a_diversity_number():
    r = np.random.default_rng(2)
    for _ in range(60):
        texts = [" ".join(r.choice(list("abcdefghij"), r.integers(4, 12))) for _ in range(20)]
        copies = [texts[i] for i in r.integers(0, 20, 15)]
        assert distinct(texts + copies).value <= distinct(texts).value
        assert self_bleu(texts + copies, n=2).value >= self_bleu(texts, n=2).value
        assert compression(texts + copies).value >= compression(texts).value
        labels = {"one": [text[0] for text in texts + copies], "two": [text[-1] for text in texts + copies]}
        before = {name: values[:20] for name, values in labels.items()}
        assert coverage(labels, ways=2).value == coverage(before, ways=2).value
        vectors = r.normal(size=(20, 5))
        assert vendi(vectors=np.concatenate([vectors] * 2)).value == pytest.approx(vendi(vectors=vectors).value)
