"""The guidelines clause by clause: since which release each is worded as it is, and what a person has read of it."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.prepared import Prepared
from goldloop.store.releases import releases
from goldloop.store.schema import member, reading


class ClauseRow(NamedTuple):
    """A clause in force. `version` is the release that worded it so, `before` how it was worded until then."""

    body: dict[str, Any]
    version: int
    changed_at: int
    before: dict[str, Any] | None


def clauses(connection: Connection, programme_id: int) -> list[ClauseRow]:
    """The clauses in force in a programme, in order."""
    return list(_worded(_history(connection, programme_id)))


def changed(connection: Connection, programme_id: int, guideline_id: int) -> tuple[ClauseRow, ...]:
    """The clauses of one release of the guidelines that the first release did not have, or not so. Never changes."""
    history = _history(connection, programme_id, until=guideline_id)
    return tuple(one for one in _worded(history) if one.version > history[0][0])


def unread(connection: Connection, programme_id: int, person_id: int, found: Sequence[ClauseRow]) -> set[str]:
    """The ids of clauses that were changed since a person last opened them, or since they came to the programme."""
    rows = _READ.all(connection, programme=programme_id, person=person_id)
    came: int | None = rows[0].came
    read: dict[str, int] = {row.clause: row.version for row in rows if row.clause is not None}
    return {
        one.body["id"]
        for one in found
        if (
            read[one.body["id"]] < one.version if one.body["id"] in read else came is not None and one.changed_at > came
        )
    }


def note_reading(
    connection: Connection, programme_id: int, person_id: int, clause: str, version: int, *, at: int
) -> None:
    """Remember that a person has opened this version of a clause."""
    insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    row = {"programme_id": programme_id, "person_id": person_id, "clause": clause, "version": version, "read_at": at}
    statement = insert(reading).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["programme_id", "person_id", "clause"],
            set_={"version": statement.excluded.version, "read_at": statement.excluded.read_at},
        )
    )


def _history(
    connection: Connection, programme_id: int, *, until: int | None = None
) -> tuple[tuple[int, int, str], ...]:
    """The releases of the guidelines, oldest first."""
    rows = reversed(releases(connection, programme_id, "guideline"))
    return tuple((row.number, row.sealed_at, row.body) for row in rows if until is None or row.id <= until)


@lru_cache(maxsize=64)
def _worded(history: tuple[tuple[int, int, str], ...]) -> tuple[ClauseRow, ...]:
    """Releases, oldest first, as the clauses of the last one."""
    now: dict[str, ClauseRow] = {}
    for number, at, text in history:
        bodies = json.loads(text)["clauses"]
        now = {
            one["id"]: now[one["id"]]
            if one["id"] in now and now[one["id"]].body == one
            else ClauseRow(one, number, at, now[one["id"]].body if one["id"] in now else None)
            for one in bodies
        }
    return tuple(now.values())


_CAME = (
    select(func.min(member.c.granted_at).label("came"))
    .where(member.c.programme_id == bindparam("programme"), member.c.actor_id == bindparam("person"))
    .subquery()
)
_READ = Prepared(  # one row at least: who has read nothing came at some time
    select(_CAME.c.came, reading.c.clause, reading.c.version).select_from(
        _CAME.outerjoin(
            reading,
            and_(reading.c.programme_id == bindparam("programme"), reading.c.person_id == bindparam("person")),
        )
    )
)
