"""The long way of one batch: failed, isolated, remediated, measured afresh, delivered, audited, and credited.

What the client reads of it is their report and nothing else.
"""

import base64
import csv
import json
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house
from typer.testing import CliRunner

from goldloop.cli import sla_commands
from goldloop.client import Client
from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound
from goldloop.core.nouns import Spec
from goldloop.simulate import crew, hire, truth_of, work_off

PROGRAMME = "promised"
ITEMS = 160
INTENTS = ("card_arrival", "exchange_rate", "top_up_failed")
FILE = """
programme: promised
title: Intents for Northwind
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
escalation: {hours: 8}
batches: {gate: release, size: 160}
gates:
  release:
    owner: mona
    sample: {size: 60, tier: 3, minimum: 0, by: [annotator]}
    checks: [{floor.v1: {of: accuracy.v1, at: 0.90}}, completeness.v1]
    failed_batch: [{floor.v1: {of: accuracy.v1, at: 0.85}}]
audits:
  watch: {release: intents, owner: mona, plan: {kind: sequential, aql: 0.02, ltpd: 0.20}}
sla:
  client: Northwind
  price: 50
  agreed:
    confidentiality: Texts of customers are shown to nobody outside the programme.
    ip_ownership: Every label belongs to Northwind once its batch has passed.
  calendar: {zone: Europe/Berlin, days: [mon, tue, wed, thu, fri], hours: ["08:00-18:00"]}
  terms:
    accuracy: {promise: accuracy, owner: mona, at: 0.90, share: 0.25}
    failed: {promise: failed_batches, owner: mona, credits: [{above: 0, share: 0.1}, {above: 2, share: 0.25}]}
    repaired: {promise: remediation, owner: mona, hours: 20, credits: [{above: 0, share: 0.05}]}
    answers: {promise: escalation, owner: mona, hours: 8}
    pace: {promise: throughput, owner: mona, items: 20}
ontology: {labels: [card_arrival, exchange_rate, top_up_failed]}
"""


