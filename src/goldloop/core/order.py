"""The order in which an item's parts are put before a person: drawn for every work, and kept with the judgement."""

import hashlib


def order_seed(work_id: int) -> int:
    """The seed of a work's order: a number that says nothing about the item."""
    return int.from_bytes(_hash("order", work_id)[:4])


def order_of(seed: int, parts: int) -> list[int]:
    """Which part comes first, second ...: anybody with the seed finds the same order again."""
    return sorted(range(parts), key=lambda part: _hash(seed, part))


def _hash(*parts: object) -> bytes:
    return hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest()
