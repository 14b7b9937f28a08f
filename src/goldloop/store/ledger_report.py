"""What a ledger's own arithmetic proves: every event and block of a chain, and the judgements committed to in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, func, select

from goldloop.core import merkle
from goldloop.core.nouns import Noun, Outcome
from goldloop.store.ledger import (
    FIRST,
    AnyRow,
    block_hash,
    commitment,
    event_leaf,
    judgement_text,
    leaf_index,
    of_programme,
)
from goldloop.store.schema import block, event, item, judgement, value

PAGE = 20  # blocks read at a time: at most 10,000 events in memory
MOST_PROBLEMS = 1000


class Problem(Noun):
    """One thing that does not fit: the block's number, the event's key where one can be named, and why."""

    block: int | None
    event: int | None = None
    because: str


class ClosedReport(Noun):
    """What a check of a closed segment found: of a chain that was closed where the programme came from.

    `signer` is the fingerprint of the key that signed the archive that brought it.
    """

    number: int
    programme: str
    outcome: Outcome
    blocks: int
    events: int
    unsealed: int
    judgements: int
    unopened: int
    head: str | None
    signer: str
    closed_at: int
    problems: tuple[Problem, ...]
    more_problems: int = 0


class LedgerReport(Noun):
    """What a check of one chain found. `unknown` where no block exists: nothing was proved.

    `events` are those in blocks, `unsealed` the tail that no block holds yet. `judgements` is how many commitments
    opened onto their row, `unopened` how many cannot be opened any more because the item was erased. `closed` are the
    segments that came with the programme from elsewhere; where one of them does not fit, `outcome` is fail.
    """

    outcome: Outcome
    blocks: int
    events: int
    unsealed: int
    judgements: int
    unopened: int
    head: str | None
    problems: tuple[Problem, ...]
    more_problems: int = 0
    closed: tuple[ClosedReport, ...] = ()


class Findings:
    """What is counted on the way."""

    def __init__(self) -> None:
        self.blocks = self.events = self.judgements = self.unopened = self.more = 0
        self.problems: list[Problem] = []

    def add(self, because: str, *, block: int | None, event: int | None = None) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(block=block, event=event, because=because))
        else:
            self.more += 1


def verify(
    connection: Connection, programme: int | None, *, anchors: Mapping[int, bytes] | None = None
) -> LedgerReport:
    """Check a programme's chain (None: the installation's) in flat memory.

    `anchors` are block hashes by number that stand outside the database, such as on certificates: with them a chain
    that lost its newest blocks, or was forged as a whole, is found too.
    """
    findings = Findings()
    expected = dict(anchors or {})
    previous, number = FIRST, 0
    for page in _pages(connection, programme):
        events = _events(connection, [row.id for row in page])
        for row in page:
            check_block(findings, row, number=number + 1, previous=previous)
            anchored = expected.pop(row.number, None)
            if anchored is not None and anchored != bytes(row.hash):
                findings.add("this is not the block that was anchored outside", block=row.number)
            check_events(findings, row, events.get(row.id, []))
            previous, number = bytes(row.hash), row.number
        _check_judgements(connection, findings, page, events)
    for missing in sorted(expected):
        findings.add("a block that was anchored outside is missing", block=missing)
    _check_strays(connection, findings, programme)
    return LedgerReport(
        outcome="fail" if findings.problems else "pass" if findings.blocks else "unknown",
        blocks=findings.blocks,
        events=findings.events,
        unsealed=_count_unsealed(connection, programme),
        judgements=findings.judgements,
        unopened=findings.unopened,
        head=previous.hex() if findings.blocks else None,
        problems=tuple(findings.problems),
        more_problems=findings.more,
    )


def blocks_with_events(
    connection: Connection, programme: int, *, first: int, until: int
) -> Iterator[tuple[AnyRow, Sequence[AnyRow]]]:
    """The blocks of a chain from one number to another, each with its events in order."""
    for page in _pages(connection, programme, after=first - 1):
        events = _events(connection, [row.id for row in page])
        for row in page:
            if row.number > until:
                return
            yield row, events.get(row.id, [])


def _pages(connection: Connection, programme: int | None, *, after: int = -(1 << 62)) -> Iterator[Sequence[AnyRow]]:
    """The blocks of a chain in order."""
    number = after
    while True:
        page = connection.execute(
            select(block)
            .where(of_programme(block.c.programme_id, programme), block.c.number > number)
            .order_by(block.c.number)
            .limit(PAGE)
        ).all()
        if not page:
            return
        yield page
        number = page[-1].number


def _events(connection: Connection, blocks: Sequence[int]) -> dict[int, list[AnyRow]]:
    """The events of some blocks by block key, in order."""
    out: dict[int, list[AnyRow]] = {}
    rows = connection.execute(select(event).where(event.c.block_id.in_(blocks)).order_by(event.c.block_id, event.c.id))
    for row in rows:
        out.setdefault(row.block_id, []).append(row)
    return out


def check_block(findings: Findings, row: Any, *, number: int, previous: bytes) -> None:
    """The chain: numbers without gaps, each block on the one before, and a hash that fits."""
    findings.blocks += 1
    if row.number != number:
        findings.add(f"the chain jumps: block {number} is missing before it", block=row.number)
    elif bytes(row.previous) != previous:
        findings.add("it does not stand on the block before it", block=row.number)
    counted = block_hash(
        programme=row.programme_id,
        number=row.number,
        previous=bytes(row.previous),
        root=bytes(row.root),
        events=row.events,
        sealed_at=row.sealed_at,
    )
    if counted != bytes(row.hash):
        findings.add("the block was changed: its hash does not fit", block=row.number)


def check_events(findings: Findings, row: Any, events: Sequence[Any]) -> None:
    """The events under a block's root; where they do not give it, which ones."""
    findings.events += len(events)
    leaves = [event_leaf(one) for one in events]
    index = leaf_index([one.id for one in events], leaves)
    if merkle.root(leaves) == bytes(row.root) and len(events) == row.events and index == bytes(row.leaves):
        return
    sealed = _by_key(bytes(row.leaves))
    found = _by_key(index)
    before = len(findings.problems) + findings.more
    for key in sorted(sealed.keys() | found.keys()):
        if key not in found:
            findings.add("an event was deleted", block=row.number, event=key)
        elif key not in sealed:
            findings.add("an event was inserted", block=row.number, event=key)
        elif sealed[key] != found[key]:
            findings.add("an event was changed", block=row.number, event=key)
    if len(findings.problems) + findings.more == before:
        findings.add("the block was changed: its events do not give its root", block=row.number)


