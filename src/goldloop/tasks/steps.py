"""Judging a chain of reasoning step by step: which steps are right, and where it first goes wrong."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, Unit, no_answer, task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.bodies import check_text, texts_of
from goldloop.tasks.criteria import known_keys
from goldloop.tasks.merging import majority, with_remarks

VERDICTS = ("right", "wrong", "unclear")
UNJUDGED = "unjudged"
MOST = 1000


@task("steps.v1")
class Steps(Task):
    """Whether each step of a chain of reasoning is right, wrong or unclear, and what kind of mistake a wrong one is.

    Stored form: `{"steps": [{"verdict", "label", "comment"}]}`, one a step; `label` is the kind of mistake, a label of
    the ontology, empty where none is said. Also taken: a bare list of verdicts. Comments explain and never make two
    answers differ. The item holds `steps`, texts or objects with a `text`, and `prompt` for the question. `named` adds
    `first_wrong`, the number of the first wrong step from 1, 0 where there is none; reading ignores it.
    """

    remarks: ClassVar[frozenset[str]] = frozenset({"comment"})

    after_wrong: bool = Field(
        default=True, description="steps behind the first wrong one are judged, too; else they stay `unjudged`"
    )
    classes: Literal["none", "optional", "required"] = Field(
        default="optional", description="whether a wrong step carries the kind of its mistake"
    )

    def check_body(self, body: Body) -> None:
        """There are steps."""
        texts_of(body, "steps", least=1, most=MOST)

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `steps.N.verdict`."""
        steps = texts_of(body, "steps", least=1, most=MOST)
        known = isinstance(answer, Mapping) and "steps" in answer and answer.keys() <= {"steps", "first_wrong"}
        said = answer["steps"] if known else answer
        if not isinstance(said, list | tuple):
            raise no_answer(self.name, answer)
        if len(said) != len(steps):
            expected = f"{len(steps)}, one a step"
            raise Invalid("every step is judged", field="steps", expected=expected, found=str(len(said)))
        out: list[dict[str, str]] = []
        for n, one in enumerate(said):
            behind = not self.after_wrong and any(step["verdict"] == "wrong" for step in out)
            out.append(self._judged(f"steps.{n}", one, ontology, behind=behind))
        return {"steps": out}

    def _judged(self, at: str, said: Any, ontology: Ontology, *, behind: bool) -> dict[str, str]:
        entry = {"verdict": said} if isinstance(said, str) else known_keys(said, {"verdict", "label", "comment"}, at=at)
        verdict, label = entry.get("verdict"), entry.get("label", "")
        words = (UNJUDGED,) if behind else VERDICTS
        if verdict not in words:
            expected = "one of " + ", ".join(words)
            raise Invalid("this is no verdict", field=f"{at}.verdict", expected=expected, found=repr(verdict)[:80])
        if not isinstance(label, str):
            raise Invalid("this is no label", field=f"{at}.label", expected="text", found=repr(label)[:80])
        if label and (verdict != "wrong" or self.classes == "none"):
            raise Invalid(
                "only a wrong step has a kind of mistake", field=f"{at}.label", expected="nothing", found=label
            )
        if verdict == "wrong" and not label and self.classes == "required":
            raise Invalid("a kind of mistake is asked for", field=f"{at}.label", expected="a label", found="nothing")
        comment = check_text(entry.get("comment", ""), f"{at}.comment")
        return {
            "verdict": str(verdict),
            "label": ontology.find(label, field=f"{at}.label") if label else "",
            "comment": comment,
        }

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The kinds of mistake."""
        return tuple(sorted({one["label"] for one in answer["steps"] if one["label"]}))

    def distance(self, a: Any, b: Any) -> float:
        """The share of steps judged otherwise; a step that both call wrong, of another kind, counts half."""
        first, second = _said(a), _said(b)
        if len(first) != len(second):
            return 1.0
        apart = [0.0 if x == y else 0.5 if x[0] == y[0] else 1.0 for x, y in zip(first, second, strict=True)]
        return sum(apart) / len(apart)

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a step, its label the verdict, and the kind of mistake behind it (`wrong|sum`)."""
        return [Unit(f"step:{n}", "|".join(filter(None, said))) for n, said in enumerate(_said(answer))]

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The verdict and kind that more than half say, step by step; None where a step has none."""
        each = [_said(answer) for answer in answers]
        if any(len(said) != len(each[0]) for said in each):
            return None
        merged = [majority(said) for said in zip(*each, strict=True)]
        steps = [{"verdict": one[0], "label": one[1], "comment": ""} for one in merged if one is not None]
        if len(steps) < len(merged) or not self._holds(steps):
            return None
        return with_remarks(self, {"steps": steps}, answers)

    def _holds(self, steps: Sequence[Mapping[str, str]]) -> bool:
        """True where what is unjudged is what stands behind the first wrong step."""
        wrong = first_wrong({"steps": steps})
        behind = [n >= wrong > 0 and not self.after_wrong for n in range(len(steps))]
        return all((one["verdict"] == UNJUDGED) == late for one, late in zip(steps, behind, strict=True))

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """Kinds of mistake by name, and where it first goes wrong; `canonical` reads it back."""
        steps = [{**one, "label": ontology.word_of(one["label"]) if one["label"] else ""} for one in answer["steps"]]
        return {"steps": steps, "first_wrong": first_wrong(answer)}

    def pattern(self) -> Any:
        """One wrong step."""
        return {"steps": [{"verdict": "wrong", "label": "Sum", "comment": "off by one"}], "first_wrong": 1}

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """A sum that goes wrong in the second step."""
        labels = (Label(id="sum", name="Wrong sum"), Label(id="leap", name="Does not follow"))
        steps = ["Two boxes of six are 12 eggs.", "Three are eaten, so 10 are left.", "So each of 5 gets two."]
        said = ["right", {"verdict": "wrong", "label": "Wrong sum", "comment": "12 - 3 is 9"}, "right"]
        body = {"prompt": "Two boxes of six eggs; three are eaten. How many each for five?", "steps": steps}
        return body, Ontology(labels=labels), said


def first_wrong(answer: Mapping[str, Any]) -> int:
    """The number of the first wrong step, from 1; 0 where there is none."""
    return next((n for n, one in enumerate(answer["steps"], 1) if one["verdict"] == "wrong"), 0)


def _said(answer: Any) -> list[tuple[str, str]]:
    return [(one["verdict"], one["label"]) for one in answer["steps"]]
