"""Judging a conversation turn by turn, and as a whole."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import Field, model_validator

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Metric, Task, Unit, no_answer, task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.bodies import texts_of
from goldloop.tasks.choice import NOTHING
from goldloop.tasks.criteria import known_keys
from goldloop.tasks.merging import majority
from goldloop.tasks.scale import Scale

MOST = 1000
WHOLE = "whole"


@task("turns.v1")
class Turns(Task):
    """A label, or a score, for every turn of a conversation that is to be judged, and one for the whole if asked.

    Stored form: `{"turns": [{"turn", "labels"}], "whole": [ids]}`, turns counted from 0 and `whole` only where it is
    asked for; on a scale `score` stands for `labels`, and `whole` is a score. Also taken: a bare list with a label, a
    list of labels or a score for each turn that is judged. The item holds `turns: [{role, text}]`.
    """

    roles: tuple[str, ...] = Field(default=(), description="whose turns are judged, such as assistant; empty: all")
    multiple: bool = Field(default=False, description="several labels may hold of one turn")
    allow_none: bool = Field(default=False, description="with `multiple`: that no label holds is an answer, too")
    whole: bool = Field(default=False, description="the conversation as a whole is judged, too")
    scale: Scale | None = Field(default=None, description="turns get a score on this scale instead of labels")

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.allow_none and not self.multiple:
            raise ValueError("allow_none needs multiple; give a single choice a label that means none")
        if self.scale and self.multiple:
            raise ValueError("multiple is for labels: a turn has one score")
        return self

    @property
    def metric(self) -> Metric:
        """Ordinal on a scale."""
        return "ordinal" if self.scale else "nominal"

    def check_body(self, body: Body) -> None:
        """There are turns to judge."""
        texts_of(body, "turns", least=1, most=MOST)
        for n, turn in enumerate(body["turns"]):
            if not isinstance(turn, Mapping) or not isinstance(turn.get("role"), str) or not turn["role"]:
                found = repr(turn.get("role") if isinstance(turn, Mapping) else turn)[:80]
                raise Invalid("a turn is somebody's", field=f"body.turns.{n}.role", expected="who speaks", found=found)
        if not self._judged(body):
            expected, found = "a turn of " + ", ".join(self.roles), ", ".join({one["role"] for one in body["turns"]})
            raise Invalid("no turn is to be judged", field="body.turns", expected=expected, found=found)

    def _judged(self, body: Body) -> list[int]:
        return [n for n, turn in enumerate(body["turns"]) if not self.roles or turn["role"] in self.roles]

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `turns.N.labels`."""
        self.check_body(body)
        judged = self._judged(body)
        known = isinstance(answer, Mapping) and "turns" in answer and answer.keys() <= {"turns", WHOLE}
        said = answer["turns"] if known else answer
        if not isinstance(said, list | tuple):
            raise no_answer(self.name, answer)
        if len(said) != len(judged):
            expected = f"{len(judged)}, one for each turn that is judged"
            raise Invalid("every turn is judged", field="turns", expected=expected, found=str(len(said)))
        turns = [self._turn(f"turns.{n}", one, judged[n], ontology) for n, one in enumerate(said)]
        if not self.whole:
            if known and WHOLE in answer:
                raise Invalid("the whole is not judged here", field=WHOLE, expected="nothing", found="an answer")
            return {"turns": turns}
        if not known or WHOLE not in answer:
            raise Invalid("the whole is judged, too", field=WHOLE, expected=self._form, found="nothing")
        return {"turns": turns, WHOLE: self._value(answer[WHOLE], WHOLE, ontology)}

    @property
    def _form(self) -> str:
        return "score" if self.scale else "labels"

    def _turn(self, at: str, said: Any, number: int, ontology: Ontology) -> dict[str, Any]:
        value = said
        if isinstance(said, Mapping):
            entry = known_keys(said, {"turn", self._form}, at=at)
            if entry.get("turn", number) != number:
                found = repr(entry["turn"])[:80]
                raise Invalid("turns are judged in order", field=f"{at}.turn", expected=str(number), found=found)
            value = entry.get(self._form)
        return {"turn": number, self._form: self._value(value, f"{at}.{self._form}", ontology)}

    def _value(self, value: Any, field: str, ontology: Ontology) -> Any:
        if self.scale:
            return self.scale.check(value, field)
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
            raise Invalid("these are no labels", field=field, expected="a label, or a list", found=repr(value)[:80])
        ids = sorted({ontology.find(word, field=field) for word in words})
        if not self.multiple and len(ids) != 1:
            raise Invalid("one label is asked for", field=field, expected="exactly 1 label", found=str(len(ids)))
        if not ids and not self.allow_none:
            raise Invalid("a label is asked for", field=field, expected="at least 1 label", found="none")
        return ids

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The labels said of any turn, or of the whole; none on a scale."""
        if self.scale:
            return ()
        return tuple(sorted({label for value in self._values(answer).values() for label in value}))

    def _values(self, answer: Any) -> dict[str, Any]:
        """What is said, by place."""
        found = {f"turn:{one['turn']}": one[self._form] for one in answer["turns"]}
        return found | ({WHOLE: answer[WHOLE]} if WHOLE in answer else {})

    def distance(self, a: Any, b: Any) -> float:
        """The mean over turns and whole: of labels not held in common, or of scores as a share of the scale."""
        first, second = self._values(a), self._values(b)
        places = first.keys() | second.keys()
        return sum(self._apart(first.get(place), second.get(place)) for place in places) / len(places)

    def _apart(self, a: Any, b: Any) -> float:
        if a == b:
            return 0.0
        if a is None or b is None:
            return 1.0
        if self.scale:
            return self.scale.apart(a, b)
        return 1 - len(set(a) & set(b)) / len(set(a) | set(b))

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a turn, and the whole; several labels count as one combined label."""
        values = self._values(answer).items()
        return [Unit(place, str(said) if self.scale else "|".join(said) or NOTHING) for place, said in values]

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """What more than half say, turn by turn; None where one has none."""
        each = [self._values(answer) for answer in answers]
        if any(values.keys() != each[0].keys() for values in each):
            return None
        keyed = [{place: said if self.scale else tuple(said) for place, said in values.items()} for values in each]
        merged = {place: majority([values[place] for values in keyed]) for place in keyed[0]}
        if None in merged.values():
            return None
        plain: dict[str, Any] = {place: said if self.scale else list(said or ()) for place, said in merged.items()}
        turns = [{"turn": one["turn"], self._form: plain[f"turn:{one['turn']}"]} for one in answers[0]["turns"]]
        return {"turns": turns} | ({WHOLE: plain[WHOLE]} if WHOLE in plain else {})

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """Labels by name; `canonical` reads it back."""
        if self.scale:
            return answer
        turns = [{**one, "labels": [ontology.word_of(label) for label in one["labels"]]} for one in answer["turns"]]
        whole = [ontology.word_of(label) for label in answer.get(WHOLE, ())]
        return {"turns": turns} | ({WHOLE: whole} if WHOLE in answer else {})

    def pattern(self) -> Any:
        """One turn."""
        value: Any = 1 if self.scale else ["Helpful"]
        return {"turns": [{"turn": 0, self._form: value}]} | ({WHOLE: value} if self.whole else {})

    @classmethod
    def example(cls) -> Self:
        """The assistant's turns, and the whole."""
        return cls(roles=("assistant",), whole=True)

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """A short conversation with an assistant."""
        labels = (Label(id="helpful", name="Helpful"), Label(id="evasive", name="Evasive"))
        turns = [
            {"role": "user", "text": "My card is gone."},
            {"role": "assistant", "text": "I have blocked it. Shall I order a new one?"},
            {"role": "user", "text": "What does that cost?"},
            {"role": "assistant", "text": "Prices may vary."},
        ]
        answer = {"turns": [["Helpful"], "evasive"], "whole": ["Helpful"]}
        return {"turns": turns}, Ontology(labels=labels), answer
