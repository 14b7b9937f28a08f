"""A model gets worse: which release, whose labels? From two training runs to the cohort that was planted, and back."""

import csv
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house

from goldloop.client import Client
from goldloop.core import families
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label, Ontology
from goldloop.judges.choice_baseline import ChoiceBaseline
from goldloop.simulate import crew, hire, truth_of, work_off

PROGRAMME, NIGHT = "traced", "Nightshift"
LABELS = ("card_arrival", "exchange_rate", "top_up_failed", "lost_or_stolen_card")
FILE = f"""
programme: {PROGRAMME}
title: A model's regression, traced
organisation: Harbour Bank
raci: {{accountable: mona}}
task: choice.v1
routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}
batches: {{gate: release, size: 1000}}
gates:
  release:
    owner: mona
    sample: {{size: 120, tier: 3}}
    checks: [floor.v1: {{of: accuracy.v1, at: 0.2}}]
ontology: {{labels: [{", ".join(LABELS)}]}}
"""
PERFECT = {"accuracy": 1.0, "fatigue": 0.0, "escalates": 0.0}


def _rows(name: str) -> list[dict[str, str]]:
    with (folder("banking77") / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["category"] in LABELS]


def _taken_in(client: Client, file: Path, rows: list[dict[str, str]], first: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "text"])
        writer.writerows([f"q{first + n}", row["text"]] for n, row in enumerate(rows))
    done(client, client.imports.add(PROGRAMME, file, Spec(name="csv.v1")))
    done(client, client.work.open(PROGRAMME))


def _released(client: Client, judges: Any, truth: Any, to: Path) -> tuple[str, list[tuple[dict[str, Any], Any]]]:
    """Gate every batch with an audit, cut the release; its id and what a trainer reads of it."""
    for view in client.batches.all(PROGRAMME):
        if view.batch.state == "open" and view.batch.purpose == "production":
            done(client, client.batches.gate(view.batch.id))
            work_off(judges, truth, seed=4)
            assert done(client, client.batches.gate(view.batch.id))["outcome"] == "pass"
    sealed = done(client, client.releases.cut(PROGRAMME, "intents"))
    client.releases.download(sealed["release_id"], to)
    with ZipFile(to) as zipped:
        (name,) = [one for one in zipped.namelist() if one.endswith("rows.jsonl")]
        lines = zipped.read(name).decode().splitlines()
    rows = [json.loads(line) for line in lines]
    return sealed["release_id"], [(row["body"], row["answer"]) for row in rows]


def _results(rows: list[tuple[dict[str, Any], Any]]) -> list[dict[str, Any]]:
    """Train the baseline on a release and count its right answers on the published test set, label by label."""
    ontology = Ontology(labels=tuple(Label(id=name, name=name) for name in LABELS))
    weights = ChoiceBaseline.train(rows, task=families.task.build(Spec(name="choice.v1")), ontology=ontology, seed=1)
    test = _rows("test.csv")
    said = ChoiceBaseline.predictor(weights).predict([{"text": row["text"]} for row in test])
    right = [one["answer"]["labels"] == [row["category"]] for one, row in zip(said, test, strict=True)]
    out: list[dict[str, Any]] = [{"right": sum(right), "n": len(test)}]
    for name in LABELS:
        mine = [good for good, row in zip(right, test, strict=True) if row["category"] == name]
        out.append({"slice": {"label": name}, "right": sum(mine), "n": len(mine)})
    return out


