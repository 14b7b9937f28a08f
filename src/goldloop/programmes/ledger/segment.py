"""A programme's ledger as a file that a third party can check, with no server and no database.

    {"format": "goldloop.ledger.v1", "programme": NAME, "from": 1, "until": 9}
    {"block": 1, "programme": KEY, "previous": HEX, "root": HEX, "events": N, "sealed_at": AT, "hash": HEX}
    {"event": [key, programme, kind, actor, subject, data, happened_at]}      N lines, in order
    {"block": 2, ...}

A programme that was opened from an archive has segments that were closed where it was before: each stands before the
chain that goes on from it, under a head of its own with its number (`"closed": 1`), under the keys of that place. The
first block of what follows names the last block of what was closed, so that all of them are one chain.

Checked alone, its arithmetic says that nothing in it was changed since it was written. Held against the certificate of
a release, which names a block under the programme's signature, it says that this is what had happened when that was
sealed.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, ValidationError
from sqlalchemy import Connection

from goldloop.core import merkle
from goldloop.core.blobs import Blobs
from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun, Outcome
from goldloop.store.ledger import FIRST, block_hash
from goldloop.store.ledger_report import Findings, blocks_with_events
from goldloop.store.segments import SegmentRow, entries, sealed_blocks, segments, walked

FORMAT = "goldloop.ledger.v1"
OPENED = "programme.opened"
MOST_PROBLEMS = 100
MOST_LINE = 64 << 20
HEX = "^[0-9a-f]{64}$"


class _Head(Noun):
    format: str
    programme: str
    first: int = Field(alias="from", ge=1)
    until: int
    closed: int | None = Field(default=None, ge=1)

    @property
    def chain(self) -> str:
        """Where a block stands, for who reads of it; nothing is said of the chain that is open."""
        return f" of closed segment {self.closed}" if self.closed is not None else ""


class _Block(Noun):
    block: int
    programme: int
    previous: str = Field(pattern=HEX)
    root: str = Field(pattern=HEX)
    events: int
    sealed_at: int
    hash: str = Field(pattern=HEX)


class Anchor(NamedTuple):
    """A block that something outside names: a certificate, a notary."""

    number: int
    hash: str
    of: str


class SegmentReport(Noun):
    """What checking a ledger's file found; `unknown` where its arithmetic holds and nothing outside anchors it.

    `closed` counts the segments in it that were closed where the programme was before.
    """

    outcome: Outcome
    because: str
    programme: str | None = None
    first: int | None = None
    last: int | None = None
    closed: int = 0
    events: int = 0
    head: str | None = None
    problems: tuple[str, ...] = ()
    more_problems: int = 0


def written(
    connection: Connection, blobs: Blobs, programme_id: int, name: str, *, first: int, until: int
) -> Iterator[str]:
    """The lines of a ledger from block `first` to block `until`, in flat memory; the whole begins with what was closed
    elsewhere."""
    for row in segments(connection, programme_id) if first == 1 else ():
        yield _line(
            {"format": FORMAT, "programme": row.name, "from": 1, "until": row.block_count, "closed": row.number}
        )
        yield from _lines(_closed(blobs, row))
    yield _line({"format": FORMAT, "programme": name, "from": first, "until": until})
    yield from _lines(blocks_with_events(connection, programme_id, first=first, until=until))


def _closed(blobs: Blobs, row: SegmentRow) -> Iterator[tuple[Any, Iterable[Any]]]:
    """The blocks of a closed segment with their events, as they are: whoever takes them along checks them."""
    for one, held in walked(Findings(), sealed_blocks(blobs.read(row.blocks)), entries(blobs.read(row.events))):
        if one is not None:
            yield one, held


def _lines(blocks: Iterable[tuple[Any, Iterable[Any]]]) -> Iterator[str]:
    for row, events in blocks:
        yield _line(
            {
                "block": row.number,
                "programme": row.programme_id,
                "previous": bytes(row.previous).hex(),
                "root": bytes(row.root).hex(),
                "events": row.events,
                "sealed_at": row.sealed_at,
                "hash": bytes(row.hash).hex(),
            }
        )
        for one in events:
            yield _line(
                {
                    "event": [
                        one.id, one.programme_id, one.kind, one.actor_id, one.subject, one.data, one.happened_at,
                    ]
                }
            )  # fmt: skip


def check_segment(file: Path, *, anchors: tuple[Anchor, ...] = ()) -> SegmentReport:
    """Check a ledger's file in flat memory. Raises Invalid where the file is none."""
    found = _Found()
    with file.open("rb") as lines:
        chain = _Chain(_head(lines.readline(MOST_LINE)), found, before=None)
        while line := lines.readline(MOST_LINE):
            said = _object(line)
            if "format" in said and chain.head.closed is not None:
                chain.end()
                chain = _Chain(_head(line), found, before=chain)
            elif "event" in said and chain.at is not None:
                chain.event(said["event"])
            else:
                chain.block(said)
        chain.end()
    return _report(chain, found, anchors)


