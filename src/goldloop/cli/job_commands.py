"""`goldloop job`."""

from itertools import islice
from typing import Annotated

import typer

from goldloop.cli.doors import client, settings_of
from goldloop.cli.nouns import noun
from goldloop.cli.ordering import Order, Sort
from goldloop.cli.saying import Json, say_done, say_one, say_rows
from goldloop.cli.watching import watched

app = noun("Background work: watch it, cancel it, run it.")
COLUMNS = ("id", "kind", "state", "done", "total", "unit", "note")


@app.command("list")
def list_(
    context: typer.Context,
    programme: str,
    kind: Annotated[str | None, typer.Option(help="only jobs of this kind")] = None,
    state: Annotated[str | None, typer.Option(help="queued, running, done, failed or cancelled")] = None,
    asked: Annotated[bool, typer.Option("--asked", help="only what somebody asked for")] = False,
    limit: Annotated[int, typer.Option(min=1, help="how many at most")] = 50,
    sort: Sort = None,
    order: Order = None,
    json: Json = False,
) -> None:
    """The newest jobs of a programme; or sorted by created, finished, kind or state."""
    with client(context) as ours:
        key = ours.programmes.get(programme).programme.id
        found = islice(ours.jobs.all(key, kind=kind, state=state, asked=asked, sort=sort, order=order), limit)
        say_rows(found, (*COLUMNS, "created_at"), as_json=json)


@app.command()
def watch(context: typer.Context, job_id: str, json: Json = False) -> None:
    """Wait for a job's end; exits with the code of what it failed with."""
    with client(context) as ours:
        job = ours.jobs.get(job_id)
        say_one(watched(ours, job, job.kind), (*COLUMNS, "result"), as_json=json)


@app.command()
def cancel(context: typer.Context, job_id: str, json: Json = False) -> None:
    """Stop a job at its next step; what it has committed stays."""
    with client(context) as ours:
        say_one(ours.jobs.cancel(job_id), COLUMNS, as_json=json)


@app.command()
def retry(context: typer.Context, job_id: str, json: Json = False) -> None:
    """Queue a failed or cancelled job again; it goes on where it stopped."""
    with client(context) as ours:
        say_one(ours.jobs.retry(job_id), COLUMNS, as_json=json)


@app.command()
def run(
    context: typer.Context,
    idle: Annotated[float | None, typer.Option(help="end after this many idle seconds")] = None,
    json: Json = False,
) -> None:
    """Run jobs in this process, beside servers with `jobs: external`. Any number may run on PostgreSQL."""
    from goldloop.cli.folder import run_jobs  # the server's half, which the other verbs do not need

    ran = run_jobs(settings_of(context.obj), idle_s=idle)
    say_done(f"{ran:,} jobs were run", as_json=json, jobs=ran)
