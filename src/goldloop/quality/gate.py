"""Running a gate: draw and open the audit it rests on, measure, check, and write the verdict down."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.nouns import QUEUES, Evidence, Spec
from goldloop.core.policy import GateDoc, Sample
from goldloop.jobs.running import Running
from goldloop.loop.context import BatchContext, Contexts, plan_of
from goldloop.loop.draw import draw_sizes, frame_digest, seed_of
from goldloop.loop.measure import AUDIT, MACHINE, measure, table_of
from goldloop.loop.ruling import next_step
from goldloop.loop.slots import BASE_PRIORITY, Lanes, new_work
from goldloop.quality.rules import audit_sizes, conclude
from goldloop.store import batches, ledger
from goldloop.store import work as queue
from goldloop.store.accounts import actor_of_account
from goldloop.store.batches import NewBatch, Route
from goldloop.store.codes import NO_QUEUE, QUEUE
from goldloop.store.draws import add_draw, draws
from goldloop.store.evidence import NewVerdict, add_evidence, add_verdict
from goldloop.store.items import attributes, human_only_reasons
from goldloop.store.open import Store
from goldloop.store.phrases import phrase_key
from goldloop.store.schema import batch_item, verdict

RULE = "audit"
ALWAYS = (Spec(name="progress.v1"), Spec(name="agreement.v1"), Spec(name="accuracy.v1"), Spec(name="cost.v1"))


def run_gate(job: Running) -> dict[str, Any]:
    """The job: args {"batch": key}. Draws the audit once everything is decided; measures and concludes every time."""
    store, contexts = job.store, Contexts()
    batch_id = int(job.args["batch"])
    with store.read() as connection:
        context = contexts.batch(connection, batch_id)
    gate = gate_of(context)
    opened = _open_audit(store, contexts, context, gate, asked_by=job.asked_by)
    job.progress(1, total=3, unit="steps", note="measuring")
    wanted = _measures(gate)
    with store.read() as connection:
        table = table_of(connection, context)
    found = [(spec, measure(table, context.task, spec)) for spec in wanted]
    job.progress(2, total=3, unit="steps", note="checking")
    with store.write() as connection:
        at = now()
        evidence: list[Evidence] = []
        for spec, values in found:
            evidence += add_evidence(connection, store.ids, context.row.programme_id, batch_id, spec, values, at=at)
        results = [families.check.build(spec).check(evidence) for spec in gate.checks]
        outcome = conclude(results)
        key = add_verdict(
            connection,
            NewVerdict(
                programme_id=context.row.programme_id,
                gate=str(context.row.gate),
                owner_id=actor_of_account(connection, gate.owner),
                batch_id=batch_id,
                outcome=outcome,
                results=results,
                decided_at=at,
            ),
        )
        _record(connection, context, "gate.decided", job.asked_by, {"verdict": key, "outcome": outcome}, at=at)
        job.save(connection, 3, total=3)
    return {
        "verdict": store.ids.show("verdict", key),
        "outcome": outcome,
        "audit_opened": opened,
        "because": [one.because for one in results],
    }


def measure_batch(job: Running) -> dict[str, Any]:
    """The job: args {"batch": key}. Measures without concluding, for a page that wants numbers now."""
    store = job.store
    with store.read() as connection:
        context = Contexts().batch(connection, int(job.args["batch"]))
        table = table_of(connection, context)
    found = [(spec, measure(table, context.task, spec)) for spec in ALWAYS]
    with store.write() as connection:
        programme_id, at = context.row.programme_id, now()
        for spec, values in found:
            add_evidence(connection, store.ids, programme_id, context.row.id, spec, values, at=at)
    return {"measured": sum(len(values) for _, values in found)}


def waive(connection: Connection, context: BatchContext, *, by: int, because: str, at: int) -> int:
    """A named person's override of the newest verdict, with the reason; it stays on every certificate for ever."""
    if len(because.strip()) < 10:
        raise Invalid("a waiver needs its reason", field="because", expected="at least 10 characters", found=because)
    row = connection.execute(
        verdict.select().where(verdict.c.batch_id == context.row.id).order_by(verdict.c.id.desc()).limit(1)
    ).one_or_none()
    if row is None or row.outcome == "pass":
        raise Conflict("there is nothing to waive", expected="a verdict that failed or is unknown")
    new = {name: value for name, value in row._mapping.items() if name != "id"}
    new |= {"waived_by": by, "waiver_because": because.strip(), "decided_at": at}
    key = int(connection.execute(verdict.insert().returning(verdict.c.id), new).scalar_one())
    _record(connection, context, "gate.waived", by, {"verdict": key, "because": because.strip()}, at=at)
    return key


