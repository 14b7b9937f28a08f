"""Every address of the API, walked from its own description: documented, guarded, and never at a loss."""

import csv
import io
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from sqlalchemy import select
from tests.contract.guests import PASSWORD, Guest, House, open_house
from tests.contract.kernel import MODELS, VERIFY, Kernel, kernel

from goldloop.app import create_app
from goldloop.core.settings import Settings
from goldloop.http.asking import PUBLIC
from goldloop.loop.brief import Reading, heard
from goldloop.store import accounts
from goldloop.store.credentials import hash_password
from goldloop.store.devices import state_device
from goldloop.store.open import Store, open_store
from goldloop.store.plans import add_plan
from goldloop.store.programmes import policy_in_force, policy_text
from goldloop.store.proposals import add_proposal
from goldloop.store.schema import account, job, release, take_in, work
from goldloop.store.training_runs import RunRow, add_run

FIELDS = {"code", "message", "field", "expected", "found", "details", "request_id"}
GARBAGE: tuple[dict[str, Any], ...] = (
    {"content": b"{"},
    {"content": b"\xff\xfe\x00"},
    {"content": b""},
    {"content": b"null"},
    {"content": b"[]"},
    {"content": b"1"},
    {"content": b'"text"'},
    {"content": b'{"no such field": 1}'},
    {"content": b"[" * 5_000},
    {"content": b'{"name": NaN, "key": 1e999}'},
    {"content": b'{"name": "\\ud800", "text": "\\ud800", "key": "\\ud800", "password": "\\ud800"}'},
)
STRANGE = ("x", "itm_0", "%2e%2e", "a" * 2_000, "%E2%80%AE", "'%3B%20drop", "%00", "-1", "9" * 40)
OWN = frozenset(
    {
        "me",
        "sign_out",
        "change_password",
        "tokens",
        "add_token",
        "kinds",
        "see_news",
        "my_report",
        "my_calibration",
        "my_calendar",
        "my_statements",
        "verifier",
    }
)
"""What anybody who is signed in may do: it is about themselves, or about the program."""
LISTS = frozenset({"organisations", "people", "programmes", "news", "what_waits"})
"""What anybody may ask for and which shows them only what is theirs."""

DESK = frozenset(
    {
        "claim_work",
        "my_work",
        "recent_work",
        "work_queues",
        "work_terms",
        "work_content",
        "work_devices",
        "my_questions",
        "escalations",  # that wait for their answer
        "precedents",
        "guidance",
        "ontology",
        "one_release",
        "one_version",  # of the ontology and the guidelines they work with
        "release_receipts",
        "my_statement",
        "my_statement_judgements",
        "programme_terms",
        "state_device",
    }
)
"""All that an annotator reaches who has said nothing: what they work with, and their own record."""
HELD = frozenset({"keep_work", "submit_work", "give_back_work", "refuse_work"})
"""What they reach of a work while they hold it."""
CHECKS = frozenset({"verify_ledger", "explain_item", "prove_human_only"})
"""What computes something about what is there, and changes none of it."""

MAY_BE_EMPTY = frozenset({"train_model", "run_model", "preview_model", "invite_again"})
"""What asks for nothing that has no default."""

PEOPLES_OWN = frozenset({"recent_work", "work_queues", "my_questions", "work_terms", "work_content", "work_devices"})
"""Lists that are a person's own desk, not a table."""


class Operation(NamedTuple):
    """One method of one address."""

    name: str
    method: str
    path: str
    described: dict[str, Any]
    body: dict[str, Any] | None

    @property
    def example(self) -> Any:
        """The example of its body."""
        assert self.body is not None
        return self.body["examples"][0]


