"""Routes of lineage: what changed between releases, training runs on them, and what lies behind a regression."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, RootModel
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Invalid, NotFound
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.programmes.evaluations import of_run
from goldloop.programmes.evaluations.api import slice_lines
from goldloop.programmes.evaluations.of_run import Evaluated
from goldloop.programmes.evaluations.take import report
from goldloop.programmes.lineage import changes, training_runs
from goldloop.programmes.lineage.graph import graph
from goldloop.programmes.lineage.regression import answer
from goldloop.programmes.lineage.training_runs import NewRun
from goldloop.store.access import access_programme, access_release, access_run, visible_items
from goldloop.store.release_changes import Place
from goldloop.store.releases import ReleaseRow, releases
from goldloop.store.training_runs import RunRow, run_before, run_row, runs, runs_on

routes = APIRouter()
Since = Annotated[str | None, Query(max_length=60, description="the one to compare with; the one before if left out")]
Only = Annotated[Literal["added", "relabelled", "confirmed", "removed"] | None, Query(description="one kind of change")]
PLACE = r"[01]-[0-9]{1,9}-[0-9]{1,18}"  # numbers that fit a database's integers


class RunToRecord(NewRun):
    """A training run to record."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "intent-7", "releases": ["intents@2"], "code": "3f1c2ab"}]}
    )


class MlflowRun(RootModel[dict[str, Any]]):
    """A run as MLflow's `runs/get` answers; what is not about lineage is left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "info": {"run_id": "b6f1", "status": "FINISHED"},
                    "inputs": {"dataset_inputs": [{"dataset": {"name": "intents@2", "digest": "9f86d081"}}]},
                }
            ]
        }
    )


class OpenLineageEvent(RootModel[dict[str, Any]]):
    """The event of a run; other systems' inputs are left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "eventType": "COMPLETE",
                    "run": {"runId": "0190-7c"},
                    "job": {"namespace": "training", "name": "intents"},
                    "inputs": [{"namespace": "goldloop:banking77", "name": "intents@2"}],
                }
            ]
        }
    )


class EvaluationOfRun(Evaluated):
    """What an evaluation found of a run's model."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"evaluation": "test", "results": [{"right": 912, "n": 1000}]}]}
    )


@routes.get("/releases/{release}/changes")
def release_changes(
    ask: Ask,
    release: str,
    since: Since = None,
    only: Only = None,
    after: After = None,
    limit: Limit = 50,
    format: Format = "json",
) -> Response:
    """The rows that differ between a release and an earlier one of its name: how, why, and by whom."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            earlier, later = _both(ask, connection, release, since)
            visible = visible_items(ask.caller(connection))
            rows, next_ = changes.rows(
                connection, ask.ids, earlier, later, visible, only=only, place=_place(cursor), limit=most
            )
        rows = [changes.as_cells(row) for row in rows] if format == "csv" else rows
        return rows, "-".join(map(str, next_)) if next_ is not None else None

    return long_list(fetch, after=after, limit=limit, format=format, name="changes")


@routes.get("/releases/{release}/changes/summary")
def release_changes_summary(ask: Ask, release: str, since: Since = None) -> JSONResponse:
    """How many rows differ between a release and an earlier one of its name, and which labels became which."""
    with ask.store.read() as connection:
        earlier, later = _both(ask, connection, release, since)
        return reply(changes.summary(connection, ask.ids, earlier, later))


@routes.get("/programmes/{programme}/lineage")
def programme_lineage(ask: Ask, programme: str) -> JSONResponse:
    """The line from batches over releases and training runs to what evaluations found."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        return reply(graph(connection, ask.ids, row.id))


@routes.get("/programmes/{programme}/runs")
def training_runs_of(ask: Ask, programme: str, release: str | None = None, format: Format = "json") -> Response:
    """The training runs of a programme, newest first; or those that learnt from one release."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        if release is None:
            found = runs(connection, row.id)
        else:
            found = runs_on(connection, access_release(connection, ask.ids, caller, release, may="see").id)
        rows = _shown(ask, connection, row.id, found)
    return page(rows, format=format, name="runs")


@routes.post("/programmes/{programme}/runs", status_code=201)
def record_run(ask: Ask, programme: str, body: RunToRecord) -> JSONResponse:
    """Record that a model was trained on releases. Told twice, it is the same run."""
    return _recorded(ask, programme, "sdk", lambda _name: body)


