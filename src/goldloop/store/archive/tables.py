"""What becomes of every table when a programme leaves: one rule a table, in the order in which an archive is opened.

A row belongs to a programme by the column `of`: its own `programme_id`, or a key of a row that belongs to it. Every
foreign key is moved by what the schema says of it; what the schema cannot say (keys in JSON, ids in sentences) a rule
does. A table without a rule is a defect that a test finds.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Table

from goldloop.store import schema


class Rule(NamedTuple):
    """How the rows of a table leave.

    `keys`: columns that hold keys and are no foreign keys; `lists`: JSON lists of keys; `within`: keys by their names
    inside a JSON document; `told`: columns in which goldloop speaks of rows and people by their ids and names; `blank`:
    what stays behind of a row; `named`: the noun that its public ids begin with.
    """

    table: Table
    of: str
    keys: Mapping[str, str] = {}
    lists: Mapping[str, str] = {}
    within: Mapping[str, Mapping[str, str]] = {}
    told: tuple[str, ...] = ()
    blank: Mapping[str, Any] = {}
    named: str | None = None


PROGRAMME = "programme_id"
LEAVES: tuple[Rule, ...] = (
    Rule(schema.release, PROGRAMME, within={"body": {"batches": "batch"}}, named="release"),
    Rule(schema.release_parent, "release_id"),
    Rule(schema.policy, PROGRAMME),
    Rule(schema.proposal, PROGRAMME, named="proposal"),
    Rule(schema.proposal_word, "proposal_id"),
    Rule(schema.mapping, "ontology_id"),
    Rule(schema.signing_key, PROGRAMME),
    Rule(schema.source, PROGRAMME),
    Rule(schema.take_in, PROGRAMME, told=("people",), blank={"blob": ""}, named="take_in"),
    Rule(schema.reject, "take_in_id"),
    Rule(schema.item, PROGRAMME, named="item"),
    Rule(schema.content, PROGRAMME),
    Rule(schema.unrouted, PROGRAMME),
    Rule(schema.item_parent, "item_id"),
    Rule(schema.item_attribute, "item_id"),
    Rule(schema.human_only, "item_id"),
    Rule(schema.model, PROGRAMME),
    Rule(schema.recalibration, "model_id"),
    Rule(schema.recalibration_use, "model_id"),
    Rule(schema.bound, PROGRAMME, told=("doc",)),
    Rule(schema.comparison, PROGRAMME, told=("doc",), named="comparison"),
    Rule(schema.promotion, PROGRAMME),
    Rule(schema.model_run, PROGRAMME, blank={"job_id": None}),
    Rule(schema.batch, PROGRAMME, named="batch"),
    Rule(
        schema.lane,
        PROGRAMME,
        within={"key": {"programme": "programme", "person": "actor", "under": "release"}},
    ),
    Rule(schema.work, "batch_id", lists={"others": "judgement"}, told=("because",)),
    Rule(schema.judgement, "item_id", lists={"others": "judgement"}, named="judgement"),
    Rule(schema.batch_item, "batch_id"),
    Rule(schema.decision, "batch_id", lists={"judgements": "judgement"}, told=("because",)),
    Rule(schema.progress, "batch_id"),
    Rule(schema.progress_step, "batch_id"),
    Rule(schema.ready, "lane_id", keys={"item_id": "item"}),  # and what is leased: it goes back to its place
    Rule(schema.lapsed, "work_id"),
    Rule(schema.closed, "work_id"),
    Rule(schema.delivery, "batch_id"),
    Rule(schema.draw, "batch_id"),
    Rule(schema.draw_item, "draw_id"),
    Rule(schema.evidence, PROGRAMME, told=("slice", "because", "details"), named="evidence"),
    Rule(schema.verdict, PROGRAMME, told=("results", "contract"), named="verdict"),
    Rule(schema.sign_off, "batch_id", lists={"items": "item"}),
    Rule(schema.gold, "item_id"),
    Rule(schema.gold_item, "release_id"),
    Rule(schema.gold_work, PROGRAMME),
    Rule(schema.calibration, PROGRAMME, told=("because",)),
    Rule(schema.calibration_word, PROGRAMME, told=("because",)),
    Rule(schema.reading, PROGRAMME),
    Rule(schema.withdrawn_precedent, "judgement_id"),
    Rule(schema.contest, PROGRAMME, named="contest"),
    Rule(schema.release_row, PROGRAMME),
    Rule(schema.withdrawn_release, "release_id"),
    Rule(schema.receipt, "release_id"),
    Rule(schema.training_run, PROGRAMME, named="run"),
    Rule(schema.training_run_release, "run_id"),
    Rule(schema.run_result, "run_id"),
    Rule(schema.brief, PROGRAMME, told=("key", "title", "because", "scope"), named="brief"),
    Rule(schema.brief_word, "brief_id", lists={"evidence": "evidence"}, told=("because",)),
    Rule(schema.digest, PROGRAMME, told=("informed", "doc"), named="digest"),
    Rule(schema.plan, PROGRAMME, told=("doc",), named="plan"),
    Rule(schema.statement, PROGRAMME, told=("doc",), within={"doc": {"batch": "batch"}}),
    Rule(schema.opening, PROGRAMME),
    Rule(schema.accepted_terms, PROGRAMME),
    Rule(schema.exposed, PROGRAMME),
    Rule(schema.erased, PROGRAMME),  # its event keeps its key, in the segment that is closed with this archive
)
"""The tables that leave, row by row. On PostgreSQL what a row refers to must be there before it."""

WITH: Mapping[str, str] = {
    "programme": "the programme itself: its name and organisation are said in the manifest",
    "organisation": "by name, where a person or a delivery is of it",
    "actor": "who said or did something: models and rules by name, people as `people` asks for",
    "person": "with who they are: tiers, skills and languages; never pay, residency, clearance or caps on hours",
    "phrase": "by its text: phrases are one for the whole installation",
    "value": "by its text: answers are one for the whole installation",
    "value_label": "with the answer that says it",
    "event": "unchanged, as a closed segment of the ledger",
    "block": "unchanged, as a closed segment of the ledger",
    "segment": "unchanged: segments that were closed before",
    "carried": "which keys of a segment that was closed before are which rows",
    "old_id": "ids that rows had before they came here",
    "lease": "as ready: what somebody holds goes back to its place",
}
"""The tables whose rows leave in members of their own."""

STAYS: Mapping[str, str] = {
    "installation": "secrets of the installation",
    "account": "who signs in here does not sign in there",
    "session": "a sign-in",
    "token": "a sign-in",
    "invitation": "a sign-in",
    "identity": "a sign-in",
    "sign_in_flow": "a sign-in",
    "attempt": "failed sign-ins",
    "browser": "where somebody signed in",
    "offboarding": "what leaving this installation did",
    "member": "seats are given by who opens the archive",
    "roster": "hours are a person's in this installation",
    "worked": "hours are a person's in this installation",
    "leave": "hours are a person's in this installation",
    "device": "a device was stated to this installation",
    "agreed": "who agreed to see harmful content here is asked again there",
    "saved_filter": "a person's own",
    "seen_news": "a person's own",
    "told": "whom an event is told to here",
    "seen_item": "who looked from which address is this installation's",
    "webhook": "addresses and secrets of this installation",
    "vault": "what a token stands for stays where its key is",
    "vault_item": "what a token stands for stays where its key is",
    "cursor": "how far somebody came in a lane: they begin at its top",
    "job": "work of this installation's runners",
    "schedule": "set anew by the programme file",
}
"""The tables of which nothing leaves, and why."""
OF: Mapping[str, Rule] = {rule.table.name: rule for rule in LEAVES}
