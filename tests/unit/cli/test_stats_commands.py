"""`goldloop stats` as people type it: tables in, values with interval, denominator and method out, or the reason."""

import csv
import json
from pathlib import Path

import duckdb
import numpy as np
import pytest
from tests.realdata import folder

from goldloop.cli import root
from goldloop.stats import agreement, drift, estimate, ranking, sampling


@pytest.fixture
def stats(capsys):
    """Run `goldloop stats ...`; the exit code, what went to stdout and to stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            root.main(["stats", *map(str, words)])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def written(path: Path, header: str, rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)
    return path


def judged(path: Path) -> Path:
    r = np.random.default_rng(5)
    truth = r.integers(0, 2, 80)
    right = r.random((80, 3)) < 0.85
    rows = [(f"i{i}", f"p{p}", "yes" if truth[i] == right[i, p] else "no") for i in range(80) for p in range(3)]
    return written(path, "item annotator value", rows)


def columns(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [list(column) for column in zip(*list(csv.reader(file))[1:], strict=True)]


SETS = [("1", "a", "x;y"), ("1", "b", "x"), ("2", "a", "z"), ("2", "b", "z"), ("3", "a", "x"), ("3", "b", "y"),
        ("4", "a", "z; x"), ("4", "b", "x;z"), ("4", "c", "x"), ("3", "c", '["x"]'), ("2", "c", "")]  # fmt: skip


@pytest.mark.parametrize("scale", ["jaccard", "masi"])
def test_sets_of_labels_agree_in_part(stats, tmp_path, scale):
    file = written(tmp_path / "sets.csv", "item annotator value", SETS)
    items, people, cells = zip(*SETS, strict=True)
    sets = [{"x"} if cell.startswith("[") else {one.strip() for one in cell.split(";")} or None for cell in cells]
    sets[-1] = None
    code, out, _ = stats("agreement", file, "--scale", scale, "--separator", ";", "--json")
    expected = agreement.krippendorff(items, people, sets, metric=scale)
    assert (code, json.loads(out)["value"], json.loads(out)["n"]) == (0, pytest.approx(expected.value), expected.n)
    out = stats("agreement", file, "--scale", scale, "--separator", ";", "--without", "--json")[1]
    left = agreement.leave_one_out(items, people, sets, metric=scale)
    assert [(one["annotator"], one["gain"]) for one in json.loads(out)] == [
        (one.annotator, one.gain if one.gain is None else pytest.approx(one.gain)) for one in left
    ]
    assert len(left) == 3


def test_every_pair_and_everybody_left_out_are_listed(stats, tmp_path):
    file = judged(tmp_path / "labels.csv")
    out = stats("agreement", file, "--pairs", "--method", "cohen", "--json")[1]
    expected = agreement.pairwise(*columns(file))
    found = json.loads(out)["pairs"]
    assert [(one["first"], one["second"], one["estimate"]["n"]) for one in found] == [
        ("p0", "p1", 80), ("p0", "p2", 80), ("p1", "p2", 80)
    ]  # fmt: skip
    assert [one["estimate"]["value"] for one in found] == [pytest.approx(one.estimate.value) for one in expected.pairs]
    code, out, err = stats("agreement", file, "--pairs", "--method", "percent", "--minimum", "81")
    assert code == 0 and out.strip() == "none" and "3 have too few" in err
    code, out, err = stats("agreement", file, "--without")
    assert code == 0 and len(out.strip().splitlines()) == 4 and "gain" in err


@pytest.mark.parametrize(("method", "measure"), [
    ("alpha", agreement.krippendorff), ("fleiss", agreement.fleiss), ("gwet", agreement.gwet),
    ("percent", agreement.percent),
])  # fmt: skip
def test_agreement_is_the_librarys_number_with_its_interval(stats, tmp_path, method, measure):
    file = judged(tmp_path / "labels.csv")
    code, out, _ = stats("agreement", file, "--method", method, "--json")
    expected = measure(*columns(file))
    found = json.loads(out)
    assert (code, found["value"]) == (0, pytest.approx(expected.value))
    assert found["interval"]["low"] == pytest.approx(expected.interval.low)
    assert (found["n"], found["eligible"]) == (expected.n, expected.eligible)


def test_a_line_for_people_holds_value_interval_denominator_and_method(stats, tmp_path):
    code, out, _ = stats("agreement", judged(tmp_path / "labels.csv"))
    assert code == 0
    assert out.startswith("alpha: 0.") and "] at 0.95 (" in out and "n = 240" in out and "Krippendorff" in out


def test_the_same_table_as_jsonl_and_parquet_gives_the_same_number(stats, tmp_path):
    file = judged(tmp_path / "labels.csv")
    item, annotator, value = columns(file)
    lines = tmp_path / "labels.jsonl"
    rows = [
        dict(zip(("item", "annotator", "value"), row, strict=True)) for row in zip(item, annotator, value, strict=True)
    ]
    lines.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    parquet = tmp_path / "lab[el]s.parquet"
    with duckdb.connect() as database:
        database.sql(f"COPY (FROM read_csv('{file}')) TO '{parquet}'")
    found = [json.loads(stats("agreement", path, "--json")[1])["value"] for path in (file, lines, parquet)]
    assert found[0] == found[1] == found[2]


def test_one_annotator_is_answered_with_the_reason_and_not_with_an_error(stats, tmp_path):
    file = written(tmp_path / "one.csv", "item annotator value", [("a", "p", "x"), ("b", "p", "y")])
    code, out, _ = stats("agreement", file)
    assert code == 0
    assert out.startswith("alpha: none, because ")


def test_truth_of_a_published_crowd_is_as_accurate_as_the_library_promises(stats, tmp_path):
    source = folder("crowd-classification") / "rte.label.csv"
    with source.open(newline="") as file:
        rows = [(row["item"], row["worker"], row["label"]) for row in csv.DictReader(file)]
    code, out, _ = stats("truth", written(tmp_path / "rte.csv", "item annotator value", rows), "--json")
    with source.with_name("rte.truth.csv").open(newline="") as file:
        gold = {row["item"]: row["truth"] for row in csv.DictReader(file)}
    found = json.loads(out)
    right = [gold[one["item"]] == one["answer"] for one in found["items"] if one["item"] in gold]
    assert code == 0
    assert np.mean(right) > 0.92
    assert all(one["low"] <= one["skill"] <= one["high"] for one in found["annotators"])


def test_a_table_without_rows_has_no_answers_and_says_why(stats, tmp_path):
    code, out, err = stats("truth", written(tmp_path / "none.csv", "item annotator value", []))
    assert (code, out.strip()) == (0, "none")
    assert "because no ratings" in err


def test_truth_says_how_good_each_annotator_is(stats, tmp_path):
    code, out, err = stats("truth", judged(tmp_path / "labels.csv"), "--annotators", "--method", "dawid_skene")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["annotator", "p0", "p1", "p2"]
    assert "n = 240 of 240 rows" in err


def test_a_plain_share_is_wilsons(stats, tmp_path):
    file = written(tmp_path / "audit.csv", "right", [(one,) for one in ["yes"] * 45 + ["no"] * 5])
    found = json.loads(stats("share", file, "--json")[1])
    expected = estimate.proportion(45, 50)
    assert found["value"] == expected.value
    assert found["interval"]["low"] == pytest.approx(expected.interval.low)


def test_queues_audited_at_different_rates_are_weighted_by_what_they_hold(stats, tmp_path):
    rows = [("fast", 1)] * 45 + [("fast", 0)] * 5 + [("slow", 1)] * 20 + [("slow", 0)] * 20
    file = written(tmp_path / "audit.csv", "queue right", rows)
    sizes = ("--stratum", "queue", "--size", "fast=9000", "--size", "slow=1000")
    found = json.loads(stats("share", file, *sizes, "--json")[1])
    assert found["value"] == pytest.approx(0.9 * 0.9 + 0.1 * 0.5)
    probabilities = [(queue, right, 50 / 9000 if queue == "fast" else 40 / 1000) for queue, right in rows]
    drawn = written(tmp_path / "drawn.csv", "queue right chance", probabilities)
    by_chance = json.loads(stats("share", drawn, "--probability", "chance", "--json")[1])
    assert by_chance["value"] == pytest.approx(found["value"])


def test_a_plan_is_printed_with_what_it_does_to_good_and_bad_batches(stats):
    code, out, err = stats("plan", "--aql", 0.01, "--ltpd", 0.05)
    expected = sampling.single_plan(aql=0.01, ltpd=0.05)
    assert code == 0
    assert out.splitlines()[1].split() == [str(expected.n[0]), str(expected.accept[0]), str(expected.reject[0])]
    assert "accepted" in out and "drawn at random" in err


@pytest.mark.parametrize("kind", ["double", "sequential"])
def test_plans_of_several_looks_keep_both_risks(stats, kind):
    found = json.loads(stats("plan", "--aql", 0.02, "--ltpd", 0.08, "--kind", kind, "--json")[1])
    curve = found["operating_characteristic"]
    chance = dict(zip(curve["rates"], curve["acceptance"], strict=True))
    assert chance[0.02] >= 0.95
    assert chance[0.08] <= 0.10


def test_versions_are_compared_by_mcnemar_and_the_published_pair_is_reproduced(stats, tmp_path):
    rows = [(1, 1)] * 45 + [(0, 1)] * 21 + [(0, 0)] * 11
    file = written(tmp_path / "pairs.csv", "first second", rows)
    code, out, _ = stats("compare", file)
    assert code == 0
    assert out.startswith("both 45, only first 0, only second 21, neither 11\nsecond - first: 0.2727 [")
    assert json.loads(stats("compare", file, "--json")[1])["p"] == pytest.approx(9.5e-7, rel=0.01)


def test_clusters_and_margins_have_their_own_comparison(stats, tmp_path):
    r = np.random.default_rng(2)
    rows = [(f"c{i // 4}", int(r.random() < 0.8), int(r.random() < 0.8)) for i in range(400)]
    file = written(tmp_path / "pairs.csv", "prompt first second", rows)
    assert "bootstrap of 100 clusters" in stats("compare", file, "--cluster", "prompt")[1]
    assert "not worse by more than 0.2: shown" in stats("compare", file, "--margin", 0.2)[1]
    code, _, err = stats("compare", file, "--margin", 0.2, "--scores")
    assert code == 2 and "--margin" in err


def test_pairs_are_ranked_with_places(stats, tmp_path):
    r = np.random.default_rng(3)
    ability = {"a": 1.0, "b": 0.0, "c": -1.0}
    rows = []
    for _ in range(300):
        one, two = r.choice(list(ability), 2, replace=False)
        won = r.random() < 1 / (1 + np.exp(ability[two] - ability[one]))
        rows.append((one, two, "first" if won else "second"))
    file = written(tmp_path / "votes.csv", "first second outcome", rows)
    code, out, _ = stats("rank", file, "--order")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[:4]] == ["item", "a", "b", "c"]
    expected = ranking.bradley_terry(*columns(file)[:2], [float(row[2] == "first") for row in rows], order=True)
    found = json.loads(stats("rank", file, "--order", "--json")[1])
    assert found["abilities"]["a"]["value"] == pytest.approx(expected.abilities["a"].value)


def test_an_undefeated_item_is_answered_with_the_reason(stats, tmp_path):
    file = written(tmp_path / "votes.csv", "first second outcome", [("a", "b", "first")] * 5)
    code, out, _ = stats("rank", file)
    assert code == 0
    assert out.startswith("no ranking, because some items won or lost every comparison")


def test_numbers_and_categories_of_two_periods_are_one_family_of_tests(stats, tmp_path):
    r = np.random.default_rng(4)
    old = written(tmp_path / "old.csv", "length topic", [(r.normal(), "ab"[i % 2]) for i in range(400)])
    new = written(tmp_path / "new.csv", "length topic", [(r.normal(1), "ab"[i % 2]) for i in range(400)])
    found = json.loads(stats("drift", old, new, "--json")[1])
    assert found["changed"] == {"length": True, "topic": False}
    one, two = ([float(x) for x in columns(path)[0]] for path in (old, new))
    assert found["tests"]["length"]["p"] == pytest.approx(drift.kolmogorov_smirnov(one, two).p)
    assert "changed is not worse" in stats("drift", old, new)[2]


def test_harm_is_alarmed_where_errors_pass_the_tolerance_and_the_detectable_rate_is_printed(stats, tmp_path):
    r = np.random.default_rng(6)
    bad = written(tmp_path / "bad.csv", "wrong", [(int(x),) for x in r.random(300) < 0.25])
    good = written(tmp_path / "good.csv", "wrong", [(int(x),) for x in r.random(300) < 0.02])
    assert stats("harm", bad, "--tolerance", 0.05)[1].startswith("harm, from judged item ")
    said = stats("harm", good, "--tolerance", 0.05)[1]
    assert said.startswith("no harm shown") and "detectable error rate at power 0.8: 0." in said


def test_a_threshold_is_certified_or_everything_is_reviewed(stats, tmp_path):
    r = np.random.default_rng(8)
    score = r.random(2000)
    rows = list(zip(score, (r.random(2000) < (1 - score) ** 3).astype(int), strict=True))
    file = written(tmp_path / "calibration.csv", "score wrong", rows)
    code, out, _ = stats("threshold", file, "--alpha", 0.05)
    assert code == 0 and out.startswith("all: accept from 0.")
    few = written(tmp_path / "few.csv", "score wrong", rows[:20])
    assert stats("threshold", few, "--alpha", 0.05)[1].startswith("all: review everything")


@pytest.mark.parametrize(("text", "words", "said"), [
    ("item,annotator\na,p\n", ("agreement",), ("--value", "item, annotator")),
    ("item,annotator,value\na,p,x\n,q,x\n", ("agreement",), ("line 3", "'item'")),
    ("item,annotator,value\na,p,x,9\n", ("agreement",), ("line 2", "3 cells", "4 cells")),
    ("item,annotator,value\na,p,x\n", ("agreement", "--scale", "interval"), ("line 2", "a finite number", "'x'")),
    ("item,annotator,value\na,p,x\n", ("agreement", "--method", "pi"), ("--method", "alpha | cohen")),
    ("item,annotator,value\na,p,x\n", ("agreement", "--pairs"), ("--pairs", "--method cohen | percent")),
    ("item,annotator,value\na,p,x\n", ("agreement", "--separator", ","), ("--separator", "--scale jaccard | masi")),
    ("item,annotator,value\na,p,[x\n", ("agreement", "--scale", "masi"), ("line 2", "a JSON list", "[x")),
    ("item,annotator,value\na,p,\"[1, 2]\"\n", ("agreement", "--scale", "masi"), ("line 2", "a list of labels")),
    ("right\nyes\nmaybe\n", ("share",), ("line 3", "yes or no", "'maybe'")),
    ("queue,right\na,yes\n", ("share", "--stratum", "queue", "--size", "b=3"), ("--size", "found a")),
    ("first,second,outcome\na,b,won\n", ("rank",), ("line 2", "first, second or tie", "'won'")),
    ("score,wrong\nnan,1\n", ("threshold", "--alpha", "0.1"), ("line 2", "a finite number")),
    ("a,a\n1,2\n", ("share",), ("line 1", "different names")),
])  # fmt: skip
def test_a_bad_table_is_refused_with_line_and_field(stats, tmp_path, text, words, said):
    file = tmp_path / "table.csv"
    file.write_text(text, encoding="utf-8")
    code, out, err = stats(words[0], file, *words[1:])
    assert (code, out) == (2, "")
    assert err.startswith("goldloop: ") and all(part in err for part in said), err


def test_files_that_are_missing_or_unknown_are_refused(stats, tmp_path):
    assert stats("agreement", tmp_path / "none.csv")[0] == 4
    for name, content in {"a.xlsx": b"x", "a.csv": b"\xff\xfe", "a.jsonl": b"[1]\n", "a.parquet": b"no"}.items():
        (tmp_path / name).write_bytes(content)
        assert stats("agreement", tmp_path / name)[0] == 2


def test_errors_are_json_where_json_was_asked_for(stats, tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text('{"right": true}\n{"right": "maybe"}\n', encoding="utf-8")
    code, _, err = stats("share", file, "--json")
    assert code == 2
    assert json.loads(err)["details"] == {"line": 2}
