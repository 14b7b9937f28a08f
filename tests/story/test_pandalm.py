"""PandaLM: which of two responses people prefer. No machine says it by any door. What people preferred elsewhere is
sealed as the word of its source. What a machine prefers is another task, and what is sealed of it names the machine."""

import base64
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house
from tests.story.test_archives import forge

from goldloop.client import Client
from goldloop.core.errors import Forbidden, Invalid
from goldloop.core.nouns import Spec

PAIRS, ALIKE, WORDS = 12, 9, {0: "tie", 1: "a", 2: "b"}
PEOPLE = """
programme: preferred
title: Which response is better
organisation: Harbour Bank
raci: {accountable: mona}
task: pairwise.v1
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
human_only: {ruling: disputes}
batches: {gate: all}
gates: {all: {owner: mona, checks: [completeness.v1, human_only.v1]}}
ontology: {labels: [better]}
"""
MODEL = "models: {pandalm: {judge: {predictions.v1: {file: said.jsonl}}}}\n"
MACHINE = """
programme: machine
title: Which response a machine prefers
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
models: {imported: {judge: {predictions.v1: {file: imported}}}}
routing:
  model: imported
  machine_acceptance: what a machine prefers is what is asked for here
  rules:
    - {rule: said, when: {suggested: true}, to: accept, tier: 1}
    - {rule: rest, to: annotate, tier: 1}
batches: {gate: all}
gates: {all: {owner: mona, checks: [completeness.v1]}}
ontology: {labels: [a, b, tie]}
"""


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, Any]]:
    """Real pairs, with what a person and what a machine said of each."""
    people = json.loads((folder("pandalm") / "testset-v1.json").read_text())
    machine = json.loads((folder("pandalm") / "pandalm-7b-testset-v1.json").read_text())
    said = {row["idx"]: row["pandalm_result"] for row in machine}
    out, seen, wanted = [], set(), {True: ALIKE, False: PAIRS - ALIKE}
    for row in people:
        alike = len({row[f"annotator{n}"] for n in (1, 2, 3)}) == 1
        if (prompt := f"{row['instruction']}\n{row['input']}") in seen or not wanted[alike]:
            continue  # one pair of each prompt
        wanted[alike] -= 1
        seen.add(prompt)
        models = row["cmp_key"].split("_")
        responses = [
            {"text": row[f"response{n}"] or "nothing", "model": name} for n, name in enumerate(models, start=1)
        ]
        body = {"prompt": prompt, "responses": responses}
        crowd = [{"actor": f"annotator {n}", "answer": WORDS[row[f"annotator{n}"]]} for n in (1, 2, 3)]
        machine_said = WORDS.get(said[row["idx"]], "tie")
        known = {"person": WORDS[row["annotator1"]], "crowd": crowd, "machine": machine_said}
        out.append({"id": str(row["idx"]), "text": body, **known})
    return out


