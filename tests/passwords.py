"""Passwords at the least cost that argon2 knows: what they guard here lasts as long as a test."""

from collections.abc import Callable, Iterator

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from goldloop.store import credentials


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[Callable[[], PasswordHash]]:
    """In this process: servers and commands that tests start take the full cost. What goldloop itself hashes with."""
    real = credentials._hasher
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(credentials, "_hasher", lambda: cheap)
        credentials._nobody.cache_clear()
        yield real
    credentials._nobody.cache_clear()
