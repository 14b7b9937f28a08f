"""Span agreement on real submissions and real annotators, and on spans written by hand."""

import csv
import gzip
import json
from collections import Counter

import numpy as np
import pytest
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.stats.spans import from_bio, pairwise_f1, position_alpha, score, split, to_columns


def conll(path):
    posts, tags = [], []
    for line in path.read_text().splitlines():
        if line.strip():
            tags.append(line.split()[-1])
        elif tags:
            posts.append(tags)
            tags = []
    return [*posts, tags] if tags else posts


@pytest.mark.parametrize(
    ("system", "predicted", "matched", "published"),
    [
        ("arcada", 787, 373, 39.98),
        ("drexel_cci", 381, 192, 26.30),
        ("flytxt", 720, 345, 38.35),
        ("mic-cis", 891, 365, 37.06),
    ],
)
def test_entity_f1_of_the_wnut17_submissions(system, predicted, matched, published):
    place = folder("wnut17-ner")
    gold = conll(place / "gold.test.conll")
    file = next(path for path in (place / "submissions").iterdir() if path.name.startswith(system))
    result = score(to_columns(gold), to_columns(conll(file)), documents=len(gold))
    assert (result.first, result.second, result.matched) == (1079, predicted, matched)
    assert 100 * result.f1.value == pytest.approx(published, abs=0.01)
    assert result.f1.interval.low < result.f1.value < result.f1.interval.high
    assert result.recall.value == pytest.approx(matched / 1079)
    assert set(result.by_type) >= {"person", "location"}


def test_professional_raters_mark_the_same_error_span_a_third_of_the_time():
    with gzip.open(folder("wmt23-sxs-mqm-ende") / "annotations.csv.gz", "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    judged = list(dict.fromkeys((row["rater"], "/".join((row["system"], row["doc"], row["doc_seg"]))) for row in rows))
    marked = [
        row for row in rows if row["side"] == "target" and row["severity"] in ("Minor", "Major") and row["char_start"]
    ]
    result = pairwise_f1(
        [row["rater"] for row in marked],
        ["/".join((row["system"], row["doc"], row["doc_seg"])) for row in marked],
        [int(row["char_start"]) for row in marked],
        [int(row["char_end"]) for row in marked],
        ["error"] * len(marked),
        judged=tuple(zip(*judged, strict=True)),
    )
    assert result.value == pytest.approx(0.328382, abs=0.003)
    assert result.interval.high - result.interval.low < 0.04


def btc(entity):
    """Judged rows, lengths and spans of the crowd on one entity type; some tweets were sent out twice."""
    judged, lengths, marked = [], [], []
    with open(folder("btc-ner-crowd-e") / "judgments.jsonl") as file:
        for number, unit in enumerate(map(json.loads, file)):
            if unit["type"] != entity:
                continue
            for judgment in unit["judgments"]:
                judged.append((judgment["worker"], number))
                lengths.append(len(unit["tokens"]))
                clicked = [0] * (len(unit["tokens"]) + 1)
                for token in judgment["answer"]:
                    clicked[token] = 1
                tags = ["I-e" if click else "O" for click in clicked]
                marked += [(*judged[-1], start, end) for start, end, _ in from_bio(tags)]
    people, pages = zip(*judged, strict=True)
    columns = [list(column) for column in zip(*marked, strict=True)]
    return (*columns, [entity] * len(marked)), (people, pages), lengths


@pytest.mark.parametrize(
    ("entity", "alpha", "f1"), [("PER", 0.53253, 0.514184), ("LOC", 0.439139, 0.422445), ("ORG", 0.149769, 0.183432)]
)
def test_five_crowd_workers_on_entities_in_tweets(entity, alpha, f1):
    columns, judged, lengths = btc(entity)
    result = position_alpha(*columns, judged=judged, lengths=lengths)
    assert result.value == pytest.approx(alpha, abs=1e-5)
    assert result.interval.low < result.value < result.interval.high
    assert pairwise_f1(*columns, judged=judged).value == pytest.approx(f1, abs=1e-5)


def test_bio_follows_conlleval():
    assert from_bio(["I-a", "I-a", "O", "B-a", "B-a", "I-b", "O"]) == [
        (0, 2, "a"),
        (3, 4, "a"),
        (4, 5, "a"),
        (5, 6, "b"),
    ]
    assert from_bio([]) == []
    with pytest.raises(Invalid):
        from_bio(["S-a"])


def test_overlap_forgives_boundaries_but_not_types():
    gold = ([0, 0, 1], [0, 5, 0], [3, 8, 2], ["p", "l", "p"])
    other = ([0, 0, 1], [1, 5, 0], [3, 8, 2], ["p", "p", "l"])
    assert score(gold, other).f1.value == 0
    assert score(gold, other, match="overlap").f1.value == pytest.approx(2 / 6)
    assert split(gold, other).boundary_only == 1
    assert split(gold, other).type_only == 2


def test_a_span_partners_only_once():
    long, short = ([0], [0], [10], ["p"]), ([0, 0, 0], [0, 4, 8], [2, 6, 10], ["p"] * 3)
    assert score(long, short, match="overlap").matched == 1
    difference = split(long, short)
    assert (difference.boundary_only, difference.second_only) == (1, 2)


def test_a_repeated_span_counts_once():
    assert score(([0, 0], [0, 0], [2, 2], ["p", "p"]), ([0], [0], [2], ["p"])).f1.value == 1


def test_no_spans_are_undefined_with_a_reason():
    nothing = ([], [], [], [])
    result = score(nothing, nothing)
    assert result.f1.because == "no spans"
    assert result.recall.because == "nothing was counted"
    assert score(nothing, ([0], [0], [1], ["p"])).f1.value == 0
    assert "one annotator" in position_alpha([], [], [], [], [], judged=(["a"], ["d"]), lengths=[4]).because


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        (([0], [2], [2], ["p"]), "end"),
        (([0], [-1], [2], ["p"]), "start"),
        (([0], [0.5], [2], ["p"]), "start"),
        (([0, 1], [0], [2], ["p"]), "document"),
        (([0], [np.nan], [2], ["p"]), "start"),
    ],
)
def test_bad_spans_are_named(columns, field):
    with pytest.raises(Invalid) as caught:
        score(columns, ([0], [0], [1], ["p"]))
    assert caught.value.field == field


