"""BANKING77 from a raw file to a release that a stranger can verify. docs/start.md walks the same way."""

import csv
import json
import random
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house

from goldloop.client import Client
from goldloop.core.nouns import Spec
from goldloop.programmes.sealed import Verification, verify_release
from goldloop.simulate import crew, hire, truth_of, work_off

PROGRAMME = "banking77"
KNOWN = 9_400  # of 10,003: the model learns from these, people label the rest
SEED = 77
CSV = Spec(name="csv.v1")
HEAD = """
programme: banking77
title: What customers ask a bank
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
models:
  ngrams: {judge: choice_baseline.v1}
routing:
  model: ngrams
  rules:
    - {rule: high, when: {confidence: {from: 0.9}}, to: verify, tier: 1}
    - {rule: between, when: {confidence: {from: 0.5}}, to: review, tier: 3}
    - {rule: low, to: annotate, tier: 2}
blind: {share: 0.05}
consensus: {share: 0.05, judgements: 2, limit: 3}
batches: {size: 5000, gate: release}
gates:
  release:
    owner: mona
    sample: {size: 300, tier: 3, minimum: 40}
    checks:
      - floor.v1: {of: accuracy.v1, at: 0.85, bound: lower}
      - floor.v1: {of: agreement.v1, at: 0.7}
      - completeness.v1
licence: CC-BY-4.0
ontology:
  labels:
"""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 10_003
    return found


def _id(name: str) -> str:
    """One of the 77 names ends in a question mark, which no label id holds."""
    return name.rstrip("?")


def _programme(rows: list[dict[str, str]]) -> str:
    names = sorted({row["category"] for row in rows})
    assert len(names) == 77
    return HEAD + "".join(f"    - {{id: {_id(name)}, name: {json.dumps(name)}}}\n" for name in names)


def _file(path: Path, rows: list[dict[str, str]], *, known: bool) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "text", *(["gold"] if known else [])])
        writer.writerows([row["n"], row["text"], *([row["category"]] if known else [])] for row in rows)
    return path


def test_banking77_becomes_a_verified_release(tmp_path: Path, rows: list[dict[str, str]]):
    shuffled = [{**row, "n": str(n)} for n, row in enumerate(rows)]
    random.Random(SEED).shuffle(shuffled)
    known, rest = shuffled[:KNOWN], shuffled[KNOWN:]
    with house(tmp_path / "home") as client:
        client.programmes.apply(_programme(rows))
        took = [
            done(client, client.imports.add(PROGRAMME, _file(tmp_path / name, part, known=gold), CSV))
            for name, part, gold in (("known.csv", known, True), ("rest.csv", rest, False))
        ]
        assert [one["items"] for one in took] == [KNOWN, len(rest)]
        assert [one["rejects"] for one in took] == [0, 0]
        assert done(client, client.models.train(PROGRAMME, "ngrams", seed=SEED))["rows"] == KNOWN
        assert done(client, client.models.run(PROGRAMME, "ngrams"))["said"] == len(rest)
        assert done(client, client.work.open(PROGRAMME))["items"] == len(rest)
        batch = client.batches.all(PROGRAMME)[0].batch.id
        routed: Counter[str] = Counter()
        for one in client.batches.get(batch).routing:  # blind and consensus shares of a rule go to another queue
            routed[one.rule] += one.items
        assert set(routed) == {"high", "between", "low"}
        assert routed.total() == len(rest)

        workers = hire(client, crew(12, seed=SEED), organisation=PROVIDER, programmes=[PROGRAMME])
        truth = truth_of({row["text"]: {"labels": [_id(row["category"])]} for row in shuffled}.items())
        tally = work_off(workers, truth, seed=SEED)
        progress = client.batches.get(batch).progress
        assert (progress.decided, progress.open, progress.disputed) == (len(rest), 0, 0)
        assert tally.judgements >= len(rest)

        assert done(client, client.batches.gate(batch))["audit_opened"] >= 300
        work_off(workers, truth, seed=SEED)
        done(client, client.batches.gate(batch))
        view = client.batches.get(batch)
        verdict = view.verdicts[0]
        assert verdict.outcome == "pass", [one.because for one in verdict.results]
        accuracy = view.measured("accuracy.v1")
        assert accuracy is not None and accuracy.interval is not None and accuracy.value is not None
        assert accuracy.eligible == len(rest)
        right = _right_share(client, batch, {row["n"]: _id(row["category"]) for row in rest})
        assert right < 1, "the planted noise has to be there"
        assert accuracy.interval.low - 0.03 <= right <= accuracy.interval.high + 0.03  # the audit errs too

        release = _release(client, batch, tmp_path)
    assert release.outcome == "verified", release.problems
    assert release.counts["rows"] == len(rest)
    assert any("simulated" in note for note in release.notes)


def _right_share(client: Client, batch: str, truth: dict[str, str]) -> float:
    items = list(client.batches.items(batch))
    assert len(items) == len(truth)
    return sum(one.answer == {"labels": [truth[one.external_id]]} for one in items) / len(items)


def _release(client: Client, batch: str, tmp_path: Path) -> Verification:
    result = done(client, client.releases.cut(PROGRAMME, "banking77", batch_ids=[batch]))
    client.releases.download(result["release_id"], tmp_path / "release.zip")
    with ZipFile(tmp_path / "release.zip") as packed:
        packed.extractall(tmp_path / "release")
    return verify_release(tmp_path / "release", key=result["signer"])
