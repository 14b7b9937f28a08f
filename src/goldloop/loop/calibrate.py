"""Calibration at hand-out and submission: exams before live work, gold hidden in the queue, training after it.

    no exam, or lapsed -> exam -> passed -> (after so many works or days) exam again
                             \\-> paused: failed          -> a senior lifts it, or sends them to another exam
                             \\-> undecided: a senior decides

Works on gold stand in lanes of one person each and in batches of purpose calibration, so that no label rests on them.
To the person one that is hidden is in everything like the live work it was modelled on.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import DAY
from goldloop.core.families import STANCES
from goldloop.core.nouns import Stance
from goldloop.core.policy import Calibration, Policy
from goldloop.loop.alike import alike
from goldloop.loop.context import BatchContext, Contexts, plan_of
from goldloop.loop.exam import Standing, standing
from goldloop.loop.mapped import Reading
from goldloop.loop.ruling import Slot, Word, next_step
from goldloop.loop.slots import BASE_PRIORITY, ESCALATED_PRIORITY, FOLLOW_UP_PRIORITY, Lanes, new_work
from goldloop.store import calibrations as store
from goldloop.store import gold, ledger
from goldloop.store import work as queue
from goldloop.store.accounts import actor_of_account
from goldloop.store.batches import NewBatch, add_batch_once, batch_named, route_of
from goldloop.store.calibrations import CalibrationRow, GoldWork, NewGoldWork, NewWord
from goldloop.store.codes import CALIBRATION, CALIBRATION_NAMES, DECISION, DECISION_NAMES, GOLD_KIND
from goldloop.store.contests import contested_with
from goldloop.store.items import attributes
from goldloop.store.lanes import Hands, Requirements
from goldloop.store.prepared import Prepared
from goldloop.store.programmes import InForce, in_force, policy_row
from goldloop.store.releases import release_row_of
from goldloop.store.schema import batch, human_only, ready, work
from goldloop.store.values import answers

EXAM = "an exam before live work"
TRAINING = "training on what was missed"
CANDIDATES = 10  # drawn for one place in the queue, of which the first that is like its model is taken
ROUND = 10  # works
RULED = "a second senior ruled otherwise when it was contested"


class Seat(NamedTuple):
    """How a person stands in a programme that calibrates."""

    programme_id: int
    policy: Policy
    force: InForce
    doc: Calibration
    row: CalibrationRow

    @property
    def state(self) -> str:
        """exam, passed, paused or undecided."""
        return CALIBRATION_NAMES[self.row.state]


class Hidden(NamedTuple):
    """A work on gold that is to be given now, and what its lane asks for."""

    work: queue.Taken
    wanted: Requirements


class Lesson(NamedTuple):
    """What is said after an answer in training: whether it was right, what is accepted, and why."""

    right: bool
    answer: Any
    named: str
    explanation: str


def seats(
    connection: Connection,
    contexts: Contexts,
    person_id: int,
    hands: Mapping[int, Hands],
    force: Mapping[int, InForce],
    *,
    at: int,
) -> dict[int, Seat]:
    """How a person stands in every programme that calibrates, an exam opened where they need one."""
    out = {}
    for programme_id, now in force.items():
        policy = contexts.policy(connection, now.id)
        doc = policy.calibration
        if doc is None or not hands[programme_id].tiers.intersection(doc.tiers):
            continue
        row = store.calibration_of(connection, programme_id, person_id)
        if row is None or _needs_exam(doc, row, contexts.task(connection, now.id), at=at):
            row = _begin(connection, contexts, person_id, hands[programme_id], policy, programme_id, now, at=at)
        out[programme_id] = Seat(programme_id, policy, now, doc, row)
    return out


def closed_to(seats: Mapping[int, Seat], wanted: Requirements) -> bool:
    """True where a lane asks for an exam that this person has not passed."""
    seat = seats.get(wanted.programme)
    return seat is not None and seat.state != "passed" and wanted.person is None and wanted.tier in seat.doc.tiers


def refusal(seat: Seat) -> str:
    """Why somebody gets no live work."""
    what = (
        "you are paused in this programme" if seat.state == "paused" else "your exam in this programme is not settled"
    )
    return f"{what}: {seat.row.because}. A senior may lift it; on your own page you may say why it is wrong"


class Measured(NamedTuple):
    """Where a person is measured on hidden gold, and where they are paused."""

    hiding: frozenset[int]
    paused: Mapping[int, Calibration]

    def shuts(self, wanted: Requirements) -> bool:
        """True where a pause closes a lane to them."""
        doc = self.paused.get(wanted.programme)
        return doc is not None and wanted.person is None and wanted.tier in doc.tiers

    def rounded(self, programme_id: int, count: int) -> int:
        """How much is ready, in tens where gold is hidden: to the last one, counting would tell gold from the rest."""
        return -(-count // ROUND) * ROUND if programme_id in self.hiding else count


def measured_in(connection: Connection, contexts: Contexts, person_id: int, hands: Mapping[int, Hands]) -> Measured:
    """How a person is measured in the programmes they work in; writes nothing."""
    hiding, paused = set[int](), dict[int, Calibration]()
    for programme_id in hands:
        force = in_force(connection, programme_id)
        doc = contexts.policy(connection, force.id).calibration
        if doc is not None and doc.hidden:
            hiding.add(programme_id)
        seat = is_shut(connection, contexts, person_id, programme_id, force.id)
        if seat is not None:
            paused[programme_id] = seat.doc
    return Measured(frozenset(hiding), paused)


def is_shut(
    connection: Connection, contexts: Contexts, person_id: int, programme_id: int, policy_id: int
) -> Seat | None:
    """The seat of somebody who may do nothing but finish what is their own in this programme; None for all others."""
    policy = contexts.policy(connection, policy_id)
    row = store.calibration_of(connection, programme_id, person_id) if policy.calibration is not None else None
    if policy.calibration is None or row is None or CALIBRATION_NAMES[row.state] not in ("paused", "undecided"):
        return None
    return Seat(programme_id, policy, InForce(policy_id, 0, None), policy.calibration, row)


def places(secret: bytes, seat: Seat, count: int) -> list[int]:
    """Which of the next `count` works of a person are gold: a keyed stream of their own that nobody can foresee."""
    row, out = seat.row, []
    for n in range(count):
        drawn = _stream(secret, row, "place", row.handed + n) / 2**64
        if drawn < seat.doc.hidden:
            out.append(n)
    return out


def hide(
    connection: Connection,
    contexts: Contexts,
    seat: Seat,
    hands: Hands,
    lanes: Mapping[int, Requirements],
    order: Sequence[int],
    secret: bytes,
    *,
    at: int,
    place: int,
) -> Hidden | None:
    """A work on gold that is like the next live one to annotate; None where there is none, or no gold like it.

    It is ready in a lane of the person's own, to be leased to them now.
    """
    template = next(
        (
            row
            for key in order
            if lanes[key].programme == seat.programme_id and lanes[key].queue == "annotate" and not lanes[key].person
            for row in _HEAD.all(connection, lane=key)
            if row.of == "production"
        ),
        None,
    )
    release_id = gold.newest_gold(connection, seat.programme_id, seat.doc.gold)
    if template is None or release_id is None:
        return None
    store.lock_calibration(connection, seat.programme_id, seat.row.person_id)  # two windows draw one after the other
    like = contexts.batch(connection, template.batch_id)
    context = contexts.batch(connection, _beside(connection, like, at=at))
    size = _size(release_row_of(connection, release_id).body)
    person_id = seat.row.person_id
    found = gold.draw_unseen(
        connection,
        release_id,
        person_id,
        start=_stream(secret, seat.row, "item", seat.row.handed + place) % size,
        count=CANDIDATES,
        latched=template.latched is not None,
    )
    own = Lanes(connection, context, person=person_id)
    slot = Slot("annotate", template.tier, "label", template.blind, template.because)
    facts = attributes(connection, found)
    wanted = lanes[template.lane_id].model_copy(update={"person": person_id})
    key = next((key for key in found if own.wanted(slot, facts.get(key)) == wanted), None)
    if key is None:
        return None
    plan = plan_of(like, route_of(connection, like.row.id, template.item_id), human_only=template.latched is not None)
    after = next_step(plan, [Word(0, person_id, "answer", "annotate", 0, None)])
    made = new_work(
        context,
        key,
        slot,
        lane_id=own.of(slot, facts.get(key)),
        number=template.slot,
        priority=template.priority,
        suggestion_id=None,
        at=at,
    )
    (work_id,) = queue.open_works(connection, [made._replace(due_at=template.due_at)])
    row = NewGoldWork(
        work_id,
        seat.programme_id,
        person_id,
        release_id,
        key,
        seat.row.sitting,
        GOLD_KIND["hidden"],
        DECISION[after.state],
    )
    store.add_gold_works(connection, [row])
    return Hidden(queue.Taken(work_id, key, made.lane_id, made.priority), wanted)


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
    """
    given = store.gold_work_of(connection, work_id)
    if stance == "escalate":
        _ask(connection, context, item_id, at=at)
    if given is None:
        if stance == "adjudicate":
            _ruled(connection, contexts, work_id, value_id, person_id, at=at)
        return "decided", None
    kind = given.kind
    right: bool | None = None
    if stance == "answer":
        right = is_right(connection, context, given, value_id)
    elif kind != GOLD_KIND["hidden"]:
        right = False
    store.answer_gold(connection, work_id, judgement_id, right)
    if kind != GOLD_KIND["training"]:
        look(connection, contexts, given.programme_id, person_id, given.sitting, kind, at=at)
    return said_state(given, stance), lesson(connection, given, right)


