"""Copies must not raise diversity, and order must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.stats.diversity import coverage, distinct, effective_number, self_bleu, vendi

WORDS = st.lists(st.sampled_from("abcde"), min_size=2, max_size=8)
TEXTS = st.lists(WORDS, min_size=2, max_size=8)


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("pq")), min_size=1, max_size=30), st.integers(2, 4))
def test_copying_everything_changes_no_coverage_and_no_plug_in_number(rows, times):
    columns = {"one": [a for a, _ in rows], "two": [b for _, b in rows]}
    copied = {name: values * times for name, values in columns.items()}
    for ways in (1, 2):
        assert coverage(copied, ways=ways).value == coverage(columns, ways=ways).value
    one, more = (effective_number(c["one"]) for c in (columns, copied))
    assert more.details["plug_in"] == pytest.approx(one.details["plug_in"])
    assert more.value <= one.value + 1e-12
    assert 1 <= one.details["plug_in"] <= one.details["categories"] + 1e-9


@given(TEXTS, st.integers(2, 4))
def test_copying_texts_lowers_distinct_and_raises_self_bleu(texts, times):
    assert distinct(texts * times).value <= distinct(texts).value
    assert self_bleu(texts * times, n=2).value == pytest.approx(1.0)
    assert 0 <= self_bleu(texts, n=2).value <= 1 + 1e-12


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.floats(0.1, 5), min_size=3, max_size=3), min_size=1, max_size=10), st.integers(2, 4))
def test_vendi_lies_between_one_and_n_and_copies_leave_it(vectors, times):
    one, more = vendi(vectors=vectors), vendi(vectors=vectors * times)
    assert 1 - 1e-9 <= one.value <= len(vectors) + 1e-9
    assert more.value == pytest.approx(one.value, rel=1e-6)


@given(TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_texts_does_not_matter(texts, random):
    shuffled = random.sample(texts, len(texts))
    assert distinct(shuffled).value == distinct(texts).value
    assert self_bleu(shuffled, n=2).value == pytest.approx(self_bleu(texts, n=2).value)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=60))
def test_names_of_categories_do_not_matter(values):
    assert effective_number(values).value == pytest.approx(effective_number([ord(v) for v in values]).value)
    interval = effective_number(values).interval
    assert (interval is None) == (len(set(values)) == 1)
    assert interval is None or np.isfinite(interval.high)
