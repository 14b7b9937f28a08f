"""People and a model together, on real corrections of CoNLL-2003: who followed what, what is wrong together, and what
it cost. The people are simulated, so that what goldloop says can be held against what is true."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house

from goldloop.client import Client
from goldloop.client.wire import address
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import Spec
from goldloop.core.settings import Settings
from goldloop.simulate import Persona, hire, truth_of, work_off
from goldloop.store.briefs import BriefRow, briefs
from goldloop.store.open import open_store
from goldloop.store.schema import brief

PROGRAMME = "entities"
HIDDEN, AUDITED = 40, 80
WRONG = 60  # mentions whose label the corrections changed: the model says what the corpus said
RIGHT = 40  # mentions where the model says what is right
FILE = """
programme: entities
title: Types of entities
organisation: Harbour Bank
raci: {{accountable: mona}}
task: choice.v1
currency: EUR
tiers: {{1: {{rate: 3600}}, 2: {{rate: 3600}}, 3: {{rate: 7200}}}}
budget: {{amount: 100000, currency: EUR, until: 2030-12-31}}
models: {{corpus: {{judge: {{predictions.v1: {{file: {file}}}}}}}}}
routing:
  model: corpus
  rules:
  - {{rule: suggested, when: {{suggested: true}}, to: verify, tier: 1}}
  - {{rule: rest, to: annotate, tier: 1}}
