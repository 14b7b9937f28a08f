"""trec_eval's own regression files, another implementation, and spans to the character."""

import ast
import collections
import csv
import math
import re

import ir_measures
import numpy as np
import pytest
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.stats.retrieval import evaluate, span_scores

NINE = ("map", "ndcg", "ndcg_cut_10", "P_10", "recall_100", "recip_rank", "Rprec", "bpref", "success_5")


def run(name="results.test"):
    lines = (folder("trec_eval_tests") / name).read_text().splitlines()
    return [(q, d, float(score)) for q, _, d, _, score, *_ in (line.split() for line in lines)]


def judgements(name="qrels.test"):
    lines = (folder("trec_eval_tests") / name).read_text().splitlines()
    return [(q, d, float(grade)) for q, _, d, grade in (line.split() for line in lines)]


def published(name):
    """(measure, query) -> value as trec_eval printed it."""
    lines = (folder("trec_eval_tests") / name).read_text().splitlines()
    rows = [line.split() for line in lines]
    return {(row[0], row[1]): float(row[2]) for row in rows if row[0] in NINE}


def test_nine_of_nine_measures_are_trec_evals():
    result = evaluate(run(), judgements(), measures=NINE, unanswered="skip")
    expected = published("out.test.a")
    assert len(expected) == 9
    for name in NINE:
        assert result.means[name].value == pytest.approx(expected[name, "all"], abs=5.1e-5)


def test_every_query_is_trec_evals_also_with_missing_queries_counted_as_zero_and_a_cut():
    for file, options, name in (
        ("results.test", {"unanswered": "skip"}, "out.test.aq"),
        ("results.trunc", {"unanswered": "zero", "depth": 100}, "out.test.aqcM"),
    ):
        result = evaluate(run(file), judgements(), measures=NINE, **options)
        compared = 0
        for (measure, query), value in published(name).items():
            ours = result.means[measure].value if query == "all" else result.by_query[measure][query]
            assert ours == pytest.approx(value, abs=5.1e-5), (measure, query)
            compared += 1
        assert compared >= 9 * 4


def test_higher_relevance_levels_are_trec_evals():
    result = evaluate(run(), judgements("qrels.rel_level"), measures=NINE, unanswered="skip", least=2)
    reference = ir_measures.calc_aggregate(
        [ir_measures.AP(rel=2), ir_measures.P(rel=2) @ 10, ir_measures.RR(rel=2)],
        [ir_measures.Qrel(q, d, int(g)) for q, d, g in judgements("qrels.rel_level")],
        [ir_measures.ScoredDoc(q, d, s) for q, d, s in run()],
    )
    theirs = {str(measure): value for measure, value in reference.items()}
    ours = {name: result.means[name] for name in ("map", "P_10", "recip_rank")}
    n = len(published("out.test.aq")) // 9 - 1
    for name, other in {"map": "AP(rel=2)", "P_10": "P(rel=2)@10", "recip_rank": "RR(rel=2)"}.items():
        assert ours[name].value * ours[name].n / n == pytest.approx(theirs[other], abs=1e-9)


def test_ties_are_broken_by_descending_document_id():
    result = evaluate([("q", "a", 1.0), ("q", "b", 1.0), ("q", "c", 1.0)], [("q", "c", 1)], measures=["recip_rank"])
    assert result.means["recip_rank"].value == 1.0
    last = evaluate([("q", "a", 1.0), ("q", "b", 1.0), ("q", "c", 1.0)], [("q", "a", 1)], measures=["recip_rank"])
    assert last.means["recip_rank"].value == pytest.approx(1 / 3)


