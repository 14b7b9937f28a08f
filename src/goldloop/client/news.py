"""News: what happened that one should know of, and the webhooks that are told."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class NewsRow(Row):
    """One thing that happened: `about` is the id of what it happened to."""

    id: str
    kind: str
    programme: str | None = None
    about: str | None = None
    name: str | None = None
    by: str | None = None
    data: dict[str, Any] = {}
    at: int
    seen: bool = False


class Waits(Row):
    """What waits for one's word: a proposal on which one is consulted, or a batch to sign off."""

    kind: Literal["proposal", "sign_off"]
    programme: str
    id: str
    name: str
    because: str
    since: int


class Webhook(Row):
    """A place that is told of a programme's news; `secret` is there when it is declared, and never again."""

    id: str
    url: str
    kinds: tuple[str, ...]
    secret: str | None = None


class News:
    """`client.news`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self) -> Iterator[NewsRow]:
        """Everything one is told of, newest first, page by page."""
        return self._wire.rows(NewsRow, "news", params={"limit": 100})

    def waiting(self) -> list[Waits]:
        """What waits for one's word in all programmes, what waits longest first."""
        return list(self._wire.rows(Waits, address("me", "waiting")))

    def see(self, up_to: str) -> None:
        """Say that one has looked at everything up to a piece of news."""
        self._wire.ask("PUT", "news/seen", json={"up_to": up_to})

    def webhooks(self, programme: str) -> list[Webhook]:
        """Where a programme's news is sent."""
        return list(self._wire.rows(Webhook, address("programmes", programme, "webhooks")))

    def declare(self, programme: str, url: str, kinds: Sequence[str]) -> Webhook:
        """Send a programme's news of these kinds to a URL; the answer holds the secret that signs it."""
        asked = {"url": url, "kinds": list(kinds)}
        return self._wire.one(Webhook, "POST", address("programmes", programme, "webhooks"), json=asked)

    def test(self, programme: str, webhook: str) -> Job:
        """Send a webhook one delivery now, signed as every other; the job says what came of it. Raises NotFound."""
        return self._wire.one(Job, "POST", address("programmes", programme, "webhooks", webhook, "test"))

    def withdraw(self, programme: str, webhook: str) -> None:
        """Send nothing there any more. Raises NotFound."""
        self._wire.ask("DELETE", address("programmes", programme, "webhooks", webhook))
