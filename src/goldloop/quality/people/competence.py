"""Competence over a whole programme: what the truth model makes of everybody's answers, stored as evidence."""

import json
from typing import Any

from sqlalchemy import Connection, func, select

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.families import Table
from goldloop.core.ids import Ids
from goldloop.core.nouns import QUEUES, Spec
from goldloop.jobs.running import Running
from goldloop.loop.brief import heard
from goldloop.loop.mapped import Reading
from goldloop.loop.measure import MACHINE
from goldloop.quality.people.cohorts import COHORTS, month_of, read_alike
from goldloop.quality.suspects.doubted import DOUBTED, doubted
from goldloop.quality.suspects.measured import SUSPECTS, looked_at
from goldloop.store import batches
from goldloop.store.codes import DECISION, SHOWN, STANCE
from goldloop.store.evidence import add_evidence
from goldloop.store.open import Store
from goldloop.store.person_record import answer_texts, roster
from goldloop.store.programmes import policy_in_force
from goldloop.store.schema import actor, batch, decision, judgement
from goldloop.store.standing_labels import judged_twice

COMPETENCE = Spec(name="competence.v1", params={"level": 0.95})


def competence(job: Running) -> dict[str, Any]:
    """The job: args {"programme"}. Competence by person and suspected label errors, each evidence with its time.

    Labels are suspected by the answers of several people, and by what models said; somebody is to look at them.
    """
    store, programme_id = job.store, int(job.args["programme"])
    with store.read() as connection:
        policy = policy_in_force(connection, programme_id)
        task = families.task.build(policy.policy.task)
        table, items, people = _table(connection, store.ids, programme_id, policy.ontology_id, task)
        came = {one.actor_id: month_of(one.started_at) for one in roster(connection, programme_id, people)}
        by_models = doubted(connection, policy, task)
    job.progress(1, total=2, unit="steps", note="inferring")
    skills, suspected = (families.measure.build(spec).measure(table, task) for spec in (COMPETENCE, SUSPECTS))
    months = {code: came[key] for code, key in enumerate(people) if key in came}
    found = (
        (COMPETENCE, skills),
        (SUSPECTS, _not_looked_at(store, suspected, items)),
        (COHORTS, read_alike(table, task, policy.policy.labels, months)),
    )
    with store.write() as connection:
        at, written = now(), 0
        doubts = [one if key is None else _of_item(one, key, store) for key, one in by_models]
        for spec, values in (*found, (DOUBTED, doubts)):
            named = [_named(one, items, store) if spec is not DOUBTED else one for one in values]
            written += len(add_evidence(connection, store.ids, programme_id, None, spec, named, at=at))
        heard(connection, looked_at(connection, store.ids, programme_id), at=at)
        job.save(connection, 2, total=2)
    return {"measured": written, "answers": len(table.item), "doubted": sum(key is not None for key, _ in by_models)}


def _not_looked_at(store: Store, found: list[families.Measured], items: list[int]) -> list[families.Measured]:
    """Suspects without those that people judged again: their word stands."""
    with store.read() as connection:
        anew = judged_twice(connection, [items[int(one.slice["item"])] for one in found if "item" in one.slice])
    return [one for one in found if "item" not in one.slice or items[int(one.slice["item"])] not in anew]


def _named(one: families.Measured, items: list[int], store: Store) -> families.Measured:
    """A slice of an item by its public id."""
    return one if "item" not in one.slice else _of_item(one, items[int(one.slice["item"])], store)


def _of_item(one: families.Measured, key: int, store: Store) -> families.Measured:
    return one.model_copy(update={"slice": one.slice | {"item": store.ids.show("item", key)}})


def _table(
    connection: Connection, ids: Ids, programme_id: int, ontology_id: int, task: families.Task
) -> tuple[Table, list[int], list[int]]:
    """First independent answers of a programme beside the accepted labels; items and people behind the codes."""
    import numpy as np

    rows = _independent(connection, programme_id)
    texts = answer_texts(connection, [row.value_id for row in rows])
    reading = Reading(connection, programme_id, task, ontology_id)
    items: dict[int, int] = {}
    people: dict[int, int] = {}
    values: dict[str, int] = {}
    columns = np.full((4, len(rows)), -1, np.int64)
    for n, row in enumerate(rows):
        text = reading.text(texts[row.value_id], row.ontology_id)
        if text is not None and task.remarks:
            text = canonical(task.bare(json.loads(text)))
        columns[0, n] = items.setdefault(row.item_id, len(items))
        columns[1, n] = people.setdefault(row.actor_id, len(people))
        columns[2, n] = -1 if text is None else values.setdefault(text, len(values))
        columns[3, n] = row.accepted == row.value_id
    nothing = np.full(len(rows), -1, np.int64)
    table = Table(
        item=columns[0],
        actor=columns[1],
        value=columns[2],
        queue=nothing,
        stratum=nothing,
        stance=np.full(len(rows), STANCE["answer"], np.int64),
        reference=nothing,
        probability=np.ones(len(rows)),
        decided=columns[3] == 1,
        first=columns[2] >= 0,
        active_ms=nothing,
        cost=nothing.astype(np.float64),
        items=len(items),
        items_decided=len(set(columns[0][columns[3] == 1].tolist())),
        items_human_only=0,
        human_only_violations=0,
        values=tuple(values),
        bodies={},
        actors=tuple(ids.show("actor", key) for key in people),
        queues=QUEUES,
        strata=(MACHINE,),
        strata_sizes=np.array([len(items)], np.int64),
    )
    return table, list(items), list(people)


def _independent(connection: Connection, programme_id: int) -> list[Any]:
    """Answers of people who saw nothing, in order: not taken back, not revised, and before their item was sent back."""
    mine = select(batch.c.id).where(batch.c.programme_id == programme_id, batch.c.purpose.not_in(batches.BESIDE))
    replaced = judgement.alias()
    rows = connection.execute(
        select(
            judgement.c.id,
            judgement.c.batch_id,
            judgement.c.item_id,
            judgement.c.actor_id,
            judgement.c.value_id,
            judgement.c.ontology_id,
            decision.c.value_id.label("accepted"),
        )
        .join(actor, (actor.c.id == judgement.c.actor_id) & (actor.c.kind == "person"))
        .outerjoin(
            decision,
            (decision.c.batch_id == judgement.c.batch_id)
            & (decision.c.item_id == judgement.c.item_id)
            & (decision.c.state == DECISION["decided"]),
        )
        .where(
            judgement.c.batch_id.in_(mine),
            judgement.c.stance == STANCE["answer"],
            judgement.c.shown == SHOWN["never"],
            judgement.c.surplus.is_(False),
            judgement.c.queue.is_not(None),
            judgement.c.value_id.is_not(None),
            judgement.c.id.not_in(
                select(replaced.c.revision_of).where(replaced.c.batch_id.in_(mine), replaced.c.revision_of.is_not(None))
            ),
        )
        .order_by(judgement.c.id)
    ).all()
    back = {
        (batch_id, item_id): first
        for batch_id, item_id, first in connection.execute(
            select(judgement.c.batch_id, judgement.c.item_id, func.min(judgement.c.id))
            .where(judgement.c.batch_id.in_(mine), judgement.c.stance == STANCE["reject"], judgement.c.queue.is_(None))
            .group_by(judgement.c.batch_id, judgement.c.item_id)
        )
    }
    return [row for row in rows if row.id < back.get((row.batch_id, row.item_id), row.id + 1)] if back else list(rows)