def said_before(connection: Connection, judgement_id: int) -> tuple[str, Lesson | None] | None:
    """What an answer to gold was followed by, for who sends it again; None for any other answer."""
    found = store.answered_with(connection, judgement_id)
    if found is None:
        return None
    return said_state(found.given, STANCES[found.stance]), lesson(connection, found.given, found.given.right)


def said_state(given: GoldWork, stance: Stance) -> str:
    """The state that a live item would be in after this was said of it."""
    return {"skip": "open", "escalate": "disputed"}.get(stance, DECISION_NAMES[given.state])


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


def taken_back(connection: Connection, work_id: int) -> None:
    """An answer to gold was withdrawn by its author."""
    store.answer_gold(connection, work_id, None, None)


def because_settled(connection: Connection, work_id: int) -> str | None:
    """Why an answer to gold can no longer be taken back; None where it can, as a live one can."""
    given = store.gold_work_of(connection, work_id)
    if given is None or given.kind == GOLD_KIND["hidden"]:
        return None
    if given.kind == GOLD_KIND["training"]:
        return "its explanation has been shown"
    row = store.calibration_of(connection, given.programme_id, given.person_id)
    over = row is None or row.sitting != given.sitting or CALIBRATION_NAMES[row.state] != "exam"
    return "the exam is over" if over else None


