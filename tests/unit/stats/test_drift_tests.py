"""Two-sample tests, divergences, charts and harm: published examples, oracles, real data, refusals."""

import csv
import gzip
import json

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, ks_2samp
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.stats.drift import (
    chi_square,
    classifier_test,
    cusum,
    cusum_run_length,
    design_cusum,
    design_error_chart,
    design_ewma,
    detectable_degradation,
    error_charts,
    error_run_length,
    ewma,
    ewma_run_length,
    jensen_shannon,
    kernel_test,
    kolmogorov_smirnov,
    monitor_harm,
    population_stability,
)
from goldloop.stats.drift.separable import area_under_curve


def test_kolmogorov_smirnov_is_scipys():
    r = np.random.default_rng(0)
    one, two = r.normal(size=400), r.normal(0.2, 1, 300)
    ours, theirs = kolmogorov_smirnov(one, two), ks_2samp(one, two, method="asymp")
    assert ours.statistic == pytest.approx(theirs.statistic)
    assert ours.p == pytest.approx(theirs.pvalue, rel=0.15)
    exact = kolmogorov_smirnov(one[:12], two[:10], permutations=4000)
    assert exact.p == pytest.approx(ks_2samp(one[:12], two[:10], method="exact").pvalue, abs=0.03)


def test_chi_square_is_scipys_for_any_labels():
    one, two = ["a"] * 50 + ["b"] * 30 + ["c"] * 20, ["a"] * 30 + ["b"] * 30 + ["c"] * 40
    theirs = chi2_contingency([[50, 30, 20], [30, 30, 40]], correction=False)
    ours = chi_square(one, two)
    assert (ours.statistic, ours.p) == (pytest.approx(theirs.statistic), pytest.approx(theirs.pvalue))
    assert chi_square(one, two, permutations=4000).p == pytest.approx(theirs.pvalue, abs=0.01)


def test_rare_categories_refuse_the_asymptotic_p_and_offer_permutations():
    one, two = ["a"] * 50 + ["b"], ["a"] * 40 + ["b"] * 9
    refused = chi_square(one, two)
    assert refused.p is None
    assert "below 5" in refused.because
    assert chi_square(one, two, permutations=999).p < 0.05


def test_divergences_worked_by_hand():
    one, two = ["a"] * 50 + ["b"] * 50, ["a"] * 75 + ["b"] * 25
    psi = population_stability(one, two, bins=None)
    assert psi.value == pytest.approx(0.25 * np.log(1.5) - 0.25 * np.log(0.5))
    js = jensen_shannon(one, two, bins=None)
    assert js.value == pytest.approx(jensenshannon([0.5, 0.5], [0.75, 0.25], base=2) ** 2)
    assert js.interval.low <= js.value <= js.interval.high
    assert "descriptive" in psi.interval.method


def test_noise_alone_makes_a_psi_and_says_how_much():
    r = np.random.default_rng(1)
    psi = population_stability(r.normal(size=100), r.normal(size=100))
    assert psi.details["expected_by_chance"] == pytest.approx(9 * 0.02)
    assert psi.interval.low == 0


def test_the_area_under_the_curve_is_scikit_learns():
    from sklearn.metrics import roc_auc_score

    r = np.random.default_rng(2)
    scores, positive = np.round(r.normal(size=200), 1), r.random(200) < 0.4
    assert area_under_curve(scores, positive) == pytest.approx(roc_auc_score(positive, scores))


def placements():
    with (
        open(folder("sdmetrics_placements") / "student_placements_real.csv", newline="") as real,
        open(folder("sdmetrics_placements") / "student_placements_synthetic.csv", newline="") as synthetic,
    ):
        tables = [list(csv.DictReader(file)) for file in (real, synthetic)]
    names = [name for name in tables[0][0] if name != "student_id"]
    columns = []
    for name in names:
        values = [row[name] for table in tables for row in table]
        try:
            columns.append([float(v) if v else -1.0 for v in values])
        except ValueError:
            columns += [[float(v == kind) for v in values] for kind in sorted(set(values))[:12]]
    rows = np.array(columns).T
    return rows[: len(tables[0])], rows[len(tables[0]) :]


