"""The board of briefs and an engineer's report over HTTP: who may do what, and what bad input meets."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from tests.contract.guests import PASSWORD, Guest, House, open_house
from tests.contract.kernel import Kernel, kernel

from goldloop.app import create_app
from goldloop.core.clock import DAY, now
from goldloop.store import accounts
from goldloop.store.credentials import hash_password
from goldloop.store.open import Store
from goldloop.store.schema import account
from goldloop.store.training_runs import RunRow, add_run

BECAUSE = "a was said to be b all week"


@pytest.fixture
def desk(store: Store) -> Kernel:
    """Forty items whose label is a."""
    made = kernel(store, items=40)
    for who in ("ann", "ben"):
        while held := made.claim(who, 10):
            for one in held:
                made.say(who, one.work_id, "answer", "a")
    return made


@pytest.fixture
def house(desk: Kernel) -> Iterator[House]:
    with desk.store.write() as connection:
        key = connection.execute(select(account.c.id).where(account.c.name == "mona")).scalar_one()
        accounts.set_password(connection, key, hash_password(PASSWORD))
    with open_house(create_app(desk.store), desk.store) as opened:
        yield opened


@pytest.fixture
def mona(house: House) -> Guest:
    guest = house.guest()
    guest.sign_in("mona")
    return guest


def report(guest: Guest, right: int, *, extra: str = "", **asked: Any) -> Any:
    """A report on the forty items, of which the first so many are right."""
    rows = [
        {"id": f"i{n}", "prediction": "a" if n < right else "b", "slices": {"half": "old" if n < 20 else "new"}}
        for n in range(40)
    ]
    text = "\n".join(json.dumps(row) for row in rows) + extra
    params = {"name": "nightly", "floor": 0.9, "least": 20} | asked
    return guest.ask("POST", "programmes/desk/findings", params=params, content=text.encode())


def member(house: House, mona: Guest, name: str, role: str) -> Guest:
    guest = house.invite(mona, name)
    key = guest.ask("GET", "me").json()["actor"]["id"]
    mona.ask("PUT", "programmes/desk/members", json={"actor_id": key, "role": role})
    return guest


def test_a_report_opens_a_brief_a_slice_and_the_next_one_closes_it(mona: Guest) -> None:
    unknown = json.dumps({"id": "nobody", "prediction": "a"})
    found = report(mona, 20, extra=f"\n{unknown}\n" + json.dumps({"id": "i0", "prediction": "no such label"}))
    assert found.status_code == 201, found.text
    said = found.json()
    assert (said["rows"], said["counted"], said["rejected"]) == (42, 40, 2)
    assert [(one["line"], one["field"], one["found"]) for one in said["rejects"]] == [
        (41, "id", "nobody"),
        (42, "id", "i0, as in 1"),
    ]
    states = {tuple(one["slice"].items()): (one["healthy"], one["brief_state"]) for one in said["slices"]}
    assert states == {
        (): (False, "open"),
        (("half", "new"),): (False, "open"),
        (("half", "old"),): (True, None),
    }
    (row,) = (
        one for one in mona.ask("GET", "programmes/desk/briefs").json()["rows"] if one["title"].endswith("half is new")
    )
    view = mona.ask("GET", f"briefs/{row['id']}").json()
    assert view["scope"]["slices"] == {"half": "new"}
    assert sorted(view["items"], key=lambda one: one["external_id"])[0]["external_id"] == "i20"
    assert (view["item_count"], len(view["items"]), view["bought"][0]["after"]) == (20, 20, None)
    assert report(mona, 20).json()["slices"][1]["brief_id"] is None, "the same again changes nothing"
    closed = report(mona, 40).json()
    assert [one["brief_state"] for one in closed["slices"]] == ["closed", "closed", None]
    (bought,) = mona.ask("GET", f"briefs/{row['id']}").json()["bought"]
    assert [bought[side]["evidence"][0]["value"] for side in ("before", "after")] == [0.0, 1.0]
    again = report(mona, 20).json()["slices"][0]
    assert (again["brief_state"], again["healthy"]) == ("open", False)
    lower = report(mona, 40, floor=0.5)
    assert [one["brief_id"] for one in lower.json()["slices"]] == [None] * 3, "a lower bar closes nothing"


NOTHING_IN_IT: list[tuple[bytes, dict[str, str], str]] = [
    (b"", {}, "body"),
    (b"\xff\xfe", {}, "body"),
    (b'{"id": "nobody", "prediction": "a"}', {}, "line 1: id"),
    (b'{"id": "i0", "prediction": "no such label"}', {}, "line 1: prediction.labels.0"),
    (b'{"id": "i0", "prediction": "a", "truth": 7}', {}, "line 1: truth"),
    (b'{"id": "i0", "prediction": "a"}', {"floor": "1.5"}, "floor"),
    (b'{"id": "i0", "prediction": "a"}', {"name": ""}, "name"),
]


def test_a_report_that_says_nothing_is_refused_and_opens_nothing(mona: Guest) -> None:
    for content, asked, field in NOTHING_IN_IT:
        params = {"name": "nightly", "floor": "0.9"} | asked
        refused = mona.ask("POST", "programmes/desk/findings", params=params, content=content)
        assert refused.status_code == 422, refused.text
        assert field in refused.json()["field"]
    assert mona.ask("GET", "programmes/desk/briefs").json()["rows"] == []


def test_a_brief_is_taken_repaired_by_new_work_and_never_closed_by_hand(
    desk: Kernel, house: House, mona: Guest
) -> None:
    report(mona, 20)
    rows = mona.ask("GET", "programmes/desk/briefs").json()["rows"]
    brief = next(one["id"] for one in rows if one["title"].endswith("half is new"))
    taken = mona.ask("PUT", f"briefs/{brief}/owner", json={}).json()
    assert (taken["state"], taken["owner"]) == ("in_work", "Mona")
    body = {"remedy": "relabel", "because": BECAUSE, "work": True}
    chosen = mona.ask("PUT", f"briefs/{brief}/remedy", json=body)
    assert chosen.status_code == 200, chosen.text
    assert chosen.json()["job"]["kind"] == "work_brief"
    waiting = mona.ask("POST", f"briefs/{brief}/repaired", json={"because": BECAUSE})
    assert waiting.json()["state"] == "waiting"
    assert mona.ask("DELETE", f"briefs/{brief}").status_code == 405
    late = mona.ask("PUT", f"briefs/{brief}/due", json={"due_at": now() + DAY, "because": BECAUSE}).json()
    assert (late["state"], late["timeline"][-1]["kind"]) == ("waiting", "due")
    waived = mona.ask("POST", f"briefs/{brief}/waiver", json={"because": "the old half is what counts"})
    assert (waived.status_code, waived.json()["waivers"][0]["by"]) == (201, "Mona")
    over = mona.ask("PUT", f"briefs/{brief}/owner", json={})
    assert (over.status_code, over.json()["found"]) == (409, "waived")
    shown = {one["id"]: one["state"] for one in mona.ask("GET", "programmes/desk/briefs").json()["rows"]}
    filtered = mona.ask("GET", "programmes/desk/briefs", params={"state": ["open", "waived"], "source": "evaluation"})
    assert {one["id"]: one["state"] for one in filtered.json()["rows"]} == shown
    assert mona.ask("GET", "programmes/desk/briefs", params={"owner": "me", "overdue": True}).json()["rows"] == []


def test_who_may_do_what_with_a_brief(desk: Kernel, house: House, mona: Guest) -> None:
    erin, anna, eve = (
        member(house, mona, "erin", "engineer"),
        member(house, mona, "anna", "annotator"),
        house.invite(mona, "eve"),
    )
    report(erin, 20)
    brief = erin.ask("GET", "programmes/desk/briefs").json()["rows"][0]["id"]
    pia = member(house, mona, "pia", "procurement")
    seen = pia.ask("GET", f"briefs/{brief}")
    assert (seen.json()["item_count"], seen.json()["items"]) == (20, []), "she sees numbers and reads no items"
    assert '"i20"' not in seen.text
    for guest in (anna, eve):
        for method, path in (
            ("GET", f"briefs/{brief}"),
            ("GET", "programmes/desk/briefs"),
            ("PUT", f"briefs/{brief}/owner"),
        ):
            assert guest.ask(method, path, json={} if method == "PUT" else None).status_code == 404, path
        assert report(guest, 40).status_code == 404
    assert erin.ask("PUT", f"briefs/{brief}/owner", json={}).status_code == 403, "not hers"
    her = erin.ask("GET", "me").json()["actor"]["id"]
    assert mona.ask("PUT", f"briefs/{brief}/owner", json={"actor_id": her}).json()["owner"] == "Erin"
    remedy = {"remedy": "retrain", "because": "the new half was never in the training set"}
    assert erin.ask("PUT", f"briefs/{brief}/remedy", json=remedy).json()["remedy"] == "retrain"
    assert erin.ask("POST", f"briefs/{brief}/waiver", json={"because": BECAUSE}).status_code == 403
    his = anna.ask("GET", "me").json()["actor"]["id"]
    refused = mona.ask("PUT", f"briefs/{brief}/owner", json={"actor_id": his})
    assert (refused.status_code, refused.json()["field"]) == (403, "actor_id"), "an annotator could not read it"


def of_run(desk: Kernel) -> str:
    """A training run, by its public id."""
    with desk.store.write() as connection:
        row = RunRow(0, desk.programme, "first", "sdk", None, "intent 7", {}, desk.at, desk.mona, desk.at, ())
        return desk.store.ids.show("run", add_run(connection, row))


def test_what_is_found_of_a_run_and_what_a_report_finds_are_one_finding(desk: Kernel, mona: Guest) -> None:
    run = of_run(desk)
    told = [
        {"right": 20, "n": 40},
        {"right": 20, "n": 20, "slice": {"half": "old"}},
        {"right": 0, "n": 20, "slice": {"half": "new"}},
    ]
    asked = {"evaluation": "nightly", "results": told, "floor": 0.9, "least": 20}
    said = mona.ask("POST", f"runs/{run}/results", json=asked).json()["findings"]
    states = {one["because"].partition(",")[0]: (one["healthy"], one["brief_state"]) for one in said}
    assert list(states.values()) == [(False, "open"), (False, "open"), (True, None)]
    assert {one["source"] for one in mona.ask("GET", "programmes/desk/briefs").json()["rows"]} == {"evaluation"}
    assert report(mona, 20).json()["slices"][1]["brief_id"] is None, "the same finding, not a second one"

    closed = report(mona, 40, run=run).json()
    assert [one["brief_state"] for one in closed["slices"]] == ["closed", "closed", None]
    assert closed["model"] == "intent 7"
    newest = {json.dumps(one["slice"]): one["value"] for one in mona.ask("GET", f"runs/{run}").json()["results"]}
    assert newest == {"{}": 1.0, '{"half": "new"}': 1.0, '{"half": "old"}': 1.0}


def test_results_of_a_run_without_a_floor_open_nothing_and_bad_ones_are_refused(desk: Kernel, mona: Guest) -> None:
    run = of_run(desk)
    path, one = f"runs/{run}/results", {"right": 0, "n": 50}
    assert mona.ask("POST", path, json={"evaluation": "e", "results": [one]}).json()["findings"] == []
    assert mona.ask("GET", "programmes/desk/briefs").json()["rows"] == []
    for results, field in (([one, one], "results[1].slice"), ([{"right": 3, "n": 2}], "results[0].right")):
        refused = mona.ask("POST", path, json={"evaluation": "e", "results": results, "floor": 0.9})
        assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert len(mona.ask("GET", f"runs/{run}").json()["results"]) == 1, "nothing of what was refused is kept"
    other = report(mona, 40, run="run_0000000000000")
    assert other.status_code == 404
