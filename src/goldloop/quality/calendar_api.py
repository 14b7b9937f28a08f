"""Route of the calendar: what falls due in a programme, on one page."""

from typing import Any

from fastapi import APIRouter, Response

from goldloop.core.clock import now
from goldloop.http.asking import Ask
from goldloop.http.paging import Format, page
from goldloop.quality.calendar import calendar
from goldloop.store.access import access_programme

routes = APIRouter()


@routes.get("/programmes/{programme}/calendar")
def programme_calendar(ask: Ask, programme: str, format: Format = "json") -> Response:
    """Audits, exams, deadlines, questions, briefs and the period's end, the earliest first; what waits comes last."""
    at = now()
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = calendar(connection, row.id, at=at)
    rows: list[dict[str, Any]] = [
        {
            "kind": one.kind,
            "about": one.about,
            "due_at": one.due_at,
            "overdue": one.overdue,
            "lapsed": one.lapsed,
            "owner": one.owner,
            "because": one.because,
            "id": ask.ids.show(one.noun, one.key) if one.noun is not None and one.key is not None else None,
        }
        for one in found
    ]
    return page(rows, format=format, name="calendar")
