"""The evaluation sets that a dataset is held against: sealed datasets, gold sets and files, read as texts."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_core import from_json
from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.families import Record
from goldloop.core.nouns import Noun, Spec
from goldloop.core.splits import ContaminationDoc
from goldloop.jobs.running import Running
from goldloop.loop.forget import erased_of_release
from goldloop.programmes.contamination.measure import EvaluationSets, Text
from goldloop.programmes.sealed.layout import ROWS
from goldloop.store.gold import gold_rows
from goldloop.store.open import Store
from goldloop.store.programmes import programme_row
from goldloop.store.releases import ReleaseRow, folder_of, newest_release, newest_standing, release_row_of

STEP = 1000


class Against(Noun):
    """What rows are held against: releases and gold releases by key, a file by its upload."""

    releases: tuple[int, ...] = ()
    gold: tuple[int, ...] = ()
    eval_only: bool = False
    file: str | None = None
    source: Spec | None = None
    filename: str = ""
    words: int = Field(default=8, ge=3, le=50)


def declared(connection: Connection, programme_id: int, doc: ContaminationDoc) -> Against:
    """What a programme file names, as it stands now. Raises Conflict for a set that is not there."""
    datasets = [newest_standing(connection, programme_id, name) for name in doc.releases]
    golds = [newest_release(connection, programme_id, "gold", name) for name in doc.gold]
    for names, rows, part in ((doc.releases, datasets, "releases"), (doc.gold, golds, "gold")):
        for name, row in zip(names, rows, strict=True):
            if row is None:
                raise Conflict(
                    "this evaluation set has not been sealed yet, and the release must be held against it",
                    field=f"contamination.{part}",
                    expected="a sealed release of this name",
                    found=name,
                )
    return Against(
        releases=tuple(row.id for row in datasets if row is not None),
        gold=tuple(row.id for row in golds if row is not None),
        eval_only=doc.eval_only,
        words=doc.words,
    )


def evaluation_sets(job: Running, connection: Connection, against: Against) -> tuple[EvaluationSets, list[str]]:
    """The sets, ready to be looked up in, and their names. Raises Conflict where nothing is in one."""
    out, names = EvaluationSets(words=against.words), []
    for name, texts in _named(job.store, connection, against):
        if not out.add(name, _watched(job, name, texts)):
            raise Conflict("this evaluation set holds nothing", field=name, expected="at least one text", found="none")
        names.append(name)
    return out, names


def release_texts(
    store: Store, connection: Connection, row: ReleaseRow, *, splits: Sequence[str] = ()
) -> Iterator[Text]:
    """The rows of a sealed release, of some splits or of all. Raises NotFound where its folder is gone."""
    folder = folder_of(store.home, programme_row(connection, row.programme_id).name, row.name, row.number)
    if erased_of_release(row) is not None or not (folder / ROWS).is_file():
        raise NotFound("this release has no folder here", field="release", expected="its rows", found=_name(row))
    with (folder / ROWS).open("rb") as data:
        for line in data:
            one: dict[str, Any] = from_json(line)
            if not splits or one["split"] in splits:
                yield Text(one["external_id"], one["body"])


def _named(store: Store, connection: Connection, against: Against) -> Iterator[tuple[str, Iterator[Text]]]:
    for key in against.releases:
        row = release_row_of(connection, key)
        yield f"release {_name(row)}", release_texts(store, connection, row)
    for key in against.gold:
        row = release_row_of(connection, key)
        kept = (one for one in gold_rows(connection, key) if one.eval_only or not against.eval_only)
        what = "eval_only of gold" if against.eval_only else "gold"
        yield f"{what} {_name(row)}", (Text(one.external_id, json.loads(one.body)) for one in kept)
    if against.file is not None:
        assert against.source is not None
        with store.blobs.local(against.file) as path:
            yield (
                f"file {against.filename or 'upload'}",
                _file_texts(path, against.source, store.settings.line_mb << 20),
            )


def _file_texts(path: Path, source: Spec, max_line: int) -> Iterator[Text]:
    """The texts of a file. A line that cannot be read is an error here: an evaluation set is looked at whole."""
    for one in families.source.build(source).read(path, max_line=max_line):
        if not isinstance(one, Record):
            raise Invalid(
                "a line of the evaluation set cannot be read",
                field=f"line {one.line}: {one.field}",
                expected=one.expected,
                found=one.found,
            )
        yield Text(one.external_id or f"line {one.line}", one.body)


def _watched(job: Running, name: str, texts: Iterator[Text]) -> Iterator[Text]:
    for n, text in enumerate(texts):
        if n % STEP == 0:
            job.progress(n, unit="texts", note=f"reading {name}")
        yield text


def _name(row: ReleaseRow) -> str:
    return f"{row.name} #{row.number}"
