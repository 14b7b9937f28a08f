"""`goldloop programme`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from goldloop.cli.archive_commands import archive, check_archive, open_
from goldloop.cli.doors import client, readable
from goldloop.cli.finding import batch_id, person_named
from goldloop.cli.import_project import import_project
from goldloop.cli.nouns import noun
from goldloop.cli.programme_rhythm import calendar, coverage, digests, health
from goldloop.cli.saying import Json, remark, say, say_done, say_one, say_rows
from goldloop.cli.watching import watched
from goldloop.client.programmes import Applied
from goldloop.core.clock import iso
from goldloop.core.nouns import Role

app = noun("Programmes and the files that declare them.")
app.command("import-project")(import_project)
app.command("archive")(archive)
app.command("check-archive")(check_archive)
app.command("open")(open_)
app.command("calendar")(calendar)
app.command("health")(health)
app.command("coverage")(coverage)
app.command("digests")(digests)
_BOUNDS = ("value", "low", "high")
BROKEN = 1
MISSES = ("by", "name", "value", "low", "high", "missed", "caught", "n", "eligible", "omitted_high", "because")
File = Annotated[Path, typer.Argument(help="a programme file, YAML")]


@app.command()
def apply(context: typer.Context, file: File, json: Json = False) -> None:
    """Put a programme file in force; the same file a second time changes nothing."""
    text = readable(file, "FILE")
    with client(context) as ours:
        _say(ours.programmes.apply(text, name=str(file)[-200:]), as_json=json, done=True)


@app.command()
def diff(context: typer.Context, file: File, json: Json = False) -> None:
    """What applying a programme file would change."""
    text = readable(file, "FILE")
    with client(context) as ours:
        _say(ours.programmes.diff(text, name=str(file)[-200:]), as_json=json, done=False)


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """The programmes you may see."""
    with client(context) as ours:
        columns = ("id", "name", "title", "number", "items", "decided", "batches", "gate")
        say_rows(ours.programmes.all(), columns, as_json=json)


@app.command()
def show(
    context: typer.Context,
    programme: str,
    yaml: Annotated[bool, typer.Option("--yaml", help="print the programme file in force")] = False,
    json: Json = False,
) -> None:
    """A programme and its queues."""
    with client(context) as ours:
        found = ours.programmes.get(programme)
        if yaml and not json:
            typer.echo(found.yaml, nl=False)
            return
        if json:
            say(found)
            return
        say_one(found.programme, ("id", "name", "title", "organisation", "number"), as_json=False)
        say_rows(found.queues, ("queue", "tier", "ready"), as_json=False, none="no work yet")


@app.command()
def overview(context: typer.Context, programme: str, json: Json = False) -> None:
    """Where a programme stands: routing to outcome, queues, forecast, cost by tier, open findings."""
    with client(context) as ours:
        found = ours.programmes.overview(programme)
        if json:
            say(found)
            return
        say_rows(found["flow"], ("rule", "queue", "tier", "state", "items"), as_json=False, none="not routed")
        print()
        say_rows(
            found["queues"], ("queue", "tier", "ready", "leased", "oldest_at"), as_json=False, none="no work waits"
        )
        print()
        for name, unit in (("effort", "hours of people"), ("finish", "done"), ("rostered", "done on rostered hours")):
            print(f"{unit}: {_forecast(found[name], name)}")
        print()
        say_rows(found["cost"], ("tier", "judgements", "counted", "cost", "because"), as_json=False, none="no cost yet")
        print()
        columns = ("batch", "check.name", "outcome", "because")
        say_rows(found["findings"], columns, as_json=False, none="no open finding")


@app.command()
def versions(context: typer.Context, programme: str, json: Json = False) -> None:
    """The history of a programme's file."""
    with client(context) as ours:
        say_rows(ours.programmes.versions(programme), ("number", "applied_by", "applied_at"), as_json=json)


@app.command()
def members(context: typer.Context, programme: str, json: Json = False) -> None:
    """Who has a role in a programme."""
    with client(context) as ours:
        say_rows(ours.programmes.members(programme), ("actor_id", "name", "role", "tiers", "simulated"), as_json=json)


@app.command()
def staff(
    context: typer.Context,
    programme: str,
    name: Annotated[str, typer.Argument(help="sign-in name")],
    role: Annotated[Role, typer.Option(help="which doors it opens")] = "annotator",
    tier: Annotated[list[int] | None, typer.Option(min=1, max=3, help="tiers they work at here")] = None,
    json: Json = False,
) -> None:
    """Give a person a role in a programme."""
    with client(context) as ours:
        ours.programmes.staff(programme, person_named(ours, name).id, role, tiers=tier or ())
    told = {"programme": programme, "person": name, "role": role, "tiers": tier or []}
    say_done(f"{name} is {role} of {programme}", as_json=json, **told)


