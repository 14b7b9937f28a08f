"""The route of a programme's health: every number of it on one page."""

from fastapi import APIRouter, Response

from goldloop.core.clock import now
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.rhythm.health import health_of
from goldloop.store.access import access_programme
from goldloop.store.programmes import policy_in_force

routes = APIRouter()


@routes.get("/programmes/{programme}/health")
def programme_health(ask: Ask, programme: str, format: Format = "json") -> Response:
    """How a programme stands: accuracy, agreement, gates, briefs, promises, queues, cost, calibration, lapses.

    Each number has its denominator, interval and bar, the reason where it is unknown, and where to read on.
    """
    at = now()
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        currency = policy_in_force(connection, row.id).policy.currency
        found = health_of(connection, ask.contexts, ask.ids, row.id, at=at)
    rows = [one.model_dump(mode="json") for one in found]
    if format == "csv":
        return page(rows, format="csv", name=f"{row.name}-health")
    counts = {
        state: sum(one.state == state for one in found) for state in ("unhealthy", "in doubt", "unknown", "healthy")
    }
    return reply(
        {"programme": row.name, "as_of": at, "currency": currency, "counts": counts, "rows": rows, "next": None}
    )
