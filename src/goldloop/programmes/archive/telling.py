"""Ids and names inside what goldloop itself wrote: keys and pseudonyms on the way, ids again where it opens.

An id is a keyed permutation of one installation, so `bat_4h8c2m7k9tq3x` leaves as `bat_#12`. The mark is in no alphabet
of ids, and what nobody of the programme is stays as it is written.
"""

import re
from collections.abc import Callable, Mapping

from goldloop.core.errors import NotFound
from goldloop.core.ids import PREFIXES, Ids

_NOUN = {prefix: noun for noun, prefix in PREFIXES.items()}
_PREFIX = "|".join(sorted(_NOUN))
_ID = re.compile(rf"\b({_PREFIX})_[0-9a-hjkmnp-tv-z]{{13}}\b")
_MARKED = re.compile(rf"\b({_PREFIX})_#(\d{{1,19}})\b")
Say = Callable[[str], str]


def leaving(ids: Ids, highest: Mapping[str, int], people: Mapping[str, str]) -> Say:
    """A function that writes a text as it leaves: ids by their keys, people as `people` names them."""
    names = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, sorted(people, key=len, reverse=True))) + r")(?![\w-])")

    def key(match: re.Match[str]) -> str:
        noun = _NOUN[match[1]]
        try:
            found = ids.key(noun, match[0])
        except NotFound:
            return match[0]
        return f"{match[1]}_#{found}" if found <= highest.get(noun, 0) else match[0]

    def say(text: str) -> str:
        if "_" in text:
            text = _ID.sub(key, text)
        return names.sub(lambda match: people[match[0]], text) if people else text

    return say


def arriving(ids: Ids, move: Callable[[str, int], int | None]) -> Say:
    """A function that writes a text as it arrives; `move` gives the key of a noun's row here, None for no row."""

    def public(match: re.Match[str]) -> str:
        noun = _NOUN[match[1]]
        moved = move(noun, int(match[2]))
        return match[0] if moved is None else ids.show(noun, moved)

    return lambda text: _MARKED.sub(public, text) if "_#" in text else text
