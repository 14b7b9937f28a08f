"""Lines of statements: money to the minor unit, and corrections that add up to what is due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from goldloop.core.contract import Contract, Pay
from goldloop.quality.statements.rules import Line, accepted, adjustments, person_lines, total_of, unpriced, worth
from goldloop.store.sla_record import Ruled
from goldloop.store.statements import Done


def said(batch: int, outcome: str, at: int, *, waived: bool = False) -> Ruled:
    return Ruled(batch, f"b{batch}", "production", 10, outcome, outcome == "fail", waived, at)


def line(key: str, n: int, *, price: int = 5, of: str = "2026-05") -> Line:
    return Line(
        key=key, kind="unit", about=key, of=of, n=n, per="unit", price=price, amount=n * price, because="counted"
    )


def test_a_batch_is_accepted_from_its_first_word_that_opens_until_one_that_does_not() -> None:
    found = accepted([said(1, "pass", 1), said(2, "fail", 2), said(1, "pass", 3), said(2, "fail", 4, waived=True)])
    assert [(one.batch_id, one.at) for one in found] == [(1, 1), (2, 4)]
    assert accepted([said(1, "pass", 1), said(1, "fail", 2)]) == []
    assert [one.at for one in accepted([said(1, "pass", 1), said(1, "unknown", 2)])] == [1]
    assert [one.at for one in accepted([said(1, "pass", 1), said(1, "fail", 2), said(1, "pass", 3)])] == [3]


@pytest.mark.parametrize(
    ("active_ms", "rate", "money"), [(3_600_000, 1800, 1800), (1, 1800, 0), (1000, 1800, 1), (999, 1800, 0), (0, 5, 0)]
)
def test_time_is_paid_to_the_nearest_minor_unit(active_ms: int, rate: int, money: int) -> None:
    assert worth("hour", 1, active_ms, rate) == money


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_what_was_stated_and_its_corrections_add_up_to_what_is_due(counts: list[int]) -> None:
    stated = [line("a", counts[0])]
    for count in counts[1:]:
        stated += adjustments(stated, [line("a", count)] if count else [], {})
        assert total_of(stated) == count * 5
        assert sum(one.n for one in stated) == count
    assert adjustments(stated, [line("a", counts[-1])] if counts[-1] else [], {}) == [] or len(counts) == 1


def test_a_correction_is_at_the_price_that_was_stated() -> None:
    (found,) = adjustments([line("a", 10, price=5)], [line("a", 12, price=7)], {})
    assert (found.n, found.price, found.amount, found.adjusts) == (2, 5, 10, True)
    (gone,) = adjustments([line("a", 10)], [], {"a": "reversed: it failed"})
    assert (gone.n, gone.amount, gone.because) == (-10, -50, "reversed: it failed")


def test_an_unknown_rate_is_said_and_not_taken_for_nothing() -> None:
    done = Done("annotate", 1, 3, 2, 7_200_000, 1, 0, 0)
    found = person_lines([done], {("annotate", 1): None}, by_hours=True, month="2026-05")
    assert "no rate is known" in found[0].because
    assert found[0].price is None
    assert found[0].amount is None
    assert (total_of(found), unpriced(found)) == (0, 1)
    hours = person_lines([done], {("annotate", 1): 1000}, by_hours=True, month="2026-05")
    assert [(one.kind, one.amount) for one in hours] == [("said", 2000), ("undone", 0)]
    assert "1 of them without a known time" in hours[0].because
    units = person_lines([done], {("annotate", 1): 10}, by_hours=False, month="2026-05")
    assert [(one.kind, one.amount) for one in units] == [("said", 30), ("undone", -10)]


def test_what_had_no_price_is_due_once_it_has_one() -> None:
    before = line("a", 4).model_copy(update={"price": None, "amount": None})
    (found,) = adjustments([before], [line("a", 4, price=7)], {})
    assert (found.n, found.price, found.amount) == (0, 7, 28)
    assert adjustments([before], [before], {}) == [], "still unknown: nothing to correct"


def test_a_contract_says_what_it_pays_by() -> None:
    assert Contract(client="N", unit=1).kind == "unit"
    assert Contract(client="N", hours={1: 2}).kind == "hour"
    assert Contract(client="N", unit=1, hours={1: 2}).kind == "hybrid"
    with pytest.raises(ValidationError, match="names a price"):
        Contract(client="N")
    with pytest.raises(ValidationError, match="names what a work is paid"):
        Pay(by="accepted")
    with pytest.raises(ValidationError, match="never used"):
        Pay(by="hours", unit={"annotate": 1})
