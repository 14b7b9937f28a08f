"""A person's exam as it goes: opened, looked at, passed or paused, and training on what was missed.

    no exam, or lapsed -> exam -> passed -> (after so many works or days) exam again
                             \\-> paused: failed          -> a senior lifts it, or sends them to another exam
                             \\-> undecided: a senior decides

Works on gold stand in lanes of one person each and in batches of purpose calibration, so that no label rests on them.
"""

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import DAY
from goldloop.core.policy import Calibration, Policy
from goldloop.loop.context import BatchContext, Contexts
from goldloop.loop.exam import Standing, standing
from goldloop.loop.ruling import Slot
from goldloop.loop.slots import BASE_PRIORITY, FOLLOW_UP_PRIORITY, Lanes, new_work
from goldloop.store import calibration_words, calibrations, gold, gold_works, ledger
from goldloop.store import work as queue
from goldloop.store.accounts import actor_of_account
from goldloop.store.batches import NewBatch, add_batch_once, batch_named
from goldloop.store.calibration_words import NewWord
from goldloop.store.calibrations import CalibrationRow
from goldloop.store.codes import CALIBRATION, CALIBRATION_NAMES, DECISION, GOLD_KIND
from goldloop.store.gold_works import NewGoldWork
from goldloop.store.items import attributes
from goldloop.store.lanes import Hands
from goldloop.store.programmes import InForce, in_force

EXAM = "an exam before live work"
TRAINING = "training on what was missed"
SPARE = 10  # drawn beside those that are wanted: residency and clearance leave some out


def needs_exam(doc: Calibration, row: CalibrationRow, task_id: int, *, at: int) -> bool:
    """True where somebody never passed this task's exam, or did so too long ago."""
    if row.task_id != task_id or row.sitting == 0:
        return True
    if CALIBRATION_NAMES[row.state] != "passed":
        return False
    return row.handed >= doc.items or at >= row.since_at + round(doc.days * DAY)


def begin(
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
    calibrations.add_calibration(
        connection, CalibrationRow(programme_id, person_id, task_id, CALIBRATION["exam"], 0, 0, at, EXAM)
    )
    before = calibrations.lock_calibration(connection, programme_id, person_id)
    assert before is not None
    if not needs_exam(policy.calibration, before, task_id, at=at):
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


def not_stuck(
    connection: Connection, contexts: Contexts, row: CalibrationRow, hands: Hands, *, at: int
) -> CalibrationRow:
    """An exam whose open items were withdrawn or erased goes on with others."""
    kind = GOLD_KIND["exam"]
    if gold_works.tally(connection, row.programme_id, row.person_id, row.sitting, "exam").open:
        return row
    look(connection, contexts, row.programme_id, row.person_id, row.sitting, kind, at=at, hands=hands)
    return calibrations.calibration_of(connection, row.programme_id, row.person_id) or row


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
    row = calibrations.lock_calibration(connection, programme_id, person_id)
    force = in_force(connection, programme_id)
    doc = contexts.policy(connection, force.id).calibration
    if row is None or doc is None or row.sitting != sitting:
        return
    exam = kind == GOLD_KIND["exam"]
    if CALIBRATION_NAMES[row.state] != ("exam" if exam else "passed"):
        return
    counted = gold_works.tally(connection, programme_id, person_id, sitting, "exam" if exam else "hidden")
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


def settle_exam(connection: Connection, contexts: Contexts, row: CalibrationRow, found: Standing, *, at: int) -> None:
    """Write down what an exam, or hidden gold, came to; what was missed is assigned as training."""
    state = {"passed": "passed", "failed": "paused"}.get(found.outcome, "undecided")
    note(connection, row, state, found.outcome, found.because, by=None, found=found, at=at)
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
    calibrations.set_calibration(connection, now)
    right, n, low, high = found[1:5] if found is not None else (None,) * 4
    calibration_words.add_word(
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
        one for text in gold_works.missed(connection, programme_id, person_id, sitting) for one in json.loads(text)
    )
    keys: dict[int, None] = {}
    for concept in concepts:
        before = gold_works.training_on(connection, programme_id, person_id, sitting, concept)
        for key in gold.draw_training(connection, release_id, person_id, concept, count=max(0, doc.training - before)):
            keys[key] = None
    row = calibrations.calibration_of(connection, programme_id, person_id)
    if not keys or row is None:
        return 0
    context = contexts.batch(connection, _own_batch(connection, policy, force, programme_id, at=at))
    return _open(connection, context, row, None, doc, release_id, list(keys), "training", at=at)


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
    size = gold.count_gold(connection, release_id)
    digest = hashlib.sha256(f"{row.programme_id}/{row.person_id}/{row.sitting}/{at}".encode()).digest()
    found = gold.draw_unseen(
        connection, release_id, row.person_id, start=int.from_bytes(digest[:8]) % size, count=2 * count + SPARE
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
    brought = hands if hands is not None else calibrations.hands_of(connection, row.programme_id, row.person_id)
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
    gold_works.add_gold_works(connection, rows)
    return len(rows)


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
