"""Real files come in whole: the counts of their SOURCE.md, and CoNLL through Label Studio and back without loss."""

import gzip
import json
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.realdata import folder

from goldloop.core.families import Record, Reject, Row, Source
from goldloop.core.ontology import Label, Ontology
from goldloop.exporters.conll2003 import Conll2003 as ConllExporter
from goldloop.exporters.label_studio import LabelStudio as LabelStudioExporter
from goldloop.sources.conll2003 import Conll2003
from goldloop.sources.crowd import Crowd
from goldloop.sources.csv import Csv
from goldloop.sources.drafts import draft
from goldloop.sources.label_studio import LabelStudio
from goldloop.tasks.choice import Choice
from goldloop.tasks.spans import Spans


def records(source: Source, path: Path) -> list[Record]:
    found = list(source.read(path))
    assert not [one for one in found if isinstance(one, Reject)]
    return [one for one in found if isinstance(one, Record)]


def test_banking77_comes_in_with_its_77_intents() -> None:
    data = folder("banking77")
    intents = json.loads((data / "categories.json").read_text())
    for name, size in (("train.csv", 10_003), ("test.csv", 3_080)):
        found = records(Csv(gold="category"), data / name)
        assert len(found) == size
        assert {one.said[0].answer for one in found} == set(intents)
        assert all(one.said[0].gold for one in found)


@pytest.mark.parametrize(
    ("name", "items", "workers", "raw", "once", "truths"),
    [
        ("rte.label.csv", 800, 164, 8000, 8000, 800),
        ("bluebird.label.csv", 108, 39, 4212, 4212, 108),
        ("web.label.csv", 2665, 177, 15567, 15567, 2653),
        ("cf.label.csv", 300, 461, 1720, 1720, 300),
        ("zc_in.label.csv", 2040, 25, 11205, 10626, 2040),
        ("adult.label.csv.gz", 11040, 825, 92721, 89948, 333),
    ],
)
def test_a_crowd_is_replayed_with_its_authors(
    name: str, items: int, workers: int, raw: int, once: int, truths: int
) -> None:
    """Also where the rows are not ordered by item, as in zc_in; what stands twice is rejected, never dropped."""
    found = list(Crowd().read(folder("crowd-classification") / name))
    kept = [one for one in found if isinstance(one, Record)]
    said = [one for record in kept for one in record.said if one.kind == "person"]
    assert len({record.external_id for record in kept}) == len(kept) == items
    assert len({one.actor for one in said}) == workers
    assert len(said) == once
    assert len(found) - len(kept) == raw - once
    assert sum(one.gold for record in kept for one in record.said) == truths


@pytest.mark.parametrize(
    ("name", "accuracy"), [("rte", 0.896875), ("bluebird", 0.759259), ("senti_1k", 0.9335), ("cf", 0.882222)]
)
def test_the_majority_of_a_replayed_crowd_is_as_right_as_published(name: str, accuracy: float) -> None:
    """Ties are split, as SOURCE.md counts them: an item whose top labels tie scores one over their number."""
    points = []
    for record in records(Crowd(), folder("crowd-classification") / f"{name}.label.csv"):
        votes = Counter(one.answer for one in record.said if one.kind == "person")
        best = [label for label, count in votes.items() if count == max(votes.values())]
        points += [(one.answer in best) / len(best) for one in record.said if one.gold]
    assert sum(points) / len(points) == pytest.approx(accuracy, abs=1e-6)


def test_choice_merges_a_crowd_where_more_than_half_agree() -> None:
    path = folder("crowd-classification") / "rte.label.csv"
    labels = Crowd().ontology(path)
    assert labels is not None
    right = disputed = 0
    for record in records(Crowd(), path):
        answers = [Choice().canonical(one.answer, record.body, labels) for one in record.said if not one.gold]
        truth = next(Choice().canonical(one.answer, record.body, labels) for one in record.said if one.gold)
        merged = Choice().merge(answers)
        right += merged == truth
        disputed += merged is None
    assert (right + disputed / 2) / 800 == pytest.approx(0.896875, abs=1e-6)


def entities(path: Path) -> set[tuple[str | None, int, int, str]]:
    """Entities by post and token, so that systems that changed a token's letters are compared as the task did."""
    found = set()
    for record in records(Conll2003(), path):
        starts = {start: n for n, (start, _) in enumerate(record.body["tokens"])}
        ends = {end: n for n, (_, end) in enumerate(record.body["tokens"])}
        for span in record.said[0].answer["spans"]:
            found.add((record.external_id, starts[span["start"]], ends[span["end"]], span["label"]))
    return found


@pytest.mark.parametrize(
    ("system", "predicted", "right", "f1"),
    [
        ("arcada", 787, 373, 39.979),
        ("drexel_cci", 381, 192, 26.301),
        ("flytxt", 720, 345, 38.355),
        ("mic-cis", 891, 365, 37.056),
    ],
)
def test_wnut17_systems_score_as_published(system: str, predicted: int, right: int, f1: float) -> None:
    data = folder("wnut17-ner")
    gold, said = entities(data / "gold.test.conll"), entities(data / "submissions" / f"{system}.conll")
    assert (len(gold), len(said), len(gold & said)) == (1079, predicted, right)
    assert 200 * right / (predicted + len(gold)) == pytest.approx(f1, abs=5e-4)


def released(found: list[Record], labels: Ontology) -> list[Row]:
    """Records as rows of a release, their own answer accepted."""
    task = Spans()
    rows = []
    for n, record in enumerate(found):
        answer = task.canonical(record.said[0].answer, record.body, labels)
        said = {"actor": "crowd", "kind": "person", "stance": "answer", "answer": answer, "active_ms": 1500}
        rows.append(Row(f"itm_{n}", str(record.external_id), record.body, answer, {}, "", "consensus", [said]))
    return rows