def test_a_regression_is_traced_to_the_cohort_behind_it(tmp_path: Path):
    rows = _rows("train.csv")[:420]
    truth = truth_of({row["text"]: {"labels": [row["category"]]} for row in rows}.items())
    with house(tmp_path / "home") as client:
        client.organisations.add(NIGHT, "provider")
        client.programmes.apply(FILE)
        people = [one.model_copy(update=PERFECT) for one in crew(4, seed=5, tiers=((1,), (1,), (3,), (3,)))]
        careful = hire(client, people[:1], organisation=PROVIDER, programmes=[PROGRAMME])
        judges = hire(client, people[2:], organisation=PROVIDER, programmes=[PROGRAMME])

        _taken_in(client, tmp_path / "first.csv", rows[:160], 0)
        work_off(careful, truth, seed=4)
        first, taught = _released(client, judges, truth, tmp_path / "first.zip")
        run = client.runs.record(PROGRAMME, "intent-1", ["intents@1"], code="3f1c2ab", model="intents")
        client.runs.evaluated(run.id, "banking77 test", _results(taught))

        _taken_in(client, tmp_path / "second.csv", rows[160:], 160)
        careless = people[1].model_copy(update={"accuracy": 0.2})
        work_off(hire(client, [careless], organisation=NIGHT, programmes=[PROGRAMME]), truth, seed=4, count=150)
        work_off(careful, truth, seed=4)
        second, taught = _released(client, judges, truth, tmp_path / "second.zip")
        later = client.runs.record(PROGRAMME, "intent-2", [second], code="3f1c2ab", model="intents", params={"seed": 1})
        client.runs.evaluated(later.id, "banking77 test", _results(taught))

        found = client.runs.regression(later.id)
        assert (found.before, found.after) == (run.id, later.id)
        assert [(one["before"]["number"], one["after"]["number"]) for one in found.releases] == [(1, 2)]
        assert [one["what"] for one in found.other_changes] == ["params.seed"]
        assert found.results[0].worse, "the first number is one that got worse beyond its interval"
        assert found.new_labels == 260
        assert found.audited == 120
        worst = {one.facet: one for one in found.parts if one.found}
        assert worst["organisation"].name == NIGHT
        assert worst["person"].name == "Bo (simulated)"
        assert worst["organisation"].wrong == found.wrong > 0, "nobody else's label was wrong"
        assert worst["organisation"].rows == 150
        assert PROVIDER not in {one.name for one in found.parts if one.found}

        counted = client.releases.count_changes(second)
        assert (counted.added, counted.relabelled, counted.confirmed, counted.removed) == (260, 0, 0, 0)
        changed = list(client.releases.changes(second))
        assert len(changed) == 260
        assert {by["organisation"] for one in changed for by in one.by} == {PROVIDER, NIGHT}
        with client.releases.save_changes(second, tmp_path / "changes.csv").open(newline="") as file:
            cells = list(csv.DictReader(file))
        assert [one["external_id"] for one in cells] == [one.external_id for one in changed]
        assert [json.loads(one["after"]) for one in cells] == [one.after for one in changed]
        assert {one["before"] for one in cells} == {""}
        assert cells[0]["by"] == changed[0].by[0]["name"]

        assert [one.name for one in client.runs.all(PROGRAMME, release=first)] == ["intent-1"]
        again = client.runs.record(PROGRAMME, "intent-1", [first], code="3f1c2ab", model="intents")
        assert again.id == run.id, "told twice, it is the same run"
        with pytest.raises(Conflict):
            client.runs.record(PROGRAMME, "intent-1", [second])
        with pytest.raises(NotFound):
            client.runs.record(PROGRAMME, "intent-3", ["intents@9"])
        with pytest.raises(Invalid):
            client.releases.count_changes(first)

        gone = client.releases.withdraw(second, "Labels of the night shift were wrong.")
        assert gone.withdrawn is not None
        assert gone.withdrawn["by"] == "Mona"
        with pytest.raises(Conflict):
            client.releases.download(second, tmp_path / "again.zip")
        with pytest.raises(Conflict):
            client.releases.withdraw(second, "Labels of the night shift were wrong.")
        assert done(client, client.releases.verify(second))["outcome"] == "verified", "what was sealed stays"
        told = next(one for one in client.news.all() if one.kind == "release.withdrawn")
        assert told.data["because"] == "Labels of the night shift were wrong."