def gate_of(context: BatchContext) -> GateDoc:
    """The gate that a batch must pass. Raises Conflict where it has none."""
    gate = context.policy.gates.get(context.row.gate or "")
    if gate is None:
        raise Conflict("this batch has no gate", expected="batches.gate in the programme file", found="none")
    return gate


def _measures(gate: GateDoc) -> list[Spec]:
    """Everything the checks ask for, and what every reader of a verdict wants to see beside it; each once."""
    wanted = [spec for check in gate.checks for spec in families.check.build(check).needs()]
    out: dict[str, Spec] = {}
    for spec in (*wanted, *ALWAYS):
        built = families.measure.build(spec).spec
        out.setdefault(canonical(built.model_dump(mode="json")), built)
    return list(out.values())


def _open_audit(store: Store, contexts: Contexts, context: BatchContext, gate: GateDoc, *, asked_by: int | None) -> int:
    """Draw the audit sample and open its work, once every item is decided; how many items were drawn now."""
    if gate.sample is None:
        return 0
    with store.write() as connection:
        if draws(connection, context.row.id, AUDIT):
            return 0
        progress = batches.progress(connection, context.row.id)
        if progress.decided < progress.items:
            return 0
        at = now()
        keys = _draw(connection, store, context, gate.sample, at=at)
        audit_id = _audit_batch(connection, context, gate.sample, keys, at=at)
        _record(connection, context, "audit.opened", asked_by, {"batch": audit_id, "items": len(keys)}, at=at)
    with store.write() as connection:
        audit = contexts.batch(connection, audit_id)
        _open_works(connection, audit, keys, gate.sample, at=at)
    return len(keys)


def _draw(connection: Connection, store: Store, context: BatchContext, sample: Sample, *, at: int) -> list[int]:
    strata = _strata(connection, context.row.id)
    held: dict[str, int] = {}
    for stratum in strata.values():
        held[stratum] = held.get(stratum, 0) + 1
    seed = seed_of(store.secret, AUDIT, context.row.id)
    drawn = draw_sizes(strata, audit_sizes(held, size=sample.size, minimum=sample.minimum), seed=seed)
    add_draw(
        connection,
        context.row.id,
        AUDIT,
        design=canonical({**sample.model_dump(mode="json"), "by": "queue"}),
        seed=seed,
        frame=frame_digest(sorted(strata)),
        frame_size=len(strata),
        drawn=drawn,
        at=at,
    )
    return [one.item_id for one in drawn]


def _strata(connection: Connection, batch_id: int) -> dict[int, str]:
    """The stratum of every item: the queue it was routed to."""
    rows = connection.execute(
        batch_item.select()
        .with_only_columns(batch_item.c.item_id, batch_item.c.queue)
        .where(batch_item.c.batch_id == batch_id)
    )
    return {key: MACHINE if code == NO_QUEUE else QUEUES[code] for key, code in rows}


def _audit_batch(connection: Connection, context: BatchContext, sample: Sample, keys: Sequence[int], *, at: int) -> int:
    row = context.row
    key = batches.add_batch(
        connection,
        NewBatch(
            programme_id=row.programme_id,
            name=f"{row.name}-audit",
            purpose="audit",
            task=row.task,
            ontology_id=row.ontology_id,
            guideline_id=row.guideline_id,
            policy_id=row.policy_id,
            gate=None,
            owner_id=row.owner_id,
            parent_id=row.id,
            due_at=row.due_at,
            item_count=len(keys),
            created_at=at,
        ),
    )
    rule = phrase_key(connection, RULE)
    annotate = QUEUE["annotate"]
    routes = [Route(key, item_id, rule, annotate, sample.tier, 1, True, False, None, None) for item_id in keys]
    batches.add_routes(connection, routes)
    return key


def _open_works(connection: Connection, audit: BatchContext, keys: Sequence[int], sample: Sample, *, at: int) -> None:
    """Blind work at the audit's tier, for people who have not judged the items before."""
    lanes = Lanes(connection, audit)
    found = attributes(connection, keys)
    latched = human_only_reasons(connection, keys)
    works = []
    for key in keys:
        route = batches.route_of(connection, audit.row.id, key)
        slot = next_step(plan_of(audit, route, human_only=key in latched), []).slot
        assert slot is not None
        slot = slot._replace(because="an independent audit of a decided item", blind=True, tier=sample.tier)
        works.append(
            new_work(
                audit,
                key,
                slot,
                lane_id=lanes.of(slot, found.get(key)),
                number=1,
                priority=BASE_PRIORITY,
                suggestion_id=None,
                at=at,
            )
        )
    queue.open_works(connection, works)


def _record(
    connection: Connection, context: BatchContext, kind: str, actor: int | None, data: dict[str, Any], *, at: int
) -> None:
    ledger.record(
        connection,
        kind,
        programme=context.row.programme_id,
        actor=actor,
        subject=str(context.row.id),
        data=data,
        at=at,
    )
