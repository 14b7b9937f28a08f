"""Error rates of transcripts on CrowdSpeech and on sentences counted by hand."""

import csv
import gzip
import random

import pytest
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.stats.transcripts import cer, edit_distance, wer


@pytest.mark.parametrize(
    ("system", "utterance", "corpus"),
    [("rover", 6.7628, 6.0549), ("rasa", 7.4911, 6.9409), ("hrrasa", 7.4534, 6.9042), ("t5", 5.7175, 4.873)],
)
def test_published_wer_is_the_mean_per_utterance_not_the_corpus_rate(system, utterance, corpus):
    with gzip.open(folder("crowdspeech-dev-clean") / "baselines.tsv.gz", "rt", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    result = wer([row["transcription"] for row in rows], [row[f"{system}_result"] for row in rows])
    assert result.utterance.n == 2703
    assert 100 * result.utterance.value == pytest.approx(utterance, abs=1e-3)
    assert 100 * result.corpus.value == pytest.approx(corpus, abs=1e-3)
    assert result.utterance.interval.low < result.utterance.value < result.utterance.interval.high
    assert "per utterance" in result.utterance.method
    assert "corpus" in result.corpus.method


def test_kitten_becomes_sitting_in_three_edits():
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance("", "abc") == 3
    assert edit_distance("abc", "") == 3
    assert edit_distance(["a", "b"], ["a", "b"]) == 0


def slow_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def test_bit_parallel_edits_equal_the_table():
    r = random.Random(0)
    for _ in range(400):
        a, b = ("".join(r.choices("abcd", k=r.randint(0, 90))) for _ in range(2))
        assert edit_distance(a, b) == slow_distance(a, b) == edit_distance(b, a)


def test_both_definitions_by_hand():
    result = wer(["a b c d", "x"], ["a b d", "y z"])
    assert result.edits.tolist() == [1, 2]
    assert result.utterance.value == pytest.approx((1 / 4 + 2) / 2)
    assert result.corpus.value == pytest.approx(3 / 5)
    assert cer(["ab"], ["b"]).corpus.value == 0.5
    assert "an interval needs" in result.corpus.caution


def test_an_empty_reference_counts_in_the_corpus_only():
    result = wer(["", "a b"], ["um", "a b"])
    assert (result.utterance.n, result.utterance.eligible, result.utterance.value) == (1, 2, 0)
    assert result.corpus.value == 0.5
    assert wer([""], ["um"]).corpus.because == "every reference is empty"
    assert wer([], []).utterance.value is None


def test_bad_transcripts_are_named():
    for call, field in [
        (lambda: wer(["a"], ["a", "b"]), "reference"),
        (lambda: wer(["a"], [None]), "hypothesis"),
        (lambda: cer([3], ["a"]), "reference"),
        (lambda: wer(["a"], ["a"], interval="wald"), "interval"),
    ]:
        with pytest.raises(Invalid) as caught:
            call()
        assert caught.value.field == field
