"""Workspaces: from where items open, who takes them out, on which device work is handed out, and who saw what."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from tests.contract.guests import PASSWORD, Guest, House, open_house
from tests.contract.kernel import ANNOTATE, MODELS, PROGRAMME, VERIFY, kernel
from tests.contract.test_every_endpoint import ids_of, operations

from goldloop.app import create_app
from goldloop.core.settings import changed
from goldloop.store import accounts
from goldloop.store.credentials import hash_password
from goldloop.store.open import Store
from goldloop.store.schema import account, device, event, seen_item

INSIDE, OUTSIDE = "10.1.2.3", "198.51.100.7"
NETWORKS = "\nprotection: {workspace: {networks: [10.0.0.0/8], download: [engineer]}}"
DEVICES = "\nprotection: {workspace: {devices: {kinds: [laptop], by: [%s], days: 30}}}"
WORDS = "text of i"
DESK = {"recent_work", "my_work", "my_questions", "my_calibration"}
"""A person's own lists, of what they were handed before."""


@pytest.fixture
def behind(store: Store) -> Iterator[House]:
    """A server behind a proxy that it trusts."""
    there = replace(store, settings=changed(store.settings, trusted_proxies="127.0.0.0/8", sign_in_attempts=1000))
    with open_house(create_app(there), there) as opened:
        yield opened


def at(guest: Guest, address: str) -> Guest:
    """The same person, asking from an address."""
    guest.http.headers["x-forwarded-for"] = address
    return guest


def apply(mona: Guest, policy: str) -> None:
    answer = mona.ask("PUT", "programmes", json={"yaml": PROGRAMME + policy})
    assert answer.status_code == 200, answer.text


def mona_of(house: House) -> Guest:
    with house.store.write() as connection:
        key = connection.execute(select(account.c.id).where(account.c.name == "mona")).scalar_one()
        accounts.set_password(connection, key, hash_password(PASSWORD))
    mona = house.guest()
    mona.sign_in("mona")
    return mona


def member(house: House, mona: Guest, name: str, role: str) -> Guest:
    guest = house.invite(mona, name, tiers=[1, 2])
    body = {"actor_id": actor_id(guest), "role": role, "tiers": [1]}
    assert mona.ask("PUT", "programmes/desk/members", json=body).status_code == 200
    return guest


def actor_id(guest: Guest) -> str:
    return str(guest.ask("GET", "me").json()["actor"]["id"])


def claim(guest: Guest, **more: Any) -> Any:
    return guest.ask("POST", "work/claim", json={"count": 1, **more})


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # every address: the doors are the same on both
def test_nothing_of_an_item_is_read_from_outside_and_whoever_reads_it_inside_is_recorded(behind: House):
    one = kernel(behind.store, MODELS + VERIFY, items={"i0": "a", "i1": None})
    mona = at(mona_of(behind), INSIDE)
    ann = at(member(behind, mona, "annie", "annotator"), INSIDE)
    manager = at(member(behind, mona, "max", "manager"), INSIDE)
    (work,) = claim(ann).json()["works"]
    assert WORDS in str(work) and work["mark"] is None and work["cacheable"]
    said = {"key": "3f2b8c1e-5d7a-4e0b-9a61-0c5d2f7e8b94", "stance": "escalate", "comment": "What is it?"}
    assert ann.ask("POST", f"work/{work['work_id']}/submit", json=said).status_code == 200
    apply(mona, MODELS + VERIFY + NETWORKS)
    asked = [op for op in operations(behind.app.openapi()) if op.method == "get"]
    ids, told = ids_of(behind.store, one), set[str]()
    for op in asked:
        if not set(re.findall(r"{(\w+)}", op.path)) <= ids.keys():
            continue
        path, params = op.path.format(**ids).removeprefix("/api/"), {"batch_id": ids["batch"]}
        guest = ann if op.name in DESK else manager
        with behind.store.write(durable=False) as connection:
            connection.execute(seen_item.delete())
        shown = at(guest, INSIDE).ask("GET", path, params=params).text
        if WORDS in shown:
            told.add(op.name)
            assert seen_rows(behind.store) or op.name in DESK, op.name
            assert '"mark":"person-' in shown or op.name not in DESK, op.name
        for outside in {guest, mona}:
            assert WORDS not in at(outside, OUTSIDE).ask("GET", path, params=params).text, op.name
    assert told >= {"items", "one_item", "batch_items", "escalations", "recent_work", "my_questions"}
    refused = claim(at(ann, OUTSIDE))
    assert (refused.status_code, refused.json()["field"]) == (403, "protection.workspace.networks")
    undone = ann.ask("POST", f"work/{work['work_id']}/undo", json={"key": "3f2b8c1e-5d7a-4e0b-9a61-0c5d2f7e8b95"})
    assert undone.status_code == 403 and WORDS not in undone.text
    back = at(ann, INSIDE).ask("POST", f"work/{work['work_id']}/undo", json={"key": said["key"][:-1] + "6"}).json()
    assert WORDS in str(back) and back["mark"].startswith("person-") and not back["cacheable"]
    assert (back["mine"]["stance"], back["mine"]["comment"]) == ("escalate", "What is it?"), "no word of it is lost"
    rows = at(manager, INSIDE).ask("GET", "programmes/desk/seen", params={"item": back["item_id"]}).json()["rows"]
    mine = next(row for row in rows if (row["who"], row["way"]) == ("Annie", "work"))
    assert (mine["mark"], mine["address"]) == (back["mark"], INSIDE)


