"""What every measure promises, over the whole registry."""

import pytest
from tests.unit.measures.tables import Row, table

from goldloop import kinds
from goldloop.core.families import measure
from goldloop.tasks.choice import Choice

kinds.load()
EVERY = pytest.mark.parametrize("kind", list(measure), ids=lambda kind: kind.name)


@EVERY
def test_a_spec_builds_the_measure_that_it_came_from(kind):
    assert measure.build(kind.example().spec) == kind.example()


@EVERY
def test_a_measure_is_documented_and_has_a_form(kind):
    assert len(kind.__doc__) > 60
    assert kind.model_json_schema()["additionalProperties"] is False


@EVERY
def test_where_nothing_was_counted_there_is_no_value_and_a_reason(kind):
    found = kind.example().measure(table([]), Choice())
    assert found, "the whole is always reported"
    for one in found:
        assert one.value is None
        assert one.because
        assert one.low is None
        assert one.high is None


@EVERY
def test_the_whole_comes_first_and_every_number_keeps_its_denominator(kind):
    rows = [
        Row(n, actor, label, reference=label, decided=actor == "dev", queue="annotate", stratum="low", cost=30)
        for n in range(40)
        for actor, label in (("dev", "a" if n % 3 else "b"), ("ann", "a" if n % 4 else "b"))
    ]
    found = kind.example().measure(table(rows, looks=((40, 3, 4),)), Choice())
    assert found[0].slice == {}
    assert found[0].value is not None
    for one in found:
        assert 0 <= one.n <= one.eligible
        assert one.method
        assert (one.value is None) <= bool(one.because)
        if one.low is not None:
            assert one.low <= one.value <= one.high
            assert one.level == 0.95
            assert one.interval_method


@EVERY
def test_the_order_of_the_rows_changes_nothing(kind):
    rows = [
        Row(n, actor, label, reference="a", decided=actor == "dev", queue=queue, stratum=queue, cost=10 + n)
        for n in range(30)
        for actor, label, queue in (
            ("dev", "a" if n % 5 else "b", "verify"),
            ("ann", "a" if n % 2 else "b", "annotate"),
        )
    ]
    one, other = (kind.example().measure(table(order, looks=((30, 9, 10),)), Choice()) for order in (rows, rows[::-1]))
    by_slice = {str(sorted(found.slice.items())): found for found in other}
    for found in one:
        twin = by_slice[str(sorted(found.slice.items()))]
        assert (found.n, found.eligible) == (twin.n, twin.eligible)
        assert found.value == pytest.approx(twin.value)
