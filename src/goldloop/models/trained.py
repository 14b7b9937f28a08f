"""Weights that goldloop trained: read from a blob, answered in this process."""

from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.core.blobs import Readable
from goldloop.core.errors import Invalid
from goldloop.core.families import Body, judge
from goldloop.core.nouns import Noun
from goldloop.judges.trainable import Trainable
from goldloop.judges.weights import read_weights
from goldloop.models.fingerprint import file_digest


class TrainedParams(Noun):
    """Where the weights are."""

    weights: str


class TrainedModel:
    """Weights with the judge that knows how to read them; the fingerprint is the file's digest."""

    def __init__(self, params: TrainedParams, *, blobs: Readable) -> None:
        with blobs.local(params.weights) as path:
            weights = read_weights(path)
            self._fingerprint = file_digest(path)
        kind = judge.kind(weights.judge)
        if not issubclass(kind, Trainable):
            raise Invalid(
                "these weights belong to no trainable judge", field="weights", expected="one", found=weights.judge
            )
        self._predictor = kind.predictor(weights)

    @property
    def fingerprint(self) -> str:
        """See `Model.fingerprint`."""
        return self._fingerprint

    def say(self, items: Sequence[tuple[str, Body]]) -> Sequence[Mapping[str, Any]]:
        """See `Model.say`."""
        return self._predictor.predict([body for _, body in items])
