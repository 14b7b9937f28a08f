"""Which column of a row is what: the fields that every row-wise source shares."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from goldloop.core.errors import Invalid
from goldloop.core.families import Source

TEXT_NAMES = ("text", "sentence", "utterance", "content", "question", "message", "review", "tweet", "document", "body")
ID_NAMES = ("external_id", "id", "item_id", "uid", "guid", "uuid")
LABEL_NAMES = ("prediction", "predicted_label", "suggestion")
CONFIDENCE_NAMES = ("confidence", "score", "probability")
GOLD_NAMES = ("gold", "gold_label")
PART_NAMES = ("prompt", "response", "responses", "steps", "turns")  # what forms are said of
KEPT_NAMES = ("tokens", "meta", *PART_NAMES)


class Plan(NamedTuple):
    """Where a row of given columns keeps what; None where it does not. `rest` is what nothing else took."""

    text: str | None
    id: str | None
    label: str | None
    confidence: str | None
    gold: str | None
    kept: tuple[str, ...]
    rest: tuple[str, ...]


class Columns(Source):
    """Base of the sources whose input is rows of named columns.

    A column that is not declared is recognised by its name alone, and only where the name leaves no doubt; a column
    called `label` is not, because it does not say who labelled. What is neither declared nor recognised is kept in
    the body under `meta`, so a wrong guess loses nothing. The parts that forms read (`prompt`, `response`, `responses`,
    `steps`, `turns`) keep their names; a row that has one of them needs no text.
    """

    text: str | None = Field(default=None, description="column of the text; found by its name where left out")
    id: str | None = Field(default=None, description="column of the item's own id; found by its name where left out")
    label: str | None = Field(default=None, description="column of what a model predicted (a pre-label)")
    confidence: str | None = Field(default=None, description="column of the model's confidence, 0 to 1")
    model: str = Field(default="imported", min_length=1, description="name of the model that predicted")
    version: str = Field(default="", description="version of the model that predicted")
    annotation: str | None = Field(default=None, description="column of what a person answered")
    annotator: str | None = Field(default=None, description="column of who that person is")
    gold: str | None = Field(default=None, description="column of the known right answer")
    judgements: str | None = Field(
        default=None, description="column of a list of {actor, kind, answer, version, confidence, said_at, active_ms}"
    )
    slices: tuple[str, ...] = Field(
        default=(), description="columns that become slices; a mapping brings its own names"
    )
    language: str | None = Field(default=None, description="column of the language; becomes the slice `language`")
    residency: str | None = Field(default=None, description="column of where the item must stay")
    access: str | None = Field(default=None, description="column of the access label")
    licence: str | None = Field(default=None, description="column of the item's licence")
    parents: str | None = Field(default=None, description="column of the ids of the items that it was made from")
    ignore: tuple[str, ...] = Field(default=(), description="columns that are not taken in")
    separator: str = Field(default="", max_length=8, description="what parts several labels in one cell; empty: none")

    @model_validator(mode="after")
    def _declares_whole_pairs(self) -> Self:
        if self.annotator and not self.annotation:
            raise ValueError("annotator names who said `annotation`: declare both")
        return self

    def declared(self) -> Mapping[str, str]:
        """Field -> column, for every declared column."""
        singles = (
            "text",
            "id",
            "label",
            "confidence",
            "annotation",
            "annotator",
            "gold",
            "judgements",
            "language",
            "residency",
            "access",
            "licence",
            "parents",
        )
        found = {name: getattr(self, name) for name in singles if getattr(self, name)}
        return found | {f"slices.{n}": name for n, name in enumerate(self.slices)}

    def plan(self, names: Sequence[str]) -> Plan:
        """The plan for rows of these columns. Declared columns need not be among them: JSON rows may leave them out."""
        taken = set(self.declared().values()) | set(self.ignore)
        text = self.text or _recognised(names, TEXT_NAMES, taken)
        id_ = self.id or _recognised(names, ID_NAMES, taken)
        label = self.label or _recognised(names, LABEL_NAMES, taken)
        confidence = self.confidence or (_recognised(names, CONFIDENCE_NAMES, taken) if label else None)
        gold = self.gold or _recognised(names, GOLD_NAMES, taken)
        taken |= {name for name in (text, id_, label, confidence, gold) if name}
        kept = tuple(name for name in KEPT_NAMES if name in names and name not in taken)
        rest = tuple(name for name in names if name not in taken and name not in kept)
        return Plan(text, id_, label, confidence, gold, kept, rest)

    def require(self, names: Sequence[str]) -> None:
        """Raise Invalid where a table lacks a declared column, or its text."""
        for field, column in self.declared().items():
            if column not in names:
                raise Invalid(
                    "the table has no such column", field=field, expected=f"one of {', '.join(names)}", found=column
                )
        if self.plan(names).text is None:
            raise Invalid(
                "no column of the table is recognised as the text; declare it",
                field="text",
                expected=f"one of {', '.join(names)}",
                found="nothing declared",
            )


def _recognised(names: Sequence[str], known: Sequence[str], taken: set[str]) -> str | None:
    """The column that bears the first of the known names, in any case, and that nothing declared has taken."""
    by_word = {name.casefold(): name for name in reversed(names) if name not in taken}
    return next((by_word[word] for word in known if word in by_word), None)
