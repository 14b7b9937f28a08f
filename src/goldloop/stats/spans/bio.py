"""Entity spans from token tags."""

from collections.abc import Iterable, Sequence

from goldloop.core.errors import Invalid


def from_bio(tags: Iterable[str]) -> list[tuple[int, int, str]]:
    """(start, end, type) of the entities in one sequence of B-, I- and O tags, as conlleval reads them.

    An I- tag after O or after another type opens a new entity. Invalid for any other tag.
    """
    found: list[tuple[int, int, str]] = []
    start, current = 0, ""
    position = -1
    for position, tag in enumerate(tags):
        prefix, _, name = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I") or not name):
            raise Invalid("is not a BIO tag", field="tags", expected="B-type | I-type | O", found=repr(tag))
        if current and (prefix != "I" or name != current):
            found.append((start, position, current))
            current = ""
        if tag != "O" and not current:
            start, current = position, name
    if current:
        found.append((start, position + 1, current))
    return found


def to_columns(documents: Sequence[Iterable[str]]) -> tuple[list[int], list[int], list[int], list[str]]:
    """Columns document (its index), start, end, type of many tagged sequences."""
    rows = [(index, *entity) for index, tags in enumerate(documents) for entity in from_bio(tags)]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows]
