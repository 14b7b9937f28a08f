"""Applying a programme file: the policy's next version, with the ontology and guideline releases it puts in force."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import DAY, HOUR
from goldloop.core.errors import Conflict, Forbidden, Invalid
from goldloop.core.families import Check
from goldloop.core.nouns import Spec
from goldloop.core.policy import GateDoc, Policy
from goldloop.core.programme_file import Change, changes, located, read_policy
from goldloop.core.raci import obligation, obligations
from goldloop.judges.trainable import Trainable
from goldloop.loop.acceptance import check_plan
from goldloop.loop.answers import check_answers
from goldloop.programmes.file.promises import can_be_promised
from goldloop.programmes.file.withdrawn import check_sources
from goldloop.store import accounts, ledger
from goldloop.store.access import enter
from goldloop.store.caller import Caller
from goldloop.store.gold import gold_count
from goldloop.store.people import find_organisation, grant
from goldloop.store.programmes import add_policy, add_programme, find_programme, policy_in_force
from goldloop.store.releases import add_release, newest_release
from goldloop.store.schedules import set_schedule, unset_schedule

T = TypeVar("T")
V = TypeVar("V")


class Applied(NamedTuple):
    """What applying a file did, or would do."""

    programme_id: int | None
    number: int
    changed: bool
    changes: list[Change]


def apply(
    connection: Connection,
    caller: Caller,
    text: str,
    *,
    at: int,
    name: str = "programme.yaml",
    dry_run: bool = False,
    reviewed: bool = False,
) -> Applied:
    """Put a programme file in force; the same file a second time changes nothing.

    `reviewed`: the consulted experts have approved what the file changes of the ontology and the guidelines.
    Raises Invalid with the line for a file that cannot work, Forbidden for who may not change the programme, Conflict
    where experts are consulted and have not been.
    """
    doc = read_policy(text, name=name)
    row = find_programme(connection, doc.programme)
    try:
        _can_run(connection, doc)
        _is_answered_for(connection, doc)
        if doc.sla is not None:
            can_be_promised(connection, doc, doc.sla)
        _has_gold(connection, row.id if row is not None else None, doc)
    except Invalid as error:
        raise located(error, text, name) from error
    if row is None:
        caller.require_owner()
        found = changes(None, doc)
        if dry_run:
            return Applied(None, 1, True, found)
        organisation = find_organisation(connection, doc.organisation)
        assert organisation is not None
        programme_id = add_programme(connection, doc.programme, organisation, at=at)
        grant(connection, programme_id, caller.actor_id, "manager", (3,), by=caller.actor_id, at=at)
    else:
        programme_id = row.id
        enter(caller, programme_id, "apply", Forbidden("another programme has this name", field="programme"))
        before = policy_in_force(connection, programme_id)
        found = changes(before.policy, doc)
        if not found or dry_run:
            return Applied(programme_id, before.number + bool(found), bool(found), found)
        if not reviewed:
            _is_not_reviewed(before.policy, doc)
    number = _put_in_force(connection, caller, programme_id, text, doc, at=at)
    keep_schedules(connection, programme_id, doc, before.policy if row is not None else None, at=at)
    ledger.record(
        connection,
        "policy.applied",
        programme=programme_id,
        actor=caller.actor_id,
        subject=str(number),
        data={"number": number, "changes": [change.path for change in found]},
        at=at,
    )
    check_answers(connection, programme_id, at=at, opens=False)
    check_sources(connection, programme_id, at=at)
    return Applied(programme_id, number, True, found)


def keep_schedules(connection: Connection, programme_id: int, doc: Policy, before: Policy | None, *, at: int) -> None:
    """Have everything looked after that a programme file declares, and nothing that only the one before declared."""
    _schedule_audits(connection, programme_id, doc, before, at=at)
    _schedule_sla(connection, programme_id, doc, at=at)
    _schedule_retention(connection, programme_id, doc, at=at)
    _schedule_masking(connection, programme_id, doc, at=at)
    args = {"programme": programme_id}
    set_schedule(connection, f"raci:{programme_id}", "raci", args, every=DAY, first_at=at + DAY)
    every, first = doc.next_look(at)
    set_schedule(connection, f"rhythm:{programme_id}", "rhythm", args, every=every, first_at=first)


def _is_not_reviewed(before: Policy, doc: Policy) -> None:
    """Raise Conflict where the programme consults experts on what the file changes of its labels."""
    same = (before.ontology, before.guidelines) == (doc.ontology, doc.guidelines)
    consulted = obligation(before, "ontology").consulted
    if consulted and not same:
        raise Conflict(
            "this programme's ontology and guidelines are reviewed before they are used",
            field="ontology" if before.ontology != doc.ontology else "guidelines",
            expected=f"goldloop ontology propose, and the approval of {' or '.join(consulted)}",
            found="a change applied directly",
        )


def _put_in_force(connection: Connection, caller: Caller, programme_id: int, text: str, doc: Policy, *, at: int) -> int:
    ontology = canonical({"labels": [label.model_dump(mode="json") for label in doc.ontology.labels]})
    guidelines = canonical({"clauses": [clause.model_dump(mode="json") for clause in doc.guidelines]})
    return add_policy(
        connection,
        programme_id,
        text,
        doc,
        ontology_id=_release(connection, caller, programme_id, "ontology", ontology, at=at),
        guideline_id=_release(connection, caller, programme_id, "guideline", guidelines, at=at),
        by=caller.actor_id,
        at=at,
    )


def _release(connection: Connection, caller: Caller, programme_id: int, kind: str, body: str, *, at: int) -> int:
    """The release of this body: the newest one where it is the same, else the next, which has it as its parent."""
    newest = newest_release(connection, programme_id, kind, kind)
    if newest is not None and newest.body == body:
        return newest.id
    parents = [newest.id] if newest is not None else []
    return add_release(connection, programme_id, kind, kind, body, by=caller.actor_id, at=at, parents=parents)


def _can_run(connection: Connection, doc: Policy) -> None:
    """Refuse what the file cannot know: kinds that are not installed, people and organisations that are not there."""
    task = families.task.build(doc.task)
    if task.people_only and doc.models:
        raise Invalid(
            f"only people may say {doc.task.name}: what a machine prefers is another task",
            field="models",
            expected="no models",
            found=", ".join(doc.models),
        )
    for name, model in doc.models.items():
        kind = families.judge.kind(model.judge.name)
        if not issubclass(kind, Trainable):
            families.judge.build(model.judge)
        elif unknown := sorted(set(model.judge.params) - set(kind.model_fields)):
            raise Invalid("unknown parameter of a judge", field=f"models.{name}.judge", found=", ".join(unknown))
    for name, gate in doc.gates.items():
        _gate_can_open(name, gate, batch=doc.batches.size)
    for name, audit in doc.audits.items():
        _at(f"audits.{name}.plan", check_plan, audit.plan)
    if find_organisation(connection, doc.organisation) is None:
        raise Invalid(
            "there is no such organisation",
            field="organisation",
            expected="its name: goldloop organisation add",
            found=doc.organisation,
        )


def _is_answered_for(connection: Connection, doc: Policy) -> None:
    """Refuse an obligation that nobody, or somebody of a provider, is accountable for, and names that nobody has."""
    known = {one.name: one for one in accounts.accounts(connection)}
    for one in obligations(doc):
        for part, name in one.named():
            if name not in known:
                raise Invalid(
                    "there is no account of this name", field=one.where(part), expected="a sign-in name", found=name
                )
        if known[one.accountable].disabled_at is not None:
            raise Invalid(
                f"who is accountable for {one.name} has left",
                field=one.at,
                expected="somebody who is there",
                found=one.accountable,
            )
        if known[one.accountable].organisation_kind != "enterprise":
            raise Invalid(
                f"who is accountable for {one.name} belongs to the enterprise, never to a provider",
                field=one.at,
                expected="a person of an enterprise",
                found=one.accountable,
            )


def _gate_can_open(name: str, gate: GateDoc, *, batch: int) -> None:
    """Refuse a gate that no batch could ever pass, and a contract that asks for more than our own floor."""
    judged = 0
    if gate.sample is not None:
        judged = min(batch, gate.sample.size or _at(f"gates.{name}.sample.plan", check_plan, gate.sample.plan))
    for part, specs in (("checks", gate.checks), ("failed_batch", gate.failed_batch)):
        built = [_at(f"gates.{name}.{part}.{n}", _check, spec) for n, spec in enumerate(specs)]
        for n, one in enumerate(built):
            because = one.unprovable(judged=judged, batch=batch) if judged else None
            if because:
                raise Invalid(because, field=f"gates.{name}.{part}.{n}", expected="a larger sample, or a lower line")
            if because := one.impossible(built[:n]):
                raise Invalid(because, field=f"gates.{name}.{part}.{n}", expected="a line that a batch can reach")
    for n, spec in enumerate(gate.failed_batch):
        line = families.check.build(spec)
        if any(line.stricter_than(families.check.build(ours)) for ours in gate.checks):
            raise Invalid(
                "the contract's failed-batch line asks for more than the release floor",
                field=f"gates.{name}.failed_batch.{n}",
                expected="a line at or below our own",
            )


def _check(spec: Spec) -> Check:
    """A check that is declared, whose measures exist."""
    built = families.check.build(spec)
    for wanted in built.needs():
        families.measure.build(wanted)
    return built


def _at(field: str, make: Callable[[V], T], value: V) -> T:
    """Make something of a value of the file; what is wrong with it is told with where it stands."""
    try:
        return make(value)
    except Invalid as error:
        raise Invalid(error.message, field=field, expected=error.expected, found=error.found) from error


def _schedule_sla(connection: Connection, programme_id: int, doc: Policy, *, at: int) -> None:
    """Have what is promised evaluated each night, an hour after midnight of its calendar."""
    name = f"sla:{programme_id}"
    if doc.sla is None:
        unset_schedule(connection, name)
        return
    time = doc.sla.calendar
    night = time.begins(time.local_day(at + DAY)) + HOUR
    set_schedule(connection, name, "sla", {"programme": programme_id}, every=DAY, first_at=night)


def _schedule_retention(connection: Connection, programme_id: int, doc: Policy, *, at: int) -> None:
    """Have what is too old erased every day, from the next hour on."""
    name = f"retain:{programme_id}"
    if doc.protection.retention.any or any(one.retention for one in doc.sources.values()):
        set_schedule(connection, name, "retain", {"programme": programme_id}, every=DAY, first_at=at + HOUR)
    else:
        unset_schedule(connection, name)


def _schedule_masking(connection: Connection, programme_id: int, doc: Policy, *, at: int) -> None:
    """Have the audit of masking looked after each hour: it draws when it is due, and concludes what was read."""
    name, pii = f"masking:{programme_id}", doc.protection.pii
    if pii is not None and pii.audit is not None:
        set_schedule(connection, name, "audit_masking", {"programme": programme_id}, every=HOUR, first_at=at + HOUR)
    else:
        unset_schedule(connection, name)


def _has_gold(connection: Connection, programme_id: int | None, doc: Policy) -> None:
    """Refuse an exam whose gold is not there, or is too little for the longest exam."""
    wanted = doc.calibration
    if wanted is None:
        return
    found = newest_release(connection, programme_id, "gold", wanted.gold) if programme_id is not None else None
    if found is None:
        raise Invalid(
            "there is no such gold release",
            field="calibration.gold",
            expected="one that was sealed before: goldloop gold seal",
            found=wanted.gold,
        )
    held = gold_count(connection, found.id)
    if held.items - held.withdrawn < wanted.exam.most:
        raise Invalid(
            "this gold release is too small for the exam",
            field="calibration.exam.limit",
            expected=f"at least {wanted.exam.most} items of gold",
            found=str(held.items - held.withdrawn),
        )


def _schedule_audits(connection: Connection, programme_id: int, doc: Policy, before: Policy | None, *, at: int) -> None:
    """Have every declared audit looked after each hour: it draws when it is due, and goes on where it is open."""
    for name in (before.audits if before else {}).keys() - doc.audits.keys():
        unset_schedule(connection, f"audit:{programme_id}:{name}")
    for name in doc.audits:
        args = {"programme": programme_id, "audit": name}
        set_schedule(connection, f"audit:{programme_id}:{name}", "audit", args, every=HOUR, first_at=at + HOUR)
