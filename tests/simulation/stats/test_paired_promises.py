"""How often paired tests and intervals keep their level, and what breaks it."""

import numpy as np
import pytest

from goldloop.stats.paired import adjust, bootstrap_difference, from_counts, mcnemar, non_inferior

pytestmark = pytest.mark.simulation
LEVEL = 0.95
CELLS = {
    "rare changes": (0.90, 0.01, 0.03, 0.06),
    "many changes": (0.5, 0.15, 0.2, 0.15),
    "one-sided": (0.8, 0.0, 0.1, 0.1),
    "no difference": (0.7, 0.1, 0.1, 0.1),
}


def test_the_interval_of_the_difference_covers_and_the_exact_test_keeps_its_level():
    r, repeats, rates, alarms = np.random.default_rng(1), 1500, {}, {}
    for name, cells in CELLS.items():
        for n in (30, 100, 400):
            counts = r.multinomial(n, cells, repeats)
            results = [from_counts(*(int(x) for x in row)) for row in counts]
            truth = cells[2] - cells[1]
            rates[name, n] = np.mean(
                [x.difference.interval.low <= truth <= x.difference.interval.high for x in results]
            )
            if truth == 0:
                alarms[n] = np.mean([x.p <= 0.05 for x in results])
    print("Bonett-Price", rates, "floor", min(rates.values()), "McNemar alarms", alarms)
    assert np.mean(list(rates.values())) >= LEVEL - 0.015
    assert min(rates.values()) >= 0.92
    assert max(alarms.values()) <= 0.05 + 0.017


def test_non_inferiority_is_rarely_shown_at_the_margin():
    r, repeats, rates = np.random.default_rng(2), 1500, {}
    for n in (50, 200, 800):
        pairs = r.multinomial(n, (0.80, 0.10, 0.05, 0.05), repeats)
        shown = 0
        for a, b, c, d in pairs:
            first = np.repeat([True, True, False, False], [a, b, c, d])
            second = np.repeat([True, False, True, False], [a, b, c, d])
            shown += non_inferior(first, second, margin=0.05).shown
        rates[n] = shown / repeats
    print("shown although exactly margin worse", rates)
    assert max(rates.values()) <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / repeats)


def test_the_bootstrap_covers_with_clusters_named_and_lies_without():
    r, repeats = np.random.default_rng(3), 250
    hits = dict.fromkeys(("studentised", "percentile", "ignored"), 0)
    for i in range(repeats):
        sizes = r.integers(1, 12, 15)
        cluster = np.repeat(np.arange(15), sizes)
        gain = (0.3 + r.normal(0, 1, 15))[cluster] + r.normal(0, 0.5, len(cluster))
        zero = np.zeros(len(gain))
        options = {"resamples": 300, "seed": i}
        for name, result in {
            "studentised": bootstrap_difference(zero, gain, clusters=cluster, **options),
            "percentile": bootstrap_difference(zero, gain, clusters=cluster, method="percentile", **options),
            "ignored": bootstrap_difference(zero, gain, **options),
        }.items():
            hits[name] += result.interval.low <= 0.3 <= result.interval.high
    rates = {name: count / repeats for name, count in hits.items()}
    print("15 clusters", rates)
    assert rates["studentised"] >= LEVEL - 0.045
    assert rates["studentised"] >= rates["percentile"] > rates["ignored"]
    assert rates["ignored"] < 0.75


def test_families_of_slices_keep_their_error_rates():
    r, repeats, m = np.random.default_rng(4), 800, 20
    familywise, false_share = 0, []
    for _ in range(repeats):
        counts = r.binomial(40, 0.5, m)
        counts[:5] = r.binomial(40, 0.9, 5)
        p = [mcnemar(int(b), 40 - int(b)) for b in counts]
        familywise += bool((adjust(p, method="holm")[5:] <= 0.05).any())
        found = adjust(p, method="bh") <= 0.05
        false_share.append(found[5:].sum() / max(1, found.sum()))
    print(f"familywise {familywise / repeats:.3f}, false discoveries {np.mean(false_share):.3f}")
    assert familywise / repeats <= 0.05 + 0.023
    assert np.mean(false_share) <= 0.05 + 0.01


def test_several_outputs_of_one_prompt_break_the_exact_test():
    """Assumption: independent pairs. Ten outputs a prompt counted as ten items make false alarms of a null."""
    r, repeats, alarms = np.random.default_rng(5), 600, 0
    for _ in range(repeats):
        better = np.repeat(r.random(30) < 0.5, 10)
        alarms += mcnemar(int(better.sum()), int((~better).sum())) <= 0.05
    assert alarms / repeats > 0.3
