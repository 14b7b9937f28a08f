"""What becomes of an item, given what was said of it: pure, item-local, and always with the reason.

    verify  accept -> decided            reject -> annotate, unseen by the first -> decided, or ruling where they differ
    annotate all equal -> decided        different -> more independent judgements up to the limit -> ruling
    review  adjudicate -> decided
    escalate -> an answer by the tier that the policy names, by a deadline
    human-only: annotate unassisted, then (by default always) a ruling by a senior
    said elsewhere of a human-only item: as many as came, a ruling by a senior where they differ
    sent back by a gate: what was said before no longer counts; somebody else annotates it anew

A vote never settles what people could not: independent answers that differ end with a ruling by a named person.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from goldloop.core.nouns import Queue, Stance

SKIPS_BEFORE_RULING = 3
Purpose = Literal["label", "consensus", "second", "ruling", "escalation"]


class Plan(NamedTuple):
    """How an item of a batch is worked: its route and what the policy adds."""

    queue: Queue
    tier: int
    wanted: int
    limit: int
    ruling_tier: int
    second_tier: int
    blind: bool = False
    corrections: bool = True
    human_only: bool = False
    ruling_always: bool = False
    escalation_tier: int = 3


class Word(NamedTuple):
    """One judgement as the rule sees it: withdrawn and revised ones are already left out.

    `means` is the value that it counts as: answers that differ only in their remarks count as one. `elsewhere`: it came
    with the data, and nobody here asked for it.
    """

    id: int
    actor_id: int
    stance: Stance
    queue: Queue | None
    value: int | None
    suggested: int | None
    means: int | None = None
    elsewhere: bool = False

    @property
    def said(self) -> int | None:
        """What is compared: `means`, or the value itself."""
        return self.value if self.means is None else self.means


class Slot(NamedTuple):
    """A judgement that is still needed."""

    queue: Queue
    tier: int
    purpose: Purpose
    blind: bool
    because: str
    others: tuple[int, ...] = ()


class Step(NamedTuple):
    """Where the item stands now, why, and the one slot that should be open, if any."""

    state: Literal["open", "disputed", "decided"]
    value: int | None
    rests_on: tuple[int, ...]
    because: str
    slot: Slot | None


def next_step(plan: Plan, words: Sequence[Word]) -> Step:
    """Decide what was said so far."""
    back = max((n for n, word in enumerate(words) if is_sent_back(word)), default=None)
    if back is not None:
        return _anew(plan, words[back + 1 :])
    unassisted = [word for word in words if word.suggested is None] if plan.human_only else words
    rulings = [word for word in unassisted if word.stance == "adjudicate"]
    if rulings:
        last = rulings[-1]
        return Step("decided", last.value, (last.id,), "a reviewer ruled", None)
    answers = [word for word in words if word.value is not None and word.stance in ("answer", "accept")]
    ids = tuple(word.id for word in answers)
    if any(word.stance == "escalate" for word in words):
        because = "escalated with a question"
        slot = Slot("review", plan.escalation_tier, "escalation", False, because, ids)
        return Step("disputed", None, ids, because, slot)
    if sum(word.stance == "skip" for word in words) >= SKIPS_BEFORE_RULING:
        return _dispute(plan, ids, f"{SKIPS_BEFORE_RULING} people skipped it")
    if plan.human_only:
        return _human_only(plan, [word for word in answers if word.stance == "answer" and word.suggested is None])
    if plan.queue == "review":
        return Step("open", None, (), "waits for a reviewer", _ruling(plan, (), "routed to review"))
    if plan.queue == "verify" and not plan.blind and plan.wanted == 1:
        return _verified(plan, words, answers)
    return _annotated(plan, answers)


def is_sent_back(word: Word) -> bool:
    """A rejection that was said outside any queue: a named person sent the item back for rework."""
    return word.stance == "reject" and word.queue is None


def _anew(plan: Plan, words: Sequence[Word]) -> Step:
    """An item that was sent back: annotated in full by somebody who has not judged it, without a suggestion."""
    anew = plan._replace(queue="annotate", blind=True)
    step = next_step(anew if plan.human_only else anew._replace(wanted=1, limit=1, tier=plan.second_tier), words)
    if step.slot is not None and step.slot.queue == "annotate":
        return step._replace(slot=step.slot._replace(because=f"sent back for rework: {step.slot.because}"))
    if step.state == "decided" and step.because == "annotated in full":
        return step._replace(because="annotated anew after it was sent back")
    return step


def _verified(plan: Plan, words: Sequence[Word], answers: Sequence[Word]) -> Step:
    """One verifier saw the suggestion; a rejection asks somebody else, who does not see it."""
    rejections = [word for word in words if word.stance == "reject"]
    corrections = [word for word in answers if word.stance == "answer" and word.queue == "verify"]
    if corrections and not plan.corrections:
        rejections, answers = [*rejections, *corrections], [word for word in answers if word not in corrections]
    if not rejections:
        if not answers:
            slot = Slot("verify", plan.tier, "label", False, "a suggestion to verify")
            return Step("open", None, (), "waits for a verifier", slot)
        last = answers[-1]
        how = "a verifier accepted the suggestion" if last.stance == "accept" else "a verifier corrected the suggestion"
        return Step("decided", last.value, (last.id,), how, None)
    rejected = {word.suggested for word in rejections}
    ids = tuple(word.id for word in (*rejections, *answers))
    if not answers:
        slot = Slot("annotate", plan.second_tier, "second", True, "a verifier rejected the suggestion")
        return Step("open", None, ids, "a verifier rejected the suggestion", slot)
    if answers[-1].said in rejected:
        return _dispute(plan, ids, "an annotator chose the label that a verifier had rejected")
    return Step("decided", answers[-1].value, ids, "annotated in full after a rejected suggestion", None)


def _annotated(plan: Plan, answers: Sequence[Word]) -> Step:
    """Independent answers: all equal, or a ruling."""
    ids = tuple(word.id for word in answers)
    different = len({word.said for word in answers}) > 1
    if not different and len(answers) >= plan.wanted:
        how = "annotated in full" if len(answers) == 1 else f"{len(answers)} independent answers agree"
        return Step("decided", answers[-1].value, ids, how, None)
    if different and len(answers) >= max(plan.wanted, plan.limit):
        return _dispute(plan, ids, f"{len(answers)} independent answers differ")
    purpose: Purpose = "label" if not answers else "consensus"
    because = "to be annotated in full" if not answers else "an independent second look"
    if different:
        because = f"{len(answers)} independent answers differ"
    slot = Slot("annotate", plan.tier, purpose, plan.blind or plan.wanted > 1, because)
    return Step("open", None, ids, f"{len(answers)} of {plan.wanted} answers in", slot)


def _human_only(plan: Plan, answers: Sequence[Word]) -> Step:
    """In full, by people, unassisted; a senior rules on disputes, or always where the policy says so.

    How many answer, and that a senior rules on all of them, is asked of the work that is done here. What people said
    elsewhere stands as it came, as what it is: declared by its source.
    """
    elsewhere = bool(answers) and all(word.elsewhere for word in answers)
    if elsewhere:
        plan = plan._replace(wanted=1, limit=1, ruling_always=False)
    step = _annotated(plan._replace(queue="annotate", blind=True), answers)
    if step.slot is not None and step.slot.queue == "annotate":
        return step._replace(slot=step.slot._replace(blind=True, because=f"human-only: {step.slot.because}"))
    if step.state == "decided" and plan.ruling_always:
        return _dispute(plan, step.rests_on, "human-only: a senior rules on every item")._replace(state="open")
    if step.state == "decided" and elsewhere:
        return step._replace(because=f"{step.because}, as their source declares")
    return step


def _dispute(plan: Plan, answers: tuple[int, ...], because: str) -> Step:
    return Step("disputed", None, answers, because, _ruling(plan, answers, because))


def _ruling(plan: Plan, answers: tuple[int, ...], because: str) -> Slot:
    return Slot("review", plan.ruling_tier, "ruling", False, because, answers)
