"""Marked stretches of a text: read, stored, compared and counted alike by every task that has them."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from goldloop.core.errors import Invalid
from goldloop.core.families import Body, no_answer
from goldloop.core.ontology import Ontology
from goldloop.tasks.offsets import Extent, Span, check_extents, in_code_points, read_span
from goldloop.tasks.tokens import tokens

OUTSIDE = "O"

Place = tuple[Extent, ...]
K = TypeVar("K", bound=tuple[Any, ...])


class Mark(NamedTuple):
    """A label on a place of the text: fragments in order and apart, one where there is no gap."""

    place: Place
    label: str

    @property
    def start(self) -> int:
        return self.place[0][0]

    @property
    def end(self) -> int:
        return self.place[-1][1]


def text_of(body: Body) -> str:
    """The text that marks lie on. Raises Invalid where there is none."""
    text = body.get("text")
    if not isinstance(text, str):
        raise Invalid("spans lie on text", field="body.text", expected="text", found=type(text).__name__)
    return text


def lists_of(answer: Any, task: str, *keys: str) -> list[Sequence[Any]]:
    """The lists of an answer that has exactly these keys; one key may be left out with its braces. Raises Invalid."""
    if len(keys) == 1 and isinstance(answer, list | tuple):
        return [answer]
    if not (isinstance(answer, Mapping) and set(answer) == set(keys)):
        raise no_answer(task, answer)
    lists = [answer[key] for key in keys]
    if not all(isinstance(one, list | tuple) for one in lists):
        raise no_answer(task, answer)
    return lists


def read_marks(listed: Sequence[Any], where: str, text: str, ontology: Ontology, *, gaps: bool) -> list[Mark]:
    """Marks in the order in which they are listed. Raises Invalid naming `where.N.field`."""
    return as_marks([read_span(value, f"{where}.{n}", gaps=gaps) for n, value in enumerate(listed)], text, ontology)


def as_marks(spans: Sequence[Span], text: str, ontology: Ontology) -> list[Mark]:
    """Spans as marks, in order, their label words as ids. Raises Invalid naming what is wrong with which."""
    return [
        Mark(place, ontology.find(span.label, field=f"{span.where}.label"))
        for span, place in zip(spans, places(spans, text), strict=True)
    ]


def places(spans: Sequence[Span], text: str) -> list[Place]:
    """Where spans lie, in code points, fragments that touch as one. Raises Invalid naming what is wrong with which."""
    found: list[Place] = []
    for span in in_code_points(spans, text):
        check_extents(span, text)
        found.append(_joined(span))
    return found


def _joined(span: Span) -> Place:
    out: list[Extent] = []
    for start, end in sorted(span.fragments):
        if out and start < out[-1][1]:
            raise Invalid(
                "fragments of a span do not overlap",
                field=f"{span.where}.fragments",
                expected=f"at least {out[-1][1]}, where the fragment before it ends",
                found=str(start),
            )
        if out and start == out[-1][1]:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return tuple(out)


def stored_place(place: Place) -> dict[str, Any]:
    """A place as answers hold it; its fragments are told only where there is a gap."""
    out: dict[str, Any] = {"start": place[0][0], "end": place[-1][1]}
    if len(place) > 1:
        out["fragments"] = [[start, end] for start, end in place]
    return out


def stored_mark(mark: Mark) -> dict[str, Any]:
    """A mark as answers hold it."""
    return {**stored_place(mark.place), "label": mark.label}


def place_in(stored: Mapping[str, Any]) -> Place:
    """The place that a stored form says."""
    if "fragments" in stored:
        return tuple((start, end) for start, end in stored["fragments"])
    return ((stored["start"], stored["end"]),)


def mark_in(stored: Mapping[str, Any]) -> Mark:
    """The mark that a stored form says."""
    return Mark(place_in(stored), stored["label"])


def named_mark(stored: Mapping[str, Any], ontology: Ontology, *, gaps: bool) -> dict[str, Any]:
    """A stored mark with its label's name; where gaps are allowed every mark tells its fragments, for typed columns."""
    out = {**stored, "label": ontology.word_of(stored["label"])}
    return {**out, "fragments": [list(one) for one in place_in(stored)]} if gaps else out


def in_order(marks: Iterable[Mark]) -> list[Mark]:
    """Each mark once, in reading order."""
    return sorted(set(marks), key=lambda mark: (mark.start, mark.end, mark.label, mark.place))


