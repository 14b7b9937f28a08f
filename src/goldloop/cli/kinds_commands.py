"""`goldloop kinds`."""

from typing import Annotated

import typer

from goldloop import kinds
from goldloop.cli.nouns import verb
from goldloop.cli.saying import Json, say_rows
from goldloop.core.errors import Invalid
from goldloop.core.registry import FAMILIES

app = verb("Everything that plugs in.")


@app.command()
def kinds_(
    family: Annotated[str | None, typer.Argument(help="source, task, judge, measure, check or exporter")] = None,
    json: Json = False,
) -> None:
    """The kinds that are here, with what each is for."""
    kinds.load()
    if family is not None and family not in FAMILIES:
        raise Invalid("there is no such family", field="FAMILY", expected=", ".join(FAMILIES), found=family)
    rows = [
        {
            "family": title,
            "name": kind.name,
            "about": (kind.__doc__ or "").strip().splitlines()[0],
            "parameters": list(kind.model_fields),
        }
        for title, members in FAMILIES.items()
        if family in (None, title)
        for kind in sorted(members, key=lambda one: one.name)
    ]
    say_rows(rows, ("family", "name", "about"), as_json=json)
