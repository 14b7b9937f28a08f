"""Servers whose clocks differ are told before they write anything."""

import pytest

from goldloop.core import clock
from goldloop.core.errors import Conflict
from goldloop.store.moment import SKEW, check_clock
from goldloop.store.open import Store


@pytest.mark.parametrize(("seconds", "word"), [(-3600, "behind"), (3600, "ahead")])
def test_a_server_whose_clock_is_not_the_databases_does_not_start(
    store: Store, monkeypatch: pytest.MonkeyPatch, seconds: int, word: str
) -> None:
    real = clock.now
    with store.read() as connection:
        check_clock(connection)
        monkeypatch.setattr(clock, "now", lambda: real() + seconds * clock.SECOND)
        if store.dialect == "sqlite":  # the database has no clock but this machine's
            check_clock(connection)
            return
        with pytest.raises(Conflict, match="clock") as caught:
            check_clock(connection)
    assert word in str(caught.value.found)
    assert str(SKEW // clock.SECOND) in str(caught.value.expected)
