"""Statements from the record to the closed month, on both databases: what is due, corrected, and never changed."""

from typing import Any

import pytest
from sqlalchemy import insert
from tests.contract import gates
from tests.contract.kernel import Kernel, kernel

from goldloop.core.clock import HOUR
from goldloop.core.errors import Conflict, Invalid
from goldloop.quality.statements.draw_up import (
    Month,
    client_statement,
    close,
    month_of,
    person_statement,
    statement_view,
)
from goldloop.quality.statements.pdf import as_pdf
from goldloop.store import schema
from goldloop.store.open import Store
from goldloop.store.programmes import policy_in_force

FILE = """
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
tiers: {1: {rate: 3600}, 2: {rate: 7200}}
contract:
  client: Northwind
  calendar: {zone: Europe/Berlin}
  unit: 40
  hours: {1: 5000}
  milestones: [{name: first, accepted: 3, amount: 1000}, {name: second, accepted: 99, amount: 9000}]
"""
ACCEPTED = "\npay: {by: accepted, calendar: {zone: Europe/Berlin}, unit: {annotate: 12}}\n"


def ruled(made: Kernel, batch: int, outcome: str, *, at: int | None = None) -> None:
    """A gate says so of a batch."""
    row = {
        "programme_id": made.programme,
        "batch_id": batch,
        "gate": "release",
        "owner_id": made.mona,
        "outcome": outcome,
        "results": "[]",
        "decided_at": at or made.at,
    }
    with made.store.write() as connection:
        connection.execute(insert(schema.verdict).values(row))


def month(made: Kernel, number: int = 0, who: str | None = None) -> Month:
    """The month in which everything happens, or one after it, by the client's calendar or by a person's."""
    with made.store.read() as connection:
        policy = policy_in_force(connection, made.programme).policy
    calendar = policy.pay.calendar if who is not None or policy.contract is None else policy.contract.calendar
    found = month_of(calendar, None, at=made.at)
    for _ in range(number):
        found = month_of(calendar, None, at=found.end)
    return found


def client(made: Kernel, number: int = 0) -> Any:
    """The client's statement of a month, looked at when it is over."""
    when = month(made, number)
    with made.store.read() as connection:
        drawn = client_statement(connection, made.store, made.programme, when.name, at=when.end)
        return statement_view(connection, made.store, made.programme, drawn, person_id=None)


def paid(made: Kernel, who: str, number: int = 0) -> Any:
    """A person's statement of a month, looked at when it is over."""
    when, key = month(made, number, who), made.people[who]
    with made.store.read() as connection:
        drawn = person_statement(connection, made.programme, key, when.name, at=when.end)
        return statement_view(connection, made.store, made.programme, drawn, person_id=key)


def shut(made: Kernel, who: str | None = None, number: int = 0) -> None:
    """Close a month when it is over."""
    when = month(made, number, who)
    with made.store.write() as connection:
        key = made.people[who] if who is not None else None
        close(connection, made.store, made.programme, key, when.name, by=made.mona, at=when.end)


def amounts(found: Any, *, adjusts: bool = False) -> dict[str, int]:
    """What each line comes to, by its kind."""
    out: dict[str, int] = {}
    for one in found["lines"]:
        if one["adjusts"] == adjusts:
            out[one["kind"]] = out.get(one["kind"], 0) + one["amount"]
    return out


def test_a_client_owes_for_what_is_accepted_and_for_nothing_else(store: Store) -> None:
    made = kernel(store, FILE)
    gates.work_off(made, "ann", lambda _: "a")
    (batch,) = made.batches()
    assert client(made)["lines"] == [], "answered is not accepted"
    ruled(made, batch, "fail")
    assert client(made)["total"] == 0
    ruled(made, batch, "pass")
    found = client(made)
    assert amounts(found) == {"unit": 4 * 40, "hour": 0, "milestone": 1000}
    assert found["total"] == sum(one["amount"] for one in found["lines"])
    assert (found["pays_by"], found["for"], found["closed_at"]) == ("hybrid", "Northwind", None)
    assert {one["batch_id"] for one in found["lines"]} == {store.ids.show("batch", batch)}
    assert all(one["because"] for one in found["lines"])


def test_a_closed_statement_never_changes_and_the_next_one_corrects_it(store: Store) -> None:
    made = kernel(store, FILE)
    gates.work_off(made, "ann", lambda _: "a")
    (batch,) = made.batches()
    ruled(made, batch, "pass")
    shut(made)
    before = client(made)
    assert before["closed_at"] is not None
    assert client(made, 1)["lines"] == [], "nothing has changed, so nothing is corrected"
    ruled(made, batch, "fail")
    assert client(made) == {**before, "as_of": client(made)["as_of"]}, "it stays as it was closed"
    after = client(made, 1)
    assert amounts(after) == {}
    assert amounts(after, adjusts=True) == {"unit": -160, "hour": 0, "milestone": -1000}
    assert {one["of"] for one in after["lines"]} == {month(made).name}
    assert any("no longer accepted" in one["because"] for one in after["lines"])
    shut(made, number=1)
    assert client(made, 2)["lines"] == [], "a correction is stated once"
    ruled(made, batch, "pass")
    again = client(made, 2)
    assert again["total"] == 1160, "accepted once more, and due once more"