def test_spans_outside_their_document_or_by_strangers_are_invalid():
    for columns, field in [((["a"], [0], [3], [9], ["p"]), "end"), ((["z"], [0], [0], [1], ["p"]), "judged")]:
        with pytest.raises(Invalid) as caught:
            position_alpha(*columns, judged=(["a", "b"], [0, 0]), lengths=[5, 5])
        assert caught.value.field == field


def slow_counts(gold, other):
    mine, theirs = Counter(zip(*gold, strict=True)), Counter(zip(*other, strict=True))
    return len(set(mine) & set(theirs)), len(mine), len(theirs)


def test_exact_counts_equal_sets_on_random_spans():
    r = np.random.default_rng(0)
    for _ in range(20):
        made = []
        for _ in range(2):
            start = r.integers(0, 12, 40)
            made.append((r.integers(0, 6, 40), start, start + r.integers(1, 4, 40), r.integers(0, 2, 40)))
        result = score(*made)
        assert (result.matched, result.first, result.second) == slow_counts(*made)
        difference = split(*made)
        assert difference.exact == result.matched
        pairs = difference.exact + difference.type_only + difference.boundary_only + difference.both
        assert pairs + difference.first_only == result.first
        assert pairs + difference.second_only == result.second


def test_overlap_matches_as_many_as_a_search_over_all_matchings():
    r = np.random.default_rng(1)

    def largest(left, right):
        if not left:
            return 0
        head, *rest = left
        best = largest(rest, right)
        for k, other in enumerate(right):
            if head[0] < other[1] and other[0] < head[1]:
                best = max(best, 1 + largest(rest, right[:k] + right[k + 1 :]))
        return best

    for _ in range(60):
        sides = []
        for _ in range(2):
            cuts = sorted(r.choice(14, 6, replace=False).tolist())
            sides.append(list(zip(cuts[::2], cuts[1::2], strict=True)))
        columns = [([0] * 3, [a for a, _ in side], [b for _, b in side], ["p"] * 3) for side in sides]
        assert score(*columns, match="overlap").matched == largest(*sides)
