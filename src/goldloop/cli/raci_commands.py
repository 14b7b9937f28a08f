"""`goldloop raci`."""

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say, say_rows
from goldloop.client.raci import ObligationRow

app = noun("Who answers for what, and who is missing.")
MISSING = 1
COLUMNS = ("obligation", "accountable", "responsible", "consulted", "informed", "missing")


@app.command()
def show(context: typer.Context, programme: str, json: Json = False) -> None:
    """Every obligation with its people."""
    with client(context) as ours:
        _say(ours.raci.all(programme), json=json)


@app.command()
def check(context: typer.Context, programme: str, json: Json = False) -> None:
    """The obligations that somebody is missing from. Exits 1 where there are any."""
    with client(context) as ours:
        found = [one for one in ours.raci.all(programme) if one.missing]
    _say(found, json=json, none="everybody is there")
    if found:
        raise typer.Exit(MISSING)


def _say(found: list[ObligationRow], *, json: bool, none: str = "none") -> None:
    if json:
        say(found)
        return
    rows = [
        {
            **one.model_dump(exclude={"missing"}),
            **{part: ", ".join(getattr(one, part)) for part in ("responsible", "consulted", "informed")},
            "missing": "; ".join(f"{who.part} {who.name}: {who.because}" for who in one.missing),
        }
        for one in found
    ]
    say_rows(rows, COLUMNS, as_json=False, none=none)
