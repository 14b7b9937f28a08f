"""The way into an application in this process."""

import hashlib
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from goldloop.client.bridge import AHEAD, Bridge


async def _digest(request: Request) -> JSONResponse:
    digest, chunks = hashlib.sha256(), 0
    async for chunk in request.stream():
        digest.update(chunk)
        chunks += bool(chunk)
    return JSONResponse({"sha256": digest.hexdigest(), "chunks": chunks})


def _echo(request: Request) -> Response:
    return Response(request.query_params["say"], headers={"x-method": request.method})


def _many(_request: Request) -> StreamingResponse:
    async def chunks() -> AsyncIterator[bytes]:
        for number in range(AHEAD * 20):
            yield f"{number:07}\n".encode()

    return StreamingResponse(chunks())


async def _breaks(*_: object) -> None:
    raise LookupError("nothing here")


APP = Starlette(
    routes=[
        Route("/digest", _digest, methods=["POST"]),
        Route("/echo", _echo, methods=["GET", "DELETE"]),
        Route("/many", _many),
    ]
)


@pytest.fixture
def http():
    with httpx2.Client(transport=Bridge(APP), base_url="http://127.0.0.1") as client:
        yield client


def test_a_request_comes_back_as_the_application_answered_it(http):
    answer = http.get("/echo", params={"say": "grüße & co"})
    assert (answer.status_code, answer.text, answer.headers["x-method"]) == (200, "grüße & co", "GET")
    assert http.delete("/echo", params={"say": ""}).headers["x-method"] == "DELETE"


def test_an_upload_is_streamed_chunk_by_chunk_and_arrives_whole(http, tmp_path: Path):
    data = os.urandom(1 << 20)
    pieces = [data[at : at + 65_536] for at in range(0, len(data), 65_536)]
    found = http.post("/digest", content=iter(pieces)).json()
    assert found == {"sha256": hashlib.sha256(data).hexdigest(), "chunks": len(pieces)}


def test_a_long_answer_waits_for_a_slow_reader_and_arrives_in_order(http):
    with http.stream("GET", "/many") as answer:
        lines = list(answer.iter_lines())
    assert lines == [f"{number:07}" for number in range(AHEAD * 20)]


def test_an_answer_that_nobody_reads_to_the_end_does_not_hold_up_the_next(http):
    for _ in range(3):
        with http.stream("GET", "/many") as answer:
            assert next(answer.iter_bytes(8))
    assert http.get("/echo", params={"say": "on"}).text == "on"


def test_what_the_application_raises_before_it_answers_is_raised_here():
    with httpx2.Client(transport=Bridge(_breaks)) as client, pytest.raises(LookupError, match="nothing here"):
        client.get("http://127.0.0.1/")


def test_many_threads_may_ask_at_once(http):
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda n: http.get("/echo", params={"say": str(n)}).text, range(64)))
    assert said == [str(n) for n in range(64)]
