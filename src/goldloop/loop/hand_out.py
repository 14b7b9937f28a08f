"""Handing out work: the head of the best lane that a person may take from, leased, with everything to do it."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from goldloop.core.errors import Forbidden
from goldloop.core.nouns import QUEUES, Queue
from goldloop.core.order import order_of, order_seed
from goldloop.core.policy import ErrorKind
from goldloop.core.protection import ContentClass
from goldloop.core.reason import rule_in
from goldloop.loop import hidden_gold, seating
from goldloop.loop.context import BatchContext, Contexts
from goldloop.store import work as queue
from goldloop.store.batches import MASKING
from goldloop.store.calibrations import count_handed
from goldloop.store.caps import rest_of
from goldloop.store.codes import GOLD_KIND
from goldloop.store.escalations import note_of, questions_of
from goldloop.store.exposure import hand
from goldloop.store.gold_works import gold_work_of
from goldloop.store.judgements import answers_of
from goldloop.store.lanes import Hands, Requirements, idle, open_to, requirements_of
from goldloop.store.moment import now
from goldloop.store.prepared import Prepared
from goldloop.store.programmes import InForce, in_force
from goldloop.store.schema import human_only, item, judgement, lane, lease, value, work


class Shown(NamedTuple):
    """An answer that is put before a person: a suggestion, or a colleague's, with the order they saw parts in.

    How sure a model was is not said: it sways whoever checks.
    """

    judgement_id: int
    answer: Any
    order: tuple[int, ...] = ()
    comment: str | None = None
    by_model: bool = False


class Asked(NamedTuple):
    """A question that a reviewer is to answer. Who asked is not said."""

    judgement_id: int
    text: str
    about: str | None
    asked_at: int


class Assignment(NamedTuple):
    """A leased work with what its person may see. A blind worker sees no suggestion.

    `because` is for who rules: what rules and models made of an item is not told to who labels or checks it.
    `order`: which of the item's parts is put first, second ...; empty where the task has none.
    """

    work_id: int
    item_id: int
    batch_id: int
    programme_id: int
    queue: Queue
    tier: int
    body: dict[str, Any]
    order: tuple[int, ...]
    task: dict[str, Any]
    ontology_id: int
    guideline_id: int | None
    suggestion: Shown | None
    others: tuple[Shown, ...]
    because: str | None
    human_only: bool
    cacheable: bool
    expires_at: int
    due_at: int | None
    questions: tuple[Asked, ...]
    errors: tuple[ErrorKind, ...]
    content: tuple[ContentClass, ...]
    blur: bool
    training: bool = False


def hand_out(
    connection: Connection,
    contexts: Contexts,
    person_id: int,
    hands: Mapping[int, Hands],
    *,
    count: int,
    at: int,
    term: queue.Term,
    secret: bytes,
    queue_name: Queue | None = None,
    beside: Collection[int] = (),
    holds: Mapping[int, Hands] | None = None,
    new: int | None = None,
) -> list[Assignment]:
    """See to it that a person holds `count` works, and give all that they hold: asking again gives the same.

    Work of a higher tier comes first (fewer people can do it), then priority, then first in, first out. `hands` is
    what the person brings, by programme; `at` has to be read inside this transaction, and `term` says when a lease
    given now begins and ends: it begins when it is given, not when its turn was waited for. Works `beside` these are in
    another window of the same person: they are neither counted nor given. `holds` is what they bring to works they hold
    already, where that is more, and `new` the most works that they are given now. Whoever reached their hours finishes
    what they hold and is given no more: Forbidden says until when.
    """
    queue.return_expired(connection, at=at)
    mine = queue.held(connection, person_id, at=at)
    lanes = open_to(connection, hands)
    kept = lanes if holds is None or holds == hands else open_to(connection, holds)
    holding = [one for one in mine if one.work_id not in beside and _fits(kept.get(one.lane_id), queue_name)]
    if len(holding) < count and not _rests(connection, person_id, holding, at=at):
        force = {programme: in_force(connection, programme) for programme in hands}
        seats = seating.seats(connection, contexts, person_id, hands, force, at=at)
        if any(one.state != "passed" for one in seats.values()):
            lanes = {key: one for key, one in open_to(connection, hands).items() if not seating.closed_to(seats, one)}
        wanted = {key: one for key, one in lanes.items() if _fits(one, queue_name)}
        taking = _Taking(connection, contexts, person_id, hands, wanted, force, {one.item_id for one in mine}, term)
        holding += taking.some(min(count - len(holding), count if new is None else new), seats, secret, at=at)
        _is_not_shut(holding, hands, seats)
    return assignments(connection, contexts, [one.work_id for one in holding[:count]])


class _Taking(NamedTuple):
    """One person's turn at the queue."""

    connection: Connection
    contexts: Contexts
    person_id: int
    hands: Mapping[int, Hands]
    lanes: dict[int, Requirements]
    force: Mapping[int, InForce]
    avoid: set[int]
    term: queue.Term

    def some(self, count: int, seats: Mapping[int, seating.Seat], secret: bytes, *, at: int) -> list[queue.Taken]:
        """Lease up to `count` works, with hidden gold in the places that the person's own stream says."""
        empty = (
            idle(self.connection, self.hands) if seats else set()
        )  # nobody has a lane of their own who is not tested
        open_ = {key: one for key, one in self.lanes.items() if key not in empty}
        order = _in_order(self.connection, self.person_id, open_)
        hiding = [one for one in seats.values() if one.state == "passed"]
        golden: dict[int, queue.Taken] = {}
        for seat in hiding:
            for place in hidden_gold.places(secret, seat, count):
                found = None
                if place not in golden:
                    found = hidden_gold.hide(
                        self.connection,
                        self.contexts,
                        seat,
                        self.hands[seat.programme_id],
                        self.lanes,
                        order,
                        secret,
                        at=at,
                        place=place,
                    )
                if found is not None:
                    golden[place] = found.work
                    self.lanes[found.work.lane_id] = found.wanted
        live = self._take(order, count - len(golden), beside={one.item_id for one in golden.values()})
        taken = self._together(live, golden, count)
        self._count(taken, seats)
        return taken

    def _take(self, order: Sequence[int], count: int, *, beside: set[int]) -> list[queue.Taken]:
        if not count:
            return []
        return queue.take(
            self.connection,
            self.person_id,
            order,
            count,
            stamps=_stamps(self.lanes, self.force),
            term=self.term,
            avoid=self.avoid | beside,
        )

    def _together(self, live: list[queue.Taken], golden: Mapping[int, queue.Taken], count: int) -> list[queue.Taken]:
        """Live works and gold in the order in which they are shown, now and when they are asked for again."""
        if not golden:
            return live
        stamps = _stamps(self.lanes, self.force)
        given = queue.term_of(self.connection, live[0].work_id) if live else self.term()
        rest, out = list(live), list[queue.Taken]()
        for place in range(count):
            if place in golden:
                one = golden[place]
                queue.take_own(self.connection, self.person_id, one, stamps[one.lane_id], given)
                out.append(one)
            elif rest:
                out.append(rest.pop(0))
        if len(out) > 1:
            queue.put_in_order(self.connection, [one.work_id for one in out], first=given[0])
        return out

    def _count(self, taken: Sequence[queue.Taken], seats: Mapping[int, seating.Seat]) -> None:
        """Count what was handed out in programmes that examine again after so many works."""
        for programme_id, seat in seats.items():
            works = sum(self.lanes[one.lane_id].programme == programme_id for one in taken)
            if works and seat.state == "passed":
                count_handed(self.connection, programme_id, self.person_id, works)


