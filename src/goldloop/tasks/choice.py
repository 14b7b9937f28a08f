"""Choosing labels for a whole item: one of a list, several of a list, or out of a tree."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, Unit, no_answer, task
from goldloop.core.ontology import Label, Ontology

NOTHING = "∅"  # stands for the empty choice as a unit's label; no label id can hold this letter


@task("choice.v1")
class Choice(Task):
    """Which label, or which labels, of the ontology hold for the item as a whole.

    Stored form: `{"labels": [ids, sorted]}`. Also taken: a bare word, or a list of words; a word is a label's id or
    its name, and in a tree it may be a label of any depth that is not a mere heading.
    """

    reads_body: ClassVar[bool] = False
    agreement_floor: ClassVar[float] = 0.85

    multiple: bool = Field(default=False, description="several labels may hold at once")
    allow_none: bool = Field(default=False, description="with `multiple`: that no label holds is an answer, too")

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.allow_none and not self.multiple:
            raise ValueError("allow_none needs multiple; give a single choice a label that means none")
        return self

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Word, list of words or stored form -> stored form. Raises Invalid naming `labels.N`."""
        if type(answer) is str:  # the common case of an import, a hundred thousand times over
            return {"labels": [ontology.find(answer, field="labels.0")]}
        if type(answer) is dict and len(answer) == 1:
            match answer.get("labels"):
                case [str() as word]:
                    return {"labels": [ontology.find(word, field="labels.0")]}
        words = self._words(answer)
        ids = [ontology.find(word, field=f"labels.{n}") for n, word in enumerate(words)]
        if not self.multiple and len(ids) != 1:
            raise Invalid("one label is asked for", field="labels", expected="exactly 1 label", found=str(len(ids)))
        if not ids and not self.allow_none:
            raise Invalid("a label is asked for", field="labels", expected="at least 1 label", found="none")
        return {"labels": sorted(set(ids))}

    def _words(self, answer: Any) -> list[str]:
        words = answer["labels"] if isinstance(answer, Mapping) and list(answer) == ["labels"] else answer
        if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
            raise no_answer(self.name, answer)
        return list(words)

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The chosen ids."""
        return tuple(answer["labels"])

    def distance(self, a: Any, b: Any) -> float:
        """1 - |shared labels| / |all labels of both| (Jaccard); for a single choice 0 or 1."""
        first, second = frozenset(a["labels"]), frozenset(b["labels"])
        return 1 - len(first & second) / len(first | second) if first != second else 0.0

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit, the item; several labels count as one combined label, so that only equal sets agree."""
        return (Unit("item", "|".join(answer["labels"]) or NOTHING),)

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The labels that more than half of the answers hold.

        None where a label is held by exactly half, and where nothing has a majority though most chose something.
        """
        votes = Counter(label for answer in answers for label in answer["labels"])
        half = len(answers) / 2
        if any(count == half for count in votes.values()):
            return None
        agreed = sorted(label for label, count in votes.items() if count > half)
        if not agreed and sum(not answer["labels"] for answer in answers) <= half:
            return None
        return {"labels": agreed}

    def relabelled(self, answer: Any, ids: Mapping[str, str]) -> Any | None:
        """The ids replaced; two that become one are one."""
        return {"labels": sorted({ids.get(label, label) for label in answer["labels"]})}

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """The label's name; with `multiple` a list of names. `canonical` reads both back."""
        names = [ontology.word_of(label) for label in answer["labels"]]
        return names if self.multiple else names[0]

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """A customer's question and its intent."""
        labels = (
            Label(id="card", name="Card", selectable=False),
            Label(id="card.arrival", name="Card arrival", parent="card"),
            Label(id="card.lost", name="Lost card", parent="card", human_only=True),
            Label(id="rate", name="Exchange rate"),
        )
        return {"text": "I am still waiting on my card?"}, Ontology(labels=labels), "Card arrival"
