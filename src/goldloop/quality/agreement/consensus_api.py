"""Routes of consensus: what people disagree about in a batch."""

from typing import Any

from fastapi import APIRouter, Response

from goldloop.http.asking import Ask
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.quality.agreement.consensus import confused, disagreements
from goldloop.store.access import access_batch

routes = APIRouter()


@routes.get("/batches/{batch}/disagreements")
def batch_disagreements(
    ask: Ask, batch: str, after: After = None, limit: Limit = 50, format: Format = "json"
) -> Response:
    """The items on which independent answers differ: who said what, how it was settled, and a model's doubt."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_batch(connection, ask.ids, caller, batch, may="gate")
            start = ask.ids.key("item", cursor) if cursor else 0
            found, next_ = disagreements(connection, ask.contexts.batch(connection, row.id), after=start, limit=most)
        ask.seen(caller, row.programme_id, [one.item_id for one in found], "list")
        rows = [{**one.model_dump(mode="json"), "item_id": ask.ids.show("item", one.item_id)} for one in found]
        return rows, ask.ids.show("item", next_) if next_ is not None else None

    return long_list(fetch, after=after, limit=limit, format=format, name="disagreements")


@routes.get("/batches/{batch}/confusions")
def batch_confusions(ask: Ask, batch: str, format: Format = "json") -> Response:
    """Which labels people give where others give another, with how often and its interval."""
    with ask.store.read() as connection:
        row = access_batch(connection, ask.ids, ask.caller(connection), batch, may="gate")
        found = confused(connection, ask.contexts.batch(connection, row.id))
    return page([one.model_dump(mode="json") for one in found], format=format, name="confusions")
