"""Messages made of the templates: the same for the same seed, with the noise that people make."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from goldloop.demo.templates import ENDINGS, FILLS, INTENTS, KEYWORDS, LABELLED, OPENINGS

SLOT = re.compile(r"\{(\w+)\}")
TYPO_SHARE, OPENING_SHARE, ENDING_SHARE, LOWER_SHARE, SECOND_SHARE = 0.18, 0.35, 0.35, 0.2, 0.12


class Message(NamedTuple):
    """One message with what is true of it: its intent, and where people, places and the like are named."""

    id: str
    text: str
    intent: str
    spans: tuple[tuple[int, int, str], ...]


def messages(count: int, *, seed: int, prefix: str, wordings: int | None = None) -> list[Message]:
    """Different messages, every intent in turn; no two have the same text.

    `wordings` is how many sentences of each intent are used, None for all: what a model learns from a few, and meets
    later in others, it is unsure about, as in life.
    """
    chance = random.Random(f"{prefix}:{seed}")
    intents = sorted(INTENTS)
    made: dict[str, Message] = {}
    number = 0
    while len(made) < count:
        intent = intents[number % len(intents)]
        number += 1
        text, spans = _written(INTENTS[intent][:wordings], chance)
        made.setdefault(text, Message(f"{prefix}-{len(made) + 1:04}", text, intent, spans))
    out = list(made.values())
    chance.shuffle(out)
    return out


def by_keywords(text: str) -> str:
    """What an old rule of thumb makes of a message: the second opinion of the demo. Its last rule fits everything."""
    low = text.lower()
    return next(intent for word, intent in KEYWORDS if word in low)


def write(file: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Rows as JSONL."""
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def _written(sentences: Sequence[str], chance: random.Random) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """A message and the extents of its fills, in code points."""
    parts = list(_filled(chance.choice(sentences), chance))
    if chance.random() < SECOND_SHARE:
        parts += [(" ", None), *_filled(chance.choice(sentences), chance)]
    if chance.random() < OPENING_SHARE:
        parts.insert(0, (chance.choice(OPENINGS), None))
    if chance.random() < ENDING_SHARE:
        parts.append((chance.choice(ENDINGS), None))
    lower = chance.random() < LOWER_SHARE
    text, spans = "", []
    for words, label in parts:
        shown = words if label else _noisy(words.lower() if lower else words, chance)
        if label in LABELLED:
            spans.append((len(text), len(text) + len(shown), LABELLED[label]))
        text += shown
    return text, tuple(spans)


def _filled(template: str, chance: random.Random) -> Iterator[tuple[str, str | None]]:
    at = 0
    for slot in SLOT.finditer(template):
        if slot.start() > at:
            yield template[at : slot.start()], None
        yield chance.choice(FILLS[slot[1]]), slot[1]
        at = slot.end()
    if at < len(template):
        yield template[at:], None


def _noisy(words: str, chance: random.Random) -> str:
    """Now and then two letters change places, or one is missing."""
    if len(words) < 6 or chance.random() >= TYPO_SHARE:
        return words
    at = chance.randrange(1, len(words) - 2)
    if not (words[at].isalpha() and words[at + 1].isalpha()):
        return words
    if chance.random() < 0.5:
        return words[:at] + words[at + 1] + words[at] + words[at + 2 :]
    return words[:at] + words[at + 1 :]
