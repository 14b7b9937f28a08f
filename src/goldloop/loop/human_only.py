"""Which items are human-only, and why: any model, rule, attribute or source that merely suspects it is enough."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.nouns import Spec
from goldloop.core.policy import Policy, slices_hold
from goldloop.store.actors import actors
from goldloop.store.bulk import find_rows
from goldloop.store.items import attributes
from goldloop.store.schema import judgement
from goldloop.store.suggestions import labels_of, shares_in


class Statement(Protocol):
    """What was said of an item, as far as suspicion goes: labels, and labels with the share that each got."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it says."""

    @property
    def shares(self) -> tuple[tuple[str, float], ...]:
        """The labels that it thinks possible."""


class _Said(NamedTuple):
    labels: tuple[str, ...]
    shares: tuple[tuple[str, float], ...]


class Reason(NamedTuple):
    """Why an item is human-only; `by_people`: they named it, and no trigger of ours suspected it."""

    because: str
    by_people: bool


def named(labels: Iterable[str], *, elsewhere: bool) -> Reason:
    """The reason of an item that people named a human-only label of: they have seen one."""
    said = ", ".join(sorted(labels))
    return Reason(f"{LABEL}: people said {said} {'elsewhere' if elsewhere else 'here'}", True)


def people_only(spec: Spec) -> str | None:
    """Why every item of a task is human-only; None where a machine may say it, too."""
    return f"only people may say {spec.name}" if families.task.kind(spec.name).people_only else None


def human_only_because(
    policy: Policy, suggestions: Sequence[Statement], slices: Mapping[str, str], *, human_labels: frozenset[str]
) -> str | None:
    """Why an item is human-only: any model that merely suspects a human-only label is enough. None where it is not."""
    for trigger in policy.human_only.rules:
        if trigger.every_item:
            return f"{trigger.rule}: every item of this programme"
        if trigger.slice and slices_hold(trigger.slice, slices):
            return f"{trigger.rule}: {', '.join(f'{key} is {slices[key]}' for key in trigger.slice)}"
        if because := _suspected(trigger.rule, frozenset(trigger.suspects), trigger.above, suggestions):
            return because
    above = min((trigger.above for trigger in policy.human_only.rules if trigger.suspects), default=0.5)
    return _suspected(LABEL, human_labels, above, suggestions)


def reasons_by_record(connection: Connection, policy: Policy, keys: Sequence[int]) -> dict[int, Reason]:
    """Why items are human-only by all that the record holds of them; those that are not are left out.

    Beside what models said counts what people said elsewhere: whoever named a human-only label there has seen one.
    """
    if (because := people_only(policy.task)) is not None:
        return dict.fromkeys(keys, Reason(because, False))
    labels = policy.labels.human_only
    if not (labels or policy.human_only.rules):
        return {}
    slices = attributes(connection, keys)
    columns = ("item_id", "actor_id", "work_id", "value_id", "top")
    rows = find_rows(connection, judgement, columns, among="item_id", of=keys)
    kinds = {key: row.kind for key, row in actors(connection, sorted({row[1] for row in rows})).items()}
    says = labels_of(connection, [value_id for *_, value_id, _ in rows if value_id is not None])
    models, elsewhere = defaultdict[int, list[_Said]](list), defaultdict[int, set[str]](set)
    for item_id, actor_id, work_id, value_id, top in rows:
        said = _Said(says.get(value_id, ()), shares_in(top) if top else ())
        if kinds[actor_id] == "model":
            models[item_id].append(said)
        elif kinds[actor_id] != "rule" and work_id is None:
            elsewhere[item_id].update(said.labels)
    out = {}
    for key in keys:
        known = slices[key].slices if key in slices else {}
        because = human_only_because(policy, models[key], known, human_labels=labels)
        if because is not None:
            out[key] = Reason(because, False)
        elif found := elsewhere[key] & labels:
            out[key] = named(found, elsewhere=True)
    return out


def _suspected(rule: str, labels: frozenset[str], above: float, suggestions: Sequence[Statement]) -> str | None:
    for said in suggestions:
        for label in said.labels:
            if label in labels:
                return f"{rule}: a model suggested {label}"
        for label, share in said.shares:
            if label in labels and share > above:
                return f"{rule}: a model gave {label} {share:.2f}, more than {above:.2f}"
    return None


LABEL = "human-only label"
