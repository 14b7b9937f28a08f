import pytest

from goldloop import kinds
from goldloop.checks.ceiling import Ceiling
from goldloop.checks.completeness import Completeness
from goldloop.checks.floor import Floor
from goldloop.checks.human_only import HumanOnly
from goldloop.core.errors import Invalid
from goldloop.core.families import check
from goldloop.core.nouns import Evidence, Interval, Spec

kinds.load()
ACCURACY = Spec(name="accuracy.v1")


def evidence(measure=ACCURACY, value=0.962, *, interval=(0.948, 0.973), n=500, eligible=10_000, **more) -> Evidence:
    span = Interval(low=interval[0], high=interval[1], level=0.95, method="m") if interval else None
    return Evidence(
        id="evi_1",
        measure=measure,
        about="bat_1",
        value=value,
        interval=span,
        n=n,
        eligible=eligible,
        method="m",
        **more,
    )


def test_a_floor_on_the_value_passes_where_the_value_reaches_it():
    assert Floor(of=ACCURACY, at=0.962).check([evidence()]).outcome == "pass"
    assert Floor(of=ACCURACY, at=0.963).check([evidence()]).outcome == "fail"


def test_a_floor_on_the_lower_limit_asks_that_no_doubt_is_left():
    found = Floor(of=ACCURACY, at=0.95, bound="lower").check([evidence()])
    assert found.outcome == "fail"
    assert found.because == (
        "accuracy is 0.962 (500 of 10,000 counted, 95% interval 0.948 to 0.973); its lower limit 0.948 is below the "
        "floor of 0.95"
    )
    assert found.evidence_ids == ("evi_1",)


def test_a_ceiling_on_the_upper_limit_asks_that_no_doubt_is_left():
    cost = Spec(name="cost.v1")
    data = [evidence(cost, 31.5, interval=(30.1, 33.2))]
    assert Ceiling(of=cost, at=32).check(data).outcome == "pass"
    found = Ceiling(of=cost, at=32, bound="upper").check(data)
    assert found.outcome == "fail"
    assert "above the ceiling of 32" in found.because


def test_a_limit_that_was_not_computed_is_unknown_never_a_pass():
    found = Floor(of=ACCURACY, at=0.5, bound="lower").check(
        [evidence(interval=None, because="3 items with disagreement")]
    )
    assert found.outcome == "unknown"
    assert "3 items with disagreement" in found.because
    assert Floor(of=ACCURACY, at=0.5).check([evidence(interval=None)]).outcome == "pass"


def test_a_check_on_a_slice_reads_only_that_slice():
    data = [evidence(value=0.99), evidence(value=0.7, slice={"stratum": "low"})]
    assert Floor(of=ACCURACY, at=0.9).check(data).outcome == "pass"
    found = Floor(of=ACCURACY, at=0.9, slice={"stratum": "low"}).check(data)
    assert found.outcome == "fail"
    assert "accuracy for stratum 'low' is 0.7" in found.because


def test_the_newest_measurement_counts():
    data = [
        evidence(value=0.99, measured_at=1),
        evidence(value=0.5, measured_at=3),
        evidence(value=0.99, measured_at=2),
    ]
    assert Floor(of=ACCURACY, at=0.9).check(data).outcome == "fail"


def test_a_default_that_is_written_out_names_the_same_measure():
    written = Spec(name="accuracy.v1", params={"level": 0.95})
    assert Floor(of=written, at=0.9).needs() == (ACCURACY,)
    assert Floor(of=written, at=0.9).check([evidence(written)]).outcome == "pass"
    other = Spec(name="accuracy.v1", params={"level": 0.99})
    assert Floor(of=other, at=0.9).check([evidence()]).outcome == "unknown"


def test_a_check_of_a_measure_that_does_not_exist_is_refused_when_it_is_written():
    with pytest.raises(Invalid, match=r"accuracy\.v1"):
        check.build(Spec(name="floor.v1", params={"of": "acuracy.v1", "at": 0.9}))


@pytest.mark.parametrize("at", [float("nan"), float("inf"), "high"])
def test_a_line_is_a_number(at):
    with pytest.raises(Invalid):
        check.build(Spec(name="floor.v1", params={"of": "accuracy.v1", "at": at}))


def test_the_programme_file_s_short_form_names_a_measure():
    assert check.build(Spec(name="floor.v1", params={"of": "accuracy.v1", "at": 0.9})) == Floor(of=ACCURACY, at=0.9)


def test_one_open_item_in_a_million_is_not_complete():
    progress = Spec(name="progress.v1")
    n = 1_000_000
    found = Completeness().check([evidence(progress, (n - 1) / n, interval=None, n=n, eligible=n)])
    assert (found.outcome, found.because) == ("fail", "1 of 1,000,000 items are not decided")
    assert Completeness().check([evidence(progress, 1.0, interval=None)]).outcome == "pass"


def test_one_violation_in_a_million_human_only_items_fails():
    human_only = Spec(name="human_only.v1")

    def found(wrong, items):
        return HumanOnly().check([evidence(human_only, wrong, interval=None, details={"human_only": items})])

    assert found(1, 1_000_000).outcome == "fail"
    assert "1 of 1,000,000" in found(1, 1_000_000).because
    assert found(0, 12).because == "all 12 human-only items were labelled by people alone"
    assert found(0, 0).outcome == "pass"
    assert HumanOnly().check([evidence(human_only, 0, interval=None)]).outcome == "unknown"
