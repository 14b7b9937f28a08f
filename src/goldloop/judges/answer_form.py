"""The form in which a language model answers a task: a JSON schema over the ontology, and what comes back read by it.

The form follows the task's own example. A stretch of text is quoted rather than counted, because language models copy
well and count badly: `{"quote": "...", "nth": 1}` stands for `start` and `end`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task
from goldloop.core.ontology import Ontology

Schema = dict[str, Any]
QUOTE, NTH = "quote", "nth"


def schema_of(task: Task, ontology: Ontology, *, stated: bool) -> Schema:
    """The JSON schema of `{"answer": ..., "confidence": ...}`; strict: every key is there, and no other.

    `stated`: the model is asked how sure it is.
    """
    known, example = _example(task)
    labels = [label.id for label in ontology.labels if label.selectable]
    keys: Schema = {"answer": _schema([example], known, labels)}
    if stated:
        keys["confidence"] = {"type": "number"}
    return _object(keys)


def shown_form(task: Task, ontology: Ontology, *, stated: bool) -> Any:
    """An example of the whole answer, with labels of this ontology."""
    known, example = _example(task)
    first = next(label.id for label in ontology.labels if label.selectable)
    return {"answer": _relabelled(example, known, first), **({"confidence": 0.9} if stated else {})}


def placed(answer: Any, body: Body) -> Any:
    """An answer with every quote turned into where it stands. Raises Invalid where the text does not hold it."""
    if isinstance(answer, Mapping):
        if QUOTE in answer:
            rest = {key: placed(value, body) for key, value in answer.items() if key not in (QUOTE, NTH)}
            return {**_place(answer, body), **rest}
        return {key: placed(value, body) for key, value in answer.items()}
    if isinstance(answer, list):
        return [placed(one, body) for one in answer]
    return answer


def _place(answer: Mapping[str, Any], body: Body) -> dict[str, Any]:
    quote, nth = answer[QUOTE], answer.get(NTH, 1)
    if quote is None:
        return {"start": None, "end": None}
    text = body.get("text")
    if not isinstance(quote, str) or not quote or not isinstance(text, str) or type(nth) is not int or nth < 1:
        raise Invalid("this is no quote", field="answer.quote", expected="words of the text", found=repr(quote)[:60])
    found = [one.start() for one in re.finditer(re.escape(quote), text)]
    if len(found) < nth:
        expected = "words of the text" if not found else f"one of {len(found)} places"
        raise Invalid("the text does not hold this quote", field="answer.quote", expected=expected, found=quote[:60])
    return {"start": found[nth - 1], "end": found[nth - 1] + len(quote)}


def _example(task: Task) -> tuple[frozenset[str], Any]:
    """The label ids of the task's example, and the example in its canonical form."""
    body, ontology, answer = type(task).sample()
    canonical = type(task).example().canonical(answer, body, ontology)
    return frozenset(ontology.by_id), task.bare(_quoted(canonical, body))


def _quoted(value: Any, body: Body) -> Any:
    if isinstance(value, Mapping):
        rest = {key: _quoted(one, body) for key, one in value.items()}
        if {"start", "end"} <= rest.keys():
            start, end = rest.pop("start"), rest.pop("end")
            quote = None if start is None else str(body.get("text", ""))[start:end]
            return {QUOTE: quote, NTH: 1, **rest}
        return rest
    return [_quoted(one, body) for one in value] if isinstance(value, list) else value


def _schema(examples: Sequence[Any], known: frozenset[str], labels: Sequence[str]) -> Schema:
    """The schema that all these examples of one place follow."""
    empty = any(one is None for one in examples)
    values = [one for one in examples if one is not None]
    first = values[0] if values else ""
    if isinstance(first, Mapping):
        names: dict[str, None] = {}
        for one in values:
            names |= dict.fromkeys(one)
        out = _object({name: _schema([one[name] for one in values if name in one], known, labels) for name in names})
    elif isinstance(first, list):
        inside = [part for one in values for part in one]
        out = {"type": "array", "items": _schema(inside, known, labels)}
    elif isinstance(first, bool):
        out = {"type": "boolean"}
    elif isinstance(first, int | float):
        whole = all(isinstance(one, int) for one in values)
        out = {"type": "integer" if whole else "number"}
    elif any(one in known for one in values):
        out = {"type": "string", "enum": [*labels, *([""] if "" in values else [])]}
    else:
        out = {"type": "string"}
    return {"anyOf": [out, {"type": "null"}]} if empty else out


def _object(keys: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(keys), "required": list(keys), "additionalProperties": False}


def _relabelled(value: Any, known: frozenset[str], first: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _relabelled(one, known, first) for key, one in value.items()}
    if isinstance(value, list):
        return [_relabelled(one, known, first) for one in value]
    return first if isinstance(value, str) and value in known else value
