"""BANKING77, some of its intents: from what a model states to thresholds that keep a bound, and what became of it."""

import csv
import json
import random
from pathlib import Path

import pytest
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house

from goldloop.client import Client
from goldloop.core.errors import Conflict
from goldloop.core.nouns import Spec
from goldloop.core.programme_file import read_policy
from goldloop.simulate import Persona, Worker, hire, truth_of, work_off

PROGRAMME, SEED = "banking", 11
INTENTS, KNOWN, REST, SAMPLE = 14, 240, 560, 300
CSV = Spec(name="csv.v1")
HEAD = """
programme: banking
title: What customers ask a bank
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
models: {ngrams: {judge: choice_baseline.v1}}
routing:
  model: ngrams
  rules:  # by feeling
    - {rule: sure, when: {confidence: {from: 0.9}}, to: verify, tier: 1}
    - {rule: the rest, to: annotate, tier: 2}
blind: {share: 0.25}
# what follows stays as it is
batches: {size: 5000}
ontology:
  labels:
"""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        found = [{**row, "n": str(n)} for n, row in enumerate(csv.DictReader(file))]
    wanted = sorted({row["category"] for row in found})[:INTENTS]
    found = [row for row in found if row["category"] in wanted]
    random.Random(SEED).shuffle(found)
    return found[: KNOWN + REST]


def _id(name: str) -> str:
    return name.rstrip("?")


def _programme(rows: list[dict[str, str]]) -> str:
    names = sorted({row["category"] for row in rows})
    return HEAD + "".join(f"    - {{id: {_id(name)}, name: {json.dumps(name)}}}\n" for name in names)


def _file(path: Path, rows: list[dict[str, str]], *, known: bool) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "text", *(["gold"] if known else [])])
        writer.writerows([row["n"], row["text"], *([row["category"]] if known else [])] for row in rows)
    return path


def _crew(client: Client) -> tuple[Worker, Worker]:
    """A senior for the sample, and an annotator for what is blind; both know the truth."""
    sure = {"accuracy": 1.0, "fatigue": 0.0, "anchoring": 0.0, "corrects": 1.0}
    people = [Persona(name="sue", tiers=(3,), **sure), Persona(name="ann", tiers=(1,), **sure)]
    senior, annotator = hire(client, people, organisation=PROVIDER, programmes=[PROGRAMME])
    return senior, annotator


