"""What the record says of a release before it is sealed: everything that the folder cannot count by itself.

A query layer fills it; nothing here is typed by hand twice. Ids are public ids, times are microseconds UTC.
Judgements come with the rows, not here. Names of accountable people (owners, waivers, who cut the release) stand in
clear; authors of judgements appear as pseudonyms only.
"""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from goldloop.core.nouns import Actor, Batch, Evidence, Noun, Origin, Outcome, Programme, Verdict, Waiver
from goldloop.core.policy import Clause
from goldloop.core.rights import SourceKind
from goldloop.core.splits import SplitsDoc

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class Source(Noun):
    """Where a part of the items came from, and under which terms."""

    name: str
    title: str = ""
    origin: Origin = "real"
    kind: SourceKind | None = None
    licence: str | None = None
    consent: str | None = Field(default=None, description="basis on which people's data are in it")
    residency: str | None = None
    retention: float | None = Field(default=None, description="days after which its items are erased")
    contact: str | None = None
    items: int = Field(ge=0)

    def told(self) -> Iterator[tuple[str, str]]:
        """(what, words) of everything that is on record beside name and licence."""
        kept = f"{self.retention:g} days" if self.retention is not None else None
        said = {
            "origin": self.origin,
            "kind": self.kind,
            "consent": self.consent,
            "residency": self.residency,
            "retention": kept,
            "contact": self.contact,
        }
        yield from ((what, words) for what, words in said.items() if words is not None)


class Rights(Noun):
    """Under which terms the data may be used, and whom to ask."""

    licence: str | None = None
    holder: str | None = None
    contact: str | None = None
    residency: str | None = None
    sources: tuple[Source, ...] = ()


class Parent(Noun):
    """An earlier release that this one was made from, by its manifest's digest; why it was withdrawn, if it was."""

    id: str
    name: str
    number: int
    digest: str
    withdrawn: str | None = None


class Reference(Noun):
    """An ontology or guideline release in force."""

    id: str
    name: str
    number: int


class Author(Actor):
    """Someone or something whose judgements stand behind the rows."""

    fingerprint: str | None = Field(default=None, description="digest of what decides a model's answers")


class LedgerHead(Noun):
    """The newest sealed block of the programme's ledger at the time of sealing."""

    number: int
    hash: str
    sealed_at: int


class HumanOnlyProof(Noun):
    """How many rows are human-only, and how many of them lean on a machine or on a simulated person.

    `declared`: of the others, those that people are said to have labelled elsewhere. Nobody here saw them do it.
    """

    items: int = Field(ge=0)
    violations: int = Field(ge=0)
    declared: int = Field(default=0, ge=0)
    because: str

    @property
    def outcome(self) -> Outcome:
        """Fail on any violation. No human-only item at all is a pass: the rule was kept."""
        return "fail" if self.violations else "pass"


class Override(Noun):
    """A waiver that is not part of a verdict, such as one that closed a brief."""

    about: str
    waiver: Waiver


class ClientWord(Noun):
    """How a batch of the release stood with the client when it was sealed; who signs for a client stands in clear."""

    batch: str
    state: Literal["asked", "signed", "disputed"]
    because: str
    by: str | None = None
    organisation: str | None = None
    at: int | None = None


class Withdrawn(Noun):
    """Since when nobody should trust a key any longer, and why."""

    at: int
    because: str


class Key(Noun):
    """One key of a programme: `vouched` is the signature of the key before it, `because` why it was made."""

    fingerprint: str
    public_key: str
    made_at: int
    because: str
    vouched: str | None = None
    withdrawn: Withdrawn | None = None


class ReleaseFacts(Noun):
    """Everything that must be known to seal a dataset release, beside its rows."""

    release_id: str
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    number: int = Field(ge=1)
    sealed_at: int
    sealed_by: str = Field(description="name of the person who cut it")
    programme: Programme
    accountable: str
    policy_number: int
    policy_yaml: str
    ontology: Reference
    guideline: Reference | None = None
    guidelines: tuple[Clause, ...] = ()
    languages: tuple[str, ...] = ()
    description: str = ""
    parents: tuple[Parent, ...] = ()
    batches: tuple[Batch, ...]
    evidence: tuple[Evidence, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    overrides: tuple[Override, ...] = ()
    client: tuple[ClientWord, ...] = ()
    authors: tuple[Author, ...]
    human_only: HumanOnlyProof
    ledger: LedgerHead | None = None
    ledger_unsealed: int = Field(default=0, ge=0, description="events that no block holds yet")
    rights: Rights = Rights()
    splits: SplitsDoc | None = Field(default=None, description="as the programme file declares them")
    keys: tuple[Key, ...] = Field(default=(), description="what the programme signed with, oldest first")

    @model_validator(mode="after")
    def _holds_together(self) -> "ReleaseFacts":
        known = self._unique("evidence", [one.id for one in self.evidence])
        self._unique("verdicts", [one.id for one in self.verdicts])
        self._unique("authors", [one.id for one in self.authors])
        self._unique("batches", [one.id for one in self.batches])
        cited = {key for verdict in self.verdicts for line in verdict.results for key in line.evidence_ids}
        if missing := sorted(cited - known):
            raise ValueError(f"verdicts: they rest on evidence that is not here: {', '.join(missing[:5])}")
        if self.human_only.violations > self.human_only.items:
            raise ValueError("human_only: more violations than items")
        if self.human_only.violations + self.human_only.declared > self.human_only.items:
            raise ValueError("human_only: more rows declared than there are without a violation")
        if any(parent.id == self.release_id for parent in self.parents):
            raise ValueError("parents: a release cannot be its own parent")
        return self

    @staticmethod
    def _unique(what: str, ids: list[str | None]) -> set[str]:
        """The ids as a set; each becomes a file name or a key, so it must be there, plain and there once."""
        kept = {one for one in ids if one and _FILE_NAME.fullmatch(one)}
        if len(kept) != len(ids):
            raise ValueError(f"{what}: every one needs an id of its own, of letters, digits, `_`, `-` and `.`")
        return kept

    def sources_by_name(self) -> tuple[Source, ...]:
        """Where the rows come from, in the order of the names."""
        return tuple(sorted(self.rights.sources, key=lambda one: one.name))

    def waivers(self) -> Iterator[Override]:
        """Every override that this release rests on, those of verdicts first."""
        for verdict in self.verdicts:
            if verdict.waiver is not None:
                yield Override(about=f"gate {verdict.gate} on {verdict.about}", waiver=verdict.waiver)
        yield from self.overrides

    def shut(self) -> tuple[Verdict, ...]:
        """The gates that are not open: the newest verdict of a gate on one thing decides."""
        newest: dict[tuple[str, str], Verdict] = {}
        for verdict in sorted(self.verdicts, key=lambda one: one.decided_at):
            newest[verdict.gate, verdict.about] = verdict
        return tuple(verdict for verdict in newest.values() if not verdict.opens)
