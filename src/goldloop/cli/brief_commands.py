"""`goldloop brief`."""

from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import person_named
from goldloop.cli.nouns import noun
from goldloop.cli.ordering import Order, Sort
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.cli.watching import watched
from goldloop.client.briefs import BriefView
from goldloop.core.clock import from_iso, iso
from goldloop.core.errors import Invalid

app = noun("Briefs: findings that somebody repairs, until their number is healthy.")
Brief = Annotated[str, typer.Argument(help="its id, brf_...")]
Because = Annotated[str, typer.Option(help="the reason, which stays on the brief")]
LINE = ("title", "state", "because", "owner", "due_at", "remedy", "relapses", "key", "id")


@app.command("list")
def list_(
    context: typer.Context,
    programme: str,
    state: Annotated[
        list[str] | None, typer.Option(help="open, in_work, waiting, closed, waived; again for more")
    ] = None,
    source: Annotated[str | None, typer.Option(help="gate, audit, sla, evaluation ...")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="those that one owns")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="those that are past their day")] = False,
    sort: Sort = None,
    order: Order = None,
    json: Json = False,
) -> None:
    """The briefs of a programme, newest first; or by opened, due, title, source, state, since, owner or relapses."""
    with client(context) as ours:
        found = ours.briefs.all(
            programme,
            state=state or (),
            source=source,
            owner="me" if mine else None,
            overdue=overdue,
            sort=sort,
            order=order,
        )
        columns = ("id", "state", "title", "because", "owner", "due_at", "overdue", "remedy", "relapses")
        say_rows(found, columns, as_json=json, none="no brief")


@app.command()
def show(context: typer.Context, brief: Brief, json: Json = False) -> None:
    """A brief: how it stands, its timeline, and what repairing it bought."""
    with client(context) as ours:
        _say(ours.briefs.get(brief), json=json)


@app.command()
def take(
    context: typer.Context,
    brief: Brief,
    to: Annotated[str | None, typer.Option(help="sign-in name of somebody else who sees the programme")] = None,
    json: Json = False,
) -> None:
    """Take a brief, or give it to somebody."""
    with client(context) as ours:
        _say(ours.briefs.take(brief, actor_id=person_named(ours, to).id if to else None), json=json)


@app.command()
def postpone(
    context: typer.Context,
    brief: Brief,
    until: Annotated[str, typer.Option(help="a day, such as 2026-05-12")],
    because: Because,
    json: Json = False,
) -> None:
    """Give a brief another day on which it is due."""
    with client(context) as ours:
        _say(ours.briefs.postpone(brief, _moment(until), because), json=json)


@app.command()
def remedy(
    context: typer.Context,
    brief: Brief,
    how: Annotated[
        str,
        typer.Argument(
            help="collect, relabel, clarify_guideline, re_review, generate, retrain, system_control; accept is a waiver"
        ),
    ],
    because: Because,
    work: Annotated[bool, typer.Option("--work", help="open a batch in which its items are judged again")] = False,
    json: Json = False,
) -> None:
    """Say how a brief is repaired."""
    with client(context) as ours:
        found = ours.briefs.remedy(brief, how, because, work=work)
        if found.job is not None:
            done = watched(ours, found.job, "open work")
            remark(f"{done.result['items']:,} items are judged again in {done.result['name']}")
            found = ours.briefs.get(brief)
        _say(found, json=json)


@app.command()
def repaired(context: typer.Context, brief: Brief, because: Because, json: Json = False) -> None:
    """Say that a brief is repaired: it waits for its number to be measured again."""
    with client(context) as ours:
        _say(ours.briefs.repaired(brief, because), json=json)


@app.command()
def waive(
    context: typer.Context,
    brief: Brief,
    because: Because,
    until: Annotated[str | None, typer.Option(help="a day; for as long as it stays unhealthy if left out")] = None,
    json: Json = False,
) -> None:
    """Accept a finding by your name."""
    with client(context) as ours:
        _say(ours.briefs.waive(brief, because, until=_moment(until) if until else None), json=json)


def _say(found: BriefView, *, json: bool) -> None:
    if json:
        say(found)
        return
    say_one(found, LINE, as_json=False)
    print()
    say_rows(found.timeline, ("at", "kind", "because", "by"), as_json=False)
    for one in found.bought:
        if one.after is not None:
            print(f"\nbefore  {one.before.because}\nafter   {one.after.because}  ({iso(one.closed_at or 0)})")


def _moment(day: str) -> int:
    try:
        return from_iso(day)
    except ValueError as error:
        raise Invalid("this is no day", field="until", expected="such as 2026-05-12", found=day) from error
