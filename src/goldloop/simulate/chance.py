"""Chance that is the same every time: a stream of its own for every person and item."""

import hashlib
import random


def stream(seed: int, *parts: object) -> random.Random:
    """Random numbers that depend on the seed and these parts alone, not on who asked before."""
    text = "\x1f".join(str(part) for part in (seed, *parts))
    return random.Random(hashlib.blake2b(text.encode(), digest_size=16).digest())
