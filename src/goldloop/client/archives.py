"""Archives: a whole programme as one file, and opening one as a programme here. Owners only."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Report, Row, Wire, address, read


class ArchivePerson(Row):
    """Somebody in an archive, as it names them."""

    name: str
    sign_in: str | None = None
    organisation: str | None = None
    seats: tuple[str, ...] = ()


class ArchiveCheck(Row):
    """What an archive holds, and whether it is what it says. `unknown` where nobody said whose key to expect."""

    outcome: str
    programme: str
    organisation: str
    names: bool
    fingerprint: str
    counts: Mapping[str, int]
    blocks: int
    events: int
    head: str | None = None
    people: tuple[ArchivePerson, ...] = ()
    problems: tuple[str, ...] = ()


class Upload(Row):
    """An archive that was sent, and waits to be opened."""

    file: str
    name: str
    size: int
    sha256: str


class Archives:
    """`client.archives`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def write(self, programme: str, *, names: bool = False) -> Job:
        """Have a whole programme written into one file, as a job; `save` fetches it.

        People leave under pseudonyms, but for those whom the programme file names; with `names` all by name.
        """
        return self._wire.one(Job, "POST", address("programmes", programme, "archives"), json={"names": names})

    def save(self, job: Job | str, file: Path | str, *, report: Report | None = None) -> Path:
        """Fetch what a job wrote into a file; where it is."""
        to = Path(file)
        self._wire.download(address("archives", _id(job)), to, report=report)
        return to

    def forget(self, job: Job | str) -> None:
        """Have the server forget the file that a job wrote."""
        self._wire.ask("DELETE", address("archives", _id(job)))

    def send(self, file: Path | str, *, report: Report | None = None) -> Upload:
        """Send an archive that is to be looked at or opened."""
        path = Path(file)
        sent = self._wire.upload("archives/uploads", path, params={"name": path.name}, report=report)
        return read(Upload, sent)

    def look(self, upload: Upload, *, key: str | None = None) -> Job:
        """Have an archive that was sent looked through, as a job; `looked` reads what it found. Nothing is opened.

        `key` is the fingerprint of who should have signed it.
        """
        return self._wire.one(Job, "POST", "archives/checks", json={"file": upload.file, "key": key})

    def looked(self, job: Job) -> ArchiveCheck:
        """What a look that is done found."""
        return read(ArchiveCheck, dict(job.result))

    def open(
        self,
        upload: Upload,
        *,
        name: str | None = None,
        organisation: str | None = None,
        accounts: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Job:
        """Open an archive as a programme here, as a job.

        `accounts` says which of its people sign in here, `names` under which name others are kept. The job fails with
        Conflict naming people whose name somebody has here and of whom neither says who they are.
        """
        asked: dict[str, Any] = {
            "file": upload.file,
            "filename": upload.name,
            "name": name,
            "organisation": organisation,
            "people": {"accounts": dict(accounts or {}), "names": dict(names or {})},
        }
        return self._wire.one(Job, "POST", "archives", json=asked)

    def give_up(self, upload: Upload) -> None:
        """Have the server forget an archive that was sent."""
        self._wire.ask("DELETE", address(*upload.file.split("/")))


def _id(job: Job | str) -> str:
    return job if isinstance(job, str) else job.id
