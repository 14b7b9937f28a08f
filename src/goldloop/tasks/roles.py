"""Semantic roles: who did what to whom, and where."""

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
from goldloop.tasks.offsets import Span, read_span
from goldloop.tasks.votes import majority

_KEYS = ("start", "end", "label", "arguments")


@task("roles.v1")
class Roles(Task):
    """Which words are predicates, and which stretches play which role in each of them.

    Stored form: `{"predicates": [{"start", "end", "label", "arguments": [{"start", "end", "label"}]}]}`, sorted; spans
    as in spans.v1. A predicate's label is its frame or kind, an argument's label its role. Roles stand in the ontology
    below one heading; all other labels are for predicates. Arguments may overlap, and one stretch may play a role in
    several predicates. Also taken: the bare list, and a predicate without `arguments`.
    """

    roles: str = Field(default="roles", description="id of the heading above the labels of arguments")
    allow_gaps: bool = Field(default=False, description="an argument or predicate may leave out words")

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """Any taken form -> stored form. Raises Invalid naming `predicates.N...`, the argument, too."""
        text = on_text.text_of(body)
        (listed,) = on_text.lists_of(answer, self.name, "predicates")
        spans: list[Span] = []
        owners: list[int] = []
        for n, value in enumerate(listed):
            for span in self._read(value, f"predicates.{n}"):
                spans.append(span)
                owners.append(n)
        of_roles = headings.below(ontology, self.roles, field="task.roles")
        predicates: dict[int, Mark] = {}
        found: list[Edge] = []
        for span, mark, n in zip(spans, on_text.as_marks(spans, text, ontology), owners, strict=True):
            if n not in predicates:
                headings.check_beside(mark.label, of_roles, self.roles, field=f"{span.where}.label")
                predicates[n] = mark
            else:
                headings.check_below(mark.label, of_roles, self.roles, field=f"{span.where}.label")
                found.append(Edge(mark.label, predicates[n], mark))
        return _stored(predicates.values(), found)

    def _read(self, value: Any, where: str) -> list[Span]:
        """The predicate, then its arguments. Raises Invalid naming the field."""
        if not isinstance(value, Mapping):
            raise Invalid("this is not a predicate", field=where, expected=", ".join(_KEYS), found=repr(value)[:80])
        arguments = value.get("arguments", [])
        if not isinstance(arguments, list | tuple):
            raise Invalid(
                "arguments are listed", field=f"{where}.arguments", expected="a list", found=repr(arguments)[:80]
            )
        own = {key: part for key, part in value.items() if key != "arguments"}
        return [
            read_span(own, where, gaps=self.allow_gaps),
            *(read_span(one, f"{where}.arguments.{n}", gaps=self.allow_gaps) for n, one in enumerate(arguments)),
        ]

    def labels(self, answer: Any) -> tuple[str, ...]:
        """The ids that any predicate or argument carries."""
        marks, found = _parts(answer)
        return tuple(sorted({mark.label for mark in marks} | {edge.label for edge in found}))

    def distance(self, a: Any, b: Any) -> float:
        """1 - 2S / (predicates and arguments of both), S the summed likeness of pairs, best pairs first, each one once.

        Two predicates of one label are alike by shared over joint length; two arguments of one role are as alike as
        themselves or their predicates, whichever is less.
        """
        return edges.distance(_parts(a), _parts(b))

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """One unit a token: the predicates and the roles on it, and each role with the predicate it is played in.

        A token of an argument says the role, and `role<N` with N the place where the predicate begins.
        """
        marks, found = _parts(answer)
        covered = [on_text.said_of_tokens(marks, body)]
        for predicate in marks:
            mine = on_text.in_order(edge.tail for edge in found if edge.head == predicate)
            own = on_text.said_of_tokens(mine, body)
            covered.append([(at, said | {f"{one}<{predicate.start}" for one in said}) for at, said in own])
        return [
            Unit(f"{start}:{end}", "|".join(sorted(set().union(*(said for _, said in column)))) or OUTSIDE)
            for column in zip(*covered, strict=True)
            for start, end in [column[0][0]]
        ]

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The predicates and arguments that more than half gave, edge for edge; see `majority` for None."""
        agreed = majority([[*marks, *found] for marks, found in map(_parts, answers)], edges.meets)
        if agreed is None:
            return None
        return _stored(
            [one for one in agreed if isinstance(one, Mark)], [one for one in agreed if isinstance(one, Edge)]
        )

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """The list of predicates with label names; `canonical` reads it back."""
        return [
            {
                **named_mark(one, ontology, gaps=self.allow_gaps),
                "arguments": [named_mark(mark, ontology, gaps=self.allow_gaps) for mark in one["arguments"]],
            }
            for one in answer["predicates"]
        ]

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """A sentence in which somebody sends something to somebody."""
        labels = (
            Label(id="transfer", name="Transfer"),
            Label(id="roles", name="Roles", selectable=False),
            Label(id="agent", name="Agent", parent="roles"),
            Label(id="theme", name="Theme", parent="roles"),
        )
        arguments = [
            {"start": 9, "end": 19, "label": "Theme", "text": "the papers"},
            {"start": 0, "end": 3, "label": "agent"},
        ]
        answer = [{"start": 4, "end": 8, "label": "Transfer", "text": "sent", "arguments": arguments}]
        return {"text": "Ada sent the papers."}, Ontology(labels=labels), answer


def _parts(answer: Any) -> tuple[list[Mark], list[Edge]]:
    """Predicates, and their arguments as edges from them."""
    marks = [mark_in(one) for one in answer["predicates"]]
    return marks, [
        Edge(part["label"], mark, mark_in(part))
        for mark, one in zip(marks, answer["predicates"], strict=True)
        for part in one["arguments"]
    ]


def _stored(marks: Iterable[Mark], found: Iterable[Edge]) -> dict[str, Any]:
    found = list(found)
    return {
        "predicates": [
            {
                **stored_mark(mark),
                "arguments": [
                    stored_mark(one) for one in on_text.in_order(edge.tail for edge in found if edge.head == mark)
                ],
            }
            for mark in on_text.in_order(marks)
        ]
    }