class Walk(NamedTuple):
    """A server with a programme in it, its owner, somebody without any role, and every operation."""

    house: House
    mona: Guest
    stranger: Guest
    operations: list[Operation]
    ids: dict[str, str]

    def ask(self, guest: Guest, one: Operation, ids: dict[str, str] | None = None, **parts: Any) -> httpx2.Response:
        """One request to an operation."""
        path = one.path.format(**(ids or self.ids)).removeprefix("/api/")
        asked = [p for p in one.described.get("parameters", []) if p["in"] == "query" and p["required"]]
        parts["params"] = {p["name"]: self.ids[p["name"]] for p in asked}
        if "content" in parts:
            parts["headers"] = {"content-type": "application/json"}
        return guest.ask(one.method.upper(), path, **parts)

    def valid(self, one: Operation) -> dict[str, Any]:
        """The parts of a request that is all right in itself."""
        if one.name in ("upload", "upload_project"):
            return {"content": b"a"}
        if one.body is None:
            return {}
        return {"json": one.example}


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Walk]:
    """One server for the whole walk: nothing here is meant to change anything."""
    home = tmp_path_factory.mktemp("home")
    shutil.copyfile(sqlite_template, home / sqlite_template.name)
    store = open_store(Settings(home=home, sign_in_attempts=1_000))
    one = kernel(store, MODELS + VERIFY, items={"i0": "a", "i1": None})
    with store.write() as connection:
        key = connection.execute(select(account.c.id).where(account.c.name == "mona")).scalar_one()
        accounts.set_password(connection, key, hash_password(PASSWORD))
    app = create_app(store)
    with open_house(app, store) as house:
        mona = house.guest()
        mona.sign_in("mona")
        stranger = house.invite(mona, "eve")
        yield Walk(house, mona, stranger, operations(app.openapi()), ids_of(store, one))
    store.close()


def operations(document: dict[str, Any]) -> list[Operation]:
    """Every operation that a description holds, with the schema of its body."""
    out = []
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {}).get("application/json")
            body = _schema(document, content["schema"]) if content else None
            out.append(Operation(described["operationId"], method, path, described, body))
    assert len(out) > 50
    return out


def _schema(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    schema = next((one for one in schema.get("anyOf", []) if "$ref" in one), schema)
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def ids_of(store: Store, one: Kernel) -> dict[str, str]:
    """A real id for every parameter of a path."""
    show = store.ids.show
    with store.read() as connection:
        keys = {
            table.name: connection.execute(select(table.c.id).limit(1)).scalar_one()
            for table in (take_in, job, release, work)
        }
    return {
        "programme": show("programme", one.programme),
        "programme_id": show("programme", one.programme),
        "batch": show("batch", one.batches()[0]),
        "item": show("item", one.items["i0"]),
        "take_in": show("take_in", keys["take_in"]),
        "job_id": show("job", keys["job"]),
        "release": show("release", keys["release"]),
        "work_id": show("work", keys["work"]),
        "actor_id": show("actor", one.people["ann"]),
        "token_id": "1",
        "judgement": show("judgement", one.said("i0")[0].id),
        "proposal": show("proposal", _proposal(store, one)),
        "name": "oracle",
        "number": "1",
        "secret": "x",
        "audit": "watch",
        "place": "items",
        "webhook_id": "whk_0000000000000",
        "brief_id": show("brief", _brief(store, one)),
        "floor": "0.9",
        "run": show("run", _run(store, one)),
        "leave_id": "lev_0000000000000",
        "plan": show("plan", _plan(store, one)),
        "device": show("device", _device(store, one)),
    }


def _brief(store: Store, one: Kernel) -> int:
    """A finding that nobody has repaired."""
    with store.write() as connection:
        key = heard(connection, Reading(one.programme, "audit:watch", "audit", "Watch", False, "0.7 of 9"), at=one.at)
    assert key is not None
    return key


def _plan(store: Store, one: Kernel) -> int:
    """A plan that found nothing."""
    with store.write() as connection:
        return add_plan(connection, one.programme, "desk", "plan", digest=b"", doc="{}", by=one.mona, at=one.at)


def _device(store: Store, one: Kernel) -> int:
    """A device that somebody stated."""
    with store.write() as connection:
        ann = one.people["ann"]
        return state_device(connection, one.programme, ann, "Desk 4", "desk", until=one.at + 1, by=ann, at=one.at)


def _run(store: Store, one: Kernel) -> int:
    """A training run on nothing that was released."""
    at, by = one.at, one.people["ann"]
    with store.write() as connection:
        return add_run(connection, RunRow(0, one.programme, "first", "sdk", None, None, {}, at, by, at, ()))


def _proposal(store: Store, one: Kernel) -> int:
    """A proposal to change what the guidelines say."""
    with store.write() as connection:
        force = policy_in_force(connection, one.programme)
        text = policy_text(connection, one.programme, force.number) + "\nguidelines: [{id: '1', title: All}]\n"
        at = one.at
        return add_proposal(
            connection, one.programme, force.id, yaml=text, plan="[]", note="", by=one.people["ann"], at=at
        )


def _wrong_shape(answer: httpx2.Response) -> bool:
    """True where a refusal is not in the one error shape."""
    body = answer.json()
    return not ({"code", "message", "request_id"} <= body.keys() <= FIELDS)


def test_every_operation_says_what_it_is_for(walk: Walk) -> None:
    for one in walk.operations:
        assert one.described["summary"], one.name
        assert one.described["description"].endswith((".", "`.")), one.name


def test_every_body_comes_with_an_example(walk: Walk) -> None:
    without = {one.name for one in walk.operations if one.body is not None and not one.body.get("examples")}
    assert not without


def test_every_operation_tells_the_shape_of_its_refusals(walk: Walk) -> None:
    for one in walk.operations:
        shape = one.described["responses"]["default"]["content"]["application/json"]["schema"]["$ref"]
        assert shape.endswith("/Problem"), one.name


def test_the_public_list_names_operations_that_are_there(walk: Walk) -> None:
    assert {one.name for one in walk.operations} >= PUBLIC | OWN | LISTS


def test_nobody_gets_anything_without_signing_in(walk: Walk) -> None:
    for one in walk.operations:
        if one.name not in PUBLIC:
            answer = walk.ask(walk.house.guest(), one)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), one.name


