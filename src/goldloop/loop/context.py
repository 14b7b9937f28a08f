"""What every verb of the loop needs to know about a batch: rows that never change, read once a process."""

import json
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.nouns import QUEUES, Spec
from goldloop.core.ontology import Ontology
from goldloop.core.policy import Policy
from goldloop.loop.ruling import Plan
from goldloop.store.batches import BatchRow, Route, batch_row
from goldloop.store.clauses import ClauseRow, changed
from goldloop.store.codes import NO_QUEUE
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import policy_row
from goldloop.store.releases import release_row_of


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
        found = self._batches.get(key)
        if found is None:
            found = _read(connection, key)
            if len(self._batches) >= self._size:
                self._batches.pop(next(iter(self._batches)))
            self._batches[key] = found
        return found

    def changed(self, connection: Connection, programme_id: int, guideline_id: int) -> tuple[ClauseRow, ...]:
        """What a release of the guidelines words otherwise than their first one."""
        found = self._changed.get(guideline_id)
        if found is None:
            found = changed(connection, programme_id, guideline_id)
            if len(self._changed) >= self._size:
                self._changed.pop(next(iter(self._changed)))
            self._changed[guideline_id] = found
        return found

    def policy(self, connection: Connection, key: int) -> Policy:
        """A version of a policy, by its own key."""
        found = self._policies.get(key)
        if found is None:
            found = policy_row(connection, key).policy
            if len(self._policies) >= self._size:
                self._policies.pop(next(iter(self._policies)))
            self._policies[key] = found
        return found

    def task(self, connection: Connection, policy_id: int) -> int:
        """The key of the task that a version of a policy asks for."""
        found = self._tasks.get(policy_id)
        if found is None:
            spec = self.policy(connection, policy_id).task
            found = self._tasks[policy_id] = phrase_key(connection, canonical(spec.model_dump(mode="json")))
        return found

    def known(self, key: int) -> BatchContext:
        """The context of a batch that was asked for before."""
        return self._batches[key]


def plan_of(context: BatchContext, route: Route, *, human_only: bool) -> Plan:
    """How one item of a batch is worked: its route, and what the policy adds. Human-only overrides every route."""
    policy = context.policy
    if human_only:
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
