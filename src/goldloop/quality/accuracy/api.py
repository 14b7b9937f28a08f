"""Routes of accuracy: one page for the whole programme, every number with what it stands for."""

from fastapi import APIRouter, Response

from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.quality.accuracy.programme import accuracy_of
from goldloop.store.access import access_programme

routes = APIRouter()


@routes.get("/programmes/{programme}/accuracy")
def programme_accuracy(ask: Ask, programme: str, format: Format = "json") -> Response:
    """How many labels are right, over all audited batches: in all, verified or labelled in full, by queue and tier.

    Before review and as they stand; beside the share that verifiers let pass, which is another number.
    """
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = accuracy_of(connection, ask.contexts, row.id)
    if format == "csv":
        return page(found["accuracy"], format="csv", name="accuracy")
    return reply(found)
