"""What stands for an item where there is room for one text."""

from collections.abc import Mapping
from typing import Any

from goldloop.core.erasure import notice

FIELDS = ("text", "prompt", "response")


def headline(body: Mapping[str, Any]) -> str:
    """The item's text; else what it asks, or how its conversation begins. Empty where it has none of them.

    Of an erased item, that it was erased.
    """
    gone = notice(body)
    if gone is not None:
        return gone
    for field in FIELDS:
        if isinstance(body.get(field), str):
            return str(body[field])
    turns = body.get("turns")
    first = turns[0] if isinstance(turns, list) and turns else None
    return str(first.get("text", "")) if isinstance(first, Mapping) else ""
