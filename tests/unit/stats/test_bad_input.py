"""Nothing bad comes back as a number: every argument, fed every kind of rubbish, is refused by name or says why not."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
import pytest

from goldloop.core.errors import Invalid
from goldloop.stats import (
    agreement,
    bias,
    boxes,
    confidence,
    diversity,
    drift,
    estimate,
    paired,
    ranking,
    rankings,
    retrieval,
    sampling,
    spans,
    transcripts,
    truth,
)
from goldloop.stats.result import Estimate

NAN, INFINITY = float("nan"), float("inf")
RUBBISH = {
    "NaN": [1.0, NAN, 0.0], "infinity": [1.0, INFINITY, 0.0], "None": None, "a number": 1, "a string": "abc",
    "strings": ["a", "b", "c"], "mixed types": [1, "a", 0], "empty": [], "two dimensions": [[1, 0], [0, 1]],
    "negative": [-1, 0, 1], "out of scale": [5, 2, 3], "missing": [None, 1, 0], "too short": [1],
    "objects": [{}, {}, {}], "ragged": [[1], [1, 2]], "huge": [1e200, -1e200, 1e300], "alike": [1, 1, 1],
    "masked": np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False]), "dates": np.array(["2020-01-01"] * 3, "M8[D]"),
}  # fmt: skip
ITEM, WHO, SAID, NAMES = [1, 1, 2], ["a", "b", "a"], ["x", "y", "x"], ["a", "b", "c"]
LONG = (ITEM, WHO, SAID)
PLAN = sampling.single_plan(aql=0.05, ltpd=0.2)
ROWS = np.random.default_rng(0).normal(size=(8, 2))
ALIKE = (list(range(20)), [0] * 20, [3] * 20, ["x"] * 20)
GOLD = (["d"], [0], [3], ["x"])

CALLS = {
    **{
        f"{f.__name__}({argument})": lambda bad, f=f, k=k: f(*LONG[:k], bad, *LONG[k + 1 :])
        for f in (agreement.krippendorff, agreement.fleiss, agreement.gwet, agreement.percent, agreement.cohen,
                  agreement.pairwise, agreement.leave_one_out, truth.majority, truth.dawid_skene, truth.hierarchical,
                  truth.one_coin, truth.glad, truth.mace)
        for k, argument in enumerate(("item", "annotator", "value"))
    },
    "krippendorff(metric)": lambda bad: agreement.krippendorff(ITEM, WHO, SAID, metric=bad),
    "krippendorff(interval metric)": lambda bad: agreement.krippendorff(ITEM, WHO, bad, metric="interval"),
    "krippendorff(cluster)": lambda bad: agreement.krippendorff(ITEM, WHO, SAID, cluster=bad),
    "krippendorff(level)": lambda bad: agreement.krippendorff(ITEM, WHO, SAID, level=bad),
    "hierarchical(classes)": lambda bad: truth.hierarchical(ITEM, WHO, SAID, classes=bad),
    "proportion(successes)": lambda bad: estimate.proportion(bad, 3),
    "mean": estimate.mean,
    "stratified(successes)": lambda bad: estimate.stratified(bad, [3, 3, 3], [10, 10, 10]),
    "stratified(n)": lambda bad: estimate.stratified([1, 1, 1], bad, [10, 10, 10]),
    "stratified(sizes)": lambda bad: estimate.stratified([1, 1, 1], [1, 1, 1], bad),
    "at_most(found)": lambda bad: estimate.at_most(bad, [3, 3, 3], [10, 10, 10]),
    "horvitz_thompson(values)": lambda bad: estimate.horvitz_thompson(bad, [0.5] * 3, population=6),
    "hajek(values)": lambda bad: estimate.hajek(bad, [0.5] * 3),
    "hajek(probability)": lambda bad: estimate.hajek([1, 0, 1], bad),
    "hajek(strata)": lambda bad: estimate.hajek([1, 0, 1], [0.5] * 3, strata=bad),
    "hajek(clusters)": lambda bad: estimate.hajek([1, 0, 1], [0.5] * 3, clusters=bad),
    "control_variates(controls)": lambda bad: estimate.control_variates([1, 3, 2, 5.0, 4], bad, 1),
    "prediction_powered(human)": lambda bad: estimate.prediction_powered(bad, [1, 0, 1], [1, 0]),
    "prediction_powered(rest)": lambda bad: estimate.prediction_powered([1, 0, 1], [1, 1, 0], bad),
    "confidence_sequence": sampling.confidence_sequence,
    "e_process": lambda bad: sampling.e_process(bad, 0.5),
    "allocate": lambda bad: sampling.allocate(bad, 3),
    "stratified_sample": lambda bad: sampling.stratified_sample(bad, 2, seed=0),
    "operating_characteristic": lambda bad: sampling.operating_characteristic(PLAN, bad),
    "decide": lambda bad: sampling.decide(PLAN, bad),
    "single_plan(aql)": lambda bad: sampling.single_plan(aql=bad, ltpd=0.1),
    "calibration_error": lambda bad: confidence.calibration_error(bad, [1, 0, 1], bins=1, resamples=20),
    "calibration_error(correct)": lambda bad: confidence.calibration_error([0.1, 0.2, 0.3], bad, bins=1, resamples=20),
    "brier": lambda bad: confidence.brier(bad, [1, 0, 1]),
    "selective_curve": lambda bad: confidence.selective_curve(bad, [1, 0, 1]),
    "certify": lambda bad: confidence.certify([0.1, 0.2, 0.3], bad, alpha=0.5),
    "platt": lambda bad: confidence.platt(bad, [1, 0, 1]),
    "isotonic": lambda bad: confidence.isotonic(bad, [1, 0, 1]),
    "temperature": lambda bad: confidence.temperature(bad, [0, 1]),
    "from_json": confidence.from_json,
    "anchoring(agrees)": lambda bad: bias.anchoring(bad, [1, 0, 1]),
    "anchoring(people)": lambda bad: bias.anchoring([1, 0, 1], [1, 0, 1], people=bad),
    "anchoring(probability)": lambda bad: bias.anchoring([1, 0, 1], [1, 0, 1], probability=bad),
    "blind_share(effect)": lambda bad: bias.blind_share(bad, items=100, blind_rate=0.9),
    "blind_share(items)": lambda bad: bias.blind_share(0.05, items=bad, blind_rate=0.9),
    "blind_share(blind_rate)": lambda bad: bias.blind_share(0.05, items=100, blind_rate=bad),
    "blind_share(between)": lambda bad: bias.blind_share(0.05, items=100, blind_rate=0.9, people=3, between=bad),
    "catch_rates": lambda bad: bias.catch_rates(bad, NAMES),
    "rubber_stamping": lambda bad: bias.rubber_stamping(bad, NAMES),
    "hasty": lambda bad: bias.hasty(bad, NAMES, fastest=1),
    "error_clusters": lambda bad: bias.error_clusters(bad, NAMES),
    "error_clusters(slices)": lambda bad: bias.error_clusters(NAMES, ["a", "c", "b"], slices=bad),
    "kolmogorov_smirnov": lambda bad: drift.kolmogorov_smirnov(bad, [1, 2, 3]),
    "chi_square": lambda bad: drift.chi_square(bad, ["a", "b"]),
    "population_stability": lambda bad: drift.population_stability(bad, [1, 2, 3], resamples=100),
    "jensen_shannon(categories)": lambda bad: drift.jensen_shannon(bad, ["a", "b"], bins=None, resamples=100),
    "classifier_test": lambda bad: drift.classifier_test(bad, ROWS, permutations=19),
    "kernel_test": lambda bad: drift.kernel_test(bad, ROWS, permutations=19),
    "kernel_test(bandwidth)": lambda bad: drift.kernel_test(ROWS, ROWS, bandwidth=bad, permutations=19),
    "cusum": lambda bad: drift.cusum(bad, target=0, sigma=1),
    "ewma": lambda bad: drift.ewma(bad, target=0, sigma=1),
    "error_charts": lambda bad: drift.error_charts(bad, NAMES, baseline=0.1, worse=0.4, run_length=50),
    "monitor_harm": lambda bad: drift.monitor_harm(bad, tolerance=0.05, power=None),
    "monitor_harm(drift)": lambda bad: drift.monitor_harm([1, 0, 1], tolerance=0.05, power=None, drift=bad),
    "bradley_terry(first)": lambda bad: ranking.bradley_terry(bad, ["a", "b", "a"], [1, 0, 0.5]),
    "bradley_terry(outcome)": lambda bad: ranking.bradley_terry(["a", "b", "a"], ["b", "a", "b"], bad),
    "bradley_terry(counts)": lambda bad: ranking.bradley_terry(["a", "b"], ["b", "a"], [1, 1], counts=bad),
    "bradley_terry(clusters)": lambda bad: ranking.bradley_terry(["a", "b"] * 2, ["b", "a"] * 2, [1] * 4, clusters=bad),
    "rank_sets": lambda bad: ranking.rank_sets(bad, np.eye(3), level=0.95),
    "compare": lambda bad: paired.compare(bad, [1, 0, 1]),
    "bootstrap_difference": lambda bad: paired.bootstrap_difference(bad, [1, 0, 1], resamples=100),
    "compare_slices": lambda bad: paired.compare_slices([1, 0, 1], [1, 1, 1], bad),
    "adjust": paired.adjust,
    "mcnemar": lambda bad: paired.mcnemar(bad, 1),
    "coverage": lambda bad: diversity.coverage({"a": bad}),
    "coverage(columns)": diversity.coverage,
    "effective_number": diversity.effective_number,
    "vendi": diversity.vendi,
    "distinct": diversity.distinct,
    "self_bleu": diversity.self_bleu,
    "compression": diversity.compression,
    "evaluate(run)": lambda bad: retrieval.evaluate(bad, [("q", "d", 1)]),
    "evaluate(judgements)": lambda bad: retrieval.evaluate([("q", "d", 1.0)], bad),
    "span_scores": lambda bad: retrieval.span_scores(bad, [("d", 0, 3)]),
    "spans.score": lambda bad: spans.score((bad, bad, bad, bad), GOLD),
    "spans.split": lambda bad: spans.split((bad, bad, bad, bad), GOLD),
    "boxes.iou": lambda bad: boxes.iou(bad, [[0, 0, 1, 1]]),
    "boxes.score": lambda bad: boxes.score((bad, bad, bad), (["i"], [[0, 0, 1, 1]], ["x"])),
    "wer": lambda bad: transcripts.wer(bad, ["a b"]),
    "kendall_w": rankings.kendall_w,
    "spearman": lambda bad: rankings.spearman(bad, [1, 2, 3]),
}  # fmt: skip


def estimates(found):
    """Every estimate inside a result."""
    if isinstance(found, Estimate):
        yield found
    elif dataclasses.is_dataclass(found):
        for field in dataclasses.fields(found):
            yield from estimates(getattr(found, field.name))
    elif isinstance(found, Mapping):
        for inner in found.values():
            yield from estimates(inner)
    elif isinstance(found, (list, tuple)):
        for inner in found:
            yield from estimates(inner)


@pytest.mark.parametrize("call", CALLS)
def test_rubbish_is_refused_by_name_or_answered_with_honest_numbers(call):
    for kind, bad in RUBBISH.items():
        try:
            found = CALLS[call](bad)
        except Invalid as error:
            assert error.field, (call, kind)
            continue
        for one in estimates(found):
            assert (one.value is None) == (one.because is not None), (call, kind, one)
            assert one.value is None or math.isfinite(one.value), (call, kind, one)
            if one.interval is not None:
                assert one.interval.low < one.interval.high or one.n == one.eligible, (call, kind, one)
                assert one.interval.low <= one.value <= one.interval.high, (call, kind, one)


@pytest.mark.parametrize(
    "sample",
    [
        lambda: estimate.mean([1.0] * 5),
        lambda: estimate.horvitz_thompson([1.0] * 5, [0.5] * 5, population=10),
        lambda: estimate.hajek([2.0] * 5, [0.5] * 5),
        lambda: estimate.prediction_powered([1, 1, 0], [1, 1, 0], [1, 0, 1]),
        lambda: estimate.prediction_powered([1, 1, 0], [1, 1, 0], [1, 0, 1], method="difference"),
        lambda: paired.bootstrap_difference([1.0] * 9, [2.0] * 9),
        lambda: confidence.brier([1.0] * 9, [1] * 9),
        lambda: confidence.calibration_error([1.0] * 9, [1] * 9, bins=2),
        lambda: diversity.effective_number(["a"] * 9),
        lambda: transcripts.wer(["a b"] * 20, ["a b"] * 20).corpus,
        lambda: spans.score(ALIKE, ALIKE).f1,
    ],
)  # fmt: skip
def test_a_sample_without_spread_has_a_value_and_no_interval_of_no_width(sample):
    found = sample()
    assert found.value is not None
    assert found.interval is None
    assert found.caution


def test_a_census_is_certain():
    assert estimate.mean([1.0, 2.0], population=2).interval.low == 1.5
    assert estimate.horvitz_thompson([1.0, 3.0], [1.0, 1.0], population=2).interval.high == 2
    assert estimate.prediction_powered([1, 1, 0], [1, 1, 0], []).interval.method == "every unit was counted"


def test_perfect_retrieval_is_bounded_by_the_queries_that_could_have_failed():
    run, truth_ = [(q, "d", 1.0) for q in range(20)], [(q, "d", 1) for q in range(20)]
    found = retrieval.evaluate(run, truth_, measures=["recall_10"]).means["recall_10"]
    assert found.interval.low == pytest.approx(0.025 ** (1 / 20))
    assert found.interval.high == 1


def test_a_shift_away_from_the_commonest_number_is_seen():
    flat = drift.population_stability([0.0] * 95 + [1.0, 2.0, 3.0, 4.0, 5.0], [3.0] * 50 + [0.0] * 50, resamples=100)
    assert flat.value > 0.5
    assert drift.population_stability([1.0] * 9, [1.0, 2.0, 3.0], resamples=100).value > 0.5
    assert drift.population_stability([1.0] * 9, [1.0] * 5).value is None


def test_true_is_not_one_and_a_masked_rating_is_a_missing_one():
    with pytest.raises(Invalid, match="mixes types"):
        agreement.krippendorff([1, 1, 2, 2], ["a", "b"] * 2, [True, 1, False, 0])
    assert truth.majority([1, 1], ["a", "b"], [True, True], classes=[False, True]).answers.tolist() == [True]
    value = np.ma.array([1, 2, 2, 2], mask=[False, True, False, False])
    assert agreement.krippendorff([1, 1, 2, 2], ["a", "b"] * 2, value).n == 2


def test_pandas_own_missing_value_is_a_missing_rating():
    import pandas as pd

    found = agreement.percent([1, 1, 2, 2], ["a", "b"] * 2, pd.array([1, pd.NA, 2, 2], dtype="Int64"))
    assert (found.n, found.eligible) == (3, 4)


def test_a_million_classes_are_too_many_for_any_truth_model_and_said_so():
    item, who = np.repeat(np.arange(20_000), 2), np.tile([0, 1], 20_000)
    for model in (truth.majority, truth.hierarchical, truth.mace):
        with pytest.raises(Invalid, match="too many classes"):
            model(item, who, np.arange(40_000))
    with pytest.raises(Invalid, match="or one_coin, mace, majority"):
        truth.hierarchical(np.arange(8000), np.arange(8000) // 20, np.arange(8000) % 400)


@pytest.mark.parametrize("seed", [-1, "x", 1.5, None])
def test_a_seed_that_is_none_is_refused(seed):
    r = np.random.default_rng(0)
    item, who, said = np.repeat(np.arange(60), 2), ["a", "b"] * 60, r.integers(0, 2, 120)
    for call in (
        lambda: agreement.krippendorff(item, who, said, seed=seed),
        lambda: paired.bootstrap_difference(said[:60], said[60:], seed=seed),
        lambda: drift.kernel_test(ROWS, ROWS + 1, seed=seed, permutations=19),
        lambda: drift.detectable_degradation(50, tolerance=0.1, seed=seed),
        lambda: confidence.calibration_error(r.random(60), said[:60], seed=seed),
    ):
        with pytest.raises(Invalid) as error:
            call()
        assert error.value.field == "seed"