def moved(mark: Mark, body: Body) -> Mark:
    """A mark without its first word, or with the next one where it has no other; one with gaps stays as it is."""
    if len(mark.place) > 1:
        return mark
    ((start, end),) = mark.place
    inside = [begin for begin, _ in tokens(body) if start < begin < end]
    after = [stop for begin, stop in tokens(body) if begin >= end]
    if inside:
        return mark._replace(place=((inside[0], end),))
    return mark._replace(place=((start, after[0]),)) if after else mark


def refuse_overlap(marks: Sequence[Mark], where: str) -> None:
    """Raise Invalid for the first mark that overlaps the one before it; the same mark twice is one mark."""
    numbers = {mark: n for n, mark in enumerate(marks)}
    pieces = sorted((start, end, mark, n) for mark, n in numbers.items() for start, end in mark.place)
    for (_, end, before, _), (start, _, after, number) in pairwise(pieces):
        if start < end and after != before:
            raise Invalid(
                "spans must not overlap",
                field=f"{where}.{number}.start",
                expected=f"at least {end}, where the span before it ends",
                found=str(start),
            )


def shared(a: Place, b: Place) -> int:
    """Code points that two places share."""
    return sum(max(0, min(end, last) - max(start, first)) for start, end in a for first, last in b)


def overlap(a: Place, b: Place) -> float:
    """Shared length over joint length: 1 for the same place, 0 for places apart."""
    both = shared(a, b)
    return both / (_length(a) + _length(b) - both) if both else 0.0


def _length(place: Place) -> int:
    return sum(end - start for start, end in place)


def alike(a: Mark, b: Mark) -> float:
    """How much of two marks is the same; nothing where their labels differ."""
    return overlap(a.place, b.place) if a.label == b.label else 0.0


def paired(first: Collection[K], second: Collection[K], likeness: Callable[[K, K], float]) -> float:
    """The summed likeness of pairs, best pairs first, each one once; ties break alike from both sides."""
    if not (first and second):
        return 0.0
    pairs = [(share, a, b) for a in first for b in second if (share := likeness(a, b)) > 0]
    pairs.sort(key=lambda pair: (-pair[0], min(pair[1:]), max(pair[1:])))
    left, right, total = set(first), set(second), 0.0
    for share, a, b in pairs:
        if a in left and b in right:
            left.remove(a)
            right.remove(b)
            total += share
    return total


def said_of_tokens(marks: Sequence[Mark], body: Body) -> list[tuple[Extent, set[str]]]:
    """What marks, in reading order, say of every token (see `tokens`).

    A token that a mark covers says its label. One that is covered in part says which part (`PER~0-3`), so boundaries
    that cut tokens disagree with those that do not. A mark that starts right behind one of its own label says so on its
    first token (`>PER`), so two neighbours and one long mark differ. Where a mark goes on behind a gap, the token says
    that, too (`+PER`, and `+1PER` where another of the label has begun in between).
    """
    ahead = deque(sorted(_Piece(start, end, mark, n) for mark in marks for n, (start, end) in enumerate(mark.place)))
    found: list[tuple[Extent, set[str]]] = []
    before: list[_Piece] = []
    for start, end in tokens(body):
        covering = [piece for piece in before if piece.end > start]
        while ahead and ahead[0].start < end:
            covering.append(ahead.popleft())
        found.append(((start, end), {said for piece in covering for said in _said(piece, start, end, before, marks)}))
        before = covering
    return found


class _Piece(NamedTuple):
    """One fragment of a mark, and which it is."""

    start: int
    end: int
    mark: Mark
    number: int


def _said(piece: _Piece, start: int, end: int, before: Sequence[_Piece], marks: Sequence[Mark]) -> list[str]:
    """What one fragment says of the token start:end, given the fragments on the token before."""
    label, new = piece.mark.label, piece not in before
    opens = new and not piece.number and any(other.mark.label == label for other in before)
    part = (max(piece.start - start, 0), min(piece.end, end) - start)
    cut = "" if part == (0, end - start) else f"~{part[0]}-{part[1]}"
    said = [f"{'>' if opens else ''}{label}{cut}"]
    if new and piece.number:
        since = sum(one.label == label and piece.mark.place < one.place and one.start < piece.start for one in marks)
        said.append(f"+{since or ''}{label}")
    return said
