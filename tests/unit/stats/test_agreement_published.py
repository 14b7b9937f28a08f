"""Agreement against published tables, other libraries and real annotation."""

import csv
import gzip
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from tests.realdata import folder

from goldloop.stats.agreement import cohen, fleiss, gwet, krippendorff, leave_one_out, pairwise, percent


def classic(name):
    return json.loads((folder("classic-tables") / "classic_tables.json").read_text())[name]


def by_unit(rows):
    """Rows are units, columns raters."""
    cells = [(unit, rater, value) for unit, row in enumerate(rows) for rater, value in enumerate(row)]
    return tuple(map(list, zip(*cells, strict=True)))


def from_table(table):
    pairs = [(a, b) for a, row in enumerate(table) for b, count in enumerate(row) for _ in range(count)]
    return by_unit(pairs)


def crowd(name):
    file = folder("crowd-classification") / f"{name}.label.csv"
    text = file.read_text() if file.exists() else gzip.decompress(Path(f"{file}.gz").read_bytes()).decode()
    rows = dict.fromkeys(tuple(map(int, line.split(","))) for line in text.splitlines()[1:])
    return np.array(list(rows)).T


@pytest.mark.parametrize("example", ["krippendorff_2011_4x12", "krippendorff_wikipedia_3x15"])
@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval", "ratio"])
def test_krippendorff_published_examples(example, metric):
    case = classic(example)
    result = krippendorff(*by_unit(zip(*case["data"], strict=True)), metric=metric)
    if metric in case["published"]:
        assert round(result.value, 3) == case["published"][metric]
        assert result.value == pytest.approx(case["computed"][metric], abs=1e-6)
    assert result.n < result.eligible


@pytest.mark.parametrize("metric", ["masi", "jaccard"])
def test_set_valued_alpha_equals_nltk(metric):
    case = classic("set_valued_alpha")
    annotator, item, tags = zip(*case["rows"], strict=True)
    assert krippendorff(item, annotator, tags, metric=metric).value == pytest.approx(case["computed"][metric], abs=1e-6)


def test_fleiss_1971_as_worked_on_wikipedia():
    case = classic("fleiss_wikipedia_10x5_14raters")
    rows = [[k for k, count in enumerate(row) for _ in range(count)] for row in case["counts"]]
    result = fleiss(*by_unit(rows))
    assert round(result.value, 2) == case["published"]
    assert result.value == pytest.approx(case["computed"])


def test_cohen_1960_and_the_standard_error_of_fleiss_1981():
    assert round(cohen(*from_table(classic("cohen_1960")["table"])).value, 3) == classic("cohen_1960")["published"]
    case = classic("fleiss_1981_3x3")
    result = cohen(*from_table(case["table"]))
    assert round(result.value, 2) == case["published"]["kappa"]
    assert result.details["standard_error"] == pytest.approx(case["published"]["se"], abs=1e-3)
    assert [result.interval.low, result.interval.high] == pytest.approx(case["computed"]["ci95"])


def test_gwets_four_raters_and_twelve_units():
    case = classic("gwet_4_raters_12_units")
    columns, published = by_unit(case["data"]), case["computed_irrCAC_0_4_4"]
    assert gwet(*columns).value == pytest.approx(published["gwet_ac1"][0], abs=1e-5)
    assert fleiss(*columns).value == pytest.approx(published["fleiss"][0], abs=1e-5)
    assert krippendorff(*columns).value == pytest.approx(published["krippendorff"][0], abs=1e-5)


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_weighted_kappa_equals_statsmodels(weights):
    from statsmodels.stats.inter_rater import cohens_kappa

    r = np.random.default_rng(3)
    table = r.integers(0, 30, (4, 4)) + 20 * np.eye(4, dtype=int)
    theirs = cohens_kappa(table, wt=weights)
    ours = cohen(*from_table(table), weights=weights)
    assert ours.value == pytest.approx(theirs.kappa)
    assert ours.details["standard_error"] == pytest.approx(theirs.std_kappa)


def test_fleiss_equals_statsmodels_and_alpha_equals_nltk_on_a_crowd():
    from nltk.metrics.agreement import AnnotationTask
    from statsmodels.stats.inter_rater import fleiss_kappa

    r = np.random.default_rng(4)
    counts = r.multinomial(7, [0.5, 0.2, 0.2, 0.1], 40)
    rows = [[k for k, count in enumerate(row) for _ in range(count)] for row in counts]
    item, annotator, value = by_unit(rows)
    assert fleiss(item, annotator, value).value == pytest.approx(fleiss_kappa(counts))
    theirs = AnnotationTask(list(zip(annotator, item, value, strict=True))).alpha()
    assert krippendorff(item, annotator, value).value == pytest.approx(theirs)


def slow_alpha(item, value, distance):
    """Pairs of ratings, counted one by one."""
    by_item = {}
    for unit, answer in zip(item, value, strict=True):
        by_item.setdefault(unit, []).append(answer)
    lists = [answers for answers in by_item.values() if len(answers) > 1]
    ratings = [answer for answers in lists for answer in answers]
    observed = sum(
        sum(distance(a, b) for a, b in itertools.permutations(answers, 2)) / (len(answers) - 1) for answers in lists
    ) / len(ratings)
    expected = sum(distance(a, b) for a, b in itertools.permutations(ratings, 2)) / len(ratings) / (len(ratings) - 1)
    return 1 - observed / expected


