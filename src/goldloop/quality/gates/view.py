"""Everything about the gate of a batch in one place: what was promised, measured, decided, and done when it failed."""

import json
from typing import Any

from sqlalchemy import Connection

from goldloop.core.ids import Ids
from goldloop.core.policy import GateDoc, PlanDoc
from goldloop.loop.acceptance import acceptance_plan, characteristic
from goldloop.loop.audited import AUDIT
from goldloop.loop.context import BatchContext
from goldloop.store import batches
from goldloop.store.draws import DrawRow, drawn_items, draws
from goldloop.store.evidence import newest_evidence, verdicts
from goldloop.store.labelled import sent_back
from goldloop.store.nobody_left import nobody_left


def gate_view(connection: Connection, ids: Ids, context: BatchContext) -> dict[str, Any]:
    """The gate of a batch: the promise, the plan with its curve, every sample, verdict and remediation."""
    row = context.row
    gate = context.policy.gates.get(row.gate or "")
    drawn = draws(connection, row.id, AUDIT)
    return {
        "batch_id": ids.show("batch", row.id),
        "gate": row.gate,
        "promise": gate.model_dump(mode="json") if gate else None,
        "plan": _plan(gate, drawn[0] if drawn else None),
        "samples": [_sample(connection, ids, context, one, len(drawn) - n) for n, one in enumerate(drawn)],
        "verdicts": [one.model_dump(mode="json") for one in verdicts(connection, ids, row.id)],
        "evidence": [one.model_dump(mode="json") for one in newest_evidence(connection, ids, row.id)],
        "sent_back": [one._asdict() for one in sent_back(connection, row.id)],
    }


def plan_view(doc: PlanDoc) -> dict[str, Any]:
    """A declared plan as data: its looks, and its operating characteristic."""
    plan = acceptance_plan(doc)
    return {
        **doc.model_dump(mode="json"),
        "most": plan.n[-1],
        "looks": [
            {"judged": n, "accept_at_most": accept if accept >= 0 else None, "reject_from": reject}
            for n, accept, reject in zip(plan.n, plan.accept, plan.reject, strict=True)
        ],
        "characteristic": [point._asdict() for point in characteristic(doc)],
    }


def _plan(gate: GateDoc | None, drawn: DrawRow | None) -> dict[str, Any] | None:
    """The plan that the newest sample was drawn for, else the one declared."""
    doc = json.loads(drawn.design).get("plan") if drawn is not None else None
    if doc:
        return plan_view(PlanDoc.model_validate(doc))
    if gate is not None and gate.sample is not None and gate.sample.plan is not None:
        return plan_view(gate.sample.plan)
    return None


def _sample(connection: Connection, ids: Ids, context: BatchContext, drawn: DrawRow, number: int) -> dict[str, Any]:
    design = json.loads(drawn.design)
    sample = drawn_items(connection, drawn.id)
    audits = [one for one in batches.children(connection, context.row.id) if one.purpose == "audit"]
    audit = audits[number - 1] if number <= len(audits) else None
    progress = batches.progress(connection, audit.id) if audit is not None else None
    return {
        "number": number,
        "audit_id": ids.show("batch", audit.id) if audit is not None else None,
        "drawn": len(sample),
        "drawn_from": drawn.frame_size,
        "left_out": design.get("left_out", 0),
        "opened": progress.items if progress else 0,
        "judged": progress.decided if progress else 0,
        "nobody_left": nobody_left(connection, context.row.programme_id, audit.id) if audit is not None else 0,
        "by": design.get("by", ["queue"]),
        "stage": design.get("stage", "final"),
        "strata": len(design.get("cells", {})),
        "drawn_at": drawn.drawn_at,
    }
