"""Items: what was taken in, and everything said of one."""

from collections.abc import Iterator
from typing import Any

from goldloop.client.wire import Row, Wire, address
from goldloop.core.nouns import Decision, Item, Judgement


class ItemRow(Row):
    """An item of a list."""

    id: str
    external_id: str
    text: str = ""
    digest: str = ""


class ItemView(Row):
    """An item with its routes, everything said of it, and what was decided."""

    item: Item
    judgements: tuple[Judgement, ...] = ()
    decisions: tuple[Decision, ...] = ()
    routes: tuple[dict[str, Any], ...] = ()


class Items:
    """`client.items`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str, *, text: str | None = None, label: str | None = None) -> Iterator[ItemRow]:
        """The items of a programme, page by page; those with a text or a label in them."""
        asked = {"q": text, "label": label, "limit": 500}
        return self._wire.rows(ItemRow, address("programmes", programme, "items"), params=asked)

    def get(self, item: str) -> ItemView:
        """One item."""
        return self._wire.one(ItemView, "GET", address("items", item))
