"""Imports: files taken in, and the records that could not be."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Report, Row, Wire, address
from goldloop.core.errors import NotFound
from goldloop.core.nouns import Spec


class ImportRow(Row):
    """One take-in with its tally."""

    id: str
    name: str
    file: str = ""
    source: str
    items: int
    duplicates: int
    rejects: int
    judgements: int
    lost: int = 0
    state: str
    error: dict[str, Any] | None = None
    at: int


class Import(Job):
    """The job that takes a file in."""

    import_id: str


class RejectRow(Row):
    """A record that could not be taken in: where, what was expected, what was found."""

    n: int
    line: int
    field: str
    expected: str
    found: str


class LostRow(Row):
    """Something of a file that has no place here, and how often it stands there."""

    what: str
    times: int


class Imports:
    """`client.imports`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def add(
        self,
        programme: str,
        file: Path | str,
        source: Spec,
        *,
        name: str = "default",
        accounts: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
        report: Report | None = None,
    ) -> Import:
        """Upload a file and take it in, as a job.

        `name` is the source its items belong to: external ids are unique within it. `report` is called with
        (bytes sent, bytes in all) during the upload. `accounts` says which authors of the file are people here, by
        sign-in name (for owners); `names` under which name others are kept. Raises NotFound where there is no such
        file.
        """
        path = Path(file)
        if not path.is_file():
            raise NotFound("there is no such file", field="file", expected="a readable file", found=str(path))
        uploads = address("programmes", programme, "uploads")
        sent = self._wire.upload(uploads, path, params={"name": path.name}, report=report)
        asked = {
            "file": sent["file"],
            "source": source.model_dump(mode="json"),
            "name": name,
            "filename": path.name,
            "accounts": dict(accounts or {}),
            "names": dict(names or {}),
        }
        return self._wire.one(Import, "POST", address("programmes", programme, "imports"), json=asked)

    def all(self, programme: str) -> list[ImportRow]:
        """Every import of a programme, newest first."""
        return list(self._wire.rows(ImportRow, address("programmes", programme, "imports")))

    def rejects(self, import_id: str) -> Iterator[RejectRow]:
        """What could not be taken in, in the order of the file."""
        return self._wire.rows(RejectRow, address("imports", import_id, "rejects"), params={"limit": 1000})

    def lost(self, import_id: str) -> list[LostRow]:
        """What of a file could not be carried, the most frequent first."""
        return list(self._wire.rows(LostRow, address("imports", import_id, "lost")))
