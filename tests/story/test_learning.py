"""The learning loop on real questions to a bank: rounds chosen beside a random arm, retrained, compared, promoted."""

import csv
import json
import random
from pathlib import Path

import pytest
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house

from goldloop.client import Client
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.nouns import Spec
from goldloop.simulate import crew, hire, truth_of, work_off

INTENTS = 8
KNOWN, POOL, EXAM = 60, 400, 150
ROUND, CONTROL = 40, 0.25
SEED = 5
PROGRAMME = """
programme: bank
title: What customers ask a bank
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
models:
  ngrams: {judge: choice_baseline.v1}
  other: {judge: choice_baseline.v1}
routing:
  model: ngrams
  second: other
  rules:
    - {rule: high, when: {confidence: {from: 0.9}}, to: verify, tier: 1}
    - {rule: rest, to: annotate, tier: 1}
batches: {size: 5000, gate: whole}
gates: {whole: {owner: mona, checks: [completeness.v1]}}
ontology:
  labels:
"""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    names = sorted({row["category"] for row in found})[:INTENTS]
    mine = [{**row, "n": str(n)} for n, row in enumerate(found) if row["category"] in names]
    random.Random(SEED).shuffle(mine)
    assert len(mine) >= KNOWN + POOL + EXAM
    return mine


def test_rounds_of_learning_are_chosen_measured_retrained_compared_and_promoted(
    tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    truth = truth_of({row["text"]: {"labels": [row["category"]]} for row in rows}.items())
    with house(tmp_path / "home") as client:
        names = sorted({row["category"] for row in rows})
        client.programmes.apply(PROGRAMME + "".join(f"    - {{id: {one}, name: {one}}}\n" for one in names))
        known, exam, pool = rows[:KNOWN], rows[KNOWN : KNOWN + EXAM], rows[KNOWN + EXAM :][:POOL]
        for part, what in ((known, "known"), (exam, "exam"), (pool, "pool")):
            _import(client, tmp_path, part, what)
        client.calibration.seal(
            "bank", "exam", [{"id": row["n"], "eval_only": True, "answer": row["category"]} for row in exam]
        )
        assert done(client, client.models.train("bank", "ngrams", seed=SEED))["rows"] == KNOWN
        done(client, client.models.run("bank", "ngrams"))
        with pytest.raises(Conflict, match="second model"):
            done(client, client.learning.next("bank", "committee", size=10))
        with pytest.raises(Invalid, match="no such selection"):
            client.learning.next("bank", "guess", size=10)

        workers = hire(client, crew(4, seed=SEED), organisation=PROVIDER, programmes=["bank"])
        for strategy in ("margin", "error_cluster", "diversity"):
            made = done(client, client.learning.next("bank", strategy, size=ROUND, random=CONTROL))
            assert made["items"] == ROUND
            assert made["random"] == ROUND * CONTROL
            assert made["selected"] + made["filled"] == ROUND - made["random"]
            work_off(workers, truth, seed=SEED)
            done(client, client.models.train("bank", "ngrams", learn_from="both", seed=SEED))
            _promoted(client)
            done(client, client.models.run("bank", "ngrams"))

        found = client.learning.page("bank")
        assert [one.strategy["name"] for one in found.rounds] == ["margin.v1", "error_cluster.v1", "diversity.v1"]
        assert [one.pool for one in found.rounds] == [POOL, POOL - ROUND, POOL - 2 * ROUND]
        for one in found.rounds:
            for measure in ("automated", "error"):
                value = one.random_arm[measure]
                assert value["low"] <= value["value"] <= value["high"]
                assert value["n"] == one.random == one.random_arm["items"]
        first = found.rounds[0]
        # the least certain are wrong far more often than what comes by chance: that is what a selection is for
        assert first.selected_arm["error"]["value"] > first.random_arm["error"]["value"]
        assert client.models.all("bank")[0].trained_on == {
            "learn_from": "both",
            "rows": KNOWN + 3 * ROUND,
            "seed": SEED,
        }

        # what people settled is sealed, and a version learns from the release by name
        for one in found.rounds:
            done(client, client.batches.gate(one.batch_id))
        batches = [one.batch_id for one in found.rounds]
        sealed = done(client, client.releases.cut("bank", "corrections", batch_ids=batches))
        made = done(client, client.models.train("bank", "ngrams", release=sealed["release_id"], seed=SEED))
        assert made["rows"] == 3 * ROUND
        versions = client.models.get("bank", "ngrams").versions
        newest, last, first = versions[0], versions[1], versions[-1]
        assert (newest.state, last.state, first.state) == ("candidate", "promoted", "retired")
        assert newest.trained_on["release"]["name"] == "corrections"
        (run,) = client.runs.all("bank", release=sealed["release_id"])  # lineage leads from its labels to the version
        assert run.name == f"ngrams {newest.version}"

        done(client, client.models.compare("bank", "ngrams", last.id, gold="exam", first=first.id))
        compared = client.models.get("bank", "ngrams").comparisons[0]
        assert compared["n"] == compared["eligible"] == EXAM
        assert "caution" not in compared  # the exam is kept for evaluation: nothing was learnt from it
        assert compared["accuracy"]["second"]["value"] > compared["accuracy"]["first"]["value"]
        assert len(compared["labels"]) == INTENTS

        client.releases.withdraw(sealed["release_id"], "a clause of the guidelines was wrong")
        with pytest.raises(Conflict, match="withdrawn"):
            client.models.train("bank", "ngrams", release=sealed["release_id"])


def _promoted(client: Client) -> None:
    newest = client.models.all("bank")[0]
    assert newest.state == "candidate"  # it routes nothing before somebody says so
    client.models.promote("bank", "ngrams", newest.id, "trained on more of what people said")


def _import(client: Client, tmp_path: Path, rows: list[dict[str, str]], what: str) -> None:
    file = tmp_path / f"{what}.jsonl"
    gold = what == "known"
    with file.open("w") as out:
        for row in rows:
            out.write(json.dumps({"id": row["n"], "text": row["text"], **({"gold": row["category"]} if gold else {})}))
            out.write("\n")
    assert done(client, client.imports.add("bank", file, Spec(name="jsonl.v1")))["items"] == len(rows)
