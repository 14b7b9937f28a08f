"""Rows on their way into a release, and the lines they become: canonical JSON, put together from texts that are stored.

What `canonical` would write of the same values, letter by letter, at a third of its cost: a release has two lines for
every row, and most of what stands in them is canonical JSON already.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from goldloop.core.canonical import canonical, quoted
from goldloop.core.errors import Invalid
from goldloop.core.families import Row
from goldloop.core.nouns import Saw
from goldloop.programmes.sealed.layout import MAX_LINE

_SEEN = frozenset(Saw.model_fields)


class Said(NamedTuple):
    """A judgement behind a row: who made it, and its line in three parts, between which stand the name that its author
    has outside and the number of the row."""

    actor: str
    stance: str
    decisive: bool
    begins: str
    goes_on: str
    ends: str


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


_REQUIRED = frozenset(("id", "actor", "stance", "said_at", "decisive"))
_WORDS = frozenset(("id", "actor", "stance", "ontology_id", "guideline_id", "queue", "purpose", "revision_of"))
_WHOLE = frozenset(("said_at", "tier", "active_ms", "wall_ms"))
_TRUTHS = frozenset(("decisive", "blind", "surplus"))
_OPTIONAL = (_WORDS | _WHOLE | _TRUTHS | {"answer", "confidence", "saw", "task"}) - _REQUIRED
_SHARED = _OPTIONAL & {"ontology_id", "guideline_id", "task", "queue", "tier", "blind", "purpose", "surplus"} | {
    "actor",
    "stance",
}
_TRUE = {False: "false", True: "true"}


def ready(row: Row, *, at: str) -> Ready:
    """A row as it is sealed. Raises Invalid, naming the row `at`, where it or a judgement of it cannot be."""
    try:
        body, answer, slices = canonical(dict(row.body)), canonical(row.answer), canonical(dict(row.slices))
    except Invalid as error:
        raise Invalid(error.message, field=at, expected=error.expected, found=error.found) from error
    said = [_given(one, row, at=at) for one in row.judgements]
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


def _given(given: Mapping[str, Any], row: Row, *, at: str) -> Said:
    """A judgement as its row carries it. What is not listed here, such as a comment, never leaves."""
    known = {key: value for key, value in given.items() if value is not None}
    if not _REQUIRED <= known.keys() <= _REQUIRED | _OPTIONAL:
        raise Invalid(
            "a judgement has missing or unknown keys",
            field=at,
            expected=f"{', '.join(sorted(_REQUIRED))}; and of {', '.join(sorted(_OPTIONAL))}",
            found=f"without {sorted(_REQUIRED - known.keys())}, with {sorted(known.keys() - _REQUIRED - _OPTIONAL)}",
        )
    for key, value in known.items():
        kind = str if key in _WORDS else int if key in _WHOLE else bool if key in _TRUTHS else None
        if kind is not None and type(value) is not kind:
            raise Invalid(f"`{key}` of a judgement", field=at, expected=kind.__name__, found=repr(value)[:60])
    try:
        for key in known.keys() & {"answer", "task", "confidence"}:
            known[key] = canonical(known[key])
        if "saw" in known:
            known["saw"] = canonical(_saw(known["saw"], at=at))
    except Invalid as error:
        raise Invalid(error.message, field=at, expected=error.expected, found=error.found) from error
    shared = {key: known.pop(key) for key in known.keys() & _SHARED}
    return Manner.of(batch=row.batch, **shared).said(item_id=row.item_id, **known)


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


class Manner(NamedTuple):
    """What many judgements have in common, as the parts of their lines: by whom, of which kind, in which queue, under
    which versions."""

    actor: str
    stance: str
    begins: str
    decisive: tuple[str, str]
    versions: str
    ends: str

    @classmethod
    def of(
        cls,
        *,
        actor: str,
        stance: str,
        batch: str,
        ontology_id: str | None = None,
        guideline_id: str | None = None,
        task: str | None = None,
        queue: str | None = None,
        tier: int | None = None,
        blind: bool | None = None,
        purpose: str | None = None,
        surplus: bool | None = None,
    ) -> "Manner":
        """The parts; `task` is canonical JSON."""
        begins = f',"batch":{quoted(batch)},' + (f'"blind":{_TRUE[blind]},' if blind is not None else "")
        guideline = f'"guideline_id":{quoted(guideline_id)},' if guideline_id is not None else ""
        under = {"ontology_id": ontology_id, "purpose": purpose, "queue": queue}
        ends = f'"stance":{quoted(stance)}' + (f',"surplus":{_TRUE[surplus]}' if surplus is not None else "")
        ends += (f',"task":{task}' if task is not None else "") + (f',"tier":{tier}' if tier is not None else "")
        return cls(
            actor,
            stance,
            begins,
            (f'"decisive":false,{guideline}', f'"decisive":true,{guideline}'),
            "".join(f'"{key}":{quoted(value)},' for key, value in under.items() if value is not None),
            ends,
        )

    def said(
        self,
        *,
        id: str,
        item_id: str,
        said_at: int,
        decisive: bool,
        answer: str | None = None,
        confidence: str | None = None,
        saw: str | None = None,
        revision_of: str | None = None,
        active_ms: int | None = None,
        wall_ms: int | None = None,
    ) -> Said:
        """One of those judgements; `answer`, `confidence` and `saw` are canonical JSON."""
        took = f'"active_ms":{active_ms},' if active_ms is not None else ""
        given = f'"answer":{answer},' if answer is not None else ""
        sure = f'"confidence":{confidence},' if confidence is not None else ""
        before = f'"revision_of":{quoted(revision_of)},' if revision_of is not None else ""
        seen = f'"saw":{saw},' if saw is not None else ""
        lasted = f',"wall_ms":{wall_ms}' if wall_ms is not None else ""
        key = f'"id":{quoted(id)},"item_id":{quoted(item_id)},'
        return Said(
            self.actor,
            self.stance,
            decisive,
            f'{{{took}{given}"author":',
            f'{self.begins}{sure}{self.decisive[decisive]}{key}{self.versions}{before}"row":',
            f',"said_at":{said_at},{seen}{self.ends}{lasted}}}\n',
        )


def judgement_line(one: Said, number: int, author: str, *, at: str) -> bytes:
    """The line of a judgement behind the row of this number, under the name that its author has outside."""
    return _line(f"{one.begins}{quoted(author)}{one.goes_on}{number}{one.ends}", at=at)


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
