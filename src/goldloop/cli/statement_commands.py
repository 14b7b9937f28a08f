"""`goldloop statement`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_rows
from goldloop.client.statements import Statement

app = noun("What a client owes for accepted work, and what people are paid.")
LINES = ("kind", "about", "of", "n", "active_ms", "price", "amount", "because", "adjusts")
PAY = ("for", "month", "total", "unpriced", "closed_at", "simulated", "person_id")
Month = Annotated[str | None, typer.Option(help="such as 2026-05; the running one if left out")]
To = Annotated[Path | None, typer.Option(help="a file to write: .pdf, .csv or .json")]


@app.command()
def show(
    context: typer.Context,
    programme: str,
    month: Month = None,
    person: Annotated[str | None, typer.Option(help="the id of a person, or me; the client's if left out")] = None,
    to: To = None,
    json: Json = False,
) -> None:
    """The client's statement of a month, or a person's. Money in minor units."""
    with client(context) as ours:
        if to is not None:
            print(ours.statements.save(programme, to, month=month, person=person))
            return
        _say(ours.statements.get(programme, month=month, person=person), as_json=json)


@app.command()
def close(context: typer.Context, programme: str, month: str, json: Json = False) -> None:
    """Close the client's statement of a month that is over. Corrections go into the next one."""
    with client(context) as ours:
        _say(ours.statements.close(programme, month), as_json=json)


@app.command()
def pay(context: typer.Context, programme: str, month: Month = None, json: Json = False) -> None:
    """What everybody who worked in a month is paid for it."""
    with client(context) as ours:
        say_rows(ours.statements.pay(programme, month=month), PAY, as_json=json, none="nobody worked in this month")


@app.command("close-pay")
def close_pay(context: typer.Context, programme: str, month: str, json: Json = False) -> None:
    """Close everybody's statement of a month that is over."""
    with client(context) as ours:
        done = ours.statements.close_pay(programme, month)
        if json:
            say(done)
        else:
            print(f"{done['closed']:,} statements of {done['month']} are closed")


@app.command()
def mine(context: typer.Context, month: Month = None, json: Json = False) -> None:
    """One's own statements of a month."""
    with client(context) as ours:
        found = ours.statements.mine(month=month)
        if json:
            say(found)
            return
        for one in found:
            _say(one, as_json=False)
        if not found:
            print("nothing was said at work in this month")


def _say(found: Statement, *, as_json: bool) -> None:
    if as_json:
        say(found)
        return
    state = "closed" if found.closed_at is not None else "open: it may still change"
    print(f"{found.programme}, {found.first_day} to {found.last_day} ({found.zone}), by {found.pays_by}; {state}")
    say_rows(found.lines, LINES, as_json=False, none="nothing is due")
    left_out = f"; {found.unpriced:,} lines have no price and are not in it" if found.unpriced else ""
    print(f"total {found.total:,} minor units of {found.currency}{left_out}")
    if found.simulated:
        remark("this person is simulated: nobody is paid")
