"""Reading an archive that anybody may have made: nothing of it is believed before it was looked at.

What is not listed in the manifest, is longer than it says, unfolds to more than a disk should hold, or would be written
anywhere but where it belongs, is refused before a row is written.
"""

import base64
import binascii
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from goldloop.core.errors import Invalid
from goldloop.programmes.archive import format as layout
from goldloop.programmes.archive.format import Checked, Manifest, Member, Segment
from goldloop.programmes.sealed.certificate import encoding
from goldloop.programmes.sealed.layout import unsafe
from goldloop.programmes.sealed.signing import fingerprint_of, signed
from goldloop.store.archive.tables import OF
from goldloop.store.ledger_report import Findings
from goldloop.store.segments import Sealed, entries, lines, sealed_blocks, walked

CHUNK = 1 << 18
FOLDS = 300  # how many times larger a member may be than it is in the file
SMALL = 16 << 20  # and how large it may be in any case
LONGEST = 64 << 20  # of a line
WIDEST = 1 << 40  # between the lowest and the highest key of a table
Tell = Callable[[int], None]


class Archive:
    """An open archive whose list of members is sound. Raises Invalid."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._zip = file
        listed = file.infolist()
        self._there = {one.filename: one for one in listed}
        if len(self._there) != len(listed):
            raise _bad("a member stands in it twice", "each once")
        self._said = self._small(layout.MANIFEST)
        self.manifest = _manifest(self._said)
        self.sha256 = hashlib.sha256(self._said).digest()
        self._check_signature()
        self._check_members()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member."""
        with _reading(name), self._zip.open(self._there[name]) as data:
            while chunk := data.read(CHUNK):
                yield chunk

    def rows(self, name: str) -> Iterator[list[Any]]:
        """The lines of a table; none where it is not there."""
        member = self.manifest.table(name)
        if member is None:
            return
        width = len(member.columns or ())
        for line in lines(self.chunks(member.name)):
            row = _line(line, member.name)
            if len(row) != width:
                raise _bad(f"{member.name}: a line has other columns than it says", f"{width}", str(len(row)))
            yield row

    def ledger(self, one: Segment, findings: Findings) -> Iterator[tuple[Sealed | None, list[Any]]]:
        """The blocks of a segment with their entries, checked as they go by."""
        base = f"ledger/{one.number}"
        blocks, events = self.chunks(f"{base}/blocks.jsonl"), self.chunks(f"{base}/events.jsonl")
        return walked(findings, sealed_blocks(blocks), entries(events))

    def files(self, under: str) -> list[str]:
        """The names of members below a name."""
        return [one.name for one in self.manifest.members if one.name.startswith(f"{under}/")]

    def check(self, tell: Tell) -> None:
        """Read every member and compare it with what the manifest says. `tell` hears how many bytes were read."""
        done = 0
        for member in self.manifest.members:
            digest, size, ends, run = hashlib.sha256(), 0, 0, 0
            for chunk in self.chunks(member.name):
                digest.update(chunk)
                size += len(chunk)
                done += len(chunk)
                if member.rows is not None:
                    ends += chunk.count(b"\n")
                    cut = chunk.rfind(b"\n")
                    run = run + len(chunk) if cut < 0 else len(chunk) - cut - 1
                    if run > LONGEST:
                        raise _bad(f"{member.name}: a line is too long", f"at most {LONGEST >> 20} MiB")
                tell(done)
            if size != member.size or digest.hexdigest() != member.sha256:
                raise _bad(
                    f"{member.name} is not what the manifest says", f"SHA-256 {member.sha256}", digest.hexdigest()
                )
            if member.rows is not None and ends != member.rows:
                raise _bad(f"{member.name} has other rows than the manifest says", str(member.rows), str(ends))

    def _small(self, name: str) -> bytes:
        about = self._there.get(name)
        if about is None:
            raise _bad(f"it has no {name}", "an archive that goldloop wrote")
        if about.file_size > layout.LARGEST_MANIFEST:
            raise _bad(f"{name} is too large", f"at most {layout.LARGEST_MANIFEST >> 20} MiB")
        with _reading(name), self._zip.open(about) as data:
            said = data.read(layout.LARGEST_MANIFEST + 1)
        if len(said) != about.file_size:
            raise _bad(f"{name} is longer than it says", str(about.file_size))
        return said

    def _check_signature(self) -> None:
        said = self._small(layout.SIGNATURE)
        try:
            told = json.loads(said)
            public, value = (base64.b64decode(told[name], validate=True) for name in ("public_key", "sig"))
        except (ValueError, KeyError, TypeError, binascii.Error, RecursionError) as error:
            raise _bad("its signature cannot be read", "a signature") from error
        if fingerprint_of(public) != self.manifest.fingerprint:
            raise _bad("it was signed by another key than it says", self.manifest.fingerprint, fingerprint_of(public))
        if not signed(public, encoding(layout.PAYLOAD_TYPE, self._said), value):
            raise _bad("its manifest was changed after it was signed", "the manifest that was signed")

    def _check_members(self) -> None:
        members = {one.name: one for one in self.manifest.members}
        if len(members) != len(self.manifest.members):
            raise _bad("a member is listed twice", "each once")
        there = self._there.keys() - {layout.MANIFEST, layout.SIGNATURE}
        if strange := sorted(there - members.keys()):
            raise _bad("it holds what its manifest does not list", "the members of the manifest", strange[0][:200])
        if missing := sorted(members.keys() - there):
            raise _bad("a member is missing", missing[0][:200], "nothing")
        for one in self.manifest.members:
            about = self._there[one.name]
            if about.flag_bits & 1 or about.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _bad(f"{one.name[:200]} is packed in a way that is not read", "deflated, and not encrypted")
            if about.file_size != one.size:
                raise _bad(f"{one.name[:200]} has another size", str(one.size), str(about.file_size))
            if one.size > max(SMALL, FOLDS * about.compress_size):
                raise _bad(f"{one.name[:200]} unfolds to far more than it is", f"at most {FOLDS} times its size")
            _check_member(one)
        for part in self.manifest.segments:
            for name in ("blocks", "events", *(("carried",) if part.manifest is not None else ())):
                if f"ledger/{part.number}/{name}.jsonl" not in members:
                    raise _bad("a part of the ledger is missing", f"ledger/{part.number}/{name}.jsonl", "nothing")
        if [one.number for one in self.manifest.segments] != list(range(1, len(self.manifest.segments) + 1)):
            raise _bad("the parts of its ledger are not numbered in order", "1, 2, 3 ...")
        if not self.manifest.segments or self.manifest.segments[-1].manifest is not None:
            raise _bad("it has no ledger of its own", "the chain as it stood")
        for name in ("release", "policy", "actor", "organisation", "phrase", "value"):
            if self.manifest.table(name) is None:
                raise _bad("a table is missing", f"tables/{name}.jsonl", "nothing")


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """An archive to read from. Raises Invalid where it is none, or one that cannot be believed."""
    try:
        file = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _bad("it is no archive, or only a part of one", "a whole zip file", str(error)[:200]) from error
    with file:
        yield Archive(file)


