"""Writing a programme's rows under keys that are free here, and taking them back where an opening comes to nothing.

On PostgreSQL all of it is one transaction. On SQLite, where one transaction would keep everybody else from writing,
the rows come in steps that nobody sees, because the programme itself comes last; what was begun is taken back.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, select

from goldloop.store import schema
from goldloop.store.archive.tables import LEAVES, OF, PROGRAMME, Rule
from goldloop.store.bulk import add_rows
from goldloop.store.keys import let_go, reserve_run
from goldloop.store.open import Store
from goldloop.store.schema import actor, old_id, organisation, person, programme, segment

STEP = 1_000


class Span(NamedTuple):
    """Keys of a table there, and the first of as many keys here."""

    first: int
    last: int
    here: int

    def moved(self, key: int) -> int | None:
        """The key here; None for one that is outside."""
        return key - self.first + self.here if self.first <= key <= self.last else None


class Place:
    """Where rows go: one transaction on PostgreSQL, short ones on SQLite."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._one: Connection | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """The whole of an opening."""
        if self._store.dialect != "postgresql":
            yield
            return
        with self._store.write() as connection:
            connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
            self._one = connection
            try:
                yield
            finally:
                self._one = None

    @contextmanager
    def step(self, *, durable: bool = False) -> Iterator[Connection]:
        """Some rows."""
        if self._one is not None:
            yield self._one
            return
        with self._store.write(durable=durable) as connection:
            yield connection


def reserve(connection: Connection, found: Mapping[str, tuple[int, int]]) -> dict[str, Span]:
    """Free keys for the rows of tables with keys of their own: (lowest, highest) of each there."""
    out = {}
    for name, (first, last) in found.items():
        out[name] = Span(first, last, reserve_run(connection, OF[name].table, last - first + 1))
    return out


def release_last(connection: Connection, rule: Rule, run: Span) -> None:
    """Make room for the last row of a table, which comes now."""
    let_go(connection, rule.table, run.here, run.last - run.first + 1)


def add(connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows."""
    add_rows(connection, table, columns, rows)


def take_back(place: Place, programme_id: int, runs: Mapping[str, Span], *, made: Mapping[str, Sequence[int]]) -> None:
    """Take back what an opening that came to nothing has written; the texts of answers and labels stay, unused."""
    for rule in reversed(LEAVES):
        for condition in _parts(rule, programme_id, runs):
            with place.step() as connection:
                connection.execute(condition)
    for table, column in ((old_id, old_id.c.programme_id), (segment, segment.c.programme_id)):
        with place.step() as connection:
            if table is segment:
                mine = select(segment.c.id).where(segment.c.programme_id == programme_id)
                connection.execute(delete(schema.carried).where(schema.carried.c.segment_id.in_(mine)))
            connection.execute(delete(table).where(column == programme_id))
    with place.step(durable=True) as connection:
        people, organisations = list(made.get("actor", ())), list(made.get("organisation", ()))
        connection.execute(delete(person).where(person.c.actor_id.in_(people)))
        connection.execute(delete(actor).where(actor.c.id.in_(people)))
        still = select(actor.c.organisation_id).where(actor.c.organisation_id.in_(organisations))
        connection.execute(
            delete(organisation).where(organisation.c.id.in_(organisations), organisation.c.id.not_in(still))
        )


def _parts(rule: Rule, programme_id: int, runs: Mapping[str, Span]) -> Iterator[Any]:
    """Statements that delete a table's rows, some thousands at a time where there may be many."""
    table, run = rule.table, runs.get(rule.table.name)
    if run is not None:
        column = table.c.id
    elif rule.of == PROGRAMME:
        yield delete(table).where(table.c[PROGRAMME] == programme_id)
        return
    else:
        (foreign,) = table.c[rule.of].foreign_keys
        parent = foreign.column.table.name
        column, run = table.c[rule.of], runs.get(parent)
        if run is None:  # what hangs on a row without a run: a model's actor, a work of a batch
            return
    for first in range(run.here, run.here + run.last - run.first + 1, 5 * STEP):
        last = min(first + 5 * STEP - 1, run.here + run.last - run.first)
        yield delete(table).where(column.between(first, last))


def is_free(connection: Connection, programme_id: int, name: str) -> bool:
    """True where no programme has this key or name."""
    taken = select(programme.c.id).where((programme.c.id == programme_id) | (programme.c.name == name))
    return connection.execute(taken.limit(1)).first() is None


def find_person(connection: Connection, name: str, organisation_id: int | None) -> int | None:
    """The person of a name in an organisation."""
    mine = actor.c.organisation_id.is_(None) if organisation_id is None else actor.c.organisation_id == organisation_id
    same = (actor.c.kind == "person", actor.c.name == name, actor.c.version == "", mine)
    found = connection.execute(select(actor.c.id).where(*same).limit(1)).scalar()
    return None if found is None else int(found)


def is_taken(connection: Connection, kind: str, name: str, version: str, organisation_id: int | None) -> bool:
    """True where an organisation has an actor of this kind, name and version."""
    mine = actor.c.organisation_id.is_(None) if organisation_id is None else actor.c.organisation_id == organisation_id
    same = (actor.c.kind == kind, actor.c.name == name, actor.c.version == version, mine)
    return connection.execute(select(actor.c.id).where(*same)).first() is not None


def add_actor(connection: Connection, new: Mapping[str, Any], brings: Mapping[str, Any] | None) -> int:
    """Somebody without a sign-in; their key."""
    key = int(connection.execute(actor.insert().values(**new).returning(actor.c.id)).scalar_one())
    if brings is not None:
        connection.execute(person.insert().values(actor_id=key, **brings))
    return key


def indexed(connection: Connection, programme_id: int) -> list[int]:
    """The imports whose items are to be made findable."""
    take_in = schema.take_in
    return list(connection.execute(select(take_in.c.id).where(take_in.c.programme_id == programme_id)).scalars())


def newest_yaml(connection: Connection, programme_id: int) -> str:
    """The text of the programme file in force."""
    policy = schema.policy
    newest = select(policy.c.yaml).where(policy.c.programme_id == programme_id).order_by(policy.c.number.desc())
    return str(connection.execute(newest.limit(1)).scalar_one())


def sign_in_of(connection: Connection, actor_id: int) -> str:
    """The sign-in name of somebody who has one."""
    account = schema.account
    return str(connection.execute(select(account.c.name).where(account.c.actor_id == actor_id)).scalar_one())
