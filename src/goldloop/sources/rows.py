"""Rows of named values as records."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

from goldloop.core import clock
from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Said
from goldloop.core.nouns import ActorKind
from goldloop.sources.columns import PART_NAMES, Columns, Plan

Row = Mapping[str, Any]
Read = Callable[[Row, int, str], Record | Reject]
_PLANS = 256  # shapes of rows that are remembered; free-form JSON may have any number


def reader(columns: Columns) -> Read:
    """A function (row, line, resume) -> record or reject, for the columns declared."""
    plans: dict[tuple[str, ...], tuple[Plan, bool]] = {}
    labels = (columns.slices, columns.language, columns.residency, columns.access, columns.licence, columns.parents)
    labelled = any(labels)
    said_by = bool(columns.annotation or columns.judgements)

    def read(row: Row, line: int, resume: str) -> Record | Reject:
        names = tuple(row)
        known = plans.get(names)
        if known is None:
            if len(plans) >= _PLANS:
                plans.clear()
            plan = columns.plan(names)
            known = plans[names] = (plan, bool(plan.label or plan.gold or said_by))
        plan, speaks = known
        try:
            body = _body(row, plan)
            external = _external_id(row, plan.id, columns) if plan.id else None
            said = _said(row, plan, columns) if speaks else ()
            if not labelled:
                return Record(external, body, line, said, {}, resume)
            return Record(external, body, line, said, _slices(row, columns), resume, *_labels(row, columns))
        except Invalid as wrong:
            return Reject(line, wrong.field or "row", wrong.expected or wrong.message, wrong.found or "", resume)

    return read


def wrong(field: str, expected: str, found: Any) -> Invalid:
    """The error for one value of a row that cannot be taken in; `reader` turns it into a Reject."""
    return Invalid("this value cannot be taken in", field=field, expected=expected, found=shown(found))


def shown(value: Any) -> str:
    """A value as an error names it."""
    if value is None or value == "":
        return "nothing"
    return repr(value)[:80]


def _body(row: Row, plan: Plan) -> dict[str, Any]:
    value = row.get(plan.text) if plan.text else None
    if isinstance(value, str) and value:
        body: dict[str, Any] = {"text": value}
        if not (plan.kept or plan.rest):
            return body
    elif isinstance(value, dict) and value:
        body = dict(value)
    elif plan.text is None and any(name in PART_NAMES for name in plan.kept):
        body = {}
    elif plan.text is None:
        raise wrong("text", "a column named text, or one declared", ", ".join(map(str, row)) or None)
    else:
        raise wrong(plan.text, "text", value)
    for name in plan.kept:
        body.setdefault(name, row[name])
    rest = {name: row[name] for name in plan.rest}
    rest |= {name: row[name] for name in plan.kept if body[name] is not row[name]}
    if rest:
        body["meta"] = rest | ({"meta": body["meta"]} if "meta" in body else {})
    return body


def _external_id(row: Row, name: str, columns: Columns) -> str | None:
    value = row.get(name)
    if type(value) is str and value:
        return value
    if type(value) is int:
        return str(value)
    if value in (None, "") and columns.id is None:
        return None
    raise wrong(name, "an id: text or a whole number", value)


def _said(row: Row, plan: Plan, columns: Columns) -> tuple[Said, ...]:
    said: list[Said] = []
    if (answer := _answer(row, plan.label, columns)) is not None:
        confidence = confidence_of(row.get(plan.confidence), plan.confidence) if plan.confidence else None
        said.append(Said(columns.model, answer, "model", columns.version, confidence))
    if columns.annotation and (answer := _answer(row, columns.annotation, columns)) is not None:
        said.append(Said(_annotator(row, columns.annotator), answer, "person"))
    if plan.gold and (answer := _answer(row, plan.gold, columns)) is not None:
        said.append(Said("gold", answer, "rule", gold=True))
    if columns.judgements and row.get(columns.judgements) is not None:
        said.extend(_listed(row[columns.judgements], columns.judgements))
    return tuple(said)


def _answer(row: Row, name: str | None, columns: Columns) -> Any:
    """What a cell answers: a value, the JSON that a text cell holds, or the labels that the separator parts."""
    value = row.get(name) if name else None
    if value is None or value == "":
        return None
    if type(value) is str and value[0] not in "[{" and not columns.separator:
        return value
    if isinstance(value, bool | float) or not isinstance(value, str | int | list | dict):
        raise wrong(str(name), "an answer: text, a list or a mapping", value)
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        return value
    if value[0] in "[{":
        return _parsed(value)
    return value.split(columns.separator) if columns.separator else value


def _parsed(cell: str) -> Any:
    """The JSON list or mapping in a cell; a label that merely looks like one is a word."""
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def confidence_of(value: Any, name: str | None) -> float | None:
    """A share from 0 to 1, or None where there is none. Raises Invalid."""
    if type(value) is float and 0 <= value <= 1:
        return value
    if value is None or value == "":
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= 1:
        raise wrong(str(name), "a number from 0 to 1", value)
    return number


def _annotator(row: Row, name: str | None) -> str:
    if name is None:
        return "annotator"
    value = row.get(name)
    if type(value) is int or (isinstance(value, str) and value):
        return str(value)
    raise wrong(name, "who answered: text or a whole number", value)


def _listed(value: Any, name: str) -> list[Said]:
    """Judgements as goldloop's own files list them."""
    if isinstance(value, str):
        value = _parsed(value)
    if not isinstance(value, list):
        raise wrong(name, "a list of judgements", value)
    return [_one(entry, f"{name}.{n}") for n, entry in enumerate(value)]


