"""What makes an ID token of an identity provider believable. Pure.

A token is a JWS in compact form, signed with RS256 or ES256 by a key that the provider publishes. Nothing else is read:
not `none`, not a shared secret, not a key that the token brings along.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

SKEW = 60  # seconds by which clocks may differ
MOST_BYTES = 64 << 10
LEAST_BITS = 2048  # of an RSA key
KEY_TYPES = {"RS256": "RSA", "ES256": "EC"}


class Refused(Exception):
    """An ID token that is not believed; `because` is for the log, never for who asks."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class Claims(NamedTuple):
    """What a believable token says of who signed in."""

    issuer: str
    subject: str
    name: str | None
    display_name: str | None
    groups: tuple[str, ...]


def challenge_of(verifier: str) -> str:
    """The PKCE challenge of a verifier, S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def key_id(token: str) -> str | None:
    """Which key a token says it was signed with. Raises Refused where it is no token."""
    kid = _header(token).get("kid")
    return kid if isinstance(kid, str) else None


def believed(
    token: str,
    keys: Sequence[Mapping[str, Any]],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    at: float,
    groups_claim: str = "groups",
) -> Claims:
    """The claims of a token that is signed by one of these keys, for us, now, and for this very sign-in.

    Raises Refused for everything else.
    """
    head = _header(token)
    algorithm = head.get("alg")
    if algorithm not in KEY_TYPES:
        raise Refused(f"signed with {algorithm!r}, and only {' and '.join(KEY_TYPES)} are read")
    if "crit" in head:
        raise Refused("the token has critical headers that nothing here understands")
    signed, _, signature = token.rpartition(".")
    _check(str(algorithm), _key(head, keys, KEY_TYPES[str(algorithm)]), signed.encode(), _octets(signature))
    claims = _object(signed.partition(".")[2])
    _check_claims(claims, issuer=issuer, client_id=client_id, nonce=nonce, at=at)
    found = claims.get(groups_claim, [])
    groups = [found] if isinstance(found, str) else found
    if not isinstance(groups, list) or not all(isinstance(one, str) for one in groups):
        raise Refused(f"`{groups_claim}` is not a list of names")
    return Claims(
        issuer,
        str(claims["sub"]),
        _text(claims.get("preferred_username")) or _text(claims.get("email")),
        _text(claims.get("name")),
        tuple(dict.fromkeys(groups)),
    )


def _check_claims(claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, at: float) -> None:
    if claims.get("iss") != issuer:
        raise Refused(f"issued by {claims.get('iss')!r}")
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or client_id not in named:
        raise Refused(f"meant for {audience!r}")
    if claims.get("azp", client_id) != client_id or (len(named) > 1 and "azp" not in claims):
        raise Refused("issued to another client")
    for name in ("exp", "iat"):
        if isinstance(claims.get(name), bool) or not isinstance(claims.get(name), int | float):
            raise Refused(f"`{name}` is no time")
    if claims["exp"] <= at - SKEW:
        raise Refused("it has expired")
    early = claims.get("nbf", claims["iat"])
    if claims["iat"] > at + SKEW or not isinstance(early, int | float) or early > at + SKEW:
        raise Refused("it is not valid yet")
    if not isinstance(claims.get("nonce"), str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise Refused("its nonce is not that of this sign-in")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Refused("it names nobody")


def _key(head: Mapping[str, Any], keys: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any]:
    """The one published key that the header names; without a name, the only one of its kind."""
    fit = [one for one in keys if one.get("kty") == kind and one.get("use", "sig") == "sig"]
    fit = [one for one in fit if one.get("alg", head["alg"]) == head["alg"]]
    if "kid" in head:
        fit = [one for one in fit if one.get("kid") == head["kid"]]
    if len(fit) != 1:
        raise Refused(f"signed with the key {head.get('kid')!r}, which the provider does not publish")
    return fit[0]


def _check(algorithm: str, key: Mapping[str, Any], signed: bytes, signature: bytes) -> None:
    from cryptography.exceptions import InvalidSignature  # a server whose people sign in by password never loads it
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        if algorithm == "RS256":
            public = rsa.RSAPublicNumbers(_number(key, "e"), _number(key, "n")).public_key()
            if public.key_size < LEAST_BITS:
                raise Refused(f"signed with a key of {public.key_size} bits")
            public.verify(signature, signed, padding.PKCS1v15(), SHA256())
            return
        if key.get("crv") != "P-256" or len(signature) != 64:
            raise Refused("its signature is not one of ES256")
        point = ec.EllipticCurvePublicNumbers(_number(key, "x"), _number(key, "y"), ec.SECP256R1()).public_key()
        pair = (int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
        point.verify(encode_dss_signature(*pair), signed, ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise Refused("its signature is wrong") from error
    except ValueError as error:
        raise Refused("the key it names is no key") from error


def _header(token: str) -> dict[str, Any]:
    if len(token) > MOST_BYTES or token.count(".") != 2:
        raise Refused("it is no signed token")
    return _object(token.partition(".")[0])


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_octets(part))
    except (ValueError, RecursionError) as error:
        raise Refused("it is no JSON") from error
    if not isinstance(found, dict):
        raise Refused("it is no JSON object")
    return found


def _octets(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("it is not base64url") from error


def _number(key: Mapping[str, Any], name: str) -> int:
    value = key.get(name)
    if not isinstance(value, str):
        raise Refused("the key it names is no key")
    return int.from_bytes(_octets(value))


def _text(value: Any) -> str | None:
    said = "".join(one for one in value if one.isprintable()).strip()[:200] if isinstance(value, str) else ""
    return said or None
