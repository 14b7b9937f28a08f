"""Passwords and random secrets as they are kept: argon2id hashes, and digests."""

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NewType

from goldloop.core.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from pwdlib import PasswordHash

SHORTEST_PASSWORD = 10
HASHES_AT_ONCE = 2  # each takes 64 MiB
PATIENCE_S = 5.0  # how long a sign-in waits for its turn before it gives its thread back
Hashed = NewType("Hashed", str)
_HASHING = threading.Semaphore(HASHES_AT_ONCE)


def digest_of_secret(secret: str) -> bytes:
    """How a random secret is stored: it has 256 bits, so a plain digest cannot be searched."""
    return hashlib.sha256(secret.encode()).digest()


def hash_password(password: str) -> Hashed:
    """An argon2id hash; takes tens of milliseconds, so never within a transaction that writes.

    Raises Invalid for a password that is too short, Unavailable where too many are being hashed.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            "the password is too short",
            field="password",
            expected=f"at least {SHORTEST_PASSWORD} characters",
            found=f"{len(password)}",
        )
    with _turn_to_hash():
        return Hashed(_hasher().hash(password))


def opens(password: str, stored: str | None) -> bool:
    """True where a password opens a kept hash; takes as long where there is none to open."""
    with _turn_to_hash():
        nobody = _nobody()
        return _hasher().verify(password, stored if stored is not None else nobody) and stored is not None


@contextmanager
def _turn_to_hash() -> Iterator[None]:
    """Sign-ins queue rather than exhaust the memory, and give up rather than hold every thread of the server."""
    if not _HASHING.acquire(timeout=PATIENCE_S):
        raise Unavailable("too many people are signing in just now", expected="a moment of patience")
    try:
        yield
    finally:
        _HASHING.release()


@cache
def _hasher() -> "PasswordHash":
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(),))


@cache
def _nobody() -> str:
    """A hash that no password opens, so that unknown names cost as much time as known ones."""
    return _hasher().hash(secrets.token_urlsafe(32))
