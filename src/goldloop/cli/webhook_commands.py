"""`goldloop webhook`."""

from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_done, say_one, say_rows
from goldloop.cli.watching import watched
from goldloop.core.news import SHARED

app = noun("Where a programme's news is sent.")


@app.command()
def add(
    context: typer.Context,
    programme: str,
    url: str,
    kind: Annotated[list[str] | None, typer.Option(help=f"{', '.join(SHARED)}; all of them if left out")] = None,
    json: Json = False,
) -> None:
    """Send a programme's news to a URL; the secret that signs it is printed this once."""
    with client(context) as ours:
        made = ours.news.declare(programme, url, kind or SHARED)
        say_one(made, ("id", "url", "kinds", "secret"), as_json=json)


@app.command("list")
def list_(context: typer.Context, programme: str, json: Json = False) -> None:
    """Where a programme's news is sent."""
    with client(context) as ours:
        say_rows(ours.news.webhooks(programme), ("id", "url", "kinds"), as_json=json)


@app.command()
def test(context: typer.Context, programme: str, webhook: str, json: Json = False) -> None:
    """Send one delivery now, signed as every other, and say what came of it."""
    with client(context) as ours:
        done = watched(ours, ours.news.test(programme, webhook), "deliver")
        say_one(done, ("id", "state", "result.status"), as_json=json)


@app.command()
def remove(context: typer.Context, programme: str, webhook: str, json: Json = False) -> None:
    """Send nothing there any more."""
    with client(context) as ours:
        ours.news.withdraw(programme, webhook)
    say_done("it is told no more", as_json=json, programme=programme, webhook=webhook)