def test_a_forged_session_or_token_opens_nothing(walk: Walk) -> None:
    cookie = walk.house.guest(cookie="goldloop_session=forged", **{"x-csrf-token": "forged"})
    token = walk.house.guest(authorization="Bearer forged")
    for one in walk.operations:
        if one.name not in PUBLIC:
            for guest in (cookie, token):
                assert walk.ask(guest, one, **walk.valid(one)).status_code == 401, one.name


def test_an_unsafe_request_without_the_pages_own_header_is_refused(walk: Walk) -> None:
    walk.stranger.http.headers["x-csrf-token"], kept = "wrong", walk.stranger.http.headers["x-csrf-token"]
    try:
        for one in walk.operations:
            if one.name not in PUBLIC and one.method != "get":
                assert walk.ask(walk.stranger, one, **walk.valid(one)).status_code == 403, one.name
    finally:
        walk.stranger.http.headers["x-csrf-token"] = kept


def test_somebody_without_a_role_is_shown_nothing_and_may_do_nothing(walk: Walk) -> None:
    for one in walk.operations:
        if one.name in PUBLIC | OWN | LISTS:
            continue
        answer = walk.ask(walk.stranger, one, **walk.valid(one))
        assert answer.status_code in (403, 404), (one.name, answer.status_code, answer.text)
        assert not _wrong_shape(answer), one.name


def test_an_annotator_reaches_their_desk_and_nothing_else(walk: Walk) -> None:
    guest = walk.house.invite(walk.mona, "abe", tiers=[1])
    person = next(row["id"] for row in walk.mona.ask("GET", "people").json()["rows"] if row["name"] == "abe")
    seat = {"actor_id": person, "role": "annotator", "tiers": [1]}
    assert walk.mona.ask("PUT", f"programmes/{walk.ids['programme']}/members", json=seat).status_code == 200
    others = [one for one in walk.operations if one.name not in PUBLIC | OWN | LISTS | HELD]
    assert _reached(walk, guest, others) == DESK


def test_a_token_that_reads_changes_nothing(walk: Walk) -> None:
    token = walk.mona.ask("POST", "tokens", json={"name": "reads", "scopes": ["read"]}).json()["token"]
    guest = walk.house.guest(authorization=f"Bearer {token}")
    unsafe = [one for one in walk.operations if one.method != "get" and one.name not in PUBLIC | OWN]
    assert _reached(walk, guest, unsafe) == CHECKS


def _reached(walk: Walk, guest: Guest, operations: list[Operation]) -> set[str]:
    """The operations that a guest is let in to, whatever comes of it there."""
    return {
        one.name for one in operations if walk.ask(guest, one, **walk.valid(one)).status_code not in (401, 403, 404)
    }


