"""Spans in a text by a linear tagger: what is marked, and how sure that is, from the programme's own answers."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, judge
from goldloop.core.ontology import Ontology
from goldloop.judges.chain import OUTSIDE, decode, log_share, transitions
from goldloop.judges.logistic import fit_classes
from goldloop.judges.temperature import best_temperature, held_out, most_sure
from goldloop.judges.token_features import WIDTH, extents, features_of
from goldloop.judges.trainable import Predictor, Rows, Trainable, check_rows
from goldloop.judges.weights import Weights
from goldloop.tasks.tokens import Extent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP = 5
STRENGTH, STEPS = 3.0, 40
_STEPS_OF_HEAT = 25  # a step costs a pass over the held-out texts


@judge("spans_baseline.v1")
class SpansBaseline(Trainable):
    """Labelled spans on a text, learnt from the programme's own answers; for the task `spans.v1`.

    A logistic regression on each token and its neighbours, and the best valid sequence of begin, inside and outside.
    The confidence is that the whole answer is right, at a temperature measured on held-out rows; `top` says for every
    label how likely it occurs at its likeliest token, `margin` how sure the least sure token is. Spans begin and end
    with tokens and do not overlap.
    """

    @classmethod
    def train(cls, rows: Rows, *, task: Task, ontology: Ontology, seed: int = 0) -> Weights:
        """See `Trainable.train`."""
        import numpy as np

        check_rows(rows, form="spans")
        labels = sorted({label for _, answer in rows for label in task.labels(answer)})
        if strange := [label for label in labels if label not in ontology.by_id]:
            raise Invalid("a label is not in the ontology", field="rows", expected="its labels", found=strange[0])
        if not labels:
            raise Invalid("nothing is marked in these rows", field="rows", expected="spans", found="none")
        places = [extents(body) for body, _ in rows]
        tags = [
            _tags(answer, places_, labels, number)
            for number, ((_, answer), places_) in enumerate(zip(rows, places, strict=True))
        ]
        features = features_of([body for body, _ in rows], places)
        ends = np.cumsum([len(tags_) for tags_ in tags])
        fold = held_out(len(rows), seed=seed)
        of_token = np.repeat(fold, np.diff(ends, prepend=0))
        fit = partial(fit_classes, classes=2 * len(labels) + 1, strength=STRENGTH, steps=STEPS)
        moves = transitions(tags, labels=len(labels))
        slope, offset = fit(features[~of_token], np.concatenate(tags)[~of_token])
        held = [(tags[n], features[ends[n] - len(tags[n]) : ends[n]] @ slope.T + offset) for n in np.flatnonzero(fold)]

        def loss(temperature: float) -> float:
            return -sum(log_share(truth, scores / temperature, moves) for truth, scores in held if len(truth))

        temperature = best_temperature(loss, rows=len(held), steps=_STEPS_OF_HEAT)
        slope, offset = fit(features, np.concatenate(tags))
        arrays: dict[str, NDArray[Any]] = {
            "slope": slope.astype(np.float32),
            "offset": offset.astype(np.float32),
            "moves": moves,
            "temperature": np.array([temperature]),
        }
        return Weights(judge=cls.name, facts={"labels": labels, "rows": len(rows)}, arrays=arrays)

    @classmethod
    def predictor(cls, weights: Weights) -> Predictor:
        """See `Trainable.predictor`."""
        return _Predictor(weights)


class _Predictor:
    def __init__(self, weights: Weights) -> None:
        self._labels: list[str] = list(weights.facts.get("labels", ()))
        size, arrays = 2 * len(self._labels) + 1, weights.arrays
        shapes = {"slope": (size, WIDTH), "offset": (size,), "moves": (size + 1, size), "temperature": (1,)}
        for name, shape in shapes.items():
            if name not in arrays or arrays[name].shape != shape:
                raise Invalid("these weights are incomplete", field=name, expected=str(shape), found="another shape")
        self._slope, self._offset, self._moves = arrays["slope"], arrays["offset"], arrays["moves"]
        self._most_sure = most_sure(int(weights.facts.get("rows", 0)))
        self._temperature = float(arrays["temperature"][0])

    def predict(self, bodies: Sequence[Body]) -> list[Mapping[str, Any]]:
        """One reply per body; a body without a token is refused."""
        import numpy as np

        places = [extents(body) for body in bodies]
        scores = np.asarray(features_of(bodies, places) @ self._slope.T + self._offset, np.float64) / self._temperature
        out: list[Mapping[str, Any]] = []
        at = 0
        for extents_ in places:
            out.append(self._reply(extents_, scores[at : at + len(extents_)]))
            at += len(extents_)
        return out

    def _reply(self, places: Sequence[Extent], scores: "NDArray[np.float64]") -> Mapping[str, Any]:
        import numpy as np

        if not places:
            return {"refused": "the item has no text"}
        tagged = decode(scores, self._moves)
        two = np.sort(tagged.posterior, axis=1)[:, -2:]
        of_label = (tagged.posterior[:, 1::2] + tagged.posterior[:, 2::2]).max(axis=0).clip(0.0, 1.0)
        best = of_label.argsort(kind="stable")[::-1][:TOP]
        return {
            "answer": {"spans": _spans(tagged.tags.tolist(), places, self._labels)},
            "confidence": min(math.exp(tagged.log_share), self._most_sure),
            "top": [[self._labels[k], float(of_label[k])] for k in best],
            "margin": float((two[:, 1] - two[:, 0]).min()),
        }


def _tags(answer: Any, places: Sequence[Extent], labels: Sequence[str], number: int) -> "NDArray[np.int64]":
    """The tag of every token that a span touches; of overlapping spans the first, of equal starts the longest."""
    import numpy as np

    tags = np.full(len(places), OUTSIDE, np.int64)
    for span in sorted(answer["spans"], key=lambda span: (span["start"], -span["end"])):
        touched = [n for n, (start, end) in enumerate(places) if start < span["end"] and end > span["start"]]
        if not touched:
            raise Invalid("a span touches no token", field=f"rows.{number}", expected="text", found=repr(span)[:80])
        if (tags[touched] == OUTSIDE).all():
            begins = 2 * labels.index(span["label"]) + 1
            tags[touched] = begins + 1
            tags[touched[0]] = begins
    return tags


def _spans(tags: Sequence[int], places: Sequence[Extent], labels: Sequence[str]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for tag, (start, end) in zip(tags, places, strict=True):
        if tag == OUTSIDE:
            continue
        if tag % 2:
            out.append({"start": start, "end": end, "label": labels[tag // 2]})
        else:
            out[-1]["end"] = end
    return out
