"""What span, box, ranking and transcript measures must obey."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.stats.boxes import iou, matched
from goldloop.stats.rankings import kendall_w, spearman
from goldloop.stats.spans import from_bio, score, split
from goldloop.stats.transcripts import edit_distance, wer

SPANS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 8), st.integers(1, 4), st.sampled_from("pq")), max_size=15)
PLACE, SIDE = st.floats(-5, 5), st.floats(0.5, 4)
BOXES = st.lists(st.tuples(PLACE, PLACE, SIDE, SIDE), min_size=1, max_size=6)


def columns(rows):
    document, start, size, type_ = zip(*rows, strict=True) if rows else ((), (), (), ())
    return list(document), list(start), [a + b for a, b in zip(start, size, strict=True)], list(type_)


@settings(deadline=None, max_examples=80)
@given(SPANS, SPANS)
def test_f1_is_symmetric_and_overlap_never_below_exact(first, second):
    a, b = columns(first), columns(second)
    exact, back = score(a, b, interval="none"), score(b, a, interval="none")
    loose = score(a, b, match="overlap", interval="none")
    assert exact.f1.value == back.f1.value
    assert (exact.precision.value, exact.recall.value) == (back.recall.value, back.precision.value)
    if exact.f1.value is not None:
        assert 0 <= exact.f1.value <= 1
        assert (exact.f1.value == 1) == (set(zip(*a, strict=True)) == set(zip(*b, strict=True)))
    parts = split(a, b)
    assert parts.exact == exact.matched
    assert loose.matched <= min(loose.first, loose.second)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["O", "B-x", "I-x", "B-y", "I-y"]), max_size=20))
def test_bio_spans_cover_exactly_the_tagged_tokens_in_order(tags):
    found = from_bio(tags)
    covered = [position for start, end, _ in found for position in range(start, end)]
    assert covered == [position for position, tag in enumerate(tags) if tag != "O"]
    assert all(tags[position].endswith(name) for start, end, name in found for position in range(start, end))


@settings(deadline=None, max_examples=60)
@given(BOXES, BOXES, st.floats(-3, 3), st.floats(0.2, 5))
def test_overlap_ignores_position_scale_and_turning(first, second, turn, scale):
    a, b = (np.array([(*row, 0.4) for row in part]) for part in (first, second))
    table = iou(a, b, shape="rotated")
    assert ((table >= 0) & (table <= 1 + 1e-9)).all()
    np.testing.assert_allclose(table, iou(b, a, shape="rotated").T, atol=1e-9)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    centres = [part[:, :2] @ rotation * scale + 7 for part in (a, b)]
    rest = [np.hstack([part[:, 2:4] * scale, part[:, 4:] + turn]) for part in (a, b)]
    moved = [np.hstack(pair) for pair in zip(centres, rest, strict=True)]
    np.testing.assert_allclose(iou(*moved, shape="rotated"), table, atol=1e-7)
    assert iou(a, a, shape="rotated").diagonal() == pytest.approx(1)


@settings(deadline=None, max_examples=60)
@given(BOXES, BOXES)
def test_matching_is_one_to_one(first, second):
    a, b = (np.array([(x, y, x + w, y + h) for x, y, w, h in part]) for part in (first, second))
    found = matched(a, b, threshold=0.2)
    assert len(set(found.first.tolist())) == len(set(found.second.tolist())) == len(found.iou)
    assert (found.iou >= 0.2).all()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.integers(0, 6), min_size=5, max_size=5), min_size=2, max_size=6))
def test_rankings_ignore_any_increasing_rescaling(rows):
    table = np.array(rows, float)
    one, other = kendall_w(table), kendall_w(np.exp(table))
    assert (one.value is None) == (other.value is None)
    if one.value is not None:
        assert other.value == pytest.approx(one.value)
        assert -1e-12 <= one.value <= 1 + 1e-12
    rho = spearman(table[0], table[1])
    if rho.value is not None:
        assert -1 <= rho.value <= 1
        assert spearman(table[0], -table[1]).value == pytest.approx(-rho.value)
        assert spearman(table[1], table[0]).value == pytest.approx(rho.value)


@settings(deadline=None, max_examples=60)
@given(st.text("ab ", max_size=15), st.text("ab ", max_size=15), st.text("ab ", max_size=15))
def test_edit_distance_is_a_metric(a, b, c):
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)
    assert abs(len(a) - len(b)) <= edit_distance(a, b) <= max(len(a), len(b))
    same = wer([a], [a])
    assert same.corpus.value in (None, 0)
