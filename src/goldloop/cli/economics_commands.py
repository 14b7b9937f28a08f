"""`goldloop economics`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say, say_one, say_rows

app = noun("What labels take and cost, what suggestions save, and the budget.")
COSTS = ("by", "name", "unit", "n", "eligible", "seconds", "seconds_low", "seconds_high", "money", "total", "because")
SAVINGS = ("of", "about", "value", "low", "high", "actual", "manual", "n", "eligible", "because")
STREAMS = ("cause", "queue", "state", "judgements", "seconds", "money")
BUDGET = (
    "amount", "currency", "until", "spent", "left", "waiting", "expected", "expected_low", "expected_high",
    "lasts_until", "state", "because",
)  # fmt: skip


@app.command()
def show(
    context: typer.Context,
    programme: str,
    to: Annotated[Path | None, typer.Option(help="a .csv file to write one part to")] = None,
    part: Annotated[str, typer.Option(help="of the file: costs, savings, streams or days")] = "costs",
    json: Json = False,
) -> None:
    """Seconds and money an item and a judgement, the saving, where the money goes, and the budget. Minor units."""
    with client(context) as ours:
        if to is not None:
            print(ours.economics.save(programme, to, part=part))
            return
        found = ours.economics.get(programme)
        if json:
            say(found)
            return
        print(f"money in minor units of {found.currency}; {found.scope['decided']:,} decided items\n")
        say_rows(found.costs, COSTS, as_json=False)
        print("\nwhat suggestions save")
        say_rows(found.savings, SAVINGS, as_json=False)
        print("\nwhere the money goes")
        say_rows(found.streams, STREAMS, as_json=False, none="nowhere yet")
        print("\nbudget")
        say_one(found.budget, BUDGET, as_json=False)