class _Found:
    def __init__(self) -> None:
        self.events = self.more = self.closed = 0
        self.problems: list[str] = []
        self.hashes: dict[int, set[str]] = {}
        self.begins_later = False

    def add(self, problem: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.more += 1


class _Chain:
    """The blocks under one head as they go by, and what the chain says that it goes on from."""

    def __init__(self, head: _Head, found: _Found, *, before: "_Chain | None") -> None:
        self.head, self._found, self._before = head, found, before
        self.at: _Block | None = None
        self.newest: str | None = FIRST.hex() if head.first == 1 else None
        self.number = head.first - 1
        self._tree = merkle.Tree()
        self._goes_on: str | None = None
        found.closed += head.closed is not None

    def event(self, said: Any) -> None:
        self._tree.add(merkle.leaf(canonical(said).encode()))
        self._found.events += 1
        if self._goes_on is None and isinstance(said, list) and said[2:3] == [OPENED]:
            self._goes_on = str(_object(str(said[-2]).encode()).get("head"))

    def block(self, said: dict[str, Any]) -> None:
        self._end_block()
        try:
            at, self._tree = _Block.model_validate(said), merkle.Tree()
        except ValidationError as error:
            raise Invalid(
                "this file is no segment of a ledger", field="file", expected="a block", found=str(said)[:80]
            ) from error
        if at.block != self.number + 1:
            self._add(f"block {self.number + 1:,}", "is missing", f": block {at.block:,} stands in its place")
        elif self.newest is not None and at.previous != self.newest:
            self._add(f"block {at.block:,}", "does not stand on the block before it")
        self.at, self.newest, self.number = at, at.hash, at.block
        self._found.hashes.setdefault(at.block, set()).add(at.hash)

    def end(self) -> None:
        """No more blocks come under this head."""
        self._end_block()
        if self.number != self.head.until:
            ends = f"{self.number:,}{self.head.chain}, and says that it goes to {self.head.until:,}"
            self._found.add(f"it ends with block {ends}")
        if self._before is None:
            self._found.begins_later = self._goes_on is not None
        elif self._before.number and self._goes_on != self._before.newest:
            self._found.add(
                f"what follows closed segment {self._before.head.closed} does not go on from its last block"
            )

    def _end_block(self) -> None:
        """A block's events under its root, and its root under its hash."""
        at = self.at
        if at is None:
            return
        if self._tree.size != at.events:
            self._add(f"block {at.block:,}", f"has {self._tree.size:,} events, and says {at.events:,}")
        elif self._tree.root().hex() != at.root:
            self._found.add(
                f"an event of block {at.block:,}{self.head.chain} was changed: its events do not give its root"
            )
        counted = block_hash(
            programme=at.programme,
            number=at.block,
            previous=bytes.fromhex(at.previous),
            root=bytes.fromhex(at.root),
            events=at.events,
            sealed_at=at.sealed_at,
        )
        if counted.hex() != at.hash:
            self._add(f"block {at.block:,}", "was changed: its hash does not fit")

    def _add(self, block: str, what: str, more: str = "") -> None:
        self._found.add(f"{block}{self.head.chain} {what}{more}")


def _report(chain: _Chain, found: _Found, anchors: tuple[Anchor, ...]) -> SegmentReport:
    held = []
    for one in anchors:
        there = found.hashes.get(one.number)
        if there is None:
            found.add(f"{one.of} names block {one.number:,}, which is not in this segment")
        elif one.hash not in there:
            found.add(f"block {one.number:,} is not the one that {one.of} names")
        else:
            held.append(f"block {one.number:,} is the one that {one.of} names")
    if found.problems:
        outcome: Outcome = "fail"
        because = f"{len(found.problems) + found.more:,} problems, the first: {found.problems[0]}"
    elif held:
        outcome, because = "pass", "; ".join(held)
    else:
        outcome, because = (
            "unknown",
            "every event is in its block and every block on the one before; nothing anchors it",
        )
    if found.begins_later:
        because += "; the segments that were closed before it are not in this file"
    return SegmentReport(
        outcome=outcome,
        because=because,
        programme=chain.head.programme,
        first=chain.head.first,
        last=chain.number if found.hashes else None,
        closed=found.closed,
        events=found.events,
        head=chain.newest if found.hashes else None,
        problems=tuple(found.problems),
        more_problems=found.more,
    )


def _head(line: bytes) -> _Head:
    try:
        head = _Head.model_validate(_object(line))
    except ValidationError as error:
        raise _no_segment(line) from error
    if head.format != FORMAT:
        raise _no_segment(line)
    return head


def _object(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _no_segment(line) from error
    if not isinstance(said, dict):
        raise _no_segment(line)
    return said


def _no_segment(line: bytes) -> Invalid:
    found = line[:80].decode(errors="replace").strip() or "nothing"
    return Invalid("this file is no segment of a ledger", field="file", expected=FORMAT, found=found)


def _line(said: dict[str, Any]) -> str:
    return canonical(said) + "\n"
