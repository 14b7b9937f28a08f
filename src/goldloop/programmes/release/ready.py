"""Rows on their way into a release, and the lines they become: canonical JSON, put together from texts that are stored.

What `canonical` would write of the same values, letter by letter, at a third of its cost: a release has two lines for
every row, and most of what stands in them is canonical JSON already.
"""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from goldloop.core.canonical import canonical, quoted
from goldloop.core.errors import Invalid
from goldloop.core.families import Row
from goldloop.core.nouns import Saw
from goldloop.programmes.release.layout import MAX_LINE

_SEEN = frozenset(Saw.model_fields)


class Said(NamedTuple):
    """A judgement behind a row; `answer`, `saw` and `task` are canonical JSON. What is not listed here, such as a
    comment, never leaves."""

    id: str
    actor: str
    stance: str
    said_at: int
    decisive: bool
    answer: str | None = None
    confidence: float | None = None
    saw: str | None = None
    ontology_id: str | None = None
    guideline_id: str | None = None
    task: str | None = None
    queue: str | None = None
    tier: int | None = None
    blind: bool | None = None
    purpose: str | None = None
    revision_of: str | None = None
    surplus: bool | None = None
    active_ms: int | None = None
    wall_ms: int | None = None


class Ready(NamedTuple):
    """A row; `body`, `answer` and `slices` are canonical JSON."""

    item_id: str
    external_id: str
    body: str
    answer: str
    slices: str
    batch: str
    decided_by: str
    judgements: Sequence[Said]
    licence: str | None
    sources: tuple[str, ...]
    split: str | None


_WORDS = frozenset(("id", "actor", "stance", "ontology_id", "guideline_id", "queue", "purpose", "revision_of"))
_WHOLE = frozenset(("said_at", "tier", "active_ms", "wall_ms"))
_TRUTHS = frozenset(("decisive", "blind", "surplus"))
_REQUIRED = tuple(name for name in Said._fields if name not in Said._field_defaults)


def ready(row: Row, *, at: str) -> Ready:
    """A row as it is sealed. Raises Invalid, naming the row `at`, where it or a judgement of it cannot be."""
    try:
        body, answer, slices = canonical(dict(row.body)), canonical(row.answer), canonical(dict(row.slices))
    except Invalid as error:
        raise Invalid(error.message, field=at, expected=error.expected, found=error.found) from error
    said = [_said(one, at=at) for one in row.judgements]
    return Ready(
        row.item_id,
        row.external_id,
        body,
        answer,
        slices,
        row.batch,
        row.decided_by,
        said,
        row.licence,
        row.sources,
        row.split,
    )


def _said(given: Mapping[str, Any], *, at: str) -> Said:
    known = {key: value for key, value in given.items() if value is not None}
    if not set(_REQUIRED) <= known.keys() <= set(Said._fields):
        optional = ", ".join(sorted(Said._field_defaults))
        raise Invalid(
            "a judgement has missing or unknown keys",
            field=at,
            expected=f"{', '.join(sorted(_REQUIRED))}; and of {optional}",
            found=f"without {sorted(set(_REQUIRED) - known.keys())}, with {sorted(known.keys() - set(Said._fields))}",
        )
    for key, value in known.items():
        kind = str if key in _WORDS else int if key in _WHOLE else bool if key in _TRUTHS else None
        if kind is not None and type(value) is not kind:
            raise Invalid(f"`{key}` of a judgement", field=at, expected=kind.__name__, found=repr(value)[:60])
    try:
        for key in known.keys() & {"answer", "task"}:
            known[key] = canonical(known[key])
        if "saw" in known:
            known["saw"] = canonical(_saw(known["saw"], at=at))
    except Invalid as error:
        raise Invalid(error.message, field=at, expected=error.expected, found=error.found) from error
    return Said(**known)


def _saw(saw: Saw | Mapping[str, Any], *, at: str) -> dict[str, Any]:
    seen = saw.model_dump(mode="json") if isinstance(saw, Saw) else dict(saw)
    if unknown := seen.keys() - _SEEN:
        raise Invalid("`saw` has unknown keys", field=at, expected=", ".join(sorted(_SEEN)), found=str(unknown))
    return {key: value for key, value in seen.items() if value is not None}


def row_line(row: Ready, decided_by: str, *, at: str) -> bytes:
    """The line of a row."""
    licence = "null" if row.licence is None else quoted(row.licence)
    split = "null" if row.split is None else quoted(row.split)
    return _line(
        f'{{"answer":{row.answer},"batch":{quoted(row.batch)},"body":{row.body},"decided_by":{quoted(decided_by)},'
        f'"external_id":{quoted(row.external_id)},"item_id":{quoted(row.item_id)},"licence":{licence},"slices":{row.slices},'
        f'"sources":[{",".join(map(quoted, row.sources))}],"split":{split}}}\n',
        at=at,
    )


def judgement_line(said: Said, row: Ready, number: int, author: str, *, at: str) -> bytes:
    """The line of a judgement behind the row of this number, under the name that its author has outside."""
    line = "{"
    if said.active_ms is not None:
        line += f'"active_ms":{said.active_ms},'
    if said.answer is not None:
        line += f'"answer":{said.answer},'
    line += f'"author":{quoted(author)},"batch":{quoted(row.batch)},'
    if said.blind is not None:
        line += f'"blind":{_TRUE[said.blind]},'
    if said.confidence is not None:
        line += f'"confidence":{_number(said.confidence, at=at)},'
    line += f'"decisive":{_TRUE[said.decisive]},'
    if said.guideline_id is not None:
        line += f'"guideline_id":{quoted(said.guideline_id)},'
    line += f'"id":{quoted(said.id)},"item_id":{quoted(row.item_id)},'
    if said.ontology_id is not None:
        line += f'"ontology_id":{quoted(said.ontology_id)},'
    if said.purpose is not None:
        line += f'"purpose":{quoted(said.purpose)},'
    if said.queue is not None:
        line += f'"queue":{quoted(said.queue)},'
    if said.revision_of is not None:
        line += f'"revision_of":{quoted(said.revision_of)},'
    line += f'"row":{number},"said_at":{said.said_at},'
    if said.saw is not None:
        line += f'"saw":{said.saw},'
    line += f'"stance":{quoted(said.stance)}'
    if said.surplus is not None:
        line += f',"surplus":{_TRUE[said.surplus]}'
    if said.task is not None:
        line += f',"task":{said.task}'
    if said.tier is not None:
        line += f',"tier":{said.tier}'
    if said.wall_ms is not None:
        line += f',"wall_ms":{said.wall_ms}'
    return _line(line + "}\n", at=at)


_TRUE = {False: "false", True: "true"}


def _number(value: float, *, at: str) -> str:
    if not isfinite(value):
        raise Invalid("this value has no canonical JSON form", field=at, expected="JSON without NaN", found=str(value))
    return repr(value)


def _line(text: str, *, at: str) -> bytes:
    try:
        line = text.encode()
        if "\\u0000" in text:
            canonical(json.loads(line))
    except (UnicodeEncodeError, Invalid) as error:
        found = error.found if isinstance(error, Invalid) else str(error)
        raise Invalid(
            "this value has no canonical JSON form",
            field=at,
            expected="text without U+0000, of whole letters",
            found=found,
        ) from error
    if len(line) > MAX_LINE:
        raise Invalid(
            "this line is too long for a release",
            field=at,
            expected=f"at most {MAX_LINE >> 20} MiB",
            found=f"{len(line) >> 20} MiB",
        )
    return line
