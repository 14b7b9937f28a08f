"""The ledger: what happened, in order, in blocks that nobody can change unnoticed.

    event ... event        an event is written in the transaction that made it true, unchained
        \\ ... /
    Merkle root            the sealer chains what no block holds yet: one chain a programme, one for the installation
         |
    block 1 <- block 2 <- block 3

A block's hash covers its programme, number, time, events and the block before it. Personal content enters only as a
salted commitment; with the salt deleted, nobody can tell any more what was committed to.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, select, text, update

from goldloop.core import clock, merkle
from goldloop.core.canonical import canonical, digest_of
from goldloop.store.open import Store
from goldloop.store.prepared import Prepared
from goldloop.store.schema import NEWS, block, event

CHUNK = 200  # events of one sealing transaction: on SQLite people's submits wait behind it, some 4 ms
PAUSE = 0.005  # seconds between two of them: the others' turn
LOCK = 4712  # PostgreSQL advisory lock: one sealer
FIRST = bytes(32)  # what stands before the first block
JUDGED = (
    "id",
    "item_id",
    "actor_id",
    "batch_id",
    "work_id",
    "task_id",
    "ontology_id",
    "guideline_id",
    "stance",
    "queue",
    "answer",
    "revision_of",
    "suggestion_id",
    "shown",
    "others",
    "surplus",
    "confidence",
    "margin",
    "entropy",
    "top",
    "comment",
    "reason",
    "active_ms",
    "wall_ms",
    "first_ms",
    "said_at",
)


AnyRow = Row[*tuple[Any, ...]]


class NewEvent(NamedTuple):
    """An event to append: what happened to which subject, who did it (None: goldloop itself), and its data."""

    kind: str
    programme: int | None
    actor: int | None
    subject: str
    data: Mapping[str, Any]
    at: int


class Head(NamedTuple):
    """The newest block of a chain."""

    number: int
    hash: bytes
    sealed_at: int


def record(
    connection: Connection,
    kind: str,
    *,
    programme: int | None,
    actor: int | None,
    subject: str,
    data: Mapping[str, Any],
    at: int,
) -> None:
    """Append one event, in the transaction that makes it true."""
    _ADD_ONE.run(connection, **_values(NewEvent(kind, programme, actor, subject, data, at)))


def record_many(connection: Connection, events: Iterable[NewEvent]) -> None:
    """Append events in bulk, in order."""
    rows = [_values(new) for new in events]
    if rows:
        connection.execute(_ADD, rows)


def record_one(connection: Connection, new: NewEvent) -> int:
    """Append one event that is to be found again; its key."""
    return int(connection.execute(insert(event).returning(event.c.id), _values(new)).scalar_one())


def data_of(connection: Connection, kind: str, subject: str) -> list[dict[str, Any]]:
    """What every event that somebody is told of says, of one kind about one subject, oldest first."""
    rows = connection.execute(
        select(event.c.data)
        .where(text(f"event.{NEWS}"), event.c.kind == kind, event.c.subject == subject)
        .order_by(event.c.id)
    )
    return [json.loads(data) for data in rows.scalars()]


class Placed(NamedTuple):
    """An event with the leaves of its block; `block` is None until it is sealed."""

    data: str
    leaf: bytes
    block: Head | None
    leaves: list[bytes]


def event_in_block(connection: Connection, key: int) -> Placed:
    """Where an event stands."""
    row = connection.execute(select(event).where(event.c.id == key)).one()
    if row.block_id is None:
        return Placed(row.data, event_leaf(row), None, [])
    found = connection.execute(
        select(block.c.number, block.c.hash, block.c.sealed_at).where(block.c.id == row.block_id)
    ).one()
    beside = connection.execute(select(event).where(event.c.block_id == row.block_id).order_by(event.c.id)).all()
    here = Head(found.number, bytes(found.hash), found.sealed_at)
    return Placed(row.data, event_leaf(row), here, [event_leaf(one) for one in beside])


def commitment(salt: bytes, canonical_text: str) -> str:
    """What the ledger says of a text without saying it: HMAC-SHA-256 under the text's own salt, in hex."""
    return hmac.new(salt, canonical_text.encode(), hashlib.sha256).hexdigest()


def judgement_text(row: Mapping[str, Any]) -> str:
    """The canonical text of a judgement: columns of `schema.judgement` by name, and `answer`, the JSON text it says.

    Absent means None. The answer enters itself, not its key: a changed answer must not fit. Which columns enter, and
    in which order, never changes: commitments of the past must open for ever.
    """
    said = {name: row.get(name) for name in JUDGED}
    said["surplus"] = bool(said["surplus"])
    key, note = row.get("client_key"), row.get("note")
    beside = [note] if note is not None else []  # a text without a note is what it was before there were any
    return canonical(["judgement.1", *said.values(), bytes(key).hex() if key is not None else None, *beside])


