"""Models: trained here or connected, their versions, and what they say of items."""

from typing import Any, Literal

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class Use(Row):
    """What runs of a version said and took; tokens and cost are None where nobody tells them."""

    said: int = 0
    refused: int = 0
    requests: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: float | None = None
    currency: str | None = None


class Strange(Row):
    """Something strange about the answers of a run: `n` of `of`, and in words."""

    kind: str
    n: int
    of: int
    says: str


class RunRow(Row):
    """One start of a run of a version: what it said and took, and what was strange about it."""

    version: str
    job_id: str | None = None
    purpose: str
    said: int
    refused: int
    requests: int
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: float | None = None
    currency: str | None = None
    reasons: dict[str, int] = {}
    confidence_from: dict[str, int] = {}
    warnings: tuple[Strange, ...] = ()
    began_at: int
    changed_at: int


class ModelRow(Row):
    """One version of a model: an actor with a fingerprint. Of every name one is promoted, and routed on."""

    id: str
    name: str
    version: str
    state: Literal["promoted", "shadow", "candidate", "retired"]
    judge: str
    connected: str
    fingerprint: str
    trained_on: dict[str, Any] | None = None
    judgements: int
    items: int
    use: Use = Use()
    ran_at: int | None = None
    warnings: tuple[Strange, ...] = ()
    promoted_by: str | None = None
    promoted_because: str | None = None
    promoted_at: int | None = None
    registered_at: int | None = None


class ModelPage(Row):
    """A model with its versions, their runs, promotions and comparisons."""

    name: str
    judge: dict[str, Any] | None = None
    versions: tuple[ModelRow, ...] = ()
    runs: tuple[RunRow, ...] = ()
    promotions: tuple[dict[str, Any], ...] = ()
    comparisons: tuple[dict[str, Any], ...] = ()


class Preview(Row):
    """What a version would say of a few items; `estimate` is for all that it has not spoken of."""

    version: str
    rows: tuple[dict[str, Any], ...]
    said: int
    refused: int
    reasons: dict[str, int] = {}
    confidence_from: dict[str, int] = {}
    asked_again: int
    changed: int
    warnings: tuple[str, ...] = ()
    seconds: float
    cost: float | None = None
    currency: str | None = None
    waiting: int
    estimate: dict[str, Any]


class Models:
    """`client.models`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str) -> list[ModelRow]:
        """Every version of every model of a programme, newest first."""
        return list(self._wire.rows(ModelRow, address("programmes", programme, "models")))

    def get(self, programme: str, name: str) -> ModelPage:
        """One model, its versions and their history."""
        return self._wire.one(ModelPage, "GET", address("programmes", programme, "models", name))

    def train(
        self,
        programme: str,
        name: str,
        *,
        learn_from: Literal["gold", "decisions", "both", "release"] = "gold",
        release: str | None = None,
        seed: int = 0,
    ) -> Job:
        """Train a new version of a built-in model, as a job. `release` is the id of a dataset to learn from."""
        asked = {"learn_from": "release" if release else learn_from, "release": release, "seed": seed}
        return self._wire.one(Job, "POST", address("programmes", programme, "models", name, "train"), json=asked)

    def preview(self, programme: str, name: str, *, version: str | None = None, seed: int = 0) -> Preview:
        """What a version would say of 20 items; nothing of it is kept."""
        path = address("programmes", programme, "models", name, "preview")
        return self._wire.one(Preview, "POST", path, json={"version": version, "seed": seed})

    def run(self, programme: str, name: str, *, version: str | None = None) -> Job:
        """Let the version in force speak of every item it has not spoken of, or another in the shadow, as a job."""
        path = address("programmes", programme, "models", name, "run")
        return self._wire.one(Job, "POST", path, json={"version": version})

    def compare(self, programme: str, name: str, second: str, *, gold: str, first: str | None = None) -> Job:
        """Two versions on the same gold, the first being the one in force if left out, as a job."""
        path = address("programmes", programme, "models", name, "compare")
        return self._wire.one(Job, "POST", path, json={"first": first, "second": second, "gold": gold})

    def promote(
        self, programme: str, name: str, version: str, because: str, *, comparison: str | None = None
    ) -> ModelRow:
        """Route on a version from now on; promoting the former one takes it back."""
        path = address("programmes", programme, "models", name, "promote")
        asked = {"version": version, "because": because, "comparison": comparison}
        return self._wire.one(ModelRow, "POST", path, json=asked)
