"""Reading a programme row by row, in the order of its keys, in flat memory and from one snapshot."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, func, select, union
from sqlalchemy.sql.selectable import FromClause

from goldloop.store.archive.tables import OF, PROGRAMME, Rule
from goldloop.store.schema import (
    account,
    actor,
    block,
    decision,
    event,
    item,
    job,
    judgement,
    lane,
    lease,
    member,
    model,
    old_id,
    organisation,
    person,
    phrase,
    policy,
    programme,
    ready,
    release,
    release_row,
    segment,
    value,
    value_label,
    vault,
)

PAGE = 2_000
Line = Sequence[Any]


def one_snapshot(connection: Connection) -> None:
    """Have everything that is read from now on be of one moment; the first statement of a transaction."""
    if connection.dialect.name == "postgresql":  # SQLite's readers are on a snapshot as they are
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def rows_of(connection: Connection, rule: Rule, programme_id: int) -> Iterator[Line]:
    """The rows of a table that belong to a programme, with every column of the table, in the order of its key."""
    table = rule.table
    statement = select(*table.c).select_from(_joined(rule)).where(_root(rule) == programme_id)
    if table is ready:  # what is leased goes back to its place
        held = select(lease.c.lane_id, lease.c.priority, lease.c.work_id, lease.c.item_id).join(
            lane, lane.c.id == lease.c.lane_id
        )
        both = union(statement, held.where(lane.c.programme_id == programme_id)).subquery()
        return _paged(connection, select(both).order_by(both.c.lane_id, both.c.priority, both.c.work_id))
    return _paged(connection, statement.order_by(*table.primary_key.columns))


def _joined(rule: Rule) -> FromClause:
    """A table with the tables through which its rows belong to a programme."""
    out: Any = rule.table
    for child, column, parent in _path(rule):
        out = out.join(parent, child.c[column] == next(iter(parent.primary_key.columns)))
    return out  # type: ignore[no-any-return]  # a Table or a Join


def _root(rule: Rule) -> Any:
    path = _path(rule)
    root = path[-1][2] if path else rule.table
    return root.c[PROGRAMME] + 0  # the planner is to walk the table by its key, not sort a join


def _path(rule: Rule) -> list[tuple[Table, str, Table]]:
    out = []
    while rule.of != PROGRAMME:
        (foreign,) = rule.table.c[rule.of].foreign_keys
        parent = model if foreign.column.table is actor else foreign.column.table
        out.append((rule.table, rule.of, parent))
        rule = OF[parent.name]
    return out


def _paged(connection: Connection, statement: Select[Any]) -> Iterator[Line]:
    found = connection.execution_options(stream_results=True, yield_per=PAGE).execute(statement)
    for page in found.partitions(PAGE):
        yield from page


class Begun(NamedTuple):
    """A programme as its archive begins."""

    name: str
    organisation: str
    organisation_kind: str
    created_at: int


def about(connection: Connection, programme_id: int) -> Begun:
    """What a manifest says of a programme."""
    row = connection.execute(
        select(programme.c.name, organisation.c.name, organisation.c.kind, programme.c.created_at)
        .join(organisation, organisation.c.id == programme.c.organisation_id)
        .where(programme.c.id == programme_id)
    ).one()
    return Begun._make(row)


def is_busy(connection: Connection, programme_id: int, *, but: int) -> str | None:
    """The kind of a job that writes to a programme right now, or waits to: None where none does."""
    busy = select(job.c.kind).where(
        job.c.programme_id == programme_id,
        job.c.state.in_(("queued", "running")),
        job.c.kind.in_(("take_in", "receive", "cut_release", "erase", "rebuild", "archive")),
        job.c.id != but,
    )
    return connection.execute(busy.limit(1)).scalar()


def about_rows(connection: Connection, programme_id: int) -> int:
    """About how many rows will leave: what progress is told against."""
    items = connection.execute(select(func.count()).where(item.c.programme_id == programme_id)).scalar_one()
    events = connection.execute(select(func.count()).where(event.c.programme_id == programme_id)).scalar_one()
    return int(items) * 8 + int(events) * 2


def values_of(connection: Connection, programme_id: int) -> Iterator[Line]:
    """(key, task, answer) of everything that was said in a programme, by key."""
    mine = union(
        select(judgement.c.value_id)
        .join(item, item.c.id == judgement.c.item_id)
        .where(item.c.programme_id == programme_id),
        select(decision.c.value_id)
        .join(item, item.c.id == decision.c.item_id)
        .where(item.c.programme_id == programme_id),
        select(release_row.c.value_id).where(release_row.c.programme_id == programme_id),
    )
    statement = select(value.c.id, value.c.task_id, value.c.answer).where(value.c.id.in_(mine)).order_by(value.c.id)
    return _paged(connection, statement)


def labels_of(connection: Connection, keys: Sequence[int]) -> dict[int, list[str]]:
    """The labels that some answers say."""
    out: dict[int, list[str]] = {}
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(value_label.c.value_id, phrase.c.text)
            .join(phrase, phrase.c.id == value_label.c.label_id)
            .where(value_label.c.value_id.in_(keys[start : start + 500]))
            .order_by(value_label.c.value_id, phrase.c.text)
        )
        for key, text in rows:
            out.setdefault(key, []).append(text)
    return out


def phrases_of(connection: Connection, keys: Sequence[int]) -> list[tuple[int, str]]:
    """(key, text) of phrases."""
    out: list[tuple[int, str]] = []
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        out += [
            (key, text)
            for key, text in connection.execute(select(phrase.c.id, phrase.c.text).where(phrase.c.id.in_(part)))
        ]
    return sorted(out)


def actors_of(connection: Connection, keys: Sequence[int]) -> Iterator[Any]:
    """Actors by key, with the organisation they are of and what people bring."""
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        yield from connection.execute(
            select(
                actor.c.id,
                actor.c.kind,
                actor.c.name,
                actor.c.version,
                organisation.c.name.label("organisation"),
                actor.c.simulated,
                actor.c.created_at,
                actor.c.left_at,
                actor.c.organisation_id,
                person.c.employment,
                person.c.started_at,
                person.c.tiers,
                person.c.skills,
                person.c.languages,
            )
            .outerjoin(organisation, organisation.c.id == actor.c.organisation_id)
            .outerjoin(person, person.c.actor_id == actor.c.id)
            .where(actor.c.id.in_(part))
            .order_by(actor.c.id)
        )


def organisations_of(connection: Connection, keys: Sequence[int]) -> list[tuple[int, str, str]]:
    """(key, name, kind) of organisations."""
    statement = select(organisation.c.id, organisation.c.name, organisation.c.kind)
    rows = connection.execute(statement.where(organisation.c.id.in_(keys)).order_by(organisation.c.id))
    return [(key, name, kind) for key, name, kind in rows]


def events_of(connection: Connection, programme_id: int) -> Iterator[Line]:
    """The entries of a programme's open chain as they stand, in order, with the number of their block."""
    statement = (
        select(
            event.c.id,
            event.c.programme_id,
            event.c.kind,
            event.c.actor_id,
            event.c.subject,
            event.c.data,
            event.c.happened_at,
            block.c.number,
        )
        .outerjoin(block, block.c.id == event.c.block_id)
        .where(event.c.programme_id == programme_id)
        .order_by(func.coalesce(block.c.number, 1 << 62), event.c.id)
    )
    return _paged(connection, statement)