def test_wnut17_goes_through_label_studio_and_back_without_loss(tmp_path: Path) -> None:
    gold = folder("wnut17-ner") / "gold.test.conll"
    found = records(Conll2003(), gold)
    assert len(found) == 1287
    assert len({record.body["text"] for record in found}) == 1280
    labels = Conll2003().ontology(gold)
    assert labels is not None
    there = LabelStudioExporter().write(released(found, labels), tmp_path, task=Spans(), ontology=labels)
    assert (there.rows, there.losses) == (1287, ())
    back = records(LabelStudio(), tmp_path / "tasks.json")
    assert LabelStudio().ontology(tmp_path / "tasks.json") == labels
    assert [(one.external_id, one.body) for one in back] == [(one.external_id, one.body) for one in found]
    for one, other in zip(back, found, strict=True):
        answers = [Spans().canonical(said.answer, one.body, labels) for said in one.said]
        assert answers == [Spans().canonical(other.said[0].answer, other.body, labels)] * 2
        assert [said.gold for said in one.said] == [False, True]
    again = tmp_path / "again"
    again.mkdir()
    done = ConllExporter().write(released(back, labels), again, task=Spans(), ontology=labels)
    assert [loss.what for loss in done.losses] == ["the judgements behind the label"]
    assert (again / "data.conll").read_bytes() == gold.read_bytes()


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def test_20news_goes_to_label_studio_with_its_model_and_its_checkers_and_comes_back(tmp_path: Path) -> None:
    """The given labels, what the model says of each with how sure it is, and the five who checked some of them."""
    data = folder("label-errors")
    given, stated = (np.load(BytesIO(unpacked(data / f"20news.{name}.npy.gz"))) for name in ("given", "pyx"))
    stated = stated / stated.sum(axis=1, keepdims=True)
    checked = {one["id"]: one for one in json.loads(unpacked(data / "20news.mturk.json.gz"))}
    assert (len(given), len(checked)) == (7532, 93)
    labels = Ontology(labels=tuple(Label(id=f"c{n}", name=f"group {n}") for n in range(20)))
    rows = []
    for n, shares in enumerate(stated):
        best, answer = int(shares.argmax()), {"labels": [f"c{given[n]}"]}
        said: list[dict[str, Any]] = [
            {
                "id": "m",
                "actor": "model",
                "kind": "model",
                "answer": {"labels": [f"c{best}"]},
                "confidence": shares[best],
            },
            {"id": "g", "actor": "given", "kind": "person", "answer": answer},
        ]
        if n in checked:
            one = checked[n]
            voices = [(one["given_original_label"], one["mturk"]["given"])]
            voices.append((one["our_guessed_label"], one["mturk"]["guessed"]))
            words = [label for label, count in voices for _ in range(count)]
            said += [
                {"id": f"w{k}", "actor": f"worker {k}", "kind": "person", "answer": {"labels": [f"c{word}"]}}
                for k, word in enumerate(words)
            ]
        body = {"text": f"document {n}"}
        rows.append(Row(f"itm_{n}", str(n), body, answer, {}, "", "given", said))
    done = LabelStudioExporter().write(iter(rows), tmp_path, task=Choice(), ontology=labels)
    assert (done.rows, done.losses) == (7532, ())
    path = tmp_path / "tasks.json"
    asked = LabelStudio().asks(path)
    assert asked is not None and (asked.name, LabelStudio().ontology(path)) == ("choice.v1", labels)
    right = confirmed = workers = 0
    for n, one in enumerate(records(LabelStudio(), path)):
        answers = {said.actor: Choice().canonical(said.answer, one.body, labels)["labels"][0] for said in one.said}
        model = next(said for said in one.said if said.kind == "model")
        assert model.confidence == stated[n].max()
        right += answers["model"] == answers["given"] == f"c{given[n]}"
        voices = [answers[said.actor] for said in one.said if said.actor.startswith("worker")]
        workers += len(voices)
        confirmed += n in checked and voices.count(answers["given"]) < 3
    assert right / 7532 == pytest.approx(0.923394, abs=5e-7)
    assert workers == sum(one["mturk"]["given"] + one["mturk"]["guessed"] for one in checked.values())
    wrong = sum(one["mturk"]["given"] < 3 for one in checked.values())
    assert confirmed == wrong == 82


def test_a_word_that_is_two_labels_of_a_tree_survives_label_studio(tmp_path: Path) -> None:
    labels = Ontology(
        labels=(
            Label(id="card", name="Card", selectable=False),
            Label(id="c1", name="Other", parent="card"),
            Label(id="r1", name="Other"),
        )
    )
    row = Row("itm", "x", {"text": "?"}, {"labels": ["c1"]}, {"a": "b"}, "", "rule", ())
    LabelStudioExporter().write([row], tmp_path, task=Choice(), ontology=labels)
    (back,) = records(LabelStudio(), tmp_path / "tasks.json")
    assert Choice().canonical(back.said[0].answer, back.body, labels) == {"labels": ["c1"]}
    assert LabelStudio().ontology(tmp_path / "tasks.json") == labels
    assert back.slices == {"a": "b"}


def test_a_draft_gives_every_word_a_label_of_its_own() -> None:
    words = ["Card arrival", "Card_arrival", "Ärger", "???", "!!!", "Card arrival"]
    labels = draft(words)
    assert labels is not None
    assert [label.name for label in labels.labels] == words[:-1]
    assert len({label.id for label in labels.labels}) == 5
    assert draft([]) is None