@app.command()
def dismiss(
    context: typer.Context,
    programme: str,
    name: Annotated[str, typer.Argument(help="sign-in name")],
    json: Json = False,
) -> None:
    """Take a person's roles in a programme away; what they said stays."""
    with client(context) as ours:
        ours.programmes.dismiss(programme, person_named(ours, name).id)
    say_done(f"{name} has no role in {programme} any more", as_json=json, programme=programme, person=name)


@app.command()
def labels(
    context: typer.Context,
    programme: str,
    to: Annotated[Path, typer.Option(help="the file to write")],
    kind: Annotated[str, typer.Option("--as", help="an exporter; `goldloop kinds exporter` lists them")] = "jsonl.v1",
    batch: Annotated[list[str] | None, typer.Option(help="batches to take from; all if left out")] = None,
    json: Json = False,
) -> None:
    """Write the accepted labels as they stand: a working copy with no gate, no seal and no proof."""
    with client(context) as ours:
        keys = [batch_id(ours, one, programme=programme) for one in batch or ()]
        written = ours.programmes.labels(programme, to, kind=kind, batch_ids=keys)
    if json:
        say(written)
        return
    remark(f"wrote {written.rows:,} labels to {to}; they are not a release")
    for one in written.losses:
        remark(f"  left out in {one.rows:,} rows: {one.what}")


@app.command()
def rebuild(context: typer.Context, programme: str, json: Json = False) -> None:
    """Make every decision anew from the judgements; says how many were wrong."""
    with client(context) as ours:
        done = watched(ours, ours.programmes.rebuild(programme), "rebuild")
        say_one(done if json else done.result, ("batches", "items", "decisions", "counts"), as_json=json)


def _forecast(found: dict[str, Any], name: str) -> str:
    """A forecast with its interval, or why there is none."""
    if found["value"] is None:
        return f"unknown because {found['because']}"
    value, low, high = (iso(int(found[key])) if name != "effort" else f"{found[key]:.1f}" for key in _BOUNDS)
    return f"{value} (95 % interval {low} to {high}, n = {found['n']:,}; {found['method']})"


def _say(applied: Applied, *, as_json: bool, done: bool) -> None:
    if as_json:
        say(applied)
        return
    for change in applied.diff:
        print(f"{change.path}: {_short(change.old)} -> {_short(change.new)}")
    named = f"{applied.programme.name} version {applied.programme.number}" if applied.programme else "a new programme"
    if not applied.changed:
        remark(f"nothing changes: {named} is in force")
    else:
        remark(f"{named} is in force" if done else f"{len(applied.diff)} changes; nothing was applied")


def _short(value: object) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


@app.command()
def agreement(context: typer.Context, programme: str, json: Json = False) -> None:
    """How far people agree, over all batches: by task type, label and slice, beside the task type's floor."""
    with client(context) as ours:
        columns = ("task", "by", "name", "value", "low", "high", "n", "batches", "of", "floor", "because")
        say_rows(ours.reports.agreement(programme), columns, as_json=json, none="nothing was measured yet")


class Claim(StrEnum):
    """What can be proved of a programme from its record."""

    human_only = "human-only"


@app.command("human-only")
def human_only(
    context: typer.Context,
    programme: str,
    to: Annotated[Path | None, typer.Option(help="a .csv file to write the miss rates to")] = None,
    json: Json = False,
) -> None:
    """What is human-only and by which trigger, and how much no trigger suspects, from unassisted labels."""
    with client(context) as ours:
        if to is not None:
            print(ours.human_only.save(programme, to))
            return
        found = ours.human_only.get(programme)
        if json:
            say(found)
            return
        scope = found.scope
        print(f"{found.latched:,} items are human-only; looked at {scope['items']:,} in {scope['batches']:,} batches")
        say_rows(found.triggers, ("rule", "items"), as_json=False, none="no trigger has latched any of them")
        say_rows(found.misses, MISSES, as_json=False)
        for one in found.thresholds:
            print(f"{one.label}: {one.because}")


@app.command()
def prove(
    context: typer.Context,
    what: Annotated[Claim, typer.Argument(help="what to prove")],
    programme: str,
    json: Json = False,
) -> None:
    """Walk the record for anything that says otherwise; names every violation, and exits with 1 where there is one."""
    with client(context) as ours:
        done = watched(ours, ours.human_only.prove(programme), f"prove {what.value}")
        found = done.result
        if json:
            say(done)
        else:
            say_rows(found["named"], ("kind", "item", "batch", "what"), as_json=False, none="")
            if found["violations"] > len(found["named"]):
                remark(f"and {found['violations'] - len(found['named']):,} more")
            looked = f"{found['items']:,} human-only items and {found['routed']:,} routed ones were looked at"
            print(f"{found['violations']:,} violations; {looked}")
            if found["declared"]:
                print(f"{found['declared']:,} of them were labelled elsewhere, by people as their source declares")
    if found["violations"]:
        raise typer.Exit(BROKEN)
