"""Calibration as people read it: how everybody stands with their intervals; lifting, contesting and ruling on a pause.

The rule of the programme file passes and pauses. A senior lifts a pause with a reason, and never their own; a pause
that its person contested is ruled on by a senior who has not ruled on it before.
"""

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core.clock import DAY, now
from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound
from goldloop.core.families import Measured
from goldloop.core.headline import headline
from goldloop.core.ids import Ids
from goldloop.core.policy import Calibration, Policy
from goldloop.jobs.running import Running
from goldloop.loop import examine
from goldloop.loop.context import Contexts
from goldloop.loop.exam import METHOD, limits
from goldloop.measures.say import measured, nothing
from goldloop.quality.calibration.gold import tell_of_suspects
from goldloop.quality.people.reports import reader
from goldloop.store import calibration_words, calibrations, gold_results, gold_works
from goldloop.store.actors import actors
from goldloop.store.calibration_words import CalibrationWord
from goldloop.store.calibrations import CalibrationRow
from goldloop.store.codes import CALIBRATION_NAMES, GOLD_KIND, GOLD_KIND_NAMES
from goldloop.store.gold_works import PersonTally
from goldloop.store.programmes import in_force, policy_in_force, programmes
from goldloop.store.releases import newest_release

SHOWN = 200
TEXT = 200
ENOUGH = 10
CAUGHT = "share of planted errors that were rejected or corrected"
OVERTURNED = "share of ruled contests of a pause in which it was lifted"
NUMBERS = ("kind", "because", "by", "right", "n", "low", "high", "at", "sitting")


def lift(
    connection: Connection,
    contexts: Contexts,
    programme_id: int,
    person_id: int,
    because: str,
    *,
    again: bool,
    by: int,
    at: int,
) -> CalibrationRow:
    """End somebody's pause: back to live work, or to another exam. Raises Conflict where they are not paused."""
    row = _paused(connection, programme_id, person_id)
    _may_rule(connection, row, because, by=by)
    if not again:
        return examine.note(connection, row, "passed", "lifted", because.strip(), by=by, at=at)
    force = in_force(connection, programme_id)
    policy = contexts.policy(connection, force.id)
    if policy.calibration is None:
        raise Conflict("this programme no longer asks for an exam", expected="a lift to live work")
    next_ = row._replace(sitting=row.sitting + 1, handed=0)
    return examine.open_exam(
        connection, contexts, next_, None, policy, force, because.strip(), by=by, kind="again", at=at
    )


def uphold(connection: Connection, programme_id: int, person_id: int, because: str, *, by: int, at: int) -> None:
    """Rule that a contested pause stands. Raises Conflict where nobody contested it."""
    row = _paused(connection, programme_id, person_id)
    if not is_contested(calibration_words.words(connection, programme_id, person_id=person_id)):
        raise Conflict("nobody has contested this pause", expected="a contested pause")
    _may_rule(connection, row, because, by=by)
    examine.note(connection, row, CALIBRATION_NAMES[row.state], "stands", because.strip(), by=by, at=at)
    calibrations.set_calibration(connection, row)


def contest(connection: Connection, programme_id: int, person_id: int, because: str, *, at: int) -> None:
    """Say that one's own pause is wrong; a senior rules on it. Raises Conflict where it is contested already."""
    row = _paused(connection, programme_id, person_id)
    said_why(because)
    if is_contested(calibration_words.words(connection, programme_id, person_id=person_id)):
        raise Conflict("you have contested this pause", expected="the ruling awaited")
    examine.note(connection, row, CALIBRATION_NAMES[row.state], "contested", because.strip(), by=person_id, at=at)
    calibrations.set_calibration(connection, row)  # why they are paused has not changed


def is_contested(history: Sequence[CalibrationWord]) -> bool:
    """True where the newest contest of somebody's pauses has not been ruled on."""
    said = [one.kind for one in history if one.kind in ("contested", "stands", "lifted", "again", "recomputed")]
    return bool(said) and said[-1] == "contested"


def _paused(connection: Connection, programme_id: int, person_id: int) -> CalibrationRow:
    row = calibrations.lock_calibration(connection, programme_id, person_id)
    if row is None:
        raise NotFound("this person has not sat an exam here", field="actor_id", expected="somebody who has")
    if CALIBRATION_NAMES[row.state] not in ("paused", "undecided"):
        raise Conflict(
            "this person is not paused", field="actor_id", expected="paused or undecided",
            found=CALIBRATION_NAMES[row.state],
        )  # fmt: skip
    return row


