"""From sources with terms to releases that can say what they are made of: rights, splits, evaluation sets."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from tests.story.house import PROVIDER, done, house

from goldloop.client import Client
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.nouns import Spec
from goldloop.programmes.sealed import verify_release
from goldloop.simulate import crew, hire, truth_of, work_off

PROGRAMME = "sourced"
FILE = """
programme: sourced
title: Where it comes from
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
batches: {gate: release, size: 500}
gates: {release: {owner: mona, checks: [completeness.v1]}}
ontology: {labels: [short, long]}
sources:
  tickets: {licence: CC-BY-4.0, consent: contract, contact: data@harbour.example, kind: users}
  rewrites: {licence: LicenseRef-Harbour, consent: none needed, contact: data@harbour.example, origin: synthetic}
rights: {holder: Harbour Bank, demand: [licence, consent]}
splits:
  shares: {train: 0.6, test: 0.4}
  seed: 4
  together: {slices: [customer], text: 0.7}
"""
HELD = "contamination: {gold: [exam], words: 5}\n"
SOURCE = Spec(name="jsonl.v1", params={"slices": ["customer"], "parents": "parents", "licence": "licence"})
PERFECT = {"accuracy": 1.0, "fatigue": 0.0, "escalates": 0.0}


def said(n: int) -> str:
    return " ".join(f"word{(n * 7 + k * k * (n + 3)) % 997}" for k in range(12 if n % 2 else 14))


def ticket(n: int, **more: Any) -> dict[str, Any]:
    return {"id": f"t{n}", "text": said(n), "customer": f"c{n % 20}", **more}


def taken_in(client: Client, file: Path, rows: list[dict[str, Any]], *, name: str) -> dict[str, Any]:
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return done(client, client.imports.add(PROGRAMME, file, SOURCE, name=name))


def decide(client: Client, workers: Any) -> None:
    """Work off what waits, and gate it."""
    done(client, client.work.open(PROGRAMME))
    truth = truth_of({said(n): {"labels": ["long" if n % 2 else "short"]} for n in range(200)}.items())
    work_off(workers, truth, seed=1)
    for view in client.batches.all(PROGRAMME):
        if view.batch.state == "open":
            assert done(client, client.batches.gate(view.batch.id))["outcome"] == "pass"


def rows_of(client: Client, release: str, to: Path) -> list[dict[str, Any]]:
    """The rows of a release as it is delivered, after checking that the folder verifies."""
    client.releases.download(release, to)
    folder = to.with_suffix("")
    with ZipFile(to) as zipped:
        zipped.extractall(folder)
    assert verify_release(folder).outcome == "intact, signer unknown"
    return [json.loads(line) for line in (folder / "data/rows.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_dataset_says_what_it_is_made_of_and_never_leaks(tmp_path: Path) -> None:
    with house(tmp_path / "home") as client:
        client.programmes.apply(FILE)
        people = crew(1, seed=3, tiers=((1,),))
        workers = hire(
            client, [one.model_copy(update=PERFECT) for one in people], organisation=PROVIDER, programmes=[PROGRAMME]
        )
        with pytest.raises(Invalid, match="where items come from"):
            taken_in(client, tmp_path / "no.jsonl", [ticket(0)], name="somewhere")

        found = taken_in(client, tmp_path / "tickets.jsonl", [ticket(n) for n in range(80)], name="tickets")
        assert (found["items"], found["rejects"]) == (80, 0)
        rewritten = [
            {"id": "r1", "text": said(81), "parents": ["t1"], "customer": "r1"},
            {"id": "r2", "text": said(82), "parents": ["r1", "t2"], "licence": "MIT", "customer": "r2"},
            {"id": "r3", "text": said(83), "parents": ["r3"]},
            {"id": "r4", "text": said(84), "parents": ["r5"]},
            {"id": "r5", "text": said(85), "licence": "all yours"},
            {"id": "r1", "text": said(81), "parents": ["r2"], "customer": "r1"},
        ]
        found = taken_in(client, tmp_path / "rewrites.jsonl", rewritten, name="rewrites")
        assert (found["items"], found["rejects"]) == (2, 4)
        (last, _) = client.imports.all(PROGRAMME)
        rejected = {one.line: (one.field, one.found) for one in client.imports.rejects(last.id)}
        assert rejected[3] == ("parents", "a cycle: 'r3' itself")
        assert rejected[4] == ("parents", "'r5', which nothing is called")
        assert rejected[5][0] == "licence"
        assert rejected[6] == ("parents", "a cycle: 'r2' was made from it")
        assert {one.name: one.items for one in client.sources.all(PROGRAMME)} == {"tickets": 80, "rewrites": 2}

        decide(client, workers)
        first = done(client, client.releases.cut(PROGRAMME, "intents"))
        rows = rows_of(client, first["release_id"], tmp_path / "first.zip")
        by_id = {row["external_id"]: row for row in rows}
        assert by_id["t1"]["licence"] == "CC-BY-4.0"
        assert by_id["r1"]["licence"] == "CC-BY-4.0 AND LicenseRef-Harbour"
        assert by_id["r2"]["licence"] == "CC-BY-4.0 AND LicenseRef-Harbour AND MIT"
        assert by_id["r2"]["sources"] == ["rewrites", "tickets"]
        view = client.items.get(by_id["r1"]["item_id"])
        assert [one["external_id"] for one in view.parents] == ["t1"]
        assert [one["external_id"] for one in view.children] == ["r2"]
        assert view.item.provenance.licence == by_id["r1"]["licence"]

        splits = {row["external_id"]: row["split"] for row in rows}
        assert Counter(splits.values()) == {"train": 50, "test": 32}, "one group of ten, eighteen of four"
        assert splits["r1"] == splits["r2"] == splits["t1"] == splits["t2"], "what was made from it is where it is"
        for customer in range(20):
            assert len({splits[f"t{n}"] for n in range(customer, 80, 20)}) == 1, "a customer is in one split"

        taken_in(client, tmp_path / "more.jsonl", [ticket(n) for n in range(100, 140)], name="tickets")
        decide(client, workers)
        second = done(client, client.releases.cut(PROGRAMME, "intents"))
        again = {row["external_id"]: row["split"] for row in rows_of(client, second["release_id"], tmp_path / "2.zip")}
        assert {key: again[key] for key in splits} == splits, "an item keeps its split"
        for n in range(100, 140):
            assert again[f"t{n}"] == splits[f"t{n % 20}"], "what comes to a group goes where the group is"

        gold = client.calibration.seal(
            PROGRAMME, "exam", [{"id": "t4", "answer": {"labels": ["short"]}, "eval_only": True}], source="tickets"
        )
        job = client.releases.contamination(PROGRAMME, second["release_id"], against=[gold.id], eval_only=True)
        compared = done(client, job)
        assert (compared["rows"], compared["collide"], compared["ways"]["exact"]) == (122, 1, 1)
        assert compared["collisions"][0]["external_id"] == "t4"
        evaluation = tmp_path / "evaluation.jsonl"
        evaluation.write_text(json.dumps({"id": "e1", "text": f"so: {said(6).upper()}, she said"}), encoding="utf-8")
        against_file = client.releases.contamination(PROGRAMME, file=evaluation, source=Spec(name="jsonl.v1"), words=5)
        compared = done(client, against_file)
        assert (compared["about"], compared["ways"]["overlap"]) == ("rows that wait to be released", 1)

        client.programmes.apply(FILE + HELD)
        with pytest.raises(Conflict, match="stand in evaluation sets"):
            done(client, client.releases.cut(PROGRAMME, "intents"))
        assert len(client.releases.all(PROGRAMME)) == 2, "nothing was sealed"
        reason = "the exam is drawn anew next week"
        third = done(client, client.releases.cut(PROGRAMME, "intents", waive=reason))
        rows_of(client, third["release_id"], tmp_path / "3.zip")
        assert reason in (tmp_path / "3" / "datasheet.md").read_text(encoding="utf-8")
        assert '"name": "contamination.v1"' in "".join(
            one.read_text() for one in (tmp_path / "3" / "evidence").iterdir()
        )

        withdrawn = FILE.replace("kind: users", "kind: users, withdrawn: the bank took its tickets back")
        client.programmes.apply(withdrawn)
        (brief,) = [one for one in client.briefs.all(PROGRAMME) if one.source == "rights"]
        assert (brief.state, "tickets" in brief.title) == ("open", True)
        with pytest.raises(Invalid, match="withdrawn"):
            taken_in(client, tmp_path / "late.jsonl", [ticket(150)], name="tickets")
        with pytest.raises(Invalid, match="without rows"):
            done(client, client.releases.cut(PROGRAMME, "intents"))
        for one in client.releases.all(PROGRAMME):
            client.releases.withdraw(one.id, "the bank took its tickets back")
        (brief,) = [one for one in client.briefs.all(PROGRAMME, state=["closed"]) if one.source == "rights"]
        assert "no release that stands" in brief.because
