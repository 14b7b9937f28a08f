"""What becomes of an item, line by line of the rule's own table."""

import pytest

from goldloop.core.nouns import Queue, Stance
from goldloop.loop.ruling import SKIPS_BEFORE_RULING, Plan, Slot, Step, Word, next_step

A, B, C = 1, 2, 3
SUGGESTION = A
VERIFY = Plan("verify", 1, wanted=1, limit=1, ruling_tier=3, second_tier=2)
ANNOTATE = Plan("annotate", 1, wanted=1, limit=1, ruling_tier=3, second_tier=2)
THREE = Plan("annotate", 1, wanted=2, limit=3, ruling_tier=3, second_tier=2, blind=True)
REVIEW = Plan("review", 3, wanted=1, limit=1, ruling_tier=3, second_tier=3)
SENIOR = Plan("annotate", 2, 1, 2, 3, 2, blind=True, human_only=True, ruling_always=True)


def said(*words: tuple[Stance, int | None], queue: Queue = "annotate", suggested: int | None = None) -> list[Word]:
    """What different people said, one after the other."""
    return [Word(n, 100 + n, stance, queue, value, suggested) for n, (stance, value) in enumerate(words, 1)]


def verified(*words: tuple[Stance, int | None]) -> list[Word]:
    """What a verifier said who saw the suggestion."""
    return said(*words, queue="verify", suggested=SUGGESTION)


def slot_of(step: Step) -> Slot:
    assert step.slot is not None
    return step.slot


@pytest.mark.parametrize(("plan", "queue"), [(VERIFY, "verify"), (ANNOTATE, "annotate"), (REVIEW, "review")])
def test_an_untouched_item_waits_in_the_queue_it_was_routed_to(plan: Plan, queue: Queue) -> None:
    step = next_step(plan, [])
    assert (step.state, step.value, step.rests_on) == ("open", None, ())
    assert slot_of(step).queue == queue


def test_an_accepted_suggestion_is_decided_and_rests_on_the_acceptance() -> None:
    step = next_step(VERIFY, verified(("accept", A)))
    assert (step.state, step.value, step.rests_on, step.slot) == ("decided", A, (1,), None)


def test_a_correction_is_decided_where_the_policy_takes_corrections() -> None:
    step = next_step(VERIFY, verified(("answer", B)))
    assert (step.state, step.value, step.because) == ("decided", B, "a verifier corrected the suggestion")


def test_a_correction_is_only_a_rejection_where_the_policy_takes_none() -> None:
    step = next_step(VERIFY._replace(corrections=False), verified(("answer", B)))
    assert (step.state, slot_of(step).purpose, slot_of(step).blind) == ("open", "second", True)


def test_a_rejected_suggestion_goes_unseen_to_somebody_of_the_second_tier() -> None:
    step = next_step(VERIFY, verified(("reject", None)))
    slot = slot_of(step)
    assert (slot.queue, slot.tier, slot.purpose, slot.blind, slot.others) == ("annotate", 2, "second", True, ())


def test_an_answer_after_a_rejection_decides() -> None:
    words = [*verified(("reject", None)), Word(2, 200, "answer", "annotate", B, None)]
    assert next_step(VERIFY, words)[:3] == ("decided", B, (1, 2))


def test_the_label_that_was_rejected_chosen_again_is_a_dispute() -> None:
    words = [*verified(("reject", None)), Word(2, 200, "answer", "annotate", SUGGESTION, None)]
    step = next_step(VERIFY, words)
    assert (step.state, step.value) == ("disputed", None)
    assert slot_of(step)[:3] == ("review", 3, "ruling")
    assert slot_of(step).others == (1, 2)


def test_enough_equal_answers_decide() -> None:
    step = next_step(THREE, said(("answer", A), ("answer", A)))
    assert (step.state, step.value, step.rests_on) == ("decided", A, (1, 2))
    assert step.because == "2 independent answers agree"


def test_different_answers_ask_one_more_person_below_the_limit() -> None:
    step = next_step(THREE, said(("answer", A), ("answer", B)))
    assert (step.state, slot_of(step).purpose, slot_of(step).blind) == ("open", "consensus", True)


def test_a_majority_at_the_limit_is_ruled_on_and_not_outvoted() -> None:
    step = next_step(THREE, said(("answer", A), ("answer", B), ("answer", A)))
    assert (step.state, step.value) == ("disputed", None)
    assert slot_of(step).others == (1, 2, 3)


def test_the_last_ruling_stands_above_everything_said() -> None:
    words = said(("answer", A), ("escalate", None), ("adjudicate", B), ("adjudicate", C))
    step = next_step(THREE, words)
    assert (step.state, step.value, step.rests_on, step.slot) == ("decided", C, (4,), None)


@pytest.mark.parametrize("plan", [VERIFY, ANNOTATE, THREE, REVIEW, SENIOR])
def test_a_question_brings_a_reviewer(plan: Plan) -> None:
    step = next_step(plan, said(("escalate", None)))
    assert (step.state, slot_of(step).queue, slot_of(step).tier) == ("disputed", "review", 3)


@pytest.mark.parametrize("plan", [VERIFY, ANNOTATE, THREE])
def test_an_item_skipped_too_often_is_ruled_on(plan: Plan) -> None:
    skips = said(*[("skip", None)] * SKIPS_BEFORE_RULING)
    assert next_step(plan, skips[:-1]).state == "open"
    assert next_step(plan, skips).state == "disputed"


def test_a_human_only_item_waits_for_the_senior_after_its_answers() -> None:
    step = next_step(SENIOR, said(("answer", A)))
    assert (step.state, step.value) == ("open", None)
    assert slot_of(step)[:3] == ("review", 3, "ruling")


def test_a_human_only_item_is_decided_by_agreement_where_only_disputes_are_ruled_on() -> None:
    plan = SENIOR._replace(ruling_always=False)
    assert next_step(plan, said(("answer", A)))[:2] == ("decided", A)


@pytest.mark.parametrize("stance", ["accept", "answer"])
def test_nothing_said_with_the_suggestion_in_sight_counts_for_a_human_only_item(stance: Stance) -> None:
    step = next_step(SENIOR, verified((stance, A)))
    assert (step.state, step.rests_on) == ("open", ())
    assert (slot_of(step).queue, slot_of(step).blind) == ("annotate", True)
