"""`goldloop programme calendar`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.saying import Json, remark, say, say_rows
from goldloop.core.errors import Invalid

LAPSED = 1
FORMATS = (".ics", ".csv")
COLUMNS = ("day", "state", "kind", "title", "accountable", "people", "because")
Programme = Annotated[str | None, typer.Argument(help="a programme; left out: what you answer for in all of them")]
Since = Annotated[str | None, typer.Option(help="first day, such as 2026-05-12; 30 days back if left out")]
Until = Annotated[str | None, typer.Option(help="last day; 60 days ahead if left out")]


def calendar(
    context: typer.Context,
    programme: Programme = None,
    since: Since = None,
    until: Until = None,
    kind: Annotated[list[str] | None, typer.Option(help="audit, exam, promise, question, brief, batch ...")] = None,
    state: Annotated[list[str] | None, typer.Option(help="due, done, lapsed")] = None,
    to: Annotated[Path | None, typer.Option(help="a file to write instead: .ics for a calendar, or .csv")] = None,
    check: Annotated[bool, typer.Option("--check", help="exit with 1 where something has lapsed")] = False,
    json: Json = False,
) -> None:
    """What is due, done and lapsed, by day, and who answers for it."""
    if to is not None and to.suffix not in FORMATS:
        raise Invalid("this is no calendar", field="--to", expected=" or ".join(FORMATS), found=to.name[-40:])
    with client(context) as ours:
        if to is not None:
            remark(f"wrote {ours.calendars.save(to, programme, format=to.suffix[1:], since=since, until=until)}")
            return
        found = ours.calendars.get(programme, since=since, until=until, kinds=kind or (), states=state or ())
    if json:
        say(found)
    else:
        columns = COLUMNS if programme is not None else ("programme", *COLUMNS)
        rows = [{**one.model_dump(), "people": ", ".join(one.people)} for one in found.rows]
        say_rows(rows, columns, as_json=False, none="nothing is due in these days")
        remark(f"{found.first_day} to {found.last_day}, {found.zone}: " + _counts(found.counts))
    if check and found.counts["lapsed"]:
        raise typer.Exit(LAPSED)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {state}" for state, n in counts.items())