def test_a_synthetic_table_of_83_percent_fidelity_is_told_apart_at_once():
    from sklearn.ensemble import GradientBoostingClassifier

    def boosted(rows, is_current):
        trees = GradientBoostingClassifier(n_estimators=30, max_depth=2, random_state=0)
        return trees.fit(rows, is_current).decision_function

    real, synthetic = placements()
    linear = classifier_test(real, synthetic, permutations=19)
    assert linear.statistic > 0.88
    assert linear.p == pytest.approx(0.05)
    trees = classifier_test(real, synthetic, learner=boosted, permutations=19, folds=2)
    print("AUC", linear.statistic, trees.statistic)
    assert trees.statistic > 0.97


def clinc():
    with gzip.open(folder("clinc150") / "data_full.json.gz", "rt") as file:
        return json.load(file)


def test_ten_percent_out_of_scope_intents_are_seen_by_ks_on_the_margin_with_a_power_of_about_95_percent():
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import RidgeClassifier

    data = clinc()
    words = TfidfVectorizer(sublinear_tf=True, min_df=2)
    train = words.fit_transform([text for text, _ in data["train"][::2]])
    model = RidgeClassifier(alpha=1.0, solver="sparse_cg", tol=1e-2).fit(
        train, [label for _, label in data["train"][::2]]
    )

    def margin(part):
        return model.decision_function(words.transform([text for text, _ in data[part]])).max(1)

    inside, val, outside = margin("test"), margin("val"), margin("oos_test")
    r, alarms = np.random.default_rng(3), {}
    pool = r.permutation(np.concatenate([inside, val]))
    for share in (0.0, 0.1):
        count = 0
        for _ in range(60):
            drawn = r.permutation(pool)
            window = np.concatenate(
                [drawn[: round(1000 * (1 - share))], r.choice(outside, round(1000 * share), replace=False)]
            )
            count += kolmogorov_smirnov(drawn[1000:], window).p <= 0.05
        alarms[share] = count / 60
    print("KS on the margin", alarms)
    assert alarms[0.0] <= 0.15
    assert alarms[0.1] >= 0.85


def montgomery():
    return json.loads((folder("classic-tables") / "classic_tables.json").read_text())["montgomery_cusum_ewma"]


def test_charts_are_montgomerys():
    table = montgomery()
    chart = cusum(table["x"], target=10, sigma=1)
    assert chart.upper == pytest.approx(table["cusum"]["c_plus"], abs=1e-9)
    assert chart.lower == pytest.approx(table["cusum"]["c_minus"], abs=1e-9)
    assert chart.first_signal + 1 == table["cusum"]["published_first_signal"]
    average = ewma(table["x"], target=10, sigma=1, weight=table["ewma"]["lambda_"], width=table["ewma"]["L"])
    assert average.upper == pytest.approx(table["ewma"]["z"], abs=1e-4)
    assert (average.signals + 1).tolist() == table["ewma"]["computed_signals"]


def test_average_run_lengths_are_the_published_ones():
    """Montgomery, tables 9.3 and 9.11: CUSUM k 0.5, h 4 and 5; EWMA weight 0.1, width 2.814 for 500."""
    assert cusum_run_length(h=4) == pytest.approx(168, rel=0.01)
    assert cusum_run_length(h=5) == pytest.approx(465, rel=0.01)
    assert cusum_run_length(h=5, shift=1.0) == pytest.approx(10.4, rel=0.01)
    assert ewma_run_length(width=2.814) == pytest.approx(500, rel=0.02)
    assert ewma_run_length(width=2.814, shift=1.0) == pytest.approx(10.3, rel=0.03)


def test_designed_limits_give_the_run_length_asked_for():
    assert cusum_run_length(h=design_cusum(run_length=370)) == pytest.approx(370, rel=1e-3)
    assert ewma_run_length(width=design_ewma(run_length=370)) == pytest.approx(370, rel=1e-3)
    rise, height, reached = design_error_chart(baseline=0.02, worse=0.08, run_length=1000)
    assert reached >= 1000 > error_run_length(rise=rise, height=height - 1, rate=0.02)


