"""Words as numbers, and runs of words as one number each: the same on every machine."""

from collections.abc import Iterable
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def codes(words: Iterable[str]) -> Codes:
    """A 32-bit number for every word, in order."""
    return np.array([crc32(word.encode()) for word in words], dtype=np.uint64)


def mixed(values: Codes) -> Codes:
    """Numbers whose every bit hangs on every bit of what came in (splitmix64)."""
    with np.errstate(over="ignore"):
        out = values + _FACTOR
        out = (out ^ (out >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        out = (out ^ (out >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return out ^ (out >> np.uint64(31))


def phrases(said: Codes, n: int) -> Codes:
    """A 64-bit number for every run of `n` words; a text of fewer words is one phrase of all of them, none has none."""
    if not said.size:
        return said
    n = min(n, said.size)
    out = np.zeros(said.size - n + 1, dtype=np.uint64)
    for k in range(n):
        out = mixed(out ^ said[k : said.size - n + 1 + k])
    return out
