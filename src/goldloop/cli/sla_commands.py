"""`goldloop sla`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.cli.watching import watched

app = noun("What a programme promises its client, the report on it, and the client's word on what passed.")
BREACHED = 1
COLUMNS = ("term", "state", "value", "low", "high", "n", "eligible", "because", "owner", "credit")
SIGN_OFF = ("batch", "items", "outcome", "decided_at", "state", "by", "said_at", "because", "held", "batch_id")


@app.command()
def show(context: typer.Context, programme: str, json: Json = False) -> None:
    """Where every term stands in the period that runs."""
    with client(context) as ours:
        found = ours.sla.get(programme)
        if json:
            say(found)
            return
        say_rows(found.terms, COLUMNS, as_json=False, none="this programme promises nothing: no `sla` in its file")
        if found.credits:
            print()
            say_rows(found.credits, ("term", "about", "share", "price", "amount", "because"), as_json=False)
            remark(f"{found.credited:,} of {found.price or 0:,} minor units of {found.currency} are credited")


@app.command()
def evaluate(context: typer.Context, programme: str, json: Json = False) -> None:
    """Evaluate every term now and keep the result as evidence. Exits 1 where a term is breached."""
    with client(context) as ours:
        done = watched(ours, ours.sla.keep(programme), "evaluation")
        if json:
            say(done)
        else:
            for term, state in done.result["states"].items():
                print(f"{term}: {state.replace('_', ' ')}")
    if "breached" in done.result["states"].values():
        raise typer.Exit(BREACHED)


@app.command()
def report(
    context: typer.Context,
    programme: str,
    on: Annotated[str | None, typer.Option(help="a day or a month of the period: 2026-05-12, 2026-05")] = None,
    to: Annotated[Path | None, typer.Option(help="a file to write: .pdf, .json, or .csv for one part")] = None,
    part: Annotated[str, typer.Option(help="of a .csv: terms, batches, annotators, ...")] = "terms",
    json: Json = False,
) -> None:
    """The report that the client reads: printed, or written to a file."""
    with client(context) as ours:
        if to is not None:
            print(ours.sla.save_report(programme, to, on=on, part=part))
            return
        found = ours.sla.report(programme, on=on)
        if json:
            say(found)
            return
        print(f"{found.title}: {found.first_day} to {found.last_day} ({found.zone}), for {found.client}\n")
        say_rows(found.terms, COLUMNS, as_json=False)
        for name, rows in (
            ("batches", found.batches),
            ("annotators", found.annotators),
            ("escalations", found.escalations),
            ("remediations", found.remediations),
            ("credits", found.credits),
        ):
            columns = (
                tuple(name for name, value in dict(rows[0]).items() if not isinstance(value, dict)) if rows else ()
            )
            print(f"\n{name}")
            say_rows(rows, columns, as_json=False)
        print()
        for one in found.definitions:
            print(f"{one['word']}: {one['means']}")


@app.command()
def batches(context: typer.Context, programme: str, json: Json = False) -> None:
    """The batches that passed, newest first, and what the client said of each."""
    with client(context) as ours:
        say_rows(ours.sla.batches(programme), SIGN_OFF, as_json=json, none="no batch has passed its gate yet")


@app.command()
def sign(
    context: typer.Context,
    batch: Annotated[str, typer.Argument(help="its id, bat_...")],
    note: Annotated[str, typer.Option(help="a remark that stays with the signature")] = "",
    json: Json = False,
) -> None:
    """Sign a batch off in one's own name, for the client."""
    with client(context) as ours:
        say_one(ours.sla.sign(batch, note), SIGN_OFF, as_json=json)


@app.command()
def dispute(
    context: typer.Context,
    batch: Annotated[str, typer.Argument(help="its id, bat_...")],
    because: Annotated[str, typer.Option(help="the reason, which stays with the batch")],
    item: Annotated[list[str], typer.Option(help="the id that its source gave an item; again for more")],
    json: Json = False,
) -> None:
    """Dispute items of a batch in one's own name, for the client: they are judged again, and you are asked again."""
    with client(context) as ours:
        say_one(ours.sla.dispute(batch, because, item), SIGN_OFF, as_json=json)