def _rests(connection: Connection, person_id: int, holding: Sequence[queue.Taken], *, at: int) -> bool:
    """True where a person has reached their hours. Raises Forbidden where they hold nothing to finish."""
    rest = rest_of(connection, person_id, at=at)
    if rest is not None and not holding:
        raise Forbidden(f"you {rest.because}")
    return rest is not None


def _is_not_shut(holding: Sequence[queue.Taken], hands: Mapping[int, Hands], seats: Mapping[int, seating.Seat]) -> None:
    """Raise Forbidden where a person holds nothing and may take nothing anywhere."""
    shut = [one for one in seats.values() if one.state in ("paused", "undecided")]
    if not holding and shut and len(shut) == len(hands):
        raise Forbidden(seating.refusal(shut[0]))


def assignments(connection: Connection, contexts: Contexts, work_ids: Sequence[int]) -> list[Assignment]:
    """What the people who hold these works may see, in the order asked for."""
    rows = (_ASSIGNED.one(connection, work=key) for key in work_ids)
    return [_assignment(connection, contexts, row) for row in rows if row is not None]


def _assignment(connection: Connection, contexts: Contexts, row: Any) -> Assignment:
    context = contexts.batch(connection, row.batch_id)
    body = json.loads(row.body)
    parts = context.task.parts(body)
    queue_name = QUEUES[row.queue]
    training = False
    if context.row.purpose == "calibration":
        given = gold_work_of(connection, row.id)
        training = given is not None and given.kind == GOLD_KIND["training"]
    unassisted = row.blind or row.latched is not None
    suggestion = None
    if row.suggestion_id is not None and queue_name == "verify" and not unassisted:
        suggestion = Shown(row.suggestion_id, json.loads(row.suggested), by_model=True)
    others: tuple[Shown, ...] = ()
    if queue_name == "review":
        others = _others(connection, json.loads(row.others or "[]"), parts)
        if not others and row.suggestion_id is not None and row.latched is None:
            others = (Shown(row.suggestion_id, json.loads(row.suggested), by_model=True),)
    return Assignment(
        work_id=row.id,
        item_id=row.item_id,
        batch_id=row.batch_id,
        programme_id=context.row.programme_id,
        queue=queue_name,
        tier=row.tier,
        body=dict(context.task.shown(body)),
        order=tuple(order_of(order_seed(row.id), parts)),
        task={"name": context.spec.name, "params": context.spec.params},
        ontology_id=row.ontology_id,
        guideline_id=row.guideline_id,
        suggestion=suggestion,
        others=others,
        because=_why(context, row, queue_name),
        human_only=row.latched is not None,
        cacheable=context.policy.cacheable,
        expires_at=row.expires_at,
        due_at=row.due_at,
        questions=_questions(connection, row) if queue_name == "review" else (),
        errors=context.policy.errors if queue_name == "review" else (),
        content=_content(context, row.lane),
        blur=context.policy.protection.content is not None and context.policy.protection.content.blur,
        training=training,
    )


