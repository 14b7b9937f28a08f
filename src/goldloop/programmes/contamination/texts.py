"""What an item says, for comparing items: its text or the parts of its form, without what is only about it."""

from collections.abc import Iterator, Mapping
from typing import Any

from goldloop.store.item_text import words

ABOUT = "meta"
MOST_WORDS = 20_000  # of one item that are compared


def said_in(body: Mapping[str, Any]) -> str:
    """The texts of a body, in the order of its keys, each on lines of its own; what stands under `meta` is left out."""
    return "\n".join(_texts({key: part for key, part in body.items() if key != ABOUT}))


def words_of(said: str) -> list[str]:
    """The words of a text, folded: case, punctuation and white space make no difference."""
    out = []
    for word in words(said):
        out.append(word)
        if len(out) == MOST_WORDS:
            break
    return out


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from _texts(value[key])
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
