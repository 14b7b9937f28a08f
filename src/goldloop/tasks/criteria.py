"""Answers by criterion: the selectable labels of the ontology are what is asked, each of them, once."""

from collections.abc import Mapping
from typing import Any

from goldloop.core.errors import Invalid
from goldloop.core.families import no_answer
from goldloop.core.ontology import Ontology

Entries = dict[str, tuple[str, Any]]  # label id -> where it stands in the answer, and what is said


def criteria_of(ontology: Ontology) -> list[str]:
    """Ids of the criteria, sorted."""
    return sorted(label.id for label in ontology.labels if label.selectable)


def entries_of(answer: Any, *, key: str, bare: tuple[type, ...], ontology: Ontology, name: str) -> Entries:
    """What an answer says by criterion, of its stored form or any other that is taken.

    Taken: `{KEY: [{"label", ...}]}`, a mapping from criterion to what is said of it, and, with one criterion, what is
    said alone (of one of the types `bare`). Raises Invalid where a criterion is unknown, twice or missing.
    """
    wanted = criteria_of(ontology)
    said = answer[key] if isinstance(answer, Mapping) and key in answer else answer
    if isinstance(said, bare) and not isinstance(said, bool) and len(wanted) == 1 and not _is_entries(said):
        return {wanted[0]: (key, said)}
    if isinstance(said, Mapping):
        pairs = [(f"{key}.{word}", word, value) for word, value in said.items()]
    elif _is_entries(said):
        pairs = [(f"{key}.{n}", one["label"], one) for n, one in enumerate(said)]
    else:
        raise no_answer(name, answer)
    found: Entries = {}
    for at, word, value in pairs:
        if not isinstance(word, str):
            raise Invalid("a criterion is named by its label", field=f"{at}.label", expected="text", found=repr(word))
        label = ontology.find(word, field=f"{at}.label")
        if label in found:
            raise Invalid("this criterion stands twice", field=f"{at}.label", expected="each once", found=word)
        found[label] = (at, value)
    if missing := [label for label in wanted if label not in found]:
        names = ", ".join(map(ontology.name_of, missing))
        raise Invalid("every criterion is asked for", field=key, expected=names, found="nothing said of them")
    return dict(sorted(found.items()))


def known_keys(entry: Any, known: set[str], *, at: str) -> Mapping[str, Any]:
    """An entry as a mapping. Raises Invalid for anything else, and for keys it does not have."""
    if not isinstance(entry, Mapping):
        raise Invalid(
            "this says nothing", field=at, expected="an object with " + ", ".join(sorted(known)), found=repr(entry)[:80]
        )
    if unknown := sorted(map(str, set(entry) - known)):
        raise Invalid(
            "this has unknown keys", field=f"{at}.{unknown[0]}", expected=", ".join(sorted(known)), found=unknown[0]
        )
    return entry


def _is_entries(said: Any) -> bool:
    return (
        isinstance(said, list | tuple)
        and bool(said)
        and all(isinstance(one, Mapping) and "label" in one for one in said)
    )