def look(
    connection: Connection,
    contexts: Contexts,
    programme_id: int,
    person_id: int,
    sitting: int,
    kind: int,
    *,
    at: int,
    hands: Hands | None = None,
) -> None:
    """See what somebody's answers prove, once those that were given are in; pass, pause, or give more.

    Hidden gold is looked at after every `size` answers, and only ever pauses.
    """
    row = store.lock_calibration(connection, programme_id, person_id)
    force = in_force(connection, programme_id)
    doc = contexts.policy(connection, force.id).calibration
    if row is None or doc is None or row.sitting != sitting:
        return
    exam = kind == GOLD_KIND["exam"]
    if CALIBRATION_NAMES[row.state] != ("exam" if exam else "passed"):
        return
    counted = store.tally(connection, programme_id, person_id, sitting, "exam" if exam else "hidden")
    if exam and counted.open:
        return
    if not exam and (not counted.n or counted.n % doc.exam.size):
        return
    found = standing(doc.exam, counted.right, counted.n)
    if exam and found.outcome == "more":
        wanted = min(doc.exam.size - counted.n % doc.exam.size, doc.exam.most - counted.n)
        if _give(connection, contexts, row, hands, contexts.policy(connection, force.id), force, wanted, at=at):
            return
        found = found._replace(
            outcome="undecided", because=f"{found.because}; the gold release holds nothing more that is new to them"
        )
    if exam or found.outcome == "failed":
        settle_exam(connection, contexts, row, found, at=at)


def settle_exam(
    connection: Connection, contexts: Contexts, row: CalibrationRow, found: Standing, *, at: int, by: int | None = None
) -> None:
    """Write down what an exam, or hidden gold, came to; what was missed is assigned as training."""
    state = {"passed": "passed", "failed": "paused"}.get(found.outcome, "undecided")
    note(connection, row, state, found.outcome, found.because, by=by, found=found, at=at)
    train(connection, contexts, row.programme_id, row.person_id, row.sitting, at=at)


