"""Audits of what was delivered: a random sample of a release is judged again, blind, until the evidence suffices.

A plan that rejects means that more labels are wrong than were accepted: every batch in which the audit found wrong
labels is held and sent back as a whole, and the releases that hold its labels are named with who received them.
"""

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, select

from goldloop import statistics
from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import DAY, now
from goldloop.core.errors import Conflict, NotFound
from goldloop.core.families import STANCES, Table
from goldloop.core.nouns import QUEUES, CheckResult, Outcome, Spec
from goldloop.core.policy import AuditDoc, PlanDoc
from goldloop.jobs.running import Running
from goldloop.loop.acceptance import acceptance_plan, plan_for
from goldloop.loop.alike import alike
from goldloop.loop.blind import add_blind_work, open_audit_batch
from goldloop.loop.brief import MOST_ITEMS, heard
from goldloop.loop.context import Contexts
from goldloop.loop.draw import draw_sizes, frame_digest, in_order, seed_of
from goldloop.loop.repair import note_batch
from goldloop.quality.findings import of_audit
from goldloop.quality.gates.rules import proved
from goldloop.store import batches, jobs, ledger
from goldloop.store.accounts import actor_of_account
from goldloop.store.batches import BatchRow
from goldloop.store.codes import DECISION
from goldloop.store.delivered import DeliveredLabel, delivered_labels
from goldloop.store.draws import DrawRow, add_draw, drawn_items, draws
from goldloop.store.erased import erased_among
from goldloop.store.evidence import NewVerdict, add_evidence, add_verdict, newest_outcome
from goldloop.store.items import external_id_of
from goldloop.store.open import Store
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import ReleaseRow, newest_standing, release_row_of
from goldloop.store.schema import decision

if TYPE_CHECKING:
    from goldloop.stats.sampling import Plan

DELIVERED = "release"  # the draw of an audit of a release; its batch is the audit itself
BECAUSE = "an independent audit of a delivered label"
RELEASE = "the release"
USED_UP = "what was drawn is judged or erased, and the plan asks for more: it is drawn anew"


class Audit(NamedTuple):
    """One audit of a release: its batch, its draw, and what the release said of the drawn items."""

    row: BatchRow
    drawn: DrawRow
    name: str
    release: ReleaseRow
    plan: PlanDoc

    @property
    def over(self) -> str:
        """The name of its verdict's gate."""
        return f"audit:{self.name}"


def audit(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "audit", "now"}. Draws an audit when it is due or asked for, and goes on with it."""
    store, programme_id, name = job.store, int(job.args["programme"]), str(job.args["audit"])
    with store.read() as connection:
        doc = audit_of(connection, programme_id, name)
        current = newest_audit(connection, programme_id, name)
        open_ = current is not None and newest_outcome(connection, current.row.id) is None
        due = current is None or now() >= current.row.created_at + round(doc.every_days * DAY)
    if not open_:
        if not due and not job.args.get("now"):
            return {"state": "not due yet"}
        current = _draw(store, doc, programme_id, name, asked_by=job.asked_by)
        if current is None:
            return {"state": f"nothing of {doc.release!r} was released yet"}
    assert current is not None
    done = _go_on(store, current, doc, asked_by=job.asked_by)
    if done["state"] == USED_UP:
        with store.read() as connection:
            judged = judged_labels(connection, current)
        again = _draw(store, doc, programme_id, name, asked_by=job.asked_by, judged=judged)
        assert again is not None
        done = _go_on(store, again, doc, asked_by=job.asked_by)
    return done


def audit_of(connection: Connection, programme_id: int, name: str) -> AuditDoc:
    """An audit of the programme file. Raises NotFound."""
    declared = policy_in_force(connection, programme_id).policy.audits
    if name not in declared:
        known = ", ".join(sorted(declared)) or "none"
        raise NotFound("there is no such audit", field="audit", expected=f"one of {known}", found=name[:60])
    return declared[name]


def newest_audit(connection: Connection, programme_id: int, name: str) -> Audit | None:
    """The newest audit of a name; None before the first."""
    return next(iter(audits(connection, programme_id, name)), None)


def audits(connection: Connection, programme_id: int, name: str) -> list[Audit]:
    """The audits of a name, newest first."""
    out = []
    for row in batches.batches(connection, programme_id):
        if row.purpose != "audit" or row.parent_id is not None or not row.name.startswith(f"audit-{name}-"):
            continue
        for drawn in draws(connection, row.id, DELIVERED)[:1]:
            design = json.loads(drawn.design)
            if design["audit"] == name:
                plan = PlanDoc.model_validate(design["plan"])
                out.append(Audit(row, drawn, name, release_row_of(connection, design["release"]), plan))
    return out


def judged_labels(connection: Connection, one: Audit) -> dict[int, int]:
    """What the audit's people said of its items: value by item, of those that are decided."""
    rows = connection.execute(
        select(decision.c.item_id, decision.c.value_id).where(
            decision.c.batch_id == one.row.id, decision.c.state == DECISION["decided"]
        )
    )
    return {key: value for key, value in rows if value is not None}


