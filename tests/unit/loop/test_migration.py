"""What becomes of labels when an ontology changes: rules alone, no store."""

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.migration import Mapping, Mappings, Step, check_plan, label_changes
from goldloop.core.ontology import Label, Ontology
from goldloop.core.parts import with_parts, without
from goldloop.tasks.choice import Choice
from goldloop.tasks.spans import Spans


def ontology(*labels: str | Label) -> Ontology:
    return Ontology(labels=tuple(one if isinstance(one, Label) else Label(id=one, name=one) for one in labels))


OLD = ontology("lost", "stolen", "fee", "rate")


def test_every_kind_of_change_is_called_by_its_name():
    new = ontology(
        Label(id="missing", name="missing"),
        Label(id="fee_card", name="fee_card"),
        Label(id="fee_atm", name="fee_atm"),
        Label(id="rate", name="Exchange rate", definition="between two currencies"),
    )
    steps = [
        Step(label="lost", to="missing"),
        Step(label="stolen", to="missing"),
        Step(label="fee", review=True, into=("fee_card", "fee_atm")),
        Step(label="rate", review=True),
    ]
    found = [(one.kind, one.label, one.to, one.review) for one in label_changes(OLD, new, steps)]
    assert found == [
        ("merge", "lost", "missing", False),
        ("merge", "stolen", "missing", False),
        ("split", "fee", None, True),
        ("rename", "rate", None, False),
        ("redefine", "rate", None, True),
        ("add", "missing", None, False),
        ("add", "fee_card", None, False),
        ("add", "fee_atm", None, False),
    ]
    check_plan(OLD, new, steps)


@pytest.mark.parametrize(
    ("new", "steps", "message"),
    [
        (("lost", "stolen", "fee"), [], "does not say what becomes of it"),
        (("lost", "stolen", "fee"), [Step(label="rat", review=True)], "not in the ontology in force"),
        (("lost", "stolen", "fee"), [Step(label="rate")], "says one thing"),
        (("lost", "stolen", "fee"), [Step(label="rate", to="fee", review=True)], "says one thing"),
        (("lost", "stolen", "fee"), [Step(label="rate", to="gone")], "a label of the new ontology"),
        (("lost", "stolen", "fee"), [Step(label="rate", to="fee"), Step(label="rate", review=True)], "stands twice"),
        (("lost", "stolen", "fee", "rate"), [Step(label="rate", to="fee")], "this label stays"),
        (("lost", "stolen", "fee"), [Step(label="rate", to="fee", into=("lost",))], "only a person can say"),
    ],
)
def test_a_plan_that_leaves_the_past_unclear_is_refused(new: tuple[str, ...], steps: list[Step], message: str):
    with pytest.raises(Invalid, match=message):
        check_plan(OLD, ontology(*new), steps)


def test_an_id_that_was_retired_never_means_anything_else():
    with pytest.raises(Invalid, match="never means anything else"):
        check_plan(OLD, ontology("lost", "stolen", "fee", "rate", "swift"), [], retired={"swift", "lost"})


def test_plans_are_applied_one_after_the_other_and_only_to_what_was_said_before_them():
    plans = Mappings((Mapping(5, "a", "b"), Mapping(9, "b", "c"), Mapping(9, "d", None)))
    assert plans.read("a", under=1, at=5) == "b"
    assert plans.read("a", under=1, at=9) == "c"
    assert plans.read("b", under=5, at=9) == "c"
    assert plans.read("b", under=9, at=9) == "b"
    assert plans.read("d", under=5, at=9) is None
    assert plans.read("d", under=9, at=12) == "d"
    assert plans.labels(("a", "x"), under=1, at=9) == {"a": "c"}
    assert plans.labels(("a", "d"), under=1, at=9) is None


def test_answers_are_relabelled_in_their_stored_form():
    assert Choice(multiple=True).relabelled({"labels": ["a", "b"]}, {"a": "b"}) == {"labels": ["b"]}
    marked = {"spans": [{"start": 0, "end": 2, "label": "a"}, {"start": 0, "end": 2, "label": "b"}]}
    assert Spans().relabelled(marked, {"a": "b"}) == {"spans": [{"start": 0, "end": 2, "label": "b"}]}


def test_a_part_takes_the_place_of_its_own_in_the_file_and_leaves_the_rest_as_it_is():
    file = "title: A  # kept\nontology:\n  labels: [a]\n# of the task\ntask: choice.v1\n"
    part, plan = without("ontology: {labels: [b]}\nmigration:\n- {from: a, to: b}\n", "migration", name="x")
    assert plan == [{"from": "a", "to": "b"}]
    assert with_parts(file, part, name="x") == "title: A  # kept\nontology: {labels: [b]}\ntask: choice.v1\n"
    as_json = '{"title": "A", "ontology": {"labels": ["a"]}, "task": "choice.v1"}'
    assert with_parts(as_json, part, name="x") == as_json.replace('["a"]', '["b"]'), "as programs write it"