def seen_rows(store: Store) -> list[Any]:
    with store.read() as connection:
        return list(connection.execute(select(seen_item)))


def test_only_a_declared_proxy_is_believed_about_where_a_request_comes_from(store: Store):
    kernel(store, ANNOTATE)
    with open_house(create_app(store), store) as house:
        mona = mona_of(house)
        ann = member(house, mona, "annie", "annotator")
        apply(mona, ANNOTATE + NETWORKS)
        refused = claim(at(ann, INSIDE), programme_id="desk")
        assert (refused.status_code, refused.json()["found"]) == (403, "127.0.0.1")
        apply(mona, ANNOTATE + NETWORKS.replace("10.0.0.0/8", "127.0.0.1"))
        assert len(claim(at(ann, OUTSIDE), programme_id="desk").json()["works"]) == 1


def test_the_last_proxy_of_a_chain_is_believed_and_what_the_client_writes_is_not(behind: House):
    kernel(behind.store, ANNOTATE)
    mona = at(mona_of(behind), INSIDE)
    ann = member(behind, mona, "annie", "annotator")
    apply(mona, ANNOTATE + NETWORKS)
    for said, opens in (
        (f"{INSIDE}, {OUTSIDE}", False),  # the client wrote the first itself
        (f"{OUTSIDE}, {INSIDE}", True),
        (f"{OUTSIDE}, {INSIDE}, 127.0.0.2", True),  # a second trusted proxy behind the first
        ("::ffff:10.9.9.9", True),
        ("no address", False),
        ("", False),
    ):
        assert (claim(at(ann, said)).status_code == 200) == opens, said


def test_bodies_leave_as_files_and_through_tokens_only_with_a_role_that_is_named(behind: House):
    kernel(behind.store, MODELS + VERIFY, items={"i0": "a", "i1": None})
    mona = at(mona_of(behind), INSIDE)
    apply(mona, MODELS + VERIFY + NETWORKS)
    manager = at(member(behind, mona, "max", "manager"), INSIDE)
    engineer = at(member(behind, mona, "eng", "engineer"), INSIDE)
    for guest, opens in ((manager, False), (mona, False), (engineer, True)):
        for path, params in (
            ("programmes/desk/items", {"format": "csv"}),
            ("programmes/desk/judgements", {"format": "csv"}),
        ):
            answer = guest.ask("GET", path, params=params)
            assert (answer.status_code == 200) == opens, (path, answer.text)
            if not opens:
                assert answer.json()["field"] == "protection.workspace.download"
        assert guest.ask("GET", "programmes/desk/items").status_code == 200
        made = guest.ask("POST", "tokens", json={"name": "t", "scopes": ["read"]}).json()
        token = at(behind.guest(authorization=f"Bearer {made['token']}"), INSIDE)
        assert (token.ask("GET", "programmes/desk/items").status_code == 200) == opens
    assert at(engineer, OUTSIDE).ask("GET", "programmes/desk/items", params={"format": "csv"}).status_code == 403
    assert at(manager, OUTSIDE).ask("GET", "programmes/desk").status_code == 200  # numbers are no bodies
    ways = ("?format=%63sv", "?format=json&format=csv", "?format=csv&format=json")
    for way in ways:
        answer = at(manager, INSIDE).ask("GET", f"programmes/desk/items{way}")
        assert answer.status_code == 403, way


