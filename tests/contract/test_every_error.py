"""Every failure has one shape, names its request, and says nothing of what is inside."""

import json
import logging
from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI
from tests.contract.guests import PASSWORD, Guest, House, open_house

from goldloop.app import create_app
from goldloop.core.errors import Conflict, Forbidden, GoldloopError, Invalid, NotFound, Unavailable
from goldloop.http.asking import Ask
from goldloop.http.guard import BODY_LIMIT
from goldloop.store.open import Store

SHAPE = {"code", "message", "field", "expected", "found", "details", "request_id"}
FIVE: dict[str, tuple[type[GoldloopError], int]] = {
    "invalid": (Invalid, 422),
    "forbidden": (Forbidden, 403),
    "not_found": (NotFound, 404),
    "conflict": (Conflict, 409),
    "unavailable": (Unavailable, 503),
}
SECRET = "only-the-log-knows"


@pytest.fixture
def house(store: Store) -> Iterator[House]:
    app = create_app(store)
    _add_broken_routes(app)
    with open_house(app, store) as opened:
        yield opened


@pytest.fixture
def mona(house: House) -> Guest:
    return house.set_up()


def _add_broken_routes(app: FastAPI) -> None:
    @app.get("/api/raise/{code}")
    def raise_(ask: Ask, code: str) -> None:
        ask.caller()
        raise FIVE[code][0]("so it is", field="where", expected="one thing", found="another", line=3)

    @app.get("/api/break/{secret}")
    def break_(ask: Ask, secret: str) -> None:
        ask.caller()
        raise RuntimeError(f"internal: {SECRET}")


def shown(answer: httpx2.Response, status: int, code: str) -> dict:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    body: dict = answer.json()
    assert set(body) <= SHAPE
    assert body["message"]
    assert body["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    return body


@pytest.mark.parametrize("code", FIVE)
def test_our_five_errors_keep_what_was_expected_and_found(house: House, mona: Guest, code: str) -> None:
    body = shown(mona.ask("GET", f"raise/{code}"), FIVE[code][1], code)
    assert body["message"] == "so it is"
    assert (body["field"], body["expected"], body["found"]) == ("where", "one thing", "another")
    assert body["details"] == {"line": 3}


def test_who_is_not_signed_in_is_told_so(house: House) -> None:
    shown(house.guest().ask("GET", "me"), 401, "unauthenticated")
    shown(house.guest(cookie="goldloop_session=guess").ask("GET", "me"), 401, "unauthenticated")
    shown(house.guest(authorization="Bearer glt_guess").ask("GET", "me"), 401, "unauthenticated")
    shown(house.guest(authorization="Bearer").ask("GET", "me"), 401, "unauthenticated")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_address_that_is_none_is_not_found_by_any_method(house: House, mona: Guest, method: str) -> None:
    shown(mona.ask(method, "nowhere"), 404, "not_found")


def test_a_wrong_method_names_the_right_one(house: House, mona: Guest) -> None:
    answer = mona.ask("PUT", "me")
    shown(answer, 405, "not_allowed")
    assert answer.headers["allow"] == "GET"


def test_a_request_that_does_not_fit_names_its_field(house: House, mona: Guest) -> None:
    body = shown(mona.ask("POST", "organisations", json={"name": "X", "kind": "club"}), 422, "invalid")
    assert body["field"] == "kind"
    assert body["found"] == "'club'"
    assert "enterprise" in body["expected"]
    unknown = shown(mona.ask("POST", "organisations", json={"name": "X", "kind": "client", "n": 1}), 422, "invalid")
    assert unknown["field"] == "n"
    assert shown(mona.ask("GET", "people", params={"format": "pdf"}), 422, "invalid")["field"] == "query.format"


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"", b"9" * 5000])
def test_a_body_that_is_no_object_is_refused(house: House, mona: Guest, content: bytes) -> None:
    answer = mona.ask("POST", "organisations", content=content, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    shown(answer, answer.status_code, "invalid")


def test_a_refused_password_is_not_said_back(house: House) -> None:
    for body in ({"password": PASSWORD}, {"name": "mona", "password": PASSWORD * 100}, {"token": PASSWORD}):
        answer = house.guest().ask("POST", "session", json=body)
        shown(answer, 422, "invalid")
        assert PASSWORD not in answer.text


def test_a_body_that_is_too_large_is_refused_before_it_is_read(house: House, mona: Guest) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(3 * BODY_LIMIT >> 16):
            sent += 1 << 16
            yield b" " * (1 << 16)

    headers = {"content-type": "application/json"}
    declared = {**headers, "content-length": str(BODY_LIMIT + 1)}
    shown(mona.ask("POST", "organisations", content=pieces(), headers=declared), 413, "too_large")
    assert sent == 0
    shown(mona.ask("POST", "organisations", content=pieces(), headers=headers), 413, "too_large")
    assert sent <= BODY_LIMIT + (1 << 21)


@pytest.mark.parametrize("path", ["invitations/uploads", "invitations/findings", "nowhere/uploads", "session"])
def test_only_where_files_go_more_than_a_page_is_taken(house: House, path: str) -> None:
    headers = {"content-type": "application/json", "content-length": str(BODY_LIMIT + 1)}
    shown(house.guest().ask("POST", path, content=iter([b" "]), headers=headers), 413, "too_large")


@pytest.mark.parametrize(
    "path",
    ["programmes/any/findings?name=a&floor=0.5", "programmes/any/uploads", "projects/uploads", "archives/uploads"],
)
def test_nothing_is_read_of_a_file_before_it_is_known_who_sends_it(house: House, path: str) -> None:
    read = 0

    def pieces() -> Iterator[bytes]:
        nonlocal read
        for _ in range(64):
            read += 1 << 20
            yield b" " * (1 << 20)

    forged = house.guest(authorization="Bearer glt_nobody")
    shown(forged.ask("POST", path, params={"name": "a", "floor": 0.5}, content=pieces()), 401, "unauthenticated")
    assert read <= 1 << 21


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("organisations", {"name": "\ud800", "kind": "provider"}, 422),
        ("tokens", {"name": "\ud800"}, 422),
        ("projects", {"survey": "\ud800"}, 404),
    ],
)
def test_half_a_character_is_refused_wherever_it_stands(
    house: House, mona: Guest, path: str, body: dict[str, str], status: int
) -> None:
    headers = {"content-type": "application/json"}
    answer = mona.ask("POST", path, content=json.dumps(body).encode(), headers=headers)
    shown(answer, status, "invalid" if status == 422 else "not_found")
    assert [row["name"] for row in mona.ask("GET", "organisations").json()["rows"]] == ["Acme"]


