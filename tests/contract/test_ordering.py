"""Lists in a chosen order: every heading of every list, both ways, page by page; and cursors that are none."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select
from tests.contract.guests import PASSWORD, Guest, open_house
from tests.contract.kernel import MODELS, VERIFY, Kernel, kernel

from goldloop.app import create_app
from goldloop.core.clock import DAY
from goldloop.programmes.items import api as items_api
from goldloop.quality.gates import batches_api as quality_api
from goldloop.store import accounts, batch_items, batches, briefs, headings, jobs, releases, search
from goldloop.store.credentials import hash_password
from goldloop.store.open import Store
from goldloop.store.schema import account, item

Row = Mapping[str, Any]
Value = Callable[[Row], Any]
QUEUES = ("verify", "annotate", "review")
STATES = ("open", "disputed", "decided")
answer = lambda row: None if row["answer"] is None else json.dumps(row["answer"], separators=(",", ":"))  # noqa: E731
of_batch: Mapping[str, Value] = {
    "name": lambda row: row["batch"]["name"],
    "purpose": lambda row: row["batch"]["purpose"],
    "items": lambda row: row["batch"]["items"],
    "progress": lambda row: row["progress"]["decided"] / row["batch"]["items"] if row["batch"]["items"] else None,
    "due": lambda row: row["batch"]["due_at"],
    "owner": lambda row: row["batch"]["owner"],
    "gate": lambda row: row["outcome"],
    "created": lambda row: row["batch"]["created_at"],
}
of_item: Mapping[str, Value] = {
    "id": lambda row: row["external_id"],
    "queue": lambda row: None if row["queue"] is None else QUEUES.index(row["queue"]),
    "confidence": lambda row: row["confidence"],
    "state": lambda row: None if row["state"] is None else STATES.index(row["state"]),
    "answer": answer,
    "judgements": lambda row: row["judgements"],
}
of_person: Mapping[str, Value] = {
    "name": lambda row: row["display_name"],
    "sign_in": lambda row: row["name"],
    "organisation": lambda row: row["organisation"],
    "employment": lambda row: row["employment"],
    **{name: lambda row, name=name: json.dumps(row[name]) for name in ("tiers", "skills", "languages")},
}
of_brief: Mapping[str, Value] = {
    "opened": lambda row: row["opened_at"],
    "since": lambda row: row["since_at"],
    "due": lambda row: row["due_at"],
    "state": lambda row: briefs.STATES.index(row["state"]),
    **{name: lambda row, name=name: row[name] for name in ("title", "source", "owner", "relapses")},
}
of_job: Mapping[str, Value] = {
    "created": lambda row: row["created_at"],
    "finished": lambda row: row["finished_at"],
    "kind": lambda row: row["kind"],
    "state": lambda row: row["state"],
}
of_release: Mapping[str, Value] = {
    "sealed": lambda row: row["sealed_at"],
    "name": lambda row: row["name"],
    "number": lambda row: row["number"],
}
LISTS: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "items": (
        "programmes/desk/items",
        {"taken": lambda row: 0, **{k: v for k, v in of_item.items() if k != "judgements"}},
    ),
    "batch items": ("batches/{batch}/items", of_item),
    "batches": ("programmes/desk/batches", of_batch),
    "people": ("people", of_person),
    "releases": ("programmes/desk/releases", of_release),
    "briefs": ("programmes/desk/briefs", of_brief),
    "jobs": ("jobs?programme_id=desk", of_job),
}


@pytest.fixture
def desk(store: Store) -> Kernel:
    """Items that were suggested, labelled and disputed, and a few of everything else; with holes and equal values."""
    policy = MODELS + VERIFY + "\nconsensus: {share: 1, because: all of it twice, judgements: 2, limit: 2}\n"
    made = kernel(store, policy, items={"i3": "a", "i1": "b", "i0": None, "i2": "a", "i4": None})
    for who, said in (("ann", "ab"), ("ben", "aa")):
        for name, label in zip(("i0", "i4"), said, strict=True):
            made.on(who, name, "answer", label)
    with made.store.write() as connection:
        first = batches.batches(connection, made.programme)[0]
        for n, due in enumerate((5 * DAY, None, 2 * DAY)):
            new = batches.NewBatch(*first._replace(name=f"more-{2 - n}", due_at=due, item_count=n % 2)[1:])
            batches.add_batch(connection, new)
        for name in ("b", "a", "b"):
            releases.add_release(connection, made.programme, "dataset", name, "{}", by=made.mona, at=made.at)
        for n, state in enumerate(("open", "closed", "waiting", "open")):
            new_brief = {
                "programme_id": made.programme, "key": f"k{n}", "source": "gate", "title": f"T{n % 2}", "state": state,
                "owner_id": made.mona, "due_at": made.at + n % 3, "because": "low", "scope": "{}", "remedy": None,
                "relapses": n % 2, "opened_at": made.at + n, "since_at": made.at - n, "heard_at": made.at,
                "waived_until": None,
            }  # fmt: skip
            briefs.add_brief(connection, new_brief)
        for kind in ("gate", "measure", "gate"):
            jobs.enqueue(connection, kind, {}, programme=made.programme, asked_by=None)
        for n, person in enumerate(made.people.values()):
            accounts.add_account(connection, person, f"z{9 - n}", password=None, at=made.at)
        key = connection.execute(select(account.c.id).where(account.c.name == "mona")).scalar_one()
        accounts.set_password(connection, key, hash_password(PASSWORD))
    return made


@pytest.fixture
def mona(desk: Kernel) -> Iterator[Guest]:
    with open_house(create_app(desk.store), desk.store) as opened:
        guest = opened.guest()
        guest.sign_in("mona")
        yield guest


def address(desk: Kernel, mona: Guest, name: str) -> str:
    found = mona.ask("GET", "programmes/desk/items").json()["rows"]
    return LISTS[name][0].format(batch=next(row["batch_id"] for row in found if row["batch_id"]))


def read(mona: Guest, path: str, **asked: Any) -> list[Row]:
    """All rows, three a page."""
    out: list[Row] = []
    after = None
    while True:
        page = mona.ask("GET", path, params={**asked, "limit": 3, "after": after}).json()
        out += page["rows"]
        after = page["next"]
        if after is None:
            return out


def test_every_heading_of_every_list_puts_every_row_in_order_and_once(desk: Kernel, mona: Guest) -> None:
    for name, (_, headings_) in LISTS.items():
        path, _, given = address(desk, mona, name).partition("?")
        asked = dict([given.split("=")]) if given else {}
        whole = {json.dumps(row, sort_keys=True) for row in read(mona, path, **asked)}
        assert len(whole) >= 3, name
        for sort, value in headings_.items():
            for way in ("asc", "desc"):
                rows = read(mona, path, **asked, sort=sort, order=way)
                assert sorted(json.dumps(row, sort_keys=True) for row in rows) == sorted(whole), (name, sort)
                values = [value(row) for row in rows]
                there = [one for one in values if one is not None]
                assert values == there + [None] * (len(values) - len(there)), f"{name} {sort}: nothing comes last"
                assert there == sorted(there, reverse=way == "desc"), (name, sort, way)


def test_every_heading_that_there_is_was_tried() -> None:
    assert set(of_batch) == set(headings.BATCHES)
    assert set(of_person) == set(headings.PEOPLE)
    assert set(of_release) == set(headings.RELEASES)
    assert set(of_brief) == set(headings.BRIEFS)
    assert set(of_job) == set(headings.JOBS)
    assert set(LISTS["items"][1]) == set(items_api.Sort.__args__)
    assert set(of_item) == set(quality_api.ItemSort.__args__)


def test_a_file_is_in_the_order_too(desk: Kernel, mona: Guest) -> None:
    text = mona.ask("GET", "programmes/desk/items", params={"sort": "id", "order": "desc", "format": "csv"}).text
    assert [line.split(",")[1] for line in text.splitlines()[1:]] == ["i4", "i3", "i2", "i1", "i0"]


def packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_cursor_that_is_none_is_refused(desk: Kernel, mona: Guest) -> None:
    shown = mona.ask("GET", "programmes/desk/items").json()["rows"][0]["id"]
    values = ("a", [1], None, "a\0", "\ud800", "b" * 201, 1 << 80, True, float("nan"), {"a": 1}, 0.5, 7)
    for sort in ("id", "confidence", "taken"):
        for after in (".", "x", "é", packed(None) + "!", *(packed(one) for one in values)):
            for cursor in (after, f"{shown}.{after}"):
                answer = mona.ask("GET", "programmes/desk/items", params={"sort": sort, "after": cursor})
                assert answer.status_code in (200, 404, 422), (sort, cursor, answer.text)
                assert answer.status_code != 422 or answer.json()["field"] == "after"
    mixed = mona.ask("GET", "programmes/desk/items", params={"sort": "id", "after": f"{shown}.{packed(0.5)}"})
    assert mixed.status_code == 422, "the place of another order is none of this one"


def test_a_heading_that_is_none_is_told_with_those_there_are(desk: Kernel, mona: Guest) -> None:
    answer = mona.ask("GET", "programmes/desk/items", params={"sort": "smell"})
    assert answer.status_code == 422
    assert answer.json()["field"] == "query.sort"
    assert "confidence" in answer.json()["expected"]
    assert mona.ask("GET", "programmes/desk/items", params={"sort": "id", "order": "up"}).status_code == 422


def test_what_an_order_leaves_out_is_said_and_never_left_out_of_a_file(
    desk: Kernel, mona: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (search, items_api, batch_items, quality_api):
        monkeypatch.setattr(module, "ORDERED", 3)
    for name in ("items", "batch items"):
        path = address(desk, mona, name)
        page = mona.ask("GET", path, params={"sort": "id"}).json()
        assert len(page["rows"]) == 3
        assert "3 items" in page["because"]
        assert mona.ask("GET", path, params={"sort": "id", "format": "csv"}).status_code == 409
        assert "because" not in mona.ask("GET", path).json()


def test_a_page_goes_on_behind_its_place_whatever_came_in_between(desk: Kernel, mona: Guest) -> None:
    first = mona.ask("GET", "jobs", params={"programme_id": "desk", "sort": "kind", "limit": 2}).json()
    with desk.store.write() as connection:
        jobs.enqueue(connection, "a", {}, programme=desk.programme, asked_by=None)
    rest = mona.ask("GET", "jobs", params={"programme_id": "desk", "sort": "kind", "after": first["next"]}).json()
    seen = [row["id"] for row in first["rows"] + rest["rows"]]
    assert len(seen) == len(set(seen)), "no job stands on two pages"
    assert "a" not in [row["kind"] for row in rest["rows"]], "it stands before the place"


def names(mona: Guest, **asked: Any) -> list[str]:
    return sorted(row["external_id"] for row in mona.ask("GET", "programmes/desk/items", params=asked).json()["rows"])


def test_work_in_hand_and_work_at_a_tier_lead_to_their_items(desk: Kernel, mona: Guest) -> None:
    assert names(mona, in_hand="any") == []
    (held,) = desk.claim("cid")
    named = next(name for name, key in desk.items.items() if key == held.item_id)
    assert names(mona, in_hand="any") == [named]
    assert names(mona, in_hand="any", tier=held.tier) == [named]
    assert names(mona, in_hand="any", tier=3) == []
    assert named in names(mona, open_in=held.queue, tier=held.tier)
    assert names(mona, answered_at=1) == ["i0", "i4"]
    assert names(mona, answered_at=2) == []
    refused = mona.ask("GET", "programmes/desk/items", params={"tier": 1})
    assert (refused.status_code, refused.json()["field"]) == (422, "tier")


def test_the_items_of_an_import(desk: Kernel, mona: Guest) -> None:
    with desk.store.read() as connection:
        came = desk.store.ids.show("take_in", connection.execute(select(item.c.take_in_id)).scalars().first() or 0)
    for sort in ({}, {"sort": "id"}):
        assert names(mona, **{"import": came}, **sort) == ["i0", "i1", "i2", "i3", "i4"]
    assert mona.ask("GET", "programmes/desk/items", params={"import": "tin_nothing"}).status_code == 404
