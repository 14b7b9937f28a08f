"""Labels that a model doubts, on real ones that five people looked at: found, judged again, and off the list."""

import gzip
import json
from io import BytesIO
from pathlib import Path

import numpy as np
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house

from goldloop.client.wire import address
from goldloop.core.nouns import Spec
from goldloop.simulate import crew, hire, truth_of, work_off

PROGRAMME = "groups"
OTHERS = 400  # documents beside those that people looked at
FILE = """
programme: groups
title: What newsgroup a document is of
organisation: Harbour Bank
raci: {{accountable: mona}}
task: choice.v1
models: {{published: {{judge: {{predictions.v1: {{file: {file}}}}}}}}}
routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}
ontology: {{labels: [{labels}]}}
"""


def test_labels_that_a_model_doubts_are_found_and_judged_again(tmp_path: Path) -> None:
    place = folder("label-errors")
    given, shares = (
        np.load(BytesIO(gzip.decompress((place / f"20news.{part}.npy.gz").read_bytes()))) for part in ("given", "pyx")
    )
    shares = shares / shares.sum(axis=1, keepdims=True)
    looked = {one["id"]: one for one in json.loads(gzip.decompress((place / "20news.mturk.json.gz").read_bytes()))}
    wrong = {key for key, one in looked.items() if one["mturk"]["given"] < 3}
    rows = sorted({*looked, *range(OTHERS)})
    items, said = tmp_path / "items.jsonl", tmp_path / "said.jsonl"
    items.write_text(
        "".join(
            json.dumps(
                {
                    "id": f"d{n}",
                    "text": f"document {n}",
                    "said": [{"actor": "the set", "kind": "person", "answer": f"g{given[n]}"}],
                }
            )
            + "\n"
            for n in rows
        )
    )
    said.write_text("".join(json.dumps(_reply(n, shares[n])) + "\n" for n in rows))
    labels = ", ".join(f"g{n}" for n in range(20))
    with house(tmp_path / "home") as client:
        plain = FILE.format(file="none", labels=labels)
        client.programmes.apply("".join(line + "\n" for line in plain.splitlines() if not line.startswith("models")))
        done(client, client.imports.add(PROGRAMME, items, Spec(name="jsonl.v1", params={"judgements": "said"})))
        done(client, client.work.open(PROGRAMME))
        uploads = address("programmes", PROGRAMME, "uploads")
        stored = client._wire.upload(uploads, said, params={"name": "said.jsonl"})
        client.programmes.apply(FILE.format(file=stored["file"], labels=labels))
        done(client, client.models.run(PROGRAMME, "published"))

        assert done(client, client.reports.measure(PROGRAMME))["doubted"] > 0
        suspects = client.reports.suspects(PROGRAMME)
        assert {one.by for one in suspects} == {"published"}
        assert suspects == sorted(suspects, key=lambda one: one.probability)
        doubted = {int(one.external_id[1:]) for one in suspects}
        assert len(doubted & wrong) > 0.75 * len(doubted), "most of what is doubted was found wrong by five people"
        assert all(one.instead and one.measured_at for one in suspects)

        (brief,) = client.briefs.all(PROGRAMME, source="suspects")
        assert brief.because.startswith(f"{len(doubted):,} of {len(doubted):,} suspected labels")
        truth = truth_of((f"document {n}", {"labels": [f"g{_better(looked.get(n), int(given[n]))}"]}) for n in rows)
        perfect = {"accuracy": 1.0, "fatigue": 0.0, "escalates": 0.0}
        (hand,) = (one.model_copy(update=perfect) for one in crew(1, seed=5, tiers=((1, 2, 3),)))
        hands = hire(client, [hand], organisation=PROVIDER, programmes=[PROGRAMME])
        for _ in range(4):  # what is mended moves the lines, which may show another
            begun = client.briefs.remedy(brief.id, "re_review", "somebody else reads these documents", work=True)
            assert done(client, begun.job)["items"] > 0
            work_off(hands, truth, seed=5)
            done(client, client.reports.measure(PROGRAMME))
            if client.briefs.get(brief.id).state == "closed":
                break
        assert client.briefs.get(brief.id).state == "closed"
        assert not doubted & {int(one.external_id[1:]) for one in client.reports.suspects(PROGRAMME)}


def _reply(n: int, shares: np.ndarray) -> dict[str, object]:
    best = np.argsort(-shares)[:5]
    top = [[f"g{k}", round(float(shares[k]), 6)] for k in best]
    return {"id": f"d{n}", "answer": {"labels": [top[0][0]]}, "confidence": top[0][1], "top": top}


def _better(one: dict | None, given: int) -> int:
    """What most of the five said, the given label where nobody was asked."""
    if one is None or one["mturk"]["given"] >= one["mturk"]["guessed"]:
        return given
    return int(one["our_guessed_label"])