def note(
    connection: Connection,
    row: CalibrationRow,
    state: str,
    kind: str,
    because: str,
    *,
    by: int | None,
    at: int,
    found: Standing | None = None,
) -> CalibrationRow:
    """Somebody's calibration changes: the row, the history, and the ledger."""
    now = row._replace(
        state=CALIBRATION[state], because=because, since_at=at, handed=0 if state == "passed" else row.handed
    )
    store.set_calibration(connection, now)
    right, n, low, high = found[1:5] if found is not None else (None,) * 4
    store.add_word(
        connection, NewWord(row.programme_id, row.person_id, row.sitting, kind, because, by, right, n, low, high, at)
    )
    ledger.record(
        connection,
        f"calibration.{kind}",
        programme=row.programme_id,
        actor=by,
        subject=str(row.person_id),
        data={"sitting": row.sitting, "because": because, "right": right, "n": n},
        at=at,
    )
    return now


def train(
    connection: Connection, contexts: Contexts, programme_id: int, person_id: int, sitting: int, *, at: int
) -> int:
    """Assign training on the concepts that somebody missed in a sitting; how many works were opened."""
    force = in_force(connection, programme_id)
    policy = contexts.policy(connection, force.id)
    doc = policy.calibration
    release_id = gold.newest_gold(connection, programme_id, doc.gold) if doc is not None else None
    if doc is None or release_id is None or not doc.training:
        return 0
    concepts = dict.fromkeys(
        one for text in store.missed(connection, programme_id, person_id, sitting) for one in json.loads(text)
    )
    keys: dict[int, None] = {}
    for concept in concepts:
        before = store.training_on(connection, programme_id, person_id, sitting, concept)
        for key in gold.draw_training(connection, release_id, person_id, concept, count=max(0, doc.training - before)):
            keys[key] = None
    row = store.calibration_of(connection, programme_id, person_id)
    if not keys or row is None:
        return 0
    context = contexts.batch(connection, _own_batch(connection, policy, force, programme_id, at=at))
    return _open(connection, context, row, None, doc, release_id, list(keys), "training", at=at)


def _needs_exam(doc: Calibration, row: CalibrationRow, task_id: int, *, at: int) -> bool:
    """True where somebody never passed this task's exam, or did so too long ago."""
    if row.task_id != task_id or row.sitting == 0:
        return True
    if CALIBRATION_NAMES[row.state] != "passed":
        return False
    return row.handed >= doc.items or at >= row.since_at + round(doc.days * DAY)


def _begin(
    connection: Connection,
    contexts: Contexts,
    person_id: int,
    hands: Hands,
    policy: Policy,
    programme_id: int,
    force: InForce,
    *,
    at: int,
) -> CalibrationRow:
    """Open somebody's next exam. Two windows that ask at once open one."""
    assert policy.calibration is not None
    task_id = contexts.task(connection, force.id)
    store.add_calibration(
        connection, CalibrationRow(programme_id, person_id, task_id, CALIBRATION["exam"], 0, 0, at, EXAM)
    )
    before = store.lock_calibration(connection, programme_id, person_id)
    assert before is not None
    if not _needs_exam(policy.calibration, before, task_id, at=at):
        return before
    because = EXAM if before.sitting == 0 else f"{before.handed:,} works since the last exam"
    if before.sitting and before.handed < policy.calibration.items:
        because = f"{policy.calibration.days:g} days since the last exam"
    if before.sitting and before.task_id != task_id:
        because = "the task has changed since the last exam"
    row = before._replace(task_id=task_id, sitting=before.sitting + 1, handed=0)
    return open_exam(connection, contexts, row, hands, policy, force, because, by=None, kind="began", at=at)


def open_exam(
    connection: Connection,
    contexts: Contexts,
    row: CalibrationRow,
    hands: Hands | None,
    policy: Policy,
    force: InForce,
    because: str,
    *,
    by: int | None,
    kind: str,
    at: int,
) -> CalibrationRow:
    """Give somebody the first items of an exam."""
    assert policy.calibration is not None
    now = note(connection, row, "exam", kind, because, by=by, at=at)
    if not _give(connection, contexts, now, hands, policy, force, policy.calibration.exam.size, at=at):
        because = f"gold release {policy.calibration.gold} holds nothing that is new to them"
        found = Standing("undecided", 0, 0, None, None, because)
        return note(connection, now, "undecided", "undecided", because, by=None, at=at, found=found)
    return now


