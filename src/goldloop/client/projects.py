"""Whole projects of other tools: looked through first, then brought in."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Report, Row, Wire, address, read
from goldloop.core.errors import NotFound
from goldloop.core.nouns import Spec

LABEL_STUDIO = Spec(name="label_studio.v1")


class NotCarried(Row):
    """Something that has no place here, and how often it stands in the project."""

    what: str
    times: int


class Reason(Row):
    """Why so many parts of the project would be rejected, with the first of them."""

    field: str
    expected: str
    times: int
    line: int
    found: str


class Author(Row):
    """Who said something. `taken`: why it must be said who they are; `may_be`: who signs in under a like name."""

    author: str
    address: str | None = None
    said: int
    taken: str | None = None
    may_be: tuple[str, ...] = ()


class ModelSeen(Row):
    """A model whose suggestions the project holds."""

    model: str
    version: str
    said: int


class Survey(Row):
    """What a project would become. `yaml` is the programme file it would be; None where the programme is there."""

    survey: str
    programme: str
    exists: bool
    filename: str
    yaml: str | None
    counts: Mapping[str, int]
    lost: tuple[NotCarried, ...] = ()
    rejects: tuple[Reason, ...] = ()
    authors: tuple[Author, ...] = ()
    models: tuple[ModelSeen, ...] = ()


class BroughtIn(Job):
    """The job that takes the project in, and where it goes."""

    import_id: str
    programme_id: str
    programme: str


class Projects:
    """`client.projects`. Only owners bring whole projects in."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def look(
        self,
        files: Sequence[Path | str],
        programme: str,
        *,
        organisation: str,
        title: str = "",
        source: Spec = LABEL_STUDIO,
        report: Report | None = None,
    ) -> Job:
        """Send a project and have it looked through, as a job; `surveyed` reads what it found.

        `files` is an export, a zip, a folder, or an export and its labelling configuration. Raises NotFound.
        """
        with _packed([Path(file) for file in files]) as path:
            sent = self._wire.upload("projects/uploads", path, params={"name": path.name}, report=report)
            asked = {
                "file": sent["file"],
                "filename": path.name,
                "source": source.model_dump(mode="json"),
                "programme": programme,
                "organisation": organisation,
                "title": title,
            }
        return self._wire.one(Job, "POST", "projects/surveys", json=asked)

    def surveyed(self, job: Job) -> Survey:
        """What a job that is done found."""
        return read(Survey, {**dict(job.result), "survey": job.id})

    def bring_in(
        self,
        survey: Survey | str,
        *,
        accounts: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
        yaml: str | None = None,
    ) -> BroughtIn:
        """Put the programme file in force and take the project in, as a job.

        `accounts` says which authors are people here, by sign-in name; `names` under which name others are kept. Raises
        Conflict naming an author whose name is taken here and of whom neither says who they are.
        """
        asked: dict[str, Any] = {
            "survey": survey if isinstance(survey, str) else survey.survey,
            "accounts": dict(accounts or {}),
            "names": dict(names or {}),
            "yaml": yaml,
        }
        return self._wire.one(BroughtIn, "POST", "projects", json=asked)

    def forget(self, survey: Survey | str) -> None:
        """Forget the files of a project that was looked through; what came in stays."""
        self._wire.ask("DELETE", address("projects", "surveys", survey if isinstance(survey, str) else survey.survey))


@contextmanager
def _packed(paths: Sequence[Path]) -> Iterator[Path]:
    """One file of all that belongs to a project: itself, or a zip for as long as it is sent."""
    for path in paths:
        if not path.exists():
            raise NotFound("there is no such file", field="files", expected="a readable file", found=str(path))
    if len(paths) == 1 and paths[0].is_file():
        yield paths[0]
        return
    with TemporaryDirectory() as folder:
        target = Path(folder) / f"{paths[0].name or 'project'}.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for path in paths:
                inside = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
                for one in inside:
                    archive.write(one, one.relative_to(path).as_posix() if path.is_dir() else one.name)
        yield target
