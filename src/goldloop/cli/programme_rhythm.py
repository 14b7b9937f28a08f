"""`goldloop programme calendar`, `health`, `digests` and `coverage`."""

import json as json_of
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from goldloop.cli.doors import client, readable
from goldloop.cli.saying import Json, remark, say, say_rows
from goldloop.cli.watching import watched
from goldloop.client.healths import Vital
from goldloop.core.clock import iso
from goldloop.core.errors import Invalid

LAPSED = 1
GAPS = ("slice", "value", "share", "target", "gap", "low", "high", "n", "eligible", "healthy")
FORMATS = (".ics", ".csv")
VITALS = ("about", "state", "value", "low", "high", "n", "eligible", "bar", "because")
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


def health(
    context: typer.Context,
    programme: str,
    to: Annotated[Path | None, typer.Option(help="a .csv file to write instead")] = None,
    check: Annotated[bool, typer.Option("--check", help="exit with 1 where something is unhealthy")] = False,
    json: Json = False,
) -> None:
    """How a programme stands: every number with its denominator, interval, bar, and reason where it is unknown."""
    with client(context) as ours:
        if to is not None:
            remark(f"wrote {ours.health.save(programme, to)}")
            return
        found = ours.health.get(programme)
    if json:
        say(found)
    else:
        say_rows([_vital(one, found.currency) for one in found.rows], VITALS, as_json=False)
        remark(f"{programme} as of {iso(found.as_of)}: {_counts(found.counts)}")
    if check and found.counts["unhealthy"]:
        raise typer.Exit(LAPSED)


def digests(
    context: typer.Context,
    programme: str,
    weeks: Annotated[int, typer.Option(min=1, max=1000, help="how many, the newest first")] = 4,
    make: Annotated[bool, typer.Option("--make", help="make the last week's first, where it is not made")] = False,
    json: Json = False,
) -> None:
    """What each week changed: verdicts, releases, briefs, promises, budget, lapses."""
    with client(context) as ours:
        if make:
            watched(ours, ours.digests.look(programme), "look")
        found = list(islice(ours.digests.all(programme), weeks))
    if json:
        say(found)
        return
    if not found:
        print("no week has been told yet")
    for one in found:
        print(f"{one.first_day} to {one.last_day}, for {', '.join(one.informed) or 'nobody by name'}")
        for line in _told(one.doc):
            print(f"  {line}")


def coverage(
    context: typer.Context,
    programme: str,
    of: Annotated[str, typer.Option(help="labels: what is labelled now; or the name of a dataset")] = "labels",
    production: Annotated[Path | None, typer.Option(help="JSON: counts of production by slice and value")] = None,
    measure: Annotated[bool, typer.Option("--measure", help="measure it anew against the programme file")] = False,
    json: Json = False,
) -> None:
    """What a dataset holds beside what it should, slice by slice. Exits 1 where it holds too little of one."""
    counts = _counts_of(production) if production is not None else None
    with client(context) as ours:
        if measure or counts is not None:
            watched(ours, ours.coverage.measure(programme, of=of, counts=counts), "measure")
        found = ours.coverage.get(programme, of=of, against="target" if counts is None else "production")
    if json:
        say(found)
    else:
        say_rows(found.rows, GAPS, as_json=False, none="nothing was measured yet: --measure")
    if any(one.healthy is False for one in found.rows):
        raise typer.Exit(LAPSED)


def _counts_of(file: Path) -> Any:
    try:
        return json_of.loads(readable(file, "--production"))
    except json_of.JSONDecodeError as error:
        raise Invalid("is not JSON", field=str(file), expected="counts by slice and value", found=str(error)) from None


def _told(doc: dict[str, Any]) -> Iterator[str]:
    """A digest in lines."""
    yield from (f"{one['batch']}: {one['outcome']} ({one['items']:,} items)" for one in doc["verdicts"])
    yield from (f"release {one['name']} {one['number']}: {one['step']}" for one in doc["releases"])
    yield from (f"brief {one['step']}: {one['title']} ({one['because']})" for one in doc["briefs"])
    yield from (f"promise {one['term']}: {one['after']} ({one['because']})" for one in doc["promises"])
    budget = doc["budget"]
    for name, says in (("week", "this week"), ("spent", "in all")):
        if budget[name] is not None:
            yield f"spent {says}: {budget[name] / 100:,.2f} {budget['currency']}"
    yield from (
        f"lapsed: {one['title']} (due {iso(one['due_at'])[:10]}, {one['accountable']})" for one in doc["lapsed"]
    )
    yield from (f"unhealthy: {one['about']}" for one in doc["unhealthy"])


def _vital(one: Vital, currency: str) -> dict[str, object]:
    """A number in its unit."""
    shown = {name: _in_unit(getattr(one, name), one.unit, currency) for name in ("value", "low", "high", "bar")}
    return {**one.model_dump(), **shown}


def _in_unit(value: float | None, unit: str, currency: str) -> str | None:
    if value is None:
        return None
    if unit == "moment":
        return iso(int(value))
    if unit == "money":
        return f"{value / 100:,.2f} {currency}"
    if unit == "count":
        return f"{value:,.0f}"
    return f"{value:.1%}" if unit == "share" else f"{value:.3g}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {state}" for state, n in counts.items())
