"""The fewest substitutions, deletions and insertions between two sequences (Levenshtein 1966)."""

from collections.abc import Hashable, Sequence


def edit_distance(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> int:
    """Levenshtein's distance between two sequences of hashable tokens (a string is a sequence of characters).

    Bit-parallel (Myers 1999, Hyyro 2003): one column of the table is one Python integer of len(reference) bits.
    """
    if not reference:
        return len(hypothesis)
    where: dict[Hashable, int] = {}
    for position, token in enumerate(reference):
        where[token] = where.get(token, 0) | 1 << position
    size = len(reference)
    full, last = (1 << size) - 1, 1 << (size - 1)
    up, down, distance = full, 0, size
    for token in hypothesis:
        match = where.get(token, 0)
        diagonal = (((match & up) + up) ^ up) | match | down
        right, left = down | ~(diagonal | up) & full, up & diagonal
        distance += (right & last != 0) - (left & last != 0)
        right, left = (right << 1 | 1) & full, left << 1 & full
        up, down = left | ~(diagonal | right) & full, right & diagonal
    return distance
