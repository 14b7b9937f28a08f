"""`goldloop workspace`."""

from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_done, say_one, say_rows

app = noun("Where items may be read, the devices that people state, and who was shown which item.")
DEVICE = ("id", "who", "device", "kind", "by", "stated_at", "until_at", "counts")


@app.command()
def show(context: typer.Context, programme: str, json: Json = False) -> None:
    """What a programme's workspace declares, and what it allows from here."""
    with client(context) as ours:
        found = ours.workspaces.show(programme)
    if found.declared is None and not json:
        remark("this programme declares no workspace")
        return
    say_one(found, ("programme", "declared", "address", "opens", "may_download", "mark"), as_json=json)


@app.command()
def mine(context: typer.Context, json: Json = False) -> None:
    """What the programmes you work in ask of your device, and until when your statement counts."""
    with client(context) as ours:
        rows = [{**one.model_dump(mode="json"), "counts_until_at": one.until} for one in ours.workspaces.mine()]
    columns = ("programme", "kinds", "by", "days", "counts_until_at")
    say_rows(rows, columns, as_json=json, none="none of your programmes asks for a device")


@app.command()
def devices(context: typer.Context, programme: str, json: Json = False) -> None:
    """Every statement about a device, newest first, and whether it counts now."""
    with client(context) as ours:
        rows = [{**one.model_dump(mode="json"), "until_at": one.until} for one in ours.workspaces.devices(programme)]
    say_rows(rows, DEVICE, as_json=json, none="no device was stated")


@app.command()
def state(
    context: typer.Context,
    programme: str,
    device: Annotated[str, typer.Argument(help="as it is inventoried")],
    kind: Annotated[str, typer.Argument(help="the kind of device, such as managed-laptop")],
    days: Annotated[float | None, typer.Option(help="left out: as long as the programme allows")] = None,
    person: Annotated[str | None, typer.Option(help="whose device it is, by actor id; left out: yours")] = None,
    json: Json = False,
) -> None:
    """State the device that you work on, or somebody's as their manager. It stands in the ledger."""
    with client(context) as ours:
        made = ours.workspaces.state(programme, device, kind, days=days, actor_id=person)
    if json:
        say(made)
    else:
        say_one({**made.model_dump(mode="json"), "until_at": made.until}, DEVICE, as_json=False)


@app.command()
def withdraw(
    context: typer.Context,
    programme: str,
    device_id: Annotated[str, typer.Argument(help="id of the statement")],
    json: Json = False,
) -> None:
    """End a statement now: no work is handed out on it any more."""
    with client(context) as ours:
        ours.workspaces.withdraw(programme, device_id)
    say_done("the statement has ended", as_json=json, programme=programme, device=device_id)


@app.command()
def seen(
    context: typer.Context,
    programme: str,
    item: Annotated[str | None, typer.Option(help="of one item")] = None,
    until: Annotated[int | None, typer.Option(help="from the hour of this moment back, in microseconds")] = None,
    json: Json = False,
) -> None:
    """Who was shown which item, when and from where. `mark` is what stood over it on their screen."""
    with client(context) as ours:
        columns = ("seen_at", "mark", "who", "external_id", "way", "address")
        say_rows(ours.workspaces.seen(programme, item=item, until=until), columns, as_json=json, none="nothing yet")
