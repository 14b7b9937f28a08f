"""Routes of confidence: reliability, recalibration, calibration samples, and thresholds designed to keep a bound."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import Noun
from goldloop.core.policy import Name, Tier
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.labelling.confidence.bound_rules import Wanted, sample_size
from goldloop.labelling.confidence.bounds import bound_view, design_bound, in_force, write_bound
from goldloop.labelling.confidence.pairs import MOST, Paired, paired, version_of
from goldloop.labelling.confidence.recalibration import fit, of_row
from goldloop.labelling.confidence.recheck import last_checks
from goldloop.labelling.confidence.reliability import parts, reliability, slice_names
from goldloop.labelling.confidence.sample import frame_of, newest_sample, open_sample, sample_view
from goldloop.store import bounds, jobs, ledger, recalibrations
from goldloop.store.access import access_programme
from goldloop.store.actors import ModelRow, actors, models
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.unseen import unseen

routes = APIRouter()
LAST = (1 << 31) - 1
ModelName = Annotated[str | None, Query(description="a model of the programme; the one that routes if left out")]
Version = Annotated[str | None, Query(description="its version; the newest if left out")]


class Fit(Noun):
    """Which version of which model to fit a map for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"model": "ngrams"}]})

    model: Name | None = Field(default=None, description="the one that routes, if left out")
    version: str | None = Field(default=None, max_length=200, description="the newest, if left out")


class Use(Noun):
    """Which map a version is routed by from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": 1, "because": "fitted on 900 blind answers"}]})

    model: Name | None = None
    version: str | None = Field(default=None, max_length=200)
    number: int | None = Field(ge=1, le=LAST, description="of the map; null: route by what the model states")
    because: str = Field(min_length=10, max_length=2000)


class NewSample(Noun):
    """How large a calibration sample is, and who judges it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"size": 400, "tier": 3}]})

    model: Name | None = None
    version: str | None = Field(default=None, max_length=200)
    size: int | None = Field(default=None, ge=1, le=5_000, description="as many as `alpha` needs, if left out")
    alpha: float = Field(default=0.05, ge=0.001, le=0.5, description="the bound that the sample is to certify")
    tier: Tier = 3


class Design(Wanted):
    """The bound to design thresholds for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"alpha": 0.05, "confidence": 0.95}]})

    model: Name | None = None
    version: str | None = Field(default=None, max_length=200)


@routes.get("/programmes/{programme}/confidence")
def confidence(ask: Ask, programme: str, model: ModelName = None, version: Version = None) -> JSONResponse:
    """How far a model version's confidence can be believed, its recalibrations, its sample, and the bound in force."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        policy = policy_in_force(connection, row.id)
        versions = [
            {"name": one.name, "version": one.version, "routes": one.name == policy.policy.routing.model}
            for one in models(connection, row.id)
        ]
        if not versions and model is None and version is None:
            because = "no model of this programme has a version yet: train one, or let it run"
            return reply({"models": [], "model": None, "because": because})
        one = version_of(connection, policy, model, version)
        found = _pairs(connection, policy, one)
        used = recalibrations.in_force(connection, one.actor_id)
        fitted = recalibrations.recalibrations(connection, one.actor_id)
        shown = used or (fitted[0] if fitted else None)
        map_ = json.loads(shown.map) if shown is not None else None
        adopted = in_force(connection, policy)
        answer: dict[str, Any] = {
            "models": versions,
            "model": {"name": one.name, "version": one.version},
            "because": None,
            "reliability": reliability(found, map_),
            "after_by": shown.number if shown is not None else None,
            "slices": slice_names(found),
            "recalibrations": [_fitted(connection, row_, used) for row_ in fitted],
            "in_force": used.number if used is not None else None,
            "sample": sample_view(ask.ids, newest_sample(connection, policy, one)),
            "sample_size": sample_size(Wanted(alpha=0.05)),
            "bound": None,
        }
        if adopted is not None:
            checks = last_checks(connection, ask.ids, row.id, adopted.number)
            answer["bound"] = {**bound_view(connection, adopted), "checks": checks}
    return reply(answer)


