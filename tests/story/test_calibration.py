"""BANKING77 with a planted bad annotator, one who turns bad, and a planted wrong answer of gold: each is found."""

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house

from goldloop.client import Client
from goldloop.core.errors import Forbidden
from goldloop.core.nouns import Spec
from goldloop.simulate import Persona, hire

PROGRAMME = "banking77"
LABELS = (
    "card_arrival",
    "card_linking",
    "exchange_rate",
    "lost_or_stolen_card",
    "pending_transfer",
    "top_up_failed",
    "verify_my_identity",
    "wrong_amount_of_cash_received",
)
KNOWN, LIVE = 45, 400
HEAD = f"""
programme: {PROGRAMME}
title: What customers ask a bank
organisation: Harbour Bank
raci: {{accountable: mona}}
task: choice.v1
routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}
batches: {{size: 5000, gate: release}}
gates: {{release: {{owner: mona, checks: [completeness.v1]}}}}
licence: CC-BY-4.0
ontology: {{labels: [{", ".join(LABELS)}]}}
"""
CALIBRATION = "calibration: {gold: intents, hidden: 0.4, exam: {size: 20, limit: 40, floor: 0.6}}\n"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["category"] in LABELS]
    random.Random(7).shuffle(found)
    assert len(found) > KNOWN + LIVE
    return [{**row, "n": str(n)} for n, row in enumerate(found)]


def test_bad_people_and_bad_gold_are_found_by_the_right_report(tmp_path: Path, rows: list[dict[str, str]]):
    known, live = rows[:KNOWN], rows[KNOWN : KNOWN + LIVE]
    truth = {row["text"]: row["category"] for row in rows}
    planted = known[0]
    with house(tmp_path / "home") as client:
        client.programmes.apply(HEAD)
        for name, part in (("known", known), ("live", live)):
            path = tmp_path / f"{name}.jsonl"
            path.write_text("".join(json.dumps({"id": one["n"], "text": one["text"]}) + "\n" for one in part))
            done(client, client.imports.add(PROGRAMME, path, Spec(name="jsonl.v1")))
            if name == "known":
                sealed = client.calibration.seal(PROGRAMME, "intents", [_gold(one, planted) for one in part], seed=7)
                assert sealed.items == KNOWN
        client.programmes.apply(HEAD + CALIBRATION)
        assert done(client, client.work.open(PROGRAMME))["items"] == LIVE
        names = ("bad", "turns", "ada", "bo", "cleo", "dian", "eli")
        people = {one.persona.name: one.client for one in hire(client, [Persona(name=name) for name in names],
                  organisation=PROVIDER, programmes=[PROGRAMME])}  # fmt: skip

        with pytest.raises(Forbidden, match="you are paused in this programme"):
            _work(people["bad"], _other(truth), works=60)
        assert _standing(client, "bad") == "paused"
        passed_after = _work(people["turns"], truth.__getitem__, works=200, until=lambda: _passed(people["turns"]))
        assert 20 <= passed_after <= 41
        with pytest.raises(Forbidden, match="you are paused in this programme"):
            _work(people["turns"], _other(truth), works=150)
        for name in names[2:]:
            _work(people[name], truth.__getitem__, works=100)

        found = {one.name.split()[0].lower(): one for one in client.calibration.people(PROGRAMME).people}
        paused = {"bad", "turns"}
        assert {name: one.state for name, one in found.items()} == {
            name: "paused" if name in paused else "passed" for name in names
        }
        assert found["bad"].exam.high is not None
        assert found["bad"].exam.high < 0.6
        assert found["turns"].hidden.n >= 20
        health = client.calibration.health(PROGRAMME, "intents")
        assert [one.external_id for one in health.rows if one.suspected] == [planted["n"]]
        worst = health.rows[0]
        assert (worst.instead, worst.good_wrong, worst.good) == (planted["category"], worst.good, worst.good)

        assert all(line["kind"] != "hidden" for line in people["ada"].calibration.mine()[0].results)
        batch = client.batches.all(PROGRAMME)
        production = next(one.batch.id for one in batch if one.batch.purpose == "production")
        done(client, client.batches.gate(production))
        for name in names[2:]:  # the planted item, in the exam or hidden
            assert sum(not line["right"] for line in people[name].calibration.mine()[0].results) <= 1
        client.calibration.withdraw(PROGRAMME, "intents", worst.item_id, "the answer was planted")
        (mine,) = people["ada"].calibration.mine()
        assert mine.exam.value == 1.0
        assert client.calibration.health(PROGRAMME, "intents").suspected == 0

        people["bad"].calibration.contest(PROGRAMME, "the categories overlap too much")
        key = found["bad"].actor_id
        assert client.calibration.lift(PROGRAMME, key, "we went through the guideline together") == "passed"
        assert client.calibration.people(PROGRAMME).overturned.value == 1.0


def _gold(row: dict[str, str], planted: dict[str, str]) -> dict[str, object]:
    """A row of the gold set: one answer is wrong."""
    label = row["category"]
    wrong = LABELS[(LABELS.index(label) + 1) % len(LABELS)]
    return {
        "id": row["n"],
        "answer": wrong if row is planted else label,
        "difficulty": "easy",
        "concepts": [label],
        "explanation": f"It asks about {label}.",
        "eval_only": int(row["n"]) % 2 == 0,
    }


def _other(truth: dict[str, str]) -> Callable[[str], str]:
    """Somebody who is always wrong."""
    return lambda text: LABELS[(LABELS.index(truth[text]) + 3) % len(LABELS)]


def _standing(client: Client, name: str) -> str:
    people = client.calibration.people(PROGRAMME).people
    return next(one.state for one in people if one.name.lower().startswith(name))


def _passed(person: Client) -> bool:
    return person.calibration.mine()[0].state == "passed"


def _work(person: Client, says: Callable[[str], str], *, works: int, until: Callable[[], bool] = lambda: False) -> int:
    """Answer so many works, or until something is so; how many."""
    for n in range(works):
        held = person.work.claim(programme_id=PROGRAMME)
        if not held or until():
            return n
        person.work.submit(held[0].work_id, "answer", answer={"labels": [says(held[0].body["text"])]}, active_ms=900)
    return works
