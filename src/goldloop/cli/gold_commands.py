"""`goldloop gold`."""

import json as json_
from pathlib import Path
from typing import Annotated, Any

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import release_id
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.core.errors import Invalid, NotFound

app = noun("Gold sets: seal them, see which items people doubt, withdraw one.")
SEALED = ("id", "name", "number", "items", "eval_only", "digest")
HEALTH = (
    "item_id",
    "external_id",
    "answer",
    "instead",
    "good_wrong",
    "good",
    "wrong",
    "answers",
    "adjusted_p",
    "suspected",
    "withdrawn_because",
)


@app.command()
def seal(
    context: typer.Context,
    programme: str,
    name: Annotated[str, typer.Argument(help="the gold set's name")],
    file: Annotated[
        Path | None,
        typer.Argument(help="JSON lines: id, answer, difficulty, concepts, explanation, eval_only"),
    ] = None,
    source: Annotated[str, typer.Option(help="the source that the items belong to")] = "default",
    release: Annotated[str | None, typer.Option(help="a sealed dataset whose labels are right")] = None,
    seed: Annotated[int, typer.Option(help="of the order in which items are drawn")] = 0,
    json: Json = False,
) -> None:
    """Seal a gold set of imported items, or of a sealed dataset's; a bad row is named, and then nothing is sealed."""
    rows = _rows(file) if file is not None else []
    with client(context) as ours:
        of = release_id(ours, release) if release is not None else None
        made = ours.calibration.seal(programme, name, rows, source=source, release=of, seed=seed)
        say_one(made, SEALED, as_json=json)


@app.command("list")
def list_(context: typer.Context, programme: str, json: Json = False) -> None:
    """The gold sets of a programme, newest first."""
    with client(context) as ours:
        columns = ("name", "number", "items", "eval_only", "withdrawn", "sealed_at")
        say_rows(ours.calibration.gold(programme), columns, as_json=json, none="no gold set")


@app.command()
def health(context: typer.Context, programme: str, name: str, json: Json = False) -> None:
    """What people made of every item of gold; those that good people disagree with come first."""
    with client(context) as ours:
        found = ours.calibration.health(programme, name)
        if json:
            say(found)
            return
        remark(f"{found.suspected} of {found.items} items suspected: {found.method}")
        say_rows([one for one in found.rows if one.answers], HEALTH, as_json=False, none="nobody has answered any yet")


@app.command()
def withdraw(
    context: typer.Context,
    programme: str,
    name: str,
    item: Annotated[str, typer.Argument(help="id of the item: see `goldloop gold health`")],
    because: Annotated[str, typer.Option(help="why its answer is wrong")],
    json: Json = False,
) -> None:
    """Withdraw an item from gold; what was made of everybody who answered it is reckoned again."""
    with client(context) as ours:
        changed = ours.calibration.withdraw(programme, name, item, because)
        say_one({"item_id": item, "recomputed": changed}, ("item_id", "recomputed"), as_json=json)


def _rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines. Raises Invalid with the line of one that is none."""
    if not file.is_file():
        raise NotFound("there is no such file", field="file", expected="a readable file", found=str(file))
    out = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json_.loads(line)
        except json_.JSONDecodeError as error:
            raise Invalid("this is no JSON", field=f"{file.name}:{number}", found=str(error)) from error
        if not isinstance(row, dict):
            raise Invalid("a row is an object", field=f"{file.name}:{number}", expected='{"id": ...}', found=line[:60])
        out.append(row)
    return out
