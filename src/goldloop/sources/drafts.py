"""A draft ontology from the words that a file uses for its labels."""

import re
from collections.abc import Iterable

from goldloop.core.errors import Invalid
from goldloop.core.ontology import Label, Ontology

_NOT_IN_ID = re.compile(r"[^\w.:/+-]+")
MOST = 10_000  # distinct labels; beyond that the column is not a label


def draft(words: Iterable[str]) -> Ontology | None:
    """One label a distinct word, in order of appearance: the word as its name, and as its id as far as ids allow.

    None where there is no word. Raises Invalid where there are too many to be labels.
    """
    labels: dict[str, Label] = {}
    ids: set[str] = set()
    for word in words:
        if word and word not in labels:
            labels[word] = Label(id=free_id(word, ids), name=word[:200])
            ids.add(labels[word].id)
        if len(labels) > MOST:
            raise Invalid("these are too many labels", field="label", expected=f"at most {MOST}", found="more")
    return Ontology(labels=tuple(labels.values())) if labels else None


def free_id(word: str, taken: Iterable[str]) -> str:
    """A stable id made of a word, and unlike those taken."""
    plain = _NOT_IN_ID.sub("_", word).strip("_")[:110] or "label"
    number, candidate = 1, plain
    while candidate in taken:
        number += 1
        candidate = f"{plain}-{number}"
    return candidate
