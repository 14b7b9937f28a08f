"""Routes of models: their versions, training, runs, previews, comparisons on gold, promotion."""

import json
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound
from goldloop.core.nouns import Noun, Spec
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.labelling.models.prelabel import count_waiting
from goldloop.labelling.models.preview import preview
from goldloop.labelling.models.tally import merged, strange
from goldloop.labelling.models.training import trainable
from goldloop.store import jobs, ledger
from goldloop.store import models as store
from goldloop.store.access import access_programme, access_release, visible_items
from goldloop.store.actors import ModelRow, models
from goldloop.store.caller import Caller
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.releases import newest_release, withdrawals
from goldloop.store.suggestions import count_by

routes = APIRouter()
MOST_STARTS = 20  # of a run, that are looked at
SPEAKS = ("prelabel", "second")  # the runs whose answers are kept


class Training(Noun):
    """What a model learns from: known gold, what was decided, or a sealed release."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"learn_from": "gold", "seed": 7}]})

    learn_from: str = Field(default="gold", pattern="^(gold|decisions|both|release)$")
    release: str | None = Field(default=None, description="id of a dataset of this programme, for `release`")
    seed: int = 0


class Running(Noun):
    """Which version speaks: the one in force, or any other in the shadow."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": None}]})

    version: str | None = Field(default=None, description="id of a version; the one in force if left out")


class Previewing(Running):
    """Which version is looked at, and which items: another seed, other items."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": None, "seed": 0}]})

    seed: int = Field(default=0, ge=0, le=1_000_000)


class Comparing(Noun):
    """Two versions, and the gold that they are compared on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"second": "act_0000000000000", "gold": "exam"}]})

    first: str | None = Field(default=None, description="id of a version; the one in force if left out")
    second: str
    gold: str = Field(min_length=1, max_length=200, description="name of a gold set, or id of one of its releases")


class Promoting(Noun):
    """Which version routes from now on, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": "act_0000000000000", "because": "better on the exam's gold"}]}
    )

    version: str
    because: str = Field(min_length=3, max_length=2000)
    comparison: str | None = Field(default=None, description="id of the comparison that it rests on")


@routes.get("/programmes/{programme}/models")
def model_versions(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The programme's models: every version, newest first, with its state, origin, coverage and cost."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        rows = _versions(ask, connection, row.id)
    return page(rows, format=format, name="models")


@routes.get("/programmes/{programme}/models/{name}")
def one_model(ask: Ask, programme: str, name: str) -> JSONResponse:
    """One model: what the programme file says, its versions, their runs, promotions and comparisons."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        policy = policy_in_force(connection, row.id)
        versions = [one for one in _versions(ask, connection, row.id) if one["name"] == name]
        if not versions:
            _declared(policy, name)
        keys = {ask.ids.key("actor", one["id"]): one["version"] for one in versions}
        runs = [_run(ask, keys, one) for key in keys for one in store.runs_of(connection, key, limit=20)]
        promoted = store.promotions(connection, row.id, name)
        compared = [one for one in store.comparisons(connection, row.id) if one.second_id in keys]
    declared = policy.policy.models.get(name)
    return reply(
        {
            "name": name,
            "judge": declared.judge.model_dump(mode="json") if declared else None,
            "versions": versions,
            "runs": sorted(runs, key=lambda one: -one["began_at"]),
            "promotions": [
                {
                    "version": keys.get(one.actor_id),
                    "by": one.by,
                    "because": one.because,
                    "comparison": ask.ids.show("comparison", one.comparison_id) if one.comparison_id else None,
                    "at": one.promoted_at,
                }
                for one in promoted
            ],
            "comparisons": [_comparison(ask, keys, one) for one in compared],
        }
    )


@routes.post("/programmes/{programme}/models/{name}/train", status_code=202)
def train_model(ask: Ask, programme: str, name: str, body: Training | None = None) -> JSONResponse:
    """Train a new version of a built-in model, as a job. Later versions wait as candidates to be promoted."""
    doc = body or Training()
    with ask.store.write() as connection:
        caller, policy = _entered(ask, connection, programme, name)
        trainable(policy, name)
        args: dict[str, Any] = {"model": name, "learn_from": doc.learn_from, "seed": doc.seed}
        if (doc.learn_from == "release") != (doc.release is not None):
            raise Invalid(
                "a release is named where it is learnt from",
                field="release",
                expected="a dataset's id with learn_from: release",
                found=doc.release or "nothing",
            )
        if doc.release is not None:
            release = access_release(connection, ask.ids, caller, doc.release, may="import")
            if release.kind != "dataset" or release.programme_id != policy.programme_id:
                expected = "a dataset of this programme"
                raise Invalid("a model learns from a dataset", field="release", expected=expected, found=release.kind)
            if gone := withdrawals(connection, [release.id]).get(release.id):
                expected = "a release that stands"
                raise Conflict("this release was withdrawn", field="release", expected=expected, found=gone.because)
            args["release"] = release.id
        return _queued(ask, connection, caller, policy, "train", args)