def _may_rule(connection: Connection, row: CalibrationRow, because: str, *, by: int) -> None:
    said_why(because)
    if by == row.person_id:
        raise Forbidden("nobody rules on their own pause", expected="another senior")
    before = calibration_words.words(connection, row.programme_id, person_id=row.person_id)
    if is_contested(before) and any(one.by_id == by and one.kind == "stands" for one in before[-3:]):
        raise Forbidden("you have ruled on this pause before", expected="a second senior")


def said_why(because: str) -> None:
    """Raise Invalid where a reason says nothing."""
    if len(because.strip()) < ENOUGH:
        raise Invalid("this needs its reason", field="because", expected=f"at least {ENOUGH} characters", found=because)


def share(doc: Calibration, right: int, n: int, *, eligible: int | None = None) -> Measured:
    """The share of gold answered right, with the exact interval that the exam's look at so many has."""
    method = METHOD.format(size=doc.exam.size)
    if not n:
        return nothing("no answer to gold yet", method=method, eligible=eligible or 0)
    low, high = limits(doc.exam, right, n)
    look = max(1, n // doc.exam.size)
    return Measured(
        value=right / n,
        low=low,
        high=high,
        level=1 - 2 * doc.exam.tail(look),
        interval_method="clopper-pearson",
        n=n,
        eligible=max(n, eligible or n),
        method=method,
    )


def train_people(job: Running) -> dict[str, Any]:
    """The job behind a gate: args {"subject": batch}. Everybody who missed gold hidden in the batch gets training."""
    contexts, works, batch_id = Contexts(), 0, int(job.args["subject"])
    with job.store.read() as connection:
        found = gold_works.hidden_in(connection, batch_id)
    for person_id, sitting in found:
        with job.store.write() as connection:
            programme_id = contexts.batch(connection, batch_id).row.programme_id
            works += examine.train(connection, contexts, programme_id, person_id, sitting, at=now())
    with job.store.write() as connection:
        programme_id = contexts.batch(connection, batch_id).row.programme_id
        suspected = tell_of_suspects(connection, programme_id, at=now())
    return {"people": len(found), "works": works, "suspected": suspected}


def page(connection: Connection, ids: Ids, programme_id: int, *, at: int) -> dict[str, Any]:
    """How everybody stands to a programme's exam, the rule they stand under, and how often pauses were overturned."""
    policy = policy_in_force(connection, programme_id).policy
    doc = policy.calibration
    rows = calibrations.calibrations(connection, programme_id)
    names = actors(connection, [one.person_id for one in rows])
    said: dict[int, list[CalibrationWord]] = {}
    for word in calibration_words.words(connection, programme_id):
        said.setdefault(word.person_id, []).append(word)
    counted: dict[int, list[PersonTally]] = {}
    for one in gold_works.tallies(connection, programme_id):
        counted.setdefault(one.person_id, []).append(one)
    people = [
        {
            "actor_id": ids.show("actor", row.person_id),
            "name": names[row.person_id].name,
            **_standing(doc, row, counted.get(row.person_id, [])),
            "contested": _contest_of(said.get(row.person_id, [])),
            "history": [_word(one) for one in reversed(said.get(row.person_id, []))],
        }
        for row in rows
    ]
    people.sort(key=lambda one: str(one["name"]))
    return {
        "rule": _rule(connection, ids, programme_id, policy),
        "people": people,
        "overturned": _overturned([one for history in said.values() for one in history]).model_dump(mode="json"),
    }


def mine(
    connection: Connection,
    ids: Ids,
    person_id: int,
    *,
    away: Collection[int] = (),
    mark: Callable[[int], str | None] = lambda _: None,
    at: int,
) -> dict[str, Any]:
    """How a person stands everywhere: the same that managers see of them, once they may know it.

    The items of programmes that are `away` are not read from where the person asks: their results stay out. `mark` is
    what a programme with a workspace writes over the rest.
    """
    known = gold_results.results(connection, person_id, limit=SHOWN)
    training = dict(gold_works.training_open(connection, person_id))
    out = []
    for programme_id in calibrations.programmes_of(connection, person_id):
        (programme,) = programmes(connection, [programme_id])
        doc = policy_in_force(connection, programme_id).policy.calibration
        row = calibrations.calibration_of(connection, programme_id, person_id)
        assert row is not None
        history = calibration_words.words(connection, programme_id, person_id=person_id)
        told = [PersonTally(person_id, row.sitting, kind, *_known(known, programme_id, row.sitting, kind))
                for kind in range(len(GOLD_KIND_NAMES))]  # fmt: skip
        answered = gold_works.tally(connection, programme_id, person_id, row.sitting, "exam")
        read = reader(connection, programme_id, ())
        out.append(
            {
                "programme": programme.name,
                "programme_id": ids.show("programme", programme_id),
                "mark": mark(programme_id),
                **_standing(doc, row, told),
                "answered": answered.n,
                "of": answered.n + answered.open,
                "training_open": training.get(programme_id, 0),
                "contested": _contest_of(history),
                "history": [_word(one) for one in reversed(history) if one.kind != "began"],
                "results": [
                    {
                        "judgement_id": ids.show("judgement", one.judgement_id),
                        "item_id": ids.show("item", one.item_id),
                        "text": headline(json.loads(one.body))[:TEXT],
                        "batch": one.batch if one.kind in gold_works.HIDDEN else None,
                        "kind": GOLD_KIND_NAMES[one.kind],
                        "mine": read.named(one.mine) if one.mine else None,
                        "accepted": None if one.eval_only else read.named(one.accepted),
                        "right": one.right,
                        "explanation": None if one.eval_only else one.explanation,
                        "concepts": json.loads(one.concepts),
                        "withdrawn": one.withdrawn_because,
                        "said_at": one.said_at,
                    }
                    for one in known
                    if one.programme_id == programme_id and programme_id not in away
                ],
            }
        )
    return {"programmes": out}


def _known(known: Sequence[gold_results.Result], programme_id: int, sitting: int, kind: int) -> tuple[int, int]:
    mine = [
        one.right
        for one in known
        if (one.programme_id, one.sitting, one.kind) == (programme_id, sitting, kind) and not one.withdrawn_because
    ]
    return sum(mine), len(mine)


def _standing(doc: Calibration | None, row: CalibrationRow, counted: Sequence[PersonTally]) -> dict[str, Any]:
    now = {one.kind: one for one in counted if one.sitting == row.sitting}

    def of(kind: str) -> dict[str, Any]:
        one = now.get(GOLD_KIND[kind])
        right, n = (one.right, one.n) if one is not None else (0, 0)
        if doc is None:
            return nothing("the programme asks for no exam now", method="", n=n).model_dump(mode="json")
        return share(doc, right, n).model_dump(mode="json")

    state = CALIBRATION_NAMES[row.state]
    kind = GOLD_KIND["training"]
    learnt = now.get(kind, PersonTally(row.person_id, row.sitting, kind, 0, 0))
    return {
        "state": state,
        "because": row.because,
        "sitting": row.sitting,
        "since": row.since_at,
        "handed": row.handed,
        "left": max(0, doc.items - row.handed) if doc is not None and state == "passed" else None,
        "until": row.since_at + round(doc.days * DAY) if doc is not None and state == "passed" else None,
        "exam": of("exam"),
        "hidden": of("hidden"),
        "probes": _caught(now.get(GOLD_KIND["probe"])).model_dump(mode="json"),
        "training": {"right": learnt.right, "n": learnt.n},
    }


def _caught(counted: PersonTally | None) -> Measured:
    """The share of planted errors that somebody did not let stand."""
    if counted is None or not counted.n:
        return nothing("no answer to a planted error yet", method=CAUGHT)
    found = statistics.estimate.proportion(counted.right, counted.n, method="clopper-pearson")
    return measured(found, method=CAUGHT)


def _rule(connection: Connection, ids: Ids, programme_id: int, policy: Policy) -> dict[str, Any] | None:
    doc = policy.calibration
    if doc is None:
        return None
    found = newest_release(connection, programme_id, "gold", doc.gold)
    return {
        **doc.model_dump(mode="json"),
        "limit": doc.exam.most,
        "passes_at": doc.exam.passes_at(),
        "task": policy.task.name,
        "release_id": ids.show("release", found.id) if found is not None else None,
        "number": found.number if found is not None else None,
    }


def _contest_of(history: Sequence[CalibrationWord]) -> str | None:
    """Why somebody says that their pause is wrong, while nobody has ruled on it."""
    if not is_contested(history):
        return None
    return next(one.because for one in reversed(history) if one.kind == "contested")


def _word(one: CalibrationWord) -> dict[str, Any]:
    return {name: getattr(one, name) for name in NUMBERS}


def _overturned(history: Sequence[CalibrationWord]) -> Measured:
    contests = sum(one.kind == "contested" for one in history)
    lifted = ruled = 0
    open_now: set[int] = set()
    for one in sorted(history, key=lambda word: word.id):
        if one.kind == "contested":
            open_now.add(one.person_id)
        elif one.person_id in open_now and one.kind in ("stands", "lifted", "again", "recomputed"):
            open_now.discard(one.person_id)
            ruled += 1
            lifted += one.kind != "stands"
    if not ruled:
        return nothing("no contested pause has been ruled on", method=OVERTURNED, eligible=contests)
    return measured(
        statistics.estimate.proportion(lifted, ruled, method="clopper-pearson", eligible=contests), method=OVERTURNED
    )
