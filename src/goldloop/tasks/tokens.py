"""The tokens that agreement on spans is counted on."""

import re
from collections.abc import Iterator

from goldloop.core.families import Body

_TOKEN = re.compile(r"\w+|[^\w\s]")

Extent = tuple[int, int]


def tokens(body: Body) -> list[Extent]:
    """Half-open extents of a body's tokens, in order, in code points of its text.

    The body's own tokens where it brings them (a CoNLL file does), and for every stretch of text that they leave out,
    or for the whole text: runs of letters, digits and underscores, and every other visible character by itself.
    """
    text: str = body["text"]
    given = _own(body, len(text))
    if not given:
        return list(_found(text, 0, len(text)))
    out: list[Extent] = []
    at = 0
    for start, end in given:
        out.extend(_found(text, at, start))
        out.append((start, end))
        at = end
    out.extend(_found(text, at, len(text)))
    return out


def _found(text: str, start: int, end: int) -> Iterator[Extent]:
    return (match.span() for match in _TOKEN.finditer(text, start, end))


def _own(body: Body, length: int) -> list[Extent]:
    """The body's own tokens, or none where they are not ordered extents inside the text."""
    given = body.get("tokens")
    if not isinstance(given, list | tuple):
        return []
    out: list[Extent] = []
    at = 0
    for pair in given:
        if not (isinstance(pair, list | tuple) and len(pair) == 2 and all(type(number) is int for number in pair)):
            return []
        start, end = pair
        if not at <= start < end <= length:
            return []
        out.append((start, end))
        at = end
    return out
