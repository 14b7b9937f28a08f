"""Options of lists that are put in a chosen order."""

from typing import Annotated, Literal

import typer

Sort = Annotated[
    str | None, typer.Option(help="in order of this heading; a wrong one is answered with those there are")
]
Order = Annotated[Literal["asc", "desc"] | None, typer.Option(help="which way round")]