def _one(entry: Any, where: str) -> Said:
    if not isinstance(entry, dict) or entry.get("answer") is None:
        raise wrong(where, "a judgement with an answer", entry)
    actor, kind = entry.get("actor"), entry.get("kind", "person")
    if not isinstance(actor, str) or not actor:
        raise wrong(f"{where}.actor", "who said it", actor)
    if kind not in get_args(ActorKind):
        raise wrong(f"{where}.kind", "person, model or rule", kind)
    active = entry.get("active_ms")
    if active is not None and (type(active) is not int or active < 0):
        raise wrong(f"{where}.active_ms", "milliseconds", active)
    return Said(
        actor,
        entry["answer"],
        kind,
        str(entry.get("version") or ""),
        confidence_of(entry.get("confidence"), f"{where}.confidence"),
        moment(entry.get("said_at"), f"{where}.said_at"),
        active,
        entry.get("gold") is True,
    )


def moment(value: Any, where: str) -> int | None:
    """A time in microseconds, from a number of them or ISO 8601 text; None where there is none. Raises Invalid."""
    if value is None or type(value) is int:
        return value
    try:
        return clock.from_iso(value)
    except (TypeError, ValueError) as error:
        raise wrong(where, "a time: ISO 8601 or microseconds", value) from error


def _slices(row: Row, columns: Columns) -> Mapping[str, str]:
    slices: dict[str, str] = {}
    for name in columns.slices:
        value = row.get(name)
        for key, part in value.items() if isinstance(value, Mapping) else ((name, value),):
            if (word := _word(part, name)) is not None:
                slices[key] = word
    if (language := _column(row, columns.language)) is not None:
        slices["language"] = language
    return slices


def _labels(row: Row, columns: Columns) -> tuple[str | None, str | None, str | None, tuple[str, ...]]:
    """Access, residency, licence and parents, in the order of a record."""
    parents = _ids(row.get(columns.parents), columns.parents) if columns.parents else ()
    return _column(row, columns.access), _column(row, columns.residency), _column(row, columns.licence), parents


def _ids(value: Any, name: str) -> tuple[str, ...]:
    """Ids of other items: one, a list of them, or such a list as JSON text; each once, in order."""
    if isinstance(value, str) and value.startswith("["):
        value = _parsed(value)
    listed = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(word for one in listed if (word := _word(one, name)) is not None))


def _column(row: Row, name: str | None) -> str | None:
    return _word(row.get(name), name) if name else None


def _word(value: Any, name: str) -> str | None:
    """A scalar as a word; nothing where there is nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise wrong(name, "a word or a number", value)
