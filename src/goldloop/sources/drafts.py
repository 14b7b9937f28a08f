"""A draft of a task and its ontology, from the answers in a file and the words that they use for labels."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label, Ontology

HEADING = "relations"
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


def task_of(answers: Iterable[Any]) -> Spec | None:
    """The task that answers with `labels`, `spans` or `relations` are of; None where there are none."""
    keys: set[str] = set()
    empty: set[str] = set()
    several = False
    for answer in answers:
        if isinstance(answer, Mapping):
            keys |= {key for key in answer if answer[key]}
            empty |= {key for key in answer if not answer[key] and key != "relations"}
            several = several or len(answer.get("labels", "1")) != 1
    several = several or bool(empty)
    keys = keys or empty  # an answer that names nothing tells the task only where all do
    if "relations" in keys:
        return Spec(name="relations.v1", params={"allow_overlap": True, "relations": HEADING})
    if "spans" in keys:
        return Spec(name="spans.v1", params={"allow_overlap": True})
    if "labels" in keys:
        return Spec(name="choice.v1", params={"multiple": True, "allow_none": True} if several else {})
    return None


def draft_of(answers: Iterable[Any]) -> Ontology | None:
    """The labels that such answers use; those of relations below a heading of their own."""
    words: dict[str, None] = {}
    joins: dict[str, None] = {}
    for answer in answers:
        if isinstance(answer, Mapping):
            words |= dict.fromkeys(answer.get("labels", ()))
            words |= dict.fromkeys(one["label"] for one in answer.get("spans", ()))
            joins |= dict.fromkeys(one["label"] for one in answer.get("relations", ()))
    found = draft(words)
    if found is None or not joins:
        return found
    labels = list(found.labels)
    labels.append(Label(id=HEADING, name="Relations", selectable=False))
    for word in joins:
        known = {label.id for label in labels}
        labels.append(Label(id=free_id(word, known), name=word[:200], parent=HEADING))
    return Ontology(labels=tuple(labels))


def fitted(answer: Any, form: Sequence[str]) -> Any:
    """An answer that marks or names nothing of a kind, in a form (the answer's keys) that has a place for that kind."""
    if not isinstance(answer, Mapping) or not form or set(answer) == set(form):
        return answer
    if "relations" in form and set(answer) == {"spans"}:
        return {**answer, "relations": []}
    if not answer.get("relations") and set(answer) == {"spans", "relations"} and list(form) == ["spans"]:
        return {"spans": answer["spans"]}
    return {key: [] for key in form} if not any(answer.values()) else answer
