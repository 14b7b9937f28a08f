"""What each format holds, and what it says it cannot hold."""

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from goldloop.core.errors import Invalid
from goldloop.core.families import Exporter, Loss, Record, Row, Task
from goldloop.core.ontology import Label, Ontology
from goldloop.exporters.conll2003 import Conll2003
from goldloop.exporters.csv import Csv
from goldloop.exporters.huggingface import HuggingFace
from goldloop.exporters.jsonl import Jsonl
from goldloop.exporters.label_studio import LabelStudio
from goldloop.exporters.parquet import Parquet
from goldloop.sources.conll2003 import Conll2003 as ConllSource
from goldloop.sources.jsonl import Jsonl as JsonlSource
from goldloop.sources.label_studio import LabelStudio as LabelStudioSource
from goldloop.tasks.aspects import Aspects
from goldloop.tasks.choice import Choice
from goldloop.tasks.relations import Relations
from goldloop.tasks.spans import Spans

LABELS = Ontology(labels=(Label(id="per", name="A person"), Label(id="loc", name="Place", human_only=True)))
SAID = {
    "actor": "p7", "kind": "person", "stance": "answer", "answer": {"labels": ["per"]}, "confidence": None,
    "said_at": 1_700_000_000_123_456, "active_ms": 900,
}  # fmt: skip
MODEL = {"actor": "max", "kind": "model", "version": "2", "answer": {"labels": ["loc"]}, "confidence": 0.5}
SKIP = {"actor": "p8", "kind": "person", "stance": "skip", "answer": None}


def row(body: dict[str, Any], answer: Any, *said: dict[str, Any], id_: str = "x1", **more: Any) -> Row:
    return Row("itm_1", id_, body, answer, more.get("slices", {}), "b1", "majority", said, more.get("licence"))


def written(exporter: Exporter, rows: list[Row], to: Path, task: Task | None = None) -> tuple[Loss, ...]:
    done = exporter.write(iter(rows), to, task=task or Choice(), ontology=LABELS)
    assert done.rows == len(rows)
    return done.losses


def spans(*listed: tuple[int, int, str]) -> dict[str, Any]:
    return {"spans": [{"start": start, "end": end, "label": label} for start, end, label in listed]}


def test_jsonl_comes_back_as_it_went(tmp_path: Path) -> None:
    body = {"text": "Hi\r\n\N{GRINNING FACE}", "meta": {"n": 1}}
    rows = [row(body, {"labels": ["per"]}, SAID, MODEL, slices={"domain": "bank"}, licence="CC0")]
    assert written(Jsonl(), rows, tmp_path) == ()
    source = JsonlSource(
        gold="answer", judgements="judgements", slices=("slices",), licence="licence",
        ignore=("item_id", "batch", "decided_by"),
    )  # fmt: skip
    (back,) = source.read(tmp_path / "data.jsonl")
    assert isinstance(back, Record)
    assert (back.external_id, back.body, back.slices, back.licence) == ("x1", body, {"domain": "bank"}, "CC0")
    gold, person, model = back.said
    assert gold.gold and gold.answer == "A person"
    assert (person.actor, person.at, person.active_ms) == ("p7", SAID["said_at"], 900)
    assert (model.kind, model.version, model.confidence, model.answer) == ("model", "2", 0.5, "Place")


def test_a_cell_that_starts_like_a_formula_is_made_harmless_and_counted(tmp_path: Path) -> None:
    texts = ["=1+1", "+49 30", "-5", "@you", "\ttab", "＝1", "harmless = 1"]
    losses = written(Csv(), [row({"text": text}, {"labels": ["per"]}) for text in texts], tmp_path)
    with (tmp_path / "data.csv").open(newline="", encoding="utf-8") as file:
        cells = [line["text"] for line in csv.DictReader(file)]
    assert cells == [f"'{text}" for text in texts[:-1]] + texts[-1:]
    assert [loss.rows for loss in losses] == [6]


def test_csv_keeps_line_ends_and_quotes_in_a_text(tmp_path: Path) -> None:
    text = 'a "quoted"\r\nline, and\nmore; \N{SNOWMAN}'
    written(Csv(delimiter="\t"), [row({"text": text}, spans((0, 1, "per")))], tmp_path, Spans())
    with (tmp_path / "data.tsv").open(newline="", encoding="utf-8") as file:
        (line,) = csv.DictReader(file, delimiter="\t")
    assert line["text"] == text
    assert json.loads(line["answer"]) == [{"start": 0, "end": 1, "label": "A person"}]


