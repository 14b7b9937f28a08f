"""What holds for every answer, not only for the examples."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldloop.core.families import Task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.aspects import POLARITIES, Aspects
from goldloop.tasks.choice import Choice
from goldloop.tasks.coreference import Coreference
from goldloop.tasks.relations import Relations
from goldloop.tasks.roles import Roles
from goldloop.tasks.spans import Spans
from goldloop.tasks.tokens import tokens

LABELS = ("a", "b", "c")
ONTOLOGY = Ontology(labels=tuple(Label(id=label, name=label.upper()) for label in LABELS))
SETS = st.sets(st.sampled_from(LABELS)).map(lambda labels: {"labels": sorted(labels)})
TEXTS = st.text(alphabet="ab1 .\n\N{GRINNING FACE}\N{COMBINING ACUTE ACCENT}é中_-", min_size=1, max_size=40)
MANY = Choice(multiple=True, allow_none=True)


@st.composite
def marked(draw: st.DrawFn, answers: int = 1, overlap: bool = False) -> tuple[str, list[dict[str, Any]]]:
    """A text and valid answers to it."""
    text = draw(TEXTS.filter(lambda text: not text.isspace()))
    edges = [at for at in range(len(text) + 1) if _is_edge(text, at)]
    drawn = []
    for _ in range(answers):
        found: set[tuple[int, int, str]] = set()
        for _ in range(draw(st.integers(0, 4))):
            start, end = sorted((draw(st.sampled_from(edges)), draw(st.sampled_from(edges))))
            label = draw(st.sampled_from(LABELS))
            free = overlap or all(end <= other[0] or start >= other[1] for other in found)
            if start < end and not text[start:end].isspace() and free:
                found.add((start, end, label))
        drawn.append({"spans": [{"start": s, "end": e, "label": label} for s, e, label in sorted(found)]})
    return text, drawn


def _is_edge(text: str, at: int) -> bool:
    inside = 0 < at < len(text)
    return not (inside and unicodedata.category(text[at])[0] == "M" and not text[at - 1].isspace())


@given(marked())
def test_stored_spans_are_a_fixed_point(case: tuple[str, list[dict[str, Any]]]) -> None:
    text, (answer,) = case
    assert Spans().canonical(answer, {"text": text}, ONTOLOGY) == answer
    named = Spans().named(answer, ONTOLOGY)
    assert Spans().canonical(named[::-1], {"text": text}, ONTOLOGY) == answer


@given(marked())
def test_offsets_in_any_unit_come_to_the_same_spans(case: tuple[str, list[dict[str, Any]]]) -> None:
    text, (answer,) = case
    for encoding, width in (("utf-8", 1), ("utf-16-le", 2)):
        counted = [
            {
                "start": len(text[: one["start"]].encode(encoding)) // width,
                "end": len(text[: one["end"]].encode(encoding)) // width,
                "label": one["label"],
                "text": text[one["start"] : one["end"]],
            }
            for one in answer["spans"]
        ]
        found = Spans(allow_overlap=True).canonical(counted, {"text": text}, ONTOLOGY)
        texts = [text[one["start"] : one["end"]] for one in found["spans"]]
        assert sorted(texts) == sorted(one["text"] for one in counted)


@given(marked(2, overlap=True))
def test_distance_of_spans_is_a_symmetric_share_and_nought_only_for_equals(
    case: tuple[str, list[dict[str, Any]]],
) -> None:
    _, (a, b) = case
    distance = Spans().distance(a, b)
    assert distance == Spans().distance(b, a)
    assert -1e-12 <= distance <= 1
    assert (distance < 1e-9) == (a == b)


@given(marked(2))
def test_units_have_equal_places_and_equal_labels_only_for_equal_answers(
    case: tuple[str, list[dict[str, Any]]],
) -> None:
    """Equal but for white space at a span's edges and between neighbours, which no token covers."""
    text, (a, b) = case
    first, second = (Spans().units(answer, {"text": text}) for answer in (a, b))
    assert [one.where for one in first] == [one.where for one in second]
    if a == b:
        assert first == second
    elif first == second:
        covered = [{at for one in answer["spans"] for at in range(one["start"], one["end"])} for answer in (a, b)]
        assert all(text[at].isspace() for at in covered[0] ^ covered[1])


@given(TEXTS)
def test_tokens_cover_every_visible_letter_once_and_in_order(text: str) -> None:
    found = tokens({"text": text})
    covered = [at for start, end in found for at in range(start, end)]
    assert covered == [at for at, letter in enumerate(text) if not letter.isspace()]


@given(marked(5))
def test_merged_spans_are_a_valid_answer_with_a_majority_behind_each(case: tuple[str, list[dict[str, Any]]]) -> None:
    text, answers = case
    merged = Spans().merge(answers)
    if merged is not None:
        assert Spans().canonical(merged, {"text": text}, ONTOLOGY) == merged
        for one in merged["spans"]:
            assert sum(one in answer["spans"] for answer in answers) >= 3
    assert Spans().merge(answers[::-1]) == merged