@pytest.mark.parametrize("values", [3, 90, 400])
@pytest.mark.parametrize("metric", ["nominal", "interval", "ratio", "custom"])
def test_every_form_of_the_sums_equals_counting_pairs(values, metric):
    r = np.random.default_rng(values)
    item, annotator = r.integers(0, 60, 300), r.integers(0, 9, 300)
    value = (item * 7 + r.integers(0, 3, 300)) % values if values > 3 else r.integers(0, values, 300)
    distances = {
        "nominal": lambda a, b: float(a != b),
        "interval": lambda a, b: float(a - b) ** 2,
        "ratio": lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
        "custom": lambda a, b: float(abs(int(a) - int(b))),
    }
    chosen = distances[metric] if metric == "custom" else metric
    ours = krippendorff(item, annotator, value, metric=chosen, repeats=50)
    assert ours.value == pytest.approx(slow_alpha(item, [int(v) for v in value], distances[metric]))


def test_ordinal_alpha_is_the_same_by_either_form(monkeypatch):
    from goldloop.stats.agreement import alpha

    r = np.random.default_rng(8)
    item, annotator = np.repeat(np.arange(50), 4), np.tile(np.arange(4), 50)
    value = (item % 7 + r.integers(0, 3, 200)).clip(0, 8)
    exact = krippendorff(item, annotator, value, metric="ordinal", interval="none").value
    monkeypatch.setattr(alpha, "MATRIX", 1)
    assert krippendorff(item, annotator, value, metric="ordinal", interval="none").value == pytest.approx(exact)


ALPHA = {
    "rte": 0.241479,
    "bluebird": 0.125501,
    "web": 0.210421,
    "senti_1k": 0.149302,
    "face": 0.494920,
    "adult": 0.315557,
    "cf": 0.576837,
    "ms": 0.301031,
    "sp": 0.427629,
    "sp_amt": 0.737688,
    "zc_in": 0.164594,
}


@pytest.mark.parametrize("name", ALPHA)
def test_alpha_of_the_eleven_crowd_sets(name):
    result = krippendorff(*crowd(name))
    assert result.value == pytest.approx(ALPHA[name], abs=1e-6)
    assert result.interval.low < result.value < result.interval.high


@pytest.mark.parametrize(
    ("word", "published"), [("board-n", 0.748953), ("full-j", 0.141477), ("say-v", 0.156491), ("time-n", 0.389684)]
)
def test_alpha_of_word_senses_with_25_labels_an_item(word, published):
    with gzip.open(folder("word-sense-mturk") / f"{word}.tsv.gz", "rt") as file:
        columns = np.array([list(map(int, line.split())) for line in itertools.islice(file, 1, None)]).T
    assert krippendorff(*columns).value == pytest.approx(published, abs=1e-6)


def test_pandalm_kappas_of_three_annotators():
    rows = json.loads((folder("pandalm") / "testset-v1.json").read_text())
    cells = [(k, who, row[f"annotator{who}"]) for k, row in enumerate(rows) for who in (1, 2, 3)]
    item, annotator, value = (np.array(column, dtype=int) for column in zip(*cells, strict=True))
    square = pairwise(item, annotator, value).matrix()
    assert square[0, 1] == pytest.approx(0.852, abs=5e-4)
    assert square[0, 2] == pytest.approx(0.879, abs=5e-4)
    assert square[1, 2] == pytest.approx(0.862, abs=5e-4)
    np.testing.assert_allclose(square, square.T)
    alone = cohen(item[annotator < 3], annotator[annotator < 3], value[annotator < 3])
    assert alone.value == pytest.approx(square[0, 1])


def test_error_points_of_professional_translators_agree_at_interval_alpha_53():
    weight = {"Major": 5.0, "Minor": 1.0}
    points = {}
    with gzip.open(folder("wmt23-sxs-mqm-ende") / "annotations.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            points.setdefault((row["system"], row["doc"], row["doc_seg"], row["rater"]), 0.0)
            category, severity = row["category"].lower(), row["severity"]
            score = weight.get(severity, 0.0)
            if severity == "Minor" and category.startswith("fluency/punctuation"):
                score = 0.1
            if category.startswith("non-translation"):
                score = 25.0
            if category.startswith(("source", "no-error")) or severity == "HOTW-test":
                score = 0.0
            points[row["system"], row["doc"], row["doc_seg"], row["rater"]] += score
    item = ["/".join(key[:3]) for key in points]
    result = krippendorff(item, [key[3] for key in points], list(points.values()), metric="interval")
    assert result.value == pytest.approx(0.533095, abs=2e-3)


def test_leaving_one_annotator_out_equals_recomputing():
    item, annotator, value = crowd("face")
    whole = krippendorff(item, annotator, value, interval="none").value
    found = {left.annotator: left for left in leave_one_out(item, annotator, value)}
    assert len(found) == 27
    for who in (0, 5, 20):
        rest = annotator != who
        expected = krippendorff(item[rest], annotator[rest], value[rest], interval="none").value
        assert found[who].alpha == pytest.approx(expected)
        assert found[who].gain == pytest.approx(expected - whole)


def test_percent_is_the_share_of_agreeing_pairs():
    result = percent([0, 0, 0, 1, 1], list("abcab"), [1, 1, 0, 2, 2])
    assert result.value == pytest.approx((1 / 3 + 1) / 2)
