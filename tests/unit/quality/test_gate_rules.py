"""The pure rules of a gate: strata, sizes, what is said of the bound, and where errors come from."""

import pytest

from goldloop.core.nouns import Evidence, Interval, Spec
from goldloop.quality.gates.isolate import Line, isolate
from goldloop.quality.gates.rules import OTHERS, Cell, cell_sizes, pooled, proved, sample_sizes
from goldloop.stats.sampling import fewest_more as more
from goldloop.stats.sampling import single_plan, size_for_floor
from goldloop.tasks.choice import Choice


def evidence(high: float, *, name: str = "errors.v1", n: int = 500, wrong: int = 1) -> Evidence:
    interval = Interval(low=0, high=high, level=0.95, method="m")
    return Evidence(
        measure=Spec(name=name), about="bat_1", value=0.002, interval=interval, n=n, eligible=41_208, method="m",
        details={"wrong": float(wrong)},
    )  # fmt: skip


def test_the_bound_is_a_sentence_with_its_confidence_and_its_denominator():
    said = proved([evidence(0.0078)])
    assert said == "with 95% confidence at most 0.8% of 41,208 labels are wrong (1 of 500 judged were)"


@pytest.mark.parametrize(("high", "text"), [(0.0121, "1.3%"), (0.00043, "0.043%"), (1.0, "100.0%"), (0.0, "0.0%")])
def test_a_bound_is_never_made_tighter_by_rounding(high: float, text: str):
    assert f"at most {text} " in str(proved([evidence(high)]))


def test_an_exact_bound_comes_before_an_approximate_one():
    assert "1.0%" in str(proved([evidence(0.02), evidence(0.01, name="acceptance.v1")]))


def test_sizes_are_in_proportion_with_a_minimum_and_add_up():
    assert sample_sizes({"a": 900, "b": 100}, size=100, minimum=0) == {"a": 90, "b": 10}
    assert sample_sizes({"a": 990, "b": 10}, size=100, minimum=8) == {"a": 92, "b": 8}
    assert sample_sizes({"a": 5, "b": 3}, size=100, minimum=10) == {"a": 5, "b": 3}


def test_annotators_with_too_few_items_are_taken_together_and_every_stratum_is_looked_into():
    cells = {n: Cell("annotate", f"p{n % 3}" if n < 900 else f"rare{n}") for n in range(1_000)}
    together = pooled(cells, size=60, minimum=0)
    names = {cell.annotator for cell in together.values()}
    assert names == {"p0", "p1", "p2", OTHERS}
    sizes = cell_sizes(together, size=60, minimum=0)
    assert sum(sizes.values()) == 60
    assert min(sizes.values()) >= 1


def test_an_audit_looks_again_where_it_could_accept():
    plan = single_plan(aql=0.01, ltpd=0.05)
    assert more(plan, n=0, defects=0) == plan.n[-1]


def test_a_floor_needs_so_many_judged_items_and_a_census_proves_any():
    assert size_for_floor(0.99).n == 381
    assert size_for_floor(1.0, population=500).n == 500
    assert size_for_floor(0.99, population=500).n < 381


def test_errors_are_traced_to_whose_they_are_and_to_the_labels_that_are_confused():
    lines = []
    for n in range(400):
        who = "ann" if n % 4 else "ben"
        label = ("card", "fraud", "other")[n % 3]
        bad = who == "ben" and label == "card"
        said = {"labels": ["fraud" if bad else label]}
        lines.append(Line(said, {"labels": [label]}, {}, {"annotator": who, "queue": "annotate"}))
    found = isolate(lines, Choice())
    assert (found.judged, found.wrong) == (400, 34)
    assert [(one.dimension, one.name) for one in found.parts if one.found] == [("annotator", "ben")]
    worst = found.confusions[0]
    assert (worst.said, worst.true, worst.found) == ("fraud", "card", True)
    assert worst.low <= worst.value <= worst.high


def test_even_errors_accuse_nobody():
    lines = [
        Line({"labels": ["a" if n % 10 else "b"]}, {"labels": ["a"]}, {}, {"annotator": f"p{n // 10 % 4}"})
        for n in range(400)
    ]
    assert not [one for one in isolate(lines, Choice()).parts if one.found]
    assert isolate(lines[1:9], Choice()).parts == ()