@routes.get("/programmes/{programme}/confidence/parts")
def confidence_parts(
    ask: Ask,
    programme: str,
    model: ModelName = None,
    version: Version = None,
    by: Annotated[str, Query(max_length=200, description="label, or the name of a slice")] = "label",
    format: Format = "json",
) -> Response:
    """The same for every label that the version suggests, or every value of a slice."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        policy = policy_in_force(connection, row.id)
        one = version_of(connection, policy, model, version)
        found = _pairs(connection, policy, one)
        used = recalibrations.in_force(connection, one.actor_id)
    names = slice_names(found)
    if by != "label" and by not in names:
        expected = "label" + "".join(f", {name}" for name in names)
        raise Invalid("no judged item has this slice", field="by", expected=expected, found=by[:80])
    rows = parts(found, json.loads(used.map) if used is not None else None, by)
    return page(rows, format=format, name="reliability")


@routes.post("/programmes/{programme}/confidence/recalibrations", status_code=201)
def fit_recalibration(ask: Ask, programme: str, body: Fit) -> JSONResponse:
    """Fit a map from what a version states to what can be believed: its next version, chosen by its loss."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="import")
        policy = policy_in_force(connection, row.id)
        one = version_of(connection, policy, body.model, body.version)
        found = _pairs(connection, policy, one)
    made = fit([pair.confidence for pair in found.pairs], [pair.right for pair in found.pairs])
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        access_programme(connection, ask.ids, caller, programme, may="import")
        at = now()
        new = recalibrations.add_recalibration(
            connection,
            one.actor_id,
            map_=canonical(made.map),
            n=len(found.pairs),
            sources=canonical(found.sources()),
            losses=canonical(made.losses),
            because=made.because,
            by=caller.actor_id,
            at=at,
        )
        data = {"number": new.number, "kind": made.map["kind"], "n": new.n}
        ledger.record(
            connection,
            "recalibration.fitted",
            programme=row.id,
            actor=caller.actor_id,
            subject=str(one.actor_id),
            data=data,
            at=at,
        )
        used = recalibrations.in_force(connection, one.actor_id)
        return reply(_fitted(connection, new, used), 201)


@routes.put("/programmes/{programme}/confidence/recalibration")
def use_recalibration(ask: Ask, programme: str, body: Use) -> JSONResponse:
    """Have a version routed by one of its maps from now on, or by what it states; by name and with the reason."""
    if len(body.because.strip()) < 10:
        raise Invalid("this needs its reason", field="because", expected="at least 10 characters", found=body.because)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="apply")
        policy = policy_in_force(connection, row.id)
        one = version_of(connection, policy, body.model, body.version)
        fitted = {each.number: each for each in recalibrations.recalibrations(connection, one.actor_id)}
        if body.number is not None and body.number not in fitted:
            known = ", ".join(map(str, sorted(fitted))) or "none yet"
            raise NotFound("there is no such recalibration", field="number", expected=known, found=str(body.number))
        chosen = fitted[body.number] if body.number is not None else None
        before = recalibrations.in_force(connection, one.actor_id)
        if (before.number if before else None) == body.number:
            raise Conflict("this is in force already", field="number", found=str(body.number))
        at = now()
        recalibrations.put_in_force(
            connection,
            one.actor_id,
            chosen.id if chosen is not None else None,
            because=body.because.strip(),
            by=caller.actor_id,
            at=at,
        )
        ledger.record(
            connection,
            "recalibration.used",
            programme=row.id,
            actor=caller.actor_id,
            subject=str(one.actor_id),
            data={"number": body.number, "because": body.because.strip()},
            at=at,
        )
        return reply({"model": one.name, "version": one.version, "in_force": body.number})


