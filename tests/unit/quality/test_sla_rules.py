"""What becomes of promises: kept, at risk, breached, or not to be said yet, each with its number and its reason."""

from datetime import date, timedelta
from typing import Any

import pytest

from goldloop.core.clock import DAY, HOUR, from_iso
from goldloop.core.nouns import Evidence, Interval, Spec
from goldloop.core.sla import SlaDoc
from goldloop.quality.sla.results import Outcome, Record, TermResult
from goldloop.quality.sla.rules import evaluate, failures, newest_of_period
from goldloop.store.sla_record import Question, Ruled

START, END = from_iso("2026-05-01T00:00:00+02:00"), from_iso("2026-06-01T00:00:00+02:00")
CALENDAR = {"zone": "Europe/Berlin", "days": ["mon", "tue", "wed", "thu", "fri"], "hours": ["09:00-17:00"]}


def doc(price: int | None = 10, cap: float = 1.0, **term: Any) -> SlaDoc:
    said = {"client": "N", "price": price, "cap": cap, "calendar": CALENDAR, "terms": {"one": {"owner": "m", **term}}}
    return SlaDoc.model_validate(said)


def record(at: int = END + DAY, **parts: Any) -> Record:
    nothing: dict[str, Any] = {
        "decided": (),
        "failures": (),
        "floors": {},
        "undecided": {},
        "firsts": {},
        "questions": (),
    }
    return Record(**{"start": START, "begun": START, "end": END, "at": at, **nothing, **parts})


def ruled(batch: int, at: str, outcome: str = "pass", *, failed: bool = False, waived: bool = False) -> Ruled:
    return Ruled(batch, f"batch-{batch}", "production", 1000, outcome, failed, waived, from_iso(at))


def measured(value: float, low: float, high: float, *, n: int = 200) -> Evidence:
    return Evidence(
        measure=Spec(name="accuracy.v1"),
        about="b",
        value=value,
        interval=Interval(low=low, high=high, level=0.95, method="m"),
        n=n,
        eligible=1000,
        method="m",
    )


def only(found: Outcome) -> TermResult:
    (one,) = found.terms
    return one


@pytest.mark.parametrize(
    ("value", "low", "bound", "state"),
    [
        (0.99, 0.975, "value", "kept"),
        (0.98, 0.96, "value", "at_risk"),
        (0.96, 0.94, "value", "breached"),
        (0.98, 0.96, "lower", "breached"),
        (0.98, 0.97, "lower", "kept"),
    ],
)
def test_a_floor_is_held_to_the_number_and_doubted_by_its_interval(value, low, bound, state) -> None:
    floors = {"one": {1: measured(value, low, 0.999)}}
    sla = doc(promise="accuracy", at=0.97, bound=bound)
    found = only(evaluate(sla, record(decided=[ruled(1, "2026-05-10")], floors=floors)))
    assert (found.state, found.value, found.low, found.n, found.eligible) == (state, value, low, 200, 1000)
    assert "200 of 1,000 counted" in found.because


def test_a_number_that_was_not_sampled_as_promised_or_not_measured_says_nothing() -> None:
    sla = doc(promise="accuracy", at=0.97, share=0.3)
    few = record(decided=[ruled(1, "2026-05-10")], floors={"one": {1: measured(0.99, 0.98, 1.0)}})
    assert only(evaluate(sla, few)).state == "unknown"
    assert "30.0% that is promised" in only(evaluate(sla, few)).because
    none = only(evaluate(sla, record(decided=[ruled(1, "2026-05-10")])))
    assert (none.state, none.value) == ("unknown", None)
    assert only(evaluate(sla, record())).because == "no batch was decided in this period"


def test_the_worst_batch_speaks_for_the_term_and_an_undecided_one_only_warns() -> None:
    sla = doc(promise="accuracy", at=0.97)
    floors = {"one": {1: measured(0.99, 0.98, 1.0), 2: measured(0.90, 0.85, 0.95), 3: measured(0.9, 0.8, 0.95)}}
    two = [ruled(1, "2026-05-10"), ruled(2, "2026-05-11", "fail")]
    found = only(evaluate(sla, record(decided=two, floors=floors)))
    assert (found.state, found.value) == ("breached", 0.90)
    assert "1 of 2 kept it; batch-2" in found.because
    warned = only(evaluate(sla, record(decided=two[:1], undecided={3: "batch-3"}, floors=floors)))
    assert warned.state == "at_risk"
    assert "its gate has not decided yet" in warned.because


