"""Long works of every kind that is about text: 5,000 words, 300 marks, and the keys that an annotator presses there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

WORDS, MARKS, LINE = 5_000, 300, 120
PARTS = 200  # steps of a chain of reasoning, turns of a conversation
TREE = (8, 5, 10)  # 400 labels that can be said, three levels deep
KINDS = ("person", "place", "thing")


class LongWork(NamedTuple):
    """A task with its labels, an item of so many words, what is suggested of it, and a round of keys."""

    task: Mapping[str, Any]
    labels: Sequence[Mapping[str, Any]]
    body: Callable[[int], Mapping[str, Any]]
    suggested: Callable[[int], Any] | None
    keys: str
    """One press after the other, as the desk writes them."""


def text_of(words: int, line: int = LINE) -> str:
    """So many words, so many a line."""
    return " ".join(_words(words, line))


def _words(words: int, line: int) -> list[str]:
    return [f"word{n % 97}" + ("\n" if n % line == line - 1 else "") for n in range(words)]


def places(words: int, line: int = LINE, count: int = MARKS) -> list[tuple[int, int]]:
    """Where in that text so many words stand, spread over all of it."""
    found, at = [], 0
    for n, word in enumerate(_words(words, line)):
        if n % max(1, words // count) == 0:
            found.append((at, at + len(word.rstrip())))
        at += len(word) + 1
    return found[:count]


def _marks(words: int) -> list[dict[str, Any]]:
    return [{"start": start, "end": end, "label": KINDS[n % 3]} for n, (start, end) in enumerate(places(words))]


def _related(words: int) -> dict[str, Any]:
    marks = _marks(words)
    pairs = range(0, len(marks) - 1, 2)
    return {"spans": marks, "relations": [{"from": n, "to": n + 1, "label": "knows"} for n in pairs]}


def _chained(words: int) -> dict[str, Any]:
    found = places(words)
    chains = [found[n::60] for n in range(60)]
    return {"chains": [{"label": KINDS[n % 3], "mentions": mentions} for n, mentions in enumerate(chains) if mentions]}


def _framed(words: int) -> dict[str, Any]:
    marks = _marks(words)
    frames = [marks[n : n + 3] for n in range(0, len(marks), 3)]
    return {
        "predicates": [
            {**verb, "label": "sends", "arguments": [{**one, "label": "agent"} for one in parts]}
            for verb, *parts in frames
        ]
    }


def _meant(words: int) -> dict[str, Any]:
    said = {"polarity": "positive", "intensity": 2, "irony": False}
    return {"aspects": [{**mark, **said} for mark in _marks(words)]}


def _tree() -> list[dict[str, Any]]:
    roots, branches, leaves = TREE
    out: list[dict[str, Any]] = []
    for a in range(roots):
        out.append({"id": f"t{a}", "name": f"Topic {a}", "selectable": False})
        for b in range(branches):
            out.append({"id": f"t{a}.{b}", "name": f"Kind {a}.{b}", "parent": f"t{a}", "selectable": False})
            out += [
                {"id": f"t{a}.{b}.{c}", "name": f"Case {a}.{b}.{c}", "parent": f"t{a}.{b}", "definition": "A case."}
                for c in range(leaves)
            ]
    return out


def _labels(*names: str, heading: str = "", below: Sequence[str] = ()) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = [{"id": name, "name": name} for name in names]
    if not heading:
        return plain
    inside = [{"id": name, "name": name, "parent": heading} for name in below]
    return [*plain, {"id": heading, "name": heading, "selectable": False}, *inside]


def _text(words: int) -> dict[str, Any]:
    return {"text": text_of(words)}


def _parts(words: int) -> list[str]:
    each = text_of(max(1, words // PARTS))
    return [each] * PARTS


def _responses(words: int) -> dict[str, Any]:
    half = text_of(words // 2)
    return {"prompt": "Which is better?", "responses": [{"text": half}, {"text": half + " more"}]}


EDITORS: Mapping[str, LongWork] = {
    "spans": LongWork(
        {"spans.v1": {"allow_overlap": True}},
        _labels(*KINDS),
        _text,
        lambda words: {"spans": _marks(words)},
        "ArrowRight 1 Escape ArrowRight shift+ArrowRight 2 Escape j a x",
    ),
    "relations": LongWork(
        {"relations.v1": {"allow_overlap": True}},
        _labels(*KINDS, heading="relations", below=("knows", "owns")),
        _text,
        _related,
        "ArrowRight 1 r j 1 Escape Escape ArrowRight shift+ArrowRight 2 Escape j a shift+j x Escape",
    ),
    "coreference": LongWork(
        {"coreference.v1": {}},
        _labels(*KINDS),
        _text,
        _chained,
        "ArrowRight 1 ArrowRight Enter Escape Escape j a j r k r Escape Escape j x",
    ),
    "roles": LongWork(
        {"roles.v1": {}},
        _labels("sends", "says", heading="roles", below=("agent", "theme")),
        _text,
        _framed,
        "ArrowRight 1 ArrowRight 1 ArrowRight 2 Escape Escape j a shift+j x Escape Escape",
    ),
    "aspects": LongWork(
        {"aspects.v1": {}},
        _labels(*KINDS),
        _text,
        _meant,
        "ArrowRight 1 p i y Escape j p a j x Escape",
    ),
    "choice of 400 labels": LongWork({"choice.v1": {}}, _tree(), _text, None, "l 1 2 3 1 l 2 2 4 2"),
    "reasoning steps": LongWork(
        {"steps.v1": {}},
        _labels("sum", "made_up"),
        lambda words: {"prompt": "How many?", "steps": _parts(words)},
        None,
        "r b 1 u j k",
    ),
    "conversation": LongWork(
        {"turns.v1": {}},
        _labels("helpful", "evasive", "rude"),
        lambda words: {"turns": [{"role": ("user", "bot")[n % 2], "text": one} for n, one in enumerate(_parts(words))]},
        None,
        "1 2 j k 3",
    ),
    "rating": LongWork({"rating.v1": {}}, _labels("correct", "clear"), _text, None, "1 2 k j 3"),
    "pairwise": LongWork({"pairwise.v1": {}}, _labels("better"), _responses, None, "ArrowLeft ArrowRight ="),
    "ranking": LongWork({"ranking.v1": {}}, _labels("better"), _responses, None, "1 2 ] ["),
    "writing": LongWork(
        {"write.v1": {"start": "text", "most": 100_000}}, _labels("summary"), _text, None, "o type:a type:b Escape"
    ),
}
