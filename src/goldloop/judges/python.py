"""A model of the user's own, called in this process."""

from typing import Any, Self

from pydantic import Field

from goldloop.core.families import Judge, Model, ModelRef, Refusal, Suggestion, Task, judge
from goldloop.core.ontology import Ontology
from goldloop.judges.reply import Items, ask


@judge("python.v1")
class Python(Judge):
    """Suggestions from a Python function that is installed, and that the operator allows by name.

    The function takes a list of (external id, body) and returns one reply an item, such as
    `{"answer": ..., "confidence": 0.93}`.
    """

    entry_point: str = Field(min_length=1, description="module:callable, or a name in the group goldloop.models")
    params: dict[str, Any] = Field(default={}, description="keyword arguments of the function")

    def needs(self) -> ModelRef:
        """The client for functions."""
        return ModelRef(client="python", params={"entry_point": self.entry_point, "params": self.params})

    def judge(self, items: Items, model: Model, *, task: Task, ontology: Ontology) -> list[Suggestion | Refusal]:
        """See `Judge.judge`."""
        return ask(items, model, task=task, ontology=ontology)

    @classmethod
    def example(cls) -> Self:
        return cls(entry_point="models:answer")
