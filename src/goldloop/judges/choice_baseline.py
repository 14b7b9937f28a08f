"""A choice of labels by n-grams and logistic regression: minutes of work instead of a model team, and honest shares."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, judge
from goldloop.core.ontology import Ontology
from goldloop.judges.logistic import fit_classes
from goldloop.judges.ngrams import Ngrams, fit_ngrams
from goldloop.judges.temperature import best_temperature, held_out, most_sure, softmax
from goldloop.judges.trainable import Predictor, Rows, Trainable, check_rows, text_of
from goldloop.judges.weights import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP = 5
STRENGTH = 30.0  # inverse regularisation and steps: the best of a few on BANKING77 held-out rows, insensitive around it
STEPS = 25
_TINY = 1e-12


@judge("choice_baseline.v1")
class ChoiceBaseline(Trainable):
    """Labels for a whole text, learnt from the programme's own answers; for the task `choice.v1`.

    TF-IDF of word and letter n-grams, multinomial logistic regression (one regression a label where several labels may
    hold), shares scaled by a temperature measured on held-out rows. BANKING77: 91 % on the published test set.
    """

    @classmethod
    def train(cls, rows: Rows, *, task: Task, ontology: Ontology, seed: int = 0) -> Weights:
        """See `Trainable.train`. Whether one label or several are answered follows from the rows."""
        import numpy as np

        check_rows(rows, form="labels")
        said = [task.labels(answer) for _, answer in rows]
        labels = sorted({label for labels in said for label in labels})
        if strange := [label for label in labels if label not in ontology.by_id]:
            raise Invalid("a label is not in the ontology", field="rows", expected="its labels", found=strange[0])
        if len(labels) < 2:
            raise Invalid("one label is no choice to learn", field="rows", expected="2 labels", found=str(labels))
        texts = [text_of(body) for body, _ in rows]
        terms, arrays = fit_ngrams(texts)
        features = Ngrams(terms, arrays).features(texts)
        truth = np.array([[label in labels_ for label in labels] for labels_ in map(set, said)])
        several = bool((truth.sum(axis=1) != 1).any())
        fold = held_out(len(rows), seed=seed)
        first = _fit(features[~fold], truth[~fold], several=several)
        logits = _logits(features[fold], *first)
        temperature = best_temperature(lambda t: _loss(logits / t, truth[fold], several), rows=int(fold.sum()))
        slope, offset = _fit(features, truth, several=several)
        facts = {**terms, "labels": labels, "several": several, "none": bool((truth.sum(axis=1) == 0).any())}
        facts["rows"] = len(rows)
        arrays |= {"slope": slope.astype(np.float32), "offset": offset.astype(np.float32)}
        return Weights(judge=cls.name, facts=facts, arrays=arrays | {"temperature": np.array([temperature])})

    @classmethod
    def predictor(cls, weights: Weights) -> Predictor:
        """See `Trainable.predictor`."""
        return _Predictor(weights)


class _Predictor:
    def __init__(self, weights: Weights) -> None:
        facts, arrays = weights.facts, weights.arrays
        self._ngrams = Ngrams(facts, arrays)
        self._labels: list[str] = list(facts.get("labels", ()))
        shapes = {
            "slope": (len(self._labels), self._ngrams.size),
            "offset": (len(self._labels),),
            "temperature": (1,),
        }
        for name, shape in shapes.items():
            if name not in arrays or arrays[name].shape != shape:
                raise Invalid("these weights are incomplete", field=name, expected=str(shape), found="another shape")
        self._slope, self._offset = arrays["slope"], arrays["offset"]
        self._temperature = float(arrays["temperature"][0])
        self._most_sure = most_sure(int(facts.get("rows", 0)))
        self._several, self._none = bool(facts.get("several")), bool(facts.get("none"))

    def predict(self, bodies: Sequence[Body]) -> list[Mapping[str, Any]]:
        """One reply per body; a body without text is refused."""
        texts = [text_of(body) for body in bodies]
        logits = _logits(self._ngrams.features(texts), self._slope, self._offset) / self._temperature
        reply = self._several_labels if self._several else self._one_label
        shares = _sigmoid(logits) if self._several else softmax(logits)
        return [
            reply(row) if text.strip() else {"refused": "the item has no text"}
            for text, row in zip(texts, shares, strict=True)
        ]

    def _one_label(self, shares: "NDArray[np.float64]") -> dict[str, Any]:
        best = shares.argsort(kind="stable")[::-1][:TOP]
        seen = shares[shares > _TINY]
        return {
            "answer": {"labels": [self._labels[best[0]]]},
            "confidence": min(float(shares[best[0]]), self._most_sure),
            "top": [[self._labels[k], float(shares[k])] for k in best],
            "margin": float(shares[best[0]] - shares[best[1]]),
            "entropy": float(-(seen @ _log(seen))),
        }

    def _several_labels(self, shares: "NDArray[np.float64]") -> dict[str, Any]:
        """Every label more likely than not; the confidence is that all of them, and no other, are right."""
        order = shares.argsort(kind="stable")[::-1]
        chosen = shares >= 0.5
        if not chosen.any() and not self._none:
            chosen[order[0]] = True
        right = _log((shares * chosen + (1 - shares) * ~chosen).clip(_TINY))
        return {
            "answer": {"labels": [label for label, yes in zip(self._labels, chosen, strict=True) if yes]},
            "confidence": min(math.exp(right.sum()), self._most_sure),
            "top": [[self._labels[k], float(shares[k])] for k in order[:TOP]],
            "margin": float(abs(2 * shares - 1).min()),
        }


def _fit(features: Any, truth: "NDArray[np.bool_]", *, several: bool) -> "tuple[NDArray[Any], NDArray[Any]]":
    """Slopes (labels, n-grams) and offsets (labels): of one choice among all, or of a yes or no for each label."""
    import numpy as np

    if not several:
        return fit_classes(features, truth.argmax(axis=1), classes=truth.shape[1], strength=STRENGTH, steps=STEPS)
    each = [fit_classes(features, yes.astype(np.int64), classes=2, strength=STRENGTH, steps=STEPS) for yes in truth.T]
    return np.stack([slope[1] - slope[0] for slope, _ in each]), np.stack([offset[1] - offset[0] for _, offset in each])


def _logits(features: Any, slope: "NDArray[Any]", offset: "NDArray[Any]") -> "NDArray[np.float64]":
    import numpy as np

    return np.asarray(np.asarray(features @ slope.T, np.float64) + offset)


def _loss(logits: "NDArray[np.float64]", truth: "NDArray[np.bool_]", several: bool) -> float:
    """Mean negative log-likelihood of the held-out answers."""
    if several:
        shares = _sigmoid(logits)
        return float(-_log((shares * truth + (1 - shares) * ~truth).clip(_TINY)).mean())
    return float(-_log(softmax(logits)[truth].clip(_TINY)).mean())


def _sigmoid(logits: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import numpy as np
    from scipy.special import expit

    return np.asarray(expit(logits))


def _log(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import numpy as np

    return np.asarray(np.log(values))
