"""Judges that learn from a programme's own answers: trained here, kept as weights, spoken to like any other model."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Judge, Model, ModelRef, Refusal, Suggestion, Task
from goldloop.core.ontology import Ontology
from goldloop.judges.reply import Items, ask
from goldloop.judges.weights import Weights

Rows = Sequence[tuple[Body, Any]]
FEWEST = 10


class Predictor(Protocol):
    """Weights made ready to answer."""

    def predict(self, bodies: Sequence[Body]) -> list[Mapping[str, Any]]:
        """One reply per body, in the form of `reply`."""
        ...


class Trainable(Judge):
    """A judge whose model is trained by goldloop itself.

    Anyone may train and run one knowing only this: `judge.kind(name).train(rows, ...)` gives weights, `chunks()` of
    them go into a blob, and the judge built with the blob's name speaks through the client `trained`.
    """

    weights: str = Field(min_length=1, description="name of the blob that holds the trained weights")

    def needs(self) -> ModelRef:
        """The client for trained weights, with the blob's name."""
        return ModelRef(client="trained", params={"weights": self.weights})

    def judge(self, items: Items, model: Model, *, task: Task, ontology: Ontology) -> list[Suggestion | Refusal]:
        """See `Judge.judge`."""
        return ask(items, model, task=task, ontology=ontology)

    @classmethod
    def train(cls, rows: Rows, *, task: Task, ontology: Ontology, seed: int = 0) -> Weights:
        """Weights learnt from bodies and their canonical answers; the same rows and seed give the same bytes.

        Raises Invalid where the rows are too few, or say too little, to learn from.
        """
        raise NotImplementedError

    @classmethod
    def predictor(cls, weights: Weights) -> Predictor:
        """Weights of this judge made ready to answer. Raises Invalid where they are not."""
        raise NotImplementedError

    @classmethod
    def example(cls) -> Self:
        return cls(weights="weights/example")


def text_of(body: Body) -> str:
    """The text that is judged, or nothing where the body has none."""
    text = body.get("text")
    return text if isinstance(text, str) else ""


def check_rows(rows: Rows, *, form: str) -> None:
    """Raise Invalid where rows are too few, have no text, or answer another task than one whose answers hold `form`."""
    if len(rows) < FEWEST:
        raise Invalid("too few rows to learn from", field="rows", expected=f"at least {FEWEST}", found=str(len(rows)))
    for number, (body, answer) in enumerate(rows):
        if not text_of(body).strip():
            raise Invalid("a row has no text", field=f"rows.{number}.text", expected="text", found="none")
        if not isinstance(answer, Mapping) or form not in answer:
            expected, found = f"an answer with {form}", repr(answer)[:80]
            raise Invalid(
                "this judge learns another kind of answer", field=f"rows.{number}", expected=expected, found=found
            )
