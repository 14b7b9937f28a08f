"""Near-duplicates by MinHash (Broder 1997): the share of equal minima of two texts estimates the share of phrases that
they have in common (Jaccard). Texts that agree in a band of minima are compared (Indyk and Motwani 1998).

With 32 minima in 8 bands of 4, texts with a share s in common meet in a band with probability 1 - (1 - s^4)^8: 0.70 at
s = 0.6, 0.89 at 0.7, 0.98 at 0.8, 0.9998 at 0.9, and always where their phrases are the same.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from goldloop.core.errors import Invalid
from goldloop.stats.overlap.phrases import Codes, mixed

MINIMA, BAND = 32, 4
Edges = tuple[NDArray[np.int64], NDArray[np.int64]]
Signatures = NDArray[np.uint32]


def signatures(texts: Sequence[Codes]) -> Signatures:
    """The minima of every text's phrases, (texts, 32). A text without phrases gets minima that nothing else has."""
    out = np.empty((len(texts), MINIMA), dtype=np.uint32)
    said = [n for n, text in enumerate(texts) if text.size]
    out[:] = np.uint32(0xFFFFFFFF)
    if not said:
        return out
    flat = np.concatenate([texts[n] for n in said])
    starts = np.concatenate([[0], np.cumsum([texts[n].size for n in said])[:-1]])
    for k in range(MINIMA):
        hashed = (mixed(flat ^ mixed(np.array([k + 1], dtype=np.uint64))) >> np.uint64(32)).astype(np.uint32)
        out[said, k] = np.minimum.reduceat(hashed, starts)
    return out


def near(signed: Signatures, *, share: float) -> Edges:
    """Pairs of texts whose minima agree to at least `share`: enough of them that near texts hang together."""
    if not 0 < share <= 1:
        raise Invalid("no share in common", field="share", expected="above 0, at most 1", found=str(share))
    firsts, seconds = [], []
    said = np.flatnonzero((signed != np.uint32(0xFFFFFFFF)).any(axis=1))
    if said.size < 2:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    for band in range(0, MINIMA, BAND):
        key = np.zeros(said.size, dtype=np.uint64)
        for k in range(band, band + BAND):
            key = mixed(key ^ signed[said, k].astype(np.uint64))
        order = np.argsort(key, kind="stable")
        same = key[order][1:] == key[order][:-1]
        begins = np.concatenate([[True], ~same])
        first = order[np.maximum.accumulate(np.where(begins, np.arange(order.size), 0))]
        for one, other in ((order[:-1][same], order[1:][same]), (first[~begins], order[~begins])):
            agree = (signed[said[one]] == signed[said[other]]).mean(axis=1) >= share
            firsts.append(said[one[agree]])
            seconds.append(said[other[agree]])
    return np.concatenate(firsts), np.concatenate(seconds)
