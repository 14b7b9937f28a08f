"""Two versions on the same items: real runs, oracles, refusals."""

import csv
import json

import numpy as np
import pytest
from scipy.stats import bootstrap, false_discovery_control
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar
from statsmodels.stats.multitest import multipletests
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.stats.paired import (
    adjust,
    bootstrap_difference,
    compare,
    compare_slices,
    family,
    from_counts,
    mcnemar,
    non_inferior,
)


def garak_hits(version):
    """Prompt and detector -> did any output of the attempt hit (score >= 0.5); finished attempts only."""
    hits = {}
    for line in (folder("garak_sample") / f"mock-support-{version}.report.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry["entry_type"] == "attempt" and entry["status"] == 2:
            prompt = json.dumps([turn["content"]["text"] for turn in entry["prompt"]["turns"]])
            for detector, scores in entry["detector_results"].items():
                hits[entry["probe_classname"], prompt, detector] = max(scores) >= 0.5
    return hits


def test_the_safety_tuned_version_fixes_21_attacks_and_breaks_none():
    old, new = garak_hits("v1"), garak_hits("v2")
    shared = [key for key in old if key in new]
    pairs = compare([not old[key] for key in shared], [not new[key] for key in shared])
    assert len(shared) == 77
    assert (pairs.both, pairs.only_second, pairs.neither, pairs.only_first) == (45, 21, 11, 0)
    assert pairs.p == pytest.approx(9.5e-7, rel=0.01)


def test_the_guard_prompt_buys_safety_with_over_refusal():
    complied = {}
    with open(folder("xstest") / "xstest_labels_5models.csv", newline="") as file:
        for row in csv.DictReader(file):
            complied[row["model"], row["id"]] = (
                row["final_label"] == "1_full_compliance",
                row["type"].startswith("contrast"),
            )
    safe = [i for m, i in complied if m == "mistralinstruct" and not complied[m, i][1]]
    refused = [[not complied[model, i][0] for i in safe] for model in ("mistralinstruct", "mistralguard")]
    pairs = compare(*refused)
    assert (sum(refused[0]), sum(refused[1]), len(safe)) == (4, 47, 250)
    assert pairs.p == pytest.approx(2.3e-13, rel=0.02)
    assert pairs.difference.interval.low > 0.1


@pytest.mark.parametrize("counts", [(0, 0), (1, 0), (5, 5), (3, 9), (30, 12)])
def test_mcnemar_is_statsmodels_exact_test(counts):
    reference = reference_mcnemar([[10, counts[0]], [counts[1], 4]], exact=True).pvalue
    assert mcnemar(*counts) == pytest.approx(min(1.0, reference))


def test_agresti_worked_example():
    """Agresti, Categorical Data Analysis: approval of the prime minister, 794 / 150 / 86 / 570; difference -0.04."""
    pairs = from_counts(794, 150, 86, 570)
    assert pairs.difference.value == pytest.approx(-0.04)
    assert pairs.difference.interval.low == pytest.approx(-0.059, abs=0.001)
    assert pairs.difference.interval.high == pytest.approx(-0.021, abs=0.001)


def test_adjusted_p_values_are_the_published_ones_and_statsmodels():
    table = json.loads((folder("classic-tables") / "classic_tables.json").read_text())["benjamini_hochberg_1995"]
    p = table["p"]
    assert adjust(p, method="bh") == pytest.approx(table["computed"]["bh_adjusted"], abs=1e-6)
    assert family(p, method="bh").found.sum() == table["published"]["bh_rejections"]
    for ours, theirs in {"holm": "holm", "bh": "fdr_bh", "by": "fdr_by", "bonferroni": "bonferroni"}.items():
        assert adjust(p, method=ours) == pytest.approx(multipletests(p, method=theirs)[1])
    assert adjust(p, method="bh") == pytest.approx(false_discovery_control(p))


def test_the_percentile_bootstrap_is_scipys():
    r = np.random.default_rng(0)
    first, second = r.normal(size=60), r.normal(0.3, 1, 60)
    ours = bootstrap_difference(first, second, method="percentile", resamples=9000).interval
    theirs = bootstrap(((second - first),), np.mean, method="percentile", n_resamples=9000, rng=1).confidence_interval
    assert (ours.low, ours.high) == (pytest.approx(theirs.low, abs=0.02), pytest.approx(theirs.high, abs=0.02))


def test_clusters_widen_the_interval():
    r = np.random.default_rng(1)
    page = np.repeat(np.arange(20), 10)
    second = np.repeat(r.normal(0.2, 1, 20), 10)
    alone = bootstrap_difference(np.zeros(200), second).interval
    grouped = bootstrap_difference(np.zeros(200), second, clusters=page).interval
    assert grouped.high - grouped.low > 2.5 * (alone.high - alone.low)


def test_slices_are_judged_as_one_family():
    first = np.zeros(120, bool)
    second = np.r_[np.ones(12, bool), np.zeros(48, bool), np.ones(5, bool), np.zeros(55, bool)]
    result = compare_slices(first, second, ["de"] * 60 + ["fr"] * 60)
    assert result.tests.names == ("de", "fr")
    assert result.tests.found.tolist() == [True, False]
    assert result.slices["fr"].p == pytest.approx(2 / 2**5)
    assert result.tests.adjusted[0] == pytest.approx(2 * result.slices["de"].p)


def test_non_inferiority_needs_enough_pairs_and_is_not_equality():
    same = np.ones(400, bool)
    assert non_inferior(same, same, margin=0.02).shown
    assert not non_inferior(same[:30], same[:30], margin=0.02).shown
    worse = np.arange(400) >= 40
    assert not non_inferior(same, worse, margin=0.05).shown
    assert "not shown" in non_inferior(same, worse, margin=0.05).because


def test_nothing_to_compare_says_so():
    assert compare([], []).p is None
    assert compare([], []).difference.because == "no pairs"
    assert non_inferior([], [], margin=0.1).because == "no pairs"
    assert bootstrap_difference([1.0], [2.0]).value is None
    assert "clusters" in bootstrap_difference([1.0, 1.0], [2.0, 1.0], clusters=["a", "a"]).because


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: compare([1, 0], [1]), "second"),
        (lambda: compare([0.5], [1]), "first"),
        (lambda: compare([np.nan], [1]), "first"),
        (lambda: from_counts(1, -1, 0, 0), "only_first"),
        (lambda: non_inferior([1], [1], margin=0), "margin"),
        (lambda: bootstrap_difference([1.0], [2.0], resamples=3), "resamples"),
        (lambda: bootstrap_difference([1.0, 2.0], [2.0, 1.0], clusters=["a"]), "clusters"),
        (lambda: bootstrap_difference(["a"], [1.0]), "first"),
        (lambda: compare_slices([1], [1], ["a", "b"]), "slices"),
        (lambda: adjust([0.5, 1.5]), "p"),
        (lambda: adjust([0.5], method="sidak"), "method"),
        (lambda: family([0.5], level=0), "level"),
    ],
)
def test_bad_input_is_refused_by_name(call, field):
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == field
