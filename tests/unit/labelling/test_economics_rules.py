"""Budgets and savings from works and items: what is known, what is forecast, and what is assumed."""

from datetime import date

import pytest

from goldloop.core.clock import DAY
from goldloop.core.policy import Budget
from goldloop.labelling.economics.budget_rules import Burn, burn
from goldloop.labelling.economics.rules import Item, Work
from goldloop.labelling.economics.saving_rules import savings

WORK = Work(
    item=(1, 1), cause="label", queue="annotate", tier=1, task="choice.v1", seconds=10.0, money=10.0, said_at=DAY
)
ITEM = Item(key=(1, 1), route="verify", label="a", task="choice.v1", arm=None, chance=1.0, seconds=10.0, money=10.0)


def held(amount: int | None, *, waiting: int = 0, unrouted: int = 0, works: int = 10, kind: str = "annotate") -> Burn:
    """A budget against so much work that is done, and waits."""
    done = [WORK._replace(item=(1, n), money=9.0 + 2 * (n % 2), said_at=DAY * (1 + n % 3)) for n in range(works)]
    budget = Budget(amount=amount, currency="EUR", until=date(2030, 1, 1)) if amount else None
    return burn(
        budget, "EUR", done, before=0.0, before_uncounted=0, waiting={kind: waiting}, open_items={}, unrouted=unrouted,
        items=[ITEM._replace(money=one.money) for one in done], at=4 * DAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "waiting", "state"),
    [(None, 0, "none"), (99, 0, "over"), (150, 10, "short"), (1000, 10, "within"), (1000, 0, "within")],
)
def test_a_budget_is_held_against_what_was_spent_and_what_waits(amount: int | None, waiting: int, state: str) -> None:
    found = held(amount, waiting=waiting)
    assert (found.state, found.spent) == (state, 100.0)
    if waiting:
        assert found.expected == pytest.approx(200.0)
        assert found.expected_low is not None
        assert found.expected_high is not None
        assert 100 <= found.expected_low < 200 < found.expected_high


def test_what_nobody_has_done_yet_has_no_forecast() -> None:
    found = held(1000, waiting=5, kind="review")
    assert (found.state, found.expected) == ("unknown", None)
    assert "less than twice" in found.because


def test_items_that_are_not_routed_yet_cost_what_an_item_costs() -> None:
    assert held(1000, unrouted=10).expected == pytest.approx(200.0)


def test_the_days_add_up_and_the_pace_says_how_long_it_lasts() -> None:
    found = held(400)
    assert [one.day for one in found.days] == ["1970-01-02", "1970-01-03", "1970-01-04"]
    assert found.days[-1].sum == found.spent == 100.0
    assert found.lasts_until == "1970-01-14", "300 are left, 100 went in three days"


def test_the_saving_rests_on_the_blind_arm_and_says_what_is_assumed() -> None:
    hidden = [ITEM._replace(arm="hidden", chance=0.5, seconds=18.0 + 4 * (n % 2)) for n in range(40)]
    shown = [ITEM._replace(arm="shown", chance=0.5, seconds=4.0 + 2 * (n % 2)) for n in range(40)]
    accepted = [ITEM._replace(route="accept", seconds=0.0)] * 20
    found = {(one.of, one.about): one for one in savings([], hidden + shown + accepted)}
    item, whole = found["seconds", "verified item"], found["seconds", "programme"]
    assert (item.value, item.manual, item.actual) == (pytest.approx(15), pytest.approx(20), pytest.approx(5))
    assert whole.actual == pytest.approx(40 * 20 + 40 * 5)
    assert whole.manual == pytest.approx(100 * 20)
    assert whole.value == pytest.approx(0.5)
    assert whole.low is not None
    assert whole.high is not None
    assert whole.low < 0.5 < whole.high
    assert "nobody looked at" in whole.method
    proof = [WORK._replace(cause="audit", seconds=200.0)]
    dearer = {(one.of, one.about): one for one in savings(proof, hidden + shown + accepted)}
    assert dearer["seconds", "programme with proof"].value == pytest.approx(0.4)


def test_what_nobody_has_looked_at_costs_what_followed_on_others_too() -> None:
    """Of ten items to verify two were rejected: one of those was labelled anew, the other waits for it."""
    looks = [WORK._replace(item=(1, n), queue="verify", money=4.0 + 2 * (n % 2)) for n in range(10)]
    anew = WORK._replace(item=(1, 0), cause="second", money=20.0)
    open_items = {(1, 1): "verify"} | {(1, n): "verify" for n in range(10, 110)}
    found = burn(
        None, "EUR", [*looks, anew], before=0.0, before_uncounted=0, waiting={"verify": 100, "annotate": 0},
        open_items=open_items, unrouted=0, items=[], at=4 * DAY,
    )  # fmt: skip
    each = (50 + 20 + 20) / 10  # verifying; labelled anew; still to be labelled anew
    assert found.expected == pytest.approx(70 + 100 * each)
    assert found.expected_low is not None
    assert found.expected_high is not None
    assert 70 < found.expected_low < found.expected < found.expected_high


def test_two_works_say_little_of_fifty_more() -> None:
    found = held(None, waiting=50, works=2)
    assert found.expected == pytest.approx(20 + 50 * 10)
    assert found.expected_high is not None
    assert found.expected_high > 20 + 50 * 20, "a t interval of one degree of freedom"


def test_a_saving_is_less_certain_the_more_items_were_hidden_to_measure_it() -> None:
    """What the shown ones would have taken is foretold from the hidden ones: as many of each tell it half as well."""
    hidden = [ITEM._replace(arm="hidden", chance=0.5, seconds=15.0 + 10 * (n % 2)) for n in range(40)]
    wide = []
    for shown in (40, 4000):
        rows = hidden + [ITEM._replace(arm="shown", chance=0.5, seconds=5.0)] * shown
        whole = next(one for one in savings([], rows) if (one.of, one.about) == ("seconds", "programme"))
        assert whole.low is not None
        assert whole.high is not None
        by_hand = [whole.actual / (1 - end) - 40 * 20 for end in (whole.low, whole.high)]  # of the shown ones
        wide.append((by_hand[1] - by_hand[0]) / shown)
    assert wide[0] == pytest.approx(2**0.5 * wide[1], rel=0.05)


def test_a_saving_with_proof_is_unknown_where_an_audits_time_is() -> None:
    hidden = [ITEM._replace(arm="hidden", chance=0.5, seconds=18.0 + 4 * (n % 2)) for n in range(40)]
    shown = [ITEM._replace(arm="shown", chance=0.5)] * 40
    works = [WORK._replace(cause="audit", seconds=None), WORK._replace(cause="audit")]
    found = {(one.of, one.about): one for one in savings(works, hidden + shown)}
    assert found["seconds", "programme"].value is not None
    assert found["seconds", "programme with proof"].value is None
    assert "not known" in (found["seconds", "programme with proof"].because or "")


def test_a_saving_is_unknown_for_the_reason_there_is() -> None:
    hidden, shown = ITEM._replace(arm="hidden", chance=0.5), ITEM._replace(arm="shown", chance=0.5)
    without = {"nobody was hidden": [shown], "nobody was timed": [hidden._replace(seconds=None), shown]}
    said = {name: next(one for one in savings([], rows) if one.of == "seconds") for name, rows in without.items()}
    assert {one.value for one in said.values()} == {None}
    assert "blind.share" in (said["nobody was hidden"].because or "")
    assert said["nobody was timed"].because == "no active time is known of this work"
