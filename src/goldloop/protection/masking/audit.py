"""The audit of masking: a random sample of what came in is read by people with clearance for what detectors left.

It is ordinary work: a batch of its own, blind, in which a reader says which kinds of personal data they still see. Each
audit draws from what came in since the last one. What was left is told by kind and by item, never by its value.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import DAY, now
from goldloop.core.errors import NotFound
from goldloop.core.families import Measured
from goldloop.core.nouns import Evidence, Spec
from goldloop.core.ontology import Label
from goldloop.core.protection import MaskingAudit, Pii
from goldloop.jobs.running import Running
from goldloop.loop.brief import MOST_ITEMS, Reading, heard
from goldloop.loop.context import Contexts
from goldloop.loop.draw import draw_sizes, frame_digest, seed_of
from goldloop.loop.replay import accountable
from goldloop.loop.ruling import Slot
from goldloop.loop.slots import BASE_PRIORITY, Lanes, new_work
from goldloop.protection.masking.rules import ALL, OTHER, left_in, standing
from goldloop.store import batches, ledger
from goldloop.store import work as queue
from goldloop.store.batches import MASKING, BatchRow, NewBatch, Route
from goldloop.store.codes import QUEUE
from goldloop.store.draws import DrawRow, add_draw, draws
from goldloop.store.evidence import add_evidence, newest_evidence
from goldloop.store.items import attributes, external_id_of
from goldloop.store.masking import frame_of, masked_kinds, readings
from goldloop.store.open import Store
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.releases import add_release, newest_release

MEASURE = Spec(name="masking.v1")
TASK = Spec(name="choice.v1", params={"multiple": True, "allow_none": True})
BECAUSE = "Which kinds of personal data can you still read here? Submit with none chosen where you see none."
KEY = "masking"  # of the brief


class Audit(NamedTuple):
    """One audit of masking: its batch, its draw, and what it found, once every item of it was read."""

    row: BatchRow
    drawn: DrawRow
    found: list[Evidence]


def audit_masking(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "now"}. Draws an audit that is due or asked for, concludes one that was read."""
    store, programme_id = job.store, int(job.args["programme"])
    with store.read() as connection:
        policy = policy_in_force(connection, programme_id)
        doc = audited(policy)
        current = next(iter(audits(connection, store, programme_id)), None)
    if current is None or current.found:
        since = current.row.created_at if current is not None else 0
        if not job.args.get("now") and current is not None and now() < since + round(doc.every_days * DAY):
            return {"state": "not due yet"}
        return _draw(store, policy, doc, current, asked_by=job.asked_by)
    return _conclude(store, policy, doc, current, asked_by=job.asked_by)


def audited(policy: PolicyRow) -> MaskingAudit:
    """The audit that a programme file declares. Raises NotFound."""
    pii = policy.policy.protection.pii
    if pii is None or pii.audit is None:
        raise NotFound("this programme audits no masking", expected="protection.pii.audit in its file")
    return pii.audit


def audits(connection: Connection, store: Store, programme_id: int) -> list[Audit]:
    """The audits of a programme's masking, newest first."""
    out = []
    for row in batches.batches(connection, programme_id):
        if row.purpose == MASKING:
            (drawn,) = draws(connection, row.id, MASKING)
            out.append(Audit(row, drawn, newest_evidence(connection, store.ids, row.id)))
    return out


def _draw(
    store: Store, policy: PolicyRow, doc: MaskingAudit, before: Audit | None, *, asked_by: int | None
) -> dict[str, Any]:
    after = int(json.loads(before.drawn.design)["up_to"]) if before is not None else 0
    programme_id, clearance = policy.programme_id, doc.clearance or policy.policy.clearance
    with store.read() as connection:  # it reads the keys of all that came in: outside the transaction that writes
        frame = frame_of(connection, programme_id, after=after, clearance=clearance)
    if not frame.keys:
        return {"state": "nothing came in since the last audit"}
    contexts, at = Contexts(), now()
    with store.write() as connection:
        number = sum(row.purpose == MASKING for row in batches.batches(connection, programme_id)) + 1
        pii = policy.policy.protection.pii
        assert pii is not None
        key = batches.add_batch(
            connection,
            NewBatch(
                programme_id=programme_id,
                name=f"masking-{number}",
                purpose=MASKING,
                task=canonical(TASK.model_dump(mode="json")),
                ontology_id=_labels(connection, policy, pii, at=at),
                guideline_id=None,
                policy_id=policy.id,
                gate=None,
                owner_id=accountable(connection, policy),
                parent_id=None,
                due_at=None,
                item_count=min(doc.size, len(frame.keys)),
                created_at=at,
            ),
        )
        seed = seed_of(store.secret, MASKING, key)
        drawn = draw_sizes(dict.fromkeys(frame.keys, ALL), {ALL: doc.size}, seed=seed)
        design = {"size": doc.size, "after": after, "up_to": frame.keys[-1], "left_out": frame.left_out}
        add_draw(
            connection,
            key,
            MASKING,
            design=canonical(design),
            seed=seed,
            frame=frame_digest(frame.keys),
            frame_size=len(frame.keys),
            drawn=drawn,
            at=at,
        )
        _open(connection, contexts, key, doc, [one.item_id for one in drawn], at=at)
        ledger.record(
            connection,
            "masking.audited",
            programme=programme_id,
            actor=asked_by,
            subject=str(key),
            data={"items": len(drawn), "of": len(frame.keys), "left_out": frame.left_out},
            at=at,
        )
    return {"state": "open", "batch": f"masking-{number}", "drawn": len(drawn), "of": len(frame.keys)}