@routes.post("/programmes/{programme}/runs/mlflow", status_code=201)
def record_mlflow_run(ask: Ask, programme: str, body: MlflowRun) -> JSONResponse:
    """Record a finished run as MLflow's `runs/get` answers; its datasets are named NAME@NUMBER or carry our digest."""
    return _recorded(ask, programme, "mlflow", lambda _name: training_runs.of_mlflow(body.root))


@routes.post("/programmes/{programme}/runs/openlineage", status_code=201)
def record_openlineage_run(ask: Ask, programme: str, body: OpenLineageEvent) -> JSONResponse:
    """Record the COMPLETE event of an OpenLineage run whose inputs stand in the namespace goldloop:PROGRAMME."""
    return _recorded(ask, programme, "openlineage", lambda name: training_runs.of_openlineage(body.root, name))


@routes.get("/runs/{run}")
def one_run(ask: Ask, run: str) -> JSONResponse:
    """One training run with its releases and the newest numbers of its evaluations."""
    with ask.store.read() as connection:
        row = run_row(connection, access_run(connection, ask.ids, ask.caller(connection), run, may="see"))
        return reply(_shown(ask, connection, row.programme_id, [row])[0])


@routes.post("/runs/{run}/results", status_code=201)
def add_run_results(ask: Ask, run: str, body: EvaluationOfRun) -> JSONResponse:
    """Record what an evaluation found of a run's model: right answers of how many, everywhere and by slice.

    With a `floor`, a slice that lies below it opens a brief, by the same rule as a report of findings.
    """
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = run_row(connection, access_run(connection, ask.ids, caller, run, may="import"))
    held = of_run.held_against_floor(body, row.model)
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        access_run(connection, ask.ids, caller, run, may="import")
        found = of_run.evaluate(connection, row, body, by=caller.actor_id, at=at)
        told = []
        for asked, groups in held:
            outcomes = report(
                connection, ask.ids, row.programme_id, asked, groups, rejects=0, by=caller.actor_id, at=at
            )
            told += [{"measure": asked.measure, **one} for one in slice_lines(ask, connection, outcomes)]
        return reply({"results": [training_runs.shown_result(one) for one in found], "findings": told}, 201)


@routes.get("/runs/{run}/regression")
def run_regression(ask: Ask, run: str, since: Since = None) -> JSONResponse:
    """What lies between a training run and an earlier one: its new labels by whose they are, code and parameters."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = run_row(connection, access_run(connection, ask.ids, caller, run, may="read_items"))
        if since is None:
            before = run_before(connection, row)
            if before is None:
                raise NotFound(
                    "there is no earlier training run", expected="a run that was trained before", found="none"
                )
        else:
            before = run_row(connection, access_run(connection, ask.ids, caller, since, may="read_items"))
        if before.programme_id != row.programme_id:
            raise Invalid("these are runs of two programmes", field="since", expected="one programme", found=since)
        return reply(answer(connection, ask.ids, before, row))


def _recorded(ask: Asking, programme: str, source: str, told: Callable[[str], NewRun]) -> JSONResponse:
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="import")
        new = told(row.name)
        run, fresh = training_runs.record(connection, ask.ids, row.id, new, source=source, by=caller.actor_id, at=now())
        return reply(_shown(ask, connection, row.id, [run])[0], 201 if fresh else 200)


def _shown(ask: Asking, connection: Connection, programme_id: int, rows: list[RunRow]) -> list[dict[str, Any]]:
    of = {row.id: row for row in releases(connection, programme_id, "dataset")}
    return training_runs.shown(connection, ask.ids, rows, of)


def _both(ask: Asking, connection: Connection, release: str, since: str | None) -> tuple[ReleaseRow, ReleaseRow]:
    caller = ask.caller(connection)
    row = access_release(connection, ask.ids, caller, release, may="read_items")
    if since is None:
        return changes.release_before(connection, row), row
    return changes.in_order(access_release(connection, ask.ids, caller, since, may="read_items"), row)


def _place(cursor: str | None) -> Place:
    if cursor is None:
        return Place()
    if not re.fullmatch(PLACE, cursor):
        raise Invalid(
            "is no place in this list", field="after", expected="`next` of the page before", found=cursor[:40]
        )
    return Place._make(map(int, cursor.split("-")))
