"""When a reading opens, joins, closes and reopens a brief."""

import pytest

from goldloop.loop.brief_rules import Followed, Standing, what_follows

OPENED = 100


@pytest.mark.parametrize(("healthy", "step"), [(False, Followed("opened", "open")), (True, None), (None, None)])
def test_only_an_unhealthy_reading_opens_a_brief(healthy: bool | None, step: Followed | None) -> None:
    assert what_follows(None, healthy, data_at=OPENED, at=OPENED) == step


@pytest.mark.parametrize("state", ["open", "in_work", "waiting"])
def test_a_healthy_reading_closes_only_on_data_newer_than_the_opening(state: str) -> None:
    before = Standing(state, OPENED)
    assert what_follows(before, True, data_at=OPENED + 1, at=200) == Followed("closed", "closed")
    old = what_follows(before, True, data_at=OPENED, at=200)
    assert old is not None
    assert (old.step, old.state) == ("heard", state)
    assert "newer" in old.remark


@pytest.mark.parametrize("state", ["open", "in_work", "waiting", "closed", "waived"])
def test_unknown_changes_no_state(state: str) -> None:
    step = what_follows(Standing(state, OPENED, waived_until=OPENED), None, data_at=300, at=300)
    assert step is None or (step.step, step.state) == ("heard", state)


def test_what_was_called_repaired_and_is_not_goes_back_to_work() -> None:
    assert what_follows(Standing("waiting", OPENED), False, data_at=200, at=200) == Followed("heard", "in_work")
    assert what_follows(Standing("open", OPENED), False, data_at=200, at=200) == Followed("heard", "open")


def test_an_unhealthy_reading_after_closing_is_a_relapse() -> None:
    closed = Standing("closed", OPENED)
    assert what_follows(closed, False, data_at=300, at=300) == Followed("reopened", "open", relapse=True)
    assert what_follows(closed, True, data_at=300, at=300) is None


def test_a_waiver_holds_until_its_end_and_a_healthy_number_closes_it() -> None:
    for_good, ended = Standing("waived", OPENED), Standing("waived", OPENED, waived_until=200)
    assert what_follows(for_good, False, data_at=900, at=900) == Followed("heard", "waived")
    assert what_follows(ended, False, data_at=200, at=200) == Followed("heard", "waived")
    assert what_follows(ended, False, data_at=201, at=201) == Followed("reopened", "open")
    assert what_follows(for_good, True, data_at=900, at=900) == Followed("closed", "closed")