def _draw(
    store: Store, doc: AuditDoc, programme_id: int, name: str, *, asked_by: int | None, judged: Collection[int] = ()
) -> Audit | None:
    """Draw an audit of the newest release. What was `judged` in one that came to nothing is left to others."""
    acceptance_plan(doc.plan)  # takes a second the first time: not inside the transaction
    with store.write() as connection:
        release = newest_standing(connection, programme_id, doc.release)
        if release is None:
            return None
        labels = {key: label for key, label in _there(connection, release).items() if key not in judged}
        if not labels:
            raise Conflict("this release holds no labels", expected="a release with rows", found=release.name)
        at, number = now(), len(audits(connection, programme_id, name)) + 1
        newest = batches.batch_row(connection, max(one.batch_id for one in labels.values()))
        owner = actor_of_account(connection, doc.owner)
        key = open_audit_batch(
            connection, newest._replace(owner_id=owner, due_at=None), name=f"audit-{name}-{number}", parent=None, at=at
        )
        seed = seed_of(store.secret, DELIVERED, key)
        add_draw(
            connection,
            key,
            DELIVERED,
            design=canonical({"audit": name, "release": release.id, "plan": doc.plan.model_dump(mode="json")}),
            seed=seed,
            frame=frame_digest(sorted(labels)),
            frame_size=len(labels),
            drawn=draw_sizes(
                dict.fromkeys(labels, RELEASE), {RELEASE: plan_for(doc.plan, len(labels)).n[-1]}, seed=seed
            ),
            at=at,
        )
        ledger.record(
            connection,
            "release.audited",
            programme=programme_id,
            actor=asked_by,
            subject=str(release.id),
            data={"batch": key, "audit": name, "labels": len(labels)},
            at=at,
        )
        return newest_audit(connection, programme_id, name)


def _there(connection: Connection, release: ReleaseRow) -> dict[int, DeliveredLabel]:
    """The labels of a release whose items have not been erased since."""
    labels = delivered_labels(connection, release)
    for key in erased_among(connection, release.programme_id, labels):
        del labels[key]
    return labels


def _go_on(store: Store, one: Audit, doc: AuditDoc, *, asked_by: int | None) -> dict[str, Any]:
    """Conclude, or open the next part; nothing while judgements are out."""
    acceptance_plan(one.plan)
    contexts = Contexts()
    with store.write() as connection:
        labels = delivered_labels(connection, one.release)
        plan = plan_for(one.plan, one.drawn.frame_size)
        places = in_order(one.drawn.seed, [drawn.item_id for drawn in drawn_items(connection, one.drawn.id)])
        opened = set(batches.routed_items(connection, one.row.id))
        gone = erased_among(connection, one.row.programme_id, places) - judged_labels(connection, one).keys()
        places = [key for key in places if key not in gone]  # nobody can judge them any more: their turn passes on
        opened -= gone
        context = contexts.batch(connection, one.row.id)
        said = judged_labels(connection, one)
        means = alike(connection, context.task, {*said.values(), *(labels[key].value_id for key in said)})
        said = {key: means.get(value, value) for key, value in said.items()}
        labels |= {key: _meaning(labels[key], means) for key in said if key in labels}
        table = _table(labels, places, said, plan)
        spec = Spec(name="acceptance.v1", params=one.plan.model_dump(mode="json"))
        measured = families.measure.build(spec).measure(table, context.task)
        if "accepted" not in measured[0].details:
            more = _next_part(places, opened, said, labels, plan)
            at = now()
            if not more and len(said) == len(places):
                return {"state": USED_UP}
            if more:
                add_blind_work(connection, context, more, tier=doc.tier, because=BECAUSE, at=at)
            return {"state": "open", "opened": len(more), "judged": len(said), "drawn": len(places)}
        return _conclude(connection, store, one, doc, spec, measured, labels, said, asked_by=asked_by)


