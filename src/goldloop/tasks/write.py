"""Writing a text for an item: an answer, a summary, a correction, a refusal."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from goldloop import statistics
from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, Unit, no_answer, task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.bodies import any_text_of, check_text, text_of
from goldloop.tasks.criteria import criteria_of
from goldloop.tasks.merging import majority


@task("write.v1")
class Write(Task):
    """A text that a person writes for an item, and the label that says what it is: a summary, a refusal ...

    Stored form: `{"label", "text"}`. Also taken: the bare text where the ontology has one selectable label. White
    space around the text is cut off. The item holds `prompt` or `text`, and the field that `start` names, where the
    writing starts from. Agreement counts the labels: people may write one thing in many words, so `distance` is for
    the words, and answers that are worded differently go to a ruling.
    """

    written: ClassVar[frozenset[str]] = frozenset({"text"})

    start: str = Field(default="", max_length=60, description="the item's field that the text starts from; empty: none")
    least: int = Field(default=1, ge=1, le=100_000, description="fewest characters")
    most: int = Field(default=20_000, ge=1, le=100_000, description="most characters")

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.most < self.least:
            raise ValueError(f"most {self.most} is below least {self.least}")
        return self

    def check_body(self, body: Body) -> None:
        """There is something to write about, and to start from."""
        any_text_of(body, ("text", "prompt"))
        if self.start:
            text_of(body, self.start)

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `text` or `label`."""
        labels = criteria_of(ontology)
        if isinstance(answer, str) and len(labels) == 1:
            answer = {"label": labels[0], "text": answer}
        if not isinstance(answer, Mapping) or answer.keys() != {"label", "text"}:
            raise no_answer(self.name, answer)
        if not isinstance(answer["label"], str):
            raise Invalid("this is no label", field="label", expected="text", found=repr(answer["label"])[:80])
        text = check_text(answer["text"], "text").strip()
        if not self.least <= len(text) <= self.most:
            expected = f"{self.least} to {self.most} characters"
            raise Invalid("the text is too short or too long", field="text", expected=expected, found=str(len(text)))
        return {"label": ontology.find(answer["label"], field="label"), "text": text}

    def labels(self, answer: Any) -> tuple[str, ...]:
        """What kind of text it is."""
        return (answer["label"],)

    def distance(self, a: Any, b: Any) -> float:
        """The words to change, to leave out and to put in, as a share of the longer text; 1 where the labels differ."""
        if a["label"] != b["label"]:
            return 1.0
        first, second = a["text"].split(), b["text"].split()
        if first == second:
            return 0.0
        return statistics.transcripts.edit_distance(first, second) / max(len(first), len(second))

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit, what kind of text it is."""
        return (Unit("text", answer["label"]),)

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The text that more than half wrote word for word, or None."""
        found = majority([canonical(answer) for answer in answers])
        return json.loads(found) if found is not None else None

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """The label's name and the text; `canonical` reads it back."""
        return {"label": ontology.word_of(answer["label"]), "text": answer["text"]}

    def pattern(self) -> Any:
        """A short text."""
        return {"label": "Summary", "text": "It cannot."}

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """What an assistant should have said."""
        labels = (Label(id="answer", name="Answer"), Label(id="refusal", name="Refusal"))
        answer = {"label": "Refusal", "text": "I cannot look into another person's account."}
        return {"prompt": "What does my neighbour earn?"}, Ontology(labels=labels), answer
