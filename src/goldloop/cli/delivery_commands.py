"""`goldloop delivery`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import batch_id
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.cli.sources import source_of
from goldloop.cli.verdicts import say_verdict
from goldloop.cli.watching import telling, watched

app = noun("Label files that providers deliver, gated like our own batches.")
Batch = Annotated[str, typer.Argument(help="PROGRAMME/NAME or an id")]


@app.command()
def receive(
    context: typer.Context,
    programme: str,
    file: Annotated[Path, typer.Argument(help="the delivered label file")],
    provider: Annotated[str, typer.Option(help="the organisation that delivered it")],
    source: Annotated[str | None, typer.Option(help="its kind, such as csv.v1; by its name if left out")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="a parameter of the source: annotation=label")] = None,
    name: Annotated[str, typer.Option(help="the source its items belong to; ids are unique within it")] = "default",
    gate: Annotated[str | None, typer.Option(help="a gate of the programme file; batches.gate if left out")] = None,
    replaces: Annotated[str | None, typer.Option(help="the delivery it comes in the place of")] = None,
    json: Json = False,
) -> None:
    """Receive a delivery. Then run its gate: goldloop gate run PROGRAMME/delivery-N."""
    spec = source_of(file, source, set_ or ())
    with client(context) as ours:
        first = batch_id(ours, replaces, programme=programme) if replaces else None
        with telling("upload") as tell:
            job = ours.deliveries.receive(
                programme,
                file,
                spec,
                provider=provider,
                name=name,
                gate=gate,
                replaces=first,
                report=lambda sent, size: tell(sent, size, ""),
            )
        done = watched(ours, job, "delivery")
        newest = ours.deliveries.all(programme)[0]
        if json:
            say({**done.result, "delivery": newest})
            return
        say_one({**done.result, "name": newest.name}, ("name", "labels", "new_items", "rejects"), as_json=False)
        if done.result["rejects"]:
            remark(f"see what was rejected: goldloop import rejects {newest.import_id}")


@app.command("list")
def list_(context: typer.Context, programme: str, json: Json = False) -> None:
    """The deliveries of a programme, newest first."""
    with client(context) as ours:
        columns = ("batch_id", "name", "provider", "file", "items", "rejects", "state", "replaces", "received_at")
        say_rows(ours.deliveries.all(programme), columns, as_json=json)


@app.command()
def report(context: typer.Context, batch: Batch, json: Json = False) -> None:
    """The report that goes back to the provider: verdict, items found wrong, error classes, what was changed."""
    with client(context) as ours:
        found = ours.deliveries.get(batch_id(ours, batch))
        if json:
            say(found)
            return
        say_one(found, ("name", "provider", "file", "items", "rejects", "state"), as_json=False)
        if found.verdict is not None:
            print()
            say_verdict(found.verdict)
        print()
        say_rows(found.wrong, ("external_id", "delivered", "ours"), as_json=False, none="no label was found wrong")
        print()
        columns = ("dimension", "name", "said", "true", "wrong", "judged", "value", "low", "high", "found")
        say_rows(found.error_classes, columns, as_json=False, none="no label is confused twice")
        if found.compared is not None:
            print()
            changed = ("in_both", "missing", "added", "changed", "named_wrong", "now_as_ours", "still_wrong")
            say_one(found.compared, (*changed, "made_wrong"), as_json=False)
