"""BANKING77, three intents: planned before it starts, planned from its own batches, replayed, and paid for."""

import csv
import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house
from typer.testing import CliRunner

from goldloop.cli import plan_commands, statement_commands
from goldloop.client import Client
from goldloop.client.wire import address
from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound
from goldloop.core.nouns import Spec
from goldloop.simulate import Persona, hire, truth_of, work_off

PROGRAMME, ITEMS, WRONG = "planned", 96, 5  # every fifth suggestion is wrong
INTENTS = ("card_arrival", "exchange_rate", "top_up_failed")
FILE = """
programme: planned
title: Intents for Northwind
organisation: Harbour Bank
raci: {{accountable: mona}}
task: choice.v1
tiers: {{1: {{rate: 3600}}, 2: {{rate: 3600}}, 3: {{rate: 7200}}}}
models: {{corpus: {{judge: {{predictions.v1: {{file: {file}}}}}}}}}
routing:
  model: corpus
  rules:
  - {{rule: sure, when: {{confidence: {{from: 0.8}}}}, to: verify, tier: 1}}
  - {{rule: rest, to: annotate, tier: 1}}
blind: {{share: 0.3}}
consensus: {{share: 0.1}}
batches: {{gate: release, size: 48}}
gates: {{release: {{owner: mona, sample: {{size: 24, minimum: 0}}, checks: [completeness.v1]}}}}
contract: {{client: Northwind, unit: 40, milestones: [{{name: first, accepted: 90, amount: 5000}}]}}
ontology: {{labels: [card_arrival, exchange_rate, top_up_failed]}}
"""
PLAIN = (
    FILE.replace("models: {{corpus: {{judge: {{predictions.v1: {{file: {file}}}}}}}}}\n", "")
    .replace("  model: corpus\n", "")
    .replace("  - {{rule: sure, when: {{confidence: {{from: 0.8}}}}, to: verify, tier: 1}}\n", "")
)
ASSUMED = """
because: assumed before anything was labelled
items: 500
taxonomy_settled: true
in_domain: false
common: 0.9
people: {right: 0.95, anchoring: 0.1}
times: {verify: 4, annotate: 12, review: 20}
"""
CREW = [Persona(name=name, accuracy=0.95, escalates=0.0, fatigue=0.0, seconds=10, spread=0.3) for name in ("ada", "bo")]
SENIORS = [
    Persona(name=name, tiers=(1, 2, 3), accuracy=1.0, escalates=0.0, fatigue=0.0, anchoring=0.0, seconds=12, spread=0.3)
    for name in ("sue", "tom")
]


