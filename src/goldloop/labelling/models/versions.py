"""Versions of a programme's models: registered with a fingerprint, one of each name in force, the others candidates."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.families import Judge, Model
from goldloop.core.nouns import Spec
from goldloop.judges.trainable import Trainable
from goldloop.models.connect import connect
from goldloop.store import ledger
from goldloop.store.actors import ModelRow, actor_key, add_model, models
from goldloop.store.open import Store
from goldloop.store.programme_files import ProgrammeFiles
from goldloop.store.programmes import PolicyRow, programme_row

Wait = Callable[[float], None]


class Speaker(NamedTuple):
    """A version that is connected and can be asked."""

    row: ModelRow
    judge: Judge
    model: Model
    declared: str | None = None  # the version that the programme file names, where another one speaks unasked


def speaker(
    store: Store, policy: PolicyRow, name: str, *, version: int | None = None, wait: Wait, hasty: float | None = None
) -> Speaker:
    """A version of a model, connected: the one in force, or the version with this key.

    What the programme file declares is registered first, if it is new. `hasty`: the longest wait for one
    answer, asked for twice at most. Raises Conflict where there is no version yet, and what connecting raises.
    """
    declared = _declare(store, policy, name, wait=wait)
    with store.read() as connection:
        found = models(connection, policy.programme_id, name)
    if not found:
        raise Conflict(
            f"model {name!r} is not trained yet", expected=f"goldloop model train {name}", found="no weights"
        )
    row = next((one for one in found if one.actor_id == version), None) if version is not None else found[0]
    if row is None:
        raise Invalid("this is no version of the model", field="version", expected=f"one of {name!r}", found="another")
    # the file's own limits and patience hold for the version it declares: they do not decide any answer
    spec = declared.spec if declared is not None and declared.row == row else Spec.model_validate_json(row.judge)
    judge = families.judge.build(spec)
    needs = judge.needs()
    if hasty is not None and needs.client in ("http", "openai"):
        limited = min(hasty, float(needs.params.get("timeout_seconds", hasty)))
        needs = needs.model_copy(update={"params": {**needs.params, "timeout_seconds": limited, "attempts": 2}})
    files = ProgrammeFiles(store, policy.programme_id)
    model = connect(needs, blobs=files, settings=store.settings, wait=wait)
    other = version is None and declared is not None and declared.row.actor_id != row.actor_id
    return Speaker(row, judge, model, declared.row.version if declared is not None and other else None)


class _Declared(NamedTuple):
    row: ModelRow
    spec: Spec


def _declare(store: Store, policy: PolicyRow, name: str, *, wait: Wait) -> _Declared | None:
    """The version that the programme file itself names, registered if it is new; None for one that is trained here."""
    spec = declared_judge(policy, name)
    kind = families.judge.kind(spec.name)
    if issubclass(kind, Trainable) and "weights" not in spec.params:
        return None
    doc = policy.policy
    clauses = [(one.title, one.text) for one in doc.guidelines]
    judge = families.judge.build(spec)
    told = judge.told(task=families.task.build(doc.task), ontology=doc.labels, guidelines=clauses)
    files = ProgrammeFiles(store, policy.programme_id)
    fingerprint = connect(told.needs(), blobs=files, settings=store.settings, wait=wait).fingerprint
    with store.write() as connection:
        for row in models(connection, policy.programme_id, name):
            if row.fingerprint == fingerprint:
                return _Declared(row, told.spec)
        row = register(connection, policy, name, told.spec, fingerprint=fingerprint, trained_on=None)
    return _Declared(row, told.spec)


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


def declared_judge(policy: PolicyRow, name: str) -> Spec:
    """The judge of a model as the programme file has it. Raises Invalid where it has no such model."""
    if name not in policy.policy.models:
        known = ", ".join(sorted(policy.policy.models)) or "none"
        raise Invalid("this programme has no such model", field="model", expected=f"one of {known}", found=name)
    return policy.policy.models[name].judge
