"""`goldloop finding`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.run_commands import run_id
from goldloop.cli.saying import Json, remark, say, say_rows

app = noun("What an engineer's evaluation found, slice by slice.")
UNHEALTHY = 1
COLUMNS = ("slice", "healthy", "value", "low", "high", "n", "eligible", "adjusted", "brief_state", "brief_id")


@app.command()
def report(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="JSONL: id, prediction, truth, slices; a log of samples of lm-eval; a log of Inspect")
    ],
    programme: Annotated[str, typer.Option(help="whose items these are")],
    floor: Annotated[float, typer.Option(help="share of right answers that every slice has to reach")],
    name: Annotated[str | None, typer.Option(help="what it is called; the file's name if left out")] = None,
    measure: Annotated[
        str, typer.Option(help="accuracy; a field of an lm-eval log, such as acc; a scorer of Inspect")
    ] = "accuracy",
    level: Annotated[float, typer.Option(help="level of the intervals")] = 0.95,
    least: Annotated[int, typer.Option(help="a slice with fewer items closes no brief")] = 30,
    model: Annotated[str | None, typer.Option(help="which model, in which version")] = None,
    run: Annotated[str | None, typer.Option(help="a training run whose model it is: PROGRAMME/NAME or an id")] = None,
    json: Json = False,
) -> None:
    """Hold predictions against the truth. Exits 1 where a slice lies below the floor."""
    with client(context) as ours:
        found = ours.findings.report(
            name or file.stem,
            file,
            programme=programme,
            floor=floor,
            measure=measure,
            level=level,
            least=least,
            model=model,
            run=run_id(ours, run) if run is not None else None,
        )
        if json:
            say(found)
        else:
            say_rows(found.slices, COLUMNS, as_json=False)
            if found.rejected:
                remark(f"{found.rejected:,} of {found.rows:,} lines could not be counted")
                say_rows(found.rejects, ("line", "field", "expected", "found"), as_json=False)
    if any(one.healthy is False for one in found.slices):
        raise typer.Exit(UNHEALTHY)
