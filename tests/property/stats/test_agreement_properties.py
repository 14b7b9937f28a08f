"""What every agreement coefficient must obey, whatever the table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.stats.agreement import cohen, fleiss, gwet, krippendorff, leave_one_out, pairwise, percent

CELLS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=60)
MEASURES = [krippendorff, fleiss, gwet, percent]


def columns(cells):
    """One rating an item and annotator."""
    return tuple(np.array(column) for column in zip(*{cell[:2]: cell for cell in cells}.values(), strict=True))


@settings(deadline=None, max_examples=80)
@given(CELLS, st.randoms(use_true_random=False))
def test_names_and_row_order_do_not_matter(cells, random):
    item, annotator, value = columns(cells)
    order = random.sample(range(len(item)), len(item))
    names = np.array(["w", "x", "y", "z"])
    for measure in MEASURES:
        one = measure(item, annotator, value, interval="none")
        other = measure(item[order] + 7, 9 - annotator[order], names[3 - value[order]], interval="none")
        assert (one.value is None) == (other.value is None)
        if one.value is not None:
            assert other.value == pytest.approx(one.value, abs=1e-12)


@settings(deadline=None, max_examples=80)
@given(CELLS)
def test_values_stay_at_or_below_one_and_reach_it_only_without_disagreement(cells):
    item, annotator, value = columns(cells)
    for measure in MEASURES:
        result = measure(item, annotator, value, interval="none")
        if result.value is None:
            assert result.because
            continue
        assert result.value <= 1
        kept = [value[item == k] for k in np.unique(item) if (item == k).sum() > 1]
        assert (result.value > 1 - 1e-12) == all((answers == answers[0]).all() for answers in kept)


@settings(deadline=None, max_examples=60)
@given(CELLS)
def test_with_two_answers_every_metric_is_nominal(cells):
    item, annotator, value = columns(cells)
    nominal = krippendorff(item, annotator, value % 2, interval="none")
    for metric in ("ordinal", "interval", "ratio"):
        other = krippendorff(item, annotator, value % 2, metric=metric, interval="none")
        assert (other.value is None) == (nominal.value is None)
        if other.value is not None:
            assert other.value == pytest.approx(nominal.value)


@settings(deadline=None, max_examples=60)
@given(CELLS, st.floats(0.1, 50), st.floats(-100, 100))
def test_interval_alpha_ignores_unit_and_origin_and_ordinal_any_rescaling(cells, scale, shift):
    item, annotator, value = columns(cells)
    for metric, changed in [("interval", value * scale + shift), ("ordinal", np.exp(value))]:
        one = krippendorff(item, annotator, value, metric=metric, interval="none").value
        other = krippendorff(item, annotator, changed, metric=metric, interval="none").value
        assert (one is None) == (other is None)
        if one is not None:
            assert other == pytest.approx(one, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40))
def test_cohen_is_symmetric_and_equals_its_cell_of_the_matrix(pairs):
    item = np.repeat(np.arange(len(pairs)), 2)
    annotator, value = np.tile([0, 1], len(pairs)), np.array(pairs).ravel()
    for weights in (None, "linear", "quadratic"):
        one = cohen(item, annotator, value, weights=weights, interval="none")
        other = cohen(item, 1 - annotator, value, weights=weights, interval="none")
        cell = pairwise(item, annotator, value, weights=weights, minimum=1).matrix()[0, 1]
        assert (one.value is None) == (other.value is None) == bool(np.isnan(cell))
        if one.value is not None:
            assert other.value == pytest.approx(one.value)
            assert cell == pytest.approx(one.value)


@settings(deadline=None, max_examples=40)
@given(CELLS, st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_leave_one_out_equals_dropping_the_rows(cells, metric):
    item, annotator, value = columns(cells)
    for left in leave_one_out(item, annotator, value, metric=metric):
        rest = annotator != left.annotator
        expected = krippendorff(item[rest], annotator[rest], value[rest], metric=metric, interval="none").value
        if expected is None or left.alpha is None:
            assert expected is None or left.alpha is None
        else:
            assert left.alpha == pytest.approx(expected, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_intervals_hold_the_value_and_repeat_with_the_seed(seed):
    r = np.random.default_rng(seed)
    item, annotator = np.repeat(np.arange(40), 3), np.tile(np.arange(3), 40)
    value = np.where(r.random(120) < 0.7, item % 3, r.integers(0, 3, 120))
    for measure in MEASURES:
        one = measure(item, annotator, value, interval="bootstrap", repeats=200, seed=seed)
        again = measure(item, annotator, value, interval="bootstrap", repeats=200, seed=seed)
        assert one == again
        assert one.interval.low <= one.value <= one.interval.high <= 1
