"""The labels that may be said, and what they mean: the body of an ontology release.

Label ids are stable and opaque; names belong to a release of the ontology and may change.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from pydantic import Field, model_validator

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun


class Label(Noun):
    """One entry of a taxonomy."""

    id: str = Field(pattern=r"^[\w.:/+-]{1,120}$", description="stable id: never changes, never means anything else")
    name: str = Field(min_length=1, max_length=200, description="what people read; may change between releases")
    parent: str | None = Field(default=None, description="id of the broader label")
    definition: str = ""
    do: tuple[str, ...] = Field(default=(), description="examples that deserve this label")
    dont: tuple[str, ...] = Field(default=(), description="near misses that do not")
    human_only: bool = Field(default=False, description="items that may carry it are labelled in full by people")
    selectable: bool = Field(default=True, description="False for a heading that only groups narrower labels")


class Ontology(Noun):
    """All labels of one release."""

    labels: tuple[Label, ...]

    @model_validator(mode="after")
    def _is_a_forest(self) -> "Ontology":
        ids = [label.id for label in self.labels]
        if len(set(ids)) != len(ids):
            twice = sorted({i for i in ids if ids.count(i) > 1})
            raise ValueError(f"label ids must be unique: {', '.join(twice)} stand twice")
        parents = {label.id: label.parent for label in self.labels}
        for label in self.labels:
            seen, at = {label.id}, label.parent
            while at is not None:
                if at not in parents:
                    raise ValueError(f"label {label.id!r} has an unknown parent {at!r}")
                if at in seen:
                    raise ValueError(f"label {label.id!r} is its own ancestor")
                seen.add(at)
                at = parents[at]
        return self

    @cached_property
    def by_id(self) -> Mapping[str, Label]:
        return {label.id: label for label in self.labels}

    @cached_property
    def _ids_by_word(self) -> Mapping[str, str]:
        """Names and ids, exact first, then case-folded; an ambiguous word names nothing."""
        words: dict[str, str] = {}
        for written in ("casefolded", "name", "id"):
            keys = [_word(label, written) for label in self.labels]
            count = Counter(keys)
            words |= {key: label.id for key, label in zip(keys, self.labels, strict=True) if count[key] == 1}
        return words

    def find(self, word: str, *, field: str = "label") -> str:
        """The id of the selectable label that a file or a person means by a word. Raises Invalid."""
        found = self._ids_by_word.get(word) or self._ids_by_word.get(word.casefold())
        if found is None:
            known = ", ".join(label.name for label in self.labels[:12])
            more = " ..." if len(self.labels) > 12 else ""
            raise Invalid(
                "this label is not in the ontology",
                field=field,
                expected=f"one of {known}{more}",
                found=repr(word)[:80],
            )
        if not self.by_id[found].selectable:
            raise Invalid(
                "this label only groups others", field=field, expected="a label below it", found=repr(word)[:80]
            )
        return found

    def name_of(self, label_id: str) -> str:
        """A label's name, or its id where this release no longer has it."""
        label = self.by_id.get(label_id)
        return label.name if label else label_id

    def word_of(self, label_id: str) -> str:
        """The label's name where `find` turns it back into this label, else its id: for files that come back."""
        name = self.name_of(label_id)
        return name if self._ids_by_word.get(name) == label_id else label_id

    def ancestors(self, label_id: str) -> Iterator[str]:
        """The label and every broader one."""
        at: str | None = label_id
        while at is not None and at in self.by_id:
            yield at
            at = self.by_id[at].parent

    @cached_property
    def human_only(self) -> frozenset[str]:
        """Ids of labels that are human-only, by themselves or by a broader label."""
        flagged = {label.id for label in self.labels if label.human_only}
        return frozenset(label.id for label in self.labels if not flagged.isdisjoint(self.ancestors(label.id)))


def _word(label: Label, written: str) -> str:
    """A label as a file may write it."""
    if written == "id":
        return label.id
    return label.name if written == "name" else label.name.casefold()
