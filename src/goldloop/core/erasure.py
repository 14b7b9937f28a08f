"""What stays of an item that was erased: that it was there, when it went, and why."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from goldloop.core.clock import SECOND

KEY = "erased"
_FORGOTTEN = frozenset({"meta"})  # fields that hold whatever a file held


def blank(body: Mapping[str, Any], *, because: str, at: int) -> dict[str, Any]:
    """A body whose shape still serves its task, without anything that it said."""
    kept = {key: _blank(value) for key, value in body.items() if key not in _FORGOTTEN and key != KEY}
    return {**kept, KEY: {"at": at, "because": because}}


def notice(body: Mapping[str, Any]) -> str | None:
    """What stands in place of an erased item; None for one that is there."""
    said = body.get(KEY)
    if not (isinstance(said, Mapping) and said.keys() == {"at", "because"} and type(said["at"]) is int):
        return None
    day = datetime.fromtimestamp(said["at"] / SECOND, tz=UTC).date().isoformat()
    return f"erased on {day} because {said['because']}"


def _blank(value: Any) -> Any:
    if isinstance(value, str):
        return ""
    if isinstance(value, Mapping):
        return {key: _blank(part) for key, part in value.items()}
    return [_blank(part) for part in value] if isinstance(value, list | tuple) else None
