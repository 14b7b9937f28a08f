"""Take-ins: each import with what came in, what was rejected and where a restart goes on."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from goldloop.core.families import Reject
from goldloop.store.prepared import Prepared
from goldloop.store.schema import reject, source, take_in


class TakeInRow(NamedTuple):
    """A take-in as it stands in its table."""

    id: int
    programme_id: int
    source_id: int
    spec: str
    file: str
    blob: str
    resume: str
    item_count: int
    duplicates: int
    rejects: int
    judgements: int
    taken_by: int
    taken_at: int
    finished_at: int | None
    people: str | None = None
    lost: str | None = None


class NewTakeIn(NamedTuple):
    """A take-in to begin."""

    programme_id: int
    source_id: int
    spec: str
    file: str
    blob: str
    sha256: bytes
    provenance: str
    taken_by: int
    taken_at: int
    people: str | None = None


class Tally(NamedTuple):
    """How much came in so far."""

    items: int = 0
    duplicates: int = 0
    rejects: int = 0
    judgements: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def source_key(connection: Connection, programme_id: int, name: str) -> int:
    """The source of a name in a programme, added if new."""
    found = connection.execute(
        select(source.c.id).where(source.c.programme_id == programme_id, source.c.name == name)
    ).scalar()
    if found is None:
        row = {"programme_id": programme_id, "name": name}
        found = connection.execute(insert(source).returning(source.c.id), row).scalar_one()
    return int(found)


def source_keys(connection: Connection, programme_id: int, names: Sequence[str]) -> dict[str, int]:
    """Keys of a programme's sources by name; names of which nothing has come are left out."""
    rows = connection.execute(
        select(source.c.name, source.c.id).where(source.c.programme_id == programme_id, source.c.name.in_(names))
    )
    return {name: key for name, key in rows}


def all_sources(connection: Connection, programme_id: int) -> dict[int, str]:
    """Every source of a programme from which something came: name by key."""
    rows = connection.execute(select(source.c.id, source.c.name).where(source.c.programme_id == programme_id))
    return {key: name for key, name in rows}


def source_names(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    """Names of sources."""
    rows = connection.execute(select(source.c.id, source.c.name).where(source.c.id.in_(keys)))
    return {key: name for key, name in rows}


def begin(connection: Connection, new: NewTakeIn) -> int:
    """Begin a take-in; its key."""
    start = {"resume": "", "item_count": 0, "duplicates": 0, "rejects": 0, "judgements": 0, "finished_at": None}
    start |= {"lost": None}
    return int(connection.execute(insert(take_in).returning(take_in.c.id), {**new._asdict(), **start}).scalar_one())


def take_in_row(connection: Connection, key: int) -> TakeInRow:
    """A take-in by key."""
    return TakeInRow._make(connection.execute(_ROWS.where(take_in.c.id == key)).one())


def take_ins(connection: Connection, programme_id: int) -> list[TakeInRow]:
    """The take-ins of a programme, newest first."""
    rows = connection.execute(_ROWS.where(take_in.c.programme_id == programme_id).order_by(take_in.c.id.desc()))
    return [TakeInRow._make(row) for row in rows]


def advance(
    connection: Connection,
    key: int,
    tally: Tally,
    resume: str,
    rejects: Sequence[Reject],
    *,
    lost: str | None = None,
    finished_at: int | None = None,
) -> None:
    """Note how far a take-in is, with the rejects since; in the transaction that took the items in."""
    if rejects:
        first = tally.rejects - len(rejects)
        connection.execute(
            insert(reject),
            [
                {
                    "take_in_id": key,
                    "n": first + n,
                    "line": one.line,
                    "field": one.field,
                    "expected": one.expected,
                    "found": one.found,
                }
                for n, one in enumerate(rejects)
            ],
        )
    _ADVANCE.run(
        connection,
        key=key,
        item_count=tally.items,
        duplicates=tally.duplicates,
        rejects=tally.rejects,
        judgements=tally.judgements,
        resume=resume,
        lost=lost,
        finished_at=finished_at,
    )


def rejects(connection: Connection, key: int, *, after: int = -1, limit: int = 1000) -> list[tuple[int, Reject]]:
    """Rejects of a take-in in order, numbered, after a number."""
    rows = connection.execute(
        select(reject.c.n, reject.c.line, reject.c.field, reject.c.expected, reject.c.found)
        .where(reject.c.take_in_id == key, reject.c.n > after)
        .order_by(reject.c.n)
        .limit(limit)
    )
    return [(n, Reject(line, field, expected, found)) for n, line, field, expected, found in rows]


def finished_with(connection: Connection, programme_id: int, blob: str) -> bool:
    """True where no import or delivery still reads an uploaded file."""
    reads = select(take_in.c.id).where(
        take_in.c.programme_id == programme_id, take_in.c.blob == blob, take_in.c.finished_at.is_(None)
    )
    return connection.execute(reads.limit(1)).first() is None


def forget_file(connection: Connection, programme_id: int, blob: str) -> None:
    """Forget the name and digest of an uploaded file, and what was found in its rejects."""
    mine = (take_in.c.programme_id == programme_id) & (take_in.c.blob == blob)
    keys = list(connection.execute(select(take_in.c.id).where(mine)).scalars())
    connection.execute(update(reject).where(reject.c.take_in_id.in_(keys)).values(found=""))
    connection.execute(update(take_in).where(mine).values(blob="", sha256=os.urandom(32)))


_ROWS = select(
    take_in.c.id,
    take_in.c.programme_id,
    take_in.c.source_id,
    take_in.c.spec,
    take_in.c.file,
    take_in.c.blob,
    take_in.c.resume,
    take_in.c.item_count,
    take_in.c.duplicates,
    take_in.c.rejects,
    take_in.c.judgements,
    take_in.c.taken_by,
    take_in.c.taken_at,
    take_in.c.finished_at,
    take_in.c.people,
    take_in.c.lost,
)
_ADVANCE = Prepared(
    update(take_in).where(take_in.c.id == bindparam("key")),
    columns=("item_count", "duplicates", "rejects", "judgements", "resume", "lost", "finished_at"),
)
