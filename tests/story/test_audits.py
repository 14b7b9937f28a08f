"""Labels that were delivered are judged again: a sound release stays, one that drifted is reviewed as a whole."""

import csv
from pathlib import Path

from tests.realdata import folder
from tests.story.house import PROVIDER, done, house

from goldloop.core.nouns import Spec
from goldloop.simulate import crew, hire, truth_of, work_off

PROGRAMME = "audited"
FILE = """
programme: audited
title: Delivered, and audited
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
batches: {gate: release, size: 200}
gates: {release: {owner: mona, checks: [completeness.v1]}}
audits:
  watch:
    release: intents
    owner: mona
    every_days: 14
    plan: {kind: sequential, aql: 0.02, ltpd: 0.12}
ontology: {labels: [card_arrival, exchange_rate, top_up_failed]}
"""


def test_drift_in_a_delivered_release_holds_its_batches_and_names_who_received_it(tmp_path: Path):
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        wanted = ("card_arrival", "exchange_rate", "top_up_failed")
        rows = [row for row in csv.DictReader(file) if row["category"] in wanted]
    truth = truth_of({row["text"]: {"labels": [row["category"]]} for row in rows}.items())
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "text"])
        writer.writerows([f"q{n}", row["text"]] for n, row in enumerate(rows))
    with house(tmp_path / "home") as client:
        client.programmes.apply(FILE)
        done(client, client.imports.add(PROGRAMME, tmp_path / "rows.csv", Spec(name="csv.v1")))
        done(client, client.work.open(PROGRAMME))
        careful, careless, senior, second = crew(4, seed=2, tiers=((1,), (1,), (3,), (2,)))
        perfect = {"accuracy": 1.0, "fatigue": 0.0, "escalates": 0.0}
        sure, wrong = careful.model_copy(update=perfect), careless.model_copy(update=perfect | {"accuracy": 0.4})
        audit = done(client, client.audits.run(PROGRAMME, "watch"))
        assert audit["state"] == "nothing of 'intents' was released yet"

        work_off(hire(client, [wrong], organisation=PROVIDER, programmes=[PROGRAMME]), truth, seed=3, count=200)
        good = hire(client, [sure], organisation=PROVIDER, programmes=[PROGRAMME])
        work_off(good, truth, seed=3)
        for one in client.batches.all(PROGRAMME):
            assert done(client, client.batches.gate(one.batch.id))["outcome"] == "pass"
        released = done(client, client.releases.cut(PROGRAMME, "intents"))
        assert released["rows"] == len(rows)
        client.releases.download(released["release_id"], tmp_path / "release.zip")

        judges = hire(
            client, [one.model_copy(update=perfect) for one in (senior, second)], organisation=PROVIDER,
            programmes=[PROGRAMME],
        )  # fmt: skip
        for _ in range(20):
            audit = done(client, client.audits.run(PROGRAMME, "watch"))
            if audit["state"] != "open":
                break
            work_off(judges, truth, seed=3)
        assert audit["state"] == "fail"
        assert audit["held"] == ["batch-1"], "the careless person's batch, and no other"
        assert audit["judged"] < 40, "it stops as soon as the evidence suffices"
        (brief,) = (one for one in client.briefs.all(PROGRAMME) if one.key.startswith("audit:"))
        assert (brief.key, brief.state, brief.owner) == ("audit:watch", "in_work", "Mona")
        assert client.briefs.get(brief.id).batches[0]["name"] == "batch-1", "what repairs it"
        (watch,) = client.audits.all(PROGRAMME)
        (run,) = watch.runs
        assert [(one.name, one.number) for one in run.affected_releases] == [("intents", 1)]
        assert [(one.who, one.times) for one in run.affected_releases[0].received_by] == [("Mona", 1)]
        held = next(one.batch for one in client.batches.all(PROGRAMME) if one.batch.name == "batch-1")
        assert held.state == "held"
        for job in client.jobs.all(PROGRAMME):
            if job.kind == "remediate":
                client.jobs.wait(job, timeout=60)
        assert client.batches.get(held.id).progress.open == 200, "the whole batch is labelled anew"
        work_off(judges, truth, seed=3)
        assert done(client, client.batches.gate(held.id))["outcome"] == "pass"
        again = done(client, client.releases.cut(PROGRAMME, "intents"))
        assert (again["number"], again["rows"]) == (2, len(rows))
        for _ in range(20):
            audit = done(client, client.audits.run(PROGRAMME, "watch"))
            if audit["state"] != "open":
                break
            extra = crew(1, seed=9, tiers=((3,),), prefix="x")
            fresh = hire(client, [extra[0].model_copy(update=perfect)], organisation=PROVIDER, programmes=[PROGRAMME])
            work_off(fresh, truth, seed=3)
        assert audit["state"] == "pass"
        assert client.briefs.get(brief.id).state == "closed", "an audit of the next release is newer data"
        assert "with 95% confidence at most" in audit["proved"]
