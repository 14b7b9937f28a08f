"""`goldloop person`."""

from typing import Annotated, Literal

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import person_named
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say, say_one, say_rows
from goldloop.cli.watching import watched
from goldloop.core.errors import NotFound

REPORT = (
    "programme",
    "person.name",
    "accuracy.value",
    "accuracy.low",
    "accuracy.high",
    "accuracy.n",
    "accuracy.eligible",
    "everybody.value",
    "stands_out",
    "competence.value",
    "speed.value",
    "drift.signal_at",
    "drift.run_length",
)
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


@app.command()
def team(context: typer.Context, programme: str, json: Json = False) -> None:
    """Everybody who works in a programme, by name: how much, how right beside gold and audits."""
    with client(context) as ours:
        found = ours.reports.team(programme)
        if json:
            say(found)
            return
        columns = ("name", "answers", "accuracy.value", "accuracy.low", "accuracy.high", "accuracy.n", "stands_out")
        say_rows(found.people, columns, as_json=False, none="nobody has said anything yet")


@app.command()
def report(
    context: typer.Context,
    programme: Annotated[str | None, typer.Argument(help="its name; without, your own in every programme")] = None,
    name: Annotated[str | None, typer.Argument(help="a person of its team, by name or id")] = None,
    json: Json = False,
) -> None:
    """A person's work in a programme; your own where nobody is named. Both see the same."""
    with client(context) as ours:
        if programme is None or name is None:
            mine = ours.reports.mine()
            found = [one for one in mine if programme in (None, one.programme)]
        else:
            people = ours.reports.team(programme).people
            key = next((one.actor_id for one in people if name in (one.name, one.actor_id)), None)
            if key is None:
                raise NotFound("nobody of this name has worked here", field="name", expected="a name", found=name)
            found = [ours.reports.person(programme, key)]
        if json:
            say(found)
            return
        for one in found:
            say_one(one, REPORT, as_json=False)
            say_rows(one.confusion, ("reference", "answer", "answers"), as_json=False, none="no mistake is known")


@app.command()
def contest(
    context: typer.Context,
    judgement: Annotated[str, typer.Argument(help="id of your own answer: see `goldloop person report --json`")],
    because: Annotated[str, typer.Option(help="why what stands against it is wrong")],
    json: Json = False,
) -> None:
    """Contest a ruling, an audit or a gold answer against your own answer: somebody else rules."""
    with client(context) as ours:
        say_one({"contest": ours.reports.contest(judgement, because)}, ("contest",), as_json=json)


@app.command()
def contests(context: typer.Context, programme: str, json: Json = False) -> None:
    """What people contested, what was ruled, and how often gold and seniors were overturned."""
    with client(context) as ours:
        found = ours.reports.contests(programme)
        if json:
            say(found)
            return
        columns = ("person", "kind", "said", "held", "ruled", "outcome", "because")
        say_rows(found.contests, columns, as_json=False, none="nobody has contested anything")
        rates = ("kind", "who", "rate.value", "rate.low", "rate.high", "rate.n", "rate.eligible")
        say_rows(found.overturned, rates, as_json=False, none="")


@app.command()
def competence(context: typer.Context, programme: str, json: Json = False) -> None:
    """Infer competence and suspected label errors from everybody's answers; stored as evidence with its time."""
    with client(context) as ours:
        done = watched(ours, ours.reports.measure(programme), "competence")
        if json:
            say(done.result)
            return
        found = ours.reports.suspects(programme)[:20]
        say_rows(found, ("item_id", "probability", "answers"), as_json=False, none="nothing is suspected")
