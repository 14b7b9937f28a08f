"""Closed segments of a ledger: what a programme brought along from where it was, and how that is still checked.

The entries are blobs, never rows: nothing that follows from events follows from these a second time. They speak of
rows by the keys of where they were written, and `carried` says which rows those are here.
"""

import base64
import bisect
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select

from goldloop.core.blobs import Blobs
from goldloop.core.errors import NotFound
from goldloop.store import ledger_report
from goldloop.store.ledger import FIRST, Head, Placed, event_leaf
from goldloop.store.ledger_report import ClosedReport, Findings, LedgerReport, Said
from goldloop.store.schema import carried, segment

AT_ONCE = 500  # commitments that are opened together


class SegmentRow(NamedTuple):
    """A closed segment as it stands in its table."""

    id: int
    programme_id: int
    number: int
    name: str
    programme_key: int
    events: str
    blocks: str
    block_count: int
    event_count: int
    head: bytes | None
    fingerprint: str
    manifest: bytes
    closed_at: int


class Run(NamedTuple):
    """A run of keys there, and how much further on they are here."""

    noun: str
    first: int
    last: int
    shift: int


class Entry(NamedTuple):
    """An event of a closed segment; `block_id` is its block's number."""

    id: int
    programme_id: int
    kind: str
    actor_id: int | None
    subject: str
    data: str
    happened_at: int
    block_id: int | None


class Sealed(NamedTuple):
    """A block of a closed segment."""

    programme_id: int
    number: int
    previous: bytes
    root: bytes
    events: int
    leaves: bytes
    hash: bytes
    sealed_at: int


class Moved:
    """The keys of a segment's rows here and there."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._there: dict[str, list[Run]] = {}
        self._here: dict[str, list[Run]] = {}
        for run in runs:
            self._there.setdefault(run.noun, []).append(run)
            self._here.setdefault(run.noun, []).append(run)
        for listed in self._there.values():
            listed.sort(key=lambda one: one.first)
        for listed in self._here.values():
            listed.sort(key=lambda one: one.first + one.shift)

    def here(self, noun: str, key: int) -> int | None:
        """The key here of a row there; None where nothing was carried under it."""
        listed = self._there.get(noun, [])
        n = bisect.bisect_right(listed, key, key=lambda one: one.first) - 1
        return key + listed[n].shift if n >= 0 and key <= listed[n].last else None

    def there(self, noun: str, key: int | None) -> int | None:
        """The key there of a row here; None where it came later."""
        if key is None:
            return None
        listed = self._here.get(noun, [])
        n = bisect.bisect_right(listed, key, key=lambda one: one.first + one.shift) - 1
        return key - listed[n].shift if n >= 0 and key <= listed[n].last + listed[n].shift else None


_NUMBER = re.compile(r"\d+")
_KEYS = {
    "id": "judgement",
    "item_id": "item",
    "actor_id": "actor",
    "batch_id": "batch",
    "work_id": "work",
    "task_id": "phrase",
    "ontology_id": "release",
    "guideline_id": "release",
    "revision_of": "judgement",
    "suggestion_id": "judgement",
}


def segments(connection: Connection, programme_id: int) -> list[SegmentRow]:
    """The closed segments of a programme, the oldest first."""
    columns = [segment.c[name] for name in SegmentRow._fields]
    rows = connection.execute(select(*columns).where(segment.c.programme_id == programme_id).order_by(segment.c.number))
    return [SegmentRow._make(row) for row in rows]


def segment_row(connection: Connection, key: int) -> SegmentRow:
    """A closed segment by key."""
    columns = [segment.c[name] for name in SegmentRow._fields]
    return SegmentRow._make(connection.execute(select(*columns).where(segment.c.id == key)).one())


def add_segment(connection: Connection, new: Mapping[str, Any], runs: Iterable[Run]) -> int:
    """Keep a closed segment with the keys that it speaks of; its key."""
    key = int(connection.execute(insert(segment).returning(segment.c.id), dict(new)).scalar_one())
    rows = [{"segment_id": key, **run._asdict()} for run in runs]
    if rows:
        connection.execute(insert(carried), rows)
    return key


def carried_of(connection: Connection, key: int) -> list[Run]:
    """The keys that a segment speaks of."""
    statement = select(carried.c.noun, carried.c.first, carried.c.last, carried.c.shift)
    rows = connection.execute(statement.where(carried.c.segment_id == key).order_by(carried.c.noun, carried.c.first))
    return [Run._make(row) for row in rows]


def merged(pairs: Iterable[tuple[int, int]], noun: str) -> list[Run]:
    """Runs of (key there, key here), which come in the order of the keys there."""
    out: list[Run] = []
    for there, here in pairs:
        if out and there == out[-1].last + 1 and here - there == out[-1].shift:
            out[-1] = out[-1]._replace(last=there)
        else:
            out.append(Run(noun, there, there, here - there))
    return out


def entries(chunks: Iterable[bytes]) -> Iterator[Entry]:
    """The events of a segment, in order."""
    for line in lines(chunks):
        yield Entry._make(json.loads(line))


def sealed_blocks(chunks: Iterable[bytes]) -> Iterator[Sealed]:
    """The blocks of a segment, in order."""
    for line in lines(chunks):
        programme, number, previous, root, events, leaves, hash_, at = json.loads(line)
        told = (base64.b64decode(one) for one in (previous, root, leaves, hash_))
        before, under, index, own = told
        yield Sealed(programme, number, before, under, events, index, own, at)


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file that comes in chunks."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


def walked(
    findings: Findings, blocks: Iterable[Sealed], events: Iterable[Entry]
) -> Iterator[tuple[Sealed | None, list[Entry]]]:
    """Every block of a segment with its events, both checked; at the end the events that no block holds.

    In the order of the blocks, so that a segment of any length is checked in flat memory.
    """
    grouped = groupby(events, key=lambda one: one.block_id)
    number, mine = next(grouped, (None, iter(())))
    previous, expected = FIRST, 1
    for one in blocks:
        while number is not None and number < one.number:
            for stray in mine:
                findings.add("its block was deleted, or belongs to another chain", block=number, event=stray.id)
            number, mine = next(grouped, (None, iter(())))
        held = list(mine) if number == one.number else []
        if number == one.number:
            number, mine = next(grouped, (None, iter(())))
        ledger_report.check_block(findings, one, number=expected, previous=previous)
        ledger_report.check_events(findings, one, held)
        previous, expected = one.hash, one.number + 1
        yield one, held
    while number is not None:
        for stray in mine:
            findings.add("its block was deleted, or belongs to another chain", block=number, event=stray.id)
        number, mine = next(grouped, (None, iter(())))
    yield None, list(mine)


def verify_closed(connection: Connection, blobs: Blobs, row: SegmentRow) -> ClosedReport:
    """Check a closed segment: its entries and blocks as they were, and its commitments against the rows of today."""
    findings, moved, unsealed, head = Findings(), Moved(carried_of(connection, row.id)), 0, FIRST
    for one, held in walked(findings, sealed_blocks(blobs.read(row.blocks)), entries(blobs.read(row.events))):
        if one is None:
            unsealed = len(held)
            continue
        head = one.hash
        said = [Said.of(event) for event in held if event.kind == "judgement.said"]
        for start in range(0, len(said), AT_ONCE):
            _open(connection, findings, said[start : start + AT_ONCE], moved)
    if (row.head or FIRST) != head:
        findings.add("this is not the head that the archive was signed with", block=None)
    if findings.events + unsealed != row.event_count or findings.blocks != row.block_count:
        findings.add("entries are missing at the end", block=None)
    return ClosedReport(
        number=row.number,
        programme=row.name,
        outcome="fail" if findings.problems else "pass" if findings.blocks else "unknown",
        blocks=findings.blocks,
        events=findings.events,
        unsealed=unsealed,
        judgements=findings.judgements,
        unopened=findings.unopened,
        head=head.hex() if findings.blocks else None,
        signer=row.fingerprint,
        closed_at=row.closed_at,
        problems=tuple(findings.problems),
        more_problems=findings.more,
    )


def verify(connection: Connection, blobs: Blobs, programme_id: int) -> LedgerReport:
    """Check a programme's chain, and every segment that was closed before it."""
    found = ledger_report.verify(connection, programme_id)
    closed = tuple(verify_closed(connection, blobs, one) for one in segments(connection, programme_id))
    broken = any(one.outcome == "fail" for one in closed)
    return found.model_copy(update={"closed": closed, "outcome": "fail" if broken else found.outcome})


