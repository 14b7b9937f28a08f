"""People and labels over the life of a programme, on real data: outliers, drift, contests, a changed ontology."""

import csv
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.realdata import folder
from tests.story.house import ENTERPRISE, done, house

from goldloop.client import Client
from goldloop.core.errors import Conflict, Forbidden
from goldloop.core.nouns import Spec
from goldloop.programmes.sealed import verify_release
from goldloop.stats.rankings import spearman

JSONL = Spec(name="jsonl.v1", params={"judgements": "said"})
BEGAN = 1_750_000_000_000_000  # microseconds
HEAD = """
programme: {name}
title: {name}
organisation: Harbour Bank
raci: {{accountable: mona, consulted: [{consulted}]}}
task: choice.v1
routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}
batches: {{gate: release}}
gates: {{release: {{owner: mona, checks: [completeness.v1]}}}}
"""
PASSWORD = "a sentence that nobody guesses"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with house(tmp_path_factory.mktemp("people")) as one:
        yield one


def programme(client: Client, name: str, labels: list[str], *, consulted: str = "") -> None:
    listed = ", ".join(f'{{id: "{label}", name: "{label}"}}' for label in labels)
    client.programmes.apply(HEAD.format(name=name, consulted=consulted) + f"ontology: {{labels: [{listed}]}}\n")


def replay(client: Client, place: Path, name: str, said: list[tuple[str, str, str]], truth: dict[str, str]) -> None:
    """Import (item, annotator, label) in order of time, with what is true as gold, and settle it."""
    items: dict[str, list[dict[str, object]]] = {}
    for n, (item, who, label) in enumerate(said):
        one = {
            "actor": who,
            "answer": label,
            "kind": "person",
            "said_at": BEGAN + n * 1_000_000,
            "active_ms": 4000 + n % 7,
        }
        items.setdefault(item, []).append(one)
    lines = [{"id": item, "text": item, "gold": truth.get(item), "said": listed} for item, listed in items.items()]
    file = place / f"{name}.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    tally = done(client, client.imports.add(name, file, JSONL))
    assert (tally["items"], tally["rejects"]) == (len(items), 0)
    done(client, client.work.open(name))


