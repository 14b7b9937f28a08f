"""Relations between marked stretches of text: who works for whom, which drug causes which effect."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, Task, Unit, task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks import edges, headings
from goldloop.tasks import marks as on_text
from goldloop.tasks.edges import Edge
from goldloop.tasks.marks import OUTSIDE, Mark, mark_in, named_mark, stored_mark
from goldloop.tasks.votes import majority


@task("relations.v1")
class Relations(Task):
    """Which stretches of the text carry which label, and which of them are related, how and in which direction.

    Stored form: `{"spans": [...], "relations": [{"from", "to", "label"}]}`; spans as in spans.v1, `from` and `to` their
    places in the sorted list. Also taken: spans with an `id` of their own, which `from` and `to` then may name. Labels
    of relations stand in the ontology below one heading; all other labels mark spans.
    """

    relations: str = Field(default="relations", description="id of the heading above the labels of relations")
    between: dict[str, tuple[tuple[str, str], ...]] = Field(
        default={},
        description="for a relation's label id the pairs of span labels it may join, from and to; any where not listed",
    )
    allow_overlap: bool = Field(default=False, description="spans may overlap or nest")
    allow_gaps: bool = Field(default=False, description="a span may leave out words: several fragments, one label")

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `spans.N.field` or `relations.N.field`."""
        text = on_text.text_of(body)
        spans, relations = on_text.lists_of(answer, self.name, "spans", "relations")
        names = [span.get("id") if isinstance(span, Mapping) else None for span in spans]
        bare = [
            {key: value for key, value in span.items() if key != "id"} if isinstance(span, Mapping) else span
            for span in spans
        ]
        marks = on_text.read_marks(bare, "spans", text, ontology, gaps=self.allow_gaps)
        of_relations = headings.below(ontology, self.relations, field="task.relations")
        for n, mark in enumerate(marks):
            headings.check_beside(mark.label, of_relations, self.relations, field=f"spans.{n}.label")
        if not self.allow_overlap:
            on_text.refuse_overlap(marks, "spans")
        found: list[Edge] = []
        for n, value in enumerate(relations):
            where = f"relations.{n}"
            ends = _ends(value, names, where)
            label = ontology.find(value["label"], field=f"{where}.label")
            headings.check_below(label, of_relations, self.relations, field=f"{where}.label")
            edge = Edge(label, marks[ends[0]], marks[ends[1]])
            self._check_ends(edge, where)
            found.append(edge)
        return _stored(marks, found)

    def _check_ends(self, edge: Edge, where: str) -> None:
        """Raise Invalid where the relation joins a span with itself, or labels that it may not join."""
        if edge.head == edge.tail:
            raise Invalid(
                "a relation joins two spans", field=f"{where}.to", expected="another span", found="the span it is from"
            )
        pairs = self.between.get(edge.label)
        if pairs is not None and (edge.head.label, edge.tail.label) not in pairs:
            raise Invalid(
                "this relation does not join these labels",
                field=f"{where}.label",
                expected=" or ".join(f"{head} to {tail}" for head, tail in pairs) or "no pair at all",
                found=f"{edge.head.label} to {edge.tail.label}",
            )

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The ids that any span or relation carries."""
        return tuple(sorted({one["label"] for key in ("spans", "relations") for one in answer[key]}))

    def distance(self, a: Any, b: Any) -> float:
        """1 - 2S / (spans and relations of both), S the summed likeness of pairs, best pairs first, each one once.

        Two spans of one label are alike by shared over joint length; two relations of one label and direction are as
        alike as those of their ends that are less so.
        """
        return edges.distance(_parts(a), _parts(b))

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a token: what its spans say (see `spans.v1`), and where one that is related begins, to what.

        On the first token of the span it comes from, a relation says its label, and `label>N` with N the place where
        the other span begins.
        """
        marks, found = _parts(answer)
        units: list[Unit] = []
        for (start, end), said in on_text.said_of_tokens(marks, body):
            mine = [edge for edge in found if start <= edge.head.start < end]
            said = said | {edge.label for edge in mine} | {f"{edge.label}>{edge.tail.start}" for edge in mine}
            units.append(Unit(f"{start}:{end}", "|".join(sorted(said)) or OUTSIDE))
        return units

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The spans and relations, with every edge and end, that more than half gave; see `majority` for None."""
        agreed = majority([[*marks, *found] for marks, found in map(_parts, answers)], edges.meets)
        if agreed is None:
            return None
        return _stored(
            [one for one in agreed if isinstance(one, Mark)], [one for one in agreed if isinstance(one, Edge)]
        )

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """The stored form with label names; `canonical` reads it back."""
        return {
            "spans": [named_mark(span, ontology, gaps=self.allow_gaps) for span in answer["spans"]],
            "relations": [{**one, "label": ontology.word_of(one["label"])} for one in answer["relations"]],
        }

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """A sentence with somebody who works somewhere."""
        labels = (
            Label(id="person", name="Person"),
            Label(id="organisation", name="Organisation"),
            Label(id="relations", name="Relations", selectable=False),
            Label(id="works_for", name="works for", parent="relations"),
        )
        answer = {
            "spans": [
                {"id": "T1", "start": 16, "end": 32, "label": "Organisation"},
                {"id": "T2", "start": 0, "end": 9, "label": "Person", "text": "Mary Ward"},
            ],
            "relations": [{"from": "T2", "to": "T1", "label": "works for"}],
        }
        return {"text": "Mary Ward joins Limerick Hospital."}, Ontology(labels=labels), answer


def _ends(value: Any, names: Sequence[Any], where: str) -> tuple[int, int]:
    """The places of a relation's two spans in the list as it was given. Raises Invalid naming the field."""
    if not isinstance(value, Mapping):
        raise Invalid("this is not a relation", field=where, expected="from, to and label", found=repr(value)[:80])
    for name in value.keys() - {"from", "to", "label"}:
        raise Invalid("a relation has no such key", field=f"{where}.{name}", expected="from, to, label", found=name)
    if not isinstance(value.get("label"), str):
        raise Invalid(
            "a relation needs this", field=f"{where}.label", expected="text", found=repr(value.get("label"))[:80]
        )
    first, last = (_end(value.get(name), names, f"{where}.{name}") for name in ("from", "to"))
    return first, last


def _end(value: Any, names: Sequence[Any], field: str) -> int:
    if type(value) is int and 0 <= value < len(names):
        return value
    if isinstance(value, str) and names.count(value) == 1:
        return names.index(value)
    raise Invalid(
        "a relation's end is one of the spans",
        field=field,
        expected=f"0 to {len(names) - 1}, or a span's id" if names else "a span, and there is none",
        found=repr(value)[:80],
    )


def _parts(answer: Any) -> tuple[list[Mark], list[Edge]]:
    marks = [mark_in(span) for span in answer["spans"]]
    return marks, [Edge(one["label"], marks[one["from"]], marks[one["to"]]) for one in answer["relations"]]


def _stored(marks: Iterable[Mark], found: Iterable[Edge]) -> dict[str, Any]:
    ordered = on_text.in_order(marks)
    place = {mark: n for n, mark in enumerate(ordered)}
    joined = sorted({(place[edge.head], place[edge.tail], edge.label) for edge in found})
    return {
        "spans": [stored_mark(mark) for mark in ordered],
        "relations": [{"from": head, "to": tail, "label": label} for head, tail, label in joined],
    }