@pytest.mark.parametrize(
    ("task", "answer", "type_", "value"),
    [
        (Choice(), {"labels": ["per"]}, "VARCHAR", "A person"),
        (Choice(multiple=True), {"labels": ["loc", "per"]}, "VARCHAR[]", ["Place", "A person"]),
        (
            Spans(),
            spans((0, 2, "per")),
            'STRUCT("start" BIGINT, "end" BIGINT, "label" VARCHAR)[]',
            [{"start": 0, "end": 2, "label": "A person"}],
        ),
        (Spans(), spans(), 'STRUCT("start" BIGINT, "end" BIGINT, "label" VARCHAR)[]', []),
    ],
)
def test_parquet_answers_have_the_tasks_type(task: Task, answer: Any, type_: str, value: Any, tmp_path: Path) -> None:
    text = "2024-01-01\N{GRINNING FACE} " + "long " * 1_000_000
    written(Parquet(), [row({"text": text, "x": [1]}, answer, slices={"a": "b"})], tmp_path, task)
    found = duckdb.sql(
        f"SELECT text, answer, typeof(answer), rest, slices FROM read_parquet('{tmp_path}/data.parquet')"
    )
    assert found.fetchall() == [(text, value, type_, '{"x":[1]}', '{"a":"b"}')]


def test_parquet_keeps_the_order_of_many_rows(tmp_path: Path) -> None:
    rows = [row({"text": f"t{n}"}, {"labels": ["per"]}, id_=f"x{n}") for n in range(25_000)]
    written(Parquet(), rows, tmp_path)
    found = duckdb.sql(f"SELECT id FROM read_parquet('{tmp_path}/data.parquet')").fetchall()
    assert [one for (one,) in found] == [f"x{n}" for n in range(25_000)]


def test_a_hugging_face_card_declares_what_the_parquet_holds(tmp_path: Path) -> None:
    losses = written(
        HuggingFace(licence="cc0-1.0"), [row({"text": "Hi"}, spans((0, 1, "per")), SAID)], tmp_path, Spans()
    )
    assert losses == (Loss("the judgements behind the label", 1),)
    front = yaml.safe_load((tmp_path / "README.md").read_text().split("---")[1])
    (files,) = front["configs"][0]["data_files"]
    (data,) = tmp_path.glob(files["path"])
    columns = {name: kind for name, kind, *_ in duckdb.sql(f"DESCRIBE FROM read_parquet('{data}')").fetchall()}
    features = {one.pop("name"): one for one in front["dataset_info"]["features"]}
    assert list(features) == list(columns)
    fields = [
        {"name": "start", "dtype": "int64"},
        {"name": "end", "dtype": "int64"},
        {"name": "label", "dtype": "string"},
    ]
    assert features.pop("answer") == {"list": fields}
    assert all(one == {"dtype": "string"} for one in features.values())
    assert front["license"] == "cc0-1.0"
    assert front["dataset_info"]["splits"][0]["num_examples"] == 1


def test_label_studio_carries_everyones_answer_and_says_whose_it_cannot(tmp_path: Path) -> None:
    losses = written(LabelStudio(), [row({"text": "Hi", "x": 1}, {"labels": ["per"]}, SAID, MODEL, SKIP)], tmp_path)
    assert {loss.what for loss in losses} == {"batches"}
    (back,) = LabelStudioSource().read(tmp_path / "tasks.json")
    assert isinstance(back, Record)
    assert (back.external_id, back.body) == ("x1", {"text": "Hi", "x": 1})
    person, skip, accepted, model = back.said
    assert (skip.actor, skip.stance) == ("p8", "skip")
    assert (person.actor, person.answer, person.at, person.active_ms) == (
        "p7",
        {"labels": ["A person"]},
        SAID["said_at"],
        900,
    )
    assert (accepted.actor, accepted.kind, accepted.gold) == ("majority", "rule", True)
    assert (model.actor, model.kind, model.version, model.confidence) == ("max", "model", "2", 0.5)


def test_conll_leaves_out_what_it_cannot_carry_and_counts_it(tmp_path: Path) -> None:
    rows = [
        row({"text": "Ada  Lovelace met"}, spans((0, 13, "per"), (5, 13, "loc")), id_="1"),
        row({"text": "Ada met"}, spans((0, 2, "per"), (4, 7, "loc")), id_="2"),
        row({"text": "   "}, spans(), id_="three"),
    ]
    losses = written(Conll2003(), rows, tmp_path, Spans(allow_overlap=True))
    assert {loss.what.split(",")[0].split(" (")[0]: loss.rows for loss in losses} == {
        "spans that overlap an earlier or longer one": 1,
        "white space other than one blank between tokens": 1,
        "spans that cut tokens": 1,
        "items without a token": 1,
        "ids of items": 1,
    }
    text = (tmp_path / "data.conll").read_text()
    assert text == "Ada\tB-A person\nLovelace\tI-A person\nmet\tO\n\nAda\tO\nmet\tB-Place\n\n"