def _by_key(index: bytes) -> dict[int, bytes]:
    return {int.from_bytes(index[n : n + 8], signed=True): index[n + 8 : n + 16] for n in range(0, len(index), 16)}


def _check_judgements(
    connection: Connection, findings: Findings, page: Sequence[AnyRow], events: Mapping[int, Sequence[AnyRow]]
) -> None:
    """Every commitment to a judgement still opens onto the row it was made of."""
    numbers = {row.id: row.number for row in page}
    said = [Said.of(one) for rows in events.values() for one in rows if one.kind == "judgement.said"]
    for start in range(0, len(said), 500):
        part = said[start : start + 500]
        rows = judgement_rows(connection, [one.judgement for one in part])
        for one in part:
            check_judgement(findings, numbers[one.block], one, rows.get(one.judgement))


class Said(NamedTuple):
    """An event that commits to a judgement. No row has the key -1: it stands for data that name none."""

    event: int
    block: int
    judgement: int
    commitment: str

    @classmethod
    def of(cls, row: Any) -> "Said":
        try:
            data = json.loads(row.data)
        except ValueError:
            data = None
        match data:
            case {"judgement": int(key), "commitment": str(made)}:
                return cls(row.id, row.block_id, key, made)
        return cls(row.id, row.block_id, -1, "")


def check_judgement(findings: Findings, number: int, said: Said, row: Mapping[str, Any] | None) -> None:
    """A commitment still opens onto the row it was made of."""
    if row is None:
        findings.add(f"judgement {said.judgement} was deleted", block=number, event=said.event)
    elif commitment(bytes(row["salt"] or b""), judgement_text(row)) != said.commitment:
        if row["salt"] is None:
            findings.unopened += 1
        else:
            findings.add(f"judgement {said.judgement} was changed", block=number, event=said.event)
    else:
        findings.judgements += 1


def judgement_rows(connection: Connection, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Judgement rows by key, with the salt of their item and the text of their answer."""
    rows = connection.execute(
        select(judgement, item.c.salt, value.c.answer)
        .join(item, item.c.id == judgement.c.item_id)
        .outerjoin(value, value.c.id == judgement.c.value_id)
        .where(judgement.c.id.in_(keys))
    )
    return {row["id"]: _by_name(row) for row in rows.mappings()}


def _by_name(row: RowMapping) -> dict[str, Any]:
    return {str(name): content for name, content in row.items()}


def _check_strays(connection: Connection, findings: Findings, programme: int | None) -> None:
    """Events of the programme that name a block which is not of its chain."""
    rows = connection.execute(
        select(event.c.id, block.c.number)
        .outerjoin(block, block.c.id == event.c.block_id)
        .where(
            of_programme(event.c.programme_id, programme),
            event.c.block_id.is_not(None),
            block.c.id.is_(None) | block.c.programme_id.is_distinct_from(event.c.programme_id),
        )
        .order_by(event.c.id)
        .limit(MOST_PROBLEMS)
    )
    for key, number in rows:
        findings.add("its block was deleted, or belongs to another chain", block=number, event=key)


def _count_unsealed(connection: Connection, programme: int | None) -> int:
    counted = connection.execute(
        select(func.count())
        .select_from(event)
        .where(of_programme(event.c.programme_id, programme), event.c.block_id.is_(None))
    )
    return int(counted.scalar_one())
