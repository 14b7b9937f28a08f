"""The programme file as nouns: scope, RACI, task, ontology, models, routing, consensus, gates; a module a subject.

One declarative document, validated whole: unknown keys and policies that cannot work are refused. Conditions are
structured fields, not code. `programme_file.py` reads it from YAML and names the line of a mistake.
"""

from goldloop.core.policy.calibration import Calibration, Exam, Probes
from goldloop.core.policy.coverage import MOST_TARGETS, CoverageDoc
from goldloop.core.policy.gates import AuditDoc, GateDoc, PlanDoc, Sample
from goldloop.core.policy.human_only import HumanOnlyDoc, HumanOnlyRule
from goldloop.core.policy.money import Budget, TierDoc
from goldloop.core.policy.ontology import Clause, OntologyDoc
from goldloop.core.policy.programme import DRAWN_BELOW, Policy
from goldloop.core.policy.raci import Answers, Obligations, Parts, Raci
from goldloop.core.policy.rhythm import Batches, Briefs, Rhythm
from goldloop.core.policy.routing import Blind, ModelDoc, Range, RouteRule, Routing, When, slices_hold
from goldloop.core.policy.rulings import ERRORS, USUAL, Consensus, ErrorKind, Escalation
from goldloop.core.policy.scalars import Name, Share, Tier
from goldloop.core.spec_field import SpecField

__all__ = [
    "DRAWN_BELOW",
    "ERRORS",
    "MOST_TARGETS",
    "USUAL",
    "Answers",
    "AuditDoc",
    "Batches",
    "Blind",
    "Briefs",
    "Budget",
    "Calibration",
    "Clause",
    "Consensus",
    "CoverageDoc",
    "ErrorKind",
    "Escalation",
    "Exam",
    "GateDoc",
    "HumanOnlyDoc",
    "HumanOnlyRule",
    "ModelDoc",
    "Name",
    "Obligations",
    "OntologyDoc",
    "Parts",
    "PlanDoc",
    "Policy",
    "Probes",
    "Raci",
    "Range",
    "Rhythm",
    "RouteRule",
    "Routing",
    "Sample",
    "Share",
    "SpecField",
    "Tier",
    "TierDoc",
    "When",
    "slices_hold",
]
