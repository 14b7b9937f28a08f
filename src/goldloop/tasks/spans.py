"""Marking stretches of text: named entities, toxic words, citations."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, Unit, no_answer, task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.offsets import Span, check_extent, in_code_points, read_span
from goldloop.tasks.tokens import tokens

OUTSIDE = "O"

Key = tuple[int, int, str]


@task("spans.v1")
class Spans(Task):
    """Which stretches of the text carry which label: named entity recognition and its kin.

    Stored form: `{"spans": [{"start", "end", "label"}]}`, sorted, half-open, in Unicode code points over the body's
    text. Also taken: the bare list, `[start, end, label]` for a span, and a `text` inside a span: it must be what
    stands there, and it decides the unit where a file counted UTF-16 units or bytes.
    """

    allow_overlap: bool = Field(default=False, description="spans may overlap or nest")

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `spans.N.field`."""
        text = body.get("text")
        if not isinstance(text, str):
            raise Invalid("spans lie on text", field="body.text", expected="text", found=type(text).__name__)
        listed = answer["spans"] if isinstance(answer, Mapping) and list(answer) == ["spans"] else answer
        if not isinstance(listed, list | tuple):
            raise no_answer(self.name, answer)
        spans = in_code_points([read_span(value, n) for n, value in enumerate(listed)], text)
        read: list[tuple[Key, int]] = []
        for n, span in enumerate(spans):
            check_extent(span, n, text)
            read.append(((span.start, span.end, ontology.find(span.label, field=f"spans.{n}.label")), n))
        read.sort()
        if not self.allow_overlap:
            _refuse_overlap(read)
        return _stored(dict(read))

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The ids that any span carries."""
        return tuple(sorted({span["label"] for span in answer["spans"]}))

    def distance(self, a: Any, b: Any) -> float:
        """1 - 2S / (spans of a + spans of b), S the summed overlap of paired spans of one label.

        A pair's overlap is its shared length over its joint length; pairs are taken best first, each span once. Equal
        span sets give 0, so a boundary moved by one letter counts little and a missed or renamed span in full.
        """
        first, second = _keys(a), _keys(b)
        if first == second:
            return 0.0
        return 1 - 2 * _paired_overlap(first, second) / (len(first) + len(second))

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a token (see `tokens`), its `where` the token's extent `start:end`, its label what covers it.

        `O` is outside every span. A token that a span covers in part says which part (`PER~0-3`), so boundaries that
        cut tokens disagree with those that do not. A span that starts right behind one of its own label says so on its
        first token (`>PER`), so two neighbours and one long span differ. Overlapping labels are joined (`LOC|ORG`).
        """
        ahead = deque(Span(*key) for key in _keys(answer))
        units: list[Unit] = []
        before: list[Span] = []
        for start, end in tokens(body):
            covering = [span for span in before if span.end > start]
            while ahead and ahead[0].start < end:
                covering.append(ahead.popleft())
            said = sorted({_said(span, start, end, before) for span in covering})
            units.append(Unit(f"{start}:{end}", "|".join(said) or OUTSIDE))
            before = covering
        return units

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The spans, label and both edges, that more than half of the answers marked.

        None where a span was marked by exactly half, and where at least half marked something at a place but no one
        reading of it has the majority: that is a dispute about a boundary or a label, not an absence.
        """
        each = [_keys(answer) for answer in answers]
        votes = Counter(key for keys in each for key in keys)
        half = len(answers) / 2
        if any(count == half for count in votes.values()):
            return None
        agreed = {key for key, count in votes.items() if count > half}
        for key in votes.keys() - agreed:
            there = sum(any(_overlap(key, other) for other in keys) for keys in each)
            if there >= half and not any(_overlap(key, other) for other in agreed):
                return None
        return _stored(agreed)

    def relabelled(self, answer: Any, ids: Mapping[str, str]) -> Any | None:
        """The spans with their labels replaced; two spans that become one are one."""
        return _stored({(start, end, ids.get(label, label)) for start, end, label in _keys(answer)})

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """The list of spans with label names; `canonical` reads it back."""
        return [{**span, "label": ontology.word_of(span["label"])} for span in answer["spans"]]

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """A sentence with a person and a place."""
        labels = (Label(id="person", name="Person"), Label(id="place", name="Place"))
        answer = [
            {"start": 0, "end": 12, "label": "Person", "text": "Ada Lovelace"},
            {"start": 25, "end": 31, "label": "place"},
        ]
        return {"text": "Ada Lovelace was born in London."}, Ontology(labels=labels), answer


def _keys(answer: Any) -> list[Key]:
    return [(span["start"], span["end"], span["label"]) for span in answer["spans"]]


def _stored(keys: Iterable[Key]) -> dict[str, Any]:
    return {"spans": [{"start": start, "end": end, "label": label} for start, end, label in sorted(keys)]}


def _refuse_overlap(read: Sequence[tuple[Key, int]]) -> None:
    """Raise Invalid for the first span that overlaps the one before it; the same span twice is one span."""
    for (before, _), (after, number) in pairwise(read):
        if after[0] < before[1] and after != before:
            raise Invalid(
                "spans must not overlap",
                field=f"spans.{number}.start",
                expected=f"at least {before[1]}, where the span before it ends",
                found=str(after[0]),
            )


def _said(span: Span, start: int, end: int, before: Sequence[Span]) -> str:
    """What one span says of the token start:end, given the spans on the token before."""
    opens = span not in before and any(other.label == span.label for other in before)
    part = (max(span.start - start, 0), min(span.end, end) - start)
    cut = "" if part == (0, end - start) else f"~{part[0]}-{part[1]}"
    return f"{'>' if opens else ''}{span.label}{cut}"


def _overlap(a: Key, b: Key) -> int:
    """Code points that two spans share, whatever their labels."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def _paired_overlap(first: Sequence[Key], second: Sequence[Key]) -> float:
    """The summed overlap of pairs of one label, best pairs first; ties break alike from both sides."""
    pairs = [
        (_overlap(a, b) / (max(a[1], b[1]) - min(a[0], b[0])), min(a, b), max(a, b), n, m)
        for n, a in enumerate(first)
        for m, b in enumerate(second)
        if a[2] == b[2] and _overlap(a, b)
    ]
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    left: set[int] = set()
    right: set[int] = set()
    total = 0.0
    for shared, _, _, n, m in pairs:
        if n not in left and m not in right:
            left.add(n)
            right.add(m)
            total += shared
    return total
