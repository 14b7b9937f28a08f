"""Training runs as they are told to us: by the client, by a run of MLflow, by an event of OpenLineage.

What was trained on is named by the release's id, by NAME@NUMBER (NAME alone is the newest), or by its digest; the
last two are what other systems can carry along.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.ids import PREFIXES, Ids
from goldloop.core.nouns import Noun
from goldloop.programmes.evaluations.of_run import LEVEL
from goldloop.store import ledger
from goldloop.store.releases import ReleaseRow, releases
from goldloop.store.training_runs import Result, RunRow, add_run, results_of, run_named

MOST_PARAMS = 500
SEPARATOR = "@"


class NewRun(Noun):
    """A training run to record."""

    name: str = Field(min_length=1, max_length=200, description="what the run is called; one of a name in a programme")
    releases: tuple[str, ...] = Field(min_length=1, max_length=200, description="ids, NAME@NUMBER, or digests")
    code: str | None = Field(default=None, max_length=500, description="commit, image, or where the code is")
    model: str | None = Field(default=None, max_length=200, description="the model that came out")
    params: dict[str, str | int | float | bool | None] = Field(default={}, max_length=MOST_PARAMS)
    trained_at: int | None = Field(default=None, ge=0, description="microseconds UTC; now if left out")


def record(
    connection: Connection, ids: Ids, programme_id: int, new: NewRun, *, source: str, by: int, at: int
) -> tuple[RunRow, bool]:
    """Write a training run down; True where it is new. Told again, it is the same run.

    Raises Conflict where the name stands for another run, NotFound for releases that are not there.
    """
    known = releases(connection, programme_id, "dataset")
    keys = tuple(sorted({release_meant(ids, known, name).id for name in new.releases}))
    row = RunRow(
        id=0,
        programme_id=programme_id,
        name=new.name,
        source=source,
        code=new.code,
        model=new.model,
        params=dict(new.params),
        trained_at=at if new.trained_at is None else new.trained_at,
        recorded_by=by,
        recorded_at=at,
        releases=keys,
    )
    before = run_named(connection, programme_id, new.name)
    if before is not None and before.said == row.said:
        return before, False
    if before is not None:
        raise Conflict(
            "this name stands for another training run", field="name", expected="a name of its own", found=new.name[:80]
        )
    key = add_run(connection, row)
    data = {"name": row.name, "source": source, "model": row.model, "code": row.code, "releases": list(keys)}
    ledger.record(connection, "run.recorded", programme=programme_id, actor=by, subject=str(key), data=data, at=at)
    return row._replace(id=key), True


def release_meant(ids: Ids, known: Sequence[ReleaseRow], name: str) -> ReleaseRow:
    """The dataset release that is meant by an id, NAME@NUMBER, NAME, or a digest. Raises NotFound."""
    word, _, number = name.partition(SEPARATOR)
    for row in known:  # newest first
        if name.startswith(f"{PREFIXES['release']}_"):
            found = ids.show("release", row.id) == name
        elif number:
            found = row.name == word and str(row.number) == number
        else:
            found = name in (row.name, row.digest.hex(), f"sha256:{row.digest.hex()}")
        if found:
            return row
    raise NotFound(
        "there is no such release of data", field="releases", expected="id, NAME@NUMBER or digest", found=name[:80]
    )


def of_openlineage(event: Mapping[str, Any], programme: str) -> NewRun:
    """A finished run of an OpenLineage event: inputs in the namespace `goldloop:PROGRAMME`, named NAME@NUMBER.

    Source: openlineage.io, RunEvent (spec 2-0-2). Other inputs are not ours and are left out; the first output is the
    model. Raises Invalid for an event that says nothing about this programme.
    """
    _field(event, "eventType", lambda kind: kind == "COMPLETE", "COMPLETE: only what was trained to its end counts")
    run = _part(event, "run")
    job = _part(event, "job")
    inputs = [one for one in event.get("inputs") or () if isinstance(one, Mapping)]
    namespace = f"goldloop:{programme}"
    named = tuple(str(one.get("name")) for one in inputs if one.get("namespace") == namespace)
    if not named:
        found = ", ".join(f"{one.get('namespace')}/{one.get('name')}" for one in inputs)[:200] or "no inputs"
        expected = f"a dataset NAME@NUMBER in the namespace {namespace}"
        raise Invalid(
            "no input of this run is a release of this programme", field="inputs", expected=expected, found=found
        )
    outputs = [one for one in event.get("outputs") or () if isinstance(one, Mapping)]
    facets = _mapping(job.get("facets"))
    code = _mapping(facets.get("sourceCodeLocation"))
    return NewRun(
        name=str(_field(run, "runId", bool, "the run's id")),
        releases=named,
        code=_short(code.get("version") or code.get("url")),
        model=_short(outputs[0].get("name")) if outputs else _short(job.get("name")),
        params={"job": f"{job.get('namespace')}/{job.get('name')}"},
        trained_at=_moment(event.get("eventTime"), "eventTime"),
    )


def of_mlflow(run: Mapping[str, Any]) -> NewRun:
    """A finished run as MLflow's `runs/get` answers: datasets are named NAME@NUMBER, or carry our digest.

    Source: MLflow REST API, Run. The tag `mlflow.source.git.commit` is the code. Raises Invalid where nothing fits.
    """
    run = _mapping(run.get("run")) or run
    info, data = _part(run, "info"), _mapping(run.get("data"))
    _field(info, "status", lambda status: status == "FINISHED", "FINISHED: only what was trained to its end counts")
    tags = {str(one.get("key")): one.get("value") for one in data.get("tags") or () if isinstance(one, Mapping)}
    sets = [
        _mapping(one.get("dataset"))
        for one in _mapping(run.get("inputs")).get("dataset_inputs") or ()
        if isinstance(one, Mapping)
    ]
    named = tuple(str(one.get("name")) if SEPARATOR in str(one.get("name")) else str(one.get("digest")) for one in sets)
    if not named:
        expected = "a dataset named NAME@NUMBER, or with a release's digest"
        raise Invalid("this run names no dataset", field="inputs.dataset_inputs", expected=expected, found="none")
    ended = info.get("end_time")
    return NewRun(
        name=str(_field(info, "run_id", bool, "the run's id")),
        releases=named,
        code=_short(tags.get("mlflow.source.git.commit") or tags.get("mlflow.source.name")),
        model=_short(tags.get("mlflow.registeredModelName") or info.get("run_name")),
        params={str(one["key"]): str(one.get("value")) for one in data.get("params") or () if one.get("key")},
        trained_at=int(ended) * 1000 if isinstance(ended, int | str) and str(ended).isdigit() else None,
    )


def shown(
    connection: Connection, ids: Ids, rows: Sequence[RunRow], of: Mapping[int, ReleaseRow]
) -> list[dict[str, Any]]:
    """Training runs as clients read them, with the newest numbers of their evaluations; `of`: releases by key."""
    found = results_of(connection, [row.id for row in rows])
    return [
        {
            "id": ids.show("run", row.id),
            "programme_id": ids.show("programme", row.programme_id),
            "name": row.name,
            "source": row.source,
            "code": row.code,
            "model": row.model,
            "params": row.params,
            "releases": [
                {"id": ids.show("release", key), "name": of[key].name, "number": of[key].number} for key in row.releases
            ],
            "trained_at": row.trained_at,
            "recorded_by": ids.show("actor", row.recorded_by),
            "recorded_at": row.recorded_at,
            "results": [shown_result(one) for one in found[row.id]],
        }
        for row in rows
    ]


def shown_result(one: Result) -> dict[str, Any]:
    """A number of an evaluation with its interval."""
    return {**one._asdict(), "slice": dict(one.slice), "level": LEVEL, "interval_method": "clopper-pearson"}


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = of.get(name)
    if not isinstance(value, Mapping):
        raise Invalid("is missing", field=name, expected="an object", found=str(value)[:80])
    return value


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _field(of: Mapping[str, Any], name: str, fits: Any, expected: str) -> object:
    if not fits(of.get(name)):
        raise Invalid("does not fit", field=name, expected=expected, found=str(of.get(name))[:80])
    return of[name]


def _short(value: object) -> str | None:
    return str(value)[:200] if value else None


def _moment(value: object, field: str) -> int | None:
    if value is None:
        return None
    try:
        return int(datetime.fromisoformat(str(value)).timestamp() * 1_000_000)
    except ValueError:
        raise Invalid("is not a time", field=field, expected="ISO 8601", found=str(value)[:80]) from None