def test_an_unexpected_failure_tells_the_log_and_nobody_else(
    house: House, mona: Guest, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "goldloop.http"):
        answer = mona.ask("GET", "break/a-link-that-opens-an-account")
    body = shown(answer, 500, "internal")
    assert set(body) == {"code", "message", "request_id"}
    assert "RuntimeError" not in answer.text
    assert SECRET not in answer.text
    (record,) = caplog.records
    assert body["request_id"] in record.getMessage()
    assert "/break/{secret}" in record.getMessage()
    assert "a-link-that-opens-an-account" not in caplog.text


def test_a_wrong_host_name_is_not_answered(house: House) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8800", ""):
        shown(house.guest(host=host).ask("GET", "state"), 421, "wrong_host")
    for host in ("localhost", "127.0.0.1:8800", "[::1]:8800", "LOCALHOST"):
        assert house.guest(host=host).ask("GET", "state").status_code == 200


def test_an_address_with_nul_is_refused_on_both_databases(house: House, mona: Guest) -> None:
    shown(mona.http.get("/api/invitations/a%00b"), 400, "invalid")
    shown(mona.http.get("/api/jobs?programme_id=a%00b"), 400, "invalid")


def test_every_answer_carries_the_headers_that_keep_a_browser_safe(house: House, mona: Guest) -> None:
    for answer in (mona.ask("GET", "me"), mona.ask("GET", "nowhere"), mona.http.get("/"), mona.ask("PUT", "me")):
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in answer.headers


def test_the_description_gives_every_route_the_error_shape_and_every_body_an_example(house: House, mona: Guest) -> None:
    spec = mona.http.get("/api/openapi.json").json()
    problem = {"$ref": "#/components/schemas/Problem"}
    operations = {one["operationId"]: one for path in spec["paths"].values() for one in path.values()}
    assert len(operations) == sum(len(path) for path in spec["paths"].values())
    ours = ("sign_in", "set_up", "take_up_invitation", "change_password", "add_person", "change_person", "add_token")
    for name, operation in operations.items():
        if name not in ("raise_", "break_"):
            assert operation["responses"]["default"]["content"]["application/json"]["schema"] == problem, name
    for name in ours:
        (content,) = operations[name]["requestBody"]["content"].values()
        body = spec["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
        assert json.dumps(body["examples"][0])