def test_the_person_who_became_worse_is_signalled_and_the_others_are_not():
    r = np.random.default_rng(4)
    people = np.tile(["ann", "ben"], 600)
    rate = np.where((people == "ben") & (np.arange(1200) >= 600), 0.25, 0.02)
    charts = error_charts(r.random(1200) < rate, people, baseline=0.02, worse=0.10, run_length=5000)
    assert charts["ann"].first_signal is None
    assert 300 <= charts["ben"].first_signal < 340
    assert charts["ben"].average_run_length >= 5000


def test_change_without_harm_is_said_to_be_harmless_and_harm_is_not_missed():
    r = np.random.default_rng(5)
    moved = kolmogorov_smirnov(r.normal(size=2000), r.normal(0.5, 1, 2000))
    fine = monitor_harm(r.random(400) < 0.02, tolerance=0.05, drift=(moved,))
    assert fine.state == "harmless change"
    assert "400 judged items, which show a rate of" in fine.because
    assert monitor_harm([0, 1, 0], tolerance=0.5, power=None).detectable is None
    assert 0.05 < fine.detectable < 0.15
    bad = monitor_harm(r.random(400) < 0.15, tolerance=0.05)
    assert bad.state == "harm"
    assert bad.error_rate.interval.high > 0.05
    assert monitor_harm([], tolerance=0.05, drift=(moved,)).state == "unknown"


def test_more_labels_detect_less_harm():
    few, many = (detectable_degradation(labels, tolerance=0.05) for labels in (100, 800))
    assert 0.05 < many < few < 0.5
    assert detectable_degradation(2, tolerance=0.5) is None


def test_the_kernel_test_sees_a_change_of_shape_that_means_hide():
    r = np.random.default_rng(6)
    same = kernel_test(r.normal(size=(150, 2)), r.normal(size=(150, 2)))
    other = kernel_test(
        r.normal(size=(150, 2)), r.choice([-1, 1], (150, 2)) + r.normal(0, 0.1, (150, 2)), bandwidth=0.5
    )
    assert same.p > 0.01
    assert other.p == pytest.approx(1 / 200)


def test_nothing_to_compare_says_so():
    assert "nothing arrived" in kolmogorov_smirnov([1.0], []).because
    assert "baseline is empty" in chi_square([], ["a"]).because
    assert chi_square(["a"], ["a"]).because == "only one category"
    assert "fewer than" in classifier_test([[1.0]], [[2.0]]).because
    assert kernel_test([[1.0]], [[2.0]]).because == "fewer than 2 rows"
    assert cusum([], target=0, sigma=1).first_signal is None


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: kolmogorov_smirnov([np.nan], [1.0]), "baseline"),
        (lambda: kolmogorov_smirnov([1.0], ["a"]), "current"),
        (lambda: chi_square(["a", None], ["a"]), "baseline and current"),
        (lambda: population_stability([], [1.0]), "baseline"),
        (lambda: population_stability([1.0], []), "current"),
        (lambda: jensen_shannon(["a"], [], bins=None), "current"),
        (lambda: population_stability([1.0], [1.0], bins=1), "bins"),
        (lambda: classifier_test([[1.0]], [[1.0, 2.0]]), "current"),
        (lambda: kernel_test([1.0], [2.0]), "baseline"),
        (lambda: cusum([1.0], target=0, sigma=0), "sigma"),
        (lambda: ewma([1.0], target=0, sigma=1, weight=1), "weight"),
        (lambda: design_cusum(run_length=1), "run_length"),
        (lambda: error_charts([1], ["a"], baseline=0.1, worse=0.05), "worse"),
        (lambda: error_charts([1], ["a", "b"], baseline=0.1, worse=0.5), "people"),
        (lambda: monitor_harm([2.0], tolerance=0.1), "wrong"),
        (lambda: monitor_harm([1.0], tolerance=0), "tolerance"),
    ],
)
def test_bad_input_is_refused_by_name(call, field):
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == field
