"""`goldloop accuracy`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_rows

app = noun("How many labels are right, over all audited batches.")
COLUMNS = ("by", "name", "stage", "value", "low", "high", "n", "eligible", "because")


@app.command()
def show(
    context: typer.Context,
    programme: str,
    to: Annotated[Path | None, typer.Option(help="a .csv file to write every part to")] = None,
    json: Json = False,
) -> None:
    """Accuracy in all, verified or labelled in full, by queue, tier, rule and batch; before review, and now."""
    with client(context) as ours:
        if to is not None:
            print(ours.accuracy.save(programme, to))
            return
        found = ours.accuracy.get(programme)
        if json:
            say(found)
            return
        covered = found.covered
        print(
            f"{covered['batches']:,} of {covered['of']:,} batches are audited: {covered['judged']:,} judged labels "
            f"speak for {covered['items']:,} of {covered['of_items']:,} items"
        )
        say_rows(found.accuracy, COLUMNS, as_json=False)
        print(f"\n{found.gap['says']}")
        for one in found.left_out:
            remark(f"{one['batch']} is left out: {one['because']}")
