"""What spans.v1 takes and says."""

from typing import Any

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.spans import Spans

ONTOLOGY = Ontology(labels=(Label(id="per", name="Person"), Label(id="loc", name="Place")))
TEXT = "Ada met Bob in Paris."
BODY = {"text": TEXT}
FACE = "\N{GRINNING FACE}"


def span(start: int, end: int, label: str = "per", **more: object) -> dict[str, Any]:
    return {"start": start, "end": end, "label": label, **more}


def spans(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"spans": list(listed)}


def labels_of(answer: dict[str, Any], text: str = TEXT, **body: object) -> list[str]:
    return [unit.label for unit in Spans().units(answer, {"text": text, **body})]


def test_the_bare_list_triples_and_names_become_the_stored_form() -> None:
    stored = spans(span(0, 3), span(15, 20, "loc"))
    for answer in (stored, stored["spans"], [[15, 20, "Place"], [0, 3, "person"]]):
        assert Spans().canonical(answer, BODY, ONTOLOGY) == stored


def test_the_same_span_twice_is_one_span() -> None:
    assert Spans().canonical([span(0, 3), span(0, 3)], BODY, ONTOLOGY) == spans(span(0, 3))


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (span(0, 22), "spans.1.end"),
        (span(21, 22), "spans.1.start"),
        (span(-1, 2), "spans.1.start"),
        (span(9, 9), "spans.1.end"),
        (span(9, 8), "spans.1.end"),
        (span(7, 8), "spans.1.start"),
        (span(8, 11, "animal"), "spans.1.label"),
        (span(2, 5), "spans.1.start"),
        (span(8, 11, score=1), "spans.1.score"),
        (span(8, 11, text="Rob"), "spans.1.text"),
        (span(8, 11, text=3), "spans.1.text"),
        ({"start": 8, "end": 11}, "spans.1.label"),
        ({"start": "8", "end": 11, "label": "per"}, "spans.1.start"),
        ({"start": True, "end": 11, "label": "per"}, "spans.1.start"),
        ("Bob", "spans.1"),
    ],
)
def test_a_bad_span_is_refused_by_number_and_field(bad: object, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        Spans().canonical([span(0, 3), bad], BODY, ONTOLOGY)
    assert caught.value.field == field
    assert caught.value.expected
    assert caught.value.found


def test_an_overlap_is_reported_at_the_span_as_it_was_numbered() -> None:
    with pytest.raises(Invalid) as caught:
        Spans().canonical([span(8, 14), span(0, 3), span(8, 11)], BODY, ONTOLOGY)
    assert caught.value.field == "spans.0.start"


def test_overlaps_are_kept_where_they_are_allowed() -> None:
    assert Spans(allow_overlap=True).canonical([span(0, 11), span(0, 3, "loc")], BODY, ONTOLOGY)["spans"] == [
        span(0, 3, "loc"),
        span(0, 11),
    ]


@pytest.mark.parametrize(("start", "end"), [(2, 5), (3, 6), (5, 8)], ids=["code points", "UTF-16", "UTF-8"])
def test_a_spans_own_text_decides_the_unit_it_was_counted_in(start: int, end: int) -> None:
    answer = [span(start, end, text="Bob")]
    assert Spans().canonical(answer, {"text": f"{FACE} Bob"}, ONTOLOGY) == spans(span(2, 5))


def test_one_unit_holds_for_all_spans_of_an_answer() -> None:
    text = f"{FACE} Bob in Rome"
    found = Spans().canonical([span(3, 6, text="Bob"), span(10, 14, "loc")], {"text": text}, ONTOLOGY)
    assert [text[one["start"] : one["end"]] for one in found["spans"]] == ["Bob", "Rome"]
    with pytest.raises(Invalid):
        Spans().canonical([span(3, 6, text="Bob"), span(9, 13, "loc", text="Rome")], {"text": text}, ONTOLOGY)


def test_offsets_inside_a_surrogate_pair_fit_no_unit() -> None:
    with pytest.raises(Invalid) as caught:
        Spans().canonical([span(1, 6, text="? Bob")], {"text": f"{FACE} Bob"}, ONTOLOGY)
    assert caught.value.field == "spans.0.text"


def test_an_edge_between_a_letter_and_its_mark_is_refused() -> None:
    text = "Jose\N{COMBINING ACUTE ACCENT} came"
    assert Spans().canonical([span(0, 5)], {"text": text}, ONTOLOGY) == spans(span(0, 5))
    for start, end, field in ((0, 4, "end"), (4, 10, "start")):
        with pytest.raises(Invalid) as caught:
            Spans().canonical([span(start, end)], {"text": text}, ONTOLOGY)
        assert caught.value.field == f"spans.0.{field}"


def test_an_item_without_text_has_no_spans() -> None:
    with pytest.raises(Invalid) as caught:
        Spans().canonical([], {"image": "x.png"}, ONTOLOGY)
    assert caught.value.field == "body.text"


def test_every_answer_to_an_item_is_counted_on_the_same_tokens() -> None:
    wheres = [
        [unit.where for unit in Spans().units(answer, BODY)] for answer in (spans(), spans(span(0, 3), span(9, 13)))
    ]
    assert wheres[0] == wheres[1] == ["0:3", "4:7", "8:11", "12:14", "15:20", "20:21"]


def test_a_boundary_that_cuts_a_token_disagrees_with_one_that_does_not() -> None:
    assert labels_of(spans(span(0, 3))) == ["per", "O", "O", "O", "O", "O"]
    assert labels_of(spans(span(0, 2)))[0] not in ("per", "O")
    assert labels_of(spans(span(0, 2))) != labels_of(spans(span(1, 3)))


def test_two_neighbours_differ_from_one_long_span() -> None:
    long, parted = labels_of(spans(span(0, 11))), labels_of(spans(span(0, 3), span(4, 11)))
    assert long[0] == parted[0] and long[1] != parted[1] and long[2] == parted[2]


def test_overlapping_labels_are_joined_on_the_tokens_they_share() -> None:
    assert labels_of(spans(span(0, 3, "loc"), span(0, 7)))[:3] == ["loc|per", "per", "O"]


def test_an_items_own_tokens_are_used_and_what_they_leave_out_is_cut_by_rule() -> None:
    units = Spans().units(spans(), {"text": "don't go!", "tokens": [[0, 5], [6, 8]]})
    assert [unit.where for unit in units] == ["0:5", "6:8", "8:9"]


@pytest.mark.parametrize("tokens", [[[0, 99]], [[3, 2]], [[0, 5], [4, 6]], ["x"], [[0, True]], {}])
def test_tokens_that_make_no_sense_are_not_used(tokens: object) -> None:
    assert len(Spans().units(spans(), {"text": "don't go!", "tokens": tokens})) == 5


def test_distance_counts_a_moved_edge_little_and_a_renamed_span_in_full() -> None:
    task, whole = Spans(), spans(span(0, 3), span(15, 20, "loc"))
    assert task.distance(whole, spans(span(0, 3))) == pytest.approx(1 - 2 / 3)
    assert task.distance(whole, spans(span(0, 3), span(15, 19, "loc"))) == pytest.approx(1 - 2 * 1.8 / 4)
    assert task.distance(whole, spans(span(0, 3), span(15, 20))) == pytest.approx(0.5)
    assert task.distance(spans(), spans()) == 0
    assert task.distance(spans(), whole) == 1


def test_two_parted_spans_are_not_the_one_they_cover() -> None:
    assert Spans().distance(spans(span(0, 7)), spans(span(0, 3), span(3, 7))) > 0


@pytest.mark.parametrize(
    ("answers", "merged"),
    [
        ([spans(span(0, 3)), spans(span(0, 3)), spans()], spans(span(0, 3))),
        ([spans(span(0, 3)), spans()], None),
        ([spans(span(0, 3)), spans(), spans()], spans()),
        ([spans(span(0, 3)), spans(span(0, 7)), spans(span(0, 11))], None),
        ([spans(span(0, 3)), spans(span(0, 3, "loc")), spans()], None),
        ([spans(span(0, 3)), spans(span(0, 3)), spans(span(0, 7))], spans(span(0, 3))),
        ([spans(), spans(), spans()], spans()),
    ],
)
def test_a_span_needs_the_same_edges_and_label_from_more_than_half(answers: list[object], merged: object) -> None:
    assert Spans().merge(answers) == merged


GAPPED = {"start": 0, "end": 11, "fragments": [[0, 3], [8, 11]], "label": "per"}
LOOSE = Spans(allow_gaps=True)


def test_a_span_with_a_gap_tells_its_fragments_and_reaches_from_edge_to_edge() -> None:
    bare = {"fragments": [[8, 11], [0, 3]], "label": "Person"}
    for given in (GAPPED, bare, {**bare, "fragments": [[0, 3], [8, 11]], "text": "Ada Bob"}):
        assert LOOSE.canonical([given], BODY, ONTOLOGY) == spans(GAPPED)


def test_fragments_that_touch_are_one_and_one_alone_is_none() -> None:
    for fragments in ([[0, 3], [3, 7]], [[0, 7]]):
        assert LOOSE.canonical([{"fragments": fragments, "label": "per"}], BODY, ONTOLOGY) == spans(span(0, 7))
    assert Spans().canonical([{"fragments": [[0, 7]], "label": "per"}], BODY, ONTOLOGY) == spans(span(0, 7))


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({**GAPPED, "start": 1}, "spans.0.start"),
        ({**GAPPED, "end": 20}, "spans.0.end"),
        ({"fragments": [], "label": "per"}, "spans.0.fragments"),
        ({"fragments": 3, "label": "per"}, "spans.0.fragments"),
        ({"fragments": [[0, 3], [8]], "label": "per"}, "spans.0.fragments.1"),
        ({"fragments": [[0, 3], [8, True]], "label": "per"}, "spans.0.fragments.1"),
        ({"fragments": [[0, 3], [8, 99]], "label": "per"}, "spans.0.fragments.1.1"),
        ({"fragments": [[0, 3], [-1, 2]], "label": "per"}, "spans.0.fragments.1.0"),
        ({"fragments": [[0, 3], [2, 7]], "label": "per"}, "spans.0.fragments"),
        ({"fragments": [[0, 3], [8, 11]], "label": "per", "text": "Ada met Bob"}, "spans.0.text"),
    ],
)
def test_a_bad_fragment_is_refused_by_field(bad: object, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        LOOSE.canonical([bad], BODY, ONTOLOGY)
    assert caught.value.field == field
    assert caught.value.expected and caught.value.found


def test_gaps_need_to_be_allowed() -> None:
    with pytest.raises(Invalid) as caught:
        Spans().canonical([GAPPED], BODY, ONTOLOGY)
    assert caught.value.field == "spans.0.fragments"


def test_a_span_may_lie_in_the_gap_of_another() -> None:
    between = span(4, 7, "loc")
    assert LOOSE.canonical([between, GAPPED], BODY, ONTOLOGY) == spans(GAPPED, between)
    with pytest.raises(Invalid):
        LOOSE.canonical([GAPPED, span(4, 9, "loc")], BODY, ONTOLOGY)


def test_a_gap_is_outside_and_one_span_with_a_gap_is_not_two_spans() -> None:
    gapped, two = labels_of(spans(GAPPED)), labels_of(spans(span(0, 3), span(8, 11)))
    assert gapped[:4] == ["per", "O", "+per|per", "O"]
    assert two[:4] == ["per", "O", "per", "O"]


def test_a_gap_counts_by_what_it_leaves_out() -> None:
    assert Spans().distance(spans(GAPPED), spans(span(0, 11))) == pytest.approx(1 - 6 / 11)
    assert Spans().distance(spans(GAPPED), spans(GAPPED)) == 0


def test_spans_with_gaps_are_voted_on_as_a_whole() -> None:
    assert LOOSE.merge([spans(GAPPED), spans(GAPPED), spans(span(0, 11))]) == spans(GAPPED)
    assert LOOSE.merge([spans(GAPPED), spans(span(0, 11)), spans(span(0, 3))]) is None


def test_names_of_a_task_with_gaps_have_one_shape() -> None:
    named = LOOSE.named(spans(GAPPED, span(15, 20, "loc")), ONTOLOGY)
    assert [one["fragments"] for one in named] == [[[0, 3], [8, 11]], [[15, 20]]]
    assert LOOSE.canonical(named, BODY, ONTOLOGY) == spans(GAPPED, span(15, 20, "loc"))
