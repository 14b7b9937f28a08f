"""Running a gate: keep the audit it rests on, measure, check, and write the verdict down."""

from typing import Any

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.nouns import Evidence, Spec
from goldloop.core.policy import GateDoc
from goldloop.jobs.running import Running
from goldloop.loop.context import BatchContext, Contexts
from goldloop.loop.measure import measure, table_of
from goldloop.loop.sign_off import ask_after_verdict
from goldloop.quality.findings import hear_gate, waive_gate
from goldloop.quality.gates.audit import keep_audit
from goldloop.quality.gates.rules import conclude, plan_spec, proved
from goldloop.quality.sla.evaluate import queue_sla
from goldloop.store import ledger
from goldloop.store.accounts import actor_of_account
from goldloop.store.batches import children
from goldloop.store.evidence import NewVerdict, add_evidence, add_verdict
from goldloop.store.nobody_left import nobody_left
from goldloop.store.schema import verdict

ALWAYS = (
    Spec(name="progress.v1"),
    Spec(name="agreement.v1"),
    Spec(name="recall.v1"),
    Spec(name="truth.v1"),
    Spec(name="accuracy.v1"),
    Spec(name="cost.v1"),
)


def run_gate(job: Running) -> dict[str, Any]:
    """The job: args {"batch": key}. Keeps the audit once everything is decided; measures and concludes every time."""
    store, contexts = job.store, Contexts()
    batch_id = int(job.args["batch"])
    with store.read() as connection:
        context = contexts.batch(connection, batch_id)
    gate = gate_of(context)
    opened = keep_audit(store, contexts, context, gate.sample, asked_by=job.asked_by)
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
        results = [families.check.build(spec).check(evidence) for spec in _checks(gate)]
        contract = [families.check.build(spec).check(evidence) for spec in gate.failed_batch]
        outcome = conclude(results)
        bound = proved(evidence)
        owner = actor_of_account(connection, gate.owner)
        key = add_verdict(
            connection,
            NewVerdict(
                programme_id=context.row.programme_id,
                gate=str(context.row.gate),
                owner_id=owner,
                batch_id=batch_id,
                outcome=outcome,
                results=results,
                contract=contract,
                proved=bound,
                decided_at=at,
            ),
        )
        _record(connection, context, "gate.decided", job.asked_by, {"verdict": key, "outcome": outcome}, at=at)
        hear_gate(connection, store.ids, context.row, key, results, owner=owner, at=at)
        ask_after_verdict(connection, context.row, at=at)
        queue_sla(connection, context.row.programme_id, context.policy, asked_by=job.asked_by)
        job.save(connection, 3, total=3)
        audits = [row.id for row in children(connection, batch_id) if row.purpose == "audit"]
        stuck = sum(nobody_left(connection, context.row.programme_id, key) for key in audits)
    return {
        "verdict": store.ids.show("verdict", key),
        "outcome": outcome,
        "proved": bound,
        "failed_batch": any(one.outcome == "fail" for one in contract),
        "audit_opened": opened.items,
        "nobody_left": stuck,
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
    waive_gate(connection, context.row, because, by=by, at=at)
    ask_after_verdict(connection, context.row, at=at)
    queue_sla(connection, context.row.programme_id, context.policy, asked_by=by)
    return key


def gate_of(context: BatchContext) -> GateDoc:
    """The gate that a batch must pass. Raises Conflict where it has none."""
    gate = context.policy.gates.get(context.row.gate or "")
    if gate is None:
        raise Conflict("this batch has no gate", expected="batches.gate in the programme file", found="none")
    return gate


def _checks(gate: GateDoc) -> list[Spec]:
    """The declared checks; the plan of its sample is one, whether or not it is written down."""
    plan = [plan_spec(gate.sample)] if gate.sample is not None and gate.sample.plan is not None else []
    return [*plan, *(spec for spec in gate.checks if not plan or spec.name != plan[0].name)]


def _measures(gate: GateDoc) -> list[Spec]:
    """Everything the checks ask for, and what every reader of a verdict wants to see beside it; each once."""
    wanted = [spec for check in (*_checks(gate), *gate.failed_batch) for spec in families.check.build(check).needs()]
    if gate.sample is not None and gate.sample.plan is None:
        wanted.append(Spec(name="errors.v1", params={"stage": gate.sample.stage}))
    out: dict[str, Spec] = {}
    for spec in (*wanted, *ALWAYS):
        built = families.measure.build(spec).spec
        out.setdefault(canonical(built.model_dump(mode="json")), built)
    return list(out.values())


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
