"""Marking stretches of text: named entities, toxic words, citations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field

from goldloop.core.families import Body, Task, Unit, task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks import marks as on_text
from goldloop.tasks.marks import OUTSIDE, Mark, mark_in, named_mark, stored_mark
from goldloop.tasks.votes import majority


@task("spans.v1")
class Spans(Task):
    """Which stretches of the text carry which label: named entity recognition and its kin.

    Stored form: `{"spans": [{"start", "end", "label"}]}`, sorted, half-open, in Unicode code points over the body's
    text. A span with gaps has `fragments` beside them, a list of `[start, end]`; start and end are then the outermost
    edges. Also taken: the bare list, `[start, end, label]` for a span, and a `text` inside a span: it must be what
    stands there (fragments parted by a blank), and it decides the unit where a file counted UTF-16 units or bytes.
    """

    allow_overlap: bool = Field(default=False, description="spans may overlap or nest")
    allow_gaps: bool = Field(default=False, description="a span may leave out words: several fragments, one label")

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `spans.N.field`."""
        text = on_text.text_of(body)
        (listed,) = on_text.lists_of(answer, self.name, "spans")
        marks = on_text.read_marks(listed, "spans", text, ontology, gaps=self.allow_gaps)
        if not self.allow_overlap:
            on_text.refuse_overlap(marks, "spans")
        return _stored(marks)

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The ids that any span carries."""
        return tuple(sorted({span["label"] for span in answer["spans"]}))

    def distance(self, a: Any, b: Any) -> float:
        """1 - 2S / (spans of a + spans of b), S the summed overlap of paired spans of one label.

        A pair's overlap is its shared length over its joint length; pairs are taken best first, each span once. Equal
        span sets give 0, so a boundary moved by one letter counts little and a missed or renamed span in full.
        """
        first, second = set(_marks(a)), set(_marks(b))
        if first == second:
            return 0.0
        return 1 - 2 * on_text.paired(first, second, on_text.alike) / (len(first) + len(second))

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a token, its `where` the token's extent `start:end`, its label what covers it.

        `O` is outside every span. What a token says of a span: see `goldloop.tasks.marks.said_of_tokens`. Overlapping
        labels are joined (`LOC|ORG`).
        """
        return [
            Unit(f"{start}:{end}", "|".join(sorted(said)) or OUTSIDE)
            for (start, end), said in on_text.said_of_tokens(_marks(answer), body)
        ]

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The spans, label and every edge, that more than half of the answers marked; see `majority` for None."""
        agreed = majority([_marks(answer) for answer in answers], lambda a, b: on_text.shared(a.place, b.place) > 0)
        return None if agreed is None else _stored(agreed)

    def relabelled(self, answer: Any, ids: Mapping[str, str]) -> Any | None:
        """The spans with their labels replaced; two spans that become one are one."""
        return _stored({mark._replace(label=ids.get(mark.label, mark.label)) for mark in _marks(answer)})

    def mistaken(self, answer: Any, body: Body, instead: str, *, draw: int) -> Any | None:
        """One span with another label, with an edge moved by a word, or missing."""
        marks = _marks(answer)
        if not marks:
            return None
        one = marks[draw // 3 % len(marks)]
        others = [mark for mark in marks if mark != one]
        moved = on_text.moved(one, body)
        how = (one._replace(label=instead), moved, None)[draw % 3]
        mistaken = _stored([*others, how] if how is not None else others)
        spoilt = how is not None and not self.allow_overlap and any(on_text.shared(how.place, m.place) for m in others)
        return _stored([*others, one._replace(label=instead)]) if spoilt or mistaken == answer else mistaken

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """The list of spans with label names; `canonical` reads it back. With `allow_gaps` each tells its fragments."""
        return [named_mark(span, ontology, gaps=self.allow_gaps) for span in answer["spans"]]

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """A sentence with a person and a place."""
        labels = (Label(id="person", name="Person"), Label(id="place", name="Place"))
        answer = [
            {"start": 0, "end": 12, "label": "Person", "text": "Ada Lovelace"},
            {"start": 25, "end": 31, "label": "place"},
        ]
        return {"text": "Ada Lovelace was born in London."}, Ontology(labels=labels), answer


def _marks(answer: Any) -> list[Mark]:
    return [mark_in(span) for span in answer["spans"]]


def _stored(marks: Iterable[Mark]) -> dict[str, Any]:
    return {"spans": [stored_mark(mark) for mark in on_text.in_order(marks)]}
