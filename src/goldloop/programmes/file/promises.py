"""What a programme may promise: an agreement whose terms its own gates can measure, prove and keep."""

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core import families
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Spec
from goldloop.core.policy import GateDoc, Policy
from goldloop.core.sla import FloorTerm, SlaDoc
from goldloop.loop.acceptance import check_plan
from goldloop.store import accounts

LEVEL = 0.95  # of the exact limits of answers to gold


def can_be_promised(connection: Connection, doc: Policy, sla: SlaDoc) -> None:
    """Raise Invalid, with the key as its field, for a promise that no sample proves or that our own gate may break."""
    for name, term in sla.terms.items():
        at = f"sla.terms.{name}"
        owner = accounts.account_of_actor(connection, accounts.actor_of_account(connection, term.owner))
        if owner is None or owner.organisation_kind != "enterprise":
            raise Invalid(
                "who answers for a promise belongs to the enterprise, never to a provider",
                field=f"{at}.owner",
                expected="a person of an enterprise",
                found=term.owner,
            )
        if isinstance(term, FloorTerm):
            if term.gold is not None:
                _gold_can_prove(at, term, batch=doc.batches.size)
                continue
            families.measure.build(term.of)
            for gate in doc.gates_of_batches:
                _can_be_kept(at, term, gate, batch=doc.batches.size)


def _gold_can_prove(at: str, term: FloorTerm, *, batch: int) -> None:
    """Refuse a floor whose lower limit no sample of the promised size reaches, even where every answer is right."""
    judged = int((term.share or 0) * batch)
    needed = statistics.sampling.size_for_floor(term.at, level=LEVEL).n
    if term.bound == "lower" and (needed is None or needed > judged):
        raise Invalid(
            f"no {judged:,} answers to gold can prove {term.at:g} of a batch of {batch:,}",
            field=f"{at}.at",
            expected=f"at least {needed:,} answers" if needed is not None else "a lower floor",
            found=f"{judged:,} answers",
        )


def _can_be_kept(at: str, term: FloorTerm, gate: GateDoc, *, batch: int) -> None:
    judged = 0
    if gate.sample is not None:
        judged = min(batch, gate.sample.size or check_plan(gate.sample.plan))
    if judged and term.promise == "accuracy":
        needed = families.measure.build(term.of).needed(term.at, batch=batch)
        if needed is not None and needed > judged:
            raise Invalid(
                f"no sample of {judged:,} can prove {term.of.name} {term.at:g} of a batch of {batch:,}",
                field=f"{at}.at",
                expected=f"a gate that judges at least {needed:,} items, or a lower floor",
                found=f"{judged:,} judged items",
            )
        if term.share is not None and term.share * batch > judged:
            raise Invalid(
                f"{term.share:.1%} of a batch of {batch:,} is promised to be sampled",
                field=f"{at}.share",
                expected=f"a gate that judges at least {-int(-term.share * batch // 1):,} items",
                found=f"{judged:,} judged items",
            )
    promised = families.check.build(Spec(name="floor.v1", params=_floor(term)))
    for spec in gate.checks:
        if promised.stricter_than(families.check.build(spec)):
            raise Invalid(
                "more is promised than the gate asks for: a batch that passes it could break the promise",
                field=f"{at}.at",
                expected="a floor at or below the gate's own",
                found=f"{term.at:g}",
            )


def _floor(term: FloorTerm) -> dict[str, object]:
    return {"of": term.of.model_dump(mode="json"), "at": term.at, "bound": term.bound}
