"""Waiting for a job."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from goldloop.client import Client
from goldloop.core.errors import Conflict, NotFound, Unavailable


def _client(*states: dict) -> Client:
    """A client of a server whose job goes through these states, a look at a time."""
    looks = iter(states)
    last: dict = {}

    def job(_request: Request) -> JSONResponse:
        nonlocal last
        last = next(looks, last)
        return JSONResponse({"id": "job_1", "kind": "take_in", "created_at": 1, **last})

    return Client(app=Starlette(routes=[Route("/api/jobs/{job}", job)]))


def test_waiting_ends_with_the_job_and_shows_every_step():
    seen = []
    with _client(
        {"state": "queued"},
        {"state": "running", "done": 3, "total": 6, "unit": "items"},
        {"state": "done", "done": 6, "total": 6, "result": {"items": 6}},
    ) as client:
        done = client.jobs.wait("job_1", progress=lambda now: seen.append((now.state, now.done)))
    assert seen == [("queued", 0), ("running", 3), ("done", 6)]
    assert done.result == {"items": 6}


def test_a_job_that_failed_raises_what_it_failed_with():
    shape = {"code": "not_found", "message": "the file has gone", "found": "nothing"}
    with (
        _client({"state": "running"}, {"state": "failed", "error": shape}) as client,
        pytest.raises(NotFound, match="the file has gone"),
    ):
        client.jobs.wait("job_1")


def test_a_cancelled_job_is_a_conflict():
    with _client({"state": "cancelled"}) as client, pytest.raises(Conflict, match="cancelled"):
        client.jobs.wait("job_1")


def test_waiting_no_longer_than_asked_says_how_far_it_was():
    state = {"state": "running", "done": 2, "total": 9, "unit": "items"}
    with _client(state) as client, pytest.raises(Unavailable, match="not done yet") as caught:
        client.jobs.wait("job_1", timeout=0.05)
    assert caught.value.found == "running, 2 of 9 items"
