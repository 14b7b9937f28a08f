"""`goldloop organisation`."""

from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_one, say_rows
from goldloop.client.people import OrganisationKind

app = noun("Organisations that own people and programmes.")
COLUMNS = ("id", "name", "kind")


@app.command()
def add(
    context: typer.Context,
    name: str,
    kind: Annotated[OrganisationKind, typer.Option(help="what it is to you")] = "enterprise",
    json: Json = False,
) -> None:
    """Add an organisation."""
    with client(context) as ours:
        say_one(ours.organisations.add(name, kind), COLUMNS, as_json=json)


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Every organisation."""
    with client(context) as ours:
        say_rows(ours.organisations.all(), COLUMNS, as_json=json)
