"""Real corrections to CoNLL-2003: a gate finds teams that were called places, and the brief ends with the number."""

import csv
from pathlib import Path

import pytest
from tests.realdata import folder
from tests.story.house import ENTERPRISE, PROVIDER, done, house

from goldloop.client import Client
from goldloop.client.briefs import BriefRow
from goldloop.core.errors import Conflict
from goldloop.core.nouns import Spec
from goldloop.simulate import crew, hire, truth_of, work_off

PROGRAMME = "entities"
TYPES = ("LOC", "MISC", "ORG", "PER")
FILE = """
programme: entities
title: What kind of name is it?
organisation: Harbour Bank
raci:
  accountable: mona
  obligations: {briefs: {evaluation: {accountable: rae}}}
task: choice.v1
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
batches: {gate: release, size: 200}
gates:
  release:
    owner: mona
    sample: {size: 50, tier: 3, minimum: 0}
    checks: [{floor.v1: {of: accuracy.v1, at: 0.9}}, completeness.v1]
ontology: {labels: [LOC, MISC, ORG, PER]}
"""
PERFECT = {"accuracy": 1.0, "fatigue": 0.0, "escalates": 0.0}


def names() -> list[dict[str, str]]:
    """Names whose type the corrections changed, and names whose type they left as it was: what they said, what is."""
    out: list[dict[str, str]] = []
    counts = {True: 0, False: 0}
    with (folder("conll-label-corrections") / "all_conll_corrections_combined.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            said, true = row["corpus_ent_type"].strip().upper(), row["correct_ent_type"].strip().upper()
            kind = said != true
            if said not in TYPES or true not in TYPES or counts[kind] == 40 or row["fold"] == "train":
                continue
            counts[kind] += 1
            text = f"{row['correct_span']} in document {row['doc_offset']} of {row['fold']}"
            out.append({"id": f"n{len(out)}", "text": text, "said": said, "true": true, "fold": row["fold"]})
    assert counts == {True: 40, False: 40}
    return out


def of_gate(found: list[BriefRow]) -> BriefRow:
    """The brief of the gate; what else its errors tell of is looked for in the background."""
    (one,) = (row for row in found if row.source == "gate")
    return one


def test_a_finding_ends_with_a_better_number_and_comes_back_when_the_number_does(tmp_path: Path) -> None:
    rows = names()
    with (tmp_path / "names.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ["id", "text"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    corpus = truth_of({row["text"]: {"labels": [row["said"]]} for row in rows}.items())
    truth = truth_of({row["text"]: {"labels": [row["true"]]} for row in rows}.items())
    with house(tmp_path / "home") as client:
        invited = client.people.add("rae", "Rae of the models", ENTERPRISE)
        client.programmes.apply(FILE)
        client.programmes.staff(PROGRAMME, invited.person.id, "engineer")
        done(client, client.imports.add(PROGRAMME, tmp_path / "names.csv", Spec(name="csv.v1")))
        done(client, client.work.open(PROGRAMME))
        first, second, senior, other = (
            hire(client, [one.model_copy(update=PERFECT)], organisation=PROVIDER, programmes=[PROGRAMME])
            for one in crew(4, seed=4, tiers=((1,), (2,), (3,), (3,)))
        )

        work_off(first, corpus, seed=1)  # every name as the corpus has it
        (batch,) = (one.batch.id for one in client.batches.all(PROGRAMME))
        done(client, client.batches.gate(batch))
        assert client.briefs.all(PROGRAMME) == [], "an audit that nobody has judged finds nothing"
        work_off(senior, truth, seed=1)
        assert done(client, client.batches.gate(batch))["outcome"] == "fail"
        brief = of_gate(client.briefs.all(PROGRAMME))
        assert (brief.state, brief.source, brief.owner) == ("open", "gate", "Mona")
        with pytest.raises(Conflict, match="waived as a whole"):
            client.briefs.waive(brief.id, "we release it as it is")

        told = client.batches.errors(batch)
        assert ("LOC", "ORG") in {(one.said, one.true) for one in told.confusions}, "teams called by their place"
        done(client, client.batches.remediate(batch, "teams are named by their place all over", everything=True))
        brief = client.briefs.get(brief.id)
        assert (brief.state, brief.remedy, brief.batch_ids) == ("in_work", "relabel", (batch,))
        work_off(second, truth, seed=1)
        client.briefs.repaired(brief.id, "every name was labelled anew")
        done(client, client.batches.gate(batch))
        work_off(other, truth, seed=1)
        final = done(client, client.batches.gate(batch))
        assert final["outcome"] == "pass", final
        (bought,) = client.briefs.get(brief.id).bought
        before, after = (side.evidence[0] for side in (bought.before, bought.after) if side is not None)
        assert (before.value or 0) < 0.9 <= (after.value or 0)
        assert (after.n, after.eligible) == (50, 80), "a sample drawn anew"
        assert client.briefs.get(brief.id).state == "closed"

        _an_evaluation_comes_and_goes(client, invited.secret, rows)
        assert client.ledger.verify(PROGRAMME).outcome == "pass"


def _an_evaluation_comes_and_goes(client: Client, secret: str, rows: list[dict[str, str]]) -> None:
    """Rae's model learned from the corpus: held against the labels as they stand now, it fails, and fails again."""
    rae = client.acting(None)
    rae.take_up(secret, "a password of rae's")
    stale = [{"id": row["id"], "prediction": row["said"], "slices": {"fold": row["fold"]}} for row in rows]
    found = rae.findings.report(
        "types", [*stale, {"id": "n1000", "prediction": "LOC"}], programme=PROGRAMME, floor=0.8, model="corpus 1"
    )
    assert (found.counted, found.rejected, found.rejects[0].line, found.rejects[0].field) == (80, 1, 81, "id")
    whole = found.slices[0]
    assert (whole.value, whole.n, whole.healthy, whole.brief_state) == (0.5, 80, False, "open")
    assert whole.brief_id is not None
    brief = rae.briefs.get(whole.brief_id)
    assert brief.owner == "Rae of the models", "accountable for evaluations"
    rae.briefs.remedy(brief.id, "retrain", "it learned from the corpus before it was corrected")
    better = [{**one, "prediction": row["true"]} for one, row in zip(stale, rows, strict=True)]
    assert rae.findings.report("types", better, programme=PROGRAMME, floor=0.8).slices[0].brief_state == "closed"
    again = rae.findings.report("types", stale, programme=PROGRAMME, floor=0.8)
    assert (again.slices[0].brief_id, again.slices[0].brief_state) == (brief.id, "open")
    waived = client.briefs.waive(brief.id, "the old model only serves the archive")
    assert (waived.state, waived.relapses, waived.waivers[0].by) == ("waived", 1, "Mona")
    assert [one.kind for one in waived.timeline] == ["opened", "remedied", "closed", "reopened", "waived"]
    assert [one.after is not None for one in waived.bought] == [True, False]
