"""`goldloop import`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.authors import Pairs, pairs
from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.cli.sources import source_of
from goldloop.cli.watching import telling, watched

app = noun("Files taken in, and what was rejected.")


@app.command()
def add(
    context: typer.Context,
    programme: str,
    file: Annotated[Path, typer.Argument(help="the file to take in")],
    source: Annotated[str | None, typer.Option(help="its kind, such as csv.v1; by its name if left out")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="a parameter of the source: text=message, slices=[a,b]")
    ] = None,
    name: Annotated[str, typer.Option(help="the source its items belong to; ids are unique within it")] = "default",
    is_: Annotated[Pairs, typer.Option("--is", help="AUTHOR=NAME: an author is the person who signs in here")] = None,
    as_: Annotated[Pairs, typer.Option("--as", help="AUTHOR=NAME: an author is kept under another name")] = None,
    wait: Annotated[bool, typer.Option(help="wait for its end")] = True,
    json: Json = False,
) -> None:
    """Take a file in. The same file a second time adds nothing.

    An author who has the name of somebody who signs in here is rejected until --is or --as says who that is.
    """
    spec = source_of(file, source, set_ or ())
    accounts, names = pairs("--is", is_), pairs("--as", as_)
    with client(context) as ours:
        with telling("upload") as tell:
            job = ours.imports.add(
                programme,
                file,
                spec,
                name=name,
                accounts=accounts,
                names=names,
                report=lambda sent, size: tell(sent, size, ""),
            )
        if not wait:
            say_one(job, ("id", "kind", "state"), as_json=json)
            return
        done = watched(ours, job, "import")
        if json:
            say(done)
            return
        say_one(done.result, ("items", "duplicates", "rejects", "judgements", "same_content"), as_json=False)
        if done.result["rejects"]:
            remark(f"see what was rejected: goldloop import rejects {job.import_id}")


@app.command("list")
def list_(context: typer.Context, programme: str, json: Json = False) -> None:
    """What came in."""
    with client(context) as ours:
        columns = (
            "id",
            "name",
            "file",
            "source",
            "items",
            "duplicates",
            "rejects",
            "judgements",
            "state",
            "at",
            "error.message",
        )
        say_rows(ours.imports.all(programme), columns, as_json=json)


@app.command()
def rejects(context: typer.Context, import_id: str, json: Json = False) -> None:
    """The records that could not be taken in, and why."""
    with client(context) as ours:
        say_rows(ours.imports.rejects(import_id), ("line", "field", "expected", "found"), as_json=json)


@app.command()
def lost(context: typer.Context, import_id: str, json: Json = False) -> None:
    """What of a file could not be carried, by kind."""
    with client(context) as ours:
        say_rows(ours.imports.lost(import_id), ("times", "what"), as_json=json, none="everything was carried")
