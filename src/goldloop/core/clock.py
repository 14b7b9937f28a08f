"""Time: UTC, whole microseconds since 1970, as an integer named `..._at`. Intervals are half-open."""

import time
from datetime import UTC, datetime

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def now() -> int:
    """This moment in microseconds."""
    return time.time_ns() // 1000


def iso(at: int) -> str:
    """A moment as ISO 8601 with a Z."""
    return datetime.fromtimestamp(at / SECOND, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def minute(at: int) -> str:
    """A moment to the minute, as a sentence says it."""
    return f"{datetime.fromtimestamp(at / SECOND, UTC):%Y-%m-%d %H:%M} UTC"


def from_iso(text: str) -> int:
    """The moment an ISO 8601 text names; without an offset it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * SECOND)