blind: {{share: 0.4}}
batches: {{gate: release, size: 500}}
gates: {{release: {{owner: mona, sample: {{size: 80, minimum: 0}}, checks: [completeness.v1]}}}}
ontology: {{labels: [PER, ORG, LOC, MISC]}}
"""
SURE = {"accuracy": 1.0, "fatigue": 0.0, "escalates": 0.0, "seconds": 10.0, "spread": 0.2, "corrects": 1.0}
FOLLOWERS = [Persona(name=name, anchoring=1.0, **SURE) for name in ("ada", "bo", "cleo", "dian")]
SENIORS = [Persona(name=name, tiers=(1, 2, 3), anchoring=0.0, **SURE) for name in ("sue", "tom")]


class Story(NamedTuple):
    client: Client
    truth: Any
    folder: Path


def mentions() -> list[dict[str, Any]]:
    """Real mentions with the corpus's label and the corrected one; a part of them as if the corpus had been right."""
    path = folder("conll-label-corrections") / "all_conll_corrections_combined.csv"
    known = {"PER", "ORG", "LOC", "MISC"}
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["error_type"].strip() == "Tag" and {row["corpus_ent_type"], row["correct_ent_type"]} <= known
        ]
    out = []
    for n, row in enumerate(rows[: WRONG + RIGHT]):
        text = f"{row['corpus_span']} in document {row['doc_offset']} of {row['fold']}, {n}"
        true = row["correct_ent_type"]
        said = row["corpus_ent_type"] if n < WRONG else true
        out.append({"id": f"m{n}", "text": text, "slices": {"fold": row["fold"]}, "said": said, "true": true})
    return out


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Everybody who verifies lets every suggestion stand; whoever does not see it says what is right."""
    home = tmp_path_factory.mktemp("anchored")
    rows = mentions()
    assert len(rows) == WRONG + RIGHT
    truth = truth_of((row["text"], {"labels": [row["true"]]}) for row in rows)
    items, said = home / "items.jsonl", home / "said.jsonl"
    items.write_text("".join(json.dumps({key: row[key] for key in ("id", "text", "slices")}) + "\n" for row in rows))
    said.write_text(
        "".join(json.dumps({"id": r["id"], "answer": {"labels": [r["said"]]}, "confidence": 0.9}) + "\n" for r in rows)
    )
    with house(home / "home") as client:
        plain = FILE.format(file="none").replace("models: {corpus: {judge: {predictions.v1: {file: none}}}}\n", "")
        plain = plain.replace("  model: corpus\n", "").replace(
            "  - {rule: suggested, when: {suggested: true}, to: verify, tier: 1}\n", ""
        )
        client.programmes.apply(plain)
        params = {"slices": ["slices"]}
        done(client, client.imports.add(PROGRAMME, items, Spec(name="jsonl.v1", params=params)))
        uploads = address("programmes", PROGRAMME, "uploads")
        stored = client._wire.upload(uploads, said, params={"name": "said.jsonl"})
        client.programmes.apply(FILE.format(file=stored["file"]))
        done(client, client.models.run(PROGRAMME, "corpus"))
        done(client, client.work.open(PROGRAMME))
        before = client.anchoring.get(PROGRAMME)
        assert before.effect("agreement").value is None
        assert client.accuracy.get(PROGRAMME).of().because == "no batch of this programme was audited at random yet"
        workers = hire(client, FOLLOWERS, organisation=PROVIDER, programmes=[PROGRAMME])
        work_off(workers, truth, seed=1)
        (batch,) = client.batches.all(PROGRAMME)
        done(client, client.batches.gate(batch.batch.id))
        seniors = hire(client, SENIORS, organisation=PROVIDER, programmes=[PROGRAMME])
        work_off(seniors, truth, seed=1)
        assert done(client, client.batches.gate(batch.batch.id))["outcome"] == "pass"
        yield Story(client, truth, home)


def _brief(story: Story, key: str) -> BriefRow:
    """The brief of a finding."""
    store = open_store(Settings(home=story.folder / "home"))
    try:
        with store.read() as connection:
            (found,) = briefs(connection, 1, brief.c.key == key)
            return found
    finally:
        store.close()


def test_following_what_is_shown_is_told_from_agreeing_with_it(story: Story) -> None:
    found = story.client.anchoring.get(PROGRAMME)
    total = WRONG + RIGHT
    assert (found.arms["suggested"], found.arms["hidden"], found.arms["shown"]) == (total, HIDDEN, total - HIDDEN)
    agreement = found.effect("agreement")
    assert agreement.shown == 1.0
    assert agreement.hidden == pytest.approx(RIGHT / total, abs=0.2)
    assert agreement.low is not None
    assert agreement.low > 0
    followed = found.effect("wrong_followed")
    assert (followed.value, followed.shown, followed.hidden) == (1.0, 1.0, 0.0)
    assert (found.effect("right_kept").value, found.effect("error").hidden) == (0.0, 0.0)
    error = found.effect("error")
    assert error.value == error.shown
    assert error.low is not None
    assert error.low > 0
    assert [(one.form, one.n) for one in found.effects if one.by == "model"][:1] == [("agreement", total)]
    assert {one.name.partition(" ")[0] for one in found.effects if one.by == "person"} == {"Ada", "Bo", "Cleo", "Dian"}
    by_how = {(one.by, one.how): one for one in found.profiles if one.by == "all"}
    assert by_how["all", "accept"].p50 < by_how["all", "blind"].p50
    assert sum(by_how["all", "blind"].bars) == by_how["all", "blind"].timed == HIDDEN
    (small, _, large) = found.forecasts
    assert (small.effect, large.effect) == (0.01, 0.05)


def test_accuracy_says_what_it_speaks_for_and_that_passing_is_another_number(story: Story) -> None:
    found = story.client.accuracy.get(PROGRAMME)
    assert found.covered["batches"] == found.covered["of"] == 1
    assert found.covered["judged"] == AUDITED
    whole = found.of()
    assert (whole.n, whole.eligible) == (AUDITED, WRONG + RIGHT)
    assert whole.low < whole.value < whole.high
    verified, in_full = found.of("work", "verified"), found.of("work", "labelled in full")
    assert in_full.value == 1.0
    assert verified.value < 0.7
    assert verified.eligible + in_full.eligible == pytest.approx(WRONG + RIGHT, abs=1)
    assert found.gap["passed"] == 1.0
    assert found.gap["gap"] == pytest.approx(1 - verified.value)
    assert "let 100.0% of the suggestions stand" in found.gap["says"]


def test_the_saving_is_measured_on_the_blind_share_and_the_budget_is_held_against_it(story: Story) -> None:
    found = story.client.economics.get(PROGRAMME)
    item = found.saving("seconds", "verified item")
    assert item.manual == pytest.approx(10, abs=1.5)
    assert item.actual == pytest.approx(5, abs=1)
    assert item.low is not None
    assert 0 < item.low < item.value < item.high
    whole, proved = found.saving("money", "programme"), found.saving("money", "programme with proof")
    assert 0 < whole.low < whole.value < whole.high < 1
    assert proved.value < whole.value, "audits cost, too"
    verify = found.cost("queue", "verify", "judgement")
    assert verify.money == pytest.approx(verify.seconds), "3600 minor units an hour are one a second"
    assert found.cost("cause", "audit", "judgement").n == AUDITED
    total = sum(one["money"] for one in found.streams)
    assert found.budget.spent == pytest.approx(total)
    assert (found.budget.state, found.budget.left) == ("within", pytest.approx(100000 - total))
    assert found.budget.days[-1]["sum"] == pytest.approx(total)


def test_every_table_is_a_file_for_a_spreadsheet(story: Story, tmp_path: Path) -> None:
    ours = story.client
    for part in ("effects", "profiles", "forecasts"):
        assert ours.anchoring.save(PROGRAMME, tmp_path / part, part=part).read_text().count("\n") > 2
    for part in ("costs", "savings", "streams", "days"):
        assert ours.economics.save(PROGRAMME, tmp_path / part, part=part).read_text().count("\n") > 1
    assert ours.accuracy.save(PROGRAMME, tmp_path / "accuracy").read_text().startswith("stage,by,name,value,low,high")
    with pytest.raises(Invalid, match="no such part"):
        ours.economics.save(PROGRAMME, tmp_path / "x", part="nonsense")


def test_a_budget_in_another_currency_than_the_rates_is_refused_at_its_line(story: Story) -> None:
    wrong = story.client.programmes.get(PROGRAMME).yaml.replace("100000, currency: EUR", "100000, currency: USD")
    with pytest.raises(Invalid, match="could not be held against them"):
        story.client.programmes.apply(wrong)


def test_the_first_cluster_is_the_systematic_one_and_one_action_repairs_it(story: Story) -> None:
    ours = story.client
    found = ours.anchoring.clusters(PROGRAMME)
    first = found.clusters[0]
    assert (first.said, first.true, first.dimension, first.found) == ("LOC", "ORG", "everywhere", True)
    assert first.suggested_so == first.wrong, "every one of them was suggested"
    assert first.accepted > first.wrong
    assert first.accepted_of == WRONG + RIGHT
    with pytest.raises(NotFound, match="no such cluster"):
        ours.anchoring.requeue(PROGRAMME, "PER>LOC@nowhere=x")
    assert done(ours, ours.anchoring.find_clusters(PROGRAMME))["found"] >= 1
    assert _brief(story, "cluster:LOC>ORG").state == "open"
    done(ours, ours.releases.cut(PROGRAMME, "entities"))
    again = done(ours, ours.anchoring.requeue(PROGRAMME, first.key))
    assert again["items"] == first.accepted, "exactly those that share its signature"
    assert again["batches"] == ["cluster-again-1"]
    held = {one.batch.name: one for one in ours.batches.all(PROGRAMME)}
    assert held["cluster-again-1"].batch.items == first.accepted
    with pytest.raises(Conflict, match="no accepted label shares"):
        ours.anchoring.requeue(PROGRAMME, first.key)
    before, first_labels = ours.accuracy.get(PROGRAMME).of(), ours.accuracy.get(PROGRAMME).of(stage="first").value
    fresh = [Persona(name="uma", anchoring=1.0, **SURE)]
    seen = work_off(hire(ours, fresh, organisation=PROVIDER, programmes=[PROGRAMME]), story.truth, seed=2)
    assert seen.by_stance == {"answer": first.accepted}, "nobody was shown anything"
    mended = ours.anchoring.clusters(PROGRAMME)
    assert (first.said, first.true) not in {(one.said, one.true) for one in mended.clusters}
    done(ours, ours.anchoring.find_clusters(PROGRAMME))
    repaired = _brief(story, "cluster:LOC>ORG")
    assert (repaired.state, repaired.title) == ("closed", "LOC is accepted where ORG is true")
    after = ours.accuracy.get(PROGRAMME)
    assert after.of().value > before.value
    assert after.of(stage="first").value == first_labels, "what was said first stays what it was"
    assert ours.economics.get(PROGRAMME).cost("cause", "judged again", "judgement").n == first.accepted
    _the_second_release_says_what_was_corrected(story, held["cluster-again-1"].batch.id, first.accepted)


def _the_second_release_says_what_was_corrected(story: Story, batch: str, again: int) -> None:
    """Version 2 holds the labels that were given again; the diff names each that was corrected, why, and by whom."""
    ours = story.client
    done(ours, ours.batches.gate(batch))
    senior = [Persona(name="vic", tiers=(1, 2, 3), anchoring=0.0, **SURE)]
    work_off(hire(ours, senior, organisation=PROVIDER, programmes=[PROGRAMME]), story.truth, seed=3)
    assert done(ours, ours.batches.gate(batch))["outcome"] == "pass"
    second = done(ours, ours.releases.cut(PROGRAMME, "entities"))
    counted = ours.releases.count_changes(second["release_id"])
    assert (counted.added, counted.removed, counted.relabelled + counted.confirmed) == (0, 0, again)
    corrected = list(ours.releases.changes(second["release_id"], only="relabelled"))
    true = {row["id"]: row["true"] for row in mentions()}
    assert {(one.external_id, one.after["labels"][0]) for one in corrected} <= set(true.items())
    assert len(corrected) == counted.relabelled > 0
    assert {one.before["labels"][0] for one in corrected} == {"LOC"}
    assert {one.batch for one in corrected} == {"cluster-again-1"}
    assert {by["name"].partition(" ")[0] for one in corrected for by in one.by} == {"Uma"}
