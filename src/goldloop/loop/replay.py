"""Replaying human work that comes with the data: its items form batches, so that it counts as judgements.

Routing settles these batches afterwards: what people agreed on is decided, disputes get a ruling.
"""

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.families import Said
from goldloop.core.nouns import Spec
from goldloop.store.accounts import actor_of_account
from goldloop.store.batches import NewBatch, Route, add_batch, add_routes, batches, count_items, routed_items
from goldloop.store.codes import QUEUE
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import PolicyRow

RULE = "replayed"
MOST = 100_000


class Replay:
    """The batches that one take-in's human judgements go to."""

    queue = QUEUE["annotate"]

    def __init__(self, connection: Connection, take_in_id: int, policy: PolicyRow) -> None:
        self._policy = policy
        self._name = f"replay-{take_in_id}"
        self._batch: dict[int, int] = {}
        self._new: list[Route] = []
        self._sizes: dict[int, int] = {}
        self._rule = phrase_key(connection, RULE)
        for row in batches(connection, policy.programme_id):
            if row.name.rpartition(".")[0] == self._name:
                keys = routed_items(connection, row.id)
                self._sizes[row.id] = len(keys)
                self._batch |= dict.fromkeys(keys, row.id)

    def batch_of(self, connection: Connection, item_id: int, *, at: int) -> int:
        """The batch of an item that people have judged, joined or opened now."""
        if item_id not in self._batch:
            open_batch = next((key for key, size in self._sizes.items() if size < MOST), None)
            if open_batch is None:
                open_batch = self._open(connection, at=at)
            self._batch[item_id] = open_batch
            self._sizes[open_batch] += 1
            self._new.append(Route(open_batch, item_id, self._rule, self.queue, 2, 1, True, True, None, None))
        return self._batch[item_id]

    def queue_of(self, said: Said, seen: Said | None) -> int | None:
        """Where a person said something: a ruling in review, no to a suggestion in verify.

        No to another person's answer is said in no queue: it sends the item back.
        """
        if said.stance == "reject":
            return QUEUE["verify"] if seen is not None and seen.kind == "model" else None
        return QUEUE["review"] if said.stance == "adjudicate" else self.queue

    def flush(self, connection: Connection) -> None:
        """Write the items that joined since the last flush."""
        add_routes(connection, self._new)
        self._new = []

    def close(self, connection: Connection) -> None:
        """Write how many items each batch holds."""
        for key, size in self._sizes.items():
            count_items(connection, key, size)

    def _open(self, connection: Connection, *, at: int) -> int:
        policy = self._policy
        new = NewBatch(
            programme_id=policy.programme_id,
            name=f"{self._name}.{len(self._sizes) + 1}",
            purpose="production",
            task=canonical(_plain(policy.policy.task)),
            ontology_id=policy.ontology_id,
            guideline_id=policy.guideline_id,
            policy_id=policy.id,
            gate=policy.policy.batches.gate,
            owner_id=accountable(connection, policy),
            parent_id=None,
            due_at=None,
            item_count=0,
            created_at=at,
        )
        key = add_batch(connection, new)
        self._sizes[key] = 0
        return key


def _plain(spec: Spec) -> dict[str, object]:
    return spec.model_dump(mode="json")


def accountable(connection: Connection, policy: PolicyRow) -> int:
    """The actor who is accountable for a programme."""
    return actor_of_account(connection, policy.policy.raci.accountable)
