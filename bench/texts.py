"""Short texts of five classes, the same for the same seed, as the files that are imported."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

LABELS = ("billing", "delivery", "refund", "praise", "other")
PROSE = (
    "parcel tracking courier doorstep neighbour invoice statement fee currency balance card wallet transfer pending "
    "declined receipt voucher coupon basket checkout password login device phone update crash screen button language "
    "thank wonderful polite patient terrible rude waiting queue callback morning yesterday weekend holiday colour size "
    "fabric broken missing late early wrong right twice never always please maybe still again"
)
WORDS = PROSE.split()
SEED = 11


class File(NamedTuple):
    """A file to import, with the source that reads it."""

    path: Path
    source: dict[str, Any]
    rows: int


def rows(count: int, *, seed: int = SEED, name: str = "t") -> Iterator[dict[str, Any]]:
    """Items with a text of 8 to 25 words; every second one has a prediction with a confidence."""
    chance = random.Random(seed)
    for number in range(count):
        words = " ".join(chance.choices(WORDS, k=chance.randint(8, 25)))
        row: dict[str, Any] = {"id": f"{name}{number:07d}", "text": f"{number} {words}"}
        if number % 2 == 0:
            row |= {"prediction": chance.choice(LABELS), "confidence": round(chance.uniform(0.3, 0.99), 3)}
        yield row


def fresh(folder: Path, count: int, *, seed: int = SEED, name: str = "t") -> File:
    """Items to be worked, half of them with predictions."""
    return _file(folder / f"fresh-{count}-{seed}.jsonl", rows(count, seed=seed, name=name), count, {})


def answered(folder: Path, count: int) -> File:
    """Items that a person has answered already."""
    said = (
        {"id": row["id"], "text": row["text"], "said": LABELS[n % 5], "by": "ana"} for n, row in enumerate(rows(count))
    )
    return _file(folder / f"answered-{count}.jsonl", said, count, {"annotation": "said", "annotator": "by"})


def _file(path: Path, content: Iterator[dict[str, Any]], count: int, params: dict[str, Any]) -> File:
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for row in content:
            out.write(json.dumps(row) + "\n")
    return File(path, {"name": "jsonl.v1", "params": params}, count)
