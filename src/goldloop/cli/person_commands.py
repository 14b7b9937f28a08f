"""`goldloop person`."""

from typing import Annotated, Literal

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import person_named
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_one, say_rows

app = noun("People, their accounts and invitations.")


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="sign-in name")],
    organisation: Annotated[str, typer.Option(help="name of the organisation they belong to")],
    display_name: Annotated[str | None, typer.Option(help="name that people read")] = None,
    employment: Literal["permanent", "contract", "gig"] = "permanent",
    tier: Annotated[list[int] | None, typer.Option(min=1, max=3, help="tiers they may work at")] = None,
    skill: Annotated[list[str] | None, typer.Option(help="what they can do")] = None,
    language: Annotated[list[str] | None, typer.Option(help="languages they work in")] = None,
    residency: Annotated[str | None, typer.Option(help="where data for them must stay")] = None,
    clearance: Annotated[list[str] | None, typer.Option(help="access labels they are cleared for")] = None,
    rate: Annotated[int | None, typer.Option(min=0, help="minor units an hour")] = None,
    currency: Annotated[str | None, typer.Option(help="of the rate")] = None,
    simulated: Annotated[bool, typer.Option("--simulated", help="no real person: a fact of the record")] = False,
    owner: Annotated[bool, typer.Option("--owner", help="an owner of this installation")] = False,
    json: Json = False,
) -> None:
    """Add a person; prints the one-time link with which they set their password."""
    with client(context) as ours:
        new = ours.people.add(
            name,
            display_name or name,
            organisation,
            employment=employment,
            tiers=tier or (1,),
            skills=skill or (),
            languages=language or (),
            residency=residency,
            clearance=clearance or (),
            rate=rate,
            currency=currency,
            simulated=simulated,
            owner=owner,
        )
        say_one(new, ("person.id", "person.name", "person.organisation", "person.tiers", "invitation"), as_json=json)


@app.command()
def invite(context: typer.Context, name: str, json: Json = False) -> None:
    """A fresh one-time link for a person."""
    with client(context) as ours:
        link = ours.people.invite(person_named(ours, name).id)
        say_one({"invitation": link}, ("invitation",), as_json=json)


@app.command("close-account")
def close_account(context: typer.Context, name: str) -> None:
    """End a person's sign-ins; their record stays."""
    with client(context) as ours:
        ours.people.close_account(person_named(ours, name).id)


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Everybody who has an account."""
    with client(context) as ours:
        columns = ("id", "name", "display_name", "organisation", "tiers", "simulated", "owner")
        say_rows(ours.people.all(), columns, as_json=json)
