"""Labels as they stand: any format, at any time, from the SDK and the command line, and on record."""

import csv
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.story.house import done, house

from goldloop.client import Client
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.families import exporter
from goldloop.core.nouns import Spec
from goldloop.kinds import load

load()

PROGRAMME = """
programme: marks
title: Marks
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
ontology: {labels: [a, b]}
"""
COUNT = 1_200  # more than one page


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Answers of a person to every item but one in twelve, as they came in a file."""
    folder = tmp_path_factory.mktemp("labels")
    with house(folder) as one:
        one.programmes.apply(PROGRAMME)
        rows = [{"id": f"i{n}", "text": f"text {n}"} for n in range(COUNT)]
        for n, row in enumerate(rows):
            if n % 12:
                row["judgements"] = [{"kind": "person", "actor": "ann", "answer": "ab"[n % 2]}]
        file = folder / "in.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"nothing": 1}, *[{"text": 1}] * 300]))
        tally = done(one, one.imports.add("marks", file, Spec(name="jsonl.v1", params={"judgements": "judgements"})))
        assert (tally["items"], tally["rejects"]) == (COUNT, 301)
        done(one, one.work.open("marks"))
        yield one


def test_nothing_is_written_before_there_is_a_label(client: Client, tmp_path: Path) -> None:
    client.programmes.apply(PROGRAMME.replace("programme: marks", "programme: empty"))
    with pytest.raises(Conflict, match="no batch yet"):
        client.programmes.labels("empty", tmp_path / "out.jsonl")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [one.name for one in exporter if one.name != "conll2003.v1"])
def test_every_format_holds_every_accepted_label(client: Client, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "out"
    written = client.programmes.labels("marks", file, kind=kind)
    assert written.rows == COUNT - COUNT // 12
    assert file.stat().st_size > 1000
    if kind == "jsonl.v1":
        found = [json.loads(line) for line in file.read_text().splitlines()]
        assert {one["answer"] for one in found} == {"a", "b"}
        assert all(one["answer"] == "ab"[int(one["id"][1:]) % 2] for one in found)
    if kind == "huggingface.v1":
        assert "README.md" in zipfile.ZipFile(file).namelist()


def test_a_format_for_another_task_is_refused_and_leaves_no_file(client: Client, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        client.programmes.labels("marks", tmp_path / "out.conll", kind="conll2003.v1")
    with pytest.raises(Invalid):
        client.programmes.labels("marks", tmp_path / "out.x", kind="nosuch.v1")
    assert list(tmp_path.iterdir()) == []


def test_batches_can_be_asked_for_one_by_one(client: Client, tmp_path: Path) -> None:
    (batch,) = [one for one in client.batches.all("marks") if one.progress.decided]
    assert (
        client.programmes.labels("marks", tmp_path / "out", batch_ids=[batch.batch.id]).rows == batch.progress.decided
    )
    client.programmes.apply(PROGRAMME.replace("programme: marks", "programme: other"))
    with pytest.raises((Conflict, NotFound)):
        client.programmes.labels("other", tmp_path / "out", batch_ids=[batch.batch.id])


def test_whoever_takes_labels_is_on_record(client: Client, tmp_path: Path) -> None:
    client.ledger.verify("marks")  # seals what there is
    client.programmes.labels("marks", tmp_path / "out")
    assert client.ledger.head("marks").unsealed == 1


def test_a_table_as_csv_is_the_whole_table(client: Client, tmp_path: Path) -> None:
    (batch,) = [one for one in client.batches.all("marks") if one.progress.decided]
    (taken,) = client.imports.all("marks")
    for path, rows in (
        ("programmes/marks/items", COUNT),
        (f"batches/{batch.batch.id}/items", COUNT - COUNT // 12),
        (f"imports/{taken.id}/rejects", 301),
    ):
        file = tmp_path / "table.csv"
        client.programmes._wire.download(path, file, params={"format": "csv"})
        with file.open(encoding="utf-8", newline="") as table:
            assert len(list(csv.reader(table))) == rows + 1, path