@routes.post("/programmes/{programme}/models/{name}/run", status_code=202)
def run_model(ask: Ask, programme: str, name: str, body: Running | None = None) -> JSONResponse:
    """Let a version speak of every item that it has not spoken of, as a job; only the one in force is routed on."""
    with ask.store.write() as connection:
        caller, policy = _entered(ask, connection, programme, name)
        args: dict[str, Any] = {"model": name}
        if body is not None and body.version is not None:
            args["version"] = _version(ask, connection, policy, name, body.version).actor_id
        return _queued(ask, connection, caller, policy, "prelabel", args)


@routes.post("/programmes/{programme}/models/{name}/preview")
def preview_model(ask: Ask, programme: str, name: str, body: Previewing | None = None) -> JSONResponse:
    """What a version would say of 20 items, how long and how dear that is, and what all would be. Nothing is kept."""
    doc = body or Previewing()
    with ask.store.read() as connection:
        caller, policy = _entered(ask, connection, programme, name)
        if not caller.may(policy.programme_id, "read_items"):
            raise Forbidden("this shows items", expected="who may read them")
        key = _version(ask, connection, policy, name, doc.version).actor_id if doc.version is not None else None
    found = preview(ask.store, policy, name, version=key, visible=visible_items(caller), seed=doc.seed)
    return reply(found)


@routes.post("/programmes/{programme}/models/{name}/compare", status_code=202)
def compare_versions(ask: Ask, programme: str, name: str, body: Comparing) -> JSONResponse:
    """Let two versions answer the same gold, and test the difference, as a job. What they answer is not kept."""
    with ask.store.write() as connection:
        caller, policy = _entered(ask, connection, programme, name)
        second = _version(ask, connection, policy, name, body.second)
        found = models(connection, policy.programme_id, name)
        first = found[0] if body.first is None else _version(ask, connection, policy, name, body.first)
        if first.actor_id == second.actor_id:
            expected = "another than the one in force, or a `first` beside it"
            raise Conflict("these are the same version", field="second", expected=expected, found=first.version)
        if body.gold.startswith("rel_"):
            release = access_release(connection, ask.ids, caller, body.gold, may="import")
        else:
            newest = newest_release(connection, policy.programme_id, "gold", body.gold)
            if newest is None:
                raise NotFound("there is no such gold set", field="gold", found=body.gold[:60])
            release = newest
        if release.kind != "gold" or release.programme_id != policy.programme_id:
            raise Invalid("versions are compared on gold", field="gold", expected="gold of this programme")
        args = {"model": name, "first": first.actor_id, "second": second.actor_id, "gold": release.id}
        return _queued(ask, connection, caller, policy, "compare_models", args)


