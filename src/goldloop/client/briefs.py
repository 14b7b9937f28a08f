"""Briefs: findings that somebody repairs, until their number is healthy on newer data."""

from collections.abc import Sequence
from typing import Any, Literal

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Way, Wire, address, ordered
from goldloop.core.nouns import Evidence, Waiver

State = Literal["open", "in_work", "waiting", "closed", "waived"]


class BriefRow(Row):
    """How a brief stands."""

    id: str
    key: str
    source: str
    title: str
    state: State
    owner: str
    owner_id: str
    due_at: int
    overdue: bool
    because: str
    remedy: str | None = None
    relapses: int
    opened_at: int
    since_at: int
    batch_ids: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()


class Step(Row):
    """One line of a brief's timeline: a reading of its number, or what somebody did."""

    kind: str
    because: str
    by: str | None = None
    healthy: bool | None = None
    evidence: tuple[Evidence, ...] = ()
    batch_id: str | None = None
    verdict_id: str | None = None
    at: int


class Numbers(Row):
    """What was measured once: in words, and the evidence behind them."""

    because: str
    evidence: tuple[Evidence, ...] = ()


class Bought(Row):
    """What repairing a brief bought: the numbers that opened it beside those that closed it."""

    opened_at: int
    before: Numbers
    closed_at: int | None = None
    after: Numbers | None = None


class BriefView(BriefRow):
    """A brief with its scope, timeline, and what repairing it bought. `job` opens the work that was asked for."""

    programme: str
    scope: dict[str, Any] = {}
    item_count: int = 0
    items: tuple[dict[str, str], ...] = ()
    batches: tuple[dict[str, str], ...] = ()
    timeline: tuple[Step, ...] = ()
    bought: tuple[Bought, ...] = ()
    job: Job | None = None


class Briefs:
    """`client.briefs`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(
        self,
        programme: str,
        *,
        state: Sequence[str] = (),
        source: str | None = None,
        owner: str | None = None,
        overdue: bool = False,
        sort: str | None = None,
        order: Way | None = None,
    ) -> list[BriefRow]:
        """The briefs of a programme; `owner` is a person's id, or `me`.

        Newest first, or by opened, due, title, source, state, since, owner or relapses.
        """
        asked = {"state": list(state), "source": source, "owner": owner, "overdue": overdue or None}
        path = address("programmes", programme, "briefs")
        return list(self._wire.rows(BriefRow, path, params={**asked, **ordered(sort, order)}))

    def get(self, brief_id: str) -> BriefView:
        """Everything about a brief."""
        return self._wire.one(BriefView, "GET", address("briefs", brief_id))

    def take(self, brief_id: str, *, actor_id: str | None = None) -> BriefView:
        """Take a brief, or give it to somebody who sees the programme."""
        return self._wire.one(BriefView, "PUT", address("briefs", brief_id, "owner"), json={"actor_id": actor_id})

    def postpone(self, brief_id: str, due_at: int, because: str) -> BriefView:
        """Give a brief another day on which it is due."""
        asked = {"due_at": due_at, "because": because}
        return self._wire.one(BriefView, "PUT", address("briefs", brief_id, "due"), json=asked)

    def remedy(self, brief_id: str, remedy: str, because: str, *, work: bool = False) -> BriefView:
        """Say how a brief is repaired; `work` opens a batch in which the items it names are judged again."""
        asked = {"remedy": remedy, "because": because, "work": work}
        return self._wire.one(BriefView, "PUT", address("briefs", brief_id, "remedy"), json=asked)

    def repaired(self, brief_id: str, because: str) -> BriefView:
        """Say that a brief is repaired and waits for its number to be measured again."""
        return self._wire.one(BriefView, "POST", address("briefs", brief_id, "repaired"), json={"because": because})

    def waive(self, brief_id: str, because: str, *, until: int | None = None) -> BriefView:
        """Accept a finding by name: until a moment, or for as long as it stays unhealthy."""
        asked = {"because": because, "until": until}
        return self._wire.one(BriefView, "POST", address("briefs", brief_id, "waiver"), json=asked)
