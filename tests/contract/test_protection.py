"""Who may open what is masked, who is handed work, what waits for nobody, and what reaches the network."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from tests.contract.guests import Guest, House, open_house
from tests.contract.kernel import ANNOTATE, PROGRAMME, kernel

from goldloop.app import create_app
from goldloop.core.errors import Unavailable
from goldloop.protection.air_gap import Peer, holes, outlets, peers
from goldloop.store.items import NewItem, add_items
from goldloop.store.nobody_left import nobody_left, stuck
from goldloop.store.open import Store
from goldloop.store.people import change_person, person_row
from goldloop.store.schema import event, item, person, take_in, vault
from goldloop.store.schema import programme as programmes
from goldloop.store.take_ins import source_key
from goldloop.store.vault import keep_tokens, open_vault

FILE = PROGRAMME + ANNOTATE
OPEN = "\nprotection: {pii: {open: [expert], openings_per_hour: 2}}"
TERMS = "\nprotection: {terms: {version: %d, text: Handle with care.}}"
WHY = "the customer asked to be called"


@pytest.fixture
def house(store: Store) -> Iterator[House]:
    with open_house(create_app(store), store) as opened:
        yield opened


def apply(mona: Guest, more: str) -> None:
    answer = mona.ask("PUT", "programmes", json={"yaml": FILE + more})
    assert answer.status_code == 200, answer.text


def member(house: House, mona: Guest, name: str, role: str) -> Guest:
    guest = house.invite(mona, name, tiers=[1, 2])
    who = guest.ask("GET", "me").json()["actor"]["id"]
    answer = mona.ask("PUT", "programmes/desk/members", json={"actor_id": who, "role": role, "tiers": [1]})
    assert answer.status_code == 200, answer.text
    return guest


def an_item(store: Store, value: str = "mira@acme.com") -> tuple[str, str]:
    """An item with one token: its public id, and the token."""
    with store.write() as connection:
        programme = connection.execute(select(programmes.c.id)).scalar_one()
        opened = open_vault(connection, store.home, programme, "desk")
        token = opened.token("email", value)
        by = connection.execute(select(person.c.actor_id).limit(1)).scalar_one()
        row = {"programme_id": programme, "source_id": source_key(connection, programme, "default"), "taken_by": by}
        words = {"spec": "{}", "file": "", "blob": "", "sha256": b"", "provenance": "{}", "resume": ""}
        counts = dict.fromkeys(("item_count", "duplicates", "rejects", "judgements", "taken_at"), 0)
        begun = take_in.insert().values({**row, **words, **counts}).returning(take_in.c.id)
        taken = connection.execute(begun).scalar_one()
        new = NewItem("1", f'{{"text":"{token}"}}', b"1")
        (key,) = add_items(connection, programme, row["source_id"], taken, [new], at=1)
        keep_tokens(connection, opened, programme, {token: ("email", value)}, {key: [token]}, at=1)
    return store.ids.show("item", key), token


def test_only_a_role_that_the_file_names_opens_a_token_with_a_reason_and_so_often_an_hour(house: House):
    mona = house.set_up()
    apply(mona, OPEN)
    public, token = an_item(house.store)
    path = f"items/{public}/tokens/open"
    ask: dict[str, Any] = {"token": token, "because": WHY}
    eli, ann = member(house, mona, "eli", "expert"), member(house, mona, "ann", "annotator")
    assert mona.ask("POST", path, json=ask).status_code == 403  # she owns everything, and still
    assert ann.ask("POST", path, json=ask).status_code == 404
    assert eli.ask("POST", path, json={**ask, "because": "x"}).status_code == 422
    assert eli.ask("POST", path, json={**ask, "token": "[EMAIL:000000000000]"}).status_code == 404
    assert [one["may_open"] for one in eli.ask("GET", f"items/{public}/tokens").json()["rows"]] == [True]
    assert [one["may_open"] for one in mona.ask("GET", f"items/{public}/tokens").json()["rows"]] == [False]
    for _ in range(2):
        assert eli.ask("POST", path, json=ask).json() == {"token": token, "kind": "email", "value": "mira@acme.com"}
    assert eli.ask("POST", path, json=ask).status_code == 429
    rows = mona.ask("GET", "programmes/desk/openings").json()["rows"]
    assert [(one["who"], one["token"], one["because"]) for one in rows] == [("Eli", token, WHY)] * 2
    with house.store.read() as connection:
        said = connection.execute(select(event.c.data).where(event.c.kind == "vault.opened")).scalars().all()
        everything = repr([connection.execute(select(table)).all() for table in (event, vault, item)])
    assert len(said) == 2 and token in said[0] and WHY in said[0]
    assert "mira@acme.com" not in everything


def test_a_vault_without_its_key_says_so_and_makes_no_other(store: Store):
    one = kernel(store)
    with store.write() as connection:
        opened = open_vault(connection, store.home, one.programme, "desk")
        token = opened.token("email", "a@b.co")
        keep_tokens(connection, opened, one.programme, {token: ("email", "a@b.co")}, {one.items["i0"]: [token]}, at=1)
        assert open_vault(connection, store.home, one.programme, "desk").token("email", "a@b.co") == token
    (file,) = (store.home / "keys").glob("*.vault")
    assert file.stat().st_mode & 0o077 == 0
    file.unlink()
    with store.read() as connection, pytest.raises(Unavailable, match="key of this programme's vault is missing"):
        open_vault(connection, store.home, one.programme, "desk")


def test_work_waits_until_the_terms_in_force_are_accepted_and_a_new_version_asks_anew(house: House):
    mona = house.set_up()
    apply(mona, TERMS % 1)
    ann = member(house, mona, "ann", "annotator")
    asked = {"programme_id": "desk", "count": 1}
    for version in (1, 2):
        if version == 2:
            apply(mona, TERMS % 2)
        answer = ann.ask("POST", "work/claim", json=asked)
        assert answer.status_code == 403 and answer.json()["field"] == "terms"
        assert f"version {version}" in answer.json()["message"]
        (barred,) = ann.ask("POST", "work/claim", json={"count": 1}).json()["barred"]
        assert f"version {version}" in barred["because"]
        (terms,) = ann.ask("GET", "work/terms").json()["rows"]
        assert (terms["version"], terms["accepted_at"], terms["text"]) == (version, None, "Handle with care.")
        assert ann.ask("POST", "programmes/desk/terms", json={"version": version + 1}).status_code == 409
        for _ in range(2):  # twice is once
            assert ann.ask("POST", "programmes/desk/terms", json={"version": version}).status_code == 200
        assert ann.ask("POST", "work/claim", json=asked).json() == {"works": [], "barred": []}
    (row,) = mona.ask("GET", "programmes/desk/acceptances").json()["rows"]
    assert (row["who"], row["version"]) == ("Ann", 2)
    with house.store.read() as connection:
        kinds = connection.execute(select(event.c.kind).where(event.c.kind == "terms.accepted")).all()
    assert len(kinds) == 2


def test_work_that_nobody_may_do_is_named_with_what_nobody_has(store: Store):
    one = kernel(store, ANNOTATE + "\nresidency: EU\nclearance: pii", items=2)
    (batch,) = one.batches()
    with store.read() as connection:
        (found,) = stuck(connection, one.programme)
        assert found.works == 2
        assert found.because == "nobody on the roster has residency EU or clearance pii"
        assert nobody_left(connection, one.programme, batch) == 2
    for name, brings in (("ann", {"residency": "EU"}), ("ben", {"clearance": ("pii",)})):
        with store.write() as connection:
            before = person_row(connection, one.people[name]).person
            change_person(connection, one.people[name], before._replace(**brings))
    with store.read() as connection:
        (found,) = stuck(connection, one.programme)
        assert found.because == "nobody on the roster has tier 1 with residency EU with clearance pii"
    with store.write() as connection:
        before = person_row(connection, one.people["ann"]).person
        change_person(connection, one.people["ann"], before._replace(clearance=("pii",)))
    with store.read() as connection:
        assert stuck(connection, one.programme) == []
        assert nobody_left(connection, one.programme, batch) == 0
    assert len(one.claim("ann")) == 1


def test_the_air_gap_names_what_is_set_to_connect_and_what_is_connected(store: Store):
    models = "\nmodels: {far: {judge: {http.v1: {url: 'https://models.example/v1'}}}}"
    kernel(store, ANNOTATE + models)
    with store.read() as connection:
        found = {one.what: one for one in outlets(connection, store.settings)}
    assert found["model far of desk"].outside and found["model far of desk"].where == "https://models.example"
    assert not any(one.outside for name, one in found.items() if name != "model far of desk")
    before = peers()
    assert before is not None
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            now = peers()
    assert now is not None
    assert [(one.address, one.port, one.outside) for one in now if one not in before] == [("127.0.0.1", port, False)]
    assert holes([], before) == sum(one.outside for one in before)
    assert holes(found.values(), [Peer("192.0.2.1", 443, 1, True)]) == 2
