"""A provider without an account delivers labels: the first file is rejected with its reasons, the second accepted."""

import csv
import json
import random
from pathlib import Path

import pytest
from tests.realdata import folder
from tests.story.house import ENTERPRISE, PROVIDER, done, house

from goldloop.client import Client
from goldloop.core.errors import Forbidden, GoldloopError
from goldloop.core.nouns import Spec
from goldloop.quality.deliveries import receive
from goldloop.simulate import crew, hire, truth_of, work_off

PROGRAMME = "delivered"
INTENTS = (
    "card_arrival",
    "card_linking",
    "exchange_rate",
    "lost_or_stolen_card",
    "top_up_failed",
    "pending_transfer",
    "cash_withdrawal_charge",
    "country_support",
)
CSV = Spec(name="csv.v1", params={"annotation": "label", "annotator": "by"})
FILE = """
programme: delivered
title: Intents that a provider labels
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
batches: {gate: acceptance}
gates:
  acceptance:
    owner: mona
    sample: {plan: {kind: sequential, aql: 0.02, ltpd: 0.10}, tier: 3}
    checks: [completeness.v1]
ontology: {labels: [LABELS]}
"""


def _rows() -> list[dict[str, str]]:
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["category"] in INTENTS]
    return [{"id": f"q{n}", "text": row["text"], "label": row["category"]} for n, row in enumerate(found)]


def _file(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ["id", "text", "label", "by"])
        writer.writeheader()
        writer.writerows({**row, "by": "somebody"} for row in rows)
    return path


def _audited(client: Client, batch: str, workers: list, truth) -> str:
    """Run the gate until its plan has decided; the outcome."""
    for _ in range(12):
        outcome = done(client, client.batches.gate(batch))["outcome"]
        if outcome != "unknown":
            return outcome
        work_off(workers, truth, seed=5)
    raise AssertionError("the plan has to end")


def test_a_delivery_is_rejected_with_its_reasons_and_its_redelivery_is_tracked(tmp_path: Path):
    rows = _rows()
    assert len(rows) > 700
    chance = random.Random(3)
    bad = [dict(row) for row in rows]
    for row in bad:  # one class is systematically taken for another
        if row["label"] == "lost_or_stolen_card" or (row["label"] == "pending_transfer" and chance.random() < 0.8):
            row["label"] = "card_arrival"
    with house(tmp_path / "home") as client:
        client.programmes.apply(FILE.replace("LABELS", ", ".join(INTENTS)))
        seniors = [one.model_copy(update={"accuracy": 1.0, "fatigue": 0.0}) for one in crew(2, seed=1, tiers=((3,),))]
        workers = hire(client, seniors, organisation=PROVIDER, programmes=[PROGRAMME])
        truth = truth_of({row["text"]: {"labels": [row["label"]]} for row in rows}.items())

        broken = [*bad, {"id": "q1", "text": rows[1]["text"], "label": rows[1]["label"]}]
        broken.append({"id": "odd", "text": "What is this?", "label": "no_such_intent"})
        job = client.deliveries.receive(PROGRAMME, _file(tmp_path / "first.csv", broken), CSV, provider=PROVIDER)
        assert done(client, job) == {"labels": len(rows), "new_items": len(rows), "rejects": 2}
        (first,) = client.deliveries.all(PROGRAMME)
        assert (first.provider, first.items, first.state) == (PROVIDER, len(rows), "open")
        assert _audited(client, first.batch_id, workers, truth) == "fail"

        report = client.deliveries.get(first.batch_id)
        assert report.state == "held"
        assert report.verdict is not None
        assert report.verdict.proved is not None
        assert f"of {len(rows):,} labels are wrong" in report.verdict.proved
        truths = {row["id"]: row["label"] for row in rows}
        assert report.wrong
        for one in report.wrong:
            assert (one.delivered, one.ours) == ({"labels": ["card_arrival"]}, {"labels": [truths[one.external_id]]})
        classes = {(one.said, one.true) for one in report.error_classes}
        planted = {("card_arrival", "lost_or_stolen_card"), ("card_arrival", "pending_transfer")}
        assert classes, "a plan that stops early has seen some of what was planted"
        assert classes <= planted

        invited = client.people.add("pia", "Pia of procurement", ENTERPRISE)
        client.programmes.staff(PROGRAMME, invited.person.id, "procurement")
        pia = client.acting(None)
        pia.take_up(invited.secret, "a password of pia's")
        job = pia.deliveries.receive(
            PROGRAMME, _file(tmp_path / "second.csv", rows), CSV, provider=PROVIDER, replaces=first.batch_id
        )
        assert done(client, job) == {"labels": len(rows), "new_items": 0, "rejects": 0}
        second, _ = pia.deliveries.all(PROGRAMME)
        assert second.replaces == first.batch_id
        assert _audited(client, second.batch_id, workers, truth) == "pass"
        assert done(pia, pia.batches.gate(second.batch_id))["outcome"] == "pass", "procurement gates what it receives"
        with pytest.raises(Forbidden):
            pia.imports.add(PROGRAMME, tmp_path / "second.csv", CSV)
        again = pia.deliveries.get(second.batch_id)
        assert again.compared is not None
        assert again.compared.changed == sum(a["label"] != b["label"] for a, b in zip(rows, bad, strict=True))
        assert (again.compared.named_wrong, again.compared.now_as_ours) == (len(report.wrong), len(report.wrong))
        assert (again.compared.still_wrong, again.compared.made_wrong) == (0, 0)
        (sample,) = client.batches.promise(second.batch_id).samples
        assert sample.left_out == report.judged, "what an audit has judged is never sampled again"

        sealed = done(client, client.releases.cut(PROGRAMME, "accepted"))
        assert sealed["rows"] == len(rows)


def test_remarks_that_differ_change_no_label_and_a_file_beyond_one_batch_is_refused_whole(tmp_path: Path, monkeypatch):
    file = FILE.replace("choice.v1", "rating.v1").replace("[LABELS]", "[quality]").replace("delivered", "rated")
    rated = Spec(name="jsonl.v1", params={"annotation": "said"})

    def rows(remark: str, *, more: int = 0) -> Path:
        path = tmp_path / f"{remark}.jsonl"
        lines = [
            {"id": f"r{n}", "text": f"reply {n}", "said": {"quality": {"score": 1 + n % 5, "comment": remark}}}
            for n in range(6 + more)
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    with house(tmp_path / "home") as client:
        client.programmes.apply(file)
        assert done(client, client.deliveries.receive("rated", rows("first"), rated, provider=PROVIDER))["labels"] == 6
        (first,) = client.deliveries.all("rated")
        job = client.deliveries.receive("rated", rows("second"), rated, provider=PROVIDER, replaces=first.batch_id)
        assert done(client, job)["labels"] == 6
        compared = client.deliveries.get(client.deliveries.all("rated")[0].batch_id).compared
        assert compared is not None
        assert (compared.in_both, compared.changed) == (6, 0), "the scores are the same"

        monkeypatch.setattr(receive, "MOST", 6)
        with pytest.raises(GoldloopError, match="more labels than one delivery may"):
            done(client, client.deliveries.receive("rated", rows("third", more=1), rated, provider=PROVIDER))
        assert client.deliveries.all("rated")[0].items == 0, "nothing of it was taken in"
