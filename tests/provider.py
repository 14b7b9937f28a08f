"""An identity provider of this process: real HTTP, real keys, real signatures, and wrong in whatever way is asked."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT, SECRET = "goldloop", "the client's secret"
Signs = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def coded(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@cache
def key(name: str) -> Signs:
    """A key by name, made once a process: `ec...` is of P-256, `short` has too few bits, others are RSA."""
    if name.startswith("ec"):
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 1024 if name == "short" else 2048)


def published(name: str) -> dict[str, Any]:
    """The public half of a key as a JWK."""
    found = key(name)
    if isinstance(found, rsa.RSAPrivateKey):
        numbers = found.public_key().public_numbers()
        n, e = (coded(one.to_bytes((one.bit_length() + 7) // 8)) for one in (numbers.n, numbers.e))
        return {"kty": "RSA", "kid": name, "use": "sig", "alg": "RS256", "n": n, "e": e}
    point = found.public_key().public_numbers()
    x, y = (coded(one.to_bytes(32)) for one in (point.x, point.y))
    return {"kty": "EC", "kid": name, "use": "sig", "alg": "ES256", "crv": "P-256", "x": x, "y": y}


def signed(claims: dict[str, Any], name: str, **head: Any) -> str:
    """A token of these claims, signed with a key; `head` overrides what its header says, and `...` leaves it out."""
    found = key(name)
    algorithm = "RS256" if isinstance(found, rsa.RSAPrivateKey) else "ES256"
    header = {"alg": algorithm, "kid": name, "typ": "JWT"} | head
    header = {name: value for name, value in header.items() if value is not ...}
    text = f"{coded(json.dumps(header).encode())}.{coded(json.dumps(claims).encode())}"
    if header["alg"] == "none":
        return f"{text}."
    if isinstance(found, rsa.RSAPrivateKey):
        return f"{text}.{coded(found.sign(text.encode(), padding.PKCS1v15(), SHA256()))}"
    pair = decode_dss_signature(found.sign(text.encode(), ec.ECDSA(SHA256())))
    return f"{text}.{coded(b''.join(one.to_bytes(32) for one in pair))}"


@dataclass
class Provider:
    """The provider: who signs in next, and how the next token is wrong (`claims`, `head`, `signs`)."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    keys: tuple[str, ...] = ("first",)
    signs: str = "first"
    claims: dict[str, Any] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorise(self, address: str) -> dict[str, str]:
        """What a browser brings back after signing in at this address: a code and the state."""
        asked = {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code for a token, once, for the client that has the secret and the verifier."""
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if (unquote(name), unquote(secret)) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        proof = coded(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or proof != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        at = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": asked["nonce"]}
        token = signed(claims | self.person | self.claims, self.signs, **self.head)
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": token}

    def document(self, path: str) -> dict[str, Any] | None:
        """What it publishes."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        return {"keys": [published(one) for one in self.keys]} if path == "/keys" else None


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers until the end."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = provider.document(self.path)
            self._say(200 if found is not None else 404, found or {})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: found[0] for name, found in parse_qs(text).items()}
            self._say(*provider.token(form, self.headers.get("authorization", "")))

        def _say(self, status: int, found: dict[str, Any]) -> None:
            provider.asked.append(self.path)
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
