"""Looking through another tool's project before anything of it comes in: what it becomes, and what would be lost."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Said, Source, Task
from goldloop.core.masking import HIDDEN
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Ontology
from goldloop.core.policy import Policy
from goldloop.jobs.running import Running
from goldloop.loop.records import count_lost
from goldloop.programmes.projects.draft import programme_file
from goldloop.programmes.projects.files import Project, unpacked
from goldloop.store import authors
from goldloop.store.accounts import account_of_actor
from goldloop.store.blobs import chunks_of
from goldloop.store.people import find_organisation
from goldloop.store.programmes import find_programme, policy_in_force

FOLDER = "projects"
MOST_AUTHORS = 5_000  # more are no people
MOST_REASONS = 200
STANCES = {"answer": "answers", "skip": "skips", "adjudicate": "rulings", "reject": "sent back", "accept": "answers"}


class Seen(NamedTuple):
    """What was counted while the records went by."""

    counts: Counter[str]
    lost: Counter[str]
    authors: Counter[str]
    models: Counter[tuple[str, str]]
    reasons: Counter[tuple[str, str]]
    first: dict[tuple[str, str], tuple[int, str]]


def survey(job: Running) -> dict[str, Any]:
    """The job: args {file, filename, source, programme, title, organisation}. Nothing is written but its result."""
    args, store = job.args, job.store
    with TemporaryDirectory(dir=store.home) as folder, store.blobs.local(args["file"]) as path:
        job.progress(0, total=path.stat().st_size, unit="bytes", note="unpacking")
        project = unpacked(path, Path(folder), name=args["filename"], most=store.settings.upload_mb << 20)
        spec = Spec.model_validate(args["source"])
        if project.label_config and "label_config" not in spec.params:
            spec = spec.model_copy(update={"params": {**spec.params, "label_config": project.label_config}})
        source = families.source.build(spec)
        with store.read() as connection:
            policy = _policy(connection, args["programme"])
            accountable = account_of_actor(connection, int(job.asked_by or 0))
        task, labels = (policy.task, policy.labels) if policy else _asked(source, project)
        read = source.read(project.data, task=families.task.build(task), max_line=store.settings.line_mb << 20)
        seen = _count(job, read, families.task.build(task), labels, size=project.data.stat().st_size)
        with project.data.open("rb") as data:
            name = f"{FOLDER}/{hashlib.file_digest(data, 'sha256').hexdigest()}"
        kept = store.blobs.put(chunks_of(project.data), name=name)
        with store.read() as connection:
            found = _authors(connection, seen.authors, project, args["organisation"])
    closed = policy is not None and policy.protection.pii is not None
    return {
        "file": kept.name,
        "filename": project.name,
        "source": spec.model_dump(mode="json"),
        "programme": args["programme"],
        "exists": policy is not None,
        "yaml": None
        if policy is not None
        else programme_file(
            name=args["programme"],
            title=args["title"] or args["programme"],
            organisation=args["organisation"],
            accountable=accountable.name if accountable else "",
            task=task,
            ontology=labels,
        ),
        "task": task.model_dump(mode="json"),
        "counts": dict(seen.counts),
        "lost": [{"what": what, "times": times} for what, times in seen.lost.most_common()],
        "rejects": [_reason(seen, key, times, closed) for key, times in seen.reasons.most_common()],
        "authors": found,
        "models": [{"model": name, "version": version, "said": n} for (name, version), n in seen.models.most_common()],
    }


def _policy(connection: Connection, name: str) -> Policy | None:
    row = find_programme(connection, name)
    return policy_in_force(connection, row.id).policy if row is not None else None


def _asked(source: Source, project: Project) -> tuple[Spec, Ontology]:
    """The task and the labels that a project asks for. Raises Invalid where its files do not tell."""
    task = source.asks(project.data)
    labels = source.ontology(project.data) if task is not None else None
    if task is None or labels is None:
        raise Invalid(
            "nothing in the project tells what was asked",
            field=project.name,
            expected="a labelling configuration beside the export, or answers in it",
            found="neither",
        )
    return task, labels


def _count(job: Running, read: Iterator[Record | Reject], task: Task, labels: Ontology, *, size: int) -> Seen:
    seen = Seen(Counter(), Counter(), Counter(), Counter(), Counter(), {})
    for n, one in enumerate(read):
        if n % 500 == 0:
            head = one.resume.split(":")[0]
            done = min(int(head), size) if head.isdigit() else 0
            job.progress(done, total=size, unit="bytes", note=f"{seen.counts['items']:,} items")
        if isinstance(one, Reject):
            _reject(seen, one)
            continue
        try:
            task.check_body(one.body)
        except Invalid as error:
            _reject(seen, Reject(one.line, error.field or "record", error.expected or error.message, error.found or ""))
            continue
        seen.counts["items"] += 1
        count_lost(seen.lost, one.lost)
        for said in one.said:
            _say(seen, said, one, task, labels)
    return seen


def _say(seen: Seen, said: Said, record: Record, task: Task, labels: Ontology) -> None:
    if said.answer is not None:
        try:
            if task.people_only and said.kind != "person" and not said.gold:
                raise Invalid(
                    "only people may say this", field="prediction", expected="a person's answer", found=said.kind
                )
            task.canonical(said.answer, record.body, labels)
        except Invalid as error:
            where = error.field or "answer"
            _reject(seen, Reject(record.line, where, error.expected or error.message, error.found or ""))
            return
    if said.gold:
        seen.counts["gold"] += 1
    elif said.kind == "person":
        seen.counts[STANCES[said.stance]] += 1
        if said.actor not in seen.authors and len(seen.authors) >= MOST_AUTHORS:
            raise Invalid(
                "these are too many authors", field="authors", expected=f"at most {MOST_AUTHORS}", found="more"
            )
        seen.authors[said.actor] += 1
    else:
        seen.counts["suggestions"] += 1
        if (said.actor, said.version) in seen.models or len(seen.models) < MOST_REASONS:
            seen.models[said.actor, said.version] += 1


def _reject(seen: Seen, one: Reject) -> None:
    """Count a reject under what was expected where; numbers in the field are places, not kinds."""
    seen.counts["rejects"] += 1
    field = ".".join("N" if part.isdigit() else part for part in one.field.split("."))
    key = (field, one.expected)
    if key not in seen.reasons and len(seen.reasons) >= MOST_REASONS:
        key = ("others", "see the import's rejects")
    seen.reasons[key] += 1
    seen.first.setdefault(key, (one.line, one.found))


def _reason(seen: Seen, key: tuple[str, str], times: int, closed: bool) -> dict[str, Any]:
    line, found = seen.first[key]
    return {"field": key[0], "expected": key[1], "times": times, "line": line, "found": HIDDEN if closed else found}


def _authors(connection: Connection, said: Counter[str], project: Project, organisation: str) -> list[dict[str, Any]]:
    """Every author with what was said, and whom here they might be confused with."""
    known = authors.known(connection, list(said), find_organisation(connection, organisation))
    shown = []
    for name, count in said.most_common():
        address = project.people.get(name, name)
        shown.append(
            {
                "author": name,
                "address": address if address != name else None,
                "said": count,
                "taken": known.taken.get(name),
                "may_be": known.near(name, address),
            }
        )
    return shown
