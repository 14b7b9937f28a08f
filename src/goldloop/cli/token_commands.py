"""`goldloop token`."""

from enum import StrEnum
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_done, say_one, say_rows
from goldloop.client.tokens import SCOPES

app = noun("API tokens for programs.")


class Scope(StrEnum):
    """What a token may do."""

    READ = "read"
    WRITE = "write"
    WORK = "work"
    ADMIN = "admin"


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="what it is for")],
    scope: Annotated[list[Scope] | None, typer.Option(help="what it may do")] = None,
    days: Annotated[float, typer.Option(min=0.01, help="how long it lives")] = 90,
    json: Json = False,
) -> None:
    """A new token; its secret is printed this once."""
    scopes = tuple(one for one in SCOPES if one in (scope or (Scope.READ,)))
    with client(context) as ours:
        say_one(ours.tokens.add(name, scopes=scopes, days=days), ("id", "token"), as_json=json)


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Your tokens."""
    with client(context) as ours:
        columns = ("id", "name", "scopes", "created_at", "expires_at", "revoked_at")
        say_rows(ours.tokens.all(), columns, as_json=json)


@app.command()
def revoke(context: typer.Context, token_id: str, json: Json = False) -> None:
    """End a token."""
    with client(context) as ours:
        ours.tokens.revoke(token_id)
    say_done("this token opens nothing any more", as_json=json, token=token_id)
