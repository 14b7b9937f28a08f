"""One annotator's browser: a session, one kept-alive connection, claim and submit. Light: it measures others."""

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bench.texts import LABELS

TIMEOUT_S = 30
IDLE_S = 3  # after which the server may be closing the connection, so that a browser too would open another
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
        self._used_at = 0.0

    def take_up(self, secret: str, password: str) -> None:
        """Set the password that an invitation is for; the session that begins is carried from here on."""
        me, headers = self._ask("POST", f"/api/invitations/{secret}", {"password": password})
        cookies = [one.partition(";")[0] for one in headers.get_all("set-cookie", [])]
        self._headers |= {"cookie": "; ".join(cookies), "x-csrf-token": me["csrf"]}

    def claim(self, count: int = 1) -> list[Work]:
        """See to it that one holds `count` works; those it holds."""
        asked = {"programme_id": self._programme, "count": count}
        works: list[Work] = self._ask("POST", "/api/work/claim", asked)[0]["works"]
        return works

    def submit(self, work: Work, key: UUID, label: str | None = None) -> dict[str, Any]:
        """Answer a work with a label; without one accept what is suggested, else the label that its text leads to."""
        said: dict[str, Any] = {"key": str(key), "active_ms": 2000, "wall_ms": 2500, "first_ms": 900}
        if label is None and work["suggestion"]:
            said |= {"stance": "accept"}
        else:
            said |= {"stance": "answer", "answer": {"labels": [label]} if label else answer(work)}
        done: dict[str, Any] = self._ask("POST", f"/api/work/{work['work_id']}/submit", said)[0]
        return done

    def agree(self, content: str) -> None:
        """Agree to see a kind of harmful content."""
        self._ask("PUT", "/api/work/content", {"programme_id": self._programme, "content": content, "agree": True})

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: Mapping[str, Any]) -> tuple[Any, http.client.HTTPMessage]:
        if time.monotonic() - self._used_at > IDLE_S:
            self._connection.close()
        try:
            self._connection.request(method, path, json.dumps(body).encode(), self._headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise GoneError(repr(error)) from error
        self._used_at = time.monotonic()
        if response.status >= 400:
            raise RefusedError(response.status, text.decode(errors="replace"))
        return json.loads(text), response.headers


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
