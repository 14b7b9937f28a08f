import numpy as np
import pytest
from tests.unit.measures.tables import Row, table

from goldloop.measures.accuracy import Accuracy
from goldloop.stats.estimate import hajek, proportion, stratified
from goldloop.tasks.choice import Choice


def audit(queue: str, *, right: int, wrong: int, size: int, start: int, rest: int = 0) -> list[Row]:
    """Audited items of a queue, right and wrong ones, and decided ones that nobody audited."""
    chance = (right + wrong) / size
    rows = [
        Row(
            start + n,
            "tia",
            "a",
            reference="a" if n < right else "b",
            queue=queue,
            stratum=queue,
            probability=chance,
            decided=True,
        )
        for n in range(right + wrong)
    ]
    return rows + [
        Row(start + right + wrong + n, "tia", "a", queue=queue, stratum=queue, decided=True) for n in range(rest)
    ]


def two_queues() -> list[Row]:
    """Verified: 900 items, 20 audited, 2 wrong. Annotated: 100 items, 50 audited, 25 wrong."""
    return [
        *audit("verify", right=18, wrong=2, size=900, start=0, rest=880),
        *audit("annotate", right=25, wrong=25, size=100, start=1000, rest=50),
    ]


def test_the_full_dataset_weighs_queues_by_their_items_not_by_their_audits():
    whole = Accuracy().measure(table(two_queues()), Choice())[0]
    assert whole.value == pytest.approx(0.9 * 0.9 + 0.1 * 0.5)
    assert whole.value != pytest.approx(43 / 70)
    expected = stratified([18, 25], [20, 50], [900, 100])
    assert (whole.low, whole.high) == (expected.interval.low, expected.interval.high)
    assert (whole.n, whole.eligible) == (70, 1000)


def test_every_stratum_is_reported_with_its_own_denominator():
    found = {str(one.slice): one for one in Accuracy().measure(table(two_queues()), Choice())}
    low = found["{'stratum': 'annotate'}"]
    assert (low.value, low.n, low.eligible) == (0.5, 50, 100)
    # half of the stratum was audited, so its interval is narrower than that of an endless population
    assert low.high - low.low < proportion(25, 50).interval.high - proportion(25, 50).interval.low


def test_a_queue_that_is_no_stratum_is_weighed_by_the_chances_of_its_items():
    rows = [
        Row(n, "tia", "a", reference="a" if n % 5 else "b", queue="review" if n % 2 else "verify",
            stratum="low" if n < 20 else "high", probability=0.5 if n < 20 else 0.1, decided=True)
        for n in range(40)
    ]  # fmt: skip
    found = {str(one.slice): one for one in Accuracy().measure(table(rows, sizes={"low": 40, "high": 200}), Choice())}
    part = [row for row in rows if row.queue == "review"]
    chances = [row.probability for row in part]
    expected = hajek([row.answer == row.reference for row in part], chances, strata=[row.stratum for row in part])
    assert found["{'queue': 'review'}"].value == pytest.approx(expected.value)


def test_items_of_one_stratum_with_different_chances_are_weighed_by_them():
    rows = [
        Row(
            n,
            "tia",
            "a",
            reference="a" if n < 10 else "b",
            stratum="s",
            probability=0.5 if n < 10 else 0.05,
            decided=True,
        )
        for n in range(20)
    ]
    whole = Accuracy().measure(table(rows, items=220, sizes={"s": 220}), Choice())[0]
    assert whole.value == pytest.approx(20 / 220)
    assert "Hajek" in whole.method


def test_a_stratum_that_was_never_audited_leaves_the_full_dataset_without_a_value():
    rows = [
        *audit("verify", right=10, wrong=0, size=10, start=0),
        Row(99, "dev", "a", stratum="annotate", decided=True),
    ]
    whole, verify, annotate = Accuracy().measure(table(rows), Choice())[:3]
    assert whole.value is None
    assert "'annotate'" in whole.because
    assert verify.value == 1.0
    assert annotate.value is None


def test_agreement_with_a_suggestion_is_never_called_accuracy():
    rows = [Row(n, "tia", "a", stance="accept", queue="verify", stratum="verify", decided=True) for n in range(50)]
    found = Accuracy().measure(table(rows), Choice())
    assert [one.value for one in found] == [None, None, None]
    assert "none of the 50 decided items has a gold or audit answer" in found[0].because


def test_references_that_were_not_drawn_at_random_say_nothing_of_the_rest():
    rows = [
        *(Row(n, "tia", "a", reference="a", stratum="s", probability=1.0, decided=True) for n in range(30)),
        *(Row(n, "tia", "a", stratum="s", decided=True) for n in range(30, 500)),
    ]
    whole = Accuracy().measure(table(rows), Choice())[0]
    assert whole.value is None
    assert "not drawn at random" in whole.because


def test_only_the_accepted_label_counts_and_each_item_once():
    rows = [
        Row(0, "dev", "b", reference="a", stratum="s"),
        Row(0, "ann", "a", reference="a", stratum="s", decided=True),
        Row(0, "sen", "a", reference="a", stratum="s", decided=True, stance="adjudicate"),
        Row(1, "dev", "b", reference="a", stratum="s", decided=True),
    ]
    whole = Accuracy().measure(table(rows), Choice())[0]
    assert (whole.value, whole.n) == (0.5, 2)


def test_without_strata_the_batch_is_one():
    rows = [Row(n, "dev", "a", reference="a" if n else "b", decided=True) for n in range(10)]
    (whole,) = Accuracy().measure(table(rows), Choice())
    assert (whole.value, whole.n, whole.eligible) == (0.9, 10, 10)
    assert whole.low == whole.high == 0.9, "every item has a reference: nothing is left to chance"


@pytest.mark.simulation
def test_the_interval_holds_the_full_datasets_accuracy_as_often_as_it_says():
    r = np.random.default_rng(7)
    sizes = {"verify": 800, "annotate": 200}
    truth = {name: r.random(size) < rate for (name, size), rate in zip(sizes.items(), (0.96, 0.8), strict=True)}
    actual = np.concatenate(list(truth.values())).mean()
    held = 0
    for _ in range(300):
        rows = []
        for start, (name, size) in zip((0, 800), sizes.items(), strict=True):
            drawn = set(r.permutation(size)[:60].tolist())
            rows += [
                Row(start + n, "dev", "a", reference=("a" if truth[name][n] else "b") if n in drawn else None,
                    stratum=name, probability=60 / size, decided=True)
                for n in range(size)
            ]  # fmt: skip
        whole = Accuracy().measure(table(rows), Choice())[0]
        held += whole.low <= actual <= whole.high
    assert held >= 274, f"{held} of 300 at 95 %"


def test_under_a_plan_a_small_queue_without_a_judged_item_does_not_leave_the_whole_unknown():
    """A plan draws in proportion over everything: of ten items in a thousand none may be among those drawn."""
    rows = [
        Row(n, "p", "a", reference="a" if n < 48 else "b", decided=True, stratum="annotate", probability=0.05)
        for n in range(50)
    ]
    sizes = {"annotate": 990, "verify": 10}
    whole, annotate, verify = Accuracy().measure(table(rows, items=1_000, sizes=sizes, looks=((50, 5, 6),)), Choice())
    assert (whole.value, whole.n, whole.eligible) == (0.96, 50, 1_000)
    assert whole.low is not None and whole.low < 0.9
    assert annotate.value == 0.96
    assert verify.value is None and "no decided item of 'verify'" in (verify.because or "")
    without_a_plan = Accuracy().measure(table(rows, items=1_000, sizes=sizes), Choice())[0]
    assert without_a_plan.value is None
