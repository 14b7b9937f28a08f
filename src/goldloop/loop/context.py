"""What every verb of the loop needs to know about a batch: rows that never change, read once a process."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.nouns import QUEUES, Spec
from goldloop.core.ontology import Ontology
from goldloop.core.policy import Policy
from goldloop.loop.ruling import Plan
from goldloop.store.batches import MASKING, BatchRow, Route, batch_row
from goldloop.store.clauses import ClauseRow, changed
from goldloop.store.codes import NO_QUEUE
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import policy_row
from goldloop.store.releases import release_row_of

T = TypeVar("T")


class BatchContext(NamedTuple):
    """A batch with its task, ontology and policy, ready to use."""

    row: BatchRow
    spec: Spec
    task: families.Task
    task_id: int
    ontology: Ontology
    policy: Policy


class Contexts:
    """The contexts of one store. Everything cached here is immutable in the store."""

    def __init__(self, size: int = 512) -> None:
        self._batches: dict[int, BatchContext] = {}
        self._policies: dict[int, Policy] = {}
        self._tasks: dict[int, int] = {}
        self._changed: dict[int, tuple[ClauseRow, ...]] = {}
        self._size = size

    def batch(self, connection: Connection, key: int) -> BatchContext:
        """A batch's context."""
        return self._kept(self._batches, key, lambda: _read(connection, key))

    def policy(self, connection: Connection, key: int) -> Policy:
        """A version of a policy, by its own key."""
        return self._kept(self._policies, key, lambda: policy_row(connection, key).policy)

    def task(self, connection: Connection, policy_id: int) -> int:
        """The key of the task that a version of a policy asks for."""
        return self._kept(self._tasks, policy_id, lambda: self._task_key(connection, policy_id))

    def changed(self, connection: Connection, programme_id: int, guideline_id: int) -> tuple[ClauseRow, ...]:
        """What a release of the guidelines words otherwise than their first one."""
        return self._kept(self._changed, guideline_id, lambda: changed(connection, programme_id, guideline_id))

    def _task_key(self, connection: Connection, policy_id: int) -> int:
        spec = self.policy(connection, policy_id).task
        return phrase_key(connection, canonical(spec.model_dump(mode="json")))

    def _kept(self, known: dict[int, T], key: int, read: Callable[[], T]) -> T:
        """What is known under a key, else what is read and known from now on; the oldest makes room."""
        found = known.get(key)
        if found is None:
            found = read()
            if len(known) >= self._size:
                known.pop(next(iter(known)))
            known[key] = found
        return found

    def known(self, key: int) -> BatchContext:
        """The context of a batch that was asked for before."""
        return self._batches[key]


def plan_of(context: BatchContext, route: Route, *, human_only: bool) -> Plan:
    """How one item of a batch is worked: its route, and what the policy adds. Human-only overrides every route."""
    policy = context.policy
    if human_only and context.row.purpose != MASKING:
        return Plan(
            queue="annotate",
            tier=max(route.tier, policy.human_only.tier) if context.row.purpose == "production" else route.tier,
            wanted=max(policy.human_only.judgements, route.wanted),
            limit=max(policy.human_only.judgements, route.wanted, policy.consensus.limit),
            ruling_tier=policy.consensus.tier,
            second_tier=policy.human_only.tier,
            blind=True,
            human_only=True,
            ruling_always=policy.human_only.ruling == "always" and context.row.purpose == "production",
            escalation_tier=policy.escalation.tier,
        )
    return Plan(
        queue=QUEUES[route.queue] if route.queue != NO_QUEUE else "verify",
        tier=route.tier,
        wanted=route.wanted,
        limit=max(policy.consensus.limit, route.wanted) if route.wanted > 1 else route.wanted,
        ruling_tier=policy.consensus.tier,
        second_tier=max(2, route.tier),
        blind=route.blind,
        corrections=policy.corrections,
        escalation_tier=policy.escalation.tier,
    )


def _read(connection: Connection, key: int) -> BatchContext:
    row = batch_row(connection, key)
    spec = Spec.model_validate(json.loads(row.task))
    return BatchContext(
        row=row,
        spec=spec,
        task=families.task.build(spec),
        task_id=phrase_key(connection, row.task),
        ontology=ontology_of(release_row_of(connection, row.ontology_id).body),
        policy=policy_row(connection, row.policy_id).policy,
    )


@lru_cache(maxsize=64)
def ontology_of(body: str) -> Ontology:
    """The ontology that a release's body holds."""
    return Ontology.model_validate_json(body)