def test_lists_show_somebody_without_a_role_no_programme(walk: Walk) -> None:
    assert "desk" in walk.mona.ask("GET", "programmes").text
    assert "desk" not in walk.stranger.ask("GET", "programmes").text
    assert walk.stranger.ask("GET", "people").status_code == 403


def test_garbage_in_a_body_is_refused_in_the_one_shape(walk: Walk) -> None:
    for one in walk.operations:
        if one.body is None or one.name == "set_up":
            continue
        for garbage in GARBAGE:
            answer = walk.ask(walk.mona, one, **garbage)
            if one.name in MAY_BE_EMPTY and garbage["content"] in (b"", b"null"):
                continue  # its body may be left out
            if one.name == "claim_work" and answer.status_code == 403:
                assert not _wrong_shape(answer)
                continue
            assert 400 <= answer.status_code < 500, (one.name, garbage, answer.status_code, answer.text)
            assert not _wrong_shape(answer), (one.name, garbage, answer.text)


def _some(values: tuple[str, ...], met: Counter[str], parameter: str) -> tuple[str, ...]:
    """All of them at the first place that takes a parameter, two in turn at each other: they are read by one door."""
    met[parameter] += 1
    if met[parameter] == 1 or os.environ.get("GOLDLOOP_FULL") == "1":
        return values
    return tuple(values[(2 * met[parameter] + n) % len(values)] for n in range(2))


def test_a_strange_id_is_refused_in_the_one_shape(walk: Walk) -> None:
    met = Counter[str]()
    for one in walk.operations:
        for parameter in walk.ids:
            if f"{{{parameter}}}" not in one.path:
                continue
            for strange in _some(STRANGE, met, parameter):
                answer = walk.ask(walk.mona, one, {**walk.ids, parameter: strange}, **walk.valid(one))
                assert 400 <= answer.status_code < 500, (one.name, parameter, strange[:50], answer.text)
                assert not _wrong_shape(answer), (one.name, strange[:50], answer.text)


def test_strange_questions_are_refused_in_the_one_shape(walk: Walk) -> None:
    values, met = ("-1", "x", "9" * 40, "%ED%A0%80", "%00", "%F0%9F%98%80" * 300), Counter[str]()
    for one in walk.operations:
        for parameter in (p["name"] for p in one.described.get("parameters", []) if p["in"] == "query"):
            for strange in _some(values, met, parameter):
                path = one.path.format(**walk.ids).removeprefix("/api/")
                if one.name in ("upload", "upload_project", "route_items", "run_model", "train_model"):
                    continue
                answer = walk.mona.ask(one.method.upper(), f"{path}?{parameter}={strange}", **walk.valid(one))
                assert answer.status_code < 500, (one.name, parameter, strange[:50], answer.text)
                if answer.status_code >= 400:
                    assert not _wrong_shape(answer), (one.name, answer.text)


def test_an_address_that_is_not_there_says_so_in_the_one_shape(walk: Walk) -> None:
    for method, path in (("GET", "nowhere"), ("DELETE", "state"), ("POST", "items/x/y/z")):
        answer = walk.mona.ask(method, path)
        assert answer.status_code in (404, 405)
        assert not _wrong_shape(answer)


def test_every_list_can_be_had_as_a_table(walk: Walk) -> None:
    lists = 0
    for one in walk.operations:
        if one.method != "get":
            continue
        answer = walk.ask(walk.mona, one)
        rows = answer.json().get("rows") if answer.headers["content-type"] == "application/json" else None
        if answer.status_code != 200 or not isinstance(rows, list) or one.name in PEOPLES_OWN:
            continue
        lists += 1
        assert "format" in {p["name"] for p in one.described.get("parameters", ())}, one.path
        path = one.path.format(**walk.ids).removeprefix("/api/")
        table = walk.mona.ask("GET", path, params={"format": "csv", "programme_id": walk.ids["programme_id"]})
        assert table.headers["content-type"].startswith("text/csv"), one.path
        assert table.headers["content-disposition"].endswith('.csv"'), one.path
        assert len(list(csv.reader(io.StringIO(table.text, newline="")))) == len(rows) + 1, one.path
    assert lists > 9