@pytest.mark.parametrize(("late", "share"), [(0.96, 0.05), (0.94, 0.15), (0.90, 0.15)])
def test_the_deepest_step_that_applies_is_the_credit_with_its_reason(late, share) -> None:
    steps = [{"below": 0.97, "share": 0.05}, {"below": 0.95, "share": 0.15}]
    sla = doc(promise="accuracy", at=0.97, credits=steps)
    held = record(decided=[ruled(1, "2026-05-10")], floors={"one": {1: measured(late, late - 0.02, late + 0.02)}})
    found = evaluate(sla, held)
    (credit,) = found.credits
    assert (credit.share, credit.price, credit.amount) == (share, 10_000, round(share * 10_000))
    assert f"takes {share:.1%} off the price of batch-1" in credit.because
    assert (found.credited, only(found).credit) == (credit.amount, credit.amount)
    capped = evaluate(sla.model_copy(update={"cap": 0.02}), held)
    assert (capped.credited, capped.capped) == (200, True)


def test_a_failure_lasts_from_the_line_to_the_next_pass_and_may_be_followed_by_another() -> None:
    found = failures(
        [
            ruled(1, "2026-05-04", "fail", failed=True),
            ruled(1, "2026-05-05", "fail", failed=True),
            ruled(1, "2026-05-06"),
            ruled(1, "2026-05-07", "fail"),  # between the two lines: held, not failed
            ruled(1, "2026-05-08", "fail", failed=True),
            ruled(1, "2026-05-09", "fail", failed=True, waived=True),
        ]
    )
    assert [(one.failed_at, one.ended_at) for one in found] == [
        (from_iso("2026-05-04"), from_iso("2026-05-06")),
        (from_iso("2026-05-08"), from_iso("2026-05-09")),
    ]
    two = [
        ruled(1, "2026-05-04", "fail"),
        ruled(1, "2026-05-06"),
        ruled(2, "2026-06-02"),
        ruled(3, "2026-05-06", "unknown"),
        ruled(4, "2026-06-01T00:00:00+02:00"),  # the next period begins as this one ends
    ]
    assert newest_of_period(two, start=START, end=END) == [two[1]]


def test_failed_batches_are_counted_and_the_last_that_is_allowed_is_a_risk() -> None:
    sla = doc(promise="failed_batches", at_most=1, credits=[{"above": 1, "share": 0.2}])
    verdicts = [ruled(1, "2026-05-04", "fail", failed=True), ruled(2, "2026-05-05")]
    now = record(at=from_iso("2026-05-10"), decided=verdicts, failures=failures(verdicts))
    assert only(evaluate(sla, now)).state == "at_risk"
    assert only(evaluate(sla, now._replace(at=END + 1))).state == "kept"
    more = [*verdicts, ruled(3, "2026-05-06", "fail", failed=True)]
    found = evaluate(sla, record(decided=more, failures=failures(more)))
    assert (only(found).state, only(found).value, only(found).eligible) == ("breached", 2.0, 3)
    assert [one.about for one in found.credits] == ["batch-1", "batch-3"]


def test_a_remediation_is_timed_in_working_hours_and_warns_before_its_deadline() -> None:
    sla = doc(promise="remediation", hours=16, credits=[{"above": 0, "share": 0.1}])
    friday = ruled(1, "2026-05-08T15:00:00+02:00", "fail", failed=True)

    def at(moment: str, *, ended: str | None = None) -> Outcome:
        said = [friday, ruled(1, ended)] if ended else [friday]
        return evaluate(sla, record(at=from_iso(moment), failures=failures(said), decided=[friday]))

    assert only(at("2026-05-11T10:00:00+02:00")).state == "kept"
    due = only(at("2026-05-11T10:00:00+02:00")).lines[0].due_at
    assert due == from_iso("2026-05-12T15:00:00+02:00"), "two hours on Friday, eight on Monday, six on Tuesday"
    assert only(at("2026-05-12T13:00:00+02:00")).state == "at_risk"
    assert only(at("2026-05-12T15:00:01+02:00")).state == "breached"
    assert only(at("2026-05-20", ended="2026-05-12T15:00:00+02:00")).state == "kept"
    late = at("2026-05-20", ended="2026-05-12T16:00:00+02:00")
    assert only(late).state == "breached"
    assert [one.amount for one in late.credits] == [1000]


