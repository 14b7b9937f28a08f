"""The route of findings: an engineer's evaluation is taken in, slice by slice."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Invalid
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.uploading import body_of
from goldloop.programmes.evaluations.of_run import as_results, evaluate
from goldloop.programmes.evaluations.take import SHOWN, Asked, Outcome, count, held, report
from goldloop.store.access import access_programme, access_run, visible_items
from goldloop.store.briefs import brief_row
from goldloop.store.training_runs import run_row

routes = APIRouter()
MOST_BYTES = 512 << 20  # of a report, which is read as a whole
NAME = r"^[A-Za-z0-9][A-Za-z0-9._ /-]{0,99}$"
Named = Annotated[str, Query(pattern=NAME, description="what the evaluation is called; the same name measures again")]
Measure = Annotated[
    str,
    Query(pattern=NAME, description="accuracy; or the field of an lm-eval log, such as acc; or a scorer of Inspect"),
]
Floor = Annotated[float, Query(gt=0, lt=1, description="share of right answers that every slice has to reach")]
Level = Annotated[float, Query(ge=0.5, lt=1, description="level of the intervals")]
Least = Annotated[int, Query(ge=1, le=100_000, description="a slice with fewer items closes no brief")]
OfRun = Annotated[str | None, Query(description="a training run by id: its model's numbers are recorded, too")]
Model = Annotated[str | None, Query(max_length=200, description="which model, in which version")]


@routes.post("/programmes/{programme}/findings", status_code=201)
async def report_findings(
    ask: Ask,
    request: Request,
    programme: str,
    name: Named,
    floor: Floor,
    measure: Measure = "accuracy",
    level: Level = 0.95,
    least: Least = 30,
    model: Model = None,
    run: OfRun = None,
) -> JSONResponse:
    """Hold predictions (JSONL: id, prediction, and truth, slices) against the truth; what is wrong opens briefs.

    A log of samples of lm-eval, or a log of Inspect (JSON or `.eval`) with `measure` naming its scorer, does as well.
    A line without `truth` is held against the accepted label as it stands. The same report on newer data closes the
    briefs, or reopens them.
    """
    asked = Asked(name, measure, floor, level, least, model)
    await run_in_threadpool(_may, ask, programme)
    body = await body_of(request, most=MOST_BYTES)
    return await run_in_threadpool(_report, ask, programme, asked, body, run)


def _may(ask: Asking, programme: str) -> None:
    """Who asks is known before anything of theirs is read into memory."""
    with ask.store.read() as connection:
        access_programme(connection, ask.ids, ask.caller(connection), programme, may="import")


def _report(ask: Asking, programme: str, asked: Asked, body: bytes, run: str | None) -> JSONResponse:
    of_run = None
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="import")
        if run is not None:
            of_run = run_row(connection, access_run(connection, ask.ids, caller, run, may="import"))
            if of_run.programme_id != row.id:
                raise Invalid(
                    "this is a run of another programme", field="run", expected="one of its own", found=run[:60]
                )
            asked = asked._replace(model=asked.model or of_run.model)
        counted, rejects = count(connection, row.id, body, asked, visible_items(caller))
    found = held(counted, asked)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        access_programme(connection, ask.ids, caller, programme, may="import")
        outcomes = report(connection, ask.ids, row.id, asked, found, rejects=len(rejects), by=caller.actor_id, at=now())
        if of_run is not None:
            evaluate(connection, of_run, as_results(found, asked), by=caller.actor_id, at=now())
        slices = slice_lines(ask, connection, outcomes)
    shown = {
        **asked._asdict(),
        "rows": len(counted) + len(rejects),
        "counted": found[0].n,
        "rejected": len(rejects),
        "rejects": [one.model_dump() for one in rejects[:SHOWN]],
        "slices": slices,
    }
    return reply(shown, 201)


def slice_lines(ask: Asking, connection: Connection, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Slices held against their floor, with the brief that each opened, reopened or closed."""
    return [
        {
            **one.group.model_dump(exclude={"wrong"}),
            "brief_id": ask.ids.show("brief", one.brief) if one.brief is not None else None,
            "brief_state": brief_row(connection, one.brief).state if one.brief is not None else None,
        }
        for one in outcomes
    ]
