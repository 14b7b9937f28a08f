"""Items: what was taken in, and everything said of one."""

from collections.abc import Iterator, Mapping
from typing import Any

from goldloop.client.wire import Row, Way, Wire, address, ordered
from goldloop.core.nouns import Decision, Item, Judgement


class ItemRow(Row):
    """An item of a list."""

    id: str
    external_id: str
    text: str = ""
    digest: str = ""
    batch_id: str | None = None
    rule: str | None = None
    queue: str | None = None
    confidence: float | None = None
    state: str | None = None
    answer: Any = None


class SavedFilter(Row):
    """A name for what a list shows."""

    place: str
    name: str
    query: dict[str, str]


class ItemView(Row):
    """An item with its routes, everything said of it, and what was decided."""

    item: Item
    judgements: tuple[Judgement, ...] = ()
    decisions: tuple[Decision, ...] = ()
    routes: tuple[dict[str, Any], ...] = ()
    parents: tuple[dict[str, Any], ...] = ()
    children: tuple[dict[str, Any], ...] = ()


class Items:
    """`client.items`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(
        self,
        programme: str,
        *,
        text: str | None = None,
        label: str | None = None,
        by: str | None = None,
        answered_by: str | None = None,
        slice: tuple[str, str] | None = None,
        state: str | None = None,
        queue: str | None = None,
        rule: str | None = None,
        at_least: float | None = None,
        below: float | None = None,
        disagree: bool = False,
        open_in: str | None = None,
        in_hand: str | None = None,
        waits_in: str | None = None,
        tier: int | None = None,
        batch: str | None = None,
        answered_at: int | None = None,
        import_: str | None = None,
        sort: str | None = None,
        order: Way | None = None,
    ) -> Iterator[ItemRow]:
        """The items of a programme for which all of this holds, page by page.

        `text` are words that all occur, `by` and `answered_by` are ids of actors: who said something of it, and whose
        answer to it stands. `at_least` and `below` bound the routing confidence. `open_in`, `in_hand`, `waits_in` are
        queues, or "any", of work at `tier`; people answered at the tier `answered_at`. `import_` and `batch` are ids of
        what brought them and what they stand in. Sorted by taken, id, queue, confidence, state or answer.
        """
        asked = {
            "q": text,
            "label": label,
            "by": by,
            "answered_by": answered_by,
            "slice": "=".join(slice) if slice else None,
            "state": state,
            "queue": queue,
            "rule": rule,
            "confidence_from": at_least,
            "confidence_below": below,
            "disagree": disagree or None,
            "open_in": open_in,
            "in_hand": in_hand,
            "waits_in": waits_in,
            "batch": batch,
            "tier": tier,
            "answered_at": answered_at,
            "import": import_,
            **ordered(sort, order),
        }
        return self.where(programme, asked)

    def where(self, programme: str, query: Mapping[str, Any]) -> Iterator[ItemRow]:
        """The items that a filter shows, as an address or a saved filter has it."""
        path = address("programmes", programme, "items")
        return self._wire.rows(ItemRow, path, params={**query, "limit": 500})

    def filters(self, programme: str) -> list[SavedFilter]:
        """The filters that one kept in a programme."""
        return list(self._wire.rows(SavedFilter, address("programmes", programme, "filters")))

    def keep_filter(self, programme: str, name: str, query: Mapping[str, str], *, place: str = "items") -> None:
        """Keep filters under a name, for oneself; the same name again replaces them."""
        asked = {"place": place, "name": name, "query": dict(query)}
        self._wire.ask("PUT", address("programmes", programme, "filters"), json=asked)

    def forget_filter(self, programme: str, name: str, *, place: str = "items") -> None:
        """Forget a filter. Raises NotFound."""
        self._wire.ask("DELETE", address("programmes", programme, "filters", place, name))

    def get(self, item: str) -> ItemView:
        """One item."""
        return self._wire.one(ItemView, "GET", address("items", item))
