"""Diversity numbers: worked examples, other implementations, real instructions, refusals."""

import json

import numpy as np
import pytest
from nltk.translate.bleu_score import sentence_bleu
from scipy.stats import entropy
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.stats.diversity import compression, coverage, distinct, effective_number, self_bleu, vendi


def seeds():
    lines = (folder("self_instruct_seeds") / "seed_tasks.jsonl").read_text().splitlines()
    return [json.loads(line)["instruction"] for line in lines]


def test_coverage_worked_by_hand():
    columns = {"language": ["de", "fr", "de"], "length": ["short", "short", "long"], "tone": ["a", "b", "b"]}
    assert coverage(columns).value == 1.0
    assert coverage(columns, ways=2).value == pytest.approx((3 + 3 + 3) / 12)
    assert coverage(columns, ways=3).value == pytest.approx(3 / 8)
    assert coverage(columns, possible={"language": ["de", "fr", "it"]}).value == pytest.approx(6 / 7)


def test_effective_number_is_the_exponential_of_the_entropy_plus_the_correction():
    values = ["a"] * 50 + ["b"] * 30 + ["c"] * 20
    estimate = effective_number(values)
    assert estimate.details["plug_in"] == pytest.approx(np.exp(entropy([0.5, 0.3, 0.2])))
    assert estimate.value == pytest.approx(np.exp(entropy([0.5, 0.3, 0.2]) + 2 / 200))
    assert estimate.interval.low < estimate.value < estimate.interval.high


def test_vendi_worked_by_hand():
    """Friedman & Dieng (2023): all different gives n, all alike 1, two groups of copies 2."""
    assert vendi(np.eye(7)).value == pytest.approx(7)
    assert vendi(np.ones((7, 7))).value == pytest.approx(1)
    assert vendi(np.kron(np.eye(2), np.ones((3, 3)))).value == pytest.approx(2)
    vectors = np.random.default_rng(0).normal(size=(30, 4))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert vendi(vectors=vectors).value == pytest.approx(vendi(unit @ unit.T).value)


def test_self_bleu_is_nltks():
    texts = ["the cat sat on the mat today", "the cat sat on the red mat", "a dog sat on the mat today", "the cat sat"]
    tokens = [text.split() for text in texts]
    for n in (1, 2):
        weights = tuple([1 / n] * n)
        reference = np.mean([sentence_bleu(tokens[:i] + tokens[i + 1 :], t, weights) for i, t in enumerate(tokens)])
        assert self_bleu(texts, n=n).value == pytest.approx(reference)
        assert self_bleu(tokens, n=n).value == pytest.approx(reference)


def test_distinct_worked_by_hand():
    assert distinct(["a b a b", "a b"], n=2).value == pytest.approx(2 / 4)
    assert distinct(["a b a b", "a b"], n=1).value == pytest.approx(2 / 6)


def test_real_instructions_are_varied_and_copies_of_them_are_seen_by_every_number():
    texts = seeds()
    assert len(texts) == 175
    copied = texts[:35] * 5
    assert distinct(copied).value < 0.4 * distinct(texts).value
    assert self_bleu(copied).value > 0.95  # one instruction is too short to hold four words
    assert self_bleu(texts).value < 0.5
    assert compression(copied).value > 3 * compression(texts).value


def test_nothing_to_describe_says_so():
    assert effective_number([]).because == "no values"
    assert coverage({"a": ["x"]}, ways=2).because == "1 columns for 2-way combinations"
    assert coverage({}).value is None
    assert "no text" in distinct(["a"], n=2).because
    assert self_bleu(["a"]).because == "fewer than 2 texts"
    assert compression([]).because == "no text"
    assert vendi(np.zeros((0, 0))).because == "no items"


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: coverage({"a": ["x"], "b": ["y", "z"]}), "columns"),
        (lambda: coverage({"a": ["x"]}, possible={"a": ["y"]}), "columns[a]"),
        (lambda: coverage({"a": ["x"]}, ways=0), "ways"),
        (lambda: effective_number([None, "a"]), "values"),
        (lambda: effective_number([1.0, float("nan")]), "values"),
        (lambda: vendi(np.array([[1.0, 2.0], [0.0, 1.0]])), "similarity"),
        (lambda: vendi(np.array([[1.0, 2.0], [2.0, 1.0]])), "similarity"),
        (lambda: vendi(), "similarity"),
        (lambda: vendi(vectors=[[0.0, 0.0]]), "vectors"),
        (lambda: distinct("one text"), "texts"),
        (lambda: distinct([3]), "texts"),
        (lambda: self_bleu(["a", "b"], n=0), "n"),
        (lambda: compression([b"x"]), "texts"),
    ],
)
def test_bad_input_is_refused_by_name(call, field):
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == field
