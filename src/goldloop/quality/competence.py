"""Competence over a whole programme: what the truth model makes of everybody's answers, stored as evidence."""

from typing import Any

from sqlalchemy import Connection, select

from goldloop.core import families
from goldloop.core.clock import now
from goldloop.core.families import Table
from goldloop.core.ids import Ids
from goldloop.core.nouns import QUEUES, Spec
from goldloop.jobs.running import Running
from goldloop.loop.mapped import Reading
from goldloop.loop.measure import MACHINE
from goldloop.store import batches
from goldloop.store.codes import DECISION, SHOWN, STANCE
from goldloop.store.evidence import add_evidence
from goldloop.store.open import Store
from goldloop.store.person_record import answer_texts
from goldloop.store.programmes import policy_in_force
from goldloop.store.schema import actor, batch, decision, judgement

COMPETENCE = Spec(name="competence.v1", params={"level": 0.95})
SUSPECTS = Spec(name="suspects.v1", params={"level": 0.95, "most": 200})


def competence(job: Running) -> dict[str, Any]:
    """The job: args {"programme"}. Competence by person and suspected label errors, each evidence with its time."""
    store, programme_id = job.store, int(job.args["programme"])
    with store.read() as connection:
        policy = policy_in_force(connection, programme_id)
        task = families.task.build(policy.policy.task)
        table, items = _table(connection, store.ids, programme_id, policy.ontology_id, task)
    job.progress(1, total=2, unit="steps", note="inferring")
    found = [(spec, families.measure.build(spec).measure(table, task)) for spec in (COMPETENCE, SUSPECTS)]
    with store.write() as connection:
        at, written = now(), 0
        for spec, values in found:
            named = [_named(one, items, store) for one in values]
            written += len(add_evidence(connection, store.ids, programme_id, None, spec, named, at=at))
        job.save(connection, 2, total=2)
    return {"measured": written, "answers": len(table.item)}


def _named(one: families.Measured, items: list[int], store: Store) -> families.Measured:
    """A slice of an item by its public id."""
    if "item" not in one.slice:
        return one
    return one.model_copy(update={"slice": {"item": store.ids.show("item", items[int(one.slice["item"])])}})


def _table(
    connection: Connection, ids: Ids, programme_id: int, ontology_id: int, task: families.Task
) -> tuple[Table, list[int]]:
    """First independent answers of a programme beside the accepted labels, and the items behind the codes."""
    import numpy as np

    mine = select(batch.c.id).where(batch.c.programme_id == programme_id, batch.c.purpose.not_in(batches.BESIDE))
    rows = connection.execute(
        select(
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
        )
        .order_by(judgement.c.id)
    ).all()
    texts = answer_texts(connection, [row.value_id for row in rows])
    reading = Reading(connection, programme_id, task, ontology_id)
    items: dict[int, int] = {}
    people: dict[int, int] = {}
    values: dict[str, int] = {}
    columns = np.full((4, len(rows)), -1, np.int64)
    for n, row in enumerate(rows):
        text = reading.text(texts[row.value_id], row.ontology_id)
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
    return table, list(items)