def test_conll_is_for_spans_only(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        written(Conll2003(), [row({"text": "x"}, {"labels": ["per"]})], tmp_path)
    assert caught.value.found == "choice.v1"


@pytest.mark.parametrize("scheme", ["BIO", "IOBES"])
def test_columns_and_documents_of_a_conll_file_come_back(scheme: str, tmp_path: Path) -> None:
    data = b"-DOCSTART-\tO\n\nAda\tN\tB-Place\nB\tN\tI-Place\nC\tN\tB-Place\n\n-DOCSTART-\tO\n\nx\tV\tO\n\n"
    (tmp_path / "in.conll").write_bytes(data)
    found = [one for one in ConllSource().read(tmp_path / "in.conll") if isinstance(one, Record)]
    rows = [
        row(one.body, Spans().canonical(one.said[0].answer, one.body, LABELS), id_=str(one.external_id))
        for one in found
    ]
    assert written(Conll2003.model_validate({"scheme": scheme}), rows, tmp_path, Spans()) == ()
    back = [one for one in ConllSource().read(tmp_path / "data.conll") if isinstance(one, Record)]
    assert [(one.body, one.said[0].answer) for one in back] == [(one.body, one.said[0].answer) for one in found]
    assert scheme == "IOBES" or (tmp_path / "data.conll").read_bytes() == data


FAMILY = Ontology(
    labels=(
        Label(id="per", name="A person"),
        Label(id="kin", name="Kinship", selectable=False),
        Label(id="child", name="child of", parent="kin"),
    )
)
KINSHIP = Relations(relations="kin", allow_gaps=True)
KIN: dict[str, Any] = {
    "spans": [
        {"start": 0, "end": 3, "label": "per"},
        {"start": 0, "end": 11, "fragments": [[0, 3], [8, 11]], "label": "per"},
        {"start": 13, "end": 16, "label": "per"},
    ],
    "relations": [{"from": 2, "to": 0, "label": "child"}, {"from": 2, "to": 1, "label": "child"}],
}


def test_label_studio_carries_relations_and_says_which_gaps_it_cannot(tmp_path: Path) -> None:
    rows = [row({"text": "Ada and Bob, Cem"}, KIN)]
    done = LabelStudio().write(iter(rows), tmp_path, task=KINSHIP, ontology=FAMILY)
    assert Loss("spans with gaps, written as one span a fragment", 1) in done.losses
    source = LabelStudioSource()
    assert source.ontology(tmp_path / "tasks.json") == FAMILY.model_copy(
        update={"labels": (FAMILY.labels[0], Label(id="kin", name="Relations", selectable=False), FAMILY.labels[2])}
    )
    (back,) = source.read(tmp_path / "tasks.json", task=KINSHIP)
    assert isinstance(back, Record)
    spans_, relations = back.said[0].answer["spans"], back.said[0].answer["relations"]
    assert [(one["start"], one["end"]) for one in spans_] == [(0, 3), (0, 3), (8, 11), (13, 16)]
    assert relations == [{"from": 3, "to": 0, "label": "child of"}, {"from": 3, "to": 1, "label": "child of"}]


def test_conll_carries_the_spans_of_related_ones_and_says_what_it_left_out(tmp_path: Path) -> None:
    done = Conll2003().write(iter([row({"text": "Ada and Bob, Cem"}, KIN)]), tmp_path, task=KINSHIP, ontology=FAMILY)
    said = {loss.what for loss in done.losses}
    assert {"relations between spans", "spans with gaps, written as one span a fragment"} <= said
    assert (tmp_path / "data.conll").read_text().split("\n")[:5] == [
        "Ada\tB-A person", "and\tO", "Bob\tB-A person", ",\tO", "Cem\tB-A person",
    ]  # fmt: skip


def test_columns_hold_relations_gaps_and_aspects_without_a_place(tmp_path: Path) -> None:
    Parquet().write(iter([row({"text": "Ada and Bob, Cem"}, KIN)]), tmp_path, task=KINSHIP, ontology=FAMILY)
    ((answer,),) = duckdb.sql(f"SELECT answer FROM read_parquet('{tmp_path}/data.parquet')").fetchall()
    assert answer == KINSHIP.named(KIN, FAMILY)
    opinion = {"start": None, "end": None, "label": "per", "polarity": "mixed", "intensity": 1, "irony": True}
    rows = [row({"text": "Hm"}, {"aspects": [opinion]}), row({"text": "Hm"}, {"aspects": []})]
    Parquet().write(iter(rows), tmp_path, task=Aspects(intensities=1), ontology=FAMILY)
    found = duckdb.sql(f"SELECT answer FROM read_parquet('{tmp_path}/data.parquet')").fetchall()
    assert found == [([{**opinion, "label": "A person"}],), ([],)]
