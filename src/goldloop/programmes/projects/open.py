"""Bringing a project in after it was looked through: its file in force, its authors answered for, its take-in begun."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.errors import Conflict, Forbidden, Invalid
from goldloop.core.nouns import Spec
from goldloop.loop.whose import People, check_people
from goldloop.programmes.file.apply import apply
from goldloop.store import jobs, ledger, take_ins
from goldloop.store.access import enter
from goldloop.store.caller import Caller
from goldloop.store.programmes import find_programme, policy_in_force

SOURCE = "project"


class Opened(NamedTuple):
    """The programme, its take-in, and the job that does it."""

    programme_id: int
    take_in_id: int
    job_id: int


def open_project(
    connection: Connection,
    caller: Caller,
    found: Mapping[str, Any],
    blob: str,
    people: People,
    *,
    yaml: str | None,
    at: int,
) -> Opened:
    """Apply the programme file where there is no such programme yet, and queue the take-in.

    `found` is the survey's result, `blob` the programme's own copy of its file. Raises Conflict naming an author of
    whom nobody said whether they are the person here who has their name.
    """
    row = find_programme(connection, found["programme"])
    if row is None:
        done = apply(connection, caller, yaml or found["yaml"] or "", at=at)
        row = find_programme(connection, found["programme"])
        if row is None:
            raise Invalid(
                "the file declares another programme than the one that was looked at",
                field="yaml",
                expected=f"programme: {found['programme']}",
                found=f"number {done.number} of another",
            )
    else:
        enter(caller, row.id, "import", Forbidden("another programme has this name", field="programme"))
        policy_in_force(connection, row.id)
    _answered(connection, row.id, row.organisation_id, found["authors"], people)
    source_id = take_ins.source_key(connection, row.id, SOURCE)
    key = take_ins.begin(
        connection,
        take_ins.NewTakeIn(
            programme_id=row.id,
            source_id=source_id,
            spec=canonical(Spec.model_validate(found["source"]).model_dump(mode="json")),
            file=found["filename"],
            blob=blob,
            sha256=bytes.fromhex(blob.rpartition("/")[2]),
            provenance=canonical({"origin": "real"}),
            taken_by=caller.actor_id,
            taken_at=at,
            people=_kept(people, found["authors"]).model_dump_json(),
        ),
    )
    ledger.record(
        connection,
        "project.opened",
        programme=row.id,
        actor=caller.actor_id,
        subject=str(key),
        data={
            "counts": found["counts"],
            "lost": found["lost"],
            "authors": len(found["authors"]),
            "taken_for": sorted(set(people.accounts.values())),  # who signs in here and is said to have spoken there
        },
        at=at,
    )
    job = jobs.enqueue(connection, "take_in", {"take_in": key}, programme=row.id, asked_by=caller.actor_id)
    return Opened(row.id, key, job)


def _answered(
    connection: Connection, programme_id: int, organisation_id: int, authors: list[dict[str, Any]], people: People
) -> None:
    """Raise where an author might be somebody else than is meant, or is nobody."""
    names = {one["author"] for one in authors}
    for part, given in (("accounts", people.accounts), ("names", people.names)):
        if unknown := sorted(set(given) - names):
            raise Invalid("nobody of this name said anything", field=f"{part}.{unknown[0]}", expected="an author")
    check_people(connection, people, organisation_id)
    before = _same_source(connection, programme_id)
    for one in authors:
        author = one["author"]
        said = author in people.accounts or author in people.names or author in before
        if one["taken"] and not said:
            raise Conflict(
                "an author of the project has a name that is taken here; say who they are",
                field=f"authors.{author}",
                expected="the account that they have here, or a name of their own",
                found=one["taken"],
            )


def _kept(people: People, authors: list[dict[str, Any]]) -> People:
    """What is kept of the authors with the take-in: also who keeps their own name."""
    own = {one["author"] for one in authors} - people.accounts.keys() - people.names.keys()
    return people.model_copy(update={"own": tuple(sorted(own))})


def _same_source(connection: Connection, programme_id: int) -> set[str]:
    """Authors that came with the same project before under their own names."""
    known: set[str] = set()
    for row in take_ins.take_ins(connection, programme_id):
        if row.people:
            known |= set(json.loads(row.people).get("own", ()))
    return known
