"""A number is spelled out in one way, whoever holds it."""

from goldloop.core.figures import FIELDS, figure, no_figure
from goldloop.core.nouns import Evidence, Interval, Spec
from goldloop.stats.result import Estimate
from goldloop.stats.result import Interval as Limits

TOLD = {
    "value": 0.9, "low": 0.8, "high": 0.95, "level": 0.95, "n": 40, "eligible": 50, "method": "share", "because": None,
}  # fmt: skip
ABOUT = {"value": 0.9, "n": 40, "eligible": 50, "method": "share"}
ENDS = {"low": 0.8, "high": 0.95, "level": 0.95, "method": "wilson"}


def test_a_statistic_and_the_evidence_of_it_read_alike() -> None:
    assert figure(Estimate(**ABOUT, interval=Limits(**ENDS))) == TOLD
    kept = Evidence(measure=Spec(name="accuracy.v1"), about="b1", **ABOUT, interval=Interval(**ENDS))
    assert figure(kept) == TOLD


def test_without_an_interval_there_are_no_limits_and_no_level() -> None:
    assert figure(Estimate(**ABOUT)) == TOLD | {"low": None, "high": None, "level": None}


def test_what_is_said_otherwise_replaces_it_and_what_is_said_beside_it_is_added() -> None:
    told = figure(Estimate(**ABOUT, interval=Limits(**ENDS)), eligible=90, slice={"person": "dev"})
    assert told == TOLD | {"eligible": 90, "slice": {"person": "dev"}}
    assert list(told)[:8] == list(FIELDS)


def test_no_number_says_why_and_is_not_0() -> None:
    told = no_figure("nothing was counted", method="share", eligible=7)
    assert (told["value"], told["low"], told["n"], told["eligible"]) == (None, None, 0, 7)
    assert told["because"] == "nothing was counted"
