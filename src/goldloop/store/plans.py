"""Plans: a programme simulated under stated inputs, kept as it was found. A plan never changes."""

from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from goldloop.store.schema import plan


class PlanRow(NamedTuple):
    """One plan as it stands in its table; `programme_id` is None of a programme that was not there yet."""

    id: int
    programme_id: int | None
    name: str
    kind: str
    digest: bytes
    doc: str
    made_by: int | None
    made_at: int


class PlanHead(NamedTuple):
    """A plan without its document."""

    id: int
    name: str
    kind: str
    made_by: int | None
    made_at: int


def add_plan(
    connection: Connection,
    programme_id: int | None,
    name: str,
    kind: str,
    *,
    digest: bytes,
    doc: str,
    by: int | None,
    at: int,
) -> int:
    """Keep a plan; its key. `kind` is plan or replay, `digest` that of everything it was given."""
    row = {
        "programme_id": programme_id,
        "name": name,
        "kind": kind,
        "digest": digest,
        "doc": doc,
        "made_by": by,
        "made_at": at,
    }
    return int(connection.execute(insert(plan).returning(plan.c.id), row).scalar_one())


def plan_row(connection: Connection, key: int) -> PlanRow | None:
    """A plan by key."""
    columns = [plan.c[name] for name in PlanRow._fields]
    row = connection.execute(select(*columns).where(plan.c.id == key)).one_or_none()
    return PlanRow._make(row) if row is not None else None


def newest_plans(connection: Connection, programme_id: int, *, limit: int = 50) -> list[PlanHead]:
    """The plans of a programme, newest first."""
    columns = [plan.c[name] for name in PlanHead._fields]
    rows = connection.execute(
        select(*columns).where(plan.c.programme_id == programme_id).order_by(plan.c.id.desc()).limit(limit)
    )
    return [PlanHead._make(row) for row in rows]