def test_work_is_handed_out_only_on_a_device_that_is_stated_and_in_force(behind: House):
    kernel(behind.store, ANNOTATE)
    mona = mona_of(behind)
    ann = member(behind, mona, "annie", "annotator")
    apply(mona, ANNOTATE + DEVICES % "person, manager")
    refused = claim(ann, programme_id="desk")
    assert (refused.status_code, refused.json()["field"]) == (403, "devices")
    (barred,) = claim(ann).json()["barred"]
    assert "a device of the kind laptop" in barred["because"]
    (row,) = ann.ask("GET", "work/devices").json()["rows"]
    assert (row["kinds"], row["until"]) == (["laptop"], None)
    wrong = {"device": "ThinkPad 4711", "kind": "phone"}
    assert ann.ask("POST", "programmes/desk/devices", json=wrong).json()["expected"] == "laptop"
    long = {"device": "ThinkPad 4711", "kind": "laptop", "days": 31}
    assert ann.ask("POST", "programmes/desk/devices", json=long).json()["expected"] == "at most 30"
    made = ann.ask("POST", "programmes/desk/devices", json={**long, "days": 30}).json()
    assert made["counts"] and made["by_person"]
    assert len(claim(ann, programme_id="desk").json()["works"]) == 1
    assert ann.ask("DELETE", f"programmes/desk/devices/{made['id']}").status_code == 204
    assert ann.ask("DELETE", f"programmes/desk/devices/{made['id']}").status_code == 409
    assert claim(ann, programme_id="desk").status_code == 403
    apply(mona, ANNOTATE + DEVICES % "manager")
    assert ann.ask("POST", "programmes/desk/devices", json={**long, "days": 1}).status_code == 403
    whose = {"device": "ThinkPad 4711", "kind": "laptop", "days": 1, "actor_id": actor_id(ann)}
    other = ann.ask("POST", "programmes/desk/devices", json={**whose, "actor_id": actor_id(mona)})
    assert other.status_code in (403, 404)
    assert mona.ask("POST", "programmes/desk/devices", json=whose).status_code == 201
    assert len(claim(ann, programme_id="desk").json()["works"]) == 1
    with behind.store.write() as connection:
        connection.execute(device.update().values(until=1))  # it has run out
        kinds = connection.execute(select(event.c.kind).where(event.c.kind.like("device.%"))).scalars().all()
    assert claim(ann, programme_id="desk").status_code == 403
    assert kinds == ["device.stated", "device.withdrawn", "device.stated"]
    told = mona.ask("GET", "programmes/desk/devices").json()["rows"]
    assert [one["counts"] for one in told] == [False, False]


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("networks: [10.0.0.1/8]", "has host bits set"),
        ("networks: [office]", "is no network"),
        ("download: [boss]", "download"),
        ("devices: {by: []}", "by"),
        ("watermark: false", "watermark"),
    ],
)
def test_a_workspace_that_cannot_be_is_refused_with_its_line(behind: House, declared: str, told: str):
    kernel(behind.store, ANNOTATE)
    mona = mona_of(behind)
    policy = f"{ANNOTATE}\nprotection:\n  workspace:\n    {declared}\n"
    answer = mona.ask("PUT", "programmes", json={"yaml": PROGRAMME + policy})
    assert answer.status_code == 422 and told in answer.text, answer.text
    line = (PROGRAMME + policy).splitlines().index(f"    {declared}") + 1
    assert f"programme.yaml:{line}" in answer.json()["field"], answer.text


def test_a_programme_without_a_workspace_records_and_marks_nothing(behind: House):
    one = kernel(behind.store, ANNOTATE)
    mona = mona_of(behind)
    item = behind.store.ids.show("item", one.items["i0"])
    assert mona.ask("GET", f"items/{item}").json()["mark"] is None
    assert mona.ask("GET", "programmes/desk/workspace").json()["declared"] is None
    assert mona.ask("POST", "programmes/desk/devices", json={"device": "d", "kind": "k"}).status_code in (403, 409)
    assert seen_rows(behind.store) == []
