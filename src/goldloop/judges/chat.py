"""A chat model behind an OpenAI-compatible endpoint."""

import json
import re
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator

from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Judge, Model, ModelRef, Refusal, Suggestion, Task, judge
from goldloop.core.ontology import Ontology
from goldloop.judges.answer_form import placed, schema_of, shown_form
from goldloop.judges.reply import Items, read

PROMPT = """You label items of a data set. Say only what the labels and the guidelines support.

Labels (id: name, what it means):
{labels}

Guidelines:
{guidelines}

Answer with one JSON object of this form, and with nothing else:
{form}"""
OURS = frozenset({"model", "messages", "response_format", "logprobs", "stream", "n"})
_NAME = re.compile(r"\{([a-z_][\w.]*)\}")


@judge("chat.v1")
class Chat(Judge):
    """Suggestions from a language model behind an OpenAI-compatible endpoint (`POST URL/chat/completions`).

    The model is asked item by item, with a JSON schema of the task's answer over the ontology; what is no such answer
    is refused. Confidence is the probability of the answer's tokens where the endpoint tells it, else the number that
    the model states; which of them is counted. A version is the endpoint, the model's name, the prompt as it was
    written out for the programme, and the parameters. Private addresses are refused unless the operator allows them.
    """

    batch_size: ClassVar[int] = 32

    url: str = Field(min_length=1, description="up to and with the version, such as https://host/v1")
    model: str = Field(min_length=1, max_length=200, description="the model's name at the endpoint")
    key_env: str | None = Field(
        default=None, description="environment variable GOLDLOOP_MODEL_... of the server that holds the key"
    )
    prompt: str = Field(
        default=PROMPT,
        min_length=1,
        max_length=100_000,
        description="what the model is told; {labels}, {guidelines} and {form} are written out",
    )
    ask: str = Field(
        default="{text}",
        min_length=1,
        max_length=20_000,
        description="what it is asked of an item: {text}, any other field of the body, or {body} for all of it",
    )
    output: Literal["schema", "object", "text"] = Field(
        default="schema", description="whether the endpoint keeps to a schema, to any JSON object, or to nothing"
    )
    confidence: Literal["logprobs", "stated", "none"] = Field(
        default="logprobs", description="logprobs: of the tokens where they are told, else as stated"
    )
    request: dict[str, Any] = Field(
        default={"temperature": 0}, description="sent along: temperature, max_completion_tokens, seed ..."
    )
    price_in: float | None = Field(default=None, ge=0, description="minor units of money for a million tokens read")
    price_out: float | None = Field(default=None, ge=0, description="minor units of money for a million tokens written")
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    money_limit: int | None = Field(
        default=None, ge=0, description="most that a version may cost in all, in minor units; runs stop before it"
    )
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    parallel: int = Field(default=4, ge=1, le=64, description="requests at once")
    timeout_seconds: float = Field(default=60.0, gt=0, le=3600, description="for one item")
    attempts: int = Field(default=4, ge=1, le=10)

    @field_validator("request")
    @classmethod
    def _leaves_ours(cls, given: dict[str, Any]) -> dict[str, Any]:
        if taken := sorted(OURS & given.keys()):
            raise ValueError(f"goldloop sets {', '.join(taken)} itself")
        return given

    @field_validator("money_limit")
    @classmethod
    def _has_prices(cls, limit: int | None, info: Any) -> int | None:
        if limit is not None and None in (info.data.get("price_in"), info.data.get("price_out")):
            raise ValueError("a money limit needs price_in and price_out")
        return limit

    def needs(self) -> ModelRef:
        """The client for chat endpoints."""
        sent = self.model_dump(mode="json", exclude_defaults=True, exclude={"prompt", "ask", "output"})
        decides = {"prompt": self.prompt, "ask": self.ask, "output": self.output}
        return ModelRef(client="openai", params={**sent, "request": self.request, "decides": decides})

    def told(self, *, task: Task, ontology: Ontology, guidelines: Sequence[tuple[str, str]]) -> Self:
        """See `Judge.told`. Raises Invalid for a name in the prompt that stands for nothing."""
        labels = [
            f"{one.id}: {one.name}" + (f", {one.definition}" if one.definition else "")
            for one in ontology.labels
            if one.selectable
        ]
        form = json.dumps(shown_form(task, ontology, stated=self._stated), ensure_ascii=False)
        words = {
            "labels": "\n".join(labels),
            "guidelines": "\n".join(f"{title}: {text}" for title, text in guidelines) or "none",
            "form": form,
        }
        return self.model_copy(update={"prompt": _written(self.prompt, words, field="prompt")})

    def judge(self, items: Items, model: Model, *, task: Task, ontology: Ontology) -> list[Suggestion | Refusal]:
        """See `Judge.judge`."""
        if not items:
            return []
        said = model.say([(key, self._request(task.shown(body), task, ontology)) for key, body in items])
        replies = [_placed(reply, body) for reply, (_, body) in zip(said, items, strict=False)]
        return read(items, replies if len(said) == len(items) else said, task=task, ontology=ontology)

    def _request(self, body: Body, task: Task, ontology: Ontology) -> Body:
        try:
            asked = _written(self.ask, {"body": canonical(dict(body)), **_fields(body)}, field="ask")
        except Invalid as error:
            return {"refused": str(error)}
        messages = [{"role": "system", "content": self.prompt}, {"role": "user", "content": asked}]
        if self.output == "text":
            return {"messages": messages}
        if self.output == "object":
            return {"messages": messages, "response_format": {"type": "json_object"}}
        schema = schema_of(task, ontology, stated=self._stated)
        form = {"name": "answer", "strict": True, "schema": schema}
        return {"messages": messages, "response_format": {"type": "json_schema", "json_schema": form}}

    @property
    def _stated(self) -> bool:
        return self.confidence != "none"

    @classmethod
    def example(cls) -> Self:
        return cls(url="https://models.example/v1", model="small", key_env="GOLDLOOP_MODEL_KEY")


def _fields(body: Body, prefix: str = "") -> dict[str, str]:
    """Every field of a body as text, those inside others by a path with dots."""
    out: dict[str, str] = {}
    for key, value in body.items():
        if isinstance(value, dict):
            out |= _fields(value, f"{prefix}{key}.")
        out[f"{prefix}{key}"] = value if isinstance(value, str) else canonical(value)
    return out


def _written(template: str, words: dict[str, str], *, field: str) -> str:
    """A template with its names written out, once: what stands inside a text is never a name."""

    def word(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in words:
            known = ", ".join(f"{{{one}}}" for one in list(words)[:12])
            raise Invalid("this name stands for nothing", field=field, expected=known, found=f"{{{name}}}")
        return words[name]

    return _NAME.sub(word, template)


def _placed(reply: Any, body: Body) -> Any:
    if not isinstance(reply, dict) or "answer" not in reply:
        return reply
    try:
        return {**reply, "answer": placed(reply["answer"], body)}
    except Invalid as error:
        return {"refused": str(error)}
