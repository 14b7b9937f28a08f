"""The files of another tool's project: an export, alone or in a zip with its configuration and its people."""

import errno
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from goldloop.core.errors import Invalid
from goldloop.sources.labelling_config import MOST_BYTES

PIECE = 1 << 20
MOST_FILES = 10_000
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DATA = (".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".parquet", ".csv", ".tsv")


class Project(NamedTuple):
    """A project's export beside what explains it. `people` are names of authors, by what the export calls them."""

    data: Path
    name: str
    label_config: str = ""
    people: dict[str, str] = {}


def unpacked(path: Path, to: Path, *, name: str, most: int) -> Project:
    """The project in an upload; what is packed is written into the folder `to`, `most` bytes of it.

    Raises Invalid where there is not exactly one export, or more configurations than one.
    """
    if not zipfile.is_zipfile(path):
        return Project(path, name)
    try:
        with zipfile.ZipFile(path) as archive:
            return _project(archive, to, name=name, most=most)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise _broken(name, error) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # which is a place before the file's beginning: its head is cut off
            raise
        raise _broken(name, error) from error


def _broken(name: str, error: Exception) -> Invalid:
    return Invalid("this archive is broken or locked", field=name, expected="a zip", found=str(error)[:80])


def _project(archive: zipfile.ZipFile, to: Path, *, name: str, most: int) -> Project:
    entries = [one for one in archive.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
    if unknown := [one.filename for one in entries if one.compress_type not in PACKED]:
        found = unknown[0][:80]
        raise Invalid(
            "this archive is packed in an unusual way", field=name, expected="stored or deflated", found=found
        )
    if len(entries) > MOST_FILES:
        raise Invalid("this archive holds too many files", field=name, expected=f"at most {MOST_FILES}", found="more")
    configs = [one for one in entries if one.filename.lower().endswith(".xml")]
    people = [one for one in entries if Path(one.filename).name.lower() == "users.json"]
    about = [one for one in entries if Path(one.filename).name.lower() == "project.json"]
    exports = [
        one for one in entries if one not in (*people, *about) and one.filename.lower().endswith(DATA) and one.file_size
    ]
    if len(exports) > 1 and all(one.filename.lower().endswith(".jsonl") for one in exports):
        return Project(_merged(archive, exports, to / "export", most), name.removesuffix(".zip") + ".jsonl")
    if len(exports) != 1:
        found = ", ".join(sorted(one.filename for one in exports))[:200] or "none"
        raise Invalid("a project has one export", field=name, expected="one file of " + ", ".join(DATA), found=found)
    if len(configs) > 1:
        found = ", ".join(sorted(one.filename for one in configs))[:200]
        raise Invalid("a project has one configuration", field=name, expected="one XML file", found=found)
    data = to / "export"
    with archive.open(exports[0]) as packed, data.open("wb") as out:
        for piece in _pieces(packed, most, exports[0].filename):
            out.write(piece)
    config = _small(archive, configs[0]) if configs else _config_in(archive, about)
    return Project(data, Path(exports[0].filename).name, config, _names(archive, people))


def _merged(archive: zipfile.ZipFile, exports: list[zipfile.ZipInfo], data: Path, most: int) -> Path:
    """One file of the files that a tool writes a person, whose name is the file's, or its folder's where all are alike.

    Each line says whose it is. A file `all` beside the others holds what they hold.
    """
    alike = len({Path(one.filename).name for one in exports}) == 1
    left = most
    with data.open("wb") as out:
        for one in sorted(exports, key=lambda entry: entry.filename):
            path = Path(one.filename)
            user = path.parent.name if alike else path.stem
            if user.lower() == "all" and not alike:
                continue
            head = b'{"user": ' + json.dumps(user).encode() + b", "
            with archive.open(one) as packed:
                for line in _lines(packed, left, one.filename):
                    left -= len(line)
                    whole = line.strip()
                    out.write(head + whole[1:] + b"\n" if whole.startswith(b"{") and whole != b"{}" else line)
    return data


def _lines(packed: IO[bytes], most: int, name: str) -> Iterator[bytes]:
    """The lines of what is packed, up to a limit."""
    size = 0
    while line := packed.readline(PIECE):
        size += len(line)
        if size > most:
            raise Invalid("this file is too large", field=name, expected=f"at most {most >> 20} MiB", found="more")
        if len(line) == PIECE and not line.endswith(b"\n"):
            raise Invalid("this line is too long", field=name, expected=f"at most {PIECE} bytes a line", found="more")
        yield line


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _pieces(packed: IO[bytes], most: int, name: str) -> Iterator[bytes]:
    """What is packed, up to a limit that what the archive says of itself cannot move."""
    size = 0
    while piece := packed.read(PIECE):
        size += len(piece)
        if size > most:
            raise Invalid("this file is too large", field=name, expected=f"at most {most >> 20} MiB", found="more")
        yield piece


def _small(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    with archive.open(entry) as packed:
        data = b"".join(_pieces(packed, 4 * MOST_BYTES, entry.filename))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("this is not UTF-8 text", field=entry.filename, expected="UTF-8", found=str(error)) from error


def _config_in(archive: zipfile.ZipFile, about: list[zipfile.ZipInfo]) -> str:
    """The configuration that Label Studio's own description of a project holds."""
    said = _json(archive, about[0]) if about else {}
    found = said.get("label_config") if isinstance(said, dict) else None
    return found if isinstance(found, str) else ""


def _names(archive: zipfile.ZipFile, people: list[zipfile.ZipInfo]) -> dict[str, str]:
    """The address of each person that the tool's list of users holds, by their number there."""
    listed = _json(archive, people[0]) if people else []
    names = {}
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and one.get("id") is not None and isinstance(one.get("email"), str):
            names[str(one["id"])] = one["email"]
    return names


def _json(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Any:
    try:
        return json.loads(_small(archive, entry))
    except (ValueError, RecursionError) as error:
        raise Invalid("this is not JSON", field=entry.filename, expected="JSON", found=str(error)[:80]) from error
