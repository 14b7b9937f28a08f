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
from goldloop.http.ordering import Way, next_of, order_of
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.store.access import access_batch, access_programme, visible_items
from goldloop.store.caller import Caller
from goldloop.store.ordered import ORDERED
from goldloop.store.saved_filters import MOST, forget_filter, save_filter, saved_filters
from goldloop.store.search import Asked, Found, all_in_order, item_places, items_found, search

routes = APIRouter()
State = Literal["open", "disputed", "decided"]
Sort = Literal["taken", "id", "queue", "confidence", "state", "answer"]
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
    answered_by: Annotated[str | None, Query(description="actor whose answer to it stands, no ruling")] = None,
    slice: Annotated[str | None, Query(description="key=value")] = None,
    state: State | None = None,
    queue: str | None = None,
    rule: str | None = None,
    confidence_from: Share = None,
    confidence_below: Share = None,
    disagree: Annotated[bool, Query(description="two people said something different")] = False,
    open_in: Annotated[str | None, Query(description="work of this queue is open; `any` for all queues")] = None,
    in_hand: Annotated[str | None, Query(description="somebody holds work of this queue; `any` for all")] = None,
    waits_in: Annotated[str | None, Query(description="work of this queue waits for somebody; `any` for all")] = None,
    tier: Annotated[int | None, Query(ge=1, le=3, description="of the work that is open, waits or is in hand")] = None,
    batch: Annotated[str | None, Query(description="the batch it stands in, with route and work there")] = None,
    import_: Annotated[str | None, Query(alias="import", description="the import that brought it")] = None,
    answered_at: Annotated[int | None, Query(ge=1, le=3, description="a person answered work of this tier")] = None,
    sort: Annotated[Sort | None, Query(description="put in this order; left out, as they came")] = None,
    order: Way = None,
    after: After = None,
    limit: Limit = 50,
    format: Format = "json",
) -> Response:
    """The items of a programme, by words and filters: by page, or all of them as CSV.

    A page looks at a bounded number of items; `next` leads on even where it found fewer than it was asked for. In a
    chosen order are the newest 100,000 at most, and `because` says so where older ones are left out.
    """
    if tier is not None and (open_in or in_hand or waits_in) is None:
        raise Invalid("a tier is that of open work", field="tier", expected="with `open_in`, `in_hand` or `waits_in`")
    asked = Asked(
        text=q or None,
        label=label or None,
        by=ask.ids.key("actor", by) if by else None,
        answered_by=ask.ids.key("actor", answered_by) if answered_by else None,
        slice=_slice(slice) if slice else None,
        state=state,
        queue=queue or None,
        rule=rule or None,
        at_least=confidence_from,
        below=confidence_below,
        disagree=disagree,
        open_in=open_in or None,
        in_hand=in_hand or None,
        tier=tier,
        answered_at=answered_at,
        take_in=ask.ids.key("take_in", import_) if import_ else None,
        waits_in=waits_in or None,
        batch=_batch(ask, programme, batch) if batch else None,
    )
    if sort is not None:
        return _in_order(ask, programme, asked, (sort, order), after=after, limit=limit, format=format)

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


def _batch(ask: Asking, programme: str, public: str) -> int:
    """The key of a batch of the programme. Raises NotFound."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="read_items")
        found = access_batch(connection, ask.ids, caller, public, may="read_items")
    if found.programme_id != row.id:
        raise NotFound("there is no such batch in this programme", field="batch", found=public[:60])
    return found.id


def _in_order(
    ask: Asking, programme: str, asked: Asked, by: tuple[str, str | None], *, after: str | None, limit: int, format: str
) -> Response:
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="read_items")
        whole = all_in_order(connection, row.id, asked)
    if format == "csv" and not whole:
        raise Conflict(
            "these are more items than are put in order", field="sort", expected=f"at most {ORDERED:,}, or no order"
        )

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_programme(connection, ask.ids, caller, programme, may="read_items")
            chosen = order_of(ask.ids, "item", *by, cursor, usual=("taken", "asc"))
            found = item_places(connection, row.id, visible_items(caller), asked, chosen, limit=most)
            rows = items_found(connection, found)
        ask.seen(caller, row.id, [one.id for one in rows], "list")
        return [_shown(ask, one) for one in rows], next_of(ask.ids, "item", found, most)

    because = None if whole else f"in this order are the newest {ORDERED:,} items; older ones are left out"
    return long_list(fetch, after=after, limit=limit, format=format, name="items", because=because)


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
