"""Maps that turn a model's scores into confidences that can be believed; fitted once, frozen, plain JSON."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logsumexp, softmax

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats

COLDEST, HOTTEST = 0.01, 100.0
STEPS = 100
FIELDS = {
    "temperature.v1": ("temperature",),
    "platt.v1": ("slope", "offset"),
    "isotonic.v1": ("scores", "confidences"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """Logits divided by one number before the softmax: over-confidence goes, the ranking of classes stays."""

    temperature: float
    n: int

    def apply(self, logits: ArrayLike) -> Floats:
        """Probabilities of shape (n, classes) from logits of the same shape."""
        checked = arguments.numbers("logits", logits, dimensions=2)
        return np.asarray(softmax(checked / self.temperature, axis=1), dtype=np.float64)

    def as_json(self) -> dict[str, Any]:
        """The map as plain JSON, to be read by `from_json`."""
        return {"kind": "temperature.v1", "temperature": self.temperature, "n": self.n}


@dataclass(frozen=True, slots=True, kw_only=True)
class Platt:
    """A sigmoid of the score: P(right) = 1 / (1 + exp(-(slope * score + offset)))."""

    slope: float
    offset: float
    n: int

    def apply(self, scores: ArrayLike) -> Floats:
        """Confidences 0-1, one per score."""
        return np.asarray(expit(self.slope * arguments.numbers("scores", scores) + self.offset), dtype=np.float64)

    def as_json(self) -> dict[str, Any]:
        """The map as plain JSON, to be read by `from_json`."""
        return {"kind": "platt.v1", "slope": self.slope, "offset": self.offset, "n": self.n}


@dataclass(frozen=True, slots=True, kw_only=True)
class Isotonic:
    """A rising curve through fitted points: straight between `scores`, level outside them."""

    scores: tuple[float, ...]
    confidences: tuple[float, ...]
    n: int

    def apply(self, scores: ArrayLike) -> Floats:
        """Confidences 0-1, one per score."""
        return np.asarray(
            np.interp(arguments.numbers("scores", scores), self.scores, self.confidences), dtype=np.float64
        )

    def as_json(self) -> dict[str, Any]:
        """The map as plain JSON, to be read by `from_json`."""
        points = {"scores": list(self.scores), "confidences": list(self.confidences)}
        return {"kind": "isotonic.v1", **points, "n": self.n}


def temperature(logits: ArrayLike, labels: ArrayLike) -> Temperature:
    """The temperature with the smallest log loss (Guo, Pleiss, Sun & Weinberger 2017).

    `logits` (n, classes); `labels` (n,) class numbers. The loss is convex in 1/T: bisection of its slope, T held in
    [0.01, 100] (a perfectly separated calibration set ends at the colder limit).
    """
    scores = arguments.numbers("logits", logits, dimensions=2, empty=False)
    truth = arguments.counts("labels", labels)
    arguments.same_length(labels=truth, logits=scores)
    if scores.shape[1] < 2 or truth.max() >= scores.shape[1]:
        raise Invalid("names no column", field="labels", expected=f"0 to {scores.shape[1] - 1}", found=str(truth.max()))
    chosen = scores[np.arange(len(truth)), truth].sum()

    def slope(inverse: float) -> float:
        return float((softmax(scores * inverse, axis=1) * scores).sum() - chosen)

    low, high = 1 / HOTTEST, 1 / COLDEST
    for _ in range(STEPS):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if slope(middle) <= 0 else (low, middle)
    return Temperature(temperature=1 / high, n=len(truth))


def platt(scores: ArrayLike, correct: ArrayLike) -> Platt:
    """The sigmoid fitted by penalised likelihood with Platt's (1999) softened targets.

    Targets (n+ + 1) / (n+ + 2) and 1 / (n- + 2); Newton's method with halved steps (Lin, Lin & Weng 2007). Scores on
    any scale. Invalid without both right and wrong answers.
    """
    x = arguments.numbers("scores", scores, empty=False)
    right = arguments.flags("correct", correct)
    arguments.same_length(correct=right, scores=x)
    hits = int(right.sum())
    if hits in (0, len(right)):
        raise Invalid("holds one kind only", field="correct", expected="right and wrong answers", found="one of them")
    target = np.where(right, (hits + 1) / (hits + 2), 1 / (len(right) - hits + 2))
    centre, scale = float(x.mean()), float(x.std()) or 1.0
    design = np.column_stack([(x - centre) / scale, np.ones(len(x))])
    weights = np.array([0.0, np.log((hits + 1) / (len(right) - hits + 1))])

    def loss(candidate: Floats) -> float:
        z = design @ candidate
        return float((np.logaddexp(0, z) - target * z).sum())

    for _ in range(STEPS):
        p = expit(design @ weights)
        gradient = design.T @ (p - target)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + 1e-12 * len(x) * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while size > 1e-10 and loss(weights - size * step) > loss(weights):
            size /= 2
        weights = weights - size * step
        if np.abs(size * step).max() < 1e-12:
            break
    slope = float(weights[0] / scale)
    return Platt(slope=slope, offset=float(weights[1] - slope * centre), n=len(x))


def isotonic(scores: ArrayLike, correct: ArrayLike) -> Isotonic:
    """The rising curve closest to what happened, by pooling adjacent violators (Ayer et al. 1955).

    Least squares under monotonicity; equal scores are one point. Needs some hundred items: it follows noise.
    """
    x = arguments.numbers("scores", scores, empty=False)
    right = arguments.flags("correct", correct)
    arguments.same_length(correct=right, scores=x)
    points, inverse = np.unique(x, return_inverse=True)
    weight = np.bincount(inverse.reshape(-1)).astype(float)
    fitted, _ = pool(np.bincount(inverse.reshape(-1), right) / weight, weight)
    edge = np.ones(len(points), dtype=bool)
    edge[1:-1] = (fitted[1:-1] != fitted[:-2]) | (fitted[1:-1] != fitted[2:])
    return Isotonic(scores=tuple(points[edge].tolist()), confidences=tuple(fitted[edge].tolist()), n=len(x))


def pool(values: Floats, weights: Floats) -> tuple[Floats, int]:
    """Pool adjacent violators: the rising sequence closest to `values` by weighted squares, and its blocks."""
    mean: list[float] = []
    weight: list[float] = []
    length: list[int] = []
    for value, w in zip(values.tolist(), weights.tolist(), strict=True):
        mean.append(value)
        weight.append(w)
        length.append(1)
        while len(mean) > 1 and mean[-2] >= mean[-1]:
            total = weight[-2] + weight[-1]
            mean[-2:] = [(mean[-2] * weight[-2] + mean[-1] * weight[-1]) / total]
            weight[-2:] = [total]
            length[-2:] = [length[-2] + length[-1]]
    return np.repeat(mean, length), len(mean)


def from_json(shape: dict[str, Any]) -> Temperature | Platt | Isotonic:
    """A fitted map from the JSON that `as_json` wrote. Invalid for other shapes."""
    kind = arguments.mapping("shape", shape).get("kind")
    lacking = [field for field in (*FIELDS.get(str(kind), ()), "n") if field not in shape]
    if kind in FIELDS and lacking:
        raise Invalid("lacks a field", field=lacking[0], expected="a map written by as_json")
    if kind == "temperature.v1":
        heat = arguments.number("temperature", shape["temperature"], low=COLDEST / 2, high=2 * HOTTEST)
        return Temperature(temperature=heat, n=arguments.whole("n", shape["n"]))
    if kind == "platt.v1":
        slope, offset = (arguments.number(field, shape[field]) for field in FIELDS[kind])
        return Platt(slope=slope, offset=offset, n=arguments.whole("n", shape["n"]))
    if kind == "isotonic.v1":
        scores = arguments.numbers("scores", shape["scores"], empty=False)
        confidences = arguments.numbers("confidences", shape["confidences"], low=0, high=1)
        arguments.same_length(confidences=confidences, scores=scores)
        if (np.diff(scores) <= 0).any() or (np.diff(confidences) < 0).any():
            raise Invalid("does not rise", field="scores", expected="rising scores and confidences")
        n = arguments.whole("n", shape["n"])
        return Isotonic(scores=tuple(scores.tolist()), confidences=tuple(confidences.tolist()), n=n)
    raise Invalid("is not a recalibration map", field="kind", expected=" | ".join(FIELDS), found=repr(kind))


def log_loss(logits: ArrayLike, labels: ArrayLike) -> float:
    """The mean negative log likelihood of class numbers under logits: what a temperature lowers."""
    scores = arguments.numbers("logits", logits, dimensions=2, empty=False)
    truth = arguments.counts("labels", labels)
    arguments.same_length(labels=truth, logits=scores)
    return float((logsumexp(scores, axis=1) - scores[np.arange(len(truth)), truth]).mean())
