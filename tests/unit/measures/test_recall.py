"""Recall: how much of what is there people found, with an interval that knows how few items were looked at."""

import pytest
from tests.unit.measures.tables import Row, table

from goldloop.measures.recall import Recall
from goldloop.stats.estimate import limits
from goldloop.tasks.choice import Choice


def answered(found: int, n: int, *, times: int = 1) -> list[Row]:
    """So many items with a reference `a`, of which some are found, each by so many people."""
    return [
        Row(item, f"p{who}", "a" if item < found else "b", reference="a") for item in range(n) for who in range(times)
    ]


def test_a_few_items_of_gold_leave_the_doubt_that_a_few_items_leave():
    found, _ = Recall().measure(table(answered(14, 20), items=1_000), Choice())
    assert (found.value, found.n, found.eligible) == (0.7, 20, 1_000)
    low, high = limits(14, 20, method="clopper-pearson", level=0.95)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.03)


def test_five_people_who_say_the_same_of_an_item_are_not_five_items():
    (once, _), (often, _) = (Recall().measure(table(answered(14, 20, times=k), items=20), Choice()) for k in (1, 5))
    assert often.details["answers"] == 100
    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=0.02)


@pytest.mark.parametrize("found", [0, 20])
def test_nothing_missed_in_twenty_items_is_no_certainty(found: int):
    (all_, _) = Recall().measure(table(answered(found, 20)), Choice())
    assert (all_.high - all_.low) == pytest.approx(0.168, abs=0.01)


def test_without_a_reference_there_is_no_recall():
    (nothing,) = Recall().measure(table([Row(0, "p", "a")]), Choice())
    assert (nothing.value, nothing.n) == (None, 0)
    assert nothing.because
