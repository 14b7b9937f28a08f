"""Releases: cut, listed, downloaded."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Report, Row, Way, Wire, address, ordered
from goldloop.core.nouns import Spec


class ReleaseRow(Row):
    """A sealed release."""

    id: str
    programme_id: str
    kind: str
    name: str
    number: int
    digest: str
    sealed_at: int
    state: str | None = None
    rows: int | None = None
    splits: dict[str, int] = {}
    licences: dict[str, int] = {}
    sources: dict[str, int] = {}
    withheld: dict[str, int] = {}
    withdrawn: dict[str, Any] | None = None


class ChangedRow(Row):
    """A row that differs between two releases: added, relabelled, confirmed by another batch, or removed."""

    change: str
    item_id: str
    external_id: str
    before: Any = None
    after: Any = None
    because: str | None = None
    batch: str | None = None
    by: tuple[dict[str, Any], ...] = ()


class ChangeSummary(Row):
    """How many rows differ between two releases, and which labels became which."""

    before: dict[str, Any]
    after: dict[str, Any]
    added: int
    relabelled: int
    confirmed: int
    removed: int
    pairs: tuple[dict[str, Any], ...] = ()


class SigningKey(Row):
    """A key that a programme's releases are signed with: since when, why, and whether the one before vouches for it."""

    fingerprint: str
    signs_now: bool
    made_by: str
    made_at: int
    because: str
    vouched: bool
    withdrawn: bool = False


class Drafted(Row):
    """A batch as the next release would have it: in it, or left out, and why."""

    batch_id: str
    batch: str
    items: int
    leaves: bool
    because: str


class Place(Row):
    """A place that releases may be delivered to."""

    name: str
    kind: str


class Receipt(Row):
    """A release was received: downloaded (no place), or delivered to a place, with what arrived there."""

    who: str
    place: str | None = None
    files: int | None = None
    bytes: int | None = None
    at: int


class Releases:
    """`client.releases`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str, *, sort: str | None = None, order: Way | None = None) -> list[ReleaseRow]:
        """Every release of a programme, newest first; or by sealed, name or number."""
        path = address("programmes", programme, "releases")
        return list(self._wire.rows(ReleaseRow, path, params=ordered(sort, order)))

    def get(self, release: str) -> ReleaseRow:
        """One release."""
        return self._wire.one(ReleaseRow, "GET", address("releases", release))

    def cut(
        self,
        programme: str,
        name: str,
        *,
        batch_ids: Sequence[str] = (),
        exports: Sequence[str] = ("jsonl.v1",),
        waive: str | None = None,
    ) -> Job:
        """Seal the accepted labels of some batches, as a job. Raises Conflict where a gate does not open.

        `exports` are exporter kinds: the formats that the folder holds beside its sealed rows. `waive` says why rows
        that stand in an evaluation set are sealed all the same, where the programme file holds such a release.
        """
        asked = {"name": name, "batch_ids": list(batch_ids), "exports": list(exports), "waive": waive}
        return self._wire.one(Job, "POST", address("programmes", programme, "releases"), json=asked)

    def draft(self, programme: str) -> list[Drafted]:
        """What the next release would hold, batch by batch. Nothing is sealed."""
        return list(self._wire.rows(Drafted, address("programmes", programme, "releases", "draft")))

    def places(self, programme: str) -> list[Place]:
        """The places that releases of a programme may be delivered to, as the operator declared them."""
        return list(self._wire.rows(Place, address("programmes", programme, "places")))

    def deliver(self, release: str, to: str) -> Job:
        """Deliver a release to a place by name, as a job: whole or not at all, read again where it arrived."""
        return self._wire.one(Job, "POST", address("releases", release, "deliver"), json={"to": to})

    def receipts(self, release: str) -> list[Receipt]:
        """Who received a release, newest first."""
        return list(self._wire.rows(Receipt, address("releases", release, "receipts")))

    def contamination(
        self,
        programme: str,
        release: str | None = None,
        *,
        against: Sequence[str] = (),
        eval_only: bool = False,
        file: Path | None = None,
        source: Spec | None = None,
        batch_ids: Sequence[str] = (),
        splits: Sequence[str] = (),
        words: int = 8,
    ) -> Job:
        """Count and name the rows that stand in evaluation sets, as a job: of a release, or of what may be cut now.

        `against` are ids of datasets and gold releases; `file` is a file of evaluation texts, which `source` reads.
        """
        asked: dict[str, Any] = {
            "release_id": release,
            "against": list(against),
            "eval_only": eval_only,
            "batch_ids": list(batch_ids),
            "splits": list(splits),
            "words": words,
        }
        if file is not None and source is not None:
            sent = self._wire.upload(address("programmes", programme, "uploads"), file, params={"name": file.name})
            asked |= {"file": sent["file"], "source": source.model_dump(mode="json"), "filename": file.name}
        return self._wire.one(Job, "POST", address("programmes", programme, "contamination"), json=asked)

    def download(self, release: str, file: Path, *, report: Report | None = None) -> None:
        """Write a release to a zip file. `report` is called with (bytes read, bytes in all; 0 where unknown)."""
        self._wire.download(address("releases", release, "download"), file, report=report)

    def changes(self, release: str, *, since: str | None = None, only: str | None = None) -> Iterator[ChangedRow]:
        """The rows that differ from an earlier release of the same name (the one before if left out)."""
        params = {"since": since, "only": only}
        return self._wire.rows(ChangedRow, address("releases", release, "changes"), params=params)

    def save_changes(
        self, release: str, file: Path | str, *, since: str | None = None, only: str | None = None
    ) -> Path:
        """Write every row that differs from an earlier release of the same name to a CSV file; where it is."""
        return self._wire.save(address("releases", release, "changes"), file, format="csv", since=since, only=only)

    def count_changes(self, release: str, *, since: str | None = None) -> ChangeSummary:
        """How many rows differ from an earlier release of the same name, and how."""
        path = address("releases", release, "changes", "summary")
        return self._wire.one(ChangeSummary, "GET", path, params={"since": since})

    def verifier(self, file: Path) -> None:
        """Write the page that verifies a release folder in a browser, with no server and no network."""
        self._wire.download("verifier", file)

    def keys(self, programme: str) -> list[SigningKey]:
        """The keys that a programme's releases are signed with, the newest first, which signs now."""
        return list(self._wire.rows(SigningKey, address("programmes", programme, "keys")))

    def key_list(self, programme: str, file: Path) -> None:
        """Write the keys as the newest one signed them: what leads from a key that somebody trusts to any release."""
        self._wire.download(address("programmes", programme, "keys", "list"), file)

    def new_key(self, programme: str, because: str, *, distrust: bool = False) -> SigningKey:
        """Sign with a new key from now on, by name and with a reason; releases stay under the key that signed them.

        `distrust` withdraws the old key, which somebody else may hold: it does not vouch for the new one.
        """
        asked = {"because": because, "distrust": distrust}
        return self._wire.one(SigningKey, "POST", address("programmes", programme, "keys"), json=asked)

    def withdraw(self, release: str, because: str) -> ReleaseRow:
        """Withdraw a release, by name and with a reason. Raises Conflict where it was withdrawn before."""
        path = address("releases", release, "withdraw")
        return self._wire.one(ReleaseRow, "POST", path, json={"because": because})

    def verify(self, release: str) -> Job:
        """Check a release's folder on the server against its certificate, as a job."""
        return self._wire.one(Job, "POST", address("releases", release, "verify"))
