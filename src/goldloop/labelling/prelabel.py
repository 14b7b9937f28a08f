"""Pre-labels: a model of the programme is trained or connected, and its suggestions become judgements.

A model version is an actor with a fingerprint. Every suggestion is looked at by the human-only triggers, also when the
item is already being worked on: the latch closes at once and reopens what leaned on a machine.
"""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, exists, func, select

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.families import Refusal, Suggestion
from goldloop.core.nouns import Spec
from goldloop.jobs.running import Running
from goldloop.judges.trainable import Trainable
from goldloop.labelling.rules import Suggested, human_only_because
from goldloop.loop.context import Contexts
from goldloop.loop.latch import latch
from goldloop.models.connect import connect
from goldloop.store import ledger
from goldloop.store.actors import ModelRow, actor_key, add_model, models
from goldloop.store.codes import DECISION, STANCE
from goldloop.store.items import attributes, bodies
from goldloop.store.judgements import NewJudgement, add_judgements
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import PolicyRow, policy_in_force, programme_row
from goldloop.store.schema import batch, decision, erased, gold, gold_item, item, judgement, value
from goldloop.store.suggestions import judged_by
from goldloop.store.values import NewValue, value_keys

PAGE = 2_000  # items that are read at once
MOST_TRAINING_ROWS = 100_000


def train(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "model", "learn_from": "gold" | "decisions", "seed"}. A new model version."""
    store, name = job.store, str(job.args["model"])
    with store.read() as connection:
        policy = policy_in_force(connection, job.args["programme"])
        doc = _model(policy, name)
        rows = _training_rows(connection, policy.programme_id, str(job.args.get("learn_from", "gold")))
    kind = families.judge.kind(doc.name)
    if not issubclass(kind, Trainable):
        raise Invalid("this judge is not trained here", field="model", expected="a trainable judge", found=doc.name)
    task = families.task.build(policy.policy.task)
    seed = int(job.args.get("seed", 0))
    job.progress(0, total=len(rows), unit="rows", note=f"training {doc.name} on {len(rows):,} answers")
    weights = kind.train(rows, task=task, ontology=policy.policy.labels, seed=seed)
    job.check_cancel()
    blob = store.blobs.put(weights.chunks())
    spec = Spec(name=doc.name, params={**doc.params, "weights": blob.name})
    learnt = {"rows": len(rows), "learn_from": job.args.get("learn_from", "gold"), "seed": seed}
    with store.write() as connection:
        row = register(connection, policy, name, spec, fingerprint=blob.sha256.hex(), trained_on=learnt)
        job.save(connection, len(rows), total=len(rows))
    return {"model": name, "version": row.version, "rows": len(rows), "fingerprint": row.fingerprint}


def run(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "model"}. The model's newest version speaks of every item it has not spoken of."""
    with job.store.read() as connection:
        policy = policy_in_force(connection, job.args["programme"])
        total = _count_items(connection, policy.programme_id)
    said = refused = 0
    resume = job.resume or {}
    after = int(resume.get("after", 0))
    done = int(resume.get("done", 0))
    while True:
        with job.store.read() as connection:
            keys = _page(connection, policy.programme_id, after)
        if not keys:
            return {"model": job.args["model"], "said": said, "refused": refused, "items": done}
        counts = judge_items(job, policy, str(job.args["model"]), keys)
        said, refused, after, done = said + counts[0], refused + counts[1], keys[-1], done + len(keys)
        job.progress(done, total=max(total, done), unit="items", resume={"after": after, "done": done})


def judge_items(job: Running, policy: PolicyRow, name: str, keys: Sequence[int]) -> tuple[int, int]:
    """Ask a model's newest version about items it has said nothing of; how many it answered, and refused."""
    store, contexts = job.store, Contexts()
    with store.write() as connection:
        row = newest_version(connection, policy, name)
    spec = Spec.model_validate_json(row.judge)
    judge = families.judge.build(spec)
    model = connect(judge.needs(), blobs=store.blobs, settings=store.settings)
    task = families.task.build(policy.policy.task)
    with store.read() as connection:
        before = judged_by(connection, row.actor_id, keys)
    missing = [key for key in keys if key not in before]
    said = refused = 0
    for start in range(0, len(missing), judge.batch_size):
        job.check_cancel()
        chunk = missing[start : start + judge.batch_size]
        with store.read() as connection:
            texts, names = bodies(connection, chunk), _external_ids(connection, chunk)
        asked = [(names[key], texts[key]) for key in chunk]
        answers = judge.judge(asked, model, task=task, ontology=policy.policy.labels)
        good = {key: one for key, one in zip(chunk, answers, strict=True) if isinstance(one, Suggestion)}
        with store.write(durable=False) as connection:
            keep(connection, contexts, policy, row, good)
        said, refused = said + len(good), refused + sum(isinstance(one, Refusal) for one in answers)
        time.sleep(0.0005)
    return said, refused


