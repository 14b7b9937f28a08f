"""What to label next: every selection puts first what it says it does, and never more than it is asked for."""

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Spec
from goldloop.labelling.learning.rounds import arm
from goldloop.labelling.learning.selection import SELECTIONS, Candidate, Known, selection_of
from goldloop.store.learning import Outcome


def picked(name, pool, size=10, known=None, **params):
    spec = Spec(name=name, params=params)
    return [one.item_id for one in selection_of(spec).pick(pool, known or Known(), size)]


POOL = [
    Candidate(1, ("a",), 0.9, 0.8, 0.3, ("a",), 0.9, "my card is lost"),
    Candidate(2, ("a",), 0.5, 0.1, 1.2, ("b",), 0.6, "my card is lost again"),
    Candidate(3, ("b",), 0.6, 0.3, 0.9, ("a",), 0.95, "exchange rates in euro"),
    Candidate(4, ("b",), 0.99, 0.98, 0.05, ("b",), 0.9, "the rate of exchange, euro"),
]


@pytest.mark.parametrize("name", SELECTIONS)
def test_a_selection_is_documented_and_picks_no_more_than_it_is_asked_for_each_item_once(name):
    kind = SELECTIONS[name]
    assert len(kind.__doc__) > 40
    assert kind.model_config["extra"] == "forbid"
    assert selection_of(selection_of(Spec(name=name)).spec) == selection_of(Spec(name=name))
    known = Known(labels={"a": 9}, checked={"a": 20, "b": 20}, wrong={"a": 10, "b": 2})
    for size in (0, 1, 3, 10):
        found = picked(name, POOL, size, known)
        assert len(found) <= size
        assert len(set(found)) == len(found)
    assert picked(name, [], 5) == []
    assert picked(name, [Candidate(7)], 5) in ([], [7])  # nothing is known of it: no selection fails


def test_the_least_certain_come_first():
    assert picked("uncertainty", POOL) == [2, 3, 1, 4]
    assert picked("margin.v1", POOL) == [2, 3, 1, 4]
    untold = [Candidate(1, ("a",), 0.4), Candidate(2, ("a",), 0.9), Candidate(3)]
    assert picked("margin", untold) == [1, 2]  # confidence stands in; of the third nothing is known


def test_a_committee_picks_only_what_it_disagrees_about_the_surest_first():
    assert picked("committee", POOL) == [3, 2]


def test_diversity_keeps_away_from_what_is_labelled_and_from_what_it_has_picked():
    known = Known(texts=["my card is lost"])
    first, second, *rest = picked("diversity", POOL, 4, known)
    assert first in (3, 4)
    assert {first, second} <= {2, 3, 4}
    assert rest[-1] == 1  # the same text is labelled: it teaches nothing
    assert picked("diversity", [Candidate(1, text="  ")]) == []


def test_an_error_cluster_is_a_label_that_was_corrected_often_on_enough_items():
    known = Known(checked={"a": 40, "b": 40, "c": 2}, wrong={"a": 20, "b": 2, "c": 2})
    pool = [*POOL, Candidate(5, ("c",))]
    assert picked("error_cluster", pool, known=known) == [1, 2, 3, 4]  # two items of c prove nothing
    assert picked("error_cluster", pool, known=known, fewest=2)[0] == 1
    assert picked("error_cluster", POOL, known=Known()) == []


def test_coverage_fills_gaps_side_by_side_until_the_target():
    pool = [Candidate(n, ("rare",) if n % 2 else ("rarer",), 0.5 + n / 100) for n in range(10)]
    known = Known(labels={"rare": 3, "rarer": 1})
    assert picked("coverage", pool, known=known, target=4) == [8, 6, 9, 4]
    assert picked("coverage", pool, known=known, target=1) == []
    sliced = [Candidate(n, slices={"channel": "mail" if n < 8 else "chat"}) for n in range(10)]
    gaps = Known(slices={("channel", "mail"): 5})
    assert sorted(picked("coverage", sliced, known=gaps, target=5, slice="channel")) == [8, 9]


def test_a_strange_selection_or_parameter_is_named():
    with pytest.raises(Invalid, match="no such selection"):
        selection_of(Spec(name="guess"))
    with pytest.raises(Invalid, match=r"strategy\.target: .*\(expected greater than or equal to 1, found 0\)"):
        selection_of(Spec(name="coverage", params={"target": 0}))
    with pytest.raises(Invalid, match=r"strategy\.seed"):
        selection_of(Spec(name="margin", params={"seed": 1}))


def test_an_arm_counts_what_the_policy_automates_and_what_people_settled_otherwise():
    rows = [
        Outcome("random", "high", 1, 1),
        Outcome("random", "high", 1, 2),
        Outcome("random", "low", 1, 2),
        Outcome("random", "low", 1, None),  # people are still at work
        Outcome("random", "low", None, 2),  # the model said nothing
    ]
    found = arm(rows, frozenset({"high"}), {1: 1, 2: 2})
    assert (found["automated"]["value"], found["automated"]["n"]) == (0.4, 5)
    assert (found["error"]["value"], found["error"]["n"], found["error"]["eligible"]) == (pytest.approx(2 / 3), 3, 5)
    assert (found["error_automated"]["value"], found["error_automated"]["n"]) == (0.5, 2)
    assert found["error"]["low"] < 2 / 3 < found["error"]["high"]
    assert arm(rows, frozenset({"high"}), {1: 1, 2: 1})["error"]["value"] == 0  # alike but for a remark
    nothing = arm([], frozenset(), {})
    assert (nothing["error"]["value"], nothing["error"]["because"]) == (
        None,
        "people have settled none of its suggestions",
    )
