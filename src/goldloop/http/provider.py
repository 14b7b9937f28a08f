"""The identity provider that an operator configured: its discovery document, its keys, and codes exchanged for tokens.

Nothing is asked of it before somebody signs in. What it publishes is kept for a while; a key that is not known yet is
looked up once more, but not as often as somebody sends tokens.
"""

import json
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2

from goldloop.core.errors import Unavailable
from goldloop.core.id_token import Claims, Refused, believed, challenge_of, key_id
from goldloop.core.settings import Settings
from goldloop.store.identities import Begun, Flow

TIMEOUT_S = 10.0
KEPT_S = 600.0  # how long what it publishes is believed to hold
AGAIN_S = 30.0  # no sooner are its keys read again for a token whose key is not among them
MOST_BYTES = 1 << 20
HERE = ("127.0.0.1", "localhost", "::1")


class Provider:
    """One provider, as its discovery document says."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._document: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, list[dict[str, Any]]] | None = None

    def address(self, new: Begun, *, redirect: str) -> str:
        """Where a browser is sent to sign in."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": redirect,
            "scope": self._settings.oidc_scopes,
            "state": new.state,
            "nonce": new.nonce,
            "code_challenge": challenge_of(new.verifier),
            "code_challenge_method": "S256",
        }
        endpoint = self._endpoint("authorization_endpoint")
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    def claims(self, code: str, flow: Flow, *, redirect: str) -> Claims:
        """Who a code stands for. Raises Refused for whatever is not to be believed, Unavailable where it is away."""
        settings = self._settings
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": flow.verifier,
        }
        secret = settings.oidc_client_secret.get_secret_value()
        basic = None
        if not secret:
            asked["client_id"] = settings.oidc_client_id
        elif "client_secret_basic" in self._discovered().get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            basic = (quote(settings.oidc_client_id, safe=""), quote(secret, safe=""))  # as RFC 6749 2.3.1 has it
        else:
            asked |= {"client_id": settings.oidc_client_id, "client_secret": secret}
        status, answer = self._ask("POST", self._endpoint("token_endpoint"), data=asked, auth=basic)
        if status != 200:
            raise Refused(f"the provider answered {status} to the code: {str(answer.get('error'))[:80]}")
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Refused("the provider gave no ID token")
        return believed(
            token,
            self._keys_for(token),
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            nonce=flow.nonce,
            at=time.time(),
            groups_claim=settings.oidc_groups_claim,
        )

    def _keys_for(self, token: str) -> list[dict[str, Any]]:
        """What the provider signs with; read again where the token's key is not among what was read before."""
        kid = key_id(token)
        with self._lock:
            read = self._keys
            age = time.monotonic() - read[0] if read is not None else KEPT_S
            known = read is not None and any(one.get("kid") == kid for one in read[1])
            if read is None or age >= KEPT_S or (not known and age >= AGAIN_S):
                found = self._ask("GET", self._endpoint("jwks_uri"))[1].get("keys")
                keys = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
                read = self._keys = (time.monotonic(), keys)
            return read[1]

    def _endpoint(self, name: str) -> str:
        found = self._discovered().get(name)
        parts = urlsplit(found) if isinstance(found, str) else None
        safe = parts is not None and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE))
        if not safe or not isinstance(found, str):
            raise Unavailable(
                "the identity provider publishes no such address",
                permanent=True,
                field=name,
                expected="an https address",
                found=str(found)[:80],
            )
        return found

    def _discovered(self) -> dict[str, Any]:
        read = self._document
        if read is not None and time.monotonic() - read[0] < KEPT_S:
            return read[1]
        issuer = self._settings.oidc_issuer
        status, found = self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if status != 200 or found.get("issuer") != issuer:
            raise Unavailable(
                "the identity provider does not say that it is the one configured",
                permanent=True,
                field="issuer",
                expected=issuer,
                found=str(found.get("issuer"))[:80] if status == 200 else str(status),
            )
        self._document = (time.monotonic(), found)
        return found

    def _ask(
        self, method: str, url: str, *, data: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """One request; the status and the JSON object of its answer, in bounded time and memory."""
        try:
            with (
                httpx2.Client(timeout=TIMEOUT_S, follow_redirects=False) as client,
                client.stream(method, url, data=data, auth=auth, headers={"accept": "application/json"}) as response,
            ):
                body = b""
                for part in response.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise Unavailable("the identity provider's answer is too large", permanent=True)
                status = int(response.status_code)
        except httpx2.HTTPError as error:
            raise Unavailable("the identity provider cannot be reached", found=type(error).__name__) from error
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            found = {}
        return status, found if isinstance(found, dict) else {}
