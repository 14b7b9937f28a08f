"""Deliveries: labels that a provider handed in as a file, gated like our own batches."""

from pathlib import Path
from typing import Any

from goldloop.client.batches import ConfusionRow, PartRow
from goldloop.client.jobs import Job
from goldloop.client.wire import Report, Row, Wire, address
from goldloop.core.errors import NotFound
from goldloop.core.nouns import Spec, Verdict


class DeliveryRow(Row):
    """A delivery with the state of its gate; `replaces` and `replaced_by` lead along its redeliveries."""

    batch_id: str
    name: str
    provider: str
    file: str
    import_id: str
    items: int
    rejects: int
    state: str
    replaces: str | None = None
    replaced_by: str | None = None
    received_at: int


class WrongLabel(Row):
    """A delivered label that the audit found wrong."""

    external_id: str
    delivered: Any
    ours: Any


class Compared(Row):
    """What a redelivery changed: of all labels, and of those that the first one's audit judged."""

    in_both: int
    missing: int
    added: int
    changed: int
    named_wrong: int
    now_as_ours: int
    still_wrong: int
    made_wrong: int


class DeliveryReport(DeliveryRow):
    """The report that goes back to a provider."""

    verdict: Verdict | None = None
    judged: int
    wrong: tuple[WrongLabel, ...]
    error_classes: tuple[ConfusionRow, ...]
    parts: tuple[PartRow, ...]
    method: str
    compared: Compared | None = None


class Deliveries:
    """`client.deliveries`. A delivery is a batch: its gate is run with `client.batches.gate`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def receive(
        self,
        programme: str,
        file: Path | str,
        source: Spec,
        *,
        provider: str,
        name: str = "default",
        gate: str | None = None,
        replaces: str | None = None,
        report: Report | None = None,
    ) -> Job:
        """Upload a label file and receive it as a delivery, as a job; the provider needs no account.

        `name` is the source its items belong to: labels for items that are there meet them by their id. `replaces` is
        the batch of an earlier delivery, which makes this one a redelivery. Raises NotFound without such a file.
        """
        path = Path(file)
        if not path.is_file():
            raise NotFound("there is no such file", field="file", expected="a readable file", found=str(path))
        uploads = address("programmes", programme, "uploads")
        sent = self._wire.upload(uploads, path, params={"name": path.name}, report=report)
        asked = {
            "file": sent["file"],
            "source": source.model_dump(mode="json"),
            "provider": provider,
            "filename": path.name,
            "name": name,
            "gate": gate,
            "replaces": replaces,
        }
        return self._wire.one(Job, "POST", address("programmes", programme, "deliveries"), json=asked)

    def all(self, programme: str) -> list[DeliveryRow]:
        """The deliveries of a programme, newest first."""
        return list(self._wire.rows(DeliveryRow, address("programmes", programme, "deliveries")))

    def get(self, batch: str) -> DeliveryReport:
        """The report on a delivery: verdict with its bound, items found wrong, error classes, what changed."""
        return self._wire.one(DeliveryReport, "GET", address("batches", batch, "delivery"))
