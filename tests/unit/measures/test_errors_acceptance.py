"""Errors and acceptance: what an audit proves over a whole batch."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.measures.tables import Row, table

from goldloop.core.policy import PlanDoc
from goldloop.loop.acceptance import acceptance_plan, plan_for
from goldloop.measures.acceptance import Acceptance
from goldloop.measures.errors import Errors
from goldloop.stats.estimate import at_most
from goldloop.stats.sampling import proved_bound
from goldloop.tasks.choice import Choice

DOC = PlanDoc(kind="fixed", aql=0.01, ltpd=0.05)
FIXED = acceptance_plan(DOC)
LOOKS = tuple(zip(FIXED.n, FIXED.accept, FIXED.reject, strict=True))
ACCEPTANCE = Acceptance(kind="fixed")


def judged(wrong: set[int], n: int = FIXED.n[0]) -> list[Row]:
    return [Row(i, "dev", "a", reference="b" if i in wrong else "a", decided=True, queue="annotate") for i in range(n)]


def test_the_bound_speaks_for_the_whole_batch_and_is_the_plans_own():
    (found,) = ACCEPTANCE.measure(table(judged({3, 70}), items=41_208, looks=LOOKS), Choice())
    bound = proved_bound(FIXED, look=0, defects=2).interval
    assert bound is not None
    assert (found.n, found.eligible) == (FIXED.n[0], 41_208)
    assert found.high == pytest.approx(bound.high)
    assert found.details["accepted"] == 1.0


def test_too_many_wrong_ones_reject():
    (found,) = ACCEPTANCE.measure(table(judged(set(range(9))), items=5_000, looks=LOOKS), Choice())
    assert found.details["accepted"] == 0.0


def test_an_item_that_nobody_judged_yet_holds_up_what_comes_after_it():
    rows = [row for row in judged(set()) if row.item != 5]
    (found,) = ACCEPTANCE.measure(table(rows, items=5_000, looks=LOOKS), Choice())
    assert found.n == 5
    assert "accepted" not in found.details
    assert "decide nothing before" in (found.because or "")


def test_a_lot_smaller_than_the_plan_is_judged_by_a_plan_of_its_own_and_a_census_leaves_no_doubt():
    plan = plan_for(DOC, 30)
    assert plan.n[-1] <= 30
    looks = ((30, 0, 1),)
    (found,) = ACCEPTANCE.measure(table(judged(set(), 30), items=30, looks=looks), Choice())
    assert (found.value, found.high) == (0.0, 0.0)


def test_errors_weigh_strata_by_what_they_hold_and_know_what_was_judged_before():
    rows = judged({0, 1}, 60)
    cells = dict.fromkeys(range(40, 60), 1)
    (found,) = Errors().measure(table(rows, items=1_020, cells=cells, cell_sizes=(1_000, 20)), Choice())
    expected = at_most([2, 0], [40, 20], [1_000, 20])
    assert expected.interval is not None
    assert found.value == pytest.approx(expected.value)
    assert found.high == pytest.approx(expected.interval.high)
    assert found.details["wrong"] == 2


def test_a_batch_of_twenty_of_which_one_may_be_wrong_is_not_said_to_be_without_a_wrong_label():
    """15 of 20 judged and none wrong: one wrong label would be missed in a quarter of all such samples."""
    (found,) = Errors().measure(table(judged(set(), 15), items=20, cell_sizes=(20,)), Choice())
    assert (found.value, found.high) == (0.0, 2 / 20)
    assert "exact" in (found.interval_method or "")


def test_what_an_earlier_audit_found_wrong_and_is_wrong_still_shuts_the_gate_whatever_a_fresh_sample_says():
    """Else a batch would pass with known errors beyond the rejectable share, by drawing until a sample is kind."""
    n = FIXED.n[0]
    place = np.array([k if k < n else -1 for k in range(n + 40)])  # 40 were judged before this sample

    def found(wrong: set[int]) -> dict[str, float]:
        rows = table(judged(wrong, n + 40), items=5_000, looks=LOOKS)
        return ACCEPTANCE.measure(replace(rows, place=place), Choice())[0].details

    stays = found(set(range(n, n + 9)))
    assert (stays["known_wrong"], stays["known_before"], stays["accepted"]) == (9, 40, 0)
    assert found({n})["accepted"] == 1


def test_a_stratum_without_a_judged_item_leaves_the_whole_without_a_number():
    (found,) = Errors().measure(table(judged(set(), 40), items=60, cell_sizes=(50, 10)), Choice())
    assert found.value is None
    assert "1 of 2 strata" in (found.because or "")


def test_the_first_submission_and_the_accepted_label_are_two_questions():
    rows = [row for n in range(50) for row in (Row(n, "dev", "b"), Row(n, "sen", "a", reference="a", decided=True))]
    rows = [row._replace(reference="a") for row in rows]
    first, final = (
        Errors(stage=stage).measure(table(rows, items=500, cell_sizes=(500,)), Choice())[0]
        for stage in ("first", "final")
    )
    assert (first.value, final.value) == (1.0, 0.0)


def test_a_batch_at_the_rejectable_level_passes_at_most_at_the_stated_risk():
    """Stratified in proportion and judged without replacement, as a gate does it; many batches at once."""
    doc = PlanDoc(kind="sequential", aql=0.02, ltpd=0.08)
    plan, chance = acceptance_plan(doc), np.random.default_rng(8)
    batches, sizes, share = 4_000, np.array([1_400, 500, 100]), np.array([0.02, 0.2, 0.32])
    wrong = np.round(sizes * share).astype(int)
    assert wrong.sum() == 0.08 * sizes.sum()
    drawn = np.round(plan.n[-1] * sizes / sizes.sum()).astype(int)
    drawn[0] += plan.n[-1] - drawn.sum()
    found = np.concatenate(
        [
            chance.permuted(np.repeat([[True] * w + [False] * (s - w)], batches, axis=0), axis=1)[:, :n]
            for s, w, n in zip(sizes, wrong, drawn, strict=True)
        ],
        axis=1,
    )
    defects = np.cumsum(chance.permuted(found, axis=1), axis=1)
    accepted, open_ = np.zeros(batches, bool), np.ones(batches, bool)
    for n, accept, reject in zip(plan.n, plan.accept, plan.reject, strict=True):
        at = defects[:, n - 1]
        accepted |= open_ & (at <= accept)
        open_ &= (at > accept) & (at < reject)
    assert not open_.any()
    risk = doc.consumer_risk
    assert accepted.mean() <= risk + 3 * np.sqrt(risk * (1 - risk) / batches)
    assert accepted.mean() > 0.01, "a plan that accepts nothing proves nothing"
