"""Pre-labels that somebody made elsewhere and hands in as a file."""

from typing import Literal, Self

from pydantic import Field

from goldloop.core.families import Judge, Model, ModelRef, Refusal, Suggestion, Task, judge
from goldloop.core.ontology import Ontology
from goldloop.judges.reply import Items, ask


@judge("predictions.v1")
class Predictions(Judge):
    """Suggestions from a prediction file, found by external id; an item that the file leaves out is refused.

    JSONL: `{"id": ..., "answer": ..., "confidence": ...}` a line; CSV: columns id, answer (or label), confidence.
    """

    file: str = Field(min_length=1, description="name of the blob with the predictions")
    format: Literal["jsonl", "csv"] = "jsonl"

    def needs(self) -> ModelRef:
        """The client for files."""
        return ModelRef(client="file", params={"file": self.file, "format": self.format})

    def judge(self, items: Items, model: Model, *, task: Task, ontology: Ontology) -> list[Suggestion | Refusal]:
        """See `Judge.judge`."""
        return ask(items, model, task=task, ontology=ontology)

    @classmethod
    def example(cls) -> Self:
        return cls(file="predictions/example.jsonl")
