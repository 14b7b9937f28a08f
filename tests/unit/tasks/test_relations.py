"""What relations.v1 takes and says."""

from typing import Any

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.relations import Relations

ONTOLOGY = Ontology(
    labels=(
        Label(id="per", name="Person"),
        Label(id="org", name="Organisation"),
        Label(id="rel", name="Relations", selectable=False),
        Label(id="works", name="works for", parent="rel"),
        Label(id="owns", name="owns", parent="rel"),
    )
)
BODY = {"text": "Ada and Bob run Acme."}
TASK = Relations(relations="rel")
ADA, BOB, ACME = (
    {"start": 0, "end": 3, "label": "per"},
    {"start": 8, "end": 11, "label": "per"},
    {"start": 16, "end": 20, "label": "org"},
)


def answer(*relations: tuple[int, int, str], spans: Any = (ADA, BOB, ACME)) -> dict[str, Any]:
    joined = [{"from": head, "to": tail, "label": label} for head, tail, label in relations]
    return {"spans": list(spans), "relations": joined}


def test_ends_follow_their_spans_when_these_are_put_in_order() -> None:
    given = answer((2, 0, "works for"), (1, 0, "works"), spans=(ACME, BOB, {**ADA, "label": "Person"}))
    assert TASK.canonical(given, BODY, ONTOLOGY) == answer((0, 2, "works"), (1, 2, "works"))


def test_ends_may_be_named_by_the_spans_ids() -> None:
    given = {
        "spans": [{**ACME, "id": "T1"}, {**ADA, "id": "T2"}],
        "relations": [{"from": "T2", "to": "T1", "label": "owns"}],
    }
    assert TASK.canonical(given, BODY, ONTOLOGY) == answer((0, 1, "owns"), spans=(ADA, ACME))


def test_the_same_span_or_relation_twice_is_one() -> None:
    given = answer((0, 3, "owns"), (2, 3, "owns"), spans=(ADA, BOB, ADA, ACME))
    assert TASK.canonical(given, BODY, ONTOLOGY) == answer((0, 2, "owns"))


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (answer((0, 3, "owns")), "relations.0.to"),
        (answer((-1, 2, "owns")), "relations.0.from"),
        (answer((0, 0, "owns")), "relations.0.to"),
        (answer((0, 2, "per")), "relations.0.label"),
        (answer((0, 2, "hates")), "relations.0.label"),
        (answer(spans=({**ADA, "label": "works"},)), "spans.0.label"),
        (answer(spans=({**ADA, "end": 99},)), "spans.0.end"),
        (answer(spans=(ADA, {**ADA, "end": 7})), "spans.1.start"),
        ({"spans": [ADA], "relations": [3]}, "relations.0"),
        ({"spans": [ADA], "relations": [{"from": 0, "to": 0}]}, "relations.0.label"),
        ({"spans": [ADA], "relations": [{"from": 0, "to": 0, "label": "owns", "x": 1}]}, "relations.0.x"),
        ({"spans": [{**ADA, "id": "a"}, {**BOB, "id": "a"}], "relations": [{"from": "a", "to": 1, "label": "owns"}]},
         "relations.0.from"),
        ({"spans": [ADA]}, "answer"),
        ({"spans": [ADA], "relations": {}}, "answer"),
    ],
)  # fmt: skip
def test_a_bad_part_is_refused_by_field(bad: object, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        TASK.canonical(bad, BODY, ONTOLOGY)
    assert caught.value.field == field
    assert caught.value.expected and caught.value.found


def test_a_relation_joins_only_the_labels_it_may() -> None:
    strict = Relations(relations="rel", between={"works": (("per", "org"),)})
    assert strict.canonical(answer((0, 2, "works"), (2, 0, "owns")), BODY, ONTOLOGY)
    with pytest.raises(Invalid) as caught:
        strict.canonical(answer((2, 0, "works")), BODY, ONTOLOGY)
    assert (caught.value.field, caught.value.expected) == ("relations.0.label", "per to org")


def test_an_ontology_without_the_heading_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        Relations(relations="nope").canonical(answer(), BODY, ONTOLOGY)
    assert caught.value.field == "task.relations"


def test_a_turned_relation_is_another_one() -> None:
    one, other = answer((0, 2, "works")), answer((2, 0, "works"))
    assert TASK.distance(one, other) == pytest.approx(1 - 2 * 3 / 8)
    assert [unit.label for unit in TASK.units(one, BODY)] != [unit.label for unit in TASK.units(other, BODY)]
    assert TASK.merge([one, one, other]) == one
    assert TASK.merge([one, other, answer((0, 2, "owns"))]) is None


def test_a_relation_is_said_where_it_begins() -> None:
    assert [unit.label for unit in TASK.units(answer((0, 2, "works")), BODY)] == [
        "per|works|works>16", "O", "per", "O", "org", "O",
    ]  # fmt: skip


def test_an_edge_that_is_off_by_a_letter_takes_little_from_its_relation() -> None:
    moved = answer((0, 2, "works"), spans=(ADA, BOB, {**ACME, "end": 21}))
    assert TASK.distance(answer((0, 2, "works")), moved) == pytest.approx(1 - 2 * (2 + 0.8 + 0.8) / 8)


def test_a_relation_that_most_left_out_goes_and_the_spans_stay() -> None:
    assert TASK.merge([answer((0, 2, "works")), answer(), answer()]) == answer()
    assert TASK.merge([answer((0, 2, "works")), answer()]) is None
