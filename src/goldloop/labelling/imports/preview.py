"""What a file would become, before it is taken in: its columns, its first items, its first rejects."""

import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Said, Source, Task
from goldloop.core.headline import headline
from goldloop.core.masking import HIDDEN, Masking, closed
from goldloop.core.ontology import Ontology
from goldloop.core.protection import Pii
from goldloop.sources.columns import Columns
from goldloop.store.vault import Vault

ROWS = 20  # records that are read
LONGEST = 300  # letters of a text that are shown


def preview(
    source: Source, path: Path, task: Task, ontology: Ontology, *, max_line: int, pii: Pii | None = None
) -> dict[str, Any]:
    """The first rows of a file as a source reads them, with what each would say; nothing is kept.

    With rules for personal data it is shown as it would be masked, under tokens of this preview's own.
    """
    shown = _plain if pii is None else _masked(pii)
    items: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    names: dict[str, None] = {}
    read = source.read(path, task=task, max_line=max_line)
    for one in islice(read, ROWS):
        if isinstance(one, Reject):
            rejects.append(_rejected(one.line, one.field, one.expected, HIDDEN if pii else one.found))
            continue
        names |= dict.fromkeys(_names(one.body))
        try:
            task.check_body(one.body)
            answers = [
                (said, task.canonical(said.answer, one.body, ontology)) for said in one.said if said.answer is not None
            ]
            one, answers = shown(task, one, answers)
            said = [{"actor": said.actor, "kind": said.kind, "answer": answer} for said, answer in answers]
        except Invalid as error:
            if pii is not None:
                error = closed(error)
            rejects.append(_rejected(one.line, error.field or "answer", error.expected or "", error.found or ""))
            continue
        text = headline(one.body)[:LONGEST]
        items.append({"line": one.line, "external_id": one.external_id, "text": text, "said": said})
    return {
        "rows": len(items) + len(rejects),
        "items": items,
        "rejects": rejects,
        "columns": list(names),
        "mapped": dict(source.declared()) if isinstance(source, Columns) else None,
    }


Answers = list[tuple[Said, Any]]


def _plain(_task: Task, record: Record, answers: Answers) -> tuple[Record, Answers]:
    return record, answers


def _masked(rules: Pii) -> Callable[[Task, Record, Answers], tuple[Record, Answers]]:
    vault = Vault(os.urandom(32))

    def shown(task: Task, record: Record, answers: Answers) -> tuple[Record, Answers]:
        masking = Masking(rules, vault.token)
        masked, moved = masking.record(record)
        written = task.remarks | task.written
        return masked, [(said, masking.said(answer, moved, written)) for said, answer in answers]

    return shown


def _names(body: Any) -> list[str]:
    """The names of a row's columns, as far as its body still tells: `meta` holds those that nothing took."""
    meta = body.get("meta")
    return [name for name in body if name != "meta"] + (list(meta) if isinstance(meta, dict) else [])


def _rejected(line: int, field: str, expected: str, found: str) -> dict[str, Any]:
    return {"line": line, "field": field, "expected": expected, "found": found[:LONGEST]}
