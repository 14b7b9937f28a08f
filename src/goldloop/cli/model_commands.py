"""`goldloop model`."""

from typing import Annotated, Literal

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_one, say_rows
from goldloop.cli.watching import watched

app = noun("Models that pre-label: train and run them.")


@app.command()
def train(
    context: typer.Context,
    programme: str,
    model: str,
    learn_from: Annotated[Literal["gold", "decisions"], typer.Option(help="which answers it learns from")] = "gold",
    seed: int = 0,
    json: Json = False,
) -> None:
    """Train a new version of a built-in model."""
    with client(context) as ours:
        done = watched(ours, ours.models.train(programme, model, learn_from=learn_from, seed=seed), f"train {model}")
        say_one(done if json else done.result, ("model", "version", "rows", "fingerprint"), as_json=json)


@app.command()
def run(context: typer.Context, programme: str, model: str, json: Json = False) -> None:
    """Let a model speak of every item it has not spoken of."""
    with client(context) as ours:
        done = watched(ours, ours.models.run(programme, model), f"run {model}")
        say_one(done if json else done.result, ("model", "said", "refused", "items"), as_json=json)


@app.command("list")
def list_(context: typer.Context, programme: str, json: Json = False) -> None:
    """The models of a programme, every version."""
    with client(context) as ours:
        columns = ("id", "name", "version", "judge", "judgements", "fingerprint")
        say_rows(ours.models.all(programme), columns, as_json=json)
