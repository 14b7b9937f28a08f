"""Who answers for the programme, and where somebody else answers for a part of it."""

from pydantic import Field

from goldloop.core.nouns import Noun
from goldloop.core.policy.scalars import Name


class Parts(Noun):
    """Who does what about one obligation whose accountable is its `owner`; what is left out is as for the programme."""

    responsible: tuple[str, ...] | None = None
    consulted: tuple[str, ...] | None = None
    informed: tuple[str, ...] | None = None


class Answers(Parts):
    """Who answers for one obligation, and who does what about it; what is left out is as for the programme."""

    accountable: str | None = None


class Obligations(Noun):
    """Where an obligation is not answered for as the programme is."""

    gates: dict[Name, Parts] = {}
    audits: dict[Name, Parts] = {}
    sla: dict[str, Parts] = Field(default={}, description="by term")
    ontology: Answers = Answers()
    escalation: Answers = Answers()
    calibration: Answers = Answers()
    briefs: dict[Name, Answers] = Field(default={}, description="by source: evaluation, cluster, raci ...")


class Raci(Noun):
    """Who answers for the programme. Exactly one accountable, by sign-in name."""

    accountable: str
    responsible: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    obligations: Obligations = Obligations()