class Story(NamedTuple):
    client: Client
    crew: Any
    noor: Client


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Two batches, worked off and accepted; the plan of before is the first of its plans."""
    home = tmp_path_factory.mktemp("planned")
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["category"] in INTENTS][:ITEMS]
    truth = truth_of({row["text"]: {"labels": [row["category"]]} for row in rows}.items())
    items, said = home / "items.jsonl", home / "said.jsonl"
    items.write_text("".join(json.dumps({"id": f"q{n}", "text": row["text"]}) + "\n" for n, row in enumerate(rows)))
    said.write_text("".join(json.dumps(_said(n, row["category"])) + "\n" for n, row in enumerate(rows)))
    with house(home / "home", secret=b"certain" * 5) as client:
        plan = done(client, client.plans.make(PLAIN.format(), assumptions=ASSUMED, runs=20))["plan"]
        assert client.plans.get(plan).policies[0]["days"]["because"] == "no crew"
        client.programmes.apply(PLAIN.format())
        done(client, client.imports.add(PROGRAMME, items, Spec(name="jsonl.v1")))
        stored = client._wire.upload(address("programmes", PROGRAMME, "uploads"), said, params={"name": "said.jsonl"})
        client.programmes.apply(FILE.format(file=stored["file"]))
        done(client, client.models.run(PROGRAMME, "corpus"))
        with pytest.raises(Conflict, match="nothing was measured yet"):
            done(client, client.plans.make(programme=PROGRAMME, pilot=True))
        with pytest.raises(Conflict, match="nothing to replay"):
            done(client, client.plans.replay(PROGRAMME))
        done(client, client.work.open(PROGRAMME))
        people = [*CREW, *SENIORS]
        crew = hire(client, people, organisation=PROVIDER, programmes=[PROGRAMME])
        invited = client.people.add("noor", "Noor of Northwind", PROVIDER)
        client.programmes.staff(PROGRAMME, invited.person.id, "client")
        noor = client.acting(None)
        noor.take_up(invited.secret, "a password of noor's")
        work_off(crew, truth, seed=3)
        for one in client.batches.all(PROGRAMME):
            done(client, client.batches.gate(one.batch.id))
        work_off(crew[2:], truth, seed=3)
        for one in client.batches.all(PROGRAMME):
            if one.batch.purpose == "production":
                assert done(client, client.batches.gate(one.batch.id))["outcome"] == "pass"
        yield Story(client, crew, noor)


def _said(n: int, label: str) -> dict[str, Any]:
    wrong = n % WRONG == 0
    other = INTENTS[(INTENTS.index(label) + 1) % len(INTENTS)]
    return {"id": f"q{n}", "answer": {"labels": [other if wrong else label]}, "confidence": 0.6 if n % 4 == 0 else 0.9}


def command(app: Any, module: Any, who: Client, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """A command, as somebody."""
    monkeypatch.setattr(module, "client", lambda _: nullcontext(who))
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_a_running_programme_is_planned_from_what_it_measured(story: Story) -> None:
    ours = story.client
    key = done(ours, ours.plans.make(programme=PROGRAMME, pilot=True, runs=40))["plan"]
    plan = ours.plans.get(key)
    inputs = {one["input"]: one for one in plan.inputs}
    assert inputs["items"]["value"] == ITEMS
    assert inputs["confidence from 0.9 below 0.95: right"]["origin"] == "measured"
    times = [one for name, one in inputs.items() if name.startswith("seconds to annotate")]
    assert {one["origin"] for one in times} == {"measured"}
    assert all(one["low"] < one["value"] < one["high"] for one in times)
    right = next(one for name, one in inputs.items() if name.startswith("people are right"))
    assert right["origin"] == "measured"
    assert right["low"] <= 0.95 <= right["high"]
    assert all(one["method"] and one["origin"] in ("measured", "default") for one in plan.inputs)
    (first, hand) = plan.policies
    assert first["hours"]["low"] < first["hours"]["value"] < first["hours"]["high"]
    assert first["cost"]["value"] > 0
    assert first["hours"]["value"] < hand["hours"]["value"], "what is suggested is quicker than all by hand"
    assert ours.plans.list(PROGRAMME)[0].id == key


def test_a_file_beside_the_pilot_changes_only_what_it_names(story: Story) -> None:
    ours = story.client
    changed = "items: 1000\ntimes: {review: {value: 99, low: 90, high: 110}}\n"
    key = done(ours, ours.plans.make(programme=PROGRAMME, pilot=True, assumptions=changed, runs=20))["plan"]
    inputs = {one["input"]: one for one in ours.plans.get(key).inputs}
    assert (inputs["items"]["value"], inputs["items"]["origin"]) == (1000, "assumed")
    assert (inputs["seconds to review"]["value"], inputs["seconds to review"]["origin"]) == (99, "assumed")
    assert any(one["origin"] == "measured" for one in inputs.values())
    with pytest.raises(Invalid, match="did you mean 'times'"):
        done(ours, ours.plans.make(programme=PROGRAMME, pilot=True, assumptions="tmes: {}\n", runs=20))


def test_the_simulator_is_held_against_history(story: Story) -> None:
    ours = story.client
    found = ours.plans.get(done(ours, ours.plans.replay(PROGRAMME, runs=60))["plan"])
    (pair,) = found.pairs
    lines = {one["of"]: one for one in pair["lines"]}
    assert set(lines) == {"hours", "cost", "accuracy"}
    for one in lines.values():
        said, measured = one["predicted"], one["measured"]
        assert said["low"] <= said["value"] <= said["high"]
        assert one["covered"] == (said["low"] <= measured["value"] <= said["high"])
    assert lines["hours"]["measured"]["value"] == pytest.approx(lines["hours"]["predicted"]["value"], rel=0.25)
    assert (found.of, found.covered) == (3, sum(one["covered"] for one in lines.values()))
    assert lines["hours"]["covered"], "the batches are alike: what one measured foretells the other"


def test_the_command_says_it_all_and_writes_files(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = story.client
    file, assumed = tmp_path / "planned.yaml", tmp_path / "assumptions.yaml"
    file.write_text(ours.programmes.get(PROGRAMME).yaml)
    assumed.write_text(ASSUMED)
    other = tmp_path / "other.yaml"
    other.write_text(file.read_text().replace("from: 0.8", "from: 0.95"))
    said = command(
        plan_commands.app, plan_commands, ours, monkeypatch,
        str(file), "--assume", str(assumed), "--with", str(other), "--runs", "20",
    )  # fmt: skip
    assert "simulated over 20 runs" in said
    assert "other.yaml" in said
    assert "all by hand" in said
    newest = ours.plans.list(PROGRAMME)[0].id
    for part in ("policies", "inputs", "warnings", "sensitivity"):
        table = tmp_path / f"{part}.csv"
        command(
            plan_commands.app, plan_commands, ours, monkeypatch, "--show", newest, "--to", str(table), "--part", part
        )
        assert table.read_text().count("\n") > 1


def test_bad_input_of_a_plan_is_refused_and_leaves_nothing(story: Story) -> None:
    ours = story.client
    before = len(ours.plans.list(PROGRAMME))
    with pytest.raises(Invalid, match="needs inputs"):
        ours.plans.make(programme=PROGRAMME)
    with pytest.raises(Invalid, match="unknown key"):
        ours.plans.make(programme=PROGRAMME, assumptions=ASSUMED + "colour: blue\n")
    with pytest.raises(Invalid, match="another programme"):
        ours.plans.make(
            PLAIN.format().replace("programme: planned", "programme: else"), programme=PROGRAMME, pilot=True
        )
    ada = story.crew[0].client
    with pytest.raises(NotFound):
        ada.plans.make(programme=PROGRAMME, pilot=True)
    with pytest.raises(Forbidden):
        ada.plans.make(PLAIN.format().replace("programme: planned", "programme: new"), assumptions=ASSUMED)
    assert len(ours.plans.list(PROGRAMME)) == before


def test_the_client_owes_for_accepted_items_and_people_see_their_own_pay(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, noor, ada = story.client, story.noor, story.crew[0].client
    found = noor.statements.get(PROGRAMME)
    assert sum(one.n for one in found.lines if one.kind == "unit") == ITEMS
    assert found.total == ITEMS * 40 + 5000
    assert (found.pays_by, found.closed_at, found.over) == ("hybrid", None, False)
    rows = [dict(one) for one in ours.statements.pay(PROGRAMME)]
    assert len(rows) == 4
    assert all(row["simulated"] and row["total"] > 0 for row in rows)
    (mine,) = ada.statements.mine()
    assert mine.total == next(row["total"] for row in rows if row["person_id"] == mine.person_id)
    told = ada.statements.my_judgements(PROGRAMME)
    assert len(told) == sum(one.n for one in mine.lines if one.kind == "said")
    assert all(set(dict(one)) == {"judgement_id", "queue", "tier", "said_at", "active_ms", "state"} for one in told)
    with pytest.raises((Forbidden, NotFound)):
        ada.statements.get(PROGRAMME)
    with pytest.raises((Forbidden, NotFound)):
        noor.statements.pay(PROGRAMME)
    assert mine.person_id is not None
    with pytest.raises((Forbidden, NotFound)):
        story.crew[1].client.statements.get(PROGRAMME, person=mine.person_id)
    with pytest.raises(Conflict, match="has not ended"):
        ours.statements.close(PROGRAMME, found.month)
    assert noor.statements.save(PROGRAMME, tmp_path / "owed.pdf").read_bytes().startswith(b"%PDF")
    assert ada.statements.save(PROGRAMME, tmp_path / "paid.csv", person="me").read_text().startswith("key,kind")
    said = command(statement_commands.app, statement_commands, ours, monkeypatch, "show", PROGRAMME)
    assert "minor units of EUR" in said
    said = command(statement_commands.app, statement_commands, ada, monkeypatch, "mine")
    assert "hours" in said
