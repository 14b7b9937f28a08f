"""Holding a sealed release, or what one would hold now, against evaluation sets, for who asks."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.jobs.running import Running
from goldloop.programmes.contamination.measure import Text, spec_of
from goldloop.programmes.contamination.sets import Against, evaluation_sets, release_texts
from goldloop.programmes.releases.prepare import counted, row_texts
from goldloop.programmes.releases.rights import Rights
from goldloop.store import ledger
from goldloop.store.evidence import add_evidence
from goldloop.store.release_rows import count_decided
from goldloop.store.releases import release_row_of


def check_contamination(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "release" or "batches", "splits", "against"}. What collides, counted and named."""
    store, args = job.store, job.args
    against = Against.model_validate(args["against"])
    programme_id = int(args["programme"])
    with store.read() as connection:
        sets, names = evaluation_sets(job, connection, against)
        about, texts, total = _rows(job, connection, programme_id)
        found = sets.found(counted(job, texts, total))
    measured, spec = found.measured(words=against.words), spec_of(about, names, against.words)
    with store.write() as connection:
        at = now()
        (evidence,) = add_evidence(connection, store.ids, programme_id, None, spec, [measured], at=at)
        data = {"about": about, "against": names, "rows": found.rows, "ways": dict(found.ways)}
        ledger.record(
            connection,
            "release.compared",
            programme=programme_id,
            actor=job.asked_by,
            subject=str(args.get("release") or programme_id),
            data=data,
            at=at,
        )
        job.save(connection, found.rows, total=found.rows)
    key = args.get("release")
    return {
        "release_id": store.ids.show("release", int(key)) if key is not None else None,
        "about": about,
        "against": names,
        "rows": found.rows,
        "collide": sum(found.ways.values()),
        "share": found.share,
        "ways": dict(found.ways),
        "evaluation_texts": found.evaluated,
        "words": against.words,
        "evidence_id": evidence.id,
        "collisions": [one._asdict() for one in found.named],
    }


def _rows(job: Running, connection: Connection, programme_id: int) -> tuple[str, Iterator[Text], int]:
    """What is looked at: its name, its texts, and about how many."""
    if job.args.get("release") is not None:
        row = release_row_of(connection, int(job.args["release"]))
        texts = release_texts(job.store, connection, row, splits=job.args.get("splits", ()))
        return f"{row.name} #{row.number}", texts, 0
    batches = [int(key) for key in job.args["batches"]]
    total = count_decided(connection, batches)
    return "rows that wait to be released", row_texts(connection, Rights(connection, programme_id), batches), total
