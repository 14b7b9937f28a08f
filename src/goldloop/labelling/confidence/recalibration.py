"""Recalibration: the map from what a model states to a confidence that can be believed, fitted and chosen by its loss.

A map never changes the order of two suggestions: those that the fitted curve holds equal keep the order of what was
stated. A threshold on the calibrated scale is therefore the same set of suggestions as one on the stated scale.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core.errors import Conflict
from goldloop.store.recalibrations import RecalibrationRow, in_force

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST = 100  # answers
LEAST_OF_EACH = 10  # right ones, and wrong ones
LEAST_ISOTONIC = 300  # it follows noise below
FOLDS = 5
EDGE = 1e-6  # confidences nearer to 0 or 1 are read as this near
ORDER = 1e-6  # the weight of what was stated: enough to keep the order, too little to be seen
AS_STATED = "as stated"


class Fitted(NamedTuple):
    """A map as JSON, the cross-validated log loss of every kind that was tried, and why this one."""

    map: dict[str, Any]
    losses: dict[str, float]
    because: str


class Recalibrated(NamedTuple):
    """A map in force: its row and version, and how it reads a stated confidence."""

    id: int
    number: int
    map: Mapping[str, Any]

    def apply(self, stated: "Sequence[float] | NDArray[np.float64]") -> list[float]:
        """Calibrated confidences, in order."""
        found: list[float] = read_by(self.map, stated).tolist()
        return found


def recalibrated(connection: Connection, model_id: int) -> Recalibrated | None:
    """The map that a model version is routed by now."""
    row = in_force(connection, model_id)
    return of_row(row) if row is not None else None


def of_row(row: RecalibrationRow) -> Recalibrated:
    """A stored map, ready to read confidences by."""
    return Recalibrated(row.id, row.number, json.loads(row.map))


def read_by(map_: Mapping[str, Any], stated: "Sequence[float] | NDArray[np.float64]") -> "NDArray[np.float64]":
    """What stated confidences come to under a map."""
    import numpy as np

    x = np.asarray(stated, dtype=np.float64)
    fitted = statistics.confidence.from_json(dict(map_))
    if isinstance(fitted, statistics.confidence.Isotonic):
        curve = fitted.apply(x)
    elif isinstance(fitted, statistics.confidence.Temperature):
        curve = fitted.apply(np.column_stack([_logit(x), np.zeros(len(x))]))[:, 0]
    else:
        curve = fitted.apply(_logit(x))
    return np.asarray((1 - ORDER) * curve + ORDER * x, dtype=np.float64)


def fit(stated: Sequence[float], right: Sequence[bool]) -> Fitted:
    """The map with the smallest cross-validated log loss. Raises Conflict for what cannot be calibrated, and why."""
    import numpy as np

    x, hit = np.asarray(stated, np.float64), np.asarray(right, np.bool_)
    _can_be_fitted(x, hit)
    kinds = ["platt.v1", "temperature.v1", *(["isotonic.v1"] if len(x) >= LEAST_ISOTONIC else [])]
    fold = np.arange(len(x)) % FOLDS
    order = np.random.default_rng(len(x)).permutation(len(x))
    x, hit = x[order], hit[order]
    losses = {AS_STATED: _loss(x, hit)}
    for kind in kinds:
        held = np.empty(len(x))
        for k in range(FOLDS):
            held[fold == k] = read_by(_fit(kind, x[fold != k], hit[fold != k]), x[fold == k])
        losses[kind] = _loss(held, hit)
    best = min(kinds, key=lambda kind: losses[kind])
    told = ", ".join(f"{kind} {loss:.4f}" for kind, loss in sorted(losses.items(), key=lambda one: one[1]))
    if losses[best] >= losses[AS_STATED]:
        raise Conflict(
            "no map is better than what the model states",
            field="model",
            expected=f"a map with a log loss below {losses[AS_STATED]:.4f} on answers it was not fitted on",
            found=told,
        )
    chosen = _fit(best, x, hit)
    if chosen.get("slope", 1.0) <= 0 or np.ptp(read_by(chosen, x)) < 1e-3:
        raise Conflict(
            "this confidence does not tell right from wrong",
            field="model",
            expected="suggestions with a higher confidence that are right more often",
            found=f"a map that does not rise over {len(x):,} answers",
        )
    because = f"smallest log loss in {FOLDS}-fold cross-validation over {len(x):,} answers: {told}"
    return Fitted(chosen, {kind: round(loss, 6) for kind, loss in losses.items()}, because)


def _can_be_fitted(x: "NDArray[np.float64]", hit: "NDArray[np.bool_]") -> None:
    n, hits = len(x), int(hit.sum())
    wrong = n - hits
    if n and len(set(x.tolist())) == 1:
        raise Conflict(
            "a confidence that is always the same cannot be calibrated",
            field="model",
            expected="a model whose confidence varies",
            found=f"{x[0]:g} for each of {n:,} suggestions",
        )
    if n < LEAST:
        raise Conflict(
            "there are too few answers to fit a map",
            field="model",
            expected=f"{LEAST} answers that were given without the suggestion: {LEAST - n} more",
            found=f"{n}",
        )
    if min(hits, wrong) < LEAST_OF_EACH:
        kind = "wrong" if wrong < hits else "right"
        raise Conflict(
            f"there are too few {kind} suggestions to fit a map",
            field="model",
            expected=f"{LEAST_OF_EACH} of them: {LEAST_OF_EACH - min(hits, wrong)} more",
            found=f"{min(hits, wrong)} of {n:,}",
        )


def _fit(kind: str, x: "NDArray[np.float64]", hit: "NDArray[np.bool_]") -> dict[str, Any]:
    import numpy as np

    if kind == "isotonic.v1":
        return statistics.confidence.isotonic(x, hit).as_json()
    if kind == "temperature.v1":
        return statistics.confidence.temperature(
            np.column_stack([_logit(x), np.zeros(len(x))]), np.where(hit, 0, 1)
        ).as_json()
    return statistics.confidence.platt(_logit(x), hit).as_json()


def _logit(x: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import numpy as np

    held = np.clip(x, EDGE, 1 - EDGE)
    return np.asarray(np.log(held / (1 - held)), dtype=np.float64)


def _loss(confidence: "NDArray[np.float64]", hit: "NDArray[np.bool_]") -> float:
    """Mean negative log likelihood; certainty counts as one case short of it, or a single miss would cost endlessly."""
    import numpy as np

    edge = 1 / (len(hit) + 2)
    held = np.clip(confidence, edge, 1 - edge)
    return float(-np.where(hit, np.log(held), np.log1p(-held)).mean())
