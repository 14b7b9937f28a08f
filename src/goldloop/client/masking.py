"""Audits of masking: what detectors left, kind by kind, as people with clearance read it."""

from collections.abc import Iterator

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class Share(Row):
    """A share with its denominator and interval: `items` of `n`, drawn of `eligible`."""

    value: float | None
    low: float | None
    high: float | None
    level: float | None
    n: int
    eligible: int
    items: int | None
    method: str | None
    because: str | None


class KindShare(Share):
    """How often a kind was missed, of the items that hold it."""

    kind: str


class MaskingAudit(Row):
    """One audit: what was drawn and read, and how it stands to the line. `healthy` None: neither proved nor broken."""

    batch_id: str
    batch: str
    drawn_at: int
    seed: str
    drawn: int
    of: int
    left_out: int
    read: int
    measured_at: int | None
    at_most: float | None
    healthy: bool | None
    because: str
    left: Share
    kinds: tuple[KindShare, ...]


class Masking:
    """`client.masking`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def audits(self, programme: str) -> Iterator[MaskingAudit]:
        """The audits of a programme's masking, newest first."""
        return self._wire.rows(MaskingAudit, address("programmes", programme, "masking"))

    def audit(self, programme: str) -> Job:
        """Conclude the audit that was read, or draw one now, as a job. Raises NotFound where the file declares none."""
        return self._wire.one(Job, "POST", address("programmes", programme, "masking", "run"))