def test_banking77_gets_thresholds_that_keep_their_bound(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    truth = truth_of({row["text"]: {"labels": [_id(row["category"])]} for row in rows}.items())
    with house(tmp_path / "home", secret=b"certain" * 5) as client:
        client.programmes.apply(_programme(rows))
        for name, part, known in (("known.csv", rows[:KNOWN], True), ("rest.csv", rows[KNOWN:], False)):
            done(client, client.imports.add(PROGRAMME, _file(tmp_path / name, part, known=known), CSV))
        assert client.confidence.get(PROGRAMME).model is None
        done(client, client.models.train(PROGRAMME, "ngrams", seed=SEED))
        done(client, client.models.run(PROGRAMME, "ngrams"))
        nobody = client.confidence.get(PROGRAMME).reliability
        assert nobody is not None
        assert (nobody.before.ece, nobody.before.n) == (None, 0)
        assert nobody.before.because
        with pytest.raises(Conflict, match="too few answers"):
            client.confidence.fit(PROGRAMME)
        with pytest.raises(Conflict, match="no calibration sample"):
            client.confidence.design(PROGRAMME, alpha=0.05)

        # the sample: drawn, judged blind by a senior, and no item leaves the work to come
        sample = client.confidence.sample(PROGRAMME, size=SAMPLE)
        assert (sample.drawn, sample.known, sample.frame) == (SAMPLE, 0, REST)
        senior, annotator = _crew(client)
        assert work_off([senior], truth, seed=SEED).judgements == SAMPLE
        view = client.confidence.get(PROGRAMME)
        assert view.sample is not None
        assert view.sample["in_order"] == SAMPLE
        assert view.reliability is not None
        before = view.reliability.before
        assert (before.n, view.reliability.sources, view.reliability.simulated) == (SAMPLE, {"audit": SAMPLE}, SAMPLE)
        assert before.ece_low is not None
        assert before.ece is not None
        assert before.ece_low <= before.ece
        assert sum(point["n"] for point in before.curve) == SAMPLE
        labels = list(client.confidence.parts(PROGRAMME))
        assert sum(one.n for one in labels) == SAMPLE
        assert all((one.ece is None) == (one.n < 20) and (one.ece is not None or one.because) for one in labels)

        # recalibration: a numbered map, put in force by a named person
        fitted = client.confidence.fit(PROGRAMME)
        assert (fitted.number, fitted.n, fitted.in_force) == (1, SAMPLE, False)
        assert fitted.losses[fitted.kind] == min(fitted.losses.values())
        client.confidence.use(PROGRAMME, 1, because="better on answers it was not fitted on")
        view = client.confidence.get(PROGRAMME)
        assert view.in_force == 1
        assert view.reliability is not None
        assert view.reliability.after is not None
        assert view.reliability.after.n == SAMPLE

        # the bound: designed, looked at, adopted as the next version of the file
        strict = client.confidence.design(PROGRAMME, alpha=0.002)
        assert strict.groups[0]["threshold"] is None
        assert strict.groups[0]["takes"]["because"]
        bound = client.confidence.design(PROGRAMME, alpha=0.06, prices={"verify": 3, "annotate": 12})
        (group,) = bound.groups
        assert group["share"] > 0.4
        assert group["errors"] / group["accepted"] < 0.06
        assert bound.shift["shifted"] is False
        assert bound.open["cost_after"] < bound.open["cost_manual"]
        looked = client.confidence.file(PROGRAMME, bound.number)
        assert read_policy(looked.yaml).routing.rules[0].rule == f"bound {bound.number}: all"
        assert "# what follows stays as it is" in looked.yaml
        assert any(change.path.startswith("routing.rules.0") for change in looked.changes)
        done_ = client.confidence.adopt(PROGRAMME, bound.number, tighten=True)
        assert client.programmes.get(PROGRAMME).programme.number == done_.version == 2

        # routed by it: the calibrated value, and which version read it
        done(client, client.work.open(PROGRAMME))
        batch = next(one.batch.id for one in client.batches.all(PROGRAMME) if one.batch.purpose == "production")
        routed = {one.rule: one.items for one in client.batches.get(batch).routing}
        rule = f"bound {bound.number}: all"
        items = list(client.batches.items(batch))
        assert len(items) == REST
        assert routed[rule] == bound.open["after"]["verify"]
        passing = next(one for one in items if one.rule == rule)
        route = next(one for one in client.items.get(passing.item_id).routes if one["batch_id"] == batch)
        assert route["calibrated"] >= group["threshold"]
        assert f"(calibrated {route['calibrated']:.3f} by version 1)" in route["because"]

        # what it promised, on the whole truth
        right = {row["n"]: _id(row["category"]) for row in rows}
        said = {one.external_id: one for one in items if one.rule == rule}
        suggested = {key: client.policies.explain(one.item_id).suggested for key, one in list(said.items())[:60]}
        wrong = sum(suggested[key] != (right[key],) for key in suggested)
        assert wrong <= 0.06 * len(suggested) + 4

        # the re-check, on the blind share
        assert work_off([annotator], truth, seed=SEED, queue="annotate").judgements > 30
        found = done(client, client.confidence.check(PROGRAMME))
        assert found["groups"]["all"] in ("kept", "open"), found
        checks = client.confidence.get(PROGRAMME).bound
        assert checks is not None
        assert checks.checks[0]["n"] > 30
        assert checks.checks[0]["eligible"] == routed[rule]

        # the old file tried on the batch: what would have gone elsewhere, and why
        trial = client.policies.dry_run(PROGRAMME, batch, _programme(rows))
        assert trial.items == REST == sum(one["items"] for one in trial.flows)
        changed = list(client.policies.changed(PROGRAMME, batch, _programme(rows)))
        assert len(changed) == trial.changed
        unchanged = client.policies.dry_run(PROGRAMME, batch)
        assert (unchanged.changed, unchanged.confidence) == (0, "calibrated by version 1")
        why = client.policies.explain(passing.item_id)
        assert (why.rule, [one["holds"] for one in why.looked_at]) == (rule, [False, True])