def placed(connection: Connection, blobs: Blobs, key: int, event: int) -> Placed:
    """Where an event of a closed segment stands. Raises NotFound."""
    row = segment_row(connection, key)
    blocks = {one.number: one for one in sealed_blocks(blobs.read(row.blocks))}
    for number, group in groupby(entries(blobs.read(row.events)), key=lambda one: one.block_id):
        held = list(group)
        found = next((one for one in held if one.id == event), None)
        if found is None:
            continue
        leaves = [event_leaf(one) for one in held] if number is not None else []
        here = None
        if number is not None:
            here = Head(number, blocks[number].hash, blocks[number].sealed_at)
        return Placed(found.data, event_leaf(found), here, leaves)
    raise NotFound("there is no such entry in this segment", field="event", found=str(event))


def _open(connection: Connection, findings: Findings, said: Sequence[Said], moved: Moved) -> None:
    keys = {one.event: moved.here("judgement", one.judgement) for one in said}
    rows = ledger_report.judgement_rows(connection, [key for key in keys.values() if key is not None])
    for one in said:
        key = keys[one.event]
        row = rows.get(key) if key is not None else None
        ledger_report.check_judgement(findings, one.block, one, _as_there(row, moved) if row is not None else None)


def _as_there(row: Mapping[str, Any], moved: Moved) -> dict[str, Any]:
    """A judgement under the keys that it had when it was committed to."""
    out = dict(row) | {name: moved.there(noun, row[name]) for name, noun in _KEYS.items()}
    if out["others"] is not None:
        out["others"] = _NUMBER.sub(lambda match: str(moved.there("judgement", int(match[0]))), out["others"])
    return out
