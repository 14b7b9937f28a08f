"""Planted errors: a suggestion that is known to be wrong, on gold, given to whoever verifies.

It tells whether anybody looks. The suggestion is a statement of a rule called `planted error`, never of the model whose
name stands beside the live ones, so that nothing that measures a model reads it. No label rests on the answer.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.ontology import Ontology
from goldloop.core.policy import RouteRule
from goldloop.loop.context import BatchContext
from goldloop.loop.mapped import Reading
from goldloop.loop.submit import record
from goldloop.store import gold
from goldloop.store.actors import actor_key
from goldloop.store.codes import STANCE
from goldloop.store.items import body_of
from goldloop.store.judgements import NewJudgement
from goldloop.store.programmes import programme_row
from goldloop.store.suggestions import confused_with, suggestions_of
from goldloop.store.values import NewValue, answers, value_key

AUTHOR = "planted error"


def plant(
    connection: Connection,
    context: BatchContext,
    release_id: int,
    item_id: int,
    model_id: int | None,
    rule: RouteRule | None,
    confidence: float | None,
    *,
    draw: int,
    at: int,
) -> int | None:
    """A wrong suggestion for an item of gold, stored; its key. None where there is none that could be believed.

    It is what the model itself wrongly said of the item, else the label that it held for the next likeliest, else one
    that it takes others of this kind for, else a neighbour in the ontology. Labels that only people may say are never
    said, and never taken for others.
    """
    wrong = next(_mistakes(connection, context, release_id, item_id, model_id, rule, draw=draw), None)
    if wrong is None:
        return None
    organisation = programme_row(connection, context.row.programme_id).organisation_id
    new = NewJudgement(
        item_id=item_id,
        actor_id=actor_key(connection, "rule", AUTHOR, "1", organisation, at=at),
        task_id=context.task_id,
        stance=STANCE["answer"],
        said_at=at,
        value_id=value_key(connection, context.task_id, wrong),
        batch_id=context.row.id,
        ontology_id=context.row.ontology_id,
        confidence=confidence,
    )
    return record(connection, context.row.programme_id, new, wrong.answer)


def _mistakes(
    connection: Connection,
    context: BatchContext,
    release_id: int,
    item_id: int,
    model_id: int | None,
    rule: RouteRule | None,
    *,
    draw: int,
) -> Iterator[NewValue]:
    """Wrong answers of an item, the most believable first."""
    task, ontology = context.task, context.ontology
    accepted = gold.accepted_answer(connection, release_id, item_id)
    known = answers(connection, [accepted.value_id])[accepted.value_id]
    text = Reading(connection, context.row.programme_id, task, context.row.ontology_id).text(
        known, accepted.ontology_id
    )
    if text is None or task.people_only:
        return
    truth, body = json.loads(text), body_of(connection, item_id)
    right, barred = frozenset(task.labels(truth)), ontology.human_only
    if right & barred:
        return
    asked = frozenset(rule.when.labels or ()) if rule is not None and rule.when is not None else frozenset()

    def usable(answer: Any) -> Iterator[NewValue]:
        try:
            stored = task.canonical(answer, body, ontology)
        except Invalid:  # said under another ontology, or no answer of this task
            return
        labels = task.labels(stored)
        fits = not asked or asked & set(labels)
        if fits and not barred & set(labels) and task.bare(stored) != task.bare(truth):
            yield NewValue(canonical(stored), labels)

    said = suggestions_of(connection, model_id, [item_id]).get(item_id) if model_id is not None else None
    if said is not None and said.value_id is not None:
        yield from usable(json.loads(answers(connection, [said.value_id])[said.value_id]))
    top = tuple(label for label, _ in said.top) if said is not None else ()
    for label in _instead(connection, release_id, model_id, accepted.value_id, top, right, ontology, draw=draw):
        mistaken = task.mistaken(truth, body, label, draw=draw)
        if mistaken is not None:
            yield from usable(mistaken)


def _instead(
    connection: Connection,
    release_id: int,
    model_id: int | None,
    value_id: int,
    top: tuple[str, ...],
    right: frozenset[str],
    ontology: Ontology,
    *,
    draw: int,
) -> Iterator[str]:
    """Labels that could be taken for the right ones; nothing broader or narrower than they are, which is half right."""
    kin = {label for one in right for label in ontology.ancestors(one)}

    def may_be(label: str) -> bool:
        one = ontology.by_id.get(label)
        return one is not None and one.selectable and label not in kin and right.isdisjoint(ontology.ancestors(label))

    yield from filter(may_be, top)
    if model_id is not None:
        yield from filter(may_be, confused_with(connection, release_id, model_id, value_id))
    parents = {ontology.by_id[one].parent for one in right if one in ontology.by_id}
    near = [one.id for one in ontology.labels if one.parent in parents and may_be(one.id)]
    far = [one.id for one in ontology.labels if one.parent not in parents and may_be(one.id)]
    for group in (near, far):
        yield from (group[(n + draw) % len(group)] for n in range(len(group)))
