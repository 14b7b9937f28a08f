"""Protection: erasing and its certificates, tokens of personal data, data-handling terms."""

from collections.abc import Iterator
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class Token(Row):
    """A token that stands in an item for personal data; `kept` is false once what it stood for was erased."""

    token: str
    kind: str
    kept: bool
    may_open: bool


class Opened(Row):
    """What a token stands for."""

    token: str
    kind: str
    value: str


class Opening(Row):
    """Somebody opened a token."""

    item_id: str
    external_id: str
    who: str
    token: str
    because: str
    opened_at: int


class Erasure(Row):
    """An item that was erased; `ledger` is where that stands, for one item alone."""

    item_id: str
    external_id: str
    erased_at: int
    because: str
    by: str | None
    commitment: str
    ledger: dict[str, Any] | None = None


class Terms(Row):
    """The data-handling terms of a programme, and when one accepted them; `version` is None where it has none."""

    programme_id: str
    programme: str
    version: int | None
    text: str
    accepted_at: int | None


class Acceptance(Row):
    """The newest version of the terms that a person accepted."""

    actor_id: str
    who: str
    version: int
    accepted_at: int


class ContentRow(Row):
    """A kind of harmful content, whether one agreed to see it, and how many of it one was handed in 24 hours."""

    programme_id: str
    programme: str
    content: str
    title: str
    agreed: bool
    handed: int
    daily: int


class Refused(Row):
    """What one is handed no more of, and the works that went back."""

    content: tuple[str, ...]
    work_ids: tuple[str, ...]


class Stuck(Row):
    """Work that waits for nobody, and what nobody has."""

    queue: str
    tier: int
    works: int
    because: str


class Outlet(Row):
    """One thing that may reach a network."""

    what: str
    where: str
    outside: bool


class Peer(Row):
    """A connection that the server opened."""

    address: str
    port: int
    process: int
    outside: bool


class AirGap(Row):
    """`closed`: nothing reaches outside; None where the server cannot see its own connections."""

    closed: bool | None
    outlets: tuple[Outlet, ...] = ()
    connections: tuple[Peer, ...] = ()


class Protection:
    """`client.protection`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def erase(self, item: str, because: str, *, releases: bool = False, derived: bool | None = None) -> Job:
        """Forget an item for good, as a job; `releases`: with the folders of releases that hold it.

        `derived` says what becomes of items that were made from it: True erases them like it, False keeps them, in no
        new release. Raises Conflict naming these items, these releases and who received them, where that was not said.
        """
        asked = {"because": because, "releases": releases, "derived": derived}
        return self._wire.one(Job, "POST", address("items", item, "erase"), json=asked)

    def erasure(self, item: str) -> Erasure:
        """The certificate of an item's deletion. Raises NotFound for one that is there."""
        return self._wire.one(Erasure, "GET", address("items", item, "erasure"))

    def erasures(self, programme: str) -> Iterator[Erasure]:
        """What was erased of a programme, page by page."""
        return self._wire.rows(Erasure, address("programmes", programme, "erasures"))

    def tokens(self, item: str) -> list[Token]:
        """The tokens of an item."""
        return list(self._wire.rows(Token, address("items", item, "tokens")))

    def open(self, item: str, token: str, because: str) -> Opened:
        """Open a token of an item, with a reason that stands in the ledger. Raises Forbidden."""
        asked = {"token": token, "because": because}
        return self._wire.one(Opened, "POST", address("items", item, "tokens", "open"), json=asked)

    def openings(self, programme: str) -> Iterator[Opening]:
        """Who opened which token and why, newest first."""
        return self._wire.rows(Opening, address("programmes", programme, "openings"))

    def mine(self) -> list[Terms]:
        """The terms of every programme that one works in."""
        return list(self._wire.rows(Terms, "work/terms"))

    def terms(self, programme: str) -> Terms:
        """The terms of a programme."""
        return self._wire.one(Terms, "GET", address("programmes", programme, "terms"))

    def accept(self, programme: str, version: int) -> Terms:
        """Accept the terms in force. Raises Conflict where they are another version."""
        return self._wire.one(Terms, "POST", address("programmes", programme, "terms"), json={"version": version})

    def acceptances(self, programme: str) -> list[Acceptance]:
        """Who accepted which version."""
        return list(self._wire.rows(Acceptance, address("programmes", programme, "acceptances")))

    def stuck(self, programme: str) -> list[Stuck]:
        """Work that nobody on the roster may do."""
        return list(self._wire.rows(Stuck, address("programmes", programme, "stuck")))

    def air_gap(self) -> AirGap:
        """What is set to reach a network, and what is connected now; for owners."""
        return self._wire.one(AirGap, "GET", "air-gap")

    def content(self) -> list[ContentRow]:
        """The kinds of harmful content in the programmes that one works in."""
        return list(self._wire.rows(ContentRow, "work/content"))

    def agree(self, programme: str, content: str, *, agree: bool = True) -> None:
        """Agree to see a kind of content, or no longer."""
        self._wire.ask("PUT", "work/content", json={"programme_id": programme, "content": content, "agree": agree})

    def refuse(self, work_id: str) -> Refused:
        """Give a work back because of the kind of content it holds. Raises Conflict where it is marked with none."""
        return self._wire.one(Refused, "POST", address("work", work_id, "refuse"))
