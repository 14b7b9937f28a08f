"""What every retrieval measure must obey."""

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.stats.retrieval import evaluate, span_scores

NAMES = ("map", "ndcg", "ndcg_cut_5", "P_5", "recall_5", "recip_rank", "Rprec", "bpref", "success_5")
THEIRS = ("AP", "nDCG", "nDCG@5", "P@5", "R@5", "RR", "Rprec", "Bpref", "Success@5")
DOCUMENTS = st.dictionaries(
    st.integers(0, 30).map("d{}".format), st.integers(-40, 40).map(lambda x: x / 4), min_size=1, max_size=20
)
GRADES = st.dictionaries(st.integers(0, 30).map("d{}".format), st.integers(0, 3), min_size=1, max_size=20)
SPANS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 60), st.integers(0, 20)).map(lambda s: (s[0], s[1], s[1] + s[2])),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, GRADES)
def test_measures_are_those_of_trec_evals_own_code(scores, grades):
    if not any(grade >= 1 for grade in grades.values()):
        return
    run, truth = [("q", d, s) for d, s in scores.items()], [("q", d, g) for d, g in grades.items()]
    ours = evaluate(run, truth, measures=NAMES)
    theirs = ir_measures.pytrec_eval.calc_aggregate(
        [ir_measures.parse_measure(name) for name in THEIRS],
        [ir_measures.Qrel(*row) for row in truth],
        [ir_measures.ScoredDoc(*row) for row in run],
    )
    values = {str(measure): value for measure, value in theirs.items()}
    for name, other in zip(NAMES, THEIRS, strict=True):
        assert ours.means[name].value == pytest.approx(values[other], abs=1e-6), name


@given(DOCUMENTS, GRADES, st.randoms(use_true_random=False))
def test_measures_are_bounded_and_do_not_depend_on_the_order_of_rows(scores, grades, random):
    run, truth = [("q", d, s) for d, s in scores.items()], [("q", d, g) for d, g in grades.items()]
    one = evaluate(run, truth, measures=NAMES)
    two = evaluate(random.sample(run, len(run)), random.sample(truth, len(truth)), measures=NAMES)
    for name in NAMES:
        assert one.means[name].value == two.means[name].value
        assert one.means[name].value is None or -1e-12 <= one.means[name].value <= 1 + 1e-12


@given(SPANS, SPANS)
def test_span_scores_are_those_of_sets_of_characters(retrieved, relevant):
    got, want = ({(d, i) for d, s, e in spans for i in range(s, e)} for spans in (retrieved, relevant))
    scores = span_scores(retrieved, relevant)
    assert (scores.retrieved, scores.relevant, scores.both) == (len(got), len(want), len(got & want))
    assert scores.recall == (len(got & want) / len(want) if want else None)
