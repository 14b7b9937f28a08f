"""Routes of cost: what labels take and cost, what suggestions save, where the money goes, what is left of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from goldloop.core.errors import Invalid
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.labelling.economics.read import economics_of
from goldloop.store.access import access_programme

routes = APIRouter()
PARTS = ("costs", "savings", "streams", "days")


@routes.get("/programmes/{programme}/economics")
def programme_economics(
    ask: Ask,
    programme: str,
    part: Annotated[str, Query(description=f"of a CSV: one of {', '.join(PARTS)}")] = "costs",
    format: Format = "json",
) -> Response:
    """Active seconds and money an item and a judgement, the saving against the blind share, and the budget.

    Money is in minor units of the programme's currency. The saving is unknown, with its reason, where nothing was
    labelled by hand at random.
    """
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = economics_of(connection, ask.contexts, row.id)
    if format == "csv":
        if part not in PARTS:
            raise Invalid("there is no such part", field="part", expected=f"one of {', '.join(PARTS)}", found=part[:40])
        rows: list[dict[str, Any]] = found["budget"]["days"] if part == "days" else found[part]
        return page(rows, format="csv", name=part)
    return reply(found)
