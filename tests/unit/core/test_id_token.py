"""What makes an ID token believable, and everything that does not."""

from typing import Any

import pytest
from pydantic import ValidationError
from tests.provider import coded, published, signed

from goldloop.core.groups import Group
from goldloop.core.id_token import Refused, believed, challenge_of

AT = 1_800_000_000
ISSUER, CLIENT, NONCE = "https://id.example.org", "goldloop", "n-once"
CLAIMS = {"iss": ISSUER, "aud": CLIENT, "sub": "u1", "iat": AT, "exp": AT + 300, "nonce": NONCE}
KEYS = [published(one) for one in ("first", "ec")]


def read(token: str, keys: list[dict[str, Any]] | None = None, **other: Any) -> Any:
    given = {"issuer": ISSUER, "client_id": CLIENT, "nonce": NONCE, "at": AT, **other}
    return believed(token, KEYS if keys is None else keys, **given)


@pytest.mark.parametrize("key", ["first", "ec"])
def test_a_token_for_us_by_a_published_key_is_believed(key: str) -> None:
    about = {"preferred_username": "noor", "name": "Noor \n Hale", "groups": ["a", "b", "a"]}
    said = read(signed(CLAIMS | about, key))
    assert (said.subject, said.name, said.display_name, said.groups) == ("u1", "noor", "Noor  Hale", ("a", "b"))
    plain = read(signed(CLAIMS | {"email": "n@example.org", "roles": "one"}, key), groups_claim="roles")
    assert (plain.name, plain.display_name, plain.groups) == ("n@example.org", None, ("one",))


@pytest.mark.parametrize(
    ("claims", "because"),
    [
        ({"iss": f"{ISSUER}/"}, "issued by"),
        ({"aud": "another"}, "meant for"),
        ({"aud": []}, "meant for"),
        ({"aud": None}, "meant for"),
        ({"aud": [CLIENT, "another"]}, "another client"),
        ({"azp": "another"}, "another client"),
        ({"exp": AT - 60}, "expired"),
        ({"exp": "never"}, "`exp` is no time"),
        ({"exp": True}, "`exp` is no time"),
        ({"iat": None}, "`iat` is no time"),
        ({"iat": AT + 61}, "not valid yet"),
        ({"nbf": AT + 61}, "not valid yet"),
        ({"nbf": "soon"}, "not valid yet"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": ""}, "names nobody"),
        ({"sub": 7}, "names nobody"),
        ({"sub": "x" * 256}, "names nobody"),
        ({"groups": {"a": 1}}, "not a list of names"),
        ({"groups": [1]}, "not a list of names"),
    ],
)
def test_claims_that_are_not_ours_are_refused(claims: dict[str, Any], because: str) -> None:
    with pytest.raises(Refused, match=because):
        read(signed(CLAIMS | claims, "first"))


def test_clocks_may_differ_by_a_minute() -> None:
    read(signed(CLAIMS | {"exp": AT - 59, "iat": AT - 400}, "first"))
    read(signed(CLAIMS | {"iat": AT + 60, "nbf": AT + 60}, "first"))


def test_several_audiences_need_to_say_that_we_are_whom_it_was_issued_to() -> None:
    assert read(signed(CLAIMS | {"aud": [CLIENT, "another"], "azp": CLIENT}, "first")).subject == "u1"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", "PS256", "EdDSA", "", None, 1])
def test_no_other_way_of_signing_is_read(algorithm: object) -> None:
    with pytest.raises(Refused, match="are read"):
        read(signed(CLAIMS, "first", alg=algorithm))


def test_a_key_is_used_for_its_own_kind_of_signature_only() -> None:
    for key, algorithm in (("first", "ES256"), ("ec", "RS256")):
        with pytest.raises(Refused, match="does not publish"):
            read(signed(CLAIMS, key, alg=algorithm))


@pytest.mark.parametrize("key", ["first", "ec"])
def test_whatever_was_changed_after_signing_is_refused(key: str) -> None:
    head, _, signature = signed(CLAIMS, key).split(".")
    forged = coded(b'{"iss":"%s","aud":"goldloop","sub":"root"}' % ISSUER.encode())
    for token in (f"{head}.{forged}.{signature}", f"{head}.{signed(CLAIMS, key).split('.')[1]}.{signature[:-4]}AAAA"):
        with pytest.raises(Refused, match="signature"):
            read(token)


def test_a_key_that_is_not_published_or_named_twice_or_too_short_is_refused() -> None:
    with pytest.raises(Refused, match="does not publish"):
        read(signed(CLAIMS, "unknown"))
    with pytest.raises(Refused, match="signature is wrong"):
        read(signed(CLAIMS, "unknown", kid="first"))
    with pytest.raises(Refused, match="does not publish"):
        read(signed(CLAIMS, "first"), [*KEYS, published("first")])
    with pytest.raises(Refused, match="1024 bits"):
        read(signed(CLAIMS, "short"), [published("short")])
    with pytest.raises(Refused, match="does not publish"):
        read(signed(CLAIMS, "first"), [published("first") | {"use": "enc"}])


def test_a_token_without_a_key_id_is_read_where_there_is_one_key_of_its_kind() -> None:
    unnamed = signed(CLAIMS, "first", kid=...)
    assert read(unnamed).subject == "u1"
    with pytest.raises(Refused, match="does not publish"):
        read(unnamed, [*KEYS, published("unknown")])


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a",
        "a.b",
        "a.b.c.d",
        "!.e30.x",
        "e30.e30.",
        "W10.e30.x",
        f"{coded(b'[' * 3000)}.e30.x",
        "x" * 70_000 + ".e30.x",
    ],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Refused):
        read(token)


def test_a_header_that_must_be_understood_and_is_not_is_refused() -> None:
    with pytest.raises(Refused, match="critical"):
        read(signed(CLAIMS, "first", crit=["b64"]))


@pytest.mark.parametrize("key", [{"kty": "RSA", "kid": "first"}, {"kty": "RSA", "kid": "first", "n": "AQAB", "e": "!"}])
def test_a_key_that_is_none_is_refused(key: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"no key|base64url|bits"):
        read(signed(CLAIMS, "first"), [key])


def test_the_challenge_is_that_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_group_makes_nobody_an_owner() -> None:
    Group.model_validate({"seats": [{"programme": "tickets", "role": "manager"}]})
    with pytest.raises(ValidationError, match="role"):
        Group.model_validate({"seats": [{"programme": "tickets", "role": "owner"}]})
    with pytest.raises(ValidationError, match="owner"):
        Group.model_validate({"owner": True})