def seal(store: Store) -> int:
    """Chain every event that no block holds yet; how many. Short transactions, and one sealer at a time."""
    sealed = 0
    while True:
        with store.write(durable=False) as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            chunks = _unsealed(connection)
            _append(connection, chunks)
        count = sum(len(chunk.keys) for chunk in chunks)
        sealed += count
        if count < CHUNK:
            return sealed
        time.sleep(PAUSE)


def is_sealed(connection: Connection) -> bool:
    """True where every event stands in a block: the cheap look before sealing."""
    return connection.execute(_ANY_UNSEALED).first() is None


def head(connection: Connection, programme: int | None) -> Head | None:
    """The newest block of a programme's chain; with None, of the installation's own."""
    row = connection.execute(
        select(block.c.number, block.c.hash, block.c.sealed_at)
        .where(of_programme(block.c.programme_id, programme))
        .order_by(block.c.number.desc())
        .limit(1)
    ).one_or_none()
    return Head(row.number, bytes(row.hash), row.sealed_at) if row else None


def count_unsealed(connection: Connection, programme: int | None) -> int:
    """How many events of a chain no block holds yet."""
    statement = select(func.count()).where(event.c.block_id.is_(None), of_programme(event.c.programme_id, programme))
    return int(connection.execute(statement).scalar_one())


def event_leaf(row: Any) -> bytes:
    """The Merkle leaf of an event row: everything it says, with its key."""
    fields = [row.id, row.programme_id, row.kind, row.actor_id, row.subject, row.data, row.happened_at]
    return merkle.leaf(canonical(fields).encode())


def leaf_index(keys: Iterable[int], leaves: Iterable[bytes]) -> bytes:
    """What a block keeps to name an event that does not fit: 8 bytes of key and 8 of digest for each."""
    return b"".join(key.to_bytes(8, signed=True) + leaf[:8] for key, leaf in zip(keys, leaves, strict=True))


def block_hash(
    *, programme: int | None, number: int, previous: bytes, root: bytes, events: int, sealed_at: int
) -> bytes:
    """The hash that the next block, a certificate or a notary anchors: 32 bytes."""
    return digest_of(["block.1", programme, number, previous.hex(), root.hex(), events, sealed_at])


def of_programme(column: ColumnElement[int], programme: int | None) -> ColumnElement[bool]:
    """The rows of one chain."""
    return column.is_(None) if programme is None else column == programme


class _Chunk(NamedTuple):
    """Events of one programme that will be one block."""

    programme: int | None
    keys: list[int]
    leaves: list[bytes]


def _unsealed(connection: Connection) -> list[_Chunk]:
    """The next events to seal, by programme."""
    chunks = []
    for programme, group in groupby(connection.execute(_UNSEALED), key=lambda row: row.programme_id):
        events = list(group)
        chunks.append(_Chunk(programme, [row.id for row in events], [event_leaf(row) for row in events]))
    return chunks


def _append(connection: Connection, chunks: Sequence[_Chunk]) -> None:
    """Chain each programme's events as one block."""
    at = clock.now()
    for chunk in chunks:
        before = head(connection, chunk.programme)
        number, previous = (before.number + 1, before.hash) if before else (1, FIRST)
        root, events = merkle.root(chunk.leaves), len(chunk.keys)
        key = connection.execute(
            insert(block).returning(block.c.id),
            {
                "programme_id": chunk.programme,
                "number": number,
                "previous": previous,
                "root": root,
                "events": events,
                "leaves": leaf_index(chunk.keys, chunk.leaves),
                "hash": block_hash(
                    programme=chunk.programme, number=number, previous=previous, root=root, events=events, sealed_at=at
                ),
                "sealed_at": at,
            },
        ).scalar_one()
        connection.execute(_TAKE, {"block": key, "keys": chunk.keys})


def _values(new: NewEvent) -> dict[str, Any]:
    return {
        "kind": new.kind,
        "programme_id": new.programme,
        "actor_id": new.actor,
        "subject": new.subject,
        "data": canonical(new.data),
        "happened_at": new.at,
    }


_ADD = insert(event).inline()
_ADD_ONE = Prepared(_ADD, columns=("kind", "programme_id", "actor_id", "subject", "data", "happened_at"))
_ANY_UNSEALED = select(event.c.id).where(event.c.block_id.is_(None)).limit(1)
_UNSEALED = (
    select(
        event.c.id,
        event.c.programme_id,
        event.c.kind,
        event.c.actor_id,
        event.c.subject,
        event.c.data,
        event.c.happened_at,
    )
    .where(event.c.block_id.is_(None))
    .order_by(event.c.programme_id, event.c.id)
    .limit(CHUNK)
)
_TAKE = update(event).where(event.c.id.in_(bindparam("keys", expanding=True))).values(block_id=bindparam("block"))
