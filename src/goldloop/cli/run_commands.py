"""`goldloop run`."""

import json as json_of
from pathlib import Path
from typing import Annotated, Any

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.client import Client
from goldloop.client.runs import Regression
from goldloop.core.errors import Invalid, NotFound
from goldloop.core.ids import PREFIXES

app = noun("Training runs on releases: record them, and trace a regression to the labels behind it.")
COLUMNS = ("id", "name", "model", "code", "source", "trained_at")
Run = Annotated[str, typer.Argument(help="PROGRAMME/NAME or an id")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a JSON file")]
MOST_PARTS = 20
UNHEALTHY = 1
FOUND = ("measure", "slice", "healthy", "value", "low", "high", "n", "adjusted", "brief_state", "brief_id")


@app.command("list")
def list_(
    context: typer.Context,
    programme: str,
    release: Annotated[str | None, typer.Option(help="only those that learnt from this release, by id")] = None,
    json: Json = False,
) -> None:
    """The training runs of a programme, newest first."""
    with client(context) as ours:
        say_rows(ours.runs.all(programme, release=release), COLUMNS, as_json=json)


@app.command()
def record(
    context: typer.Context,
    programme: str,
    name: Annotated[str | None, typer.Argument(help="what the run is called")] = None,
    release: Annotated[list[str] | None, typer.Option(help="what it learnt from: NAME@NUMBER, id or digest")] = None,
    code: Annotated[str | None, typer.Option(help="commit, image, or where the code is")] = None,
    model: Annotated[str | None, typer.Option(help="the model that came out")] = None,
    mlflow: Annotated[Path | None, typer.Option(help="a run as MLflow's runs/get answers, as JSON")] = None,
    openlineage: Annotated[Path | None, typer.Option(help="the COMPLETE event of a run, as JSON")] = None,
    json: Json = False,
) -> None:
    """Record that a model was trained on releases: by name, or as MLflow or OpenLineage tell it."""
    with client(context) as ours:
        if mlflow is not None:
            said = ours.runs.record_mlflow(programme, _read(mlflow))
        elif openlineage is not None:
            said = ours.runs.record_openlineage(programme, _read(openlineage))
        elif name is None or not release:
            raise Invalid("says too little", field="run", expected="NAME and --release, or --mlflow, or --openlineage")
        else:
            said = ours.runs.record(programme, name, release, code=code, model=model)
        say_one(said, COLUMNS, as_json=json)


@app.command()
def show(context: typer.Context, run: Run, json: Json = False) -> None:
    """A training run: its releases and what evaluations found."""
    with client(context) as ours:
        found = ours.runs.get(run_id(ours, run))
        say_one(found, COLUMNS, as_json=json)
        if not json:
            print("releases    " + ", ".join(f"{one.name}@{one.number}" for one in found.releases))
            say_rows(found.results, ("evaluation", "measure", "slice", "value", "low", "high", "n"), as_json=False)


@app.command()
def evaluated(
    context: typer.Context,
    run: Run,
    evaluation: Annotated[str, typer.Argument(help="which evaluation: its name and version")],
    file: File,
    floor: Annotated[float | None, typer.Option(help="what every slice has to reach; below it a brief opens")] = None,
    least: Annotated[int, typer.Option(help="a slice with fewer items closes no brief")] = 30,
    json: Json = False,
) -> None:
    """Record what an evaluation found: a JSON list of {"right", "n"}, with "measure" and "slice" where there are.

    With a floor, exits 1 where a slice lies below it.
    """
    with client(context) as ours:
        results = _read(file)
        found = ours.runs.evaluated(run_id(ours, run), evaluation, results, floor=floor, least=least)
    if not json:
        remark(f"recorded {len(results)} numbers of {evaluation}")
    if json or found:
        say_rows(found, FOUND, as_json=json)
    if any(one.healthy is False for one in found):
        raise typer.Exit(UNHEALTHY)


@app.command()
def regression(
    context: typer.Context,
    run: Run,
    since: Annotated[str | None, typer.Option(help="the run to compare with; the one before if left out")] = None,
    json: Json = False,
) -> None:
    """What lies between two training runs: the new labels by whose they are, code and parameters."""
    with client(context) as ours:
        other = run_id(ours, since) if since is not None else None
        found = ours.runs.regression(run_id(ours, run), since=other)
    if json:
        say(found)
    else:
        _say(found)


def run_id(ours: Client, name: str) -> str:
    """A run's id, from its id or from PROGRAMME/NAME. Raises NotFound."""
    programme, slash, short = name.partition("/")
    if not slash or name.startswith(f"{PREFIXES['run']}_"):
        return name
    for one in ours.runs.all(programme):
        if one.name == short:
            return one.id
    raise NotFound("there is no such training run", field="run", expected="PROGRAMME/NAME or an id", found=name)


def _say(found: Regression) -> None:
    print(f"{found.new_labels:,} new labels; {found.wrong:,} wrong of {found.audited:,} that were judged again")
    if found.because:
        print(found.because)
    for one in found.other_changes:
        print(f"also changed: {one['what']}: {one['before']} -> {one['after']}")
    for result in found.results:
        if result.worse:
            where = ", ".join(f"{name} {value}" for name, value in result.slice.items()) or "everywhere"
            print(f"worse: {result.evaluation}, {result.measure}, {where}: {result.before:.3f} -> {result.after:.3f}")
    columns = ("found", "facet", "name", "rows", "wrong", "audited", "error", "low", "high", "adjusted_wrong")
    say_rows(found.parts[:MOST_PARTS], columns, as_json=False)
    print(found.method)


def _read(file: Path) -> Any:
    try:
        return json_of.loads(file.read_text("utf-8"))
    except (UnicodeDecodeError, json_of.JSONDecodeError) as error:
        raise Invalid("is not JSON", field=str(file), expected="a JSON document", found=str(error)) from None
