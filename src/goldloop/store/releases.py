"""Releases: ontologies, guidelines and datasets, each sealed under a digest, numbered in a line."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from goldloop.core.canonical import canonical, digest
from goldloop.store.schema import actor, release, release_parent, withdrawn_release


class ReleaseRow(NamedTuple):
    """A release as it stands in its table."""

    id: int
    programme_id: int
    kind: str
    name: str
    number: int
    digest: bytes
    body: str
    sealed_by: int
    sealed_at: int


class Withdrawal(NamedTuple):
    """A named person's word that nobody should use a release any longer."""

    by: str
    because: str
    at: int


def add_release(
    connection: Connection,
    programme_id: int,
    kind: str,
    name: str,
    body: str,
    *,
    by: int,
    at: int,
    sealed: bytes | None = None,
    parents: Sequence[int] = (),
) -> int:
    """Seal the next release of a name; `sealed` is its digest where that is not the digest of `body`."""
    row = {
        "programme_id": programme_id,
        "kind": kind,
        "name": name,
        "number": (newest_number(connection, programme_id, kind, name) or 0) + 1,
        "digest": sealed or digest(body),
        "body": body,
        "sealed_by": by,
        "sealed_at": at,
    }
    key = int(connection.execute(insert(release).returning(release.c.id), row).scalar_one())
    if parents:
        connection.execute(insert(release_parent), [{"release_id": key, "parent_id": one} for one in parents])
    return key


def newest_number(connection: Connection, programme_id: int, kind: str, name: str) -> int | None:
    """The number of the newest release of a name."""
    found = connection.execute(
        select(func.max(release.c.number)).where(
            release.c.programme_id == programme_id, release.c.kind == kind, release.c.name == name
        )
    ).scalar()
    return int(found) if found is not None else None


def newest_release(connection: Connection, programme_id: int, kind: str, name: str) -> ReleaseRow | None:
    """The newest release of a name, or None."""
    row = connection.execute(
        _ROWS.where(release.c.programme_id == programme_id, release.c.kind == kind, release.c.name == name)
        .order_by(release.c.number.desc())
        .limit(1)
    ).one_or_none()
    return ReleaseRow(*row) if row else None


def release_row_of(connection: Connection, key: int) -> ReleaseRow:
    """A release by key; it never changes."""
    return ReleaseRow(*connection.execute(_ROWS.where(release.c.id == key)).one())


def releases(connection: Connection, programme_id: int, kind: str) -> list[ReleaseRow]:
    """The releases of a kind, newest first."""
    statement = _ROWS.where(release.c.programme_id == programme_id, release.c.kind == kind)
    return [ReleaseRow(*row) for row in connection.execute(statement.order_by(release.c.id.desc()))]


def withdraw_release(connection: Connection, key: int, *, by: int, because: str, at: int) -> bool:
    """Note that nobody should use a release any longer; False where that was noted before."""
    if key in withdrawals(connection, [key]):
        return False
    row = {"release_id": key, "withdrawn_by": by, "because": because, "withdrawn_at": at}
    connection.execute(insert(withdrawn_release), row)
    return True


def withdrawals(connection: Connection, keys: Sequence[int]) -> dict[int, Withdrawal]:
    """Who withdrew which of these releases, and why."""
    rows = connection.execute(
        select(
            withdrawn_release.c.release_id, actor.c.name, withdrawn_release.c.because, withdrawn_release.c.withdrawn_at
        )
        .join(actor, actor.c.id == withdrawn_release.c.withdrawn_by)
        .where(withdrawn_release.c.release_id.in_(keys))
    )
    return {key: Withdrawal(by, because, at) for key, by, because, at in rows}


def newest_standing(connection: Connection, programme_id: int, name: str) -> ReleaseRow | None:
    """The newest dataset release of a name that was not withdrawn, or None."""
    found = [row for row in releases(connection, programme_id, "dataset") if row.name == name]
    gone = withdrawals(connection, [row.id for row in found])
    return next((row for row in found if row.id not in gone), None)


def folder_of(home: Path, programme: str, name: str, number: int) -> Path:
    """Where a release of data stands on the server."""
    return home / "releases" / f"{programme}-{name}-{number}"


def mark_erased(connection: Connection, row: ReleaseRow, *, because: str, at: int) -> None:
    """Note that a release's folder was erased; its digest and its place in the line stay."""
    body = canonical({**json.loads(row.body), "erased": {"at": at, "because": because}})
    connection.execute(update(release).where(release.c.id == row.id).values(body=body))


def parents_of(connection: Connection, key: int) -> list[int]:
    """The releases that a release was made from."""
    rows = connection.execute(select(release_parent.c.parent_id).where(release_parent.c.release_id == key))
    return [parent for (parent,) in rows]


_ROWS = select(
    release.c.id,
    release.c.programme_id,
    release.c.kind,
    release.c.name,
    release.c.number,
    release.c.digest,
    release.c.body,
    release.c.sealed_by,
    release.c.sealed_at,
)
