"""Whoever reached their hours finishes what they hold and is given no more, whatever way they ask."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from tests.contract.guests import PASSWORD, Guest, House, open_house
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.app import create_app
from goldloop.core.clock import DAY, MINUTE, SECOND
from goldloop.core.roster import Roster
from goldloop.store import accounts
from goldloop.store.caps import QUARTER, hours_of
from goldloop.store.credentials import hash_password
from goldloop.store.open import Store
from goldloop.store.people import grant
from goldloop.store.rosters import set_roster
from goldloop.store.schema import event, worked

HOUR_MS = 3_600_000


@pytest.fixture
def one(store: Store) -> Kernel:
    return kernel(store, ANNOTATE, items=8)


@pytest.fixture
def house(store: Store, one: Kernel) -> Iterator[House]:
    with store.write() as connection:
        grant(connection, one.programme, one.people["sue"], "manager", (3,), by=one.mona, at=one.at)
        for name in ("ann", "sue"):
            key = one.people[name]
            accounts.add_account(connection, key, name, password=hash_password(PASSWORD), owner=False, at=one.at)
    with open_house(create_app(store), store) as opened:
        yield opened


@pytest.fixture
def noon(one: Kernel) -> str:
    """A zone in which no day and no week ends while this runs, where both live."""
    zone = f"Etc/GMT{datetime.fromtimestamp(one.at / SECOND, UTC).hour - 12:+d}"
    with one.store.write() as connection:
        for name in ("ann", "sue"):
            set_roster(connection, one.people[name], Roster(zone=zone), by=one.mona, at=one.at)
    return zone


def signed_in(house: House, name: str) -> Guest:
    guest = house.guest()
    guest.sign_in(name)
    return guest


def work(guest: Guest, number: int, active_ms: int, *, stance: str = "answer") -> str:
    """Answer the first work that somebody holds or is given."""
    (first, *_) = guest.ask("POST", "work/claim", json={}).json()["works"]
    said = {"stance": stance, "answer": {"labels": ["a"]} if stance == "answer" else None, "comment": "which of them?"}
    said |= {"key": f"00000000-0000-4000-8000-{number:012d}", "active_ms": active_ms}
    answer = guest.ask("POST", f"work/{first['work_id']}/submit", json=said)
    assert answer.status_code == 200, answer.text
    again = guest.ask("POST", f"work/{first['work_id']}/submit", json=said)  # sent twice, it counts once
    assert again.json()["judgement_id"] == answer.json()["judgement_id"]
    return str(first["work_id"])


def test_hours_that_are_reached_end_what_is_new_and_not_what_is_held(house: House, one: Kernel, noon: str):
    ann, sue, key = signed_in(house, "ann"), signed_in(house, "sue"), one.store.ids.show("actor", one.people["ann"])
    assert ann.ask("POST", "work/claim", json={"count": 3}).status_code == 200
    page = sue.ask("PUT", f"people/{key}/cap", json={"day": 3, "week": 60}).json()
    assert (page["cap"], page["worked"], page["rests"]) == ({"day": 3, "week": 60}, {"day": 0, "week": 0}, None)

    work(ann, 1, 2 * HOUR_MS)
    assert len(ann.ask("POST", "work/claim", json={"count": 3}).json()["works"]) == 3
    work(ann, 2, HOUR_MS)
    held = ann.ask("POST", "work/claim", json={"count": 5}).json()["works"]
    assert len(held) == 2, "what she holds, and nothing new"
    assert ann.ask("POST", "work/claim", json={"queue": "verify"}).status_code == 403
    for n in (3, 4):
        work(ann, n, 0)
    refused = ann.ask("POST", "work/claim", json={})
    assert refused.status_code == 403
    because = refused.json()["message"]
    assert because == f"you reached 3 h today; work continues tomorrow at 00:00 ({noon})"

    mine = sue.ask("GET", f"people/{key}").json()
    assert f"you {mine['rests']}" == because
    assert mine["worked"] == {"day": 3, "week": 3}
    rows = {row["name"]: row["rests"] for row in sue.ask("GET", "programmes/desk/roster").json()["rows"]}
    assert (rows["ann"], rows["ben"]) == (mine["rests"], None)

    with one.store.write() as connection:
        later = mine["rests_until"] + MINUTE
        assert hours_of(connection, one.people["ann"], at=later).rest is None
        assert hours_of(connection, one.people["ann"], at=mine["rests_until"] - 1).rest is not None
        connection.execute(update(worked).values(quarter=worked.c.quarter - 2 * DAY // QUARTER))
    assert ann.ask("POST", "work/claim", json={}).status_code == 200


@pytest.mark.usefixtures("noon")
def test_a_question_is_taken_within_ones_hours_too(house: House, one: Kernel):
    ann, sue, key = signed_in(house, "ann"), signed_in(house, "sue"), one.store.ids.show("actor", one.people["sue"])
    work(ann, 1, HOUR_MS, stance="escalate")
    (asked,) = sue.ask("GET", "programmes/desk/escalations").json()["rows"]
    with one.store.write() as connection:
        connection.execute(update(worked).values(actor_id=one.people["sue"]))
    assert sue.ask("PUT", f"people/{key}/cap", json={"week": 1}).status_code == 200
    refused = sue.ask("POST", f"escalations/{asked['id']}/take")
    assert refused.status_code == 403, refused.text
    assert "you reached 1 h this week" in refused.text
    assert sue.ask("PUT", f"people/{key}/cap", json={}).status_code == 200
    assert sue.ask("POST", f"escalations/{asked['id']}/take").status_code == 200


def test_one_lowers_ones_own_hours_and_who_staffs_raises_them(house: House, one: Kernel):
    ann, sue, key = signed_in(house, "ann"), signed_in(house, "sue"), one.store.ids.show("actor", one.people["ann"])
    assert ann.ask("PUT", f"people/{key}/cap", json={"day": 4}).status_code == 200
    for wider in ({}, {"day": 5}, {"week": 20}):
        assert ann.ask("PUT", f"people/{key}/cap", json=wider).status_code == 403
    assert ann.ask("PUT", f"people/{key}/cap", json={"day": 26}).status_code == 422
    assert sue.ask("PUT", f"people/{key}/cap", json={"day": 5}).status_code == 200
    assert signed_in(house, "ann").ask("GET", f"people/{key}").json()["cap"] == {"day": 5, "week": None}
    with one.store.read() as connection:
        said = connection.execute(event.select().where(event.c.kind == "person.capped").order_by(event.c.id)).all()
    assert [json.loads(row.data) for row in said] == [{"day": 4, "week": None}, {"day": 5, "week": None}]
