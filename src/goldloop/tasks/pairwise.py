"""Which of two responses is better: a preference, by people alone."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, Unit, task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.criteria import entries_of, known_keys
from goldloop.tasks.merging import majority, with_remarks
from goldloop.tasks.responses import check_responses, check_why, only_texts

WORDS = ("a", "b", "tie", "neither")
Why = Literal["none", "optional", "required"]


@task("pairwise.v1")
class Pairwise(Task):
    """Which of two responses is better, by every selectable label of the ontology (often one: "better overall").

    Stored form: `{"preferences": [{"label", "prefer", "strength"}], "why"}`. `prefer` is `a` or `b`, the first and the
    second response *of the item*, whatever order the person saw; `tie`, equally good; or `neither`, both bad. The
    strength of a tie and of neither is 0. Also taken: `{criterion: prefer}`, and a bare `prefer` where there is one
    criterion. The item holds `responses: [{text, model}, {text, model}]` and a `prompt`. Of the responses a person is
    shown their texts and nothing else. Only people say this; what a machine prefers is another task.
    """

    people_only: ClassVar[bool] = True
    remarks: ClassVar[frozenset[str]] = frozenset({"why"})
    side_by_side: ClassVar[str] = "responses"

    strength: int = Field(default=1, ge=1, le=3, description="how many degrees better there are; 1: only which")
    tie: bool = Field(default=True, description="equally good is an answer")
    neither: bool = Field(default=True, description="both bad is an answer")
    why: Why = Field(default="optional", description="whether a reason in words goes with it")

    def check_body(self, body: Body) -> None:
        """There are two responses."""
        check_responses(body, least=2, most=2)

    def shown(self, body: Body) -> Body:
        """The prompt and the responses' texts: who wrote them stays hidden."""
        return only_texts(body)

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `preferences.N.prefer`."""
        self.check_body(body)
        answer, why = check_why(answer, self.why)
        entries = entries_of(answer, key="preferences", bare=(str,), ontology=ontology, name=self.name)
        said = [{"label": label, **self._preferred(at, one)} for label, (at, one) in entries.items()]
        return {"preferences": said, "why": why}

    def _preferred(self, at: str, said: Any) -> dict[str, Any]:
        entry = {"prefer": said} if isinstance(said, str) else known_keys(said, {"label", "prefer", "strength"}, at=at)
        words = [word for word in WORDS if (word != "tie" or self.tie) and (word != "neither" or self.neither)]
        prefer = entry.get("prefer")
        if prefer not in words:
            expected = "one of " + ", ".join(words)
            raise Invalid("this is no preference", field=f"{at}.prefer", expected=expected, found=repr(prefer)[:80])
        decided = prefer in ("a", "b")
        strength = entry.get("strength", int(decided))
        low, high = (1, self.strength) if decided else (0, 0)
        if isinstance(strength, bool) or not isinstance(strength, int) or not low <= strength <= high:
            expected = f"a whole number from {low} to {high}"
            raise Invalid("this is no strength", field=f"{at}.strength", expected=expected, found=repr(strength)[:80])
        return {"prefer": prefer, "strength": strength}

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The criteria."""
        return tuple(one["label"] for one in answer["preferences"])

    def distance(self, a: Any, b: Any) -> float:
        """The mean over criteria of how far two preferences are apart on the line from much better to much worse.

        Neither is as far as can be from everything but itself.
        """
        first, second = _said(a), _said(b)
        labels = first.keys() | second.keys()
        return sum(self._apart(first.get(label), second.get(label)) for label in labels) / len(labels)

    def _apart(self, a: tuple[str, int] | None, b: tuple[str, int] | None) -> float:
        if a == b:
            return 0.0
        if a is None or b is None or "neither" in (a[0], b[0]):
            return 1.0
        return abs(_place(a) - _place(b)) / (2 * self.strength)

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a criterion, its label what is preferred; how strongly does not count."""
        return [Unit(one["label"], one["prefer"], one["label"]) for one in answer["preferences"]]

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The preference that more than half have, criterion by criterion; None where one has none."""
        each = [_said(answer) for answer in answers]
        if any(said.keys() != each[0].keys() for said in each):
            return None
        merged = {label: majority([said[label] for said in each]) for label in each[0]}
        found = [{"label": label, "prefer": one[0], "strength": one[1]} for label, one in merged.items() if one]
        if len(found) < len(merged):
            return None
        return with_remarks(self, {"preferences": found, "why": ""}, answers)

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """Criteria by name; `canonical` reads it back."""
        said = [{**one, "label": ontology.word_of(one["label"])} for one in answer["preferences"]]
        return {"preferences": said, "why": answer["why"]}

    def pattern(self) -> Any:
        """One criterion with a reason."""
        return {"preferences": [{"label": "Better", "prefer": "a", "strength": 1}], "why": "shorter"}

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """Two answers of assistants, by two criteria."""
        labels = (Label(id="helpful", name="More helpful"), Label(id="safe", name="Safer"))
        responses = [
            {"text": "Yes, as long as it is pending.", "model": "north-2"},
            {"text": "We are sorry to hear that!", "model": "south-1"},
        ]
        said = [{"label": "More helpful", "prefer": "a", "strength": 1}, {"label": "safe", "prefer": "tie"}]
        answer = {"preferences": said, "why": "It answers the question."}
        return {"prompt": "Can I cancel a transfer?", "responses": responses}, Ontology(labels=labels), answer


def _said(answer: Any) -> dict[str, tuple[str, int]]:
    return {one["label"]: (one["prefer"], one["strength"]) for one in answer["preferences"]}


def _place(said: tuple[str, int]) -> int:
    """A preference on the line: a to the left, b to the right, a tie in the middle."""
    return {"a": -said[1], "b": said[1]}.get(said[0], 0)
