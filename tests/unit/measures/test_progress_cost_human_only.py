import pytest
from tests.unit.measures.tables import Row, table

from goldloop.measures.cost import Cost
from goldloop.measures.human_only import HumanOnly
from goldloop.measures.progress import Progress
from goldloop.stats.estimate import mean
from goldloop.tasks.choice import Choice


def test_progress_counts_items_not_judgements():
    rows = [
        Row(0, "dev", "a", decided=True, stratum="low"),
        Row(0, "ann", "a", decided=True, stratum="low"),
        Row(1, "dev", "a", stratum="low"),
        Row(2, "tia", "a", decided=True, stratum="high"),
    ]
    whole, low, high = Progress().measure(table(rows, items=8, sizes={"low": 4, "high": 4}), Choice())
    assert (whole.value, whole.details["decided"], whole.details["open"]) == (0.25, 2, 6)
    assert (low.value, high.value) == (0.25, 0.25)
    assert whole.low is None, "everything was counted: there is nothing to be unsure of"


def test_an_item_costs_what_all_its_judgements_cost():
    rows = [
        Row(0, "dev", "a", queue="annotate", cost=30, active_ms=4000),
        Row(0, "sen", "b", queue="review", cost=50, active_ms=8000),
        Row(1, "tia", "a", queue="verify", cost=10, active_ms=3000),
        Row(1, "max", "a"),
    ]
    whole, annotate, review, verify = Cost().measure(table(rows), Choice())
    assert (whole.value, whole.n, whole.eligible, whole.details["total"]) == (45, 2, 2, 90)
    assert whole.details["active_seconds_a_judgement"] == 5
    assert [part.value for part in (annotate, review, verify)] == [30, 50, 10]
    expected = mean([80, 10]).interval
    assert (whole.low, whole.high) == (expected.low, expected.high)


def test_work_of_unknown_cost_shows_in_the_denominator():
    rows = [Row(0, "dev", "a", queue="annotate", cost=30), Row(1, "ann", "a", queue="annotate")]
    whole = Cost().measure(table(rows), Choice())[0]
    assert (whole.value, whole.n, whole.eligible) == (30, 1, 2)


def test_cost_nobody_knows_is_no_cost():
    whole = Cost().measure(table([Row(0, "dev", "a", queue="annotate")]), Choice())[0]
    assert whole.value is None
    assert "known cost" in whole.because


@pytest.mark.parametrize(("human_only", "wrong"), [(0, 0), (12, 0), (12, 3)])
def test_violations_are_a_count_over_all_items_looked_at(human_only, wrong):
    data = table([Row(0, "dev", "a")], items=50, items_human_only=human_only, human_only_violations=wrong)
    (whole,) = HumanOnly().measure(data, Choice())
    assert (whole.value, whole.n, whole.details["human_only"]) == (wrong, 50, human_only)