@routes.post("/programmes/{programme}/confidence/sample", status_code=201)
def open_calibration_sample(ask: Ask, programme: str, body: NewSample) -> JSONResponse:
    """Draw a random sample of what a version spoke of, and open blind work on it."""
    size = body.size or sample_size(Wanted(alpha=body.alpha))
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="gate")
        policy = policy_in_force(connection, row.id)
        one = version_of(connection, policy, body.model, body.version)
        frame = frame_of(connection, policy, one)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        access_programme(connection, ask.ids, caller, programme, may="gate")
        made = open_sample(
            connection, ask.store, ask.contexts, policy, one, frame, size=size, tier=body.tier, by=caller.actor_id
        )
        shown = made._asdict() | {"batch_id": ask.ids.show("batch", made.batch_id)}
        return reply({"model": one.name, "version": one.version, **shown}, 201)


@routes.get("/programmes/{programme}/confidence/bounds")
def designed_bounds(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The bounds that were designed, newest first, each with its thresholds and whether it was adopted."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        rows = []
        for one in bounds.bounds(connection, row.id):
            view = bound_view(connection, one)
            kept = ("number", "model", "recalibration", "designed_by", "designed_at", "adopted_by", "adopted_at")
            rows.append(
                {name: view[name] for name in kept}
                | {
                    "alpha": view["asked"]["alpha"],
                    "confidence": view["asked"]["confidence"],
                    "replaces": view["replaces"],
                    "thresholds": {each["name"]: each["threshold"] for each in view["groups"]},
                }
            )
    return page(rows, format=format, name="bounds")


@routes.post("/programmes/{programme}/confidence/bounds", status_code=201)
def design_thresholds(ask: Ask, programme: str, body: Design) -> JSONResponse:
    """Design the cheapest thresholds that keep a bound, from the version's calibration sample; nothing is changed."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="apply")
        policy = policy_in_force(connection, row.id)
        one = version_of(connection, policy, body.model, body.version)
        wanted = Wanted.model_validate(body.model_dump(exclude={"model", "version"}))
        new = design_bound(connection, ask.ids, policy, one, wanted)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        access_programme(connection, ask.ids, caller, programme, may="apply")
        made = write_bound(connection, new, by=caller.actor_id)
        return reply(bound_view(connection, made), 201)


@routes.get("/programmes/{programme}/confidence/bounds/{number}")
def one_bound(ask: Ask, programme: str, number: int) -> JSONResponse:
    """A designed bound: what was asked, thresholds with their evidence and curves, cost, likeness, and the promise."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = bounds.find_bound(connection, row.id, max(0, min(number, LAST)))
        view = bound_view(connection, found)
        return reply({**view, "checks": last_checks(connection, ask.ids, row.id, found.number)})


@routes.post("/programmes/{programme}/confidence/check", status_code=202)
def check_programme_bound(ask: Ask, programme: str) -> JSONResponse:
    """Check the bound in force against the answers since it was adopted, as a job; every gate does so by itself."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        args = {"programme": row.id}
        job = jobs.enqueue(connection, "check_bounds", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


def _pairs(connection: Connection, policy: PolicyRow, one: ModelRow) -> Paired:
    return paired(connection, policy, one, unseen(connection, policy.programme_id, one.actor_id, most=MOST))


def _fitted(
    connection: Connection, row: recalibrations.RecalibrationRow, used: recalibrations.RecalibrationRow | None
) -> dict[str, Any]:
    who = actors(connection, [row.fitted_by])
    return {
        "number": row.number,
        "kind": of_row(row).map["kind"],
        "map": of_row(row).map,
        "n": row.n,
        "sources": json.loads(row.sources),
        "losses": json.loads(row.losses),
        "because": row.because,
        "fitted_by": who[row.fitted_by].name,
        "fitted_at": row.fitted_at,
        "in_force": used is not None and used.id == row.id,
    }
