"""The doors: who may go where, in every combination; what is closed to somebody does not exist for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event, func, insert, select
from sqlalchemy.engine import Engine
from tests.contract.world import NOUNS, ROLES, World, build, put

from goldloop.core.clock import now
from goldloop.core.errors import Forbidden, NotFound
from goldloop.core.ids import Ids
from goldloop.core.nouns import Role
from goldloop.core.roles import DOORS, NOT_BY_OWNING, SCOPES, Action, can, in_scope
from goldloop.store import access, schema, sessions, tokens
from goldloop.store.caller import Caller, Membership, caller_of_session, caller_of_token
from goldloop.store.open import Store
from goldloop.store.prepared import Prepared

ACTIONS: tuple[Action, ...] = get_args(Action)
MATRIX = """
            see work read_items import apply staff gate waive release export verify report deliver sign
owner        x   x       x        x     x     x    x     x      x      x      x      x      x      .
manager      x   x       x        x     x     x    x     x      x      x      x      x      x      .
expert       x   x       x        .     .     .    x     .      .      .      .      .      .      .
engineer     x   .       x        x     .     .    .     .      .      x      .      .      x      .
annotator    .   x       .        .     .     .    .     .      .      .      .      .      .      .
procurement  x   .       .        .     .     .    .     .      .      .      x      x      x      .
client       .   .       .        .     .     .    .     .      .      x      x      x      .      x
auditor      x   .       x        .     .     .    .     .      .      .      x      x      .      .
"""
NOWHERE = 1 << 40  # a key that no row has
Reach = Callable[[Connection, Ids, Caller, str, Action], Any]
REACH: dict[str, Reach] = {
    "programme": lambda connection, ids, caller, public, may: access.access_programme(
        connection, ids, caller, public, may=may
    ),
    "batch": lambda connection, ids, caller, public, may: access.access_batch(connection, ids, caller, public, may=may),
    "release": lambda connection, ids, caller, public, may: access.access_release(
        connection, ids, caller, public, may=may
    ),
    "item": lambda connection, ids, caller, public, may: access.access_item(connection, ids, caller, public, may=may),
    "take_in": lambda connection, ids, caller, public, may: access.access_take_in(
        connection, ids, caller, public, may=may
    ),
    "job": lambda connection, ids, caller, public, may: access.access_job(connection, ids, caller, public, may=may),
}


def matrix() -> dict[tuple[str, str], bool]:
    head, *rows = (line.split() for line in MATRIX.strip().splitlines())
    return {(row[0], action): mark == "x" for row in rows for action, mark in zip(head, row[1:], strict=True)}


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def who(world: World, name: str, *, scopes: set[str] | None = None) -> Caller:
    mine = {world.here.keys["programme"]: Membership(frozenset({name}), frozenset({1, 2}))} if name in ROLES else {}
    return Caller(
        account_id=world.accounts[name],
        actor_id=world.actors[name],
        organisation_id=world.here.organisation,
        owner=name == "root",
        scopes=frozenset(scopes) if scopes is not None else None,
        skills=frozenset(),
        languages=frozenset(),
        residency=None,
        clearance=frozenset(),
        memberships=mine,
    )


def told(reach: Callable[[], Any]) -> dict[str, Any]:
    """What somebody hears where there is nothing for them, without the id that they gave."""
    with pytest.raises(NotFound) as caught:
        reach()
    return {key: value for key, value in caught.value.as_json().items() if key != "found"}


def test_the_table_of_doors_is_exactly_this() -> None:
    wanted = matrix()
    assert len(wanted) == len(ROLES) * len(ACTIONS) == 112
    assert {(role, action): can([role], action) for role in ROLES for action in ACTIONS} == wanted


@given(roles=st.sets(st.sampled_from(ROLES)), action=st.sampled_from(ACTIONS))
def test_several_roles_open_what_any_of_them_opens(roles: set[Role], action: Action) -> None:
    assert can(roles, action) == any(action in DOORS[role] for role in roles)


def test_every_door_is_in_the_scope_of_exactly_one_kind_of_token() -> None:
    for action in ACTIONS:
        assert [scope for scope in SCOPES if in_scope([scope], action)] != []
        assert sum(in_scope([scope], action) for scope in SCOPES) == 1


@pytest.mark.parametrize("noun", NOUNS)
def test_a_role_reaches_a_row_exactly_where_the_table_says(store: Store, world: World, noun: str) -> None:
    public = store.ids.show(noun, world.here.keys[noun])
    with store.read() as connection:
        for role in ROLES:
            for action in ACTIONS:

                def reach(role: str = role, action: Action = action) -> Any:
                    return REACH[noun](connection, store.ids, who(world, role), public, action)

                if matrix()[role, action]:
                    reach()
                else:
                    with pytest.raises(Forbidden if matrix()[role, "see"] else NotFound):
                        reach()


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("name", [*ROLES, "eve"])
def test_what_is_not_for_somebody_is_told_like_what_is_not_there(
    store: Store, world: World, name: str, noun: str
) -> None:
    caller = who(world, name)
    with store.read() as connection:
        for action in ACTIONS:
            hidden, nothing = (
                told(lambda key=key, action=action: REACH[noun](  # type: ignore[misc]  # defaults bind the loop
                    connection, store.ids, caller, store.ids.show(noun, key), action
                ))
                for key in (world.there.keys[noun], NOWHERE)
            )  # fmt: skip
            assert hidden == nothing


def test_a_programme_has_no_name_for_who_has_no_part_in_it(store: Store, world: World) -> None:
    with store.read() as connection:
        hidden, nothing = (
            told(
                lambda name=name: access.access_programme(  # type: ignore[misc]  # defaults bind the loop
                    connection, store.ids, who(world, "manager"), name, may="see"
                )
            )
            for name in ("there", "nowhere")
        )
        assert hidden == nothing
        assert access.access_programme(connection, store.ids, who(world, "client"), "here", may="report").name == "here"


@pytest.mark.parametrize("noun", NOUNS)
def test_an_owner_of_the_installation_reaches_everything_and_works_and_signs_nowhere_unasked(
    store: Store, world: World, noun: str
) -> None:
    public = store.ids.show(noun, world.there.keys[noun])
    with store.read() as connection:
        for action in set(ACTIONS) - NOT_BY_OWNING:
            REACH[noun](connection, store.ids, who(world, "root"), public, action)
        for action in NOT_BY_OWNING:
            with pytest.raises(NotFound):
                REACH[noun](connection, store.ids, who(world, "root"), public, action)


def test_a_token_without_the_scope_is_told_which_it_lacks(world: World) -> None:
    programme = world.here.keys["programme"]
    with pytest.raises(Forbidden, match=r"token may not do this \(expected admin, found write\)"):
        access.enter(who(world, "manager", scopes={"write"}), programme, "apply", NotFound("none"))
    with pytest.raises(Forbidden, match="your role does not allow"):
        access.enter(who(world, "expert", scopes={"write"}), programme, "apply", NotFound("none"))


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_never_opens_more_than_its_scope(store: Store, world: World, scope: str) -> None:
    for name in (*ROLES, "root"):
        bearer, browser = who(world, name, scopes={scope}), who(world, name)
        for action in ACTIONS:
            key = world.here.keys["programme"]
            assert bearer.may(key, action) == (browser.may(key, action) and action in SCOPES[scope])


def test_an_annotator_reads_the_ontology_they_label_with_and_no_dataset(store: Store, world: World) -> None:
    annotator = who(world, "annotator")
    with store.read() as connection:
        ontology = store.ids.show("release", world.here.ontology)
        assert access.access_release(connection, store.ids, annotator, ontology, may="see").kind == "ontology"
        for key in (world.here.keys["release"], world.there.ontology):
            with pytest.raises(NotFound):
                access.access_release(connection, store.ids, annotator, store.ids.show("release", key), may="see")
        for may in sorted(set(ACTIONS) - {"see", "work"}):
            with pytest.raises(NotFound):
                access.access_release(connection, store.ids, annotator, ontology, may=may)


def test_a_job_of_no_programme_is_an_owners(store: Store, world: World) -> None:
    with store.write() as connection:
        key = put(connection, schema.job, kind="seal", args="{}", state="queued", resume="{}")
    public = store.ids.show("job", key)
    with store.read() as connection:
        assert access.access_job(connection, store.ids, who(world, "root"), public) == key
        with pytest.raises(NotFound):
            access.access_job(connection, store.ids, who(world, "manager"), public)


@pytest.mark.parametrize(
    ("label", "brings", "seen"),
    [
        ({}, {}, True),
        ({"residency": "EU"}, {}, False),
        ({"residency": "EU"}, {"residency": "US"}, False),
        ({"residency": "EU"}, {"residency": "EU"}, True),
        ({"access": "medical"}, {}, False),
        ({"access": "medical"}, {"clearance": frozenset({"legal"})}, False),
        ({"access": "medical"}, {"clearance": frozenset({"legal", "medical"})}, True),
        ({"access": "medical", "residency": "EU"}, {"clearance": frozenset({"medical"})}, False),
        ({"access": "medical", "residency": "EU"}, {"clearance": frozenset({"medical"}), "residency": "EU"}, True),
    ],
)
def test_an_item_is_there_only_for_the_cleared_and_the_resident(
    store: Store, world: World, label: dict[str, str], brings: dict[str, Any], seen: bool
) -> None:
    key = world.here.keys["item"]
    with store.write() as connection:
        put(connection, schema.item_attribute, item_id=key, number=1, slices="{}", **label)
    caller = replace(who(world, "manager"), **brings)
    public = store.ids.show("item", key)
    with store.read() as connection:
        assert counted(connection, caller, world) == int(seen)
        assert counted(connection, who(world, "root"), world) == 1
        if seen:
            assert access.access_item(connection, store.ids, caller, public) == key
            return
        hidden = told(lambda: access.access_item(connection, store.ids, caller, public))
        nothing = told(lambda: access.access_item(connection, store.ids, caller, store.ids.show("item", NOWHERE)))
        assert hidden == nothing


def test_only_the_newest_labels_of_an_item_count(store: Store, world: World) -> None:
    key = world.here.keys["item"]
    with store.write() as connection:
        put(connection, schema.item_attribute, item_id=key, number=1, slices="{}", access="medical")
        put(connection, schema.item_attribute, item_id=key, number=2, slices="{}")
    with store.read() as connection:
        assert counted(connection, who(world, "manager"), world) == 1


def test_who_is_asking_is_known_from_one_indexed_question(
    store: Store, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.write() as connection:
        new = sessions.begin_session(connection, world.accounts["manager"], days=1, at=now())
        _, bearer = tokens.add_token(
            connection, world.accounts["manager"], "t", ["read", "work"], expires_at=None, at=now()
        )
        people = [{"kind": "person", "name": f"p{n}", "version": "", "simulated": False} for n in range(500)]
        connection.execute(insert(schema.actor), [{**row, "created_at": 0} for row in people])
    prepared: list[Prepared] = []
    run = Prepared.all
    monkeypatch.setattr(
        Prepared, "all", lambda one, *about, **values: prepared.append(one) or run(one, *about, **values)
    )
    with store.read() as connection, questions() as asked:
        signed_in = caller_of_session(connection, new.secret, at=now())
        by_token = caller_of_token(connection, bearer, at=now())
        assert signed_in is not None
        assert by_token is not None
    assert (len(prepared), asked) == (2, [])
    assert signed_in.caller == who(world, "manager")
    assert by_token == who(world, "manager", scopes={"read", "work"})


@contextmanager
def questions() -> Iterator[list[str]]:
    """Every statement that any database is asked while the context is open."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def counted(connection: Connection, caller: Caller, world: World) -> int:
    """How many items of `here` a caller may see."""
    seen = select(func.count()).select_from(schema.item)
    mine = schema.item.c.programme_id == world.here.keys["programme"]
    return connection.execute(seen.where(mine, access.visible_items(caller))).scalar_one()