def sla(who: Client, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    """The command, as somebody."""
    monkeypatch.setattr(sla_commands, "client", lambda _: nullcontext(who))
    ran = CliRunner().invoke(sla_commands.app, words)
    return ran.exit_code, ran.output


def test_a_batch_fails_is_repaired_delivered_audited_and_credited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["category"] in INTENTS][:ITEMS]
    truth = truth_of({row["text"]: {"labels": [row["category"]]} for row in rows}.items())
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "text"])
        writer.writerows([f"q{n}", row["text"]] for n, row in enumerate(rows))
    with house(tmp_path / "home") as client:
        client.programmes.apply(FILE)
        invited = client.people.add("noor", "Noor of Northwind", PROVIDER)
        client.programmes.staff(PROGRAMME, invited.person.id, "client")
        noor = client.acting(None)
        noor.take_up(invited.secret, "a password of noor's")

        done(client, client.imports.add(PROGRAMME, tmp_path / "rows.csv", Spec(name="csv.v1")))
        done(client, client.work.open(PROGRAMME))
        perfect = {"accuracy": 1.0, "fatigue": 0.0, "escalates": 0.0}
        personas = crew(5, seed=2, tiers=((1,), (1,), (3,), (3,), (2,)))
        sure, careless, first, second, again = (one.model_copy(update=perfect) for one in personas)
        careless = careless.model_copy(update={"accuracy": 0.3})

        def people(*named) -> list:
            return hire(client, named, organisation=PROVIDER, programmes=[PROGRAMME])

        work_off(people(careless), truth, seed=3, count=ITEMS // 2)
        work_off(people(sure), truth, seed=3)
        (row,) = client.batches.all(PROGRAMME)
        batch = row.batch.id
        assert done(client, client.batches.gate(batch))["audit_opened"] == 60
        judges = people(first)
        work_off(judges, truth, seed=3)
        failed = done(client, client.batches.gate(batch))
        assert (failed["outcome"], failed["failed_batch"]) == ("fail", True)
        assert client.batches.get(batch).batch.state == "held"

        assert sla(client, monkeypatch, "evaluate", PROGRAMME)[0] == sla_commands.BREACHED
        told = [one.data["term"] for one in client.news.all() if one.kind == "sla.breached"]
        assert sorted(told) == ["accuracy", "failed"]
        states = {one.term: one.state for one in client.sla.get(PROGRAMME).terms}
        assert (states["accuracy"], states["failed"]) == ("breached", "breached")
        assert states["repaired"] in ("kept", "at_risk"), "its deadline has not passed"

        worst = client.batches.errors(batch).parts[0]
        assert (worst.dimension, worst.found) == ("annotator", True)
        assert worst.name.lower().startswith(careless.name)
        sent = done(client, client.batches.remediate(batch, "the careless hand of it", annotator=worst.name))
        assert sent["items"] == ITEMS // 2
        work_off(people(again), truth, seed=3)
        assert done(client, client.batches.gate(batch))["audit_opened"] > 0, "a fresh sample"
        work_off(people(second), truth, seed=3)
        passed = done(client, client.batches.gate(batch))
        assert passed["outcome"] == "pass"
        assert "of 160 labels are wrong" in passed["proved"]
        assert client.batches.promise(batch).samples[0].left_out == 60

        (waits,) = noor.sla.batches(PROGRAMME)
        assert (waits.batch_id, waits.state, waits.held) == (batch, "asked", False)
        assert sla(noor, monkeypatch, "sign", batch, "--note", "sampled by our own team")[0] == 0
        for nobodys in (client, noor):  # who runs a programme does not speak for its client; nobody signs twice
            with pytest.raises((Forbidden, Conflict)):
                nobodys.sla.sign(batch)
        released = done(client, client.releases.cut(PROGRAMME, "intents"))
        client.releases.download(released["release_id"], tmp_path / "release.zip")
        assert _certified(tmp_path / "release.zip")[0]["by"] == "Noor of Northwind"
        fresh = [one.model_copy(update=perfect) for one in crew(2, seed=9, tiers=((3,),), prefix="x")]
        for _ in range(20):
            audit = done(client, client.audits.run(PROGRAMME, "watch"))
            if audit["state"] != "open":
                break
            work_off(people(*fresh), truth, seed=3)
        assert audit["state"] == "pass"

        report = noor.sla.report(PROGRAMME)
        terms = {one.term: one for one in report.terms}
        assert terms["accuracy"].state == "kept"
        assert (terms["failed"].state, terms["failed"].value, terms["failed"].eligible) == ("breached", 1.0, 1)
        assert terms["repaired"].state == "kept"
        assert (terms["pace"].n, terms["answers"].eligible) == (ITEMS, 0)
        (credit,) = report.credits
        assert (credit.term, credit.amount, report.credited) == ("failed", ITEMS * 50 // 10, ITEMS * 50 // 10)
        assert "takes 10.0% off the price of batch-1" in credit.because
        (repair,) = report.remediations
        assert (repair["labelled_anew"], repair["in_time"]) == (ITEMS // 2, True)
        (delivered,) = report.batches
        assert (delivered["outcome"], delivered["accuracy"]["value"]) == ("pass", 1.0)
        careless_line = min(report.annotators, key=lambda one: one["value"])
        assert careless_line["high"] < 0.9
        assert all(one["annotator"].startswith("person-") for one in report.annotators)
        words = {one["word"]: one["means"] for one in report.definitions}
        assert words["ownership of intellectual property"].startswith("Every label belongs to Northwind")
        written = json.dumps(report.model_dump())
        assert not any(f"{one.name.capitalize()} (" in written for one in (careless, sure, first, second, again))

        for name in ("report.pdf", "report.json", "batches.csv"):
            code, said = sla(noor, monkeypatch, "report", PROGRAMME, "--to", str(tmp_path / name), "--part", "batches")
            assert code == 0, said
        assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
        assert json.loads((tmp_path / "report.json").read_text())["credited"] == report.credited
        assert "batch-1" in (tmp_path / "batches.csv").read_text()
        assert "kept" in sla(noor, monkeypatch, "report", PROGRAMME)[1]
        assert "800 of 8,000" in sla(client, monkeypatch, "show", PROGRAMME)[1]
        for closed in (
            lambda: noor.programmes.get(PROGRAMME),
            lambda: noor.batches.get(batch),
            lambda: noor.sla.get(PROGRAMME),
            lambda: noor.reports.agreement(PROGRAMME),
        ):
            with pytest.raises(NotFound):
                closed()
        assert noor.programmes.all() == []

        asked = [one.data["batch"] for one in noor.news.all()]
        assert asked == ["batch-1"], "what waits for them, and nothing else"
        with pytest.raises(Invalid, match="no such items"):
            noor.sla.dispute(batch, "these are top-ups that failed", ["q0", "q999"])
        said = sla(
            noor, monkeypatch, "dispute", batch, "--because", "these two are not cards", "--item", "q0", "--item", "q1"
        )
        assert said[0] == 0, said[1]
        with pytest.raises(Conflict, match="holds this batch back"):
            client.releases.cut(PROGRAMME, "intents")
        (brief,) = client.briefs.all(PROGRAMME, source="client")
        assert "2 of 160 items are disputed: these two are not cards" in brief.because
        begun = client.briefs.remedy(brief.id, "re_review", "somebody else looks at them", work=True)
        done(client, begun.job)
        hand, judge = (one.model_copy(update=perfect) for one in crew(2, seed=11, tiers=((3,),), prefix="y"))
        work_off(people(hand), truth, seed=3)
        anew = next(one.batch for one in client.batches.all(PROGRAMME) if "again" in one.batch.name)
        done(client, client.batches.gate(anew.id))
        work_off(people(judge), truth, seed=3)
        gated = done(client, client.batches.gate(anew.id))
        assert gated["outcome"] == "pass", gated
        assert client.briefs.get(brief.id).state == "waiting"
        stands = noor.sla.sign_off(batch)
        assert (stands.state, stands.because, stands.held) == ("asked", "what was disputed is repaired", True)
        assert [one.kind for one in stands.words] == ["asked", "signed", "disputed", "asked"]
        assert set(stands.words[2].items) == {"q0", "q1"}
        assert [(one.kind, one.programme, one.name) for one in noor.news.waiting()] == [
            ("sign_off", PROGRAMME, "batch-1")
        ]
        assert client.news.waiting() == []
        noor.sla.sign(batch)
        assert noor.news.waiting() == []
        assert client.briefs.get(brief.id).state == "closed"
        assert done(client, client.releases.cut(PROGRAMME, "intents"))["number"] == 2
        report = noor.sla.report(PROGRAMME)
        pace = next(one for one in report.terms if one.term == "pace")
        assert (pace.n, report.price) == (ITEMS, ITEMS * 50), "what is judged again is neither delivered nor paid twice"


def _certified(folder: Path) -> list[dict]:
    """What the certificate of a release says of its client."""
    with zipfile.ZipFile(folder) as files:
        name = next(one for one in files.namelist() if one.endswith("certificate.dsse.json"))
        envelope = json.loads(files.read(name))
    client = json.loads(base64.b64decode(envelope["payload"]))["predicate"]["client"]
    assert isinstance(client, list)
    return client
