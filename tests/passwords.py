"""Passwords at the least cost that argon2 knows: what they guard here lasts as long as a test."""

from collections.abc import Callable, Iterator

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from goldloop.store import credentials

CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[Callable[[], PasswordHash]]:
    """In this process and in `forks`; what tests start anew takes the full cost. What goldloop itself hashes with."""
    real = credentials._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(credentials, "_hasher", lambda: CHEAP)
        credentials._nobody.cache_clear()
        yield real
    credentials._nobody.cache_clear()
