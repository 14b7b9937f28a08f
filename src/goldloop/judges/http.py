"""A model behind a URL."""

from typing import Any, Self

from pydantic import Field

from goldloop.core.families import Judge, Model, ModelRef, Refusal, Suggestion, Task, judge
from goldloop.core.ontology import Ontology
from goldloop.judges.reply import Items, ask


@judge("http.v1")
class Http(Judge):
    """Suggestions from an HTTP endpoint.

    `POST {"items": [{"id", "body"}], "params"}` is answered by `{"replies": [...]}`: one reply an item, such as
    `{"answer": ..., "confidence": 0.93}` or `{"scores": {"label": 0.93}}`. Private addresses are refused unless the
    operator allows them; redirects are not followed.
    """

    url: str = Field(min_length=1, description="http or https, without user and password")
    params: dict[str, Any] = Field(default={}, description="sent along with every batch")
    headers_env: str | None = Field(
        default=None, description="environment variable GOLDLOOP_MODEL_... with `Name: value` lines, such as an API key"
    )
    timeout_seconds: float = Field(default=60.0, gt=0, le=3600, description="for a whole batch")

    def needs(self) -> ModelRef:
        """The client for URLs."""
        return ModelRef(client="http", params=self.model_dump(mode="json", exclude_defaults=True) | {"url": self.url})

    def judge(self, items: Items, model: Model, *, task: Task, ontology: Ontology) -> list[Suggestion | Refusal]:
        """See `Judge.judge`."""
        return ask(items, model, task=task, ontology=ontology)

    @classmethod
    def example(cls) -> Self:
        return cls(url="https://models.example/predict")
