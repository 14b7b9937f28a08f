"""Audits of releases: delivered labels judged again at random, on a cadence."""

from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address
from goldloop.core.nouns import Verdict


class ReceivedBy(Row):
    """Somebody who received a release."""

    who: str
    times: int
    at: int


class AffectedRelease(Row):
    """A release that holds labels of a batch in which an audit found too many wrong."""

    id: str
    name: str
    number: int
    received_by: tuple[ReceivedBy, ...] = ()


class AuditRun(Row):
    """One audit of a release: how much was judged, the verdict, and what it affects."""

    batch_id: str
    batch: str
    release_id: str
    release: str
    labels: int
    opened: int
    judged: int
    wrong: int
    nobody_left: int = 0
    verdict: Verdict | None = None
    affected_batches: tuple[dict[str, str], ...] = ()
    affected_releases: tuple[AffectedRelease, ...] = ()
    started_at: int


class AuditRow(Row):
    """A declared audit with its runs, newest first."""

    name: str
    release: str
    owner: str
    every_days: float
    plan: dict[str, Any]
    tier: int
    due_at: int | None = None
    runs: tuple[AuditRun, ...] = ()


class Audits:
    """`client.audits`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str) -> list[AuditRow]:
        """The audits that a programme declares, each with its runs and what they affect."""
        return list(self._wire.rows(AuditRow, address("programmes", programme, "audits")))

    def run(self, programme: str, audit: str) -> Job:
        """Go on with the audit that is open, or begin one now, as a job."""
        return self._wire.one(Job, "POST", address("programmes", programme, "audits", audit, "run"))
