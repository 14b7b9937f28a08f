"""Texts that say the same, found by hashing, so that the work grows with the texts and not with their pairs.

phrases      codes, phrases: words as numbers, and every run of n of them as one
nearness     signatures, near: texts with most of their phrases in common
groups       joined, components, allot: what hangs together, and which split each group goes into
"""

from goldloop.stats.overlap.groups import Allotted, allot, components, joined
from goldloop.stats.overlap.nearness import near, signatures
from goldloop.stats.overlap.phrases import codes, mixed, phrases

__all__ = ["Allotted", "allot", "codes", "components", "joined", "mixed", "near", "phrases", "signatures"]
