"""What every exporter promises, whoever wrote it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.families import Exported, Exporter, Row, Task, exporter, task
from goldloop.kinds import load

load()
KINDS = [pytest.param(kind, id=kind.name) for kind in exporter]
TASKS = [pytest.param(kind, id=kind.name) for kind in task]


def rows(about: type[Task], number: int) -> Iterator[Row]:
    """Rows of a task's sample, once and in order; a second pass over them gives nothing."""
    body, ontology, answer = about.sample()
    stored = about.example().canonical(answer, body, ontology)
    for n in range(number):
        said = {"actor": "p1", "kind": "person", "stance": "answer", "answer": stored, "said_at": 1_700_000_000_123_456}
        yield Row(f"itm_{n}", f"x{n}", body, stored, {"domain": "bank"}, "first", "consensus", [said], "CC0-1.0")


def exported(kind: type[Exporter], about: type[Task], to: Path, number: int = 3) -> Exported | None:
    """What was written, or None where the format is not for such a task: it must say so before it writes rows."""
    try:
        return kind.example().write(rows(about, number), to, task=about.example(), ontology=about.sample()[1])
    except Invalid as error:
        assert error.field == "task"
        assert about.name in str(error.found)
        return None


@pytest.mark.parametrize("kind", KINDS)
def test_a_spec_builds_the_exporter_it_came_from(kind: type[Exporter]) -> None:
    assert exporter.build(kind.example().spec) == kind.example()


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_documented_field_by_field(kind: type[Exporter]) -> None:
    schema = kind.model_json_schema()
    json.dumps(schema)
    assert kind.__doc__ and kind.__doc__.strip()
    assert [name for name, field in schema.get("properties", {}).items() if not field.get("description")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_some_task_can_be_written(kind: type[Exporter], tmp_path: Path) -> None:
    written = []
    for about in task:
        folder = tmp_path / about.name
        folder.mkdir()
        written.append(exported(kind, about, folder))
    assert any(written)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("about", TASKS)
def test_it_counts_every_row_and_names_the_files_it_wrote(
    kind: type[Exporter], about: type[Task], tmp_path: Path
) -> None:
    done = exported(kind, about, tmp_path)
    if done is None:
        return
    assert done.rows == 3
    assert sorted(done.files) == sorted(
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("about", TASKS)
def test_every_row_is_in_the_files_or_among_the_losses(kind: type[Exporter], about: type[Task], tmp_path: Path) -> None:
    """A judgement, an id, a slice, a licence that cannot be found again was announced, with the rows it concerns."""
    done = exported(kind, about, tmp_path)
    if done is None:
        return
    text = "\n".join(_text(tmp_path / name) for name in done.files)
    lost = " ".join(loss.what for loss in done.losses)
    for value, word in (("x2", "ids of items"), ("bank", "slices"), ("CC0-1.0", "licence"), ("p1", "judgements")):
        assert value in text or word in lost, word
    assert all(0 < loss.rows <= 3 for loss in done.losses)


def _text(path: Path) -> str:
    if path.suffix != ".parquet":
        return path.read_text(encoding="utf-8")
    import duckdb

    return str(duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("about", TASKS)
def test_equal_rows_make_equal_files(kind: type[Exporter], about: type[Task], tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    done = exported(kind, about, first)
    assert exported(kind, about, second) == done
    for name in done.files if done else ():
        assert (first / name).read_bytes() == (second / name).read_bytes()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("about", TASKS)
def test_no_rows_make_files_without_rows(kind: type[Exporter], about: type[Task], tmp_path: Path) -> None:
    done = exported(kind, about, tmp_path, number=0)
    if done is None:
        return
    assert done.rows == 0
    assert done.losses == ()
    assert all((tmp_path / name).is_file() for name in done.files)
