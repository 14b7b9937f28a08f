"""A programme with people, items and a model's suggestions, worked through the verbs of the loop and no HTTP."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, select

from goldloop import kinds
from goldloop.core.canonical import canonical, digest
from goldloop.core.clock import SECOND, now
from goldloop.core.nouns import Queue, Stance
from goldloop.jobs.running import Running
from goldloop.labelling.routing.open_work import open_work
from goldloop.loop.context import Contexts
from goldloop.loop.hand_out import Assignment, hand_out
from goldloop.loop.submit import Submission, Submitted, submit
from goldloop.loop.undo import Recent, undo
from goldloop.programmes.file.apply import apply
from goldloop.store import accounts, decisions, jobs, take_ins
from goldloop.store import work as queue
from goldloop.store.actors import actor_key, add_model
from goldloop.store.caller import Caller
from goldloop.store.codes import DECISION_NAMES, STANCE
from goldloop.store.items import NewItem, add_items
from goldloop.store.judgements import NewJudgement, add_judgements
from goldloop.store.lanes import Hands
from goldloop.store.open import Store
from goldloop.store.people import Person, add_person, grant, organisation_key, person_row
from goldloop.store.phrases import phrase_key
from goldloop.store.schema import batch_item, decision, judgement, member, value
from goldloop.store.values import NewValue, value_keys

TASK = canonical({"name": "choice.v1", "params": {}})
ORACLE = '{"name":"choice_baseline.v1","params":{}}'
MODELS = "\nmodels: {oracle: {judge: choice_baseline.v1}}\n"
ANNOTATE = "routing: {rules: [{rule: all, to: annotate, tier: 1}]}"
VERIFY = """
routing:
  model: oracle
  rules:
  - {rule: suggested, when: {suggested: true}, to: verify, tier: 1}
  - {rule: rest, to: annotate, tier: 1}
"""
ACCEPT = VERIFY.replace("to: verify", "to: accept").replace("oracle\n", "oracle\n  machine_acceptance: easy\n")
PROGRAMME = """
programme: desk
title: Desk
organisation: Acme
raci: {accountable: mona}
task: choice.v1
ontology: {labels: [a, b, c, {id: danger, name: danger, human_only: true}]}
"""
TIERS = {"ann": (1, 2), "ben": (1, 2), "cid": (1, 2), "dee": (1, 2), "sue": (3,)}


@dataclass(frozen=True)
class Kernel:
    """One programme; `people` and `items` by name; `at` is when it was opened."""

    store: Store
    contexts: Contexts
    programme: int
    mona: int
    people: dict[str, int]
    items: dict[str, int]
    at: int

    def _hands(self, connection: Connection, person: int) -> dict[int, Hands]:
        """What a person brings, as the door reads it of whoever asks."""
        mine = select(member.c.tiers).where(member.c.programme_id == self.programme, member.c.actor_id == person)
        granted = connection.execute(mine).scalars().all()  # a row for every role
        if not granted:
            return {}
        brought = person_row(connection, person).person
        hands = Hands(
            tiers=frozenset(tier for tiers in granted for tier in json.loads(tiers)),
            skills=frozenset(brought.skills),
            languages=frozenset(brought.languages),
            residency=brought.residency,
            clearance=frozenset(brought.clearance),
            person=person,
        )
        return {self.programme: hands}

    @property
    def lease(self) -> int:
        """How long a lease lasts, in microseconds."""
        return round(self.store.settings.lease_seconds * SECOND)

    def claim(
        self,
        who: str,
        count: int = 1,
        *,
        at: int | None = None,
        given_at: int | None = None,
        of: Queue | None = None,
    ) -> list[Assignment]:
        """The works that somebody holds after asking for so many, of one queue or of all."""
        at = at or self.at
        begins = given_at or at
        with self.store.write(durable=False) as connection:
            return hand_out(
                connection,
                self.contexts,
                self.people[who],
                self._hands(connection, self.people[who]),
                count=count,
                at=at,
                term=lambda: (begins, begins + self.lease),
                secret=self.store.secret,
                queue_name=of,
            )

    def say(
        self,
        who: str,
        work: int,
        stance: Stance,
        answer: Any = None,
        *,
        key: UUID | None = None,
        at: int | None = None,
        comment: str | None = None,
    ) -> Submitted:
        """What somebody says of a work."""
        said = Submission(key or uuid4(), stance, answer, comment)
        with self.store.write() as connection:
            return submit(connection, self.contexts, self.people[who], work, said, at=at or self.at)

    def answer(self, who: str, stance: Stance, answer: str | None = None, *, at: int | None = None) -> Submitted:
        """Claim one work and say this of it."""
        (held,) = self.claim(who, at=at)
        return self.say(who, held.work_id, stance, answer, at=at)

    def on(self, who: str, item: str, stance: Stance, answer: str | None = None) -> int:
        """Somebody says this of the item of a name and gives back what else they hold; the work's key."""
        held = {one.item_id: one.work_id for one in self.claim(who, 10)}
        work = held.pop(self.items[item])
        self.say(who, work, stance, answer)
        with self.store.write() as connection:
            for other in held.values():
                queue.give_back(connection, self.people[who], other)
        return work

    def undo(self, who: str, work: int, *, at: int | None = None, key: UUID | None = None) -> Recent:
        """Take back what somebody said of a work."""
        at = at or self.at
        with self.store.write() as connection:
            return undo(connection, self.contexts, self.people[who], work, key or uuid4(), at=at, until=at + self.lease)

    def state(self, item: str) -> str:
        """Where an item stands."""
        return self._decided(item)[0]

    def label(self, item: str) -> Any:
        """The accepted answer of an item, None where there is none."""
        return self._decided(item)[1]

    def batches(self) -> list[int]:
        """The batches there are."""
        with self.store.read() as connection:
            return list(connection.execute(select(batch_item.c.batch_id).distinct()).scalars())

    def decisions(self) -> list[tuple[Any, ...]]:
        """The whole projection, every column."""
        with self.store.read() as connection:
            rows = connection.execute(select(decision).order_by(decision.c.batch_id, decision.c.item_id))
            return [tuple(row) for row in rows]

    def said(self, item: str) -> list[Any]:
        """Every judgement of an item, in order."""
        with self.store.read() as connection:
            rows = connection.execute(
                select(judgement).where(judgement.c.item_id == self.items[item]).order_by(judgement.c.id)
            )
            return list(rows)

    def _decided(self, item: str) -> tuple[str, Any]:
        with self.store.read() as connection:
            key = self.items[item]
            batch = connection.execute(select(batch_item.c.batch_id).where(batch_item.c.item_id == key)).scalar_one()
            row = decisions.decision_of(connection, batch, key)
            if row is None:
                return "open", None
            answer = connection.execute(select(value.c.answer).where(value.c.id == row.value_id)).scalar()
            return DECISION_NAMES[row.state], None if answer is None else json.loads(answer)["labels"][0]


