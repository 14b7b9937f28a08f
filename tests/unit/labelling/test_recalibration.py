"""Recalibration: chosen by its loss, never changing the order of two suggestions, refused where it cannot be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldloop.core.errors import Conflict
from goldloop.labelling.confidence.bounds import on_scale
from goldloop.labelling.confidence.recalibration import AS_STATED, Recalibrated, fit, read_by

MAPS = (
    {"kind": "isotonic.v1", "scores": [0.2, 0.5, 0.5000001, 0.9], "confidences": [0.1, 0.1, 0.7, 0.7], "n": 400},
    {"kind": "platt.v1", "slope": 0.4, "offset": -1.0, "n": 400},
    {"kind": "temperature.v1", "temperature": 2.5, "n": 400},
)


def sure_of_itself(n: int) -> tuple[list[float], list[bool]]:
    """A model that says more than it keeps: right as often as the square of what it states."""
    random = np.random.default_rng(5)
    stated = random.beta(5, 1, n)
    return stated.tolist(), (random.random(n) < stated**2).tolist()


@pytest.mark.parametrize("n", [150, 1_200])
def test_the_map_with_the_smallest_cross_validated_loss_is_chosen(n: int) -> None:
    stated, right = sure_of_itself(n)
    found = fit(stated, right)
    assert found.losses[found.map["kind"]] == min(found.losses.values()) < found.losses[AS_STATED]
    assert ("isotonic.v1" in found.losses) is (n >= 300)
    gap_before = abs(np.mean(stated) - np.mean(right))
    gap_after = abs(np.mean(read_by(found.map, stated)) - np.mean(right))
    assert gap_after < gap_before / 3
    assert found.map["kind"] in found.because


def test_the_same_answers_give_the_same_map() -> None:
    assert fit(*sure_of_itself(400)) == fit(*sure_of_itself(400))


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=40), st.sampled_from(MAPS), st.integers(0, 10_000))
def test_a_threshold_is_the_same_set_of_suggestions_before_and_after(
    said: list[int], map_: dict[str, object], at: int
) -> None:
    stated, threshold = [one / 10_000 for one in said], np.nextafter(at / 10_000, np.inf)
    read = Recalibrated(1, 1, map_)
    moved = on_scale(float(threshold), read)
    assert [one >= threshold for one in stated] == [one >= moved for one in read.apply(stated)]


@pytest.mark.parametrize(
    ("stated", "right", "because"),
    [
        ([1.0] * 500, [True] * 400 + [False] * 100, "always the same"),
        ([0.5, 0.9] * 40, [True, False] * 40, "too few answers"),
        ([0.5, 0.9] * 100, [True] * 200, "too few wrong"),
        ([0.5, 0.9] * 100, [False] * 195 + [True] * 5, "too few right"),
    ],
)
def test_what_cannot_be_calibrated_is_refused_with_the_number_that_is_missing(
    stated: list[float], right: list[bool], because: str
) -> None:
    with pytest.raises(Conflict, match=because) as refused:
        fit(stated, right)
    assert refused.value.expected


def test_a_model_that_keeps_what_it_says_needs_no_map() -> None:
    random = np.random.default_rng(3)
    stated = random.uniform(0.5, 1, 4_000)
    with pytest.raises(Conflict, match="no map is better"):
        fit(stated.tolist(), (random.random(4_000) < stated).tolist())
