"""What is learnt from a release: a model trained on it elsewhere, what it gets wrong, and how sure models may be."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from goldloop.client import Client
from goldloop.core.ontology import Ontology
from goldloop.demo.messages import Message, by_keywords
from goldloop.demo.narrator import Narrator
from goldloop.judges.choice_baseline import ChoiceBaseline
from goldloop.tasks.choice import Choice

FLOOR = 0.8
LEAST = 10  # messages of an intent, fewer say nothing
RUN, EVALUATION = "intents-classifier-1", "messages of the week after"


def learn(
    client: Client,
    programme: str,
    release: str,
    folder: Path,
    later: Sequence[Message],
    *,
    seed: int,
    narrator: Narrator,
) -> None:
    """Train on the sealed rows in a folder, evaluate on messages that came later, and tell goldloop what was found."""
    narrator.stage("Learn")
    rows = [json.loads(line) for line in (folder / "data" / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    ontology = Ontology.model_validate_json((folder / "ontology.json").read_text(encoding="utf-8"))
    weights = ChoiceBaseline.train(
        [(row["body"], row["answer"]) for row in rows], task=Choice(), ontology=ontology, seed=seed
    )
    said = ChoiceBaseline.predictor(weights).predict([{"text": one.text} for one in later])
    right = [one.intent in reply["answer"]["labels"] for one, reply in zip(later, said, strict=True)]
    of = Counter(one.intent for one in later)
    hits = Counter(one.intent for one, yes in zip(later, right, strict=True) if yes)
    run = client.runs.record(
        programme, RUN, [release], code="a1f4c0e", model="n-grams", params={"strength": 30, "seed": seed}
    )
    slices = [{"slice": {"label": intent}, "right": hits[intent], "n": n} for intent, n in sorted(of.items())]
    client.runs.evaluated(run.id, EVALUATION, [{"right": sum(right), "n": len(later)}, *slices])
    narrator.fact(f"{RUN}: {sum(right)} of {len(later)} {EVALUATION} right")
    _rule_of_thumb(client, programme, rows, narrator)
    fitted = client.confidence.fit(programme)
    narrator.fact(
        f"recalibration {fitted.number} ({fitted.kind}) of n = {fitted.n}: fitted, and in force when somebody says so"
    )


def _rule_of_thumb(client: Client, programme: str, rows: Sequence[dict[str, Any]], narrator: Narrator) -> None:
    """The old rule of thumb held against the accepted labels, by what it says: what it gets wrong is a finding."""
    lines = []
    for row in rows:
        said = by_keywords(row["body"]["text"])
        lines.append({"id": row["external_id"], "prediction": said, "slices": {"it says": said}})
    found = client.findings.report(
        "rule of thumb", lines, programme=programme, floor=FLOOR, least=LEAST, model="keywords 1"
    )
    briefs = [one for one in found.slices if one.brief_id]
    narrator.fact(f"the rule of thumb: {len(briefs)} findings below {FLOOR:.0%}, each a brief with an owner")
