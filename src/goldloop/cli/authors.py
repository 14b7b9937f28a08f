"""Who the authors of a file are, as people type it."""

from collections.abc import Sequence

from goldloop.core.errors import Invalid

Pairs = list[str] | None


def pairs(option: str, given: Sequence[str] | None) -> dict[str, str]:
    """What AUTHOR=NAME says of each author. Raises Invalid."""
    said = {}
    for one in given or ():
        author, equals, name = one.rpartition("=")
        if not equals or not author or not name:
            raise Invalid("this says who an author is", field=option, expected="AUTHOR=NAME", found=one[:80])
        said[author] = name
    return said