@given(st.lists(SETS, min_size=1, max_size=7))
def test_a_merged_choice_holds_what_more_than_half_hold(answers: list[dict[str, Any]]) -> None:
    merged = MANY.merge(answers)
    votes = {label: sum(label in answer["labels"] for answer in answers) for label in LABELS}
    if merged is not None:
        assert merged["labels"] == [label for label in LABELS if votes[label] > len(answers) / 2]
    else:
        assert any(2 * count == len(answers) for count in votes.values()) or max(votes.values()) < len(answers) / 2
    assert MANY.merge(answers * 3) == merged


@given(SETS, SETS, SETS)
def test_distance_of_choices_is_a_metric(a: Any, b: Any, c: Any) -> None:
    assert MANY.distance(a, b) == MANY.distance(b, a)
    assert (MANY.distance(a, b) == 0) == (a == b)
    assert MANY.distance(a, c) <= MANY.distance(a, b) + MANY.distance(b, c) + 1e-12


WORDS = "a b1 \N{GRINNING FACE} 中x y"
EXTENTS = [(0, 1), (2, 4), (5, 6), (7, 9), (10, 11), (0, 4), (7, 11)]
TREE = Ontology(
    labels=(
        *ONTOLOGY.labels,
        *(Label(id=one, name=one.title(), selectable=False) for one in ("relations", "roles")),
        *(Label(id=f"r{n}", name=f"R{n}", parent="relations") for n in (1, 2)),
        *(Label(id=f"q{n}", name=f"Q{n}", parent="roles") for n in (1, 2)),
    )
)
EXTENT = st.sampled_from(EXTENTS)


def _mark(labels: tuple[str, ...] = LABELS) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda at, label: {"start": at[0], "end": at[1], "label": label}, EXTENT, st.sampled_from(labels))


@st.composite
def gapped(draw: st.DrawFn) -> Any:
    found = draw(st.sets(st.sampled_from(EXTENTS[:5]), min_size=1))
    return {"fragments": [list(one) for one in sorted(found)], "label": draw(st.sampled_from(LABELS))}


@st.composite
def related(draw: st.DrawFn) -> Any:
    spans = draw(st.lists(_mark(), max_size=5, unique_by=str))
    pairs = [(a, b) for a in range(len(spans)) for b in range(len(spans)) if a != b]
    ends = draw(st.lists(st.sampled_from(pairs), max_size=4)) if pairs else []
    return {
        "spans": spans,
        "relations": [{"from": a, "to": b, "label": draw(st.sampled_from(["r1", "r2"]))} for a, b in ends],
    }


@st.composite
def chained(draw: st.DrawFn) -> Any:
    parts: dict[int, list[list[int]]] = {}
    for extent in draw(st.lists(EXTENT, unique=True)):
        parts.setdefault(draw(st.integers(0, 2)), []).append(list(extent))
    return [{"label": draw(st.sampled_from(LABELS)), "mentions": mentions} for mentions in parts.values()]


@st.composite
def felt(draw: st.DrawFn) -> Any:
    places = st.one_of(st.none(), EXTENT)
    keys = draw(st.lists(st.tuples(places, st.sampled_from(LABELS)), max_size=4, unique=True))
    return [
        {
            **({"start": place[0], "end": place[1]} if place else {}),
            "label": label,
            "polarity": draw(st.sampled_from(POLARITIES)),
            "intensity": draw(st.integers(1, 3)),
            "irony": draw(st.booleans()),
        }
        for place, label in keys
    ]


ROLES = st.lists(
    st.builds(lambda mark, parts: {**mark, "arguments": parts}, _mark(), st.lists(_mark(("q1", "q2")), max_size=3)),
    max_size=3,
)
FAMILY: list[tuple[Task, st.SearchStrategy[Any]]] = [
    (Spans(allow_overlap=True, allow_gaps=True), st.lists(gapped(), max_size=3)),
    (Relations(allow_overlap=True), related()),
    (Roles(), ROLES),
    (Coreference(singletons=True), chained()),
    (Aspects(), felt()),
]


@pytest.mark.parametrize(("task", "answers"), [pytest.param(*one, id=one[0].name) for one in FAMILY])
def test_every_task_on_stretches_keeps_its_promises(task: Task, answers: st.SearchStrategy[Any]) -> None:
    """Stored forms are fixed points, distance a symmetric share, places of units fixed, a merge valid and orderless."""
    body = {"text": WORDS}

    @given(st.lists(answers, min_size=2, max_size=3))
    def keeps(given_: list[Any]) -> None:
        said = [task.canonical(one, body, TREE) for one in given_]
        for one in said:
            assert task.canonical(one, body, TREE) == one
            assert task.canonical(task.named(one, TREE), body, TREE) == one
        first, second = said[:2]
        apart = task.distance(first, second)
        assert apart == pytest.approx(task.distance(second, first))
        assert -1e-12 <= apart <= 1
        assert (apart < 1e-9) == (first == second)
        units = [task.units(one, body) for one in said]
        assert [one.where for one in units[0]] == [one.where for one in units[1]]
        if first == second:
            assert units[0] == units[1]
        merged = task.merge(said)
        assert merged == task.merge(said[::-1])
        assert merged is None or task.canonical(merged, body, TREE) == merged
        assert task.merge([first] * 3) == first

    keeps()
