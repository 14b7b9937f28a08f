"""Rating an item on a scale: by one criterion, or by several (a rubric)."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Metric, Task, Unit, task
from goldloop.core.nouns import Noun
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.bodies import any_text_of, check_text
from goldloop.tasks.criteria import entries_of, known_keys
from goldloop.tasks.merging import majority, with_remarks
from goldloop.tasks.scale import Scale


class Criterion(Noun):
    """What one criterion says otherwise."""

    levels: dict[int, str] = Field(default={}, description="score -> what it means for this criterion")
    weight: float = Field(default=1.0, gt=0, le=1000, description="its share of the overall score, beside the others'")


@task("rating.v1")
class Rating(Task):
    """How good an item is on a scale: by every selectable label of the ontology, which are the criteria.

    With one label this is a rating, with several a rubric. Stored form: `{"ratings": [{"label", "score", "comment"}]}`,
    one a criterion, sorted. Also taken: `{criterion: score}`, and a bare score where there is one criterion. Comments
    explain and never make two answers differ. The item holds `text` or `response`, and `prompt` or anything else that
    explains it. `named` adds the `overall` score, the mean by weight; reading ignores it.
    """

    remarks: ClassVar[frozenset[str]] = frozenset({"comment"})

    scale: Scale = Field(default=Scale(), description="the scores, and what they mean")
    kind: Literal["ordinal", "interval"] = Field(
        default="ordinal", description="whether scores have an order only, or equal steps (a number)"
    )
    criteria: dict[str, Criterion] = Field(
        default={}, description="label id -> its own levels and weight, where it has any"
    )
    comments: bool = Field(default=True, description="a comment may go with every score")

    @model_validator(mode="after")
    def _levels_lie_on_the_scale(self) -> Self:
        for label, own in self.criteria.items():
            if outside := [score for score in own.levels if not self.scale.low <= score <= self.scale.high]:
                raise ValueError(f"criteria.{label}.levels.{outside[0]} is not on the scale")
        return self

    @property
    def metric(self) -> Metric:
        """Ordinal or interval, as the scale is."""
        return self.kind

    def check_body(self, body: Body) -> None:
        """There is a text to rate."""
        any_text_of(body, ("text", "response"))

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `ratings.N.score`."""
        entries = entries_of(answer, key="ratings", bare=(int, str), ontology=ontology, name=self.name)
        return {"ratings": [{"label": label, **self._rated(at, said)} for label, (at, said) in entries.items()]}

    def _rated(self, at: str, said: Any) -> dict[str, Any]:
        if isinstance(said, int | str):
            return {"score": self.scale.check(said, f"{at}.score"), "comment": ""}
        entry = known_keys(said, {"label", "score", "comment"}, at=at)
        comment = check_text(entry.get("comment", ""), f"{at}.comment")
        if comment and not self.comments:
            raise Invalid("this task takes no comments", field=f"{at}.comment", expected="nothing", found=comment[:80])
        return {"score": self.scale.check(entry.get("score"), f"{at}.score"), "comment": comment}

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The criteria."""
        return tuple(one["label"] for one in answer["ratings"])

    def distance(self, a: Any, b: Any) -> float:
        """The mean distance of scores as a share of the scale, by weight; a criterion that one lacks counts in full."""
        first, second = _scores(a), _scores(b)
        weights = {label: self._weight(label) for label in first.keys() | second.keys()}
        apart = {
            label: self.scale.apart(first[label], second[label]) if label in first and label in second else 1.0
            for label in weights
        }
        return sum(weights[label] * apart[label] for label in weights) / sum(weights.values())

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a criterion, its label the score."""
        return [Unit(one["label"], str(one["score"]), one["label"]) for one in answer["ratings"]]

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The score that more than half gave, criterion by criterion; None where one has none."""
        each = [_scores(answer) for answer in answers]
        if any(scores.keys() != each[0].keys() for scores in each):
            return None
        merged = {label: majority([scores[label] for scores in each]) for label in each[0]}
        if None in merged.values():
            return None
        ratings = [{"label": label, "score": score, "comment": ""} for label, score in merged.items()]
        return with_remarks(self, {"ratings": ratings}, answers)

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """Criteria by name, and the overall score; `canonical` reads it back."""
        ratings = [{**one, "label": ontology.word_of(one["label"])} for one in answer["ratings"]]
        return {"ratings": ratings, "overall": self.overall(answer)}

    def overall(self, answer: Any) -> float:
        """The mean score by weight."""
        scores = _scores(answer)
        weights = {label: self._weight(label) for label in scores}
        return round(sum(weights[label] * scores[label] for label in scores) / sum(weights.values()), 4)

    def _weight(self, label: str) -> float:
        return self.criteria[label].weight if label in self.criteria else 1.0

    def pattern(self) -> Any:
        """One criterion with a comment."""
        return {"ratings": [{"label": "Clear", "score": 1, "comment": "short"}], "overall": 1.5}

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """An answer of an assistant by two criteria."""
        labels = (
            Label(id="correct", name="Correct", definition="Everything it says is so."),
            Label(id="clear", name="Clear", definition="A hurried reader understands it at once."),
        )
        body = {"prompt": "Can I cancel a transfer?", "text": "Yes, as long as it is pending."}
        answer = {
            "ratings": [{"label": "Correct", "score": 4, "comment": "true of most"}, {"label": "clear", "score": 5}]
        }
        return body, Ontology(labels=labels), answer


def _scores(answer: Any) -> dict[str, int]:
    return {one["label"]: one["score"] for one in answer["ratings"]}
