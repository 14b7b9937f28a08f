"""Models: trained here or connected, and what they say of items."""

from typing import Literal

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class ModelRow(Row):
    """One version of a model: an actor with a fingerprint."""

    id: str
    name: str
    version: str
    judge: str
    fingerprint: str
    judgements: int


class Models:
    """`client.models`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str) -> list[ModelRow]:
        """Every version of every model of a programme, newest first."""
        return list(self._wire.rows(ModelRow, address("programmes", programme, "models")))

    def train(
        self, programme: str, name: str, *, learn_from: Literal["gold", "decisions"] = "gold", seed: int = 0
    ) -> Job:
        """Train a new version of a built-in model, as a job."""
        path = address("programmes", programme, "models", name, "train")
        return self._wire.one(Job, "POST", path, json={"learn_from": learn_from, "seed": seed})

    def run(self, programme: str, name: str) -> Job:
        """Let the newest version speak of every item it has not spoken of, as a job."""
        return self._wire.one(Job, "POST", address("programmes", programme, "models", name, "run"))