def test_a_preference_is_a_persons_and_what_a_machine_prefers_is_sealed_as_a_machines(
    tmp_path: Path, pairs: list[dict[str, Any]]
) -> None:
    with house(tmp_path / "home") as client:
        with pytest.raises(Invalid, match="only people may say") as refused:
            client.programmes.apply(PEOPLE + MODEL)
        assert refused.value.field is not None
        assert "models" in refused.value.field
        client.programmes.apply(PEOPLE)
        rows = [{"id": one["id"], "text": one["text"]} for one in pairs]

        # a pre-label in the file of items is refused line by line, and nothing of it comes in
        said = [{**row, "prediction": one["machine"], "confidence": 0.99} for row, one in zip(rows, pairs, strict=True)]
        took = done(client, client.imports.add("preferred", _file(tmp_path, said), Spec(name="jsonl.v1")))
        assert (took["items"], took["rejects"]) == (0, PAIRS)
        (reject, *_) = client.imports.rejects(client.imports.all("preferred")[0].id)
        assert (reject.field, reject.expected, reject.found) == ("prediction", "a person's answer", "a model's")

        # people say it, and it is sealed with the proof that people alone said it
        assert (
            done(client, client.imports.add("preferred", _file(tmp_path, rows), Spec(name="jsonl.v1")))["items"]
            == PAIRS
        )
        done(client, client.work.open("preferred"))
        person = {one["text"]["prompt"]: one["person"] for one in pairs}
        client.programmes.apply(PEOPLE.replace("programme: preferred", "programme: elsewhere"))
        ann = _annotator(client)
        while works := ann.work.claim(count=4):
            for work in works:
                assert work.suggestion is None
                ann.work.submit(work.work_id, "answer", answer=person[work.body["prompt"]])
        people = _sealed(client, "preferred", tmp_path)
        assert {one["kind"] for one in people["authors"]} == {"person"}
        assert (people["human_only"]["items"], people["human_only"]["violations"]) == (PAIRS, 0)
        assert people["human_only"]["declared"] == 0
        proof = done(client, client.human_only.prove("preferred"))
        assert (proof["items"], proof["declared"], proof["violations"]) == (PAIRS, 0, 0)

        # what three people preferred elsewhere: where they agree it stands, a dispute is ruled on here, and the
        # certificate says whose word the rest is
        told = [{**row, "judgements": one["crowd"]} for row, one in zip(rows, pairs, strict=True)]
        crowd = Spec(name="jsonl.v1", params={"judgements": "judgements"})
        done(client, client.imports.add("elsewhere", _file(tmp_path, told), crowd))
        done(client, client.work.open("elsewhere"))
        while works := ann.work.claim(count=4):
            for work in works:
                assert (work.queue, work.suggestion, len(work.others)) == ("review", None, 3)
                ann.work.submit(work.work_id, "adjudicate", answer=person[work.body["prompt"]])
        proof = done(client, client.human_only.prove("elsewhere"))
        assert (proof["items"], proof["declared"], proof["violations"]) == (PAIRS, ALIKE, 0)
        elsewhere = _sealed(client, "elsewhere", tmp_path)["human_only"]
        assert (elsewhere["items"], elsewhere["declared"], elsewhere["outcome"]) == (PAIRS, ALIKE, "pass")
        assert f"and {ALIKE} elsewhere: by people" in elsewhere["because"]
        assert "as their source declares" in elsewhere["because"]

        # a machine's preference is another task: no item is human-only, and its author is the machine
        client.programmes.apply(MACHINE)
        asked = [
            {"id": one["id"], "text": json.dumps(one["text"]), "prediction": one["machine"], "confidence": 0.9}
            for one in pairs
        ]
        assert (
            done(client, client.imports.add("machine", _file(tmp_path, asked), Spec(name="jsonl.v1")))["items"] == PAIRS
        )
        done(client, client.work.open("machine"))
        machine = _sealed(client, "machine", tmp_path)
        assert {one["kind"] for one in machine["authors"]} == {"model"}
        assert machine["human_only"]["items"] == 0

        # an archive carries nobody past it either: a machine's preference is refused, and what came is human-only
        written = client.archives.write("preferred")
        done(client, written)
        archive = client.archives.save(written, tmp_path / "preferred.zip")
        open_, by_machine = tmp_path / "open.zip", tmp_path / "machine.zip"
        forge(archive, open_, {"tables/human_only.jsonl": lambda _: b""})
        forge(archive, by_machine, {"tables/actor.jsonl": lambda told: told.replace(b'"person"', b'"model"')})
        with pytest.raises(Forbidden, match="only people may say this"):
            done(client, client.archives.open(client.archives.send(by_machine), name="by-machine"))
        done(client, client.archives.open(client.archives.send(open_), name="opened", accounts={"mona": "mona"}))
        proof = done(client, client.human_only.prove("opened"))
        assert (proof["items"], proof["declared"], proof["violations"]) == (PAIRS, PAIRS, 0)


def _annotator(client: Client) -> Client:
    """A person, and no simulated one."""
    invited = client.people.add("ann", "Ann", PROVIDER, tiers=(1, 2, 3))
    client.programmes.staff("preferred", invited.person.id, "annotator", tiers=(1, 2))
    client.programmes.staff("elsewhere", invited.person.id, "annotator", tiers=(3,))
    ann = client.acting(None)
    ann.take_up(invited.secret, "a password of ann's")
    return ann


def _file(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _sealed(client: Client, programme: str, tmp_path: Path) -> dict[str, Any]:
    """The authors of a release of everything that is accepted, and what its certificate says."""
    (batch,) = client.batches.all(programme)
    assert done(client, client.batches.gate(batch.batch.id))["outcome"] == "pass"
    made = done(client, client.releases.cut(programme, programme, batch_ids=[batch.batch.id]))
    client.releases.download(made["release_id"], tmp_path / f"{programme}.zip")
    with ZipFile(tmp_path / f"{programme}.zip") as packed:
        names = packed.namelist()
        (authors,) = (one for one in names if one.endswith("lineage/authors.json"))
        (signed,) = (one for one in names if one.endswith("certificate.dsse.json"))
        said = json.loads(base64.b64decode(json.loads(packed.read(signed))["payload"]))
        return {"authors": json.loads(packed.read(authors)), "human_only": said["predicate"]["human_only"]}