def _conclude(
    connection: Connection,
    store: Store,
    one: Audit,
    doc: AuditDoc,
    spec: Spec,
    measured: list[Any],
    labels: dict[int, DeliveredLabel],
    said: dict[int, int],
    *,
    asked_by: int | None,
) -> dict[str, Any]:
    at, programme_id = now(), one.row.programme_id
    evidence = add_evidence(connection, store.ids, programme_id, one.row.id, spec, measured, at=at)
    result = families.check.build(spec).check(evidence)
    owner = actor_of_account(connection, doc.owner)
    new = NewVerdict(programme_id, one.over, owner, one.row.id, result.outcome, [result], at, proved=proved(evidence))
    verdict = add_verdict(connection, new)
    wrong = {key for key, value in said.items() if key in labels and labels[key].value_id != value}
    names = [external_id_of(connection, key) for key in sorted(wrong)[:MOST_ITEMS]]
    release = f"{one.release.name} {one.release.number}"
    reading = of_audit(store.ids, one.row, one.name, release, verdict, result, owner=owner, wrong=names)
    opened = heard(connection, reading, at=at)
    held = sorted({labels[key].batch_id for key in wrong}) if result.outcome == "fail" else []
    for key in held:
        row = batches.batch_row(connection, key)
        _hold(connection, one, row, owner, result, at=at)
        if opened is not None and row.purpose == "production":
            note_batch(connection, opened, key, f"{row.name} is held and reviewed as a whole", by=None, at=at)
    ledger.record(
        connection,
        "audit.decided",
        programme=programme_id,
        actor=asked_by,
        subject=str(one.release.id),
        data={"batch": one.row.id, "outcome": result.outcome, "held": held},
        at=at,
    )
    return {
        "state": result.outcome,
        "judged": len(said),
        "wrong": len(wrong),
        "because": result.because,
        "proved": new.proved,
        "held": [batches.batch_row(connection, key).name for key in held],
    }


def _hold(connection: Connection, one: Audit, row: BatchRow, owner: int, result: CheckResult, *, at: int) -> None:
    """Shut a batch's gate again, and have it reviewed as a whole where its labels are ours to redo."""
    outcome: Outcome = "fail"
    because = f"{one.over} of {one.release.name} {one.release.number}: {result.because}"
    results = [result.model_copy(update={"outcome": outcome, "because": because})]
    add_verdict(connection, NewVerdict(row.programme_id, one.over, owner, row.id, outcome, results, at))
    if row.purpose == "production":
        args = {"batch": row.id, "because": because, "where": {}}
        once = f"review:{one.row.id}:{row.id}"
        jobs.enqueue(connection, "remediate", args, programme=row.programme_id, asked_by=owner, once=once)


def _meaning(label: DeliveredLabel, means: Mapping[int, int]) -> DeliveredLabel:
    """A label by the value that stands for all that say the same."""
    return label._replace(value_id=means.get(label.value_id, label.value_id))


def _next_part(
    places: list[int], opened: set[int], said: dict[int, int], labels: dict[int, DeliveredLabel], plan: "Plan"
) -> list[int]:
    if any(key not in said for key in opened):
        return []  # what is open is not judged yet
    defects = sum(said[key] != labels[key].value_id for key in opened)
    return [
        key
        for key in places[: statistics.sampling.fewest_more(plan, n=len(opened), defects=defects)]
        if key not in opened
    ]


def _table(labels: dict[int, DeliveredLabel], places: list[int], said: dict[int, int], plan: "Plan") -> Table:
    """The judged part of a release as measures read it: one row an item, its label as delivered."""
    import numpy as np

    keys = [key for key in places if key in said]
    n = len(keys)
    values = {value: code for code, value in enumerate({*said.values(), *(labels[key].value_id for key in keys)})}
    zeros, ones, none = np.zeros(n, np.int64), np.ones(n, np.bool_), np.full(n, -1, np.int64)
    turn = {key: place for place, key in enumerate(places)}
    frame = len(labels)
    looks = tuple(zip(plan.n, plan.accept, plan.reject, strict=True))
    return Table(
        item=np.arange(n),
        actor=zeros,
        value=np.array([values[labels[key].value_id] for key in keys], np.int64),
        queue=none,
        stratum=zeros,
        stance=np.full(n, STANCES.index("answer"), np.int64),
        reference=np.array([values[said[key]] for key in keys], np.int64),
        probability=np.full(n, len(places) / frame),
        decided=ones,
        first=~ones,
        active_ms=none,
        cost=np.full(n, -1.0),
        items=frame,
        items_decided=frame,
        items_human_only=0,
        human_only_violations=0,
        values=tuple(values),
        bodies={},
        actors=("",),
        queues=QUEUES,
        strata=(RELEASE,),
        strata_sizes=np.array([frame]),
        submitted=ones,
        cell=zeros,
        cell_sizes=(frame,),
        place=np.array([turn[key] for key in keys], np.int64),
        looks=looks,
        frame=frame,
    )
