"""Merkle trees as RFC 6962 draws them: one root speaks for a whole list, and a short path proves that a leaf is in it.

        root            leaf digest  SHA-256(0x00 || content)
       /    \\           node digest  SHA-256(0x01 || left || right)
      n      c          the left subtree of n leaves is the largest power of two below n
     / \\                the root of no leaves is SHA-256 of nothing
    a   b

The first byte keeps a node from passing as a leaf (second-preimage attack).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

_LEAF, _NODE = b"\0", b"\1"
_sha256 = hashlib.sha256
EMPTY = _sha256().digest()


def leaf(content: bytes) -> bytes:
    """The digest of a leaf with this content: 32 bytes."""
    return _sha256(_LEAF + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The digest of the node above two digests: 32 bytes."""
    return _sha256(_NODE + left + right).digest()


def salted(salt: bytes) -> Callable[[bytes], bytes]:
    """A function content -> leaf(salt + content), for many leaves under one salt."""
    start = _sha256(_LEAF + salt)

    def digest(content: bytes) -> bytes:
        state = start.copy()
        state.update(content)
        return state.digest()

    return digest


class Tree:
    """A tree that grows by one leaf digest at a time and keeps only the roots of its full subtrees: O(log n) memory."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[bytes] = []  # roots of the full subtrees, the largest first: one for every set bit of size

    def add(self, digest: bytes) -> None:
        """Append a leaf digest."""
        size = self.size
        while size & 1:
            digest = node(self._full.pop(), digest)
            size >>= 1
        self._full.append(digest)
        self.size += 1

    def extend(self, digests: Sequence[bytes]) -> None:
        """Append many leaf digests, level by level: as `add` one by one, for half the cost."""
        size, rising = self.size, list(digests)
        self.size += len(rising)
        full: list[bytes] = []  # the smallest first, while levels are gone through
        while rising or size:
            if size & 1:
                rising.insert(0, self._full.pop())
            if len(rising) & 1:
                full.append(rising.pop())
            rising = [
                _sha256(_NODE + one + other).digest() for one, other in zip(rising[::2], rising[1::2], strict=True)
            ]
            size >>= 1
        self._full = full[::-1]

    def root(self) -> bytes:
        """The root over everything added so far; the tree may go on growing."""
        if not self._full:
            return EMPTY
        *larger, at = self._full
        for subtree in reversed(larger):
            at = node(subtree, at)
        return at


def root(digests: Iterable[bytes]) -> bytes:
    """The root over leaf digests in order: 32 bytes."""
    tree = Tree()
    for digest in digests:
        tree.add(digest)
    return tree.root()


def path(digests: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of leaf `index` (from 0): the digests that lead from it to the root, lowest first.

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= index < len(digests):
        raise IndexError(f"there is no leaf {index} among {len(digests)}")
    steps, level = [], list(digests)
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            steps.append(level[beside])
        above = [node(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = above + level[len(above) * 2 :]  # an odd last one rises unhashed
        index >>= 1
    return tuple(steps)


def includes(root_digest: bytes, digest: bytes, *, index: int, size: int, steps: Sequence[bytes]) -> bool:
    """True where `steps` prove that leaf `digest` stands at `index` of `size` leaves under a root (RFC 9162)."""
    if not 0 <= index < size:
        return False
    at, last = index, size - 1
    for step in steps:
        if last == 0:
            return False
        if at & 1 or at == last:
            digest = node(step, digest)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = node(digest, step)
        at, last = at >> 1, last >> 1
    return last == 0 and digest == root_digest
