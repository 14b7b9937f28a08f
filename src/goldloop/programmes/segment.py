"""A stretch of a programme's ledger as a file that a third party can check, with no server and no database.

    {"format": "goldloop.ledger.v1", "programme": NAME, "from": 1, "until": 9}
    {"block": 1, "programme": KEY, "previous": HEX, "root": HEX, "events": N, "sealed_at": AT, "hash": HEX}
    {"event": [key, programme, kind, actor, subject, data, happened_at]}      N lines, in order
    {"block": 2, ...}

Checked alone, its arithmetic says that nothing in it was changed since it was written. Held against the certificate of
a release, which names a block under the programme's signature, it says that this is what had happened when that was
sealed.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, ValidationError
from sqlalchemy import Connection

from goldloop.core import merkle
from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun, Outcome
from goldloop.store.ledger import FIRST, block_hash
from goldloop.store.ledger_report import blocks_with_events

FORMAT = "goldloop.ledger.v1"
MOST_PROBLEMS = 100
MOST_LINE = 64 << 20
HEX = "^[0-9a-f]{64}$"


class _Head(Noun):
    format: str
    programme: str
    first: int = Field(alias="from", ge=1)
    until: int


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
    """What checking a segment found; `unknown` where its arithmetic holds and nothing outside anchors it."""

    outcome: Outcome
    because: str
    programme: str | None = None
    first: int | None = None
    last: int | None = None
    events: int = 0
    head: str | None = None
    problems: tuple[str, ...] = ()
    more_problems: int = 0


def written(connection: Connection, programme_id: int, name: str, *, first: int, until: int) -> Iterator[str]:
    """The lines of a segment, from block `first` to block `until`, in flat memory."""
    yield _line({"format": FORMAT, "programme": name, "from": first, "until": until})
    for row, events in blocks_with_events(connection, programme_id, first=first, until=until):
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
    """Check a segment in flat memory. Raises Invalid where the file is none."""
    found = _Found()
    with file.open("rb") as lines:
        head = _head(lines.readline(MOST_LINE))
        at: _Block | None = None
        tree = merkle.Tree()
        previous, number = (FIRST.hex() if head.first == 1 else None), head.first - 1
        while line := lines.readline(MOST_LINE):
            said = _object(line)
            if "event" in said and at is not None:
                tree.add(merkle.leaf(canonical(said["event"]).encode()))
                found.events += 1
                continue
            if at is not None:
                _end(at, tree, found)
            try:
                at, tree = _Block.model_validate(said), merkle.Tree()
            except ValidationError as error:
                raise Invalid(
                    "this file is no segment of a ledger", field="file", expected="a block", found=str(said)[:80]
                ) from error
            if at.block != number + 1:
                found.add(f"block {number + 1:,} is missing: block {at.block:,} stands in its place")
            elif previous is not None and at.previous != previous:
                found.add(f"block {at.block:,} does not stand on the block before it")
            previous, number = at.hash, at.block
            found.hashes[at.block] = at.hash
        if at is not None:
            _end(at, tree, found)
    if number != head.until:
        found.add(f"it ends with block {number:,}, and says that it goes to {head.until:,}")
    return _report(head, found, anchors, last=number, newest=previous)


class _Found:
    def __init__(self) -> None:
        self.events = self.more = 0
        self.problems: list[str] = []
        self.hashes: dict[int, str] = {}

    def add(self, problem: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.more += 1


def _end(at: _Block, tree: merkle.Tree, found: _Found) -> None:
    """A block's events under its root, and its root under its hash."""
    if tree.size != at.events:
        found.add(f"block {at.block:,} has {tree.size:,} events, and says {at.events:,}")
    elif tree.root().hex() != at.root:
        found.add(f"an event of block {at.block:,} was changed: its events do not give its root")
    counted = block_hash(
        programme=at.programme,
        number=at.block,
        previous=bytes.fromhex(at.previous),
        root=bytes.fromhex(at.root),
        events=at.events,
        sealed_at=at.sealed_at,
    )
    if counted.hex() != at.hash:
        found.add(f"block {at.block:,} was changed: its hash does not fit")


def _report(head: _Head, found: _Found, anchors: tuple[Anchor, ...], *, last: int, newest: str | None) -> SegmentReport:
    held = []
    for one in anchors:
        there = found.hashes.get(one.number)
        if there is None:
            found.add(f"{one.of} names block {one.number:,}, which is not in this segment")
        elif there != one.hash:
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
    return SegmentReport(
        outcome=outcome,
        because=because,
        programme=head.programme,
        first=head.first,
        last=last if found.hashes else None,
        events=found.events,
        head=newest if found.hashes else None,
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
