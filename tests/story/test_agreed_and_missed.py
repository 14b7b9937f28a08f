"""A crowd that agrees and overlooks the same names: the gate says so, because recall stands beside agreement."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.realdata import folder
from tests.story.house import done, house

from goldloop.core.nouns import Spec

PROGRAMME = "tweets"
FILE = """
programme: tweets
title: People named in tweets
organisation: Harbour Bank
raci: {accountable: mona}
task: spans.v1
ontology: {labels: [PER]}
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
batches: {gate: release}
gates:
  release:
    owner: mona
    checks:
      - floor.v1: {of: agreement.v1, at: 0.4}
      - floor.v1: {of: recall.v1, at: 0.8}
"""
SOURCE = Spec(name="jsonl.v1", params={"judgements": "judgements", "gold": "gold"})


def _gold() -> dict[str, list[tuple[int, int]]]:
    """Where the experts marked a person, in letters without blanks, by the letters of the tweet."""
    out: dict[str, list[tuple[int, int]]] = {}
    for block in (folder("btc-ner-crowd-e") / "gold.conll").read_text(encoding="utf-8").split("\n\n"):
        letters, spans = "", []
        for line in filter(str.strip, block.split("\n")):
            token, label = line.split("\t")[:2]
            if label == "B-PER":
                spans.append((len(letters), len(letters) + len(token)))
            elif label == "I-PER" and spans:
                spans[-1] = (spans[-1][0], len(letters) + len(token))
            letters += token
        out[letters] = spans
    return out


def _rows() -> Iterator[dict[str, Any]]:
    gold = _gold()
    for n, line in enumerate((folder("btc-ner-crowd-e") / "judgments.jsonl").read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        tokens, letters = row["tokens"], "".join(row["tokens"])
        if row["type"] != "PER" or letters not in gold:
            continue
        starts = [len(" ".join(tokens[:n])) + (n > 0) for n in range(len(tokens))]
        place = [start + k for start, token in zip(starts, tokens, strict=True) for k in range(len(token))]
        yield {
            "id": f"{row['unit']}-{n}",
            "text": " ".join(tokens),
            "gold": [{"start": place[a], "end": place[b - 1] + 1, "label": "PER"} for a, b in gold[letters]],
            "judgements": [
                {"actor": one["worker"], "kind": "person", "answer": _marked(one["answer"], starts, tokens)}
                for one in row["judgments"]
            ],
        }


def _marked(clicked: list[int], starts: list[int], tokens: list[str]) -> list[dict[str, Any]]:
    """A span is a run of clicked tokens."""
    spans: list[dict[str, Any]] = []
    for n in sorted(clicked):
        end = starts[n] + len(tokens[n])
        if n - 1 in clicked and spans:
            spans[-1]["end"] = end
        else:
            spans.append({"start": starts[n], "end": end, "label": "PER"})
    return spans


def test_a_crowd_that_agrees_and_misses_names_does_not_pass(tmp_path: Path):
    rows = list(_rows())
    assert len(rows) > 150
    file = tmp_path / "tweets.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with house(tmp_path / "home") as client:
        client.programmes.apply(FILE)
        took = done(client, client.imports.add(PROGRAMME, file, SOURCE))
        assert (took["items"], took["rejects"]) == (len(rows), 0)
        done(client, client.work.open(PROGRAMME))
        (row,) = client.batches.all(PROGRAMME)
        assert done(client, client.batches.gate(row.batch.id))["outcome"] == "fail"
        view = client.batches.get(row.batch.id)
        agreement, recall = view.verdicts[0].results
        assert agreement.outcome == "pass", agreement.because
        assert recall.outcome == "fail", recall.because
        found = view.measured("recall.v1")
        assert found is not None
        assert found.value is not None
        assert found.interval is not None
        assert found.interval.high < 0.8
        doubt = view.measured("truth.v1")
        assert doubt is not None
        assert doubt.interval is None
        assert "not a measurement" in (doubt.because or "")

        worst = client.batches.confusions(row.batch.id)[0]
        assert {worst.a, worst.b} == {"O", "PER"}
        assert worst.low < worst.value < worst.high
        split = list(client.batches.disagreements(row.batch.id))
        assert split
        assert all(len({json.dumps(said.answer) for said in one.answers}) > 1 for one in split)
        assert all(len([who for said in one.answers for who in said.by]) == 5 for one in split[:20])
