"""A runner whose database is away or full waits, says so in a line, and goes on when it is back."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from goldloop.core.errors import Unavailable
from goldloop.jobs.worker import Pace, run_worker
from goldloop.store.open import Store


class Full:
    """A store on a full disk."""

    @contextmanager
    def read(self) -> Iterator[Any]:
        raise Unavailable("the disk is full; nothing was stored", permanent=True)
        yield


class Stop:
    """An event that nobody waits for: it remembers for how long it was asked to."""

    def __init__(self, looks: int) -> None:
        self.looks, self.waits = looks, list[float]()

    def is_set(self) -> bool:
        return len(self.waits) == self.looks

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)


def test_a_full_disk_is_looked_at_less_and_less_often_and_told_in_one_line_each(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop, pace = Stop(12), Pace()
    with caplog.at_level(logging.ERROR):
        run_worker(cast(Store, Full()), {}, cast(Any, stop), pace=pace)
    assert stop.waits == sorted(stop.waits)
    assert stop.waits[0] == 2 * pace.poll_s
    assert stop.waits[-1] == pace.away_s
    assert sum(stop.waits) > 60, "an hour of a full disk is no thousand lines"
    assert len(caplog.records) == 12
    assert all("the disk is full" in record.getMessage() and not record.exc_info for record in caplog.records)