def test_months_are_closed_one_after_the_other_and_only_when_over(store: Store) -> None:
    made = kernel(store, FILE)
    when = month(made)
    with store.write() as connection, pytest.raises(Conflict, match="has not ended"):
        close(connection, store, made.programme, None, when.name, by=made.mona, at=made.at)
    with pytest.raises(Conflict, match="one after the other"):
        shut(made, number=1)
    shut(made)
    with pytest.raises(Conflict, match="is closed"):
        shut(made)
    for wrong in ("2026-13", "may", "9999-01"):
        with store.read() as connection, pytest.raises(Invalid):
            client_statement(connection, store, made.programme, wrong, at=made.at)


def test_a_programme_without_a_contract_bills_nobody(store: Store) -> None:
    made = kernel(store)
    with store.read() as connection:
        drawn = client_statement(connection, store, made.programme, None, at=made.at)
        view = statement_view(connection, store, made.programme, drawn, person_id=None)
    assert (view["pays_by"], view["lines"], view["total"]) == ("nothing", [], 0)
    with store.write() as connection, pytest.raises(Conflict, match="no contract"):
        close(connection, store, made.programme, None, drawn.month.name, by=made.mona, at=drawn.month.end)


def test_rework_is_listed_and_not_billed(store: Store) -> None:
    made = kernel(store, FILE)
    gates.work_off(made, "ann", lambda _: "a")
    (batch,) = made.batches()
    gates.send_back(made, batch)
    while held := made.claim("ben", 10, at=made.at + HOUR):
        for one in held:
            made.say("ben", one.work_id, "answer", "a", at=made.at + HOUR)
    ruled(made, batch, "pass")
    found = client(made)
    assert amounts(found)["unit"] == 160, "an item is billed once"
    assert amounts(found)["rework"] == 0
    (rework,) = [one for one in found["lines"] if one["kind"] == "rework"]
    assert rework["n"] == 4
    assert "not billed" in rework["because"]


def test_people_are_paid_for_their_hours_at_their_rate(store: Store) -> None:
    made = kernel(store, FILE)
    timed(made, "ann", 1_800_000)
    found = paid(made, "ann")
    assert amounts(found) == {"said": 4 * 1800}
    (line,) = found["lines"]
    assert (line["n"], line["active_ms"], line["price"], line["batch_id"]) == (4, 7_200_000, 3600, None)
    assert paid(made, "ben")["lines"] == []


def timed(made: Kernel, who: str, active_ms: int) -> list[int]:
    """Somebody answers everything, each in so many milliseconds; the works."""
    works = []
    while held := made.claim(who, 10):
        for one in held:
            made.say(who, one.work_id, "answer", "a")
            works.append(one.work_id)
    with made.store.write() as connection:
        mine = schema.judgement.c.actor_id == made.people[who]
        connection.execute(schema.judgement.update().where(mine).values(active_ms=active_ms))
    return works


def test_what_is_taken_back_after_closing_is_taken_off_in_the_next_month(store: Store) -> None:
    made = kernel(store, FILE + ACCEPTED)
    works = timed(made, "ann", 1000)
    assert amounts(paid(made, "ann")) == {"said": 4 * 12}
    shut(made, "ann")
    made.undo("ann", works[0])
    assert amounts(paid(made, "ann")) == {"said": 48}, "closed is closed"
    after = paid(made, "ann", 1)
    assert amounts(after, adjusts=True) == {"undone": -12}
    assert "taken back by the person" in after["lines"][0]["because"]
    with store.write() as connection:
        connection.execute(schema.person.update().values(rate=99_999))
    assert paid(made, "ann", 1)["total"] == -12, "a new rate does not reach what was stated"


def test_what_is_sent_back_is_taken_off_with_its_reason(store: Store) -> None:
    made = kernel(store, FILE + ACCEPTED)
    timed(made, "ann", 1000)
    (batch,) = made.batches()
    gates.send_back(made, batch)
    found = paid(made, "ann")
    assert amounts(found) == {"said": 48, "sent_back": -48}
    assert found["total"] == 0


def test_a_client_reads_no_rate_of_a_person_on_paper_either(store: Store) -> None:
    made = kernel(store, FILE.replace("3600", "3133"))
    timed(made, "ann", 3_600_000)
    (batch,) = made.batches()
    ruled(made, batch, "pass")
    found = client(made)
    assert "3133" not in str(found)
    assert amounts(found)["hour"] == 4 * 5000
    for view in (found, paid(made, "ann")):
        assert as_pdf(view).startswith(b"%PDF")
