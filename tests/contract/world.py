"""Two programmes of two organisations with one row of everything, and people with every role in the first."""

from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import Boolean, Connection, Float, Integer, LargeBinary, Table, insert

from goldloop.core.nouns import Role
from goldloop.store import schema
from goldloop.store.open import Store

ROLES: tuple[Role, ...] = get_args(Role)
NOUNS = ("programme", "batch", "release", "item", "take_in", "job")


@dataclass(frozen=True)
class Side:
    """One programme: the key of one row of each noun, and of its ontology."""

    keys: dict[str, int]
    ontology: int
    organisation: int


@dataclass(frozen=True)
class World:
    """`here` and `there`; actors by role in `here`; `eve` has no role anywhere."""

    here: Side
    there: Side
    actors: dict[str, int]
    accounts: dict[str, int]


def put(connection: Connection, table: Table, **given: Any) -> int:
    """A row in which everything that must be there and was not given is empty; its key."""
    row = {column.name: _empty(column.type) for column in table.columns if not column.nullable}
    row.pop("id", None)
    (key,) = connection.execute(insert(table).returning(next(iter(table.primary_key))), {**row, **given}).one()
    return int(key)


def build(store: Store) -> World:
    """The world in an empty store."""
    with store.write() as connection:
        here, there = (_side(connection, name) for name in ("here", "there"))
        actors, accounts = {}, {}
        for name in (*ROLES, "eve", "root"):
            actors[name] = _person(connection, name, here.organisation)
            owner = name == "root"
            accounts[name] = put(connection, schema.account, actor_id=actors[name], name=name, owner=owner)
        for role in ROLES:
            put(
                connection,
                schema.member,
                programme_id=here.keys["programme"],
                actor_id=actors[role],
                role=role,
                tiers="[1,2]",
                granted_by=actors["root"],
            )
    return World(here, there, actors, accounts)


def _person(connection: Connection, name: str, organisation: int, **brings: Any) -> int:
    key = put(connection, schema.actor, kind="person", name=name, organisation_id=organisation)
    lists = dict.fromkeys(("tiers", "skills", "languages", "clearance"), "[]")
    put(connection, schema.person, actor_id=key, **lists, **brings)
    return key


def _side(connection: Connection, name: str) -> Side:
    organisation = put(connection, schema.organisation, name=f"{name} ltd", kind="enterprise")
    lead = _person(connection, f"lead of {name}", organisation)
    programme = put(connection, schema.programme, name=name, organisation_id=organisation)
    of = {"programme_id": programme}
    ontology = put(connection, schema.release, **of, kind="ontology", name="ontology", sealed_by=lead)
    release = put(connection, schema.release, **of, kind="dataset", name="gold", sealed_by=lead)
    policy = put(connection, schema.policy, **of, number=1, ontology_id=ontology, applied_by=lead)
    source = put(connection, schema.source, **of, name="default")
    take_in = put(connection, schema.take_in, **of, source_id=source, taken_by=lead)
    item = put(connection, schema.item, **of, source_id=source, take_in_id=take_in, external_id="1", body="{}")
    task = put(connection, schema.phrase, text=f"task of {name}")
    batch = put(
        connection, schema.batch, **of, name="b", task="{}", ontology_id=ontology, policy_id=policy, owner_id=lead
    )
    lane = put(connection, schema.lane, **of, key=f"lane of {name}")
    put(connection, schema.work, batch_id=batch, item_id=item, lane_id=lane)
    put(connection, schema.judgement, item_id=item, actor_id=lead, task_id=task)
    job = put(connection, schema.job, **of, kind="train", args="{}", state="queued", resume="{}")
    keys = dict(zip(NOUNS, (programme, batch, release, item, take_in, job), strict=True))
    return Side(keys, ontology, organisation)


def _empty(type_: Any) -> Any:
    if isinstance(type_, Boolean):
        return False
    if isinstance(type_, Integer | Float):
        return 0
    return b"" if isinstance(type_, LargeBinary) else ""