def _why(context: BatchContext, row: Any, queue_name: Queue) -> str | None:
    if context.row.purpose == MASKING:  # it is what a reader is asked
        return str(row.because)
    return rule_in(row.because) if queue_name == "review" and not row.blind else None


def _content(context: BatchContext, lane_key: str) -> tuple[ContentClass, ...]:
    """The kinds of harmful content that a work's lane is for."""
    doc = context.policy.protection.content
    if doc is None:
        return ()
    marked = requirements_of(lane_key).content
    return tuple(one for one in doc.classes if one.id in marked)


def note_exposure(connection: Connection, person_id: int, given: Sequence[Assignment]) -> None:
    """Count what somebody was handed of each kind of harmful content, each work once."""
    by_programme: dict[int, list[tuple[int, str]]] = {}
    for one in given:
        for content in one.content:
            by_programme.setdefault(one.programme_id, []).append((one.work_id, content.id))
    for programme_id, works in by_programme.items():
        hand(connection, programme_id, person_id, works, at=now(connection))


def _others(connection: Connection, keys: Sequence[int], parts: int) -> tuple[Shown, ...]:
    said = answers_of(connection, keys)
    return tuple(
        Shown(key, json.loads(said[key].answer), order=_seen(said[key].order_seed, parts), comment=said[key].comment)
        for key in keys
        if key in said
    )


def _seen(seed: int | None, parts: int) -> tuple[int, ...]:
    return tuple(order_of(seed, parts)) if seed is not None else ()


def _questions(connection: Connection, row: Any) -> tuple[Asked, ...]:
    found = questions_of(connection, row.batch_id, row.item_id)
    return tuple(Asked(one.id, one.comment or "", note_of(one.note).get("about"), one.said_at) for one in found)


def _fits(wanted: Requirements | None, queue_name: Queue | None) -> bool:
    return wanted is not None and (queue_name is None or wanted.queue == queue_name)


def _in_order(connection: Connection, person_id: int, lanes: dict[int, Requirements]) -> list[int]:
    """What is for this person alone, then scarce hands first: a senior does what only seniors may.

    Lanes of one tier go by what waits in them: by priority, then deadline, then age. So no programme, and no kind of
    item, waits behind another for as long as that one has work. And what is labelled without its suggestion comes among
    what is checked with it, as both were drawn: one after the other, what the suggestion does to an answer could not be
    told from what the hour of the day does.
    """
    ranks = {key: (one.person is None, -one.tier) for key, one in lanes.items()}
    among = Counter(ranks.values())
    waits = queue.heads(connection, person_id, [key for key, rank in ranks.items() if among[rank] > 1])
    return sorted(lanes, key=lambda key: (*ranks[key], waits.get(key, queue.NOTHING), key))


def _stamps(lanes: Mapping[int, Requirements], force: Mapping[int, InForce]) -> dict[int, queue.Stamp]:
    """The releases in force for each lane's programme; a lane with labels of its own has no guidelines."""
    return {
        key: queue.Stamp(force[one.programme].ontology_id, force[one.programme].guideline_id)
        if one.under is None
        else queue.Stamp(one.under, None)
        for key, one in lanes.items()
    }


_ASSIGNED = Prepared(
    select(
        work.c.id,
        work.c.batch_id,
        work.c.item_id,
        work.c.queue,
        work.c.tier,
        work.c.blind,
        work.c.suggestion_id,
        work.c.others,
        work.c.because,
        work.c.due_at,
        item.c.body,
        lease.c.ontology_id,
        lease.c.guideline_id,
        lease.c.expires_at,
        value.c.answer.label("suggested"),
        human_only.c.because.label("latched"),
        lane.c.key.label("lane"),
    )
    .join(lane, lane.c.id == work.c.lane_id)
    .join(lease, lease.c.work_id == work.c.id)
    .join(item, item.c.id == work.c.item_id)
    .outerjoin(judgement, judgement.c.id == work.c.suggestion_id)
    .outerjoin(value, value.c.id == judgement.c.value_id)
    .outerjoin(human_only, human_only.c.item_id == work.c.item_id)
    .where(work.c.id == bindparam("work"))
)