def blocks_of(connection: Connection, programme_id: int) -> Iterator[Line]:
    """The blocks of a programme's open chain, in order."""
    columns = (block.c.programme_id, block.c.number, block.c.previous, block.c.root, block.c.events, block.c.leaves)
    statement = select(*columns, block.c.hash, block.c.sealed_at).where(block.c.programme_id == programme_id)
    return _paged(connection, statement.order_by(block.c.number))


def segments_of(connection: Connection, programme_id: int) -> list[Any]:
    """The segments that were closed before, in order."""
    statement = select(segment).where(segment.c.programme_id == programme_id).order_by(segment.c.number)
    return list(connection.execute(statement))


def old_ids_of(connection: Connection, programme_id: int) -> Iterator[Line]:
    """(noun, public id, key) of the ids that rows had before."""
    statement = select(old_id.c.noun, old_id.c.public, old_id.c.key).where(old_id.c.programme_id == programme_id)
    return _paged(connection, statement.order_by(old_id.c.noun, old_id.c.public))


def highest(connection: Connection, table: Table) -> int:
    """The highest key of a table; 0 where it is empty."""
    return int(connection.execute(select(func.max(next(iter(table.primary_key.columns))))).scalar() or 0)


class Person(NamedTuple):
    """A person whose name may stand in what goldloop wrote, with the roles they have in the programme."""

    id: int
    name: str
    sign_in: str | None
    seats: tuple[str, ...]


def people_of(connection: Connection, programme_id: int) -> list[Person]:
    """Everybody who signs in here, has a role in a programme, or said something in it."""
    said = select(judgement.c.actor_id).join(item, item.c.id == judgement.c.item_id)
    near = union(
        said.where(item.c.programme_id + 0 == programme_id),
        select(member.c.actor_id).where(member.c.programme_id == programme_id),
        select(account.c.actor_id),
    )
    roles: dict[int, list[str]] = {}
    for key, role in connection.execute(
        select(member.c.actor_id, member.c.role).where(member.c.programme_id == programme_id).order_by(member.c.role)
    ):
        roles.setdefault(key, []).append(role)
    rows = connection.execute(
        select(actor.c.id, actor.c.name, account.c.name)
        .outerjoin(account, account.c.actor_id == actor.c.id)
        .where(actor.c.kind == "person", actor.c.id.in_(near))
        .order_by(actor.c.id)
    )
    return [Person(key, name, sign_in, tuple(roles.get(key, ()))) for key, name, sign_in in rows]


def policies_of(connection: Connection, programme_id: int) -> list[str]:
    """Every version of a programme's policy as JSON, the first first."""
    statement = select(policy.c.doc).where(policy.c.programme_id == programme_id).order_by(policy.c.number)
    return list(connection.execute(statement).scalars())


def tokens_of(connection: Connection, programme_id: int) -> int:
    """How many tokens of a programme stand for something in the vault."""
    counted = select(func.count()).select_from(vault).where(vault.c.programme_id == programme_id)
    return int(connection.execute(counted).scalar_one())


class SealedRow(NamedTuple):
    """A release of data."""

    id: int
    name: str
    number: int


def sealed_of(connection: Connection, programme_id: int) -> list[SealedRow]:
    """The releases of a programme that have a folder."""
    statement = select(release.c.id, release.c.name, release.c.number).where(
        release.c.programme_id == programme_id, release.c.kind == "dataset"
    )
    return [SealedRow._make(row) for row in connection.execute(statement.order_by(release.c.id))]
