"""Single sign-on against a provider of our own over real HTTP, on both databases."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from tests.contract.guests import Guest, House, open_house
from tests.contract.kernel import PROGRAMME
from tests.provider import CLIENT, SECRET, Provider, running

from goldloop.app import create_app
from goldloop.core.clock import now
from goldloop.core.errors import Invalid
from goldloop.core.settings import changed, read_settings
from goldloop.store import identities
from goldloop.store.open import Store

GROUPS = {
    "labelling": {"organisation": "Acme", "seats": [{"programme": "desk", "role": "annotator", "tiers": [1, 2]}]},
    "leads": {"seats": [{"programme": "desk", "role": "manager"}, {"programme": "gone", "role": "auditor"}]},
}
NOOR = {"sub": "u-17", "preferred_username": "noor", "name": "Noor Hale", "groups": ["labelling"]}
FILE = f"{PROGRAMME}routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as one:
        yield one


def configured(store: Store, provider: Provider, **given: object) -> Store:
    """The same installation with single sign-on, new people welcome."""
    usual = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_groups": json.dumps(GROUPS),
        "oidc_new_people": True,
    }
    return replace(store, settings=changed(store.settings, **{**usual, **given}))


@pytest.fixture
def house(store: Store, provider: Provider) -> Iterator[House]:
    """A server with single sign-on, and a provider at which Noor signs in."""
    provider.person, provider.claims, provider.head = dict(NOOR), {}, {}
    provider.keys, provider.signs = ("first",), "first"
    here = configured(store, provider)
    with open_house(create_app(here), here) as one:
        yield one


@pytest.fixture
def mona(house: House) -> Guest:
    owner = house.set_up()
    assert owner.ask("PUT", "programmes", json={"yaml": FILE}).status_code == 200
    return owner


def begin(guest: Guest, **query: str) -> str:
    """Where a browser is sent."""
    answer = guest.ask("GET", "oidc/begin", params=query, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def back(guest: Guest, brought: dict[str, str]) -> str:
    """Where a browser is sent that comes back with this."""
    answer = guest.ask("GET", "oidc/end", params=brought, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def sign_in(house: House, provider: Provider, **query: str) -> tuple[Guest, str]:
    """Somebody signs in through the provider; where they end."""
    guest = house.guest()
    return guest, back(guest, provider.authorise(begin(guest, **query)))


def me(guest: Guest) -> dict[str, Any]:
    found: dict[str, Any] = guest.ask("GET", "me").json()
    return found


def test_who_is_new_gets_an_account_with_the_roles_of_their_groups_and_the_same_one_next_time(
    house: House, mona: Guest, provider: Provider
) -> None:
    assert house.guest().ask("GET", "state").json()["sso"] == "single sign-on"
    guest, where = sign_in(house, provider)
    assert where == "/"
    first = me(guest)
    assert (first["account"], first["actor"]["name"], first["owner"], first["organisation"]) == (
        "noor",
        "Noor Hale",
        False,
        "Acme",
    )
    assert [(one["programme"], one["role"]) for one in first["roles"]] == [("desk", "annotator")]
    assert list(first["tiers"].values()) == [[1, 2]]
    provider.person = {**NOOR, "preferred_username": "renamed", "groups": ["leads"]}
    again, _ = sign_in(house, provider)
    assert me(again)["actor"]["id"] == first["actor"]["id"], "whoever they call themselves now"
    assert [one["role"] for one in me(again)["roles"]] == ["manager"], "the roles of groups come and go with them"
    assert "set-cookie" not in guest.ask("GET", "me").headers


def test_a_role_that_was_given_by_name_stays_when_groups_go(house: House, mona: Guest, provider: Provider) -> None:
    guest, _ = sign_in(house, provider)
    given = {"actor_id": me(guest)["actor"]["id"], "role": "auditor", "tiers": []}
    assert mona.ask("PUT", "programmes/desk/members", json=given).status_code == 200
    provider.person = {**NOOR, "groups": []}
    again, _ = sign_in(house, provider)
    assert [one["role"] for one in me(again)["roles"]] == ["auditor"]


def _no_nonce(provider: Provider) -> None:
    provider.claims = {"nonce": "of another sign-in"}


def _other_audience(provider: Provider) -> None:
    provider.claims = {"aud": "another client"}


def _other_issuer(provider: Provider) -> None:
    provider.claims = {"iss": "https://elsewhere.example.org"}


def _expired(provider: Provider) -> None:
    provider.claims = {"exp": int(time.time()) - 3600}


def _unknown_key(provider: Provider) -> None:
    provider.signs = "unknown"


def _unsigned(provider: Provider) -> None:
    provider.head = {"alg": "none"}


def _shared_secret(provider: Provider) -> None:
    provider.head = {"alg": "HS256"}


@pytest.mark.parametrize(
    "wrong", [_no_nonce, _other_audience, _other_issuer, _expired, _unknown_key, _unsigned, _shared_secret]
)
def test_a_token_that_is_not_to_be_believed_lets_nobody_in(
    house: House, mona: Guest, provider: Provider, wrong: Any
) -> None:
    wrong(provider)
    guest, where = sign_in(house, provider)
    assert where == "/signin?refused=token"
    assert guest.ask("GET", "me").status_code == 401
    assert len(mona.ask("GET", "people").json()["rows"]) == 1, "and nobody is made"


def test_a_code_or_a_state_works_once_and_in_the_browser_that_began(
    house: House, mona: Guest, provider: Provider
) -> None:
    guest = house.guest()
    brought = provider.authorise(begin(guest))
    other = house.guest()
    assert back(other, brought) == "/signin?refused=state", "another browser"
    cookie = guest.http.cookies.get("goldloop_sign_in")
    assert back(guest, brought) == "/"
    thief = house.guest(cookie=f"goldloop_sign_in={cookie}")
    assert back(thief, brought) == "/signin?refused=state", "the state is spent"
    fresh = house.guest()
    state = provider.authorise(begin(fresh))["state"]
    assert back(fresh, {"code": brought["code"], "state": state}) == "/signin?refused=token", "the code is spent"
    assert back(fresh, {"code": "x"}) == "/signin?refused=state"
    said_no = house.guest()
    state = provider.authorise(begin(said_no))["state"]
    assert back(said_no, {"error": "access_denied", "state": state}) == "/signin?refused=provider"


def test_a_code_that_was_begun_with_another_verifier_is_refused(house: House, mona: Guest, provider: Provider) -> None:
    victim, thief = house.guest(), house.guest()
    stolen = provider.authorise(begin(victim))
    state = provider.authorise(begin(thief))["state"]
    assert back(thief, {"code": stolen["code"], "state": state}) == "/signin?refused=token"


def test_a_new_key_of_the_provider_is_looked_up_and_es256_is_read(
    house: House, mona: Guest, provider: Provider
) -> None:
    provider.keys, provider.signs = ("first", "ec"), "ec"
    assert sign_in(house, provider)[1] == "/"


def test_who_is_known_by_name_alone_is_nobody_until_they_take_an_invitation_up(
    house: House, mona: Guest, provider: Provider
) -> None:
    provider.person = {**NOOR, "sub": "u-1", "preferred_username": "mona"}
    guest, where = sign_in(house, provider)
    assert where == "/signin?refused=taken", "a name at the provider is chosen there"
    body = {
        "name": "ben",
        "display_name": "Ben",
        "organisation": "Acme",
        "seats": [{"programme": "desk", "role": "annotator", "tiers": [1]}],
    }
    link = mona.ask("POST", "people", json=body).json()["invitation"].rpartition("/")[2]
    provider.person = {"sub": "u-2", "preferred_username": "whoever"}
    guest, where = sign_in(house, provider, invitation=link)
    assert where == "/"
    assert me(guest)["account"] == "ben"
    assert [one["role"] for one in me(guest)["roles"]] == ["annotator"]
    assert house.guest().ask("GET", f"invitations/{link}").status_code == 404, "it is spent"
    provider.person = {"sub": "u-3"}
    assert sign_in(house, provider, invitation=link)[1] == "/signin?refused=invitation"
    provider.person = {"sub": "u-2"}
    assert sign_in(house, provider)[1] == "/", "bound for good"


def test_who_has_left_and_who_nobody_knows_are_not_let_in(
    house: House, mona: Guest, provider: Provider, store: Store
) -> None:
    provider.person = {**NOOR, "groups": ["leads"]}
    assert sign_in(house, provider)[1] == "/signin?refused=unknown", "no group says to whom they belong"
    provider.person = {**NOOR, "preferred_username": "not a name"}
    assert sign_in(house, provider)[1] == "/signin?refused=name"
    provider.person = dict(NOOR)
    guest, _ = sign_in(house, provider)
    assert mona.ask("DELETE", f"people/{me(guest)['actor']['id']}").status_code == 200
    assert guest.ask("GET", "me").status_code == 401
    assert sign_in(house, provider)[1] == "/signin?refused=closed"


def test_nothing_is_asked_of_anybody_where_none_is_configured(store: Store, provider: Provider) -> None:
    provider.asked.clear()
    with open_house(create_app(store), store) as house:
        assert house.guest().ask("GET", "state").json()["sso"] is None
        for path in ("oidc/begin", "oidc/end?code=a&state=b"):
            assert house.guest().ask("GET", path).status_code == 404
    here = configured(store, provider)
    with open_house(create_app(here), here):
        assert provider.asked == [], "nor before somebody signs in"


def test_new_people_are_made_only_where_that_is_configured(
    house: House, mona: Guest, provider: Provider, store: Store
) -> None:
    here = configured(store, provider, oidc_new_people=False)
    with open_house(create_app(here), here) as closed:
        assert sign_in(closed, provider)[1] == "/signin?refused=unknown"


def test_a_provider_that_is_away_or_another_is_said(store: Store, provider: Provider) -> None:
    for issuer in (f"{provider.issuer}/other", "http://127.0.0.1:9"):
        here = configured(store, provider, oidc_issuer=issuer)
        with open_house(create_app(here), here) as house:
            assert begin(house.guest()) == "/signin?refused=away"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"GOLDLOOP_OIDC_ISSUER": "http://id.example.org", "GOLDLOOP_OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER"),
        ({"GOLDLOOP_OIDC_ISSUER": "https://id.example.org"}, "OIDC_CLIENT_ID"),
        ({"GOLDLOOP_OIDC_GROUPS": "{"}, "OIDC_GROUPS"),
        ({"GOLDLOOP_OIDC_GROUPS": '{"g": {"seats": [{"programme": "desk", "role": "owner"}]}}'}, "OIDC_GROUPS"),
        ({"GOLDLOOP_OIDC_GROUPS": '{"g": {"owner": true}}'}, "OIDC_GROUPS"),
    ],
)
def test_settings_that_cannot_work_fail_at_start(given: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_settings({**given, "GOLDLOOP_OIDC_CLIENT_SECRET": "hush", "GOLDLOOP_HOME": "/nowhere"})
    assert str(refused.value.field) == f"GOLDLOOP_{field}"
    assert "hush" not in str(refused.value)


def test_the_address_a_browser_is_sent_to_holds_no_secret(house: House, mona: Guest, provider: Provider) -> None:
    address = httpx2.URL(begin(house.guest()))
    assert set(address.params) == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
    assert SECRET not in str(address)


def test_sign_ins_that_never_come_back_keep_nobody_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "MOST_FLOWS", 3)
    at = now()
    with store.write() as connection:
        begun = [identities.begin_flow(connection, invitation=None, at=at + n) for n in range(5)]
        back = [identities.end_flow(connection, one.state, at=at) is not None for one in begun]
    assert back == [False, False, True, True, True]
