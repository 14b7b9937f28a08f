"""Ontology and guidelines on their way into force: proposed, discussed, approved by who is consulted, published.

What was said before stays as it was said. The plan of a proposal says how it is read from then on: by rule, or by a
person, whose work a job opens (`rereview.py`).
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.migration import LabelChange, Step, check_plan, label_changes
from goldloop.core.ontology import Ontology
from goldloop.core.parts import blocks, with_parts, without
from goldloop.core.policy import Policy
from goldloop.core.programme_file import Change, changes, read_policy
from goldloop.core.raci import obligation
from goldloop.programmes.file.apply import Applied, apply
from goldloop.programmes.governance.rules import Stance, Standing, check_readable, check_word, standing
from goldloop.store import accounts, impact, jobs, ledger, news
from goldloop.store.caller import Caller
from goldloop.store.programmes import PolicyRow, in_force, policy_in_force, policy_row, policy_text
from goldloop.store.proposals import ProposalRow, Word, add_mapping, add_proposal, add_word, proposal_row, words
from goldloop.store.releases import releases

PARTS = ("ontology", "guidelines")


class Draft(NamedTuple):
    """A file as it was proposed: what would be applied, what differs, and the plan for what was said before."""

    yaml: str
    doc: Policy
    steps: tuple[Step, ...]
    changes: list[Change]
    labels: list[LabelChange]


class Impact(NamedTuple):
    """What a plan touches: `reviewed` and `mapped` count accepted labels.

    `said` and `said_in` are the judgements that say a label, by person and by batch.
    """

    accepted: list[impact.Touched]
    said: list[impact.Touched]
    said_in: list[impact.Touched]
    mapped: int
    reviewed: int


def draft(connection: Connection, policy: PolicyRow, text: str, *, name: str) -> Draft:
    """Read a proposal: a whole programme file, or just its `ontology` or `guidelines`, with a `migration`.

    Raises Invalid for a file or a plan that cannot work, Conflict where nothing of the labels differs.
    """
    text, listed = without(text, "migration", name=name)
    keys = set(blocks(text, name=name))
    if "programme" not in keys:
        if strange := sorted(keys - set(PARTS)):
            raise Invalid(
                "a proposal is a programme file, or its ontology and guidelines",
                field=name,
                expected="ontology, guidelines, migration",
                found=", ".join(strange)[:80],
            )
        text = with_parts(policy_text(connection, policy.programme_id, policy.number), text, name=name)
    doc = read_policy(text, name=name)
    if doc.programme != policy.policy.programme:
        raise Invalid(
            "this is the file of another programme",
            field="programme",
            expected=policy.policy.programme,
            found=doc.programme,
        )
    if (doc.ontology, doc.guidelines) == (policy.policy.ontology, policy.policy.guidelines):
        raise Conflict("there is nothing to review", expected="a changed ontology or changed guidelines", found="none")
    steps = _steps(listed)
    check_readable(families.task.build(doc.task), steps)
    old, new = policy.policy.labels, doc.labels
    check_plan(old, new, steps, retired=_retired(connection, policy.programme_id))
    return Draft(text, doc, steps, changes(policy.policy, doc), label_changes(old, new, steps))


def propose(
    connection: Connection, caller: Caller, policy: PolicyRow, text: str, *, name: str, note: str, at: int
) -> int:
    """Write a proposal down; its key."""
    new = draft(connection, policy, text, name=name)
    apply(connection, caller, new.yaml, name=name, at=at, dry_run=True)  # what could not be applied is not proposed
    key = add_proposal(
        connection,
        policy.programme_id,
        policy.id,
        yaml=new.yaml,
        plan=canonical([step.model_dump(mode="json", by_alias=True) for step in new.steps]),
        note=note.strip(),
        by=caller.actor_id,
        at=at,
    )
    data = {"changes": [one.path for one in new.changes]}
    made = ledger.NewEvent("proposal.made", policy.programme_id, caller.actor_id, str(key), data, at)
    consulted, _ = consulted_by(connection, policy.programme_id)
    asked = [actor_id for actor_id in consulted if actor_id != caller.actor_id]  # nobody approves their own
    news.tell(connection, ledger.record_one(connection, made), asked)
    return key


def say(connection: Connection, caller: Caller, row: ProposalRow, stance: Stance, text: str, *, at: int) -> Standing:
    """Comment on a proposal, approve it, refuse it, or withdraw it; where it stands then."""
    row = proposal_row(connection, row.id, lock=True)
    consulted, names = consulted_by(connection, row.programme_id)
    now = stands(connection, row)
    check_word(now, stance, text, actor=caller.actor_id, consulted=consulted, author=row.proposed_by, names=names)
    add_word(connection, row.id, caller.actor_id, stance, text.strip(), at=at)
    _record(connection, row.programme_id, caller, "proposal.word", row.id, {"stance": stance}, at=at)
    return stands(connection, row)


def publish(connection: Connection, caller: Caller, row: ProposalRow, *, at: int) -> Applied:
    """Put an approved proposal in force with its plan, and queue the work of looking again. Raises Conflict."""
    row = proposal_row(connection, row.id, lock=True)
    now = stands(connection, row)
    if now.state != "approved":
        raise Conflict(
            "this proposal is not approved", expected="the approval of a consulted expert", found=now.because
        )
    done = apply(connection, caller, row.yaml, name="proposal.yaml", at=at, reviewed=True)
    steps = plan_of(row)
    ontology_id = in_force(connection, row.programme_id).ontology_id
    add_mapping(connection, ontology_id, [(step.label, step.to) for step in steps])
    add_word(connection, row.id, caller.actor_id, "publish", "", at=at)
    experts = [word.actor_id for word in said_of(connection, row) if word.stance == "approve"]
    data = {"ontology": ontology_id, "version": done.number, "approved_by": experts, "plan": json.loads(row.plan)}
    _record(connection, row.programme_id, caller, "proposal.published", row.id, data, at=at)
    if any(step.review for step in steps):
        queue_review(connection, row.programme_id, ontology_id, by=caller.actor_id)
    return done


def queue_review(connection: Connection, programme_id: int, ontology_id: int, *, by: int) -> int:
    """Queue the job that opens the work of looking again; its key."""
    args = {"programme": programme_id, "ontology": ontology_id}
    return jobs.enqueue(connection, "rereview", args, programme=programme_id, asked_by=by)


def stands(connection: Connection, row: ProposalRow) -> Standing:
    """Where a proposal stands."""
    consulted, _ = consulted_by(connection, row.programme_id)
    overtaken = in_force(connection, row.programme_id).id != row.policy_id
    return standing(said_of(connection, row), consulted=consulted, author=row.proposed_by, overtaken=overtaken)


def consulted_by(connection: Connection, programme_id: int) -> tuple[list[int], tuple[str, ...]]:
    """The experts that a programme consults: as actors, and by sign-in name."""
    names = obligation(policy_in_force(connection, programme_id).policy, "ontology").consulted
    return [accounts.actor_of_account(connection, name) for name in names], names


def said_of(connection: Connection, row: ProposalRow) -> list[Word]:
    """What was said of a proposal, in order."""
    return words(connection, [row.id])[row.id]


def plan_of(row: ProposalRow) -> list[Step]:
    """The plan of a proposal."""
    return [Step.model_validate(one) for one in json.loads(row.plan)]


def differences(connection: Connection, row: ProposalRow) -> tuple[list[Change], list[LabelChange]]:
    """What a proposal changes of the file it was made for, and of its labels."""
    before, doc = policy_row(connection, row.policy_id).policy, read_policy(row.yaml)
    return changes(before, doc), label_changes(before.labels, doc.labels, plan_of(row))


def impact_of(connection: Connection, programme_id: int, steps: Sequence[Step]) -> Impact:
    """How many labels a plan touches, whose, and in which batches."""
    labels = {step.label: step for step in steps}
    accepted = impact.accepted(connection, programme_id, list(labels)) if labels else []
    said = impact.said(connection, programme_id, list(labels)) if labels else impact.Said([], [])
    reviewed = sum(one.labels for one in accepted if labels[one.label].review)
    mapped = sum(one.labels for one in accepted) - reviewed
    return Impact(accepted, said.by_person, said.by_batch, mapped, reviewed)


def _steps(listed: Any) -> tuple[Step, ...]:
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise Invalid(
            "a plan is a list", field="migration", expected="- {from: LABEL, to: LABEL}", found=repr(listed)[:80]
        )
    out = []
    for n, one in enumerate(listed):
        try:
            out.append(Step.model_validate(one))
        except ValidationError as error:
            first = error.errors()[0]
            at = ".".join(str(part) for part in ("migration", n, *first["loc"]))
            raise Invalid(
                "this line of the plan cannot be read", field=at, expected=first["msg"], found=repr(one)[:80]
            ) from error
    return tuple(out)


def _retired(connection: Connection, programme_id: int) -> set[str]:
    """Ids of every label that any ontology release of a programme has had."""
    bodies = [row.body for row in releases(connection, programme_id, "ontology")]
    return {label.id for body in bodies for label in Ontology.model_validate_json(body).labels}


def _record(
    connection: Connection, programme_id: int, caller: Caller, kind: str, key: int, data: dict[str, Any], *, at: int
) -> None:
    ledger.record(connection, kind, programme=programme_id, actor=caller.actor_id, subject=str(key), data=data, at=at)