def _labels(connection: Connection, policy: PolicyRow, pii: Pii, *, at: int) -> int:
    """The release of the kinds that a reader chooses from: what is looked for, and whatever else they see."""
    kinds = [Label(id=kind, name=kind.replace("_", " ").capitalize()) for kind in pii.kinds if kind != OTHER]
    labels = (*kinds, Label(id=OTHER, name="Any other personal data"))
    body = canonical({"labels": [one.model_dump(mode="json") for one in labels]})
    newest = newest_release(connection, policy.programme_id, "ontology", MASKING)
    if newest is not None and newest.body == body:
        return newest.id
    parents = [newest.id] if newest is not None else []
    by = accountable(connection, policy)
    return add_release(connection, policy.programme_id, "ontology", MASKING, body, by=by, at=at, parents=parents)


def _open(
    connection: Connection,
    contexts: Contexts,
    batch_id: int,
    doc: MaskingAudit,
    keys: Sequence[int],
    *,
    at: int,
) -> None:
    """Blind work of one judgement on each item; its lane asks for the audit's clearance (`Lanes.wanted`)."""
    context, rule, annotate = contexts.batch(connection, batch_id), phrase_key(connection, MASKING), QUEUE["annotate"]
    routes = [Route(batch_id, key, rule, annotate, doc.tier, 1, True, False, None, None) for key in keys]
    batches.add_routes(connection, routes, still_wait=True)
    lanes, about = Lanes(connection, context), attributes(connection, keys)
    slot, works = Slot("annotate", doc.tier, "label", True, BECAUSE), []
    for key in keys:
        made = new_work(
            context,
            key,
            slot,
            lane_id=lanes.of(slot, about.get(key)),
            number=1,
            priority=BASE_PRIORITY,
            suggestion_id=None,
            at=at,
        )
        works.append(made)
    queue.open_works(connection, works)


def _conclude(
    store: Store, policy: PolicyRow, doc: MaskingAudit, one: Audit, *, asked_by: int | None
) -> dict[str, Any]:
    with store.write() as connection:
        read = readings(connection, one.row.id)
        if read.waiting:
            return {"state": "open", "batch": one.row.name, "read": len(read.found), "waiting": read.waiting}
        at, pii = now(), policy.policy.protection.pii
        assert pii is not None
        masked = masked_kinds(connection, sorted(read.found))
        measured = left_in(pii.kinds, read.found, masked, eligible=one.drawn.frame_size, level=doc.level)
        evidence = add_evidence(connection, store.ids, policy.programme_id, one.row.id, MEASURE, measured, at=at)
        stands = standing(doc, measured[0])
        left = sorted(key for key, kinds in read.found.items() if kinds)
        reading = Reading(
            programme_id=policy.programme_id,
            key=KEY,
            source=KEY,
            title="Masking leaves personal data in items",
            healthy=stands.healthy,
            because=stands.because,
            evidence_ids=tuple(store.ids.key("evidence", each.id) for each in evidence[:1] if each.id is not None),
            batch_id=one.row.id,
            scope={
                "kinds": _kinds(measured),
                "items": [external_id_of(connection, key) for key in left[:MOST_ITEMS]],
            },
            data_at=at,
        )
        heard(connection, reading, at=at)
        ledger.record(
            connection,
            "masking.measured",
            programme=policy.programme_id,
            actor=asked_by,
            subject=str(one.row.id),
            data={"read": len(read.found), "left": len(left), "kinds": _kinds(measured), "healthy": stands.healthy},
            at=at,
        )
    outcome = {True: "proved", False: "more than allowed", None: "not proved"}[stands.healthy]
    return {"state": outcome, "batch": one.row.name, "read": len(read.found), "because": stands.because}


def _kinds(measured: Sequence[Measured]) -> dict[str, int]:
    """In how many items each kind was found left, of those that were."""
    return {one.slice["kind"]: int(one.details["left"]) for one in measured[1:] if one.details["left"]}