def check(path: Path, *, key: str | None = None, tell: Tell = lambda done: None) -> Checked:
    """Check an archive without a server: every member, the signature, and the ledger's chain.

    `key` is the fingerprint of who should have signed it; without it the signer is unknown. Raises Invalid where it is
    no archive, or is not what its manifest says.
    """
    with opened(path) as archive:
        archive.check(tell)
        manifest, problems = archive.manifest, []
        blocks = events = unsealed = 0
        for one in manifest.segments:
            findings, head = Findings(), None
            for block, held in archive.ledger(one, findings):
                if block is None:
                    unsealed += len(held)
                else:
                    head = block.hash.hex()
            blocks, events = blocks + findings.blocks, events + findings.events
            part = f"ledger {one.number}"
            problems += [f"{part}, block {each.block}: {each.because}" for each in findings.problems]
            if head != one.head:
                problems.append(f"{part}: its head is not the one that was signed")
        if key is not None and key != manifest.fingerprint:
            problems.append(f"signed by {manifest.fingerprint}, and not by {key}")
        people = tuple(_person(row) for row in archive.rows("actor") if row[1] == "person")
    return Checked(
        outcome="fail" if problems else "pass" if key is not None else "unknown",
        signer="the key that was asked for" if key == manifest.fingerprint else "unknown",
        programme=manifest.programme,
        organisation=manifest.organisation,
        made_at=manifest.made_at,
        names=manifest.names,
        fingerprint=manifest.fingerprint,
        counts=manifest.counts,
        blocks=blocks,
        events=events,
        unsealed=unsealed,
        head=manifest.segments[-1].head,
        people=people,
        problems=tuple(problems),
    )


def _person(row: list[Any]) -> dict[str, Any]:
    told = dict(zip(layout.COLUMNS["actor"], row, strict=True))
    return {name: told[name] for name in ("name", "sign_in", "organisation", "seats", "simulated")}


def _manifest(said: bytes) -> Manifest:
    try:
        told = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise _bad("its manifest cannot be read", "JSON") from error
    format_ = told.get("format") if isinstance(told, dict) else None
    if format_ != layout.FORMAT:
        raise _bad("it is of a format that this version does not read", layout.FORMAT, str(format_)[:80])
    if told.get("schema_version") != layout.SCHEMA:
        raise _bad(
            "it was made by a version with other tables",
            f"schema {layout.SCHEMA}",
            str(told.get("schema_version"))[:80],
        )
    try:
        return Manifest.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _bad(f"its manifest says {where} in a way that is not read", first["msg"]) from error


def _check_member(one: Member) -> None:
    if (because := unsafe(one.name)) is not None:
        raise _bad(f"{one.name[:200]!r} is {because}", "a path inside the archive")
    if one.name.startswith("tables/"):
        name = one.name.removeprefix("tables/").removesuffix(".jsonl")
        known = layout.COLUMNS.get(name)
        if known is None and name in OF:
            rule = OF[name]
            known = (*(column.name for column in rule.table.c), *(("public_id",) if rule.named else ()))
        if known is None or one.name != f"tables/{name}.jsonl":
            raise _bad("it holds a table that this version does not know", "a table of the format", one.name[:200])
        if one.columns != known:
            raise _bad(f"{one.name} has other columns", ", ".join(known)[:400], ", ".join(one.columns or ())[:400])
        if one.rows is None or (one.first is None) != (one.last is None):
            raise _bad(f"{one.name} does not say how many rows it has", "rows, first and last")
        if one.first is not None and one.last is not None and not one.first <= one.last < one.first + WIDEST:
            raise _bad(f"{one.name} has keys too far apart", f"less than {WIDEST}")
    elif not layout.WORK.fullmatch(one.name) and not layout.FILES.fullmatch(one.name):
        raise _bad("it holds a member that this version does not know", "a member of the format", one.name[:200])


def _line(line: bytes, name: str) -> list[Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _bad(f"{name} has a line that is no JSON", "a list") from error
    if not isinstance(row, list):
        raise _bad(f"{name} has a line that is no list", "a list", type(row).__name__)
    return row


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _bad(f"{name[:200]} is damaged", "a member as it was written", str(error)[:200]) from error


def _bad(because: str, expected: str, found: str | None = None) -> Invalid:
    return Invalid(f"this archive cannot be opened: {because}", field="file", expected=expected, found=found)
