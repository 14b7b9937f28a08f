"""BANKING77 with a model that is right nine times of ten: one person looks and one does not, and what belongs to people
is labelled unseen. The people are simulated, so that what goldloop says can be held against what is true."""

import csv
import json
from pathlib import Path

from tests.realdata import folder
from tests.story.house import PROVIDER, done, house

from goldloop.client import Client
from goldloop.client.wire import address
from goldloop.core.nouns import Spec
from goldloop.simulate import Persona, hire, truth_of, work_off

PROGRAMME = "banking77"
LABELS = ("card_arrival", "exchange_rate", "pending_transfer", "top_up_failed", "lost_or_stolen_card")
KNOWN, LIVE = 80, 160
FILE = """
programme: banking77
title: What customers ask a bank
organisation: Harbour Bank
raci: {{accountable: mona}}
task: choice.v1
{models}
routing:
{model}  rules:
{rules}  - {{rule: rest, to: annotate, tier: 1}}
blind: {{share: 0.3}}
human_only: {{judgements: 1, ruling: disputes, tier: 1, misses: 0.05}}
batches: {{gate: release, size: 500}}
gates: {{release: {{owner: mona, checks: [completeness.v1]}}}}
{calibration}
ontology:
  labels:
  - card_arrival
  - exchange_rate
  - pending_transfer
  - top_up_failed
  - {{id: lost_or_stolen_card, name: Lost card, human_only: true}}
"""
CALIBRATION = """calibration:
  gold: intents
  exam: {size: 10, limit: 30, floor: 0.5, level: 0.8}
  probes: {share: 0.25, floor: 0.8}
"""
SURE = {"accuracy": 1.0, "fatigue": 0.0, "escalates": 0.0, "skips": 0.0, "seconds": 5.0, "corrects": 0.5}


def rows() -> list[dict[str, str]]:
    """As many of each class in turn, and what the model says: every tenth wrong, and every third lost card."""
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["category"] in LABELS]
    by = {label: [row for row in found if row["category"] == label] for label in LABELS}
    out = []
    for n in range(KNOWN + LIVE):
        label = LABELS[n % len(LABELS)]
        row = by[label][n // len(LABELS)]
        wrong = n % 10 == 3 or (label == "lost_or_stolen_card" and n % 3 == 0)
        said = LABELS[(n + 1) % 4] if wrong else label
        out.append({"id": f"b{n}", "text": f"{row['text']} [{n}]", "true": label, "said": said})
    return out


def written(path: Path, lines: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_who_looks_is_told_from_who_does_not_and_what_went_unsuspected_is_found(tmp_path: Path) -> None:
    known, live = rows()[:KNOWN], rows()[KNOWN:]
    truth = truth_of((row["text"], {"labels": [row["true"]]}) for row in rows())
    with house(tmp_path / "home") as client:
        client.programmes.apply(FILE.format(models="", model="", rules="", calibration=""))
        for name, part in (("known", known), ("live", live)):
            items = written(tmp_path / f"{name}.jsonl", [{"id": row["id"], "text": row["text"]} for row in part])
            done(client, client.imports.add(PROGRAMME, items, Spec(name="jsonl.v1")))
            if name == "known":
                client.calibration.seal(
                    PROGRAMME, "intents", [{"id": row["id"], "answer": row["true"]} for row in part], seed=7
                )
        told = [
            {"id": row["id"], "answer": {"labels": [row["said"]]}, "confidence": 0.7 + n % 25 / 100}
            for n, row in enumerate([*known, *live])
        ]
        uploads = address("programmes", PROGRAMME, "uploads")
        file = client._wire.upload(uploads, written(tmp_path / "said.jsonl", told), params={"name": "said.jsonl"})
        client.programmes.apply(
            FILE.format(
                models=f"models: {{bank: {{judge: {{predictions.v1: {{file: {file['file']}}}}}}}}}",
                model="  model: bank\n",
                rules="  - {rule: sure, when: {confidence: {from: 0.8}}, to: verify, tier: 1}\n"
                "  - {rule: unsure, when: {suggested: true}, to: annotate, tier: 1, reveal: after}\n",
                calibration=CALIBRATION,
            )
        )
        done(client, client.models.run(PROGRAMME, "bank"))
        assert done(client, client.work.open(PROGRAMME))["items"] == LIVE
        people = [Persona(name="looks", anchoring=0.0, **SURE), Persona(name="follows", anchoring=1.0, **SURE)]
        workers = hire(client, people, organisation=PROVIDER, programmes=[PROGRAMME])
        work_off(workers, truth, seed=1)
        (batch,) = (one for one in client.batches.all(PROGRAMME) if one.batch.purpose == "production")
        follower = next(one.client for one in workers if one.persona.name == "follows")
        assert not [line for line in follower.calibration.mine()[0].results if line["kind"] == "probe"]
        done(client, client.batches.gate(batch.batch.id))

        _caught(client, follower)
        _unsuspected(client)


def _caught(client: Client, follower: Client) -> None:
    found = client.anchoring.get(PROGRAMME)
    rates = {one.name.split()[0].lower(): one for one in found.probes if one.by == "person"}
    assert (rates["looks"].value, rates["follows"].value) == (1.0, 0.0)
    assert min(one.n for one in rates.values()) >= 4, "with fewer of each no test could tell the two apart"
    assert rates["follows"].adjusted is not None
    assert rates["follows"].adjusted < 0.05
    assert {one.name for one in found.probes if one.by == "model"} == {"bank banking77.1"}
    assert "Lost card" not in {one.name for one in found.probes if one.by == "label"}
    mine = [line for line in follower.calibration.mine()[0].results if line["kind"] == "probe"]
    assert len(mine) == rates["follows"].n
    assert not any(line["right"] for line in mine)
    assert found.seen["after"] > 0, "the suggestion was shown after these"


def _unsuspected(client: Client) -> None:
    found = client.human_only.get(PROGRAMME)
    whole = found.missed()
    assert found.latched > 0
    assert whole.missed > 0
    assert whole.low is not None and whole.value is not None and whole.high is not None
    assert 0 < whole.low <= whole.value <= whole.high < 1
    assert found.missed("label", "Lost card").missed == whole.missed
    proof = done(client, client.human_only.prove(PROGRAMME))
    assert proof["items"] == found.latched
    assert {one["kind"] for one in proof["named"]} == {"label"}, "simulated people are no people"
    assert 0 < proof["violations"] < found.latched, "what is latched is also gold, on which no label rests"
