"""Programmes: the file that declares one, its versions, and who works on it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address
from goldloop.core.nouns import Evidence, Role


class ProgrammeRow(Row):
    """A programme with its numbers: items, batches, how far they are, and what was last measured."""

    id: str
    name: str
    title: str
    organisation: str = ""
    number: int
    items: int | None = None
    batches: int | None = None
    decided: int | None = None
    queues: dict[str, int] = {}
    accuracy: Evidence | None = None
    agreement: Evidence | None = None
    gate: str | None = None


class Change(Row):
    """One difference between two versions of a programme file."""

    path: str
    old: Any = None
    new: Any = None


class Applied(Row):
    """What applying a programme file did, or would do; `programme` is None while there is none yet."""

    programme: ProgrammeRow | None = None
    changed: bool
    diff: tuple[Change, ...] = ()


class Version(Row):
    """One line of a policy's history."""

    number: int


class Member(Row):
    """A role of a person in a programme, with the tiers they work at."""

    actor_id: str
    name: str
    role: str
    tiers: tuple[int, ...] = ()
    simulated: bool = False


class ProgrammeView(Row):
    """A programme with its file and its state; `ontology_id` and `guideline_id` are the releases in force.

    `may` are the doors that are open to who asks.
    """

    programme: ProgrammeRow
    yaml: str
    ontology_id: str
    guideline_id: str | None = None
    policy: dict[str, Any] = {}
    queues: tuple[dict[str, Any], ...] = ()
    may: tuple[str, ...] = ()


class LabelRow(Row):
    """An entry of an ontology."""

    id: str
    name: str
    parent: str | None = None
    human_only: bool = False
    selectable: bool = True


class OntologyView(Row):
    """The labels of one ontology release, with the guidelines beside them."""

    id: str
    labels: tuple[LabelRow, ...]
    guidelines: tuple[dict[str, Any], ...] = ()


class Lost(Row):
    """What a format could not carry, and of how many rows."""

    what: str
    rows: int


class LabelsWritten(Row):
    """What a file of labels holds."""

    rows: int
    losses: tuple[Lost, ...] = ()


class Programmes:
    """`client.programmes`. A programme is meant by its id or its name."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self) -> list[ProgrammeRow]:
        """Every programme that one may see."""
        return list(self._wire.rows(ProgrammeRow, "programmes"))

    def get(self, programme: str) -> ProgrammeView:
        """One programme. Raises NotFound."""
        return self._wire.one(ProgrammeView, "GET", address("programmes", programme))

    def apply(self, yaml: str, *, name: str = "programme.yaml") -> Applied:
        """Put a programme file in force; the same file a second time changes nothing.

        Raises Invalid, in which a mistake stands as `name:line`.
        """
        return self._wire.one(Applied, "PUT", "programmes", json={"yaml": yaml, "name": name})

    def diff(self, yaml: str, *, name: str = "programme.yaml") -> Applied:
        """What applying a programme file would change."""
        return self._wire.one(Applied, "POST", "programmes/diff", json={"yaml": yaml, "name": name}, again=True)

    def overview(self, programme: str) -> dict[str, Any]:
        """Where it stands: routing to outcome, queue ages and forecast, cost by tier, open findings."""
        found: dict[str, Any] = self._wire.ask("GET", address("programmes", programme, "overview"))
        return found

    def draft_labels(self, programme: str, labels: Sequence[Any], guidelines: Sequence[Any] = ()) -> dict[str, Any]:
        """The programme file with these labels and clauses, and what differs; `apply` puts it in force."""
        asked = {"labels": list(labels), "guidelines": list(guidelines)}
        path = address("programmes", programme, "ontology", "draft")
        drafted: dict[str, Any] = self._wire.ask("POST", path, json=asked)
        return drafted

    def versions(self, programme: str) -> list[Version]:
        """The history of the policy, newest first."""
        return list(self._wire.rows(Version, address("programmes", programme, "versions")))

    def members(self, programme: str) -> list[Member]:
        """Who has a role in the programme."""
        return list(self._wire.rows(Member, address("programmes", programme, "members")))

    def staff(self, programme: str, actor_id: str, role: Role, *, tiers: Sequence[int] = ()) -> None:
        """Give a person a role, and the tiers they work at."""
        asked = {"actor_id": actor_id, "role": role, "tiers": list(tiers)}
        self._wire.ask("PUT", address("programmes", programme, "members"), json=asked)

    def dismiss(self, programme: str, actor_id: str) -> None:
        """Take a person's roles in the programme away."""
        self._wire.ask("DELETE", address("programmes", programme, "members", actor_id))

    def rebuild(self, programme: str) -> Job:
        """Make every decision anew from the judgements, as a job; its result counts what was wrong."""
        return self._wire.one(Job, "POST", address("programmes", programme, "rebuild"))

    def labels(
        self, programme: str, file: Path, *, kind: str = "jsonl.v1", batch_ids: Sequence[str] = ()
    ) -> LabelsWritten:
        """Write the accepted labels as they stand to a file, of all batches or of some: no gate, no seal, no proof.

        `kind` is an exporter; one that writes several files makes a zip. Raises Conflict where nothing is labelled.
        """
        path, asked = address("programmes", programme, "labels"), {"as": kind, "batch_id": list(batch_ids)}
        headers = self._wire.download(path, file, params=asked)
        losses = [Lost.model_validate(one) for one in json.loads(headers["x-goldloop-losses"])]
        return LabelsWritten(rows=int(headers["x-goldloop-rows"]), losses=tuple(losses))

    def ontology(self, ontology_id: str) -> OntologyView:
        """An ontology release."""
        return self._wire.one(OntologyView, "GET", address("ontologies", ontology_id))
