"""The learning loop: what to label next, and how rounds went."""

from collections.abc import Mapping
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class LearningRound(Row):
    """A batch that a selection chose, with the numbers of its random arm and of the items chosen."""

    batch_id: str
    batch: str
    at: int
    strategy: dict[str, Any]
    size: int
    random: int
    selected: int
    filled: int
    model: str | None = None
    version: str | None = None
    pool: int
    random_arm: dict[str, Any]
    selected_arm: dict[str, Any]


class LearningPage(Row):
    """Every round, oldest first, and the selections there are."""

    rounds: tuple[LearningRound, ...] = ()
    selections: tuple[dict[str, Any], ...] = ()


class Learning:
    """`client.learning`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def page(self, programme: str) -> LearningPage:
        """How rounds went, and what selections there are."""
        return self._wire.one(LearningPage, "GET", address("programmes", programme, "learning"))

    def next(
        self,
        programme: str,
        strategy: str,
        *,
        size: int,
        random: float = 0.2,
        params: Mapping[str, Any] | None = None,
        model: str | None = None,
        second: str | None = None,
    ) -> Job:
        """Choose what people label next, and open it as a batch with a random arm, as a job."""
        asked = {
            "strategy": {"name": strategy, "params": dict(params or {})},
            "size": size,
            "random": random,
            "model": model,
            "second": second,
        }
        return self._wire.one(Job, "POST", address("programmes", programme, "learning"), json=asked)
