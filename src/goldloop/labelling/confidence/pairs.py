"""Pairs of what a model said of an item and what people said who had not seen it: what reliability is counted on."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.errors import Conflict, NotFound
from goldloop.loop.mapped import Reading
from goldloop.store.actors import ModelRow, models
from goldloop.store.items import attributes
from goldloop.store.programmes import PolicyRow
from goldloop.store.suggestions import labels_of, suggestions_of
from goldloop.store.unseen import SOURCES, Unseen, decided_until, taught_until
from goldloop.store.values import answers

MOST = 20_000  # answers that a number rests on: the newest


class Pair(NamedTuple):
    """One suggestion beside a label that people gave unseen."""

    item_id: int
    confidence: float
    right: bool
    labels: tuple[str, ...]
    slices: Mapping[str, str]
    source: str
    said_at: int
    simulated: bool


class Paired(NamedTuple):
    """The pairs of a model version, and what was left out: by reason, how many."""

    pairs: list[Pair]
    eligible: int
    left_out: dict[str, int]

    def sources(self) -> dict[str, int]:
        """How many pairs each source gave."""
        return {name: count for name in SOURCES if (count := sum(one.source == name for one in self.pairs))}

    @property
    def simulated(self) -> int:
        """How many of the answers came from simulated people."""
        return sum(one.simulated for one in self.pairs)


def version_of(connection: Connection, policy: PolicyRow, name: str | None, version: str | None) -> ModelRow:
    """A version of a model: the newest of the routing model where nothing is named. Raises NotFound."""
    name = name or policy.policy.routing.model
    if name is None:
        raise Conflict("no model routes here", field="model", expected="routing.model in the programme file")
    found = models(connection, policy.programme_id, name)
    wanted = [one for one in found if version in (None, one.version, one.version.rpartition(".")[2])]
    if not wanted:
        known = ", ".join(one.version for one in found[:20]) or "none yet"
        raise NotFound(
            "there is no such version of a model", field="model", expected=f"of {name}: {known}", found=version or name
        )
    return wanted[0]


def paired(connection: Connection, policy: PolicyRow, model: ModelRow, unseen: Mapping[int, Unseen]) -> Paired:
    """Labels given unseen, each beside the version's own suggestion; what it may have learnt from does not count."""
    keys = sorted(unseen)
    said = suggestions_of(connection, model.actor_id, keys)
    left_out = {"the version said nothing of it": len(keys) - len(said)}
    taught = _taught(connection, model, unseen)
    fresh = {}
    for key, one in said.items():
        if one.value_id is None or one.confidence is None:
            _count(left_out, "it was said without a confidence")
        elif key in taught:
            _count(left_out, "the version may have learnt from the answer")
        else:
            fresh[key] = one
    task = families.task.build(policy.policy.task)
    reading = Reading(connection, policy.programme_id, task, policy.ontology_id)
    texts = answers(connection, [one.value_id for one in fresh.values() if one.value_id is not None])
    texts = {**texts, **answers(connection, [unseen[key].value_id for key in fresh])}
    labels = labels_of(connection, [one.value_id for one in fresh.values() if one.value_id is not None])
    known: dict[tuple[int, int | None], str | None] = {}

    def read(value_id: int, under: int | None) -> str | None:
        at = (value_id, under)
        if at not in known:
            text = reading.text(texts[value_id], under)
            known[at] = canonical(task.bare(json.loads(text))) if text is not None and task.remarks else text
        return known[at]

    facts = attributes(connection, list(fresh))
    out = []
    for key, one in fresh.items():
        assert one.value_id is not None and one.confidence is not None
        people = unseen[key]
        ours, theirs = read(one.value_id, one.ontology_id), read(people.value_id, people.ontology_id)
        if ours is None or theirs is None:
            _count(left_out, "the ontology has changed, and a person has to look again")
            continue
        out.append(
            Pair(
                key,
                one.confidence,
                ours == theirs,
                labels.get(one.value_id, ()),
                facts[key].slices if key in facts else {},
                people.source,
                people.said_at,
                people.simulated,
            )
        )
    return Paired(out, len(keys), {reason: count for reason, count in left_out.items() if count})


def _taught(connection: Connection, model: ModelRow, unseen: Mapping[int, Unseen]) -> set[int]:
    """The items whose answer a version that was trained here may have learnt."""
    if model.trained_on is None:
        return set()
    gold = {key for key, one in unseen.items() if one.learnt}
    until = taught_until(connection, model)
    return gold if until is None else gold | decided_until(connection, sorted(unseen), until)


def _count(counts: dict[str, int], reason: str) -> None:
    counts[reason] = counts.get(reason, 0) + 1


def in_order_of(pairs: Sequence[Pair], keys: Sequence[int]) -> list[Pair]:
    """The pairs of items in a given order, up to the first that has none."""
    by_item = {one.item_id: one for one in pairs}
    out = []
    for key in keys:
        if key not in by_item:
            break
        out.append(by_item[key])
    return out