def test_the_two_raters_who_miss_attention_checks_are_found_and_nobody_else(client: Client, tmp_path: Path):
    said, truth = [], {}
    with gzip.open(folder("wmt23-sxs-mqm-ende") / "annotations.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for n, row in enumerate(csv.DictReader(file)):
            if row["severity"] == "HOTW-test":
                said.append((f"check-{n}", row["rater"], row["category"]))
                truth[f"check-{n}"] = "Found"
    programme(client, "attention", ["Found", "Missed"])
    replay(client, tmp_path, "attention", said, truth)
    team = client.reports.team("attention")
    assert len(team.people) == 10 and team.everybody.n == 245
    assert {one.name for one in team.people if one.stands_out} == {"rater4", "rater9"}
    assert [one.name for one in team.people] == sorted(one.name for one in team.people)  # by name, never by rank
    worst = next(one for one in team.people if one.name == "rater4")
    assert (round(worst.accuracy.value or 0, 4), worst.accuracy.n) == (round(22 / 32, 4), 32)
    report = client.reports.person("attention", worst.actor_id)
    assert report.confusion == ({"reference": "Found", "answer": "Missed", "answers": 10},)
    assert report.stands_out == worst.stands_out


def test_a_planted_bad_annotator_and_a_planted_drift_are_each_found_by_the_right_report(client: Client, tmp_path: Path):
    chance = random.Random(77)
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:1500]
    truth = {f"q{n}": row["category"].rstrip("?") for n, row in enumerate(rows)}
    labels = sorted(set(truth.values()))
    people = ["ada", "bea", "cy", "dot", "bad", "drift"]
    said, counts = [], dict.fromkeys(people, 0)
    for n, (item, label) in enumerate(truth.items()):
        for who in (people[n % 6], people[(n + 1 + n // 6 % 5) % 6]):
            counts[who] += 1
            wrong = {"bad": 0.3, "drift": 0.02 if counts[who] <= 250 else 0.4}.get(who, 0.03)
            other = chance.choice([one for one in labels if one != label])
            said.append((item, who, other if chance.random() < wrong else label))
    programme(client, "intents", labels)
    replay(client, tmp_path, "intents", said, truth)
    team = {one.name: one for one in client.reports.team("intents").people}
    assert team["bad"].stands_out
    assert not any(team[who].stands_out for who in ("ada", "bea", "cy", "dot"))
    charts = {who: client.reports.person("intents", one.actor_id).drift for who, one in team.items()}
    assert charts["drift"].signal is not None and 200 < charts["drift"].signal < 330
    assert all(charts[who].signal is None for who in ("ada", "bea", "cy", "dot"))
    assert all((chart.run_length or 0) >= 1000 for chart in charts.values())
    done(client, client.reports.measure("intents"))
    skill = {one.name: one.competence for one in client.reports.team("intents").people}
    bad, ada = skill["bad"], skill["ada"]
    assert bad and ada and bad.value is not None and bad.interval and ada.interval
    assert bad.interval.high < ada.interval.low  # with no reference at all


def test_competence_without_a_reference_goes_with_accuracy_beside_the_published_labels(client: Client, tmp_path: Path):
    place, debates = folder("ukp-convarg-preferences"), ("0", "1")
    with gzip.open(place / "judgments.csv.gz", "rt", encoding="utf-8", newline="") as file:
        said = [(row["pair"], row["worker"], row["value"]) for row in csv.DictReader(file) if row["debate"] in debates]
    with (place / "pairs.csv").open(encoding="utf-8", newline="") as file:
        gold = {row["pair"]: row["gold_label"] for row in csv.DictReader(file) if row["debate"] in debates}
    programme(client, "arguments", ["a1", "a2", "equal"])
    replay(client, tmp_path, "arguments", said, {pair: label for pair, label in gold.items() if label})
    done(client, client.reports.measure("arguments"))
    team = [one for one in client.reports.team("arguments").people if one.accuracy.n >= 20 and one.competence]
    assert len(team) > 20
    skill = [one.competence.value for one in team if one.competence is not None]
    alike = spearman(skill, [one.accuracy.value for one in team])
    assert alike.interval is not None and alike.interval.low > 0.5
    suspects = client.reports.suspects("arguments")
    assert suspects == sorted(suspects, key=lambda one: one.probability)


def test_a_changed_ontology_is_approved_mapped_looked_at_again_released_and_traced(client: Client, tmp_path: Path):
    eli = client.acting(None)
    eli.take_up(client.people.add("eli", "Eli", ENTERPRISE).invitation, PASSWORD)
    programme(client, "cards", ["card_lost", "card_stolen", "fee", "rate"], consulted="eli")
    client.programmes.staff("cards", eli.me().actor.id, "expert")
    truth = [("i1", "card_lost"), ("i2", "card_stolen"), ("i3", "fee"), ("i4", "rate"), ("i5", "fee")]
    replay(client, tmp_path, "cards", [(item, "pat", label) for item, label in truth], {})
    changed = """
ontology: {labels: [card_missing, fee_card, fee_atm, rate]}
guidelines: [{id: "1", title: A lost and a stolen card are one}]
migration:
- {from: card_lost, to: card_missing}
- {from: card_stolen, to: card_missing}
- {from: fee, review: true, into: [fee_card, fee_atm]}
"""
    seen = client.ontology.preview("cards", changed)
    assert (seen.impact.mapped, seen.impact.reviewed, seen.impact.people) == (2, 2, 1)
    view = client.ontology.propose("cards", changed, note="nobody tells lost from stolen")
    key = view.proposal.id
    with pytest.raises(Conflict, match="not approved"):
        client.ontology.publish(key)
    with pytest.raises(Forbidden, match="nobody approves what they proposed"):
        client.ontology.say(key, "approve")
    assert eli.ontology.say(key, "comment", "what of the atm?").proposal.state == "open"
    assert eli.ontology.say(key, "approve").proposal.state == "approved"
    before = client.programmes.get("cards").ontology_id
    assert client.ontology.publish(key).proposal.state == "published"
    force = client.programmes.get("cards")
    assert force.ontology_id != before
    assert "nobody tells" in client.ontology.proposals("cards")[0].note
    done(client, next(one for one in client.jobs.all("cards") if one.kind == "rereview"))
    (old,) = (one.batch for one in client.batches.all("cards") if one.batch.name.startswith("replay"))
    again = next(one.batch for one in client.batches.all("cards") if one.batch.name == "ontology-2-again-1")
    assert again.items == 2
    done(client, client.batches.gate(old.id))
    with pytest.raises(Conflict, match="wait to be looked at again under ontology 2"):
        client.releases.cut("cards", "gold")
    client.programmes.staff("cards", client.me().actor.id, "annotator", tiers=[2])
    client.work.read_clause("cards", "1", 2)
    for _ in range(2):
        (held,) = client.work.claim(programme_id=force.programme.id)
        client.work.submit(held.work_id, "answer", answer="fee_atm")
    done(client, client.batches.gate(again.id))
    result = done(client, client.releases.cut("cards", "gold"))
    (release,) = client.releases.all("cards")
    assert release.rows == 5
    client.releases.download(release.id, tmp_path / "gold.zip")
    with ZipFile(tmp_path / "gold.zip") as file:
        file.extractall(tmp_path / "gold")
    verified = verify_release(tmp_path / "gold", key=result["signer"])
    assert verified.exit_code == 0, verified
    text = next((tmp_path / "gold" / "data").glob("*.jsonl")).read_text(encoding="utf-8")
    assert text.count("card_missing") == 2 and "card_lost" not in text and text.count("fee_atm") == 2
    said = list(client.reports.judgements("cards", release=release.id))
    assert sorted(one.external_id for one in said) == ["i1", "i2", "i3", "i4", "i5"]
    lost = next(one for one in said if one.external_id == "i1")
    assert lost.answer == {"labels": ["card_lost"]}  # as it was said
    trace = client.reports.trace(lost.id)
    assert trace.author["name"] == "pat" and trace.ontology is not None and trace.ontology["number"] == 1
    assert trace.batch is not None and trace.batch["name"] == old.name
    assert [one["id"] for one in trace.releases] == [release.id]
    assert [one.id for one in client.reports.judgements("cards", ontology=force.ontology_id)] == [
        one.id for one in said if one.answer == {"labels": ["fee_atm"]}
    ]
