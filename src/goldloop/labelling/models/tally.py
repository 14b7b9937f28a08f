"""What the answers of a run have in common: why they were refused, and what is strange about them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from goldloop.core.families import Refusal, Suggestion
from goldloop.judges.reply import CERTAIN

MOST_REASONS = 20
MOST_WORDS = 160  # of one reason


class Strange(NamedTuple):
    """Something strange about the answers of a run: how many of how many, and in words."""

    kind: str
    n: int
    of: int
    words: str
    more: str = ""

    @property
    def says(self) -> str:
        """The words with their numbers."""
        return self.words.format(n=f"{self.n:,}", of=f"{self.of:,}") + self.more

    def told(self) -> dict[str, Any]:
        """For whoever reads it."""
        return {"kind": self.kind, "n": self.n, "of": self.of, "says": self.says}


OTHER = (
    "{n} of {of} items that this version had spoken of got another answer now: it answers by chance, or something else "
    "stands behind it"
)
DECLARED = (
    "the version in force was asked, while the programme file declares another, {version}: name that one to preview or "
    "run it, and promote it to route on it"
)
REFUSED = (
    (
        "certain",
        ("claims confidence 1.0",),
        "{n} of {of} answers were refused: the model claims confidence 1.0 for everything",
    ),
    (
        "labels",
        ("not in the ontology",),
        "{n} of {of} answers use labels that are not in the ontology: they were refused",
    ),
    (
        "numbers",
        ("no such number", "0-1", "NaN", "Infinity"),
        "{n} of {of} answers have a confidence that is no share, such as NaN: they were refused",
    ),
)
"""What is refused for a reason that has a name of its own, by what the reason says."""


class Tally:
    """What answers of a run have in common: why they were refused, what their confidence was read from."""

    def __init__(self, counts: Mapping[str, Any]) -> None:
        self.counts: dict[str, Any] = json.loads(json.dumps(dict(counts)))

    def add(self, answers: Sequence[Suggestion | Refusal]) -> None:
        """Count some more answers."""
        reasons, sources = Counter(self.counts.get("reasons", {})), Counter(self.counts.get("from", {}))
        for one in answers:
            if isinstance(one, Refusal):
                reason = _reason(one)
                reasons[reason if reason in reasons or len(reasons) < MOST_REASONS else "other reasons"] += 1
                continue
            if one.confidence_from is not None:
                sources[one.confidence_from] += 1
            self.counts["certain"] = self.counts.get("certain", 0) + (one.confidence == 1.0)
            self.counts["unknown"] = self.counts.get("unknown", 0) + (one.confidence is None)
        self.counts |= {"reasons": dict(reasons), "from": dict(sources)}

    def warnings(self, said: int, refused: int) -> list[Strange]:
        """What is strange about the answers, each with how many of how many."""
        return strange(self.counts, said, refused)


def merged(tallies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was counted of several starts of a run, the newest first, as of one."""
    out: dict[str, Any] = {}
    for one in tallies:
        for name, found in one.items():
            if isinstance(found, Mapping):
                out[name] = dict(Counter(out.get(name, {})) + Counter(found))
            elif isinstance(found, int):
                out[name] = out.get(name, 0) + found
            else:
                out.setdefault(name, found)
    return out


def strange(counts: Mapping[str, Any], said: int, refused: int) -> list[Strange]:
    """What is strange about the answers of a run, from what was counted of it."""
    out: list[Strange] = []
    certain, unknown = counts.get("certain", 0), counts.get("unknown", 0)
    reasons, asked = counts.get("reasons", {}), said + refused
    if said and certain == said and said >= CERTAIN:
        out.append(Strange("certain", said, said, "{n} of {of} answers claim confidence 1.0: that measures nothing"))
    for kind, words, says in REFUSED:
        if n := sum(n for reason, n in reasons.items() if any(one in reason for one in words)):
            out.append(Strange(kind, n, asked, says))
    if other := counts.get("other", 0):
        out.append(Strange("other", other, counts["again"], OTHER))
    if declared := counts.get("declared"):
        out.append(Strange("declared", asked, asked, DECLARED.format(version=declared)))
    if unknown:
        says = "{n} of {of} answers have no confidence: rules that ask for one do not match them"
        out.append(Strange("unknown", unknown, said, says))
    if len(sources := counts.get("from", {})) > 1:
        parts = ", ".join(f"{n:,} {source}" for source, n in sorted(sources.items()))
        says = "{n} of {of} confidences are of several kinds, which no one threshold fits: "
        out.append(Strange("kinds", sum(sources.values()), said, says, parts))
    if away := counts.get("away", 0):
        says = "{n} of {of} starts of the run broke off, because the model could not be asked; the last time: "
        out.append(Strange("away", away, counts["starts"], says, counts["away_because"]))
    return out


def _reason(refusal: Refusal) -> str:
    """The part of a reason that many refusals share: without what was expected and found, and without its place."""
    text = refusal.because.partition(" (expected")[0].partition(" (found")[0]
    field, colon, rest = text.partition(": ")
    return (rest if colon and " " not in field else text)[:MOST_WORDS]
