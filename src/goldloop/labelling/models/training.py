"""Training: a built-in model learns from the programme's own answers, and remembers from which."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, exists, select

from goldloop.core import families
from goldloop.core.clock import now
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Spec
from goldloop.jobs.running import Running
from goldloop.judges.trainable import Trainable
from goldloop.labelling.models.versions import declared_judge, register
from goldloop.store import ledger
from goldloop.store.actors import ModelRow
from goldloop.store.codes import DECISION
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.releases import release_row_of
from goldloop.store.schema import batch, decision, erased, gold, gold_item, item, judgement, release_row, value
from goldloop.store.training_runs import RunRow, add_run, run_named

MOST_TRAINING_ROWS = 100_000


class Lesson(NamedTuple):
    """Bodies with answers to learn from, and where they come from: what a version says it was trained on."""

    rows: list[tuple[dict[str, Any], Any]]
    source: dict[str, Any]


def train(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "model", "learn_from": gold, decisions, both or release, "release", "seed"}.

    A new version: a candidate, unless it is the first of its name.
    """
    store, name = job.store, str(job.args["model"])
    with store.read() as connection:
        policy = policy_in_force(connection, job.args["programme"])
        doc, kind = trainable(policy, name)
        lesson = lesson_of(
            connection,
            policy.programme_id,
            str(job.args.get("learn_from", "gold")),
            release_id=job.args.get("release"),
        )
    task = families.task.build(policy.policy.task)
    seed, rows = int(job.args.get("seed", 0)), lesson.rows
    job.progress(0, total=len(rows), unit="rows", note=f"training {doc.name} on {len(rows):,} answers")
    weights = kind.train(rows, task=task, ontology=policy.policy.labels, seed=seed)
    job.check_cancel()
    blob = store.blobs.put(weights.chunks())
    spec = Spec(name=doc.name, params={**doc.params, "weights": blob.name})
    learnt = {**lesson.source, "rows": len(rows), "seed": seed}
    with store.write() as connection:
        row = register(connection, policy, name, spec, fingerprint=blob.sha256.hex(), trained_on=learnt)
        if job.args.get("release") is not None:
            _remember(connection, job, row, int(job.args["release"]), {"judge": doc.name, "seed": seed})
        job.save(connection, len(rows), total=len(rows))
    return {"model": name, "version": row.version, "fingerprint": row.fingerprint, **learnt}


def trainable(policy: PolicyRow, name: str) -> tuple[Spec, type[Trainable]]:
    """The judge of a model that is trained here. Raises Invalid for one that comes from elsewhere."""
    doc = declared_judge(policy, name)
    kind = families.judge.kind(doc.name)
    if not issubclass(kind, Trainable):
        known = " or ".join(one.name for one in families.judge if issubclass(one, Trainable))
        raise Invalid("this model is not trained here", field="model", expected=f"a judge {known}", found=doc.name)
    return doc, kind


def _remember(connection: Connection, job: Running, row: ModelRow, release_id: int, params: dict[str, Any]) -> None:
    """Training on a release is a training run like one elsewhere: lineage leads from its labels to the version."""
    name, at, by = f"{row.name} {row.version}", now(), job.asked_by
    programme_id = release_row_of(connection, release_id).programme_id
    if by is None or run_named(connection, programme_id, name) is not None:
        return
    run = RunRow(
        id=0,
        programme_id=programme_id,
        name=name,
        source="goldloop",
        code=None,
        model=name,
        params=params,
        trained_at=at,
        recorded_by=by,
        recorded_at=at,
        releases=(release_id,),
    )
    key = add_run(connection, run)
    data = {"name": name, "source": run.source, "model": name, "code": None, "releases": [release_id]}
    ledger.record(connection, "run.recorded", programme=programme_id, actor=by, subject=str(key), data=data, at=at)


def lesson_of(connection: Connection, programme_id: int, learn_from: str, *, release_id: int | None) -> Lesson:
    """What there is to learn from: known gold, what was decided, both, or the rows of a sealed release.

    What is kept for evaluation alone teaches nobody.
    """
    source: dict[str, Any] = {"learn_from": learn_from}
    if learn_from == "release" and release_id is not None:
        row = release_row_of(connection, release_id)
        source["release"] = {"name": row.name, "number": row.number, "digest": row.digest.hex()}
        return Lesson(_rows(connection, [_released(programme_id, row.name, row.number)]), source)
    parts = {"gold": (_KNOWN,), "decisions": (_DECIDED,), "both": (_KNOWN, _DECIDED)}.get(learn_from)
    if parts is None:
        expected = "gold, decisions, both, or release with a release"
        raise Invalid("a model learns from answers", field="learn_from", expected=expected, found=learn_from)
    return Lesson(_rows(connection, [part.where(item.c.programme_id == programme_id) for part in parts]), source)


def _rows(connection: Connection, parts: Sequence[Select[Any]]) -> list[tuple[dict[str, Any], Any]]:
    """Bodies with answers, by item; what was decided of an item stands above what was known of it."""
    kept = exists().where(gold_item.c.item_id == item.c.id, gold_item.c.eval_only)
    gone = exists().where(erased.c.item_id == item.c.id)
    found: dict[int, tuple[str, str]] = {}
    for part in parts:
        rows = connection.execute(part.where(~kept, ~gone).order_by(item.c.id).limit(MOST_TRAINING_ROWS))
        found |= {key: (body, answer) for key, body, answer in rows}
    return [(json.loads(body), json.loads(answer)) for _, (body, answer) in sorted(found.items())][:MOST_TRAINING_ROWS]


def _released(programme_id: int, name: str, number: int) -> Select[Any]:
    return (
        _ITEMS.join(release_row, release_row.c.item_id == item.c.id)
        .join(value, value.c.id == release_row.c.value_id)
        .where(
            release_row.c.programme_id == programme_id,
            release_row.c.name == name,
            release_row.c.valid_from <= number,
            release_row.c.valid_to.is_(None) | (release_row.c.valid_to > number),
        )
    )


_ITEMS = select(item.c.id, item.c.body, value.c.answer).select_from(item)
_KNOWN = (
    _ITEMS.join(gold, gold.c.item_id == item.c.id)
    .join(judgement, judgement.c.id == gold.c.judgement_id)
    .join(value, value.c.id == judgement.c.value_id)
)
_DECIDED = (
    _ITEMS.join(decision, decision.c.item_id == item.c.id)
    .join(batch, (batch.c.id == decision.c.batch_id) & (batch.c.purpose == "production"))
    .join(value, value.c.id == decision.c.value_id)
    .where(decision.c.state == DECISION["decided"])
)
