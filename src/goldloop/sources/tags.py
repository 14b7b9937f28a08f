"""Token tags (BIO, IOB1, IOBES, BILOU) as spans of tokens."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

OPENS = frozenset("BSU")
CLOSES = frozenset("ESLU")
INSIDE = frozenset("IEL")


class Run(NamedTuple):
    """Tokens first <= n < behind that are one entity of a label."""

    first: int
    behind: int
    label: str


def bad_tag(tag: str) -> bool:
    """True where a tag is neither O nor a known prefix, a hyphen and a label."""
    return tag != "O" and not (len(tag) > 2 and tag[1] == "-" and tag[0] in OPENS | INSIDE)


def runs(tags: Sequence[str]) -> Iterator[Run]:
    """The entities that tags mark, as conlleval reads them.

    An inside tag behind O, behind the end of an entity, or behind another label opens a new entity.
    """
    first, label = 0, ""
    for n, tag in enumerate(tags):
        if label and (tag == "O" or tag[0] not in INSIDE or tag[2:] != label):
            yield Run(first, n, label)
            label = ""
        if tag == "O":
            continue
        if not label:
            first, label = n, tag[2:]
        if tag[0] in CLOSES:
            yield Run(first, n + 1, label)
            label = ""
    if label:
        yield Run(first, len(tags), label)
