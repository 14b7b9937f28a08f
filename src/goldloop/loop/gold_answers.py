"""What follows from an answer to gold: right or not, the state its author reads, and a lesson in training."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.families import STANCES
from goldloop.core.nouns import Stance
from goldloop.loop.alike import alike
from goldloop.loop.context import BatchContext, Contexts
from goldloop.loop.examine import look
from goldloop.loop.gold_withdrawal import RULED, withdraw
from goldloop.loop.mapped import Reading
from goldloop.loop.ruling import Slot
from goldloop.loop.slots import ESCALATED_PRIORITY, Lanes, new_work
from goldloop.store import calibrations, gold, gold_works
from goldloop.store import work as queue
from goldloop.store.codes import CALIBRATION_NAMES, DECISION_NAMES, GOLD_KIND
from goldloop.store.contests import contested_with
from goldloop.store.gold_works import GoldWork
from goldloop.store.items import attributes
from goldloop.store.judgements import value_of
from goldloop.store.programmes import in_force, policy_row
from goldloop.store.values import answers


class Lesson(NamedTuple):
    """What is said after an answer in training: whether it was right, what is accepted, and why."""

    right: bool
    answer: Any
    named: str
    explanation: str


def said_of_gold(
    connection: Connection,
    contexts: Contexts,
    context: BatchContext,
    person_id: int,
    work_id: int,
    item_id: int,
    stance: Stance,
    value_id: int | None,
    judgement_id: int,
    *,
    at: int,
) -> tuple[str, Lesson | None]:
    """What follows from an answer in a calibration batch: the state of its item as its author reads it, and a lesson.

    A skip in an exam or in training counts as not right; of hidden gold it counts as nothing, as it does of live work.
    A planted error that is let stand is missed, and pauses nobody: it says who looks, not who knows.
    """
    given = gold_works.gold_work_of(connection, work_id)
    if stance == "escalate":
        _ask(connection, context, item_id, queue.suggestion_of(connection, work_id), at=at)
    if given is None:
        if stance == "adjudicate":
            _ruled(connection, contexts, work_id, value_id, person_id, at=at)
        return "decided", None
    kind = given.kind
    right: bool | None = None
    if given.is_probe:
        right = is_caught(connection, context, work_id, stance, value_id)
    elif stance == "answer":
        right = is_right(connection, context, given, value_id)
    elif not given.is_hidden:
        right = False
    gold_works.answer_gold(connection, work_id, judgement_id, right)
    if kind in gold_works.TESTS:
        look(connection, contexts, given.programme_id, person_id, given.sitting, kind, at=at)
    return said_state(given, stance), lesson(connection, given, right)


def said_before(connection: Connection, judgement_id: int) -> tuple[str, Lesson | None] | None:
    """What an answer to gold was followed by, for who sends it again; None for any other answer."""
    found = gold_works.answered_with(connection, judgement_id)
    if found is None:
        return None
    return said_state(found.given, STANCES[found.stance]), lesson(connection, found.given, found.given.right)


def said_state(given: GoldWork, stance: Stance) -> str:
    """The state that a live item would be in after this was said of it."""
    if stance == "answer":
        return DECISION_NAMES[given.state]
    return {"skip": "open", "escalate": "disputed", "reject": "open"}.get(stance, "decided")


def lesson(connection: Connection, given: GoldWork, right: bool | None) -> Lesson | None:
    """What is shown after an answer: only in training."""
    if given.kind != GOLD_KIND["training"]:
        return None
    row = gold.gold_row(connection, given.release_id, given.item_id)
    assert row is not None
    policy, answer = policy_row(connection, in_force(connection, given.programme_id).id).policy, json.loads(row.answer)
    labels = families.task.build(policy.task).labels(answer)
    named = ", ".join(policy.labels.name_of(label) for label in labels)
    return Lesson(bool(right), answer, named, row.explanation or "")


def is_right(connection: Connection, context: BatchContext, given: GoldWork, value_id: int | None) -> bool:
    """True where an answer says what gold says, read under the ontology in force, remarks left out."""
    accepted = gold.accepted_answer(connection, given.release_id, given.item_id)
    if value_id is None:
        return False
    means = alike(connection, context.task, {value_id, accepted.value_id})
    if means.get(value_id, value_id) == means.get(accepted.value_id, accepted.value_id):
        return True
    reading = Reading(connection, given.programme_id, context.task, context.row.ontology_id)
    if reading.plain:
        return False
    texts = answers(connection, sorted({value_id, accepted.value_id}))
    return texts[value_id] == reading.text(texts[accepted.value_id], accepted.ontology_id)


def is_caught(
    connection: Connection, context: BatchContext, work_id: int, stance: Stance, value_id: int | None
) -> bool | None:
    """True where a planted error was rejected or corrected, False where it was let stand; None where neither."""
    if stance != "answer":
        return {"accept": False, "reject": True}.get(stance)
    suggestion_id = queue.suggestion_of(connection, work_id)
    assert value_id is not None and suggestion_id is not None
    planted = value_of(connection, suggestion_id)
    means = alike(connection, context.task, {value_id, planted})
    return means.get(value_id, value_id) != means.get(planted, planted)


def taken_back(connection: Connection, work_id: int) -> None:
    """An answer to gold was withdrawn by its author."""
    gold_works.answer_gold(connection, work_id, None, None)


def because_settled(connection: Connection, work_id: int) -> str | None:
    """Why an answer to gold can no longer be taken back; None where it can, as a live one can."""
    given = gold_works.gold_work_of(connection, work_id)
    if given is None or given.is_hidden:
        return None
    if given.kind == GOLD_KIND["training"]:
        return "its explanation has been shown"
    row = calibrations.calibration_of(connection, given.programme_id, given.person_id)
    over = row is None or row.sitting != given.sitting or CALIBRATION_NAMES[row.state] != "exam"
    return "the exam is over" if over else None


def _ask(connection: Connection, context: BatchContext, item_id: int, suggestion_id: int | None, *, at: int) -> None:
    """A question is answered whatever it was asked of."""
    tier = context.policy.escalation.tier
    slot = Slot("review", tier, "escalation", False, "escalated with a question")
    lane = Lanes(connection, context).of(slot, attributes(connection, [item_id]).get(item_id))
    made = new_work(
        context, item_id, slot, lane_id=lane, number=1, priority=ESCALATED_PRIORITY, suggestion_id=suggestion_id, at=at
    )
    queue.open_works(connection, [made])


def _ruled(connection: Connection, contexts: Contexts, work_id: int, value_id: int | None, by: int, *, at: int) -> None:
    """A second senior ruled on contested gold: where it did not stand, nobody is measured on it any longer."""
    found = contested_with(connection, work_id)
    if found is None or value_id == found.held:
        return
    given = gold_works.gold_work_of(connection, found.work_id)
    if given is not None:
        withdraw(connection, contexts, given.programme_id, given.release_id, given.item_id, RULED, by=by, at=at)
