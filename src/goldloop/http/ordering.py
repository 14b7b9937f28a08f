"""Lists in a chosen order: which way round, and the cursor that says where a page of it ended."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Query

from goldloop.core.errors import Invalid
from goldloop.core.ids import Ids
from goldloop.store.ordered import Order, Place

Way = Annotated[
    Literal["asc", "desc"] | None,
    Query(description="up or down, up where only a heading is named; what has no value comes last either way"),
]


def order_of(
    ids: Ids, noun: str, sort: str | None, order: str | None, cursor: str | None, *, usual: tuple[str, str]
) -> Order:
    """The order that was asked for, or the usual one, behind the place that a cursor names."""
    by = sort or usual[0]
    way = order or ("asc" if sort else usual[1])
    return Order(by, way == "desc", _place(ids, noun, cursor) if cursor else None)


def next_of(ids: Ids, noun: str, places: Sequence[Place], limit: int) -> str | None:
    """The cursor behind a page; None where the page is the last."""
    if len(places) < limit:
        return None
    value = json.dumps(places[-1].value).encode()
    return f"{ids.show(noun, places[-1].key)}.{base64.urlsafe_b64encode(value).decode().rstrip('=')}"


def _place(ids: Ids, noun: str, cursor: str) -> Place:
    public, _, packed = cursor.partition(".")
    try:
        value = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (ValueError, binascii.Error) as error:
        raise _not_one(cursor) from error
    if not isinstance(value, str | int | float | None):
        raise _not_one(cursor)
    return Place(value, ids.key(noun, public))


def _not_one(cursor: str) -> Invalid:
    return Invalid(
        "this is not where a page of this order ended", field="after", expected="`next` of a page", found=cursor[:60]
    )
