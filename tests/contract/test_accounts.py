"""Accounts: how people come in, how they leave, and what is never kept or said."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import httpx2
import pytest
from pwdlib import PasswordHash
from sqlalchemy import select, update
from tests.contract.guests import PASSWORD, Guest, House, open_house

from goldloop.app import create_app
from goldloop.core.clock import DAY, now
from goldloop.core.errors import NotFound
from goldloop.store import accounts, browsers, credentials
from goldloop.store.credentials import hash_password
from goldloop.store.open import Store
from goldloop.store.schema import account, attempt, installation, invitation, metadata, session, token

ATTEMPTS = 3


@pytest.fixture
def house(store: Store) -> Iterator[House]:
    with open_house(create_app(limited(store)), limited(store)) as opened:
        yield opened


@pytest.fixture
def mona(house: House) -> Guest:
    return house.set_up()


def limited(store: Store) -> Store:
    return replace(store, settings=store.settings.model_copy(update={"sign_in_attempts": ATTEMPTS}))


def refused(answer: httpx2.Response, status: int, code: str) -> dict:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()


def person_id(owner: Guest, name: str) -> str:
    rows = owner.ask("GET", "people").json()["rows"]
    return next(row["id"] for row in rows if row["name"] == name)


def test_the_first_start_needs_its_token_and_then_never_again(house: House) -> None:
    body = {"name": "mona", "password": PASSWORD, "organisation": "Acme", "display_name": "Mona"}
    stranger = house.guest()
    assert stranger.ask("GET", "state").json()["needs_setup"] is True
    refused(stranger.ask("POST", "setup", json={**body, "token": "guess"}), 403, "forbidden")
    mona = house.set_up()
    assert mona.ask("GET", "me").json()["owner"] is True
    said = stranger.ask("GET", "state").json()
    assert (said["needs_setup"], said["me"]) == (False, None)
    assert mona.ask("GET", "state").json()["me"] == mona.ask("GET", "me").json()
    with house.store.write() as connection:
        again = accounts.setup_secret(connection)
    refused(stranger.ask("POST", "setup", json={**body, "token": again, "name": "eve"}), 403, "forbidden")


def test_a_password_that_is_too_short_does_not_spend_the_token(house: House) -> None:
    with house.store.write() as connection:
        secret = accounts.setup_secret(connection)
    body = {"token": secret, "name": "mona", "organisation": "Acme", "display_name": "Mona"}
    wrong = refused(house.guest().ask("POST", "setup", json={**body, "password": "short"}), 422, "invalid")
    assert wrong["field"] == "password"
    assert house.guest().ask("POST", "setup", json={**body, "password": PASSWORD}).status_code == 200


def test_there_is_no_account_and_no_password_before_the_first_start(store: Store) -> None:
    with store.read() as connection:
        assert connection.execute(select(account.c.id)).first() is None


def test_a_cookie_is_for_the_server_alone_and_secure_behind_https(house: House, store: Store) -> None:
    house.set_up()
    signed_in = house.guest().ask("POST", "session", json={"name": "mona", "password": PASSWORD})
    cookie = signed_in.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie
    settings = store.settings.model_copy(update={"public_url": "https://127.0.0.1"})
    with open_house(create_app(replace(store, settings=settings)), store) as other:
        signed_in = other.guest().ask("POST", "session", json={"name": "mona", "password": PASSWORD})
        held = signed_in.headers["set-cookie"].partition(";")[0]
        assert other.guest(cookie=held).ask("GET", "me").status_code == 200
        refused(other.guest(cookie=held.removeprefix("__Host-")).ask("GET", "me"), 401, "unauthenticated")
    cookie = signed_in.headers["set-cookie"]
    assert cookie.startswith("__Host-goldloop_session="), "else a neighbouring host could set it"
    assert "; Secure" in cookie
    assert "; Path=/" in cookie
    assert "domain" not in cookie.lower()


def test_signing_in_again_ends_the_session_before(house: House, mona: Guest) -> None:
    before = mona.http.cookies["goldloop_session"]
    mona.sign_in("mona")
    assert mona.http.cookies["goldloop_session"] != before
    stale = house.guest(cookie=f"goldloop_session={before}")
    refused(stale.ask("GET", "me"), 401, "unauthenticated")
    assert mona.ask("GET", "me").status_code == 200


def test_signing_out_ends_the_session_for_whoever_copied_its_cookie(house: House, mona: Guest) -> None:
    copied = house.guest(cookie=f"goldloop_session={mona.http.cookies['goldloop_session']}")
    assert copied.ask("GET", "me").status_code == 200
    assert mona.ask("DELETE", "session").status_code == 204
    refused(copied.ask("GET", "me"), 401, "unauthenticated")
    assert copied.ask("GET", "state").json()["me"] is None, "which is no failure"


def test_a_session_ends_by_itself(house: House, mona: Guest) -> None:
    with house.store.write() as connection:
        connection.execute(update(session).values(expires_at=now() - 1))
    refused(mona.ask("GET", "me"), 401, "unauthenticated")


def test_sessions_that_are_over_are_forgotten(house: House, mona: Guest) -> None:
    with house.store.write() as connection:
        connection.execute(update(session).values(expires_at=now() - 1))
    house.guest().sign_in("mona")
    with house.store.read() as connection:
        assert len(connection.execute(select(session.c.digest)).all()) == 1


def test_an_unsafe_request_with_a_cookie_needs_the_secret_of_its_page(house: House, mona: Guest) -> None:
    body = {"name": "Fieldwork", "kind": "provider"}
    for header in ({"x-csrf-token": ""}, {"x-csrf-token": "guess"}, {"x-csrf-token": "gués"}):
        raw = {name: value.encode() for name, value in header.items()}
        refused(mona.ask("POST", "organisations", json=body, headers=raw), 403, "forbidden")
    assert mona.ask("POST", "organisations", json=body).status_code == 201


def test_a_form_of_another_site_is_not_read_as_json(house: House, mona: Guest) -> None:
    form = b'{"name": "mona", "password": "' + PASSWORD.encode() + b'"}'
    answer = house.guest().ask("POST", "session", content=form, headers={"content-type": "text/plain"})
    refused(answer, 422, "invalid")


def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(house: House, mona: Guest) -> None:
    answers = [
        refused(house.guest().ask("POST", "session", json={"name": name, "password": "not the one"}), 422, "invalid")
        for name in ("mona", "nobody")
    ]
    for answer in answers:
        del answer["request_id"]
    assert answers[0] == answers[1]


def test_an_unknown_name_costs_as_much_as_a_known_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_house(create_app(store), store) as house:
        house.set_up()
    spent: list[str] = []
    real = credentials._hasher()

    class Weighed:
        hash = staticmethod(real.hash)

        @staticmethod
        def verify(password: str, stored: str) -> bool:
            spent.append(stored.rsplit("$", 2)[0])  # without its salt and its digest: what it costs
            return real.verify(password, stored)

    monkeypatch.setattr(credentials, "_hasher", lambda: Weighed)
    for name in ("mona", "nobody"):
        with store.read() as connection:
            assert accounts.check_password(connection, name, "not the one") is None
    known, unknown = spent
    assert known == unknown


def test_a_password_is_hashed_at_argon2s_own_cost(cheap_passwords: Callable[[], PasswordHash]) -> None:
    assert cheap_passwords().hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def guess(house: House, *names: str, at: str) -> None:
    """Wrong passwords for these names from an address, by whoever has not been here before."""
    for name in names:
        refused(from_there(house, at).ask("POST", "session", json={"name": name, "password": "no"}), 422, "invalid")


def from_there(house: House, address: str) -> Guest:
    """Somebody at an address behind the proxy."""
    return house.guest(**{"x-forwarded-for": address})


@pytest.fixture
def street(store: Store) -> Iterator[House]:
    """A house behind a proxy, which tells where people come from."""
    settings = store.settings.model_copy(update={"sign_in_attempts": ATTEMPTS, "trusted_proxies": "127.0.0.1/32"})
    behind = replace(store, settings=settings)
    with open_house(create_app(behind), behind) as opened:
        yield opened


def test_guesses_at_a_name_close_it_where_they_come_from_and_to_its_owner_nowhere(street: House) -> None:
    mona, right = street.set_up(), {"name": "mona", "password": PASSWORD}
    guess(street, *["mona"] * ATTEMPTS, at="203.0.113.9")
    answer = from_there(street, "203.0.113.9").ask("POST", "session", json=right)
    refused(answer, 429, "too_many")
    assert 0 < int(answer.headers["retry-after"]) <= 900
    assert from_there(street, "198.51.100.4").ask("POST", "session", json=right).status_code == 200, "from elsewhere"
    mona.http.headers["x-forwarded-for"] = "203.0.113.9"  # the guesser sits beside her: her browser was here before
    mona.sign_in("mona")
    mona.ask("DELETE", "session")
    mona.sign_in("mona")


def test_guesses_at_a_name_from_everywhere_leave_it_to_the_browsers_that_were_here(street: House) -> None:
    mona, right = street.set_up(), {"name": "mona", "password": PASSWORD}
    for n in range(10):
        guess(street, *["mona"] * ATTEMPTS, at=f"203.0.113.{n}")
    answer = from_there(street, "198.51.100.4").ask("POST", "session", json=right)
    assert "signed in before" in refused(answer, 429, "too_many")["expected"]
    assert int(answer.headers["retry-after"]) > 900, "a day's allowance"
    mona.sign_in("mona")
    stranger = from_there(street, "198.51.100.4")
    stranger.http.cookies["goldloop_browser"] = "made-up"
    refused(stranger.ask("POST", "session", json=right), 429, "too_many")
    ben = street.invite(mona, "ben")
    ben.http.headers["x-forwarded-for"] = "198.51.100.6"
    refused(ben.ask("POST", "session", json=right), 429, "too_many")  # his browser is known to his account alone
    street.guest().sign_in("mona")  # at the server itself
    elsewhere = from_there(street, "198.51.100.5")
    fresh = mona.ask("POST", f"people/{person_id(mona, 'mona')}/invitation").json()["invitation"].rpartition("/")[2]
    elsewhere.enter(f"invitations/{fresh}", password=PASSWORD)


def test_too_many_failures_of_a_place_close_it_to_every_name_and_to_no_browser_that_was_here(street: House) -> None:
    mona = street.set_up()
    guess(street, *(f"guess{n % 6}" for n in range(5 * ATTEMPTS)), at="203.0.113.9")
    answer = from_there(street, "203.0.113.9").ask("POST", "session", json={"name": "mona", "password": PASSWORD})
    refused(answer, 429, "too_many")
    mona.http.headers["x-forwarded-for"] = "203.0.113.9"
    mona.sign_in("mona")


def test_a_browser_that_was_here_guesses_no_more_than_others_and_not_after_a_new_password(street: House) -> None:
    mona = street.set_up()
    for _ in range(ATTEMPTS):
        refused(mona.ask("POST", "session", json={"name": "mona", "password": "no"}), 422, "invalid")
    refused(mona.ask("POST", "session", json={"name": "mona", "password": PASSWORD}), 429, "too_many")
    fresh = from_there(street, "198.51.100.4")
    fresh.sign_in("mona")
    held = fresh.http.cookies["goldloop_browser"]
    known = partial(browsers.known_browser, name="mona", secret=held, at=now())
    with street.store.read() as connection:
        assert known(connection) is not None
    assert mona.ask("POST", "me/password", json={"old": PASSWORD, "new": PASSWORD}).status_code in (429, 204)
    body = {"old": PASSWORD, "new": "another long one"}
    assert fresh.ask("POST", "me/password", json=body).status_code == 204
    with street.store.read() as connection:
        assert known(connection) is None
        kept = fresh.http.cookies["goldloop_browser"]
        assert browsers.known_browser(connection, "mona", kept, at=now()) is not None


def test_signing_in_well_does_not_count_and_old_failures_are_forgotten(house: House, mona: Guest) -> None:
    for _ in range(ATTEMPTS + 2):
        house.guest().sign_in("mona")
    for _ in range(ATTEMPTS):
        house.guest().ask("POST", "session", json={"name": "mona", "password": "not the one"})
    with house.store.write() as connection:
        connection.execute(update(attempt).values(at=now() - DAY))
    house.guest().sign_in("mona")
    with house.store.read() as connection:
        assert connection.execute(select(attempt.c.id)).first() is None


def test_a_changed_password_ends_every_session(house: House, mona: Guest) -> None:
    other = house.guest()
    other.sign_in("mona")
    refused(mona.ask("POST", "me/password", json={"old": "not the one", "new": "another long one"}), 422, "invalid")
    assert mona.ask("POST", "me/password", json={"old": PASSWORD, "new": "another long one"}).status_code == 204
    for guest in (mona, other):
        refused(guest.ask("GET", "me"), 401, "unauthenticated")
    house.guest().sign_in("mona", "another long one")
    wrong = house.guest().ask("POST", "session", json={"name": "mona", "password": PASSWORD})
    refused(wrong, 422, "invalid")


def test_an_invitation_works_once_and_for_the_person_it_names(house: House, mona: Guest) -> None:
    body = {"name": "ben", "display_name": "Ben", "organisation": "Acme"}
    secret = mona.ask("POST", "people", json=body).json()["invitation"].rpartition("/")[2]
    assert house.guest().ask("GET", f"invitations/{secret}").json() == {"name": "ben", "display_name": "Ben"}
    ben = house.guest()
    assert ben.enter(f"invitations/{secret}", password=PASSWORD)["account"] == "ben"
    refused(house.guest().ask("GET", f"invitations/{secret}"), 404, "not_found")
    refused(house.guest().ask("POST", f"invitations/{secret}", json={"password": PASSWORD}), 404, "not_found")


def test_a_fresh_invitation_voids_the_one_before(house: House, mona: Guest) -> None:
    body = {"name": "ben", "display_name": "Ben", "organisation": "Acme"}
    lost = mona.ask("POST", "people", json=body).json()["invitation"].rpartition("/")[2]
    fresh = mona.ask("POST", f"people/{person_id(mona, 'ben')}/invitation").json()["invitation"].rpartition("/")[2]
    refused(house.guest().ask("GET", f"invitations/{lost}"), 404, "not_found")
    house.guest().enter(f"invitations/{fresh}", password=PASSWORD)


def test_an_invitation_is_over_after_a_week_and_with_its_account(house: House, mona: Guest) -> None:
    body = {"name": "ben", "display_name": "Ben", "organisation": "Acme"}
    secret = mona.ask("POST", "people", json=body).json()["invitation"].rpartition("/")[2]
    mona.ask("DELETE", f"people/{person_id(mona, 'ben')}")
    refused(house.guest().ask("POST", f"invitations/{secret}", json={"password": PASSWORD}), 404, "not_found")
    with house.store.write() as connection:
        connection.execute(update(account).values(disabled_at=None))
        connection.execute(update(invitation).values(expires_at=now() - 1))
    refused(house.guest().ask("GET", f"invitations/{secret}"), 404, "not_found")


def test_of_two_who_take_up_one_invitation_the_second_is_told_no(store: Store) -> None:
    with open_house(create_app(store), store) as house:
        mona = house.set_up()
        body = {"name": "ben", "display_name": "Ben", "organisation": "Acme"}
        secret = mona.ask("POST", "people", json=body).json()["invitation"].rpartition("/")[2]
    hashed = hash_password(PASSWORD)
    with store.write() as connection:
        accounts.take_up(connection, secret, hashed, at=now())
        with pytest.raises(NotFound):
            accounts.take_up(connection, secret, hashed, at=now())


def test_a_closed_account_is_out_at_once_by_every_door(house: House, mona: Guest) -> None:
    ben = house.invite(mona, "ben")
    bearer = ben.ask("POST", "tokens", json={"name": "t"}).json()["token"]
    by_token = house.guest(authorization=f"Bearer {bearer}")
    assert by_token.ask("GET", "me").status_code == 200
    assert mona.ask("DELETE", f"people/{person_id(mona, 'ben')}").status_code == 200
    refused(ben.ask("GET", "me"), 401, "unauthenticated")
    refused(by_token.ask("GET", "me"), 401, "unauthenticated")
    refused(house.guest().ask("POST", "session", json={"name": "ben", "password": PASSWORD}), 422, "invalid")


def test_the_last_owner_cannot_lock_everybody_out(house: House, mona: Guest) -> None:
    mine = person_id(mona, "mona")
    refused(mona.ask("DELETE", f"people/{mine}"), 409, "conflict")
    house.invite(mona, "otto", owner=True)
    assert mona.ask("DELETE", f"people/{mine}").status_code == 200


def test_a_token_opens_what_its_scopes_say_and_no_more(house: House, mona: Guest) -> None:
    made = mona.ask("POST", "tokens", json={"name": "nightly", "scopes": ["read"], "days": 30}).json()
    assert made["token"].startswith("glt_")
    program = house.guest(authorization=f"Bearer {made['token']}")
    assert program.ask("GET", "people").status_code == 200
    refused(program.ask("POST", "organisations", json={"name": "X", "kind": "client"}), 403, "forbidden")
    refused(program.ask("POST", "tokens", json={"name": "for ever", "days": None}), 403, "forbidden")
    refused(program.ask("DELETE", f"tokens/{made['id']}"), 403, "forbidden")
    refused(program.ask("POST", "me/password", json={"old": PASSWORD, "new": PASSWORD}), 403, "forbidden")
    worker = mona.ask("POST", "tokens", json={"name": "w", "scopes": ["work"]}).json()["token"]
    refused(house.guest(authorization=f"Bearer {worker}").ask("GET", "people"), 403, "forbidden")
    full = mona.ask("POST", "tokens", json={"name": "all", "scopes": ["admin"]}).json()["token"]
    admin = house.guest(authorization=f"Bearer {full}")
    assert admin.ask("POST", "organisations", json={"name": "X", "kind": "client"}).status_code == 201
    refused(admin.ask("POST", "tokens", json={"name": "more", "scopes": ["work"]}), 403, "forbidden")


def test_a_token_ends_when_it_is_revoked_or_its_days_are_over(house: House, mona: Guest) -> None:
    first, second = (mona.ask("POST", "tokens", json={"name": name}).json() for name in ("one", "two"))
    assert mona.ask("DELETE", f"tokens/{first['id']}").status_code == 204
    refused(house.guest(authorization=f"Bearer {first['token']}").ask("GET", "me"), 401, "unauthenticated")
    kept = house.guest(authorization=f"Bearer {second['token']}")
    assert kept.ask("GET", "me").status_code == 200
    with house.store.write() as connection:
        connection.execute(update(token).values(expires_at=now() - 1))
    refused(kept.ask("GET", "me"), 401, "unauthenticated")


def test_one_sees_and_ends_only_ones_own_tokens(house: House, mona: Guest) -> None:
    ben = house.invite(mona, "ben")
    made = mona.ask("POST", "tokens", json={"name": "hers", "scopes": ["read"]}).json()
    assert ben.ask("GET", "tokens").json()["rows"] == []
    refused(ben.ask("DELETE", f"tokens/{made['id']}"), 404, "not_found")
    (row,) = mona.ask("GET", "tokens").json()["rows"]
    assert (row["id"], row["scopes"], row["revoked_at"]) == (made["id"], ["read"], None)
    assert "token" not in row
    assert "digest" not in row


def test_no_secret_stands_in_the_database(house: House, mona: Guest) -> None:
    body = {"name": "ben", "display_name": "Ben", "organisation": "Acme"}
    secrets = [
        PASSWORD,
        mona.http.cookies["goldloop_session"],
        mona.ask("POST", "tokens", json={"name": "t"}).json()["token"],
        mona.ask("POST", "people", json=body).json()["invitation"].rpartition("/")[2],
    ]
    with house.store.read() as connection:
        kept = [repr(tuple(row)) for table in metadata.tables.values() for row in connection.execute(select(table))]
        hashed = connection.execute(select(account.c.password).where(account.c.name == "mona")).scalar_one()
        spent = connection.execute(select(installation.c.value).where(installation.c.name == "setup")).first()
    assert not [secret for secret in secrets if any(secret in row for row in kept)]
    assert hashed.startswith("$argon2id$")
    assert spent is None


def test_only_an_owner_changes_people_and_being_simulated_is_a_fact(house: House, mona: Guest) -> None:
    ben = house.invite(mona, "ben", rate=2000, currency="EUR", simulated=True)
    path = f"people/{person_id(mona, 'ben')}"
    refused(ben.ask("PATCH", path, json={"rate": 9000}), 403, "forbidden")
    refused(mona.ask("PATCH", path, json={"simulated": False}), 422, "invalid")
    changed = mona.ask("PATCH", path, json={"rate": 2500, "tiers": [1, 2], "residency": "EU"}).json()
    assert (changed["rate"], changed["currency"], changed["tiers"], changed["simulated"]) == (2500, "EUR", [1, 2], True)
    assert changed["residency"] == "EU"


@pytest.mark.parametrize("name", ["Mona", "", "a\0b", "a b", "-a", "a" * 101, "\ud800"])
def test_a_sign_in_name_is_plain(house: House, mona: Guest, name: str) -> None:
    body = json.dumps({"name": name, "display_name": "X", "organisation": "Acme"})
    answer = mona.ask("POST", "people", content=body, headers={"content-type": "application/json"})
    assert refused(answer, 422, "invalid")["field"] == "name"


@pytest.mark.parametrize("field", ["display_name", "organisation", "residency", "currency"])
def test_a_name_holds_no_control_characters(house: House, mona: Guest, field: str) -> None:
    body = {"name": "ben", "display_name": "X", "organisation": "Acme", field: "a\0b"}
    assert refused(mona.ask("POST", "people", json=body), 422, "invalid")["field"] == field