def _give(
    connection: Connection,
    contexts: Contexts,
    row: CalibrationRow,
    hands: Hands | None,
    policy: Policy,
    force: InForce,
    count: int,
    *,
    at: int,
) -> int:
    """Open so many exam works for a person, on items that are new to them; how many there were."""
    doc = policy.calibration
    assert doc is not None
    release_id = gold.newest_gold(connection, row.programme_id, doc.gold)
    if release_id is None:
        return 0
    size = _size(release_row_of(connection, release_id).body)
    digest = hashlib.sha256(f"{row.programme_id}/{row.person_id}/{row.sitting}/{at}".encode()).digest()
    found = gold.draw_unseen(
        connection, release_id, row.person_id, start=int.from_bytes(digest[:8]) % size, count=2 * count + CANDIDATES
    )
    context = contexts.batch(connection, _own_batch(connection, policy, force, row.programme_id, at=at))
    return _open(connection, context, row, hands, doc, release_id, found, "exam", at=at, most=count)


def _open(
    connection: Connection,
    context: BatchContext,
    row: CalibrationRow,
    hands: Hands | None,
    doc: Calibration,
    release_id: int,
    keys: Sequence[int],
    kind: str,
    *,
    at: int,
    most: int | None = None,
) -> int:
    """Open works of one person on gold; items that their residency or clearance does not allow are left out."""
    brought = hands if hands is not None else store.hands_of(connection, row.programme_id, row.person_id)
    tier = min(brought.tiers.intersection(doc.tiers) or brought.tiers, default=1)
    slot = Slot("annotate", tier, "label", True, EXAM if kind == "exam" else TRAINING)
    own = Lanes(connection, context, person=row.person_id)
    facts = attributes(connection, keys)
    open_to_them = [key for key in keys if brought.may_do(own.wanted(slot, facts.get(key)))][:most]
    priority = FOLLOW_UP_PRIORITY if kind == "exam" else BASE_PRIORITY
    works = [
        new_work(
            context,
            key,
            slot,
            lane_id=own.of(slot, facts.get(key)),
            number=1,
            priority=priority,
            suggestion_id=None,
            at=at,
        )
        for key in open_to_them
    ]
    made = queue.open_works(connection, works)
    decided = DECISION["decided"]
    rows = [
        NewGoldWork(work_id, row.programme_id, row.person_id, release_id, key, row.sitting, GOLD_KIND[kind], decided)
        for work_id, key in zip(made, open_to_them, strict=True)
    ]
    store.add_gold_works(connection, rows)
    return len(rows)


def _ask(connection: Connection, context: BatchContext, item_id: int, *, at: int) -> None:
    """A question is answered whatever it was asked of."""
    tier = context.policy.escalation.tier
    slot = Slot("review", tier, "escalation", False, "escalated with a question")
    lane = Lanes(connection, context).of(slot, attributes(connection, [item_id]).get(item_id))
    made = new_work(
        context, item_id, slot, lane_id=lane, number=1, priority=ESCALATED_PRIORITY, suggestion_id=None, at=at
    )
    queue.open_works(connection, [made])


def _ruled(connection: Connection, contexts: Contexts, work_id: int, value_id: int | None, by: int, *, at: int) -> None:
    """A second senior ruled on contested gold: where it did not stand, nobody is measured on it any longer."""
    found = contested_with(connection, work_id)
    if found is None or value_id == found.held:
        return
    given = store.gold_work_of(connection, found.work_id)
    if given is not None:
        withdraw(connection, contexts, given.programme_id, given.release_id, given.item_id, RULED, by=by, at=at)


