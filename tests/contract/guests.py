"""A server in this process and the people who come to it, each with a browser's session."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI

from goldloop.client.bridge import Bridge
from goldloop.store import accounts
from goldloop.store.open import Store

HERE = "http://127.0.0.1"
PASSWORD = "a password that is long enough"


@dataclass(frozen=True)
class Guest:
    """One person at one browser."""

    http: httpx2.Client

    def ask(self, method: str, path: str, **parts: Any) -> httpx2.Response:
        """One request below /api/."""
        return self.http.request(method, f"/api/{path}", **parts)

    def enter(self, path: str, **body: Any) -> dict[str, Any]:
        """A request that begins a session, and carry what its unsafe requests need."""
        answer = self.ask("POST", path, json=body)
        assert answer.status_code == 200, answer.text
        me: dict[str, Any] = answer.json()
        self.http.headers["x-csrf-token"] = me["csrf"]
        return me

    def sign_in(self, name: str, password: str = PASSWORD) -> dict[str, Any]:
        """Sign in as somebody."""
        return self.enter("session", name=name, password=password)


@dataclass(frozen=True)
class House:
    """An application and its way in."""

    app: FastAPI
    store: Store
    bridge: Bridge

    def guest(self, **headers: str) -> Guest:
        """Somebody who is not signed in."""
        return Guest(httpx2.Client(transport=self.bridge, base_url=HERE, headers=headers))

    def set_up(self) -> Guest:
        """The owner, mona of Acme, signed in."""
        with self.store.write() as connection:
            token = accounts.setup_secret(connection)
        mona = self.guest()
        mona.enter("setup", token=token, name="mona", password=PASSWORD, organisation="Acme", display_name="Mona")
        return mona

    def invite(self, by: Guest, name: str, /, *, organisation: str = "Acme", **brings: Any) -> Guest:
        """A new person who has taken up their invitation; `brings` as in POST /people."""
        body = {"name": name, "display_name": name.title(), "organisation": organisation, **brings}
        answer = by.ask("POST", "people", json=body)
        assert answer.status_code == 201, answer.text
        guest = self.guest()
        guest.enter(f"invitations/{answer.json()['invitation'].rpartition('/')[2]}", password=PASSWORD)
        return guest


@contextmanager
def open_house(app: FastAPI, store: Store) -> Iterator[House]:
    """An application that takes requests while the context is open."""
    bridge = Bridge(app)
    try:
        yield House(app, store, bridge)
    finally:
        bridge.close()
