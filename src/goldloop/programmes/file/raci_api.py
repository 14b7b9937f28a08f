"""The route of who answers for what: every obligation with its people, and who of them is not there."""

from typing import Any

from fastapi import APIRouter, Response

from goldloop.core.raci import PARTS
from goldloop.http.asking import Ask
from goldloop.http.paging import Format, page
from goldloop.loop.answers import Answered, answered
from goldloop.store.access import access_programme

routes = APIRouter()


@routes.get("/programmes/{programme}/raci")
def programme_raci(ask: Ask, programme: str, format: Format = "json") -> Response:
    """Every obligation of a programme: who is accountable, responsible, consulted and informed, and who is missing."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        rows = [_line(one) for one in answered(connection, row.id)]
    return page(rows, format=format, name="raci")


def _line(one: Answered) -> dict[str, Any]:
    named = {part: [who.name for who in one.people if who.part == part] for part in PARTS}
    return {
        "obligation": one.obligation.name,
        **named,
        "accountable": one.obligation.accountable,
        "missing": [
            {"name": who.name, "part": who.part, "because": who.absent} for who in one.people if who.absent is not None
        ],
    }
