"""Agreement of several batches: weighted by what was compared, no narrower than its parts allow."""

import pytest

from goldloop.core.nouns import Evidence, Interval, Spec
from goldloop.quality.agreement.rules import pooled


def batch(value: float | None, n: int, half: float | None = 0.1) -> Evidence:
    interval = None
    if value is not None and half is not None:
        interval = Interval(low=value - half, high=value + half, level=0.95, method="m")
    return Evidence(
        measure=Spec(name="agreement.v1"),
        about="b",
        value=value,
        interval=interval,
        n=n,
        eligible=100,
        method="Krippendorff's alpha, nominal; ratings",
        because=None if value is not None else "nobody answered twice",
    )


def test_batches_weigh_as_much_as_was_compared_in_them() -> None:
    found = pooled([batch(0.9, 30), batch(0.5, 10)])
    assert found.value == pytest.approx(0.8)
    assert (found.n, found.eligible, found.batches, found.of) == (40, 200, 2, 2)
    assert found.high is not None
    assert found.high - 0.8 == pytest.approx(((0.75 * 0.1) ** 2 + (0.25 * 0.1) ** 2) ** 0.5)
    assert "Krippendorff's alpha, nominal, weighted" in found.method


def test_a_batch_alone_keeps_its_interval_and_one_without_a_number_stays_in_the_denominator() -> None:
    found = pooled([batch(0.9, 30), batch(None, 0)])
    assert (found.value, found.eligible, found.batches, found.of) == (0.9, 200, 1, 2)
    assert (found.low, found.high) == (pytest.approx(0.8), pytest.approx(1.0))


def test_where_there_is_no_number_or_no_interval_the_reason_is_said() -> None:
    assert (pooled([batch(None, 0)]).value, pooled([batch(None, 0)]).because) == (None, "nobody answered twice")
    assert pooled([]).because == "nothing was measured"
    some = pooled([batch(0.9, 30, half=None), batch(0.9, 30)])
    assert (some.value, some.low) == (pytest.approx(0.9), None)
    assert some.because == "1 of 2 batches have no interval of their own"
