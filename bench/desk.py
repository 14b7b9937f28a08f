"""One annotator's browser: a session, one kept-alive connection, claim and submit. Light: it measures others."""

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bench.texts import LABELS

TIMEOUT_S = 30
Work = dict[str, Any]


class GoneError(Exception):
    """The server did not answer: it is down, or went down while it was answering."""


class RefusedError(Exception):
    """The server answered with an error."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status} {text[:300]}")
        self.status = status


class Desk:
    """Not to be shared between threads."""

    def __init__(self, port: int, programme: str) -> None:
        self._programme = programme
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        self._headers = {"content-type": "application/json"}

    def take_up(self, secret: str, password: str) -> None:
        """Set the password that an invitation is for; the session that begins is carried from here on."""
        me, headers = self._ask("POST", f"/api/invitations/{secret}", {"password": password})
        self._headers |= {"cookie": headers["set-cookie"].partition(";")[0], "x-csrf-token": me["csrf"]}

    def claim(self, count: int = 1) -> list[Work]:
        """See to it that one holds `count` works; those it holds."""
        asked = {"programme_id": self._programme, "count": count}
        works: list[Work] = self._ask("POST", "/api/work/claim", asked)[0]["works"]
        return works

    def submit(self, work: Work, key: UUID) -> dict[str, Any]:
        """Answer a work: accept what is suggested, else the label that its text leads to."""
        said: dict[str, Any] = {"key": str(key), "active_ms": 2000, "wall_ms": 2500, "first_ms": 900}
        said |= {"stance": "accept"} if work["suggestion"] else {"stance": "answer", "answer": answer(work)}
        done: dict[str, Any] = self._ask("POST", f"/api/work/{work['work_id']}/submit", said)[0]
        return done

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
        try:
            self._connection.request(method, path, json.dumps(body).encode(), self._headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise GoneError(repr(error)) from error
        if response.status >= 400:
            raise RefusedError(response.status, text.decode(errors="replace"))
        return json.loads(text), {name.lower(): value for name, value in response.getheaders()}


def answer(work: Work) -> dict[str, list[str]]:
    """What is said of an item: the same for the same text."""
    return {"labels": [LABELS[len(work["body"]["text"]) % len(LABELS)]]}


def timed(desk: Desk, key: UUID) -> tuple[Work | None, float, float, dict[str, Any]]:
    """One cycle: the work (None where there is none), seconds to get it, seconds to submit it, what became of it."""
    began = time.perf_counter()
    works = desk.claim()
    got = time.perf_counter()
    if not works:
        return None, got - began, 0.0, {}
    done = desk.submit(works[0], key)
    return works[0], got - began, time.perf_counter() - got, done
