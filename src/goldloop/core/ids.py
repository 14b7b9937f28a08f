"""Public ids: a typed prefix and 13 letters, opaque outside, a 64-bit key inside.

A keyed permutation (a four-round Feistel network over BLAKE2) turns a key into its public form and back, so that ids
neither count rows for an outsider nor cost a column and an index. The permutation's key belongs to the installation.
"""

import hashlib

from goldloop.core.errors import NotFound

PREFIXES = {
    "actor": "act",
    "account": "acc",
    "batch": "bat",
    "block": "blk",
    "brief": "brf",
    "comparison": "cmp",
    "contest": "cts",
    "device": "dev",
    "digest": "dig",
    "event": "evt",
    "evidence": "evi",
    "item": "itm",
    "job": "job",
    "judgement": "jdg",
    "leave": "lev",
    "organisation": "org",
    "plan": "pln",
    "programme": "prg",
    "proposal": "prp",
    "release": "rel",
    "run": "run",
    "take_in": "tin",
    "token": "tok",
    "verdict": "ver",
    "webhook": "whk",
    "work": "wrk",
}
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_PLACES = (50, 40, 30, 20, 10, 0)  # of the pairs, in bits from the right
_ROUNDS = (b"\0", b"\1", b"\2", b"\3")


class Ids:
    """The permutation of one installation; `key` is 32 random bytes made when the store is created."""

    def __init__(self, key: bytes) -> None:
        self._rounds = tuple(hashlib.blake2s(number, key=key, digest_size=4) for number in _ROUNDS)

    def _half(self, round_: "hashlib.blake2s", half: int) -> int:
        mix = round_.copy()
        mix.update(half.to_bytes(4))
        return int.from_bytes(mix.digest())

    def show(self, noun: str, key: int) -> str:
        """The public id of the row `key` of a noun."""
        left, right = key >> 32, key & 0xFFFFFFFF
        for round_ in self._rounds:
            left, right = right, left ^ self._half(round_, right)
        number = left << 32 | right
        letters = "".join([_PAIRS[number >> place & 1023] for place in _PLACES])
        return f"{PREFIXES[noun]}_{_ALPHABET[number >> 60]}{letters}"

    def key(self, noun: str, public: str) -> int:
        """The key behind a public id. Raises NotFound for anything that is not an id of this noun."""
        prefix, _, letters = public.partition("_")
        if prefix != PREFIXES[noun] or len(letters) != 13 or any(letter not in _VALUE for letter in letters):
            raise NotFound(
                f"there is no {noun} {public!r}", expected=f"an id like {PREFIXES[noun]}_...", found=public[:60]
            )
        number = 0
        for letter in letters:
            number = number << 5 | _VALUE[letter]
        left, right = number >> 32 & 0xFFFFFFFF, number & 0xFFFFFFFF
        for round_ in reversed(self._rounds):
            left, right = right ^ self._half(round_, left), left
        key = left << 32 | right
        if number >> 64 or key >= 1 << 63:
            raise NotFound(f"there is no {noun} {public!r}", expected="an id of this installation", found=public[:60])
        return key