def test_questions_are_due_in_working_hours_and_what_waits_near_its_deadline_warns() -> None:
    sla = doc(promise="escalation", hours=8, at=0.5)
    asked = [
        Question(n, 1, "batch-1", from_iso(f"2026-05-{day}T09:00:00+02:00"), answered)
        for n, (day, answered) in enumerate(
            [("11", from_iso("2026-05-11T16:00:00+02:00")), ("12", from_iso("2026-05-13T10:00:00+02:00")), ("14", None)]
        )
    ]
    found = only(evaluate(sla, record(at=from_iso("2026-05-14T16:00:00+02:00"), questions=asked)))
    assert (found.state, found.n, found.eligible) == ("at_risk", 1, 2)
    found = only(evaluate(sla, record(at=from_iso("2026-05-15T16:00:00+02:00"), questions=asked)))
    assert (found.state, found.value, found.eligible) == ("breached", pytest.approx(1 / 3), 3)


def throughput(done: int, *, at: int, days: int) -> TermResult:
    first = date(2026, 5, 1)
    worked = [day for n in range(days) if (day := first + timedelta(days=n)).weekday() < 5]
    return only(evaluate(doc(promise="throughput", items=100), record(at=at, firsts=dict.fromkeys(worked, done))))


def test_throughput_is_forecast_with_an_interval_before_the_period_ends_and_counted_after() -> None:
    middle = from_iso("2026-05-15T20:00:00+02:00")
    assert throughput(120, at=middle, days=14).state == "kept"
    slow = throughput(60, at=middle, days=14)
    assert (slow.state, slow.forecast) == ("at_risk", True)
    assert slow.value is not None
    assert slow.low is not None
    assert slow.low <= slow.value < 1
    assert "are forecast" in slow.because
    assert throughput(60, at=START + 10 * HOUR, days=0).state == "unknown"
    over = throughput(60, at=END + HOUR, days=31)
    assert (over.state, over.value, over.eligible) == ("breached", 0.6, 2100)


@pytest.mark.parametrize(
    ("term", "told"),
    [
        ({"promise": "accuracy", "at": 0.97, "credits": [{"below": 0.98, "share": 0.1}]}, "while the promise"),
        ({"promise": "accuracy", "at": 0.97, "credits": [{"above": 0.9, "share": 0.1}]}, "below a number"),
        (
            {"promise": "accuracy", "at": 0.9, "credits": [{"below": 0.8, "share": 0.2}, {"below": 0.9, "share": 0.3}]},
            "deeper than",
        ),
        (
            {"promise": "accuracy", "at": 0.9, "credits": [{"below": 0.9, "share": 0.2}, {"below": 0.8, "share": 0.2}]},
            "costs more",
        ),
        ({"promise": "remediation", "hours": 8, "credits": [{"above": 0, "below": 3, "share": 0.2}]}, "either"),
        ({"promise": "accuracy", "at": 1.2}, "less than or equal to 1"),
        ({"promise": "magic"}, "does not match any"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(term, told) -> None:
    with pytest.raises(ValueError, match=told):
        doc(**term)


def test_two_numbers_for_one_promise_and_credits_of_no_price_are_refused() -> None:
    floor = {"promise": "accuracy", "owner": "m", "at": 0.9}
    with pytest.raises(ValueError, match="the same as 'a'"):
        SlaDoc.model_validate({"client": "N", "terms": {"a": floor, "b": {**floor, "at": 0.8}}})
    with pytest.raises(ValueError, match="`price` is not said"):
        doc(price=None, promise="accuracy", at=0.9, credits=[{"below": 0.9, "share": 0.1}])
