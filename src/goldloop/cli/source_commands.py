"""`goldloop source`."""

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_rows

app = noun("Where items come from: terms, counts, and the releases that rest on them.")
COLUMNS = ("name", "stated", "licence", "consent", "residency", "retention", "withdrawn", "items", "releases")


@app.command("list")
def list_(context: typer.Context, programme: str, json: Json = False) -> None:
    """The sources that a programme states, and those that its items came from without being stated."""
    with client(context) as ours:
        say_rows(ours.sources.all(programme), COLUMNS, as_json=json)