def withdraw(
    connection: Connection,
    contexts: Contexts,
    programme_id: int,
    release_id: int,
    item_id: int,
    because: str,
    *,
    by: int,
    at: int,
) -> int | None:
    """Withdraw an item of gold and reckon again what was made of everybody who answered it; how many changed.

    None where it was withdrawn before. A pass stands: nobody loses by a mistake that was not theirs.
    """
    if not gold.withdraw_gold(connection, release_id, item_id, by=by, because=because, at=at):
        return None
    ledger.record(
        connection,
        "gold.withdrawn",
        programme=programme_id,
        actor=by,
        subject=str(item_id),
        data={"release": release_id, "because": because},
        at=at,
    )
    changed = 0
    policy = contexts.policy(connection, in_force(connection, programme_id).id)
    for person_id, sitting in store.people_on(connection, release_id, item_id):
        row = store.lock_calibration(connection, programme_id, person_id)
        if row is None or row.sitting != sitting or policy.calibration is None:
            continue
        if CALIBRATION_NAMES[row.state] == "exam":
            look(connection, contexts, programme_id, person_id, sitting, GOLD_KIND["exam"], at=at)
            continue
        if CALIBRATION_NAMES[row.state] not in ("paused", "undecided"):
            continue
        counted = [store.tally(connection, programme_id, person_id, sitting, kind) for kind in ("hidden", "exam")]
        by_hidden = store.passed_before(connection, programme_id, person_id, sitting)
        right, n = (counted[0] if by_hidden else counted[1])[:2]
        now = standing(policy.calibration.exam, right, n, least=1)  # an item that is gone takes no proof with it
        if now.outcome == "failed" or (now.outcome == "undecided" and CALIBRATION_NAMES[row.state] == "undecided"):
            continue
        changed += 1
        told = f"{now.because}, without an item that was withdrawn"
        if now.outcome == "passed" or by_hidden:
            note(connection, row, "passed", "recomputed", told, by=None, found=now, at=at)
        elif now.outcome == "undecided":
            note(connection, row, "undecided", "recomputed", told, by=None, found=now, at=at)
        else:
            note(connection, row, "exam", "recomputed", told, by=None, found=now, at=at)
            look(connection, contexts, programme_id, person_id, sitting, GOLD_KIND["exam"], at=at)
    return changed


def _own_batch(connection: Connection, policy: Policy, force: InForce, programme_id: int, *, at: int) -> int:
    """The batch that exams and training under a policy stand in."""
    name = f"calibration-{force.id}"
    found = batch_named(connection, programme_id, name)
    if found is not None:
        return found
    new = NewBatch(
        programme_id=programme_id,
        name=name,
        purpose="calibration",
        task=canonical(policy.task.model_dump(mode="json")),
        ontology_id=force.ontology_id,
        guideline_id=force.guideline_id,
        policy_id=force.id,
        gate=None,
        owner_id=actor_of_account(connection, policy.raci.accountable),
        parent_id=None,
        due_at=None,
        item_count=0,
        created_at=at,
    )
    return add_batch_once(connection, new)


def _beside(connection: Connection, like: BatchContext, *, at: int) -> int:
    """The batch that gold hidden among the works of a batch stands in."""
    name = f"{like.row.name}-calibration"
    found = batch_named(connection, like.row.programme_id, name)
    if found is not None:
        return found
    fields = {key: value for key, value in like.row._asdict().items() if key != "id"}
    new = NewBatch(
        **{**fields, "name": name, "purpose": "calibration", "gate": None, "parent_id": like.row.id, "item_count": 0}
    )
    return add_batch_once(connection, new._replace(created_at=at))


@lru_cache(maxsize=64)
def _size(body: str) -> int:
    """How many items a gold release holds, by its manifest."""
    return int(json.loads(body)["items"])


def _stream(secret: bytes, row: CalibrationRow, what: str, n: int) -> int:
    """64 bits of a person's own stream."""
    text = f"gold/{what}/{row.programme_id}/{row.person_id}/{row.sitting}/{n}"
    return int.from_bytes(hmac.new(secret, text.encode(), hashlib.sha256).digest()[:8])


_HEAD = Prepared(
    select(
        work.c.batch_id,
        work.c.item_id,
        work.c.lane_id,
        work.c.priority,
        work.c.tier,
        work.c.slot,
        work.c.blind,
        work.c.because,
        work.c.due_at,
        batch.c.purpose.label("of"),
        human_only.c.because.label("latched"),
    )
    .select_from(ready)
    .join(work, work.c.id == ready.c.work_id)
    .join(batch, batch.c.id == work.c.batch_id)
    .outerjoin(human_only, human_only.c.item_id == work.c.item_id)
    .where(ready.c.lane_id == bindparam("lane"))
    .order_by(ready.c.priority, ready.c.work_id)
    .limit(1)
)