def kernel(
    store: Store,
    policy: str = ANNOTATE,
    *,
    items: int | Mapping[str, str | None] = 4,
    confidence: float = 0.9,
    slices: Mapping[str, str] | None = None,
    brings: Mapping[str, Any] | None = None,
    programme_file: str = PROGRAMME,
    body: Callable[[str], Mapping[str, Any]] = lambda name: {"text": f"text of {name}"},
) -> Kernel:
    """Apply a programme, take in items (a name to what the model suggests, or how many without), open the work."""
    kinds.load()
    at = now()
    wanted = dict.fromkeys(f"i{n}" for n in range(items)) if isinstance(items, int) else dict(items)
    with store.write() as connection:
        acme = organisation_key(connection, "Acme", "enterprise", at=at)
        mona = add_person(connection, acme, Person("Mona"), at=at)
        account = accounts.add_account(connection, mona, "mona", password=None, owner=True, at=at)
        caller = Caller(account, mona, acme, True, None, frozenset(), frozenset(), None, frozenset(), {})
        programme = apply(connection, caller, programme_file + policy, at=at).programme_id
        assert programme is not None
        people = {}
        for name, tiers in TIERS.items():
            people[name] = add_person(connection, acme, Person(name, tiers=tiers, **(brings or {})), at=at)
            grant(connection, programme, people[name], "annotator", tiers, by=mona, at=at)
        keys = _take_in(connection, programme, acme, mona, wanted, confidence, slices or {}, at, body)
    made = Kernel(store, Contexts(), programme, mona, people, keys, at)
    open_more(made)
    return made


def owner(connection: Connection, made: Kernel) -> Caller:
    """The owner as whoever asks."""
    account = accounts.account_of_actor(connection, made.mona)
    assert account is not None
    return Caller(account.id, made.mona, 1, True, None, frozenset(), frozenset(), None, frozenset(), {})


def take_in_more(made: Kernel, names: list[str], *, body: Callable[[str], Mapping[str, Any]] | None = None) -> None:
    """Take in further items, which nobody has routed yet."""
    said = body or (lambda name: {"text": f"text of {name}"})
    with made.store.write() as connection:
        keys = _take_in(connection, made.programme, 1, made.mona, dict.fromkeys(names), 0.9, {}, made.at, said)
    made.items.update(keys)


def open_more(made: Kernel) -> None:
    """Run the job that opens work."""
    with made.store.write() as connection:
        key = jobs.enqueue(
            connection, "open_work", {"programme": made.programme}, programme=made.programme, asked_by=None
        )
        job = jobs.claim(connection, ["open_work"], runner="test", lease=60 * SECOND)
    assert job is not None
    assert job.id == key
    open_work(Running(made.store, job, runner="test", stop=threading.Event()))


def _take_in(
    connection: Connection,
    programme: int,
    acme: int,
    mona: int,
    wanted: Mapping[str, str | None],
    confidence: float,
    slices: Mapping[str, str],
    at: int,
    body: Callable[[str], Mapping[str, Any]],
) -> dict[str, int]:
    source = take_ins.source_key(connection, programme, "default")
    new = take_ins.NewTakeIn(programme, source, "{}", "items.jsonl", "", b"", "{}", mona, at)
    taken = take_ins.begin(connection, new)
    bodies = {name: canonical(dict(body(name))) for name in wanted}
    rows = [NewItem(name, body, digest(body), slices) for name, body in bodies.items()]
    keys = dict(zip(bodies, add_items(connection, programme, source, taken, rows, at=at), strict=True))
    suggested = {name: label for name, label in wanted.items() if label is not None}
    if suggested:
        oracle = actor_key(connection, "model", "oracle", "1", acme, at=at)
        add_model(connection, oracle, programme, judge=ORACLE, fingerprint="0", trained_on=None)
        task = phrase_key(connection, TASK)
        answers = {label: NewValue(canonical({"labels": [label]}), (label,)) for label in set(suggested.values())}
        values = value_keys(connection, task, list(answers.values()))
        said = [
            NewJudgement(
                keys[name],
                oracle,
                task,
                STANCE["answer"],
                at,
                values[answers[label].answer],
                confidence=confidence,
                top=canonical([[label, confidence]]),
            )
            for name, label in suggested.items()
        ]
        add_judgements(connection, said)
    return keys