def keep(
    connection: Connection,
    contexts: Contexts,
    policy: PolicyRow,
    model: ModelRow,
    suggestions: Mapping[int, Suggestion],
) -> None:
    """Store suggestions as judgements of a model version, and latch what they make human-only."""
    at = now()
    task = families.task.build(policy.policy.task)
    task_id = phrase_key(connection, canonical(policy.policy.task.model_dump(mode="json")))
    new = {key: NewValue(canonical(one.answer), task.labels(one.answer)) for key, one in suggestions.items()}
    values = value_keys(connection, task_id, list(new.values()))
    rows = [
        NewJudgement(
            item_id=key,
            actor_id=model.actor_id,
            task_id=task_id,
            stance=STANCE["answer"],
            said_at=at,
            value_id=values[new[key].answer],
            ontology_id=policy.ontology_id,
            confidence=one.confidence,
            margin=one.margin,
            entropy=one.entropy,
            top=json.dumps(one.top) if one.top else None,
        )
        for key, one in suggestions.items()
    ]
    keys = add_judgements(connection, rows)
    slices = attributes(connection, list(suggestions))
    reasons = {}
    for judgement_id, (key, one) in zip(keys, suggestions.items(), strict=True):
        said = Suggested(judgement_id, None, task.labels(one.answer), one.confidence, one.margin, one.top)
        of_item = slices[key].slices if key in slices else {}
        because = human_only_because(policy.policy, [said], of_item, human_labels=policy.policy.labels.human_only)
        if because is not None:
            reasons[key] = because
    latch(connection, contexts, reasons, at=at)
    ledger.record(
        connection,
        "model.spoke",
        programme=policy.programme_id,
        actor=model.actor_id,
        subject=str(model.actor_id),
        data={"judgements": len(rows), "first": keys[0] if keys else None, "fingerprint": model.fingerprint},
        at=at,
    )


def newest_version(connection: Connection, policy: PolicyRow, name: str) -> ModelRow:
    """The version of a model that speaks now, registered if it needs no training. Raises Conflict where it does."""
    found = models(connection, policy.programme_id, name)
    if found:
        return found[0]
    spec = _model(policy, name)
    kind = families.judge.kind(spec.name)
    if issubclass(kind, Trainable) and "weights" not in spec.params:
        raise Conflict(
            f"model {name!r} is not trained yet", expected=f"goldloop model train {name}", found="no weights"
        )
    families.judge.build(spec)
    return register(
        connection, policy, name, spec, fingerprint=canonical(spec.model_dump(mode="json")), trained_on=None
    )


def register(
    connection: Connection,
    policy: PolicyRow,
    name: str,
    spec: Spec,
    *,
    fingerprint: str,
    trained_on: Mapping[str, Any] | None,
) -> ModelRow:
    """A new version of a model: an actor whose name and version nobody else has."""
    number = len(models(connection, policy.programme_id, name)) + 1
    organisation = programme_row(connection, policy.programme_id).organisation_id
    programme = policy.policy.programme
    key = actor_key(connection, "model", name, f"{programme}.{number}", organisation, at=now())
    judge = canonical(spec.model_dump(mode="json"))
    about = canonical(dict(trained_on)) if trained_on else None
    add_model(connection, key, policy.programme_id, judge=judge, fingerprint=fingerprint, trained_on=about)
    ledger.record(
        connection,
        "model.registered",
        programme=policy.programme_id,
        actor=None,
        subject=str(key),
        data={"name": name, "version": number, "fingerprint": fingerprint},
        at=now(),
    )
    return ModelRow(key, name, f"{programme}.{number}", judge, fingerprint, about)


def _model(policy: PolicyRow, name: str) -> Spec:
    if name not in policy.policy.models:
        known = ", ".join(sorted(policy.policy.models)) or "none"
        raise Invalid("this programme has no such model", field="model", expected=f"one of {known}", found=name)
    return policy.policy.models[name].judge


def _training_rows(connection: Connection, programme_id: int, learn_from: str) -> list[tuple[dict[str, Any], Any]]:
    """Bodies with answers to learn from: known gold, or what the programme has decided."""
    statement = select(item.c.body, value.c.answer).where(item.c.programme_id == programme_id, _THERE)
    if learn_from == "gold":
        statement = (
            statement.join(gold, gold.c.item_id == item.c.id)
            .join(judgement, judgement.c.id == gold.c.judgement_id)
            .join(value, value.c.id == judgement.c.value_id)
        )
    elif learn_from == "decisions":
        statement = (
            statement.join(decision, decision.c.item_id == item.c.id)
            .join(batch, (batch.c.id == decision.c.batch_id) & (batch.c.purpose == "production"))
            .join(value, value.c.id == decision.c.value_id)
            .where(decision.c.state == DECISION["decided"])
        )
    else:
        raise Invalid("a model learns from answers", field="learn_from", expected="gold or decisions", found=learn_from)
    kept = exists().where(gold_item.c.item_id == item.c.id, gold_item.c.eval_only)  # for evaluation alone
    rows = connection.execute(statement.where(~kept).order_by(item.c.id).limit(MOST_TRAINING_ROWS))
    return [(json.loads(body), json.loads(answer)) for body, answer in rows]


def _page(connection: Connection, programme_id: int, after: int) -> list[int]:
    """The next items that still need a label: gold teaches and measures, it is not pre-labelled."""
    statement = (
        select(item.c.id)
        .where(item.c.programme_id == programme_id, item.c.id > after, _NO_GOLD)
        .order_by(item.c.id)
        .limit(PAGE)
    )
    return list(connection.execute(statement).scalars())


def _count_items(connection: Connection, programme_id: int) -> int:
    statement = select(item.c.id).where(item.c.programme_id == programme_id, _NO_GOLD).subquery()
    return int(connection.execute(select(func.count()).select_from(statement)).scalar_one())


def _external_ids(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(select(item.c.id, item.c.external_id).where(item.c.id.in_(keys)))
    return {key: name for key, name in rows}


_THERE = ~select(erased.c.item_id).where(erased.c.item_id == item.c.id).exists()
_NO_GOLD = ~select(gold.c.item_id).where(gold.c.item_id == item.c.id).exists() & _THERE
