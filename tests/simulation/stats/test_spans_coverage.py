"""How often the intervals on spans, rankings and transcripts hold the truth of the population drawn from."""

import numpy as np
import pytest

from goldloop.stats.rankings import kendall_w, spearman
from goldloop.stats.spans import score
from goldloop.stats.transcripts import wer

pytestmark = pytest.mark.simulation
LEVEL = 0.95


def documents(r, number):
    """Two annotators over documents that are easy or hard throughout: columns of each."""
    ease = r.beta(4, 1.5, number)
    found = ([], [], [], []), ([], [], [], [])
    for document in range(number):
        for place in range(r.poisson(3)):
            start = 10 * place
            agree = r.random() < ease[document]
            for side, columns in enumerate(found):
                if agree or side == place % 2:
                    for column, value in zip(columns, (document, start, start + 3, "p"), strict=True):
                        column.append(value)
    return found


def test_span_f1_covers_by_documents():
    r = np.random.default_rng(30)
    truth = score(*documents(r, 60_000), documents=60_000, interval="none").f1.value
    rates = {}
    for number in (20, 50, 200):
        held = made = 0
        for _ in range(200):
            interval = score(*documents(r, number), documents=number, repeats=300).f1.interval
            made += interval is not None
            held += interval is not None and interval.low <= truth <= interval.high
        rates[number] = held / made
    print("span F1", rates)
    assert abs(np.mean(list(rates.values())) - LEVEL) <= 0.025
    assert min(rates.values()) >= 0.90


def test_word_error_rates_cover_under_both_definitions():
    r = np.random.default_rng(31)
    words = np.array(["a", "b", "c", "d"])

    def utterances(number):
        length = r.integers(2, 25, number)
        error = r.beta(1, 9, number)
        spoken = [r.integers(0, 4, size) for size in length]
        heard = [np.where(r.random(len(s)) < e, (s + 1) % 4, s) for s, e in zip(spoken, error, strict=True)]
        return [" ".join(words[s]) for s in spoken], [" ".join(words[s]) for s in heard]

    population = wer(*utterances(60_000), interval="none")
    rates = {}
    for number in (30, 100):
        held = np.zeros(2)
        for _ in range(150):
            result = wer(*utterances(number), repeats=300)
            for k, (one, all_) in enumerate(
                ((result.utterance, population.utterance), (result.corpus, population.corpus))
            ):
                held[k] += one.interval.low <= all_.value <= one.interval.high
        rates[number] = (held / 150).tolist()
    print("WER utterance, corpus", rates)
    assert min(min(pair) for pair in rates.values()) >= 0.90
    assert abs(np.mean(list(rates.values())) - LEVEL) <= 0.025


def test_rank_correlations_cover():
    r = np.random.default_rng(32)
    rates = {}
    for rho in (0.0, 0.5, 0.8):
        truth = 6 / np.pi * np.arcsin(rho / 2)
        for n in (10, 30, 100):
            held = 0
            for _ in range(400):
                x, noise = r.normal(size=(2, n))
                interval = spearman(x, rho * x + np.sqrt(1 - rho**2) * noise).interval
                held += interval is not None and interval.low <= truth <= interval.high
            rates[rho, n] = held / 400
    print("spearman", rates)
    assert abs(np.mean(list(rates.values())) - LEVEL) <= 0.02
    assert min(rates.values()) >= 0.90


def test_concordance_covers_over_judges():
    r = np.random.default_rng(33)
    things, rates = np.arange(8), {}

    def table(judges):
        return things + r.normal(0, 3, (judges, 8))

    mean = kendall_w(table(4000)).value
    for judges in (10, 20, 40):
        truth = mean + (1 - mean) / judges
        held = sum(
            interval.low <= truth <= interval.high
            for interval in (kendall_w(table(judges)).interval for _ in range(200))
        )
        rates[judges] = held / 200
    print("kendall W", rates)
    assert abs(np.mean(list(rates.values())) - LEVEL) <= 0.03
    assert min(rates.values()) >= 0.88
