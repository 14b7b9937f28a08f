"""Routes of anchoring: what showing suggestions does to answers, and how large a blind share shows it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from goldloop.core.errors import Invalid
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.labelling.anchoring.effect import anchoring_of
from goldloop.store.access import access_programme

routes = APIRouter()
PARTS = ("effects", "probes", "profiles", "forecasts")


@routes.get("/programmes/{programme}/anchoring")
def programme_anchoring(
    ask: Ask,
    programme: str,
    part: Annotated[str, Query(description=f"of a CSV: one of {', '.join(PARTS)}")] = "effects",
    format: Format = "json",
) -> Response:
    """The effect of showing a suggestion, from the randomised blind share: in all, by queue, person, label and model.

    Unknown with its reason, and never 0, where nothing was hidden at random. Beside it: how many planted errors were
    caught, how long answers took, and which blind share shows an effect of 1, 2 and 5 points.
    """
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = anchoring_of(connection, ask.ids, ask.contexts, row.id)
    if format == "csv":
        if part not in PARTS:
            raise Invalid("there is no such part", field="part", expected=f"one of {', '.join(PARTS)}", found=part[:40])
        return page(found[part], format="csv", name=part)
    return reply(found)