def test_unanswered_queries_count_as_zero_unless_told_otherwise():
    rows, truth = [("q1", "a", 1.0)], [("q1", "a", 1), ("q2", "b", 1), ("q3", "c", 0)]
    strict = evaluate(rows, truth, measures=["map"])
    assert strict.means["map"].value == 0.5
    assert (strict.unanswered, strict.without_relevant) == (2, 1)
    assert (strict.means["map"].n, strict.means["map"].eligible) == (2, 3)
    kind = evaluate(rows, truth, measures=["map"], unanswered="skip")
    assert (kind.means["map"].value, kind.means["map"].interval) == (1.0, None)


def test_nothing_judged_is_none():
    assert "no judged query" in evaluate([("q", "a", 1.0)], []).means["map"].because


def questions():
    with open(folder("chunking_eval") / "questions_df.csv", newline="") as file:
        rows = [
            (row["question"], row["corpus_id"], ast.literal_eval(row["references"])) for row in csv.DictReader(file)
        ]
    texts = {name: (folder("chunking_eval") / f"{name}.md").read_text() for name in {name for _, name, _ in rows}}
    return rows, texts


def test_all_452_reference_spans_of_the_chunking_questions_match_their_text_exactly():
    rows, texts = questions()
    spans = [(name, reference) for _, name, references in rows for reference in references]
    assert len(spans) == 452
    assert all(texts[name][ref["start_index"] : ref["end_index"]] == ref["content"] for name, ref in spans)


def test_plain_bm25_on_chunks_of_1200_characters_has_the_measured_recall_and_precision():
    rows, texts = questions()
    chunks = [(name, i, min(i + 1200, len(text))) for name, text in texts.items() for i in range(0, len(text), 1200)]
    words = [re.findall(r"\w+", texts[name][start:end].lower()) for name, start, end in chunks]
    mean, index = np.mean([len(w) for w in words]), collections.defaultdict(list)
    for i, bag in enumerate(words):
        for word, count in collections.Counter(bag).items():
            index[word].append((i, count))
    recalls, precisions = [], []
    for question, name, references in rows:
        score = collections.Counter()
        for word in re.findall(r"\w+", question.lower()):
            idf = math.log(1 + (len(chunks) - len(index[word]) + 0.5) / (len(index[word]) + 0.5))
            for i, count in index[word]:
                score[i] += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(words[i]) / mean))
        found = [chunks[i] for i, _ in score.most_common(5)]
        result = span_scores(found, [(name, ref["start_index"], ref["end_index"]) for ref in references])
        recalls.append(result.recall)
        precisions.append(result.precision)
    print(f"recall {np.mean(recalls):.3f}, precision {np.mean(precisions):.3f}")
    assert np.mean(recalls) == pytest.approx(0.926, abs=0.015)
    assert np.mean(precisions) == pytest.approx(0.040, abs=0.002)


def test_spans_worked_by_hand():
    scores = span_scores([("a", 0, 10), ("a", 5, 15), ("b", 0, 5)], [("a", 8, 20)])
    assert (scores.retrieved, scores.relevant, scores.both) == (20, 12, 7)
    assert scores.recall == pytest.approx(7 / 12)
    assert scores.overlap == pytest.approx(7 / 25)
    assert span_scores([], [("a", 0, 5)]).precision is None
    assert span_scores([("a", 0, 5)], []).recall is None


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: evaluate([("q", "a", 1.0), ("q", "a", 2.0)], []), "run"),
        (lambda: evaluate([("q", "a", float("nan"))], []), "run"),
        (lambda: evaluate([], [("q", "a", "yes")]), "judgements"),
        (lambda: evaluate([], [], measures=["ndcg@10"]), "measures"),
        (lambda: evaluate([], [], measures=["P_0"]), "measures"),
        (lambda: evaluate([], [], unanswered="ignore"), "unanswered"),
        (lambda: evaluate([], [], depth=0), "depth"),
        (lambda: span_scores([("a", 5, 4)], []), "retrieved"),
        (lambda: span_scores([], [("a", -1, 4)]), "relevant"),
    ],
)
def test_bad_input_is_refused_by_name(call, field):
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == field
