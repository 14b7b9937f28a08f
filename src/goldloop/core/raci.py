"""Who answers for what: every obligation of a programme file with its accountable and the parts of others. Pure."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from goldloop.core.policy import Answers, Parts, Policy

PARTS = ("accountable", "responsible", "consulted", "informed")


class Obligation(NamedTuple):
    """One thing that somebody answers for. `at` is where the file says who is accountable."""

    name: str
    accountable: str
    responsible: tuple[str, ...]
    consulted: tuple[str, ...]
    informed: tuple[str, ...]
    at: str

    def named(self) -> Iterator[tuple[str, str]]:
        """(part, sign-in name) of everybody in it."""
        yield "accountable", self.accountable
        for part in PARTS[1:]:
            for name in getattr(self, part):
                yield part, name

    def where(self, part: str) -> str:
        """Where the file says, or could say, who has a part in it."""
        if part == "accountable":
            return self.at
        return f"raci.{part}" if self.name == "programme" else f"raci.obligations.{self.name}.{part}"


def obligations(policy: Policy) -> list[Obligation]:
    """Everything that somebody answers for: the programme, then what it declares."""
    raci, special = policy.raci, policy.raci.obligations
    whole = Obligation(
        "programme", raci.accountable, raci.responsible, raci.consulted, raci.informed, "raci.accountable"
    )
    owners: Mapping[str, Mapping[str, str]] = {
        "gates": {name: gate.owner for name, gate in policy.gates.items()},
        "audits": {name: audit.owner for name, audit in policy.audits.items()},
        "sla": {name: term.owner for name, term in (policy.sla.terms if policy.sla else {}).items()},
    }
    out = [whole]
    for kind, declared in owners.items():
        parts: Mapping[str, Parts] = getattr(special, kind)
        where = "sla.terms" if kind == "sla" else kind
        for name, owner in declared.items():
            at = f"{where}.{name}.owner"
            out.append(_of(whole, f"{kind}.{name}", owner, parts.get(name, Parts()), at))
    single: dict[str, Answers] = {"ontology": special.ontology, "escalation": special.escalation}
    if policy.calibration is not None:
        single["calibration"] = special.calibration
    single |= {f"briefs.{source}": answers for source, answers in special.briefs.items()}
    for name, answers in single.items():
        at = f"raci.obligations.{name}.accountable" if answers.accountable else whole.at
        out.append(_of(whole, name, answers.accountable or whole.accountable, answers, at))
    return out


def obligation(policy: Policy, name: str) -> Obligation:
    """An obligation by name; what has none of its own is answered for as the programme is."""
    found = {one.name: one for one in obligations(policy)}
    return found.get(name, found["programme"])


def _of(whole: Obligation, name: str, accountable: str, parts: Parts, at: str) -> Obligation:
    def part(given: tuple[str, ...] | None, usual: tuple[str, ...]) -> tuple[str, ...]:
        return usual if given is None else given

    return Obligation(
        name,
        accountable,
        part(parts.responsible, whole.responsible),
        part(parts.consulted, whole.consulted),
        part(parts.informed, whole.informed),
        at,
    )