@routes.post("/programmes/{programme}/models/{name}/promote")
def promote_model(ask: Ask, programme: str, name: str, body: Promoting) -> JSONResponse:
    """Route on a version from now on, by name and with a reason. Promoting the former one takes it back."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        programme_id = access_programme(connection, ask.ids, caller, programme, may="apply").id
        row = _version(ask, connection, policy_in_force(connection, programme_id), name, body.version)
        before = models(connection, programme_id, name)[0]
        if before.actor_id == row.actor_id:
            raise Conflict("this version routes already", field="version", found=row.version)
        key = None
        if body.comparison is not None:
            key = ask.ids.key("comparison", body.comparison)
            found = store.comparisons(connection, programme_id, keys=[key])
            if not found or row.actor_id not in (found[0].first_id, found[0].second_id):
                raise NotFound("there is no such comparison of this version", field="comparison")
        store.promote(
            connection,
            programme_id,
            name,
            row.actor_id,
            by=caller.actor_id,
            because=body.because,
            comparison_id=key,
            at=at,
        )
        ledger.record(
            connection,
            "model.promoted",
            programme=programme_id,
            actor=caller.actor_id,
            subject=str(row.actor_id),
            data={"name": name, "version": row.version, "before": before.version, "because": body.because},
            at=at,
        )
        (shown,) = [
            one
            for one in _versions(ask, connection, programme_id)
            if one["state"] == "promoted" and one["name"] == name
        ]
    return reply(shown)


def _entered(ask: Asking, connection: Connection, programme: str, name: str) -> tuple[Caller, PolicyRow]:
    caller = ask.caller(connection)
    row = access_programme(connection, ask.ids, caller, programme, may="import")
    policy = policy_in_force(connection, row.id)
    _declared(policy, name)
    return caller, policy


def _declared(policy: PolicyRow, name: str) -> None:
    if name not in policy.policy.models:
        known = ", ".join(sorted(policy.policy.models)) or "none"
        raise NotFound("this programme has no such model", field="model", expected=f"one of {known}", found=name[:60])


def _version(ask: Asking, connection: Connection, policy: PolicyRow, name: str, public: str) -> ModelRow:
    key = ask.ids.key("actor", public)
    for row in models(connection, policy.programme_id, name):
        if row.actor_id == key:
            return row
    raise NotFound("this model has no such version", field="version", found=public[:60])


def _queued(
    ask: Asking, connection: Connection, caller: Caller, policy: PolicyRow, kind: str, args: dict[str, Any]
) -> JSONResponse:
    args = {**args, "programme": policy.programme_id}
    job = jobs.enqueue(connection, kind, args, programme=policy.programme_id, asked_by=caller.actor_id)
    return reply(as_job(ask, jobs.find(connection, job)), 202)


def _versions(ask: Asking, connection: Connection, programme_id: int) -> list[dict[str, Any]]:
    """Every version, newest first, with its state."""
    promotions = store.promotions(connection, programme_id)
    in_force: dict[str, store.Promotion] = {}
    ever: dict[int, store.Promotion] = {}
    for one in promotions:
        in_force.setdefault(one.name, one)
        ever.setdefault(one.actor_id, one)
    uses, registered = store.uses(connection, programme_id), store.registered_at(connection, programme_id)
    items = count_waiting(connection, programme_id)
    out = []
    for row in sorted(models(connection, programme_id), key=lambda one: -one.actor_id):
        said, last = count_by(connection, row.actor_id), ever.get(row.actor_id)
        state = "shadow" if said else "candidate"
        if last is not None:
            state = "promoted" if in_force[row.name].actor_id == row.actor_id else "retired"
        judge = Spec.model_validate_json(row.judge)
        out.append(
            {
                "id": ask.ids.show("actor", row.actor_id),
                "name": row.name,
                "version": row.version,
                "state": state,
                "judge": judge.name,
                "connected": _connected(judge),
                "fingerprint": row.fingerprint,
                "trained_on": json.loads(row.trained_on) if row.trained_on else None,
                "judgements": said,
                "items": items,
                "use": uses.get(row.actor_id, store.Use())._asdict(),
                **_last_run(store.runs_of(connection, row.actor_id, limit=MOST_STARTS)),
                "promoted_by": last.by if last else None,
                "promoted_because": last.because if last else None,
                "promoted_at": last.promoted_at if last else None,
                "registered_at": registered.get(row.actor_id),
            }
        )
    return out


def _last_run(rows: Sequence[store.RunRow]) -> dict[str, Any]:
    """When a version spoke last, and what was strange about it, over all starts of that run."""
    rows = [one for one in rows if one.purpose in SPEAKS]
    if not rows:
        return {"ran_at": None, "warnings": []}
    starts = [one for one in rows if one.job_id == rows[0].job_id]
    found = strange(
        merged([one.tally for one in starts]),
        sum(one.use.said for one in starts),
        sum(one.use.refused for one in starts),
    )
    return {"ran_at": rows[0].changed_at, "warnings": [one.told() for one in found]}


def _connected(judge: Spec) -> str:
    """How a version is reached, in one word or its address."""
    params = judge.params
    if "url" in params:
        return f"{params.get('model', '')} {params['url']}".strip()
    if "entry_point" in params:
        return str(params["entry_point"])
    return "trained here" if "weights" in params else "a file"


def _run(ask: Asking, versions: dict[int, str], one: store.RunRow) -> dict[str, Any]:
    return {
        "version": versions[one.actor_id],
        "job_id": ask.ids.show("job", one.job_id) if one.job_id is not None else None,
        "purpose": one.purpose,
        **one.use._asdict(),
        "reasons": one.tally.get("reasons", {}),
        "confidence_from": one.tally.get("from", {}),
        "warnings": [found.told() for found in strange(one.tally, one.use.said, one.use.refused)],
        "began_at": one.began_at,
        "changed_at": one.changed_at,
    }


def _comparison(ask: Asking, versions: dict[int, str], one: store.ComparisonRow) -> dict[str, Any]:
    return {
        "id": ask.ids.show("comparison", one.id),
        "first": versions.get(one.first_id),
        "second": versions.get(one.second_id),
        "first_id": ask.ids.show("actor", one.first_id),
        "second_id": ask.ids.show("actor", one.second_id),
        "gold_id": ask.ids.show("release", one.release_id),
        "by": one.by,
        "at": one.compared_at,
        **one.doc,
    }
