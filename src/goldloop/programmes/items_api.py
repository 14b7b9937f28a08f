"""Routes of the items of a programme: found by words and filters, and the filters that a person keeps."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import Noun
from goldloop.http import show
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.store.access import Caller, access_programme, visible_items
from goldloop.store.saved_filters import MOST, forget_filter, save_filter, saved_filters
from goldloop.store.search import Asked, Found, search

routes = APIRouter()
State = Literal["open", "disputed", "decided"]
Share = Annotated[float | None, Query(ge=0, le=1)]
Place = Annotated[str, Field(pattern=r"^[a-z]{1,20}$", description="which list it is for")]
Words = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class NewFilter(Noun):
    """Filters of a list to keep under a name."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"place": "items", "name": "Unsure refunds", "query": {"q": "refund"}}]}
    )

    place: Place = "items"
    name: Words
    query: dict[Annotated[str, Field(max_length=40)], Words] = Field(max_length=20)


@routes.get("/programmes/{programme}/items")
def items(
    ask: Ask,
    programme: str,
    q: Annotated[str | None, Query(max_length=500, description="words that all occur; the last may go on")] = None,
    label: Annotated[str | None, Query(description="id of an accepted label")] = None,
    by: Annotated[str | None, Query(description="actor who said something of it")] = None,
    slice: Annotated[str | None, Query(description="key=value")] = None,
    state: State | None = None,
    queue: str | None = None,
    rule: str | None = None,
    confidence_from: Share = None,
    confidence_below: Share = None,
    disagree: Annotated[bool, Query(description="two people said something different")] = False,
    open_in: Annotated[str | None, Query(description="work of this queue is open")] = None,
    after: After = None,
    limit: Limit = 50,
    format: Format = "json",
) -> Response:
    """The items of a programme, by words and filters: by page, or all of them as CSV.

    A page looks at a bounded number of items; `next` leads on even where it found fewer than it was asked for.
    """
    asked = Asked(
        text=q or None,
        label=label or None,
        by=ask.ids.key("actor", by) if by else None,
        slice=_slice(slice) if slice else None,
        state=state,
        queue=queue or None,
        rule=rule or None,
        at_least=confidence_from,
        below=confidence_below,
        disagree=disagree,
        open_in=open_in or None,
    )

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_programme(connection, ask.ids, caller, programme, may="read_items")
            start = ask.ids.key("item", cursor) if cursor else 0
            found = search(connection, row.id, visible_items(caller), asked, after=start, limit=most)
        ask.seen(caller, row.id, [one.id for one in found.rows], "list")
        next_ = ask.ids.show("item", found.next) if found.next is not None else None
        return [_shown(ask, one) for one in found.rows], next_

    return long_list(fetch, after=after, limit=limit, format=format, name="items")


@routes.get("/programmes/{programme}/filters")
def filters(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The filters that one kept in a programme, by name."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        found = saved_filters(connection, caller.account_id, row.id)
    rows = [{"place": one.place, "name": one.name, "query": one.query} for one in found]
    return page(rows, format=format, name="filters")


@routes.put("/programmes/{programme}/filters")
def keep_filter(ask: Ask, programme: str, body: NewFilter) -> JSONResponse:
    """Keep filters under a name, for oneself; the same name again replaces them."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        _own(caller)
        if len(saved_filters(connection, caller.account_id, row.id)) >= MOST:
            raise Conflict("you keep many filters here; forget one first", expected=f"fewer than {MOST}")
        save_filter(connection, caller.account_id, row.id, body.place, body.name, dict(body.query), at=now())
    return reply({"place": body.place, "name": body.name, "query": dict(body.query)})


@routes.delete("/programmes/{programme}/filters/{place}/{name}", status_code=204)
def drop_filter(ask: Ask, programme: str, place: str, name: str) -> Response:
    """Forget a filter of one's own."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        _own(caller)
        if not forget_filter(connection, caller.account_id, row.id, place, name):
            raise NotFound("there is no such filter", found=name[:60])
    return Response(status_code=204)


def _own(caller: Caller) -> None:
    """Keeping a filter writes, though only for oneself: a token that may only read may not."""
    caller.require_scope("write")


def _slice(given: str) -> tuple[str, str]:
    key, equals, value = given.partition("=")
    if not equals or not key:
        raise Invalid("a slice is a key and a value", field="slice", expected="key=value", found=given[:80])
    return key, value


def _shown(ask: Asking, one: Found) -> dict[str, Any]:
    return {
        "id": ask.ids.show("item", one.id),
        "external_id": one.external_id,
        "text": one.text,
        "digest": one.digest.hex(),
        "batch_id": ask.ids.show("batch", one.batch_id) if one.batch_id is not None else None,
        "rule": one.rule,
        "queue": show.queue_name(one.queue) if one.queue is not None else None,
        "confidence": one.confidence,
        "state": one.state,
        "answer": one.answer,
    }
