"""Acceptance: the plan of a gate's sample decides."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from goldloop.checks.reading import latest, normal
from goldloop.core.families import Check, check
from goldloop.core.nouns import CheckResult, Evidence, Spec


@check("acceptance.v1")
class Acceptance(Check):
    """Passes where the acceptance plan of the gate's sample accepts the batch, fails where it rejects it.

    Unknown while the plan still asks for more items. A gate whose sample has a `plan` has this check by itself, with
    the plan's own numbers; nobody has to write it down.
    """

    kind: Literal["fixed", "double", "sequential"] = "sequential"
    aql: float = Field(default=0.01, gt=0, lt=1, description="share of wrong labels that should pass")
    ltpd: float = Field(default=0.05, gt=0, lt=1, description="share of wrong labels that should not pass")
    producer_risk: float = Field(default=0.05, gt=0, lt=1)
    consumer_risk: float = Field(default=0.10, gt=0, lt=1)
    stage: Literal["first", "final"] = "final"

    def needs(self) -> tuple[Spec, ...]:
        """The measure of the same plan."""
        return (normal(Spec(name="acceptance.v1", params=self.model_dump(mode="json"))),)

    def check(self, evidence: Sequence[Evidence]) -> CheckResult:
        """See `Check.check`."""
        found = latest(evidence, self.needs()[0], {})
        if found is None:
            return self.result("unknown", "the audit has not been measured")
        if found.value is None:
            return self.result("unknown", f"nothing is decided: {found.because or 'no reason is given'}", [found])
        if "accepted" not in found.details:
            return self.result("unknown", f"the audit goes on: {found.because}", [found])
        wrong, most = int(found.details["wrong"]), int(found.details["accept_at_most"])
        because = f"{wrong} of {found.n:,} judged labels are wrong; "
        if found.details["accepted"]:
            because += f"at most {most} accept"
        elif wrong > most:
            because += f"{int(found.details['reject_from'])} reject"
        else:
            known, before = int(found.details["known_wrong"]), int(found.details["known_before"])
            still = f"{known:,} of {before:,} that an earlier audit judged are still wrong"
            because += f"at most {most} accept, but {still}, more than {self.ltpd:.1%}: send them back (audit=wrong)"
        return self.result("pass" if found.details["accepted"] else "fail", because, [found])
