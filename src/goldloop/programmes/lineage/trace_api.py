"""Routes of traceability: from a label to everything behind it, and from any of that back to the labels."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from goldloop.http.asking import Ask, reply
from goldloop.http.paging import After, Format, Limit, long_list
from goldloop.programmes.lineage.item import item_view
from goldloop.programmes.lineage.trace import Wanted, labels_behind, trace
from goldloop.store.access import access_item, access_judgement, access_programme, access_release, visible_items
from goldloop.store.items import programme_of_item

routes = APIRouter()
Id = Annotated[str | None, Query(max_length=60)]


@routes.get("/items/{item}")
def one_item(ask: Ask, item: str) -> JSONResponse:
    """Everything ever said of an item: by whom, having seen what, under which version, and why it was routed so."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        key = access_item(connection, ask.ids, caller, item)
        programme_id = programme_of_item(connection, key)
        shown = item_view(connection, ask.ids, key)
    ask.seen(caller, programme_id, [key], "page")
    return reply({**shown, "mark": ask.mark(caller, programme_id)})


@routes.get("/judgements/{judgement}")
def one_judgement(ask: Ask, judgement: str) -> JSONResponse:
    """A label with its author, what they were shown, the versions it was said under, its batch and its releases."""
    with ask.store.read() as connection:
        key = access_judgement(connection, ask.ids, ask.caller(connection), judgement)
        return reply(trace(connection, ask.ids, key))


@routes.get("/programmes/{programme}/judgements")
def judgements(
    ask: Ask,
    programme: str,
    actor: Id = None,
    batch: Id = None,
    ontology: Id = None,
    guideline: Id = None,
    release: Id = None,
    suggested_by: Id = None,
    label: Annotated[str | None, Query(max_length=200)] = None,
    after: After = None,
    limit: Limit = 50,
    format: Format = "json",
) -> Response:
    """The labels behind a person, a model, a version, a batch or a release: by page, or all of them as CSV."""
    key = ask.ids.key
    wanted = Wanted(
        actor=key("actor", actor) if actor else None,
        batch=key("batch", batch) if batch else None,
        ontology=key("release", ontology) if ontology else None,
        guideline=key("release", guideline) if guideline else None,
        release=key("release", release) if release else None,
        suggested_by=key("actor", suggested_by) if suggested_by else None,
        label=label,
    )

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_programme(connection, ask.ids, caller, programme, may="read_items")
            if release:
                access_release(connection, ask.ids, caller, release, may="see")
            start = key("judgement", cursor) if cursor else 0
            rows = labels_behind(connection, ask.ids, row.id, wanted, visible_items(caller), after=start, limit=most)
        return rows, rows[-1]["id"] if len(rows) == most else None

    return long_list(fetch, after=after, limit=limit, format=format, name="judgements")
