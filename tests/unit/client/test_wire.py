"""Requests and answers: repeats, pages, files."""

import socket
from collections import Counter
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from goldloop.client import Client
from goldloop.client.wire import Row, Wire, address
from goldloop.core.errors import Invalid, NotFound, Unavailable


class Number(Row):
    """A row of the lists below."""

    n: int


@pytest.fixture
def asked() -> Counter[str]:
    return Counter()


@pytest.fixture
def wire(asked: Counter[str]):
    def flaky(request: Request) -> Response:
        asked[request.method] += 1
        if asked[request.method] < 3:
            return JSONResponse({"code": "unavailable", "message": "in a moment"}, 503)
        return JSONResponse({"n": asked[request.method]})

    def pages(request: Request) -> Response:
        start = int(request.query_params.get("after", "0"))
        rows = [{"n": n, "later": "kept"} for n in range(start, min(start + 4, 10))]
        return JSONResponse({"rows": rows, "next": str(start + 4) if start + 4 < 10 else None})

    async def upload(request: Request) -> Response:
        size = len(await request.body())
        return JSONResponse({"size": size, "said": request.headers["content-length"], **request.query_params})

    def zipped(_request: Request) -> Response:
        return Response(b"z" * 700_000)

    def broken(_request: Request) -> Response:
        return JSONResponse({"code": "not_found", "message": "there is no release"}, 404)

    app = Starlette(
        routes=[
            Route("/api/flaky", flaky, methods=["GET", "POST"]),
            Route("/api/pages", pages),
            Route("/api/upload", upload, methods=["POST"]),
            Route("/api/zipped", zipped),
            Route("/api/broken", broken),
        ]
    )
    one = Wire(app)
    yield one
    one.close()


def test_reading_is_repeated_until_a_passing_trouble_has_passed(wire: Wire, asked: Counter[str]):
    assert wire.one(Number, "GET", "flaky").n == 3
    assert asked["GET"] == 3


def test_what_might_be_done_twice_is_not_repeated(wire: Wire, asked: Counter[str]):
    with pytest.raises(Unavailable, match="in a moment"):
        wire.ask("POST", "flaky", json={})
    assert asked["POST"] == 1


def test_what_a_key_makes_idempotent_is_repeated(wire: Wire, asked: Counter[str]):
    assert wire.ask("POST", "flaky", json={}, again=True) == {"n": 3}


def test_a_list_is_read_page_after_page_and_keeps_what_a_newer_server_adds(wire: Wire):
    rows = list(wire.rows(Number, "pages"))
    assert [row.n for row in rows] == list(range(10))
    assert rows[0].model_dump() == {"n": 0, "later": "kept"}


def test_a_file_is_sent_with_its_size_and_told_as_it_goes(wire: Wire, tmp_path: Path):
    file, told = tmp_path / "data.jsonl", []
    file.write_bytes(b"x" * 600_000)
    answer = wire.upload("upload", file, params={"name": "data.jsonl"}, report=lambda *sent: told.append(sent))
    assert answer == {"size": 600_000, "said": "600000", "name": "data.jsonl"}
    assert told[-1] == (600_000, 600_000)
    assert [sent for sent, _ in told] == sorted(sent for sent, _ in told)


def test_a_download_appears_when_it_is_whole(wire: Wire, tmp_path: Path):
    wire.download("zipped", tmp_path / "release.zip")
    assert (tmp_path / "release.zip").stat().st_size == 700_000
    assert [path.name for path in tmp_path.iterdir()] == ["release.zip"]


def test_a_download_that_is_refused_leaves_nothing(wire: Wire, tmp_path: Path):
    with pytest.raises(NotFound, match="there is no release"):
        wire.download("broken", tmp_path / "release.zip")
    assert list(tmp_path.iterdir()) == []


def test_nobody_at_the_address_is_unavailable_and_names_it():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    wire = Wire(url, timeout=5)
    with pytest.raises(Unavailable, match="does not answer") as caught:
        wire.ask("GET", "state")
    assert caught.value.expected == f"a server at {url}"
    wire.close()


def test_names_in_an_address_cannot_leave_their_place():
    assert address("programmes", "../tokens?x=1#y") == "programmes/..%2Ftokens%3Fx%3D1%23y"


def test_a_client_without_an_address_says_so():
    with pytest.raises(Invalid, match="where to"):
        Client()
