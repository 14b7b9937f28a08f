"""`goldloop news`."""

from itertools import islice
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_done, say_rows

app = noun("What happened that you should know of.")


@app.command("list")
def list_(
    context: typer.Context,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="how many, newest first")] = 20,
    json: Json = False,
) -> None:
    """Gates, imports, failed jobs, releases and answers to your questions."""
    with client(context) as ours:
        columns = ("id", "at", "kind", "programme", "name", "by", "data", "seen")
        say_rows(list(islice(ours.news.all(), count)), columns, as_json=json)


@app.command()
def waiting(context: typer.Context, json: Json = False) -> None:
    """What waits for your word: proposals on which you are consulted, batches that you sign off for the client."""
    with client(context) as ours:
        columns = ("programme", "kind", "name", "because", "since", "id")
        say_rows(ours.news.waiting(), columns, as_json=json, none="nothing waits for your word")


@app.command()
def seen(context: typer.Context, json: Json = False) -> None:
    """Say that you have looked at all of it."""
    with client(context) as ours:
        newest = next(ours.news.all(), None)
        if newest is not None:
            ours.news.see(newest.id)
    say_done("nothing is new", as_json=json, up_to=newest.id if newest is not None else None)
