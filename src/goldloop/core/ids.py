"""Public ids: a typed prefix and 13 letters, opaque outside, a 64-bit key inside.

A keyed permutation (a four-round Feistel network over AES) turns a key into its public form and back, so that ids
neither count rows for an outsider nor cost a column and an index. The permutation's key belongs to the installation;
the noun goes into every round, so that an item and a judgement of one number have nothing in common.
"""

import hashlib
import struct
import threading
from collections.abc import Callable, Sequence

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
_ROUNDS = 4
_BLOCK = 16


class _Cipher(threading.local):
    """AES, block by block: nothing is kept between two calls, but a context serves one thread at a time.

    It is loaded with the first id, so that a start is not held up by it.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._update: Callable[[bytes], bytes] | None = None

    def encrypted(self, blocks: bytes) -> bytes:
        """As many whole blocks as were given."""
        if self._update is None:
            from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

            cipher = Cipher(algorithms.AES(self._key), modes.ECB())  # noqa: S305 - a keyed function of single blocks
            self._update = cipher.encryptor().update
        return self._update(blocks)


class Ids:
    """The permutation of one installation; `key` is 32 random bytes made when the store is created."""

    def __init__(self, key: bytes) -> None:
        self._cipher = _Cipher(hashlib.blake2s(b"goldloop.ids.v1", key=key).digest())
        self._tweaks = {
            noun: tuple(bytes([round_]) + prefix.encode().ljust(_BLOCK - 5, b"\0") for round_ in range(_ROUNDS))
            for noun, prefix in PREFIXES.items()
        }

    def _half(self, tweak: bytes, half: int) -> int:
        return int.from_bytes(self._cipher.encrypted(tweak + half.to_bytes(4))[-4:])

    def show(self, noun: str, key: int) -> str:
        """The public id of the row `key` of a noun."""
        left, right = key >> 32, key & 0xFFFFFFFF
        for tweak in self._tweaks[noun]:
            left, right = right, left ^ self._half(tweak, right)
        return _written(PREFIXES[noun], left << 32 | right)

    def show_many(self, noun: str, keys: Sequence[int]) -> list[str]:
        """The public ids of many rows of a noun, in order: one call of the cipher a round for all of them."""
        count = len(keys)
        words = memoryview(struct.pack(f">{count}Q", *keys)).cast("I")  # halves as they stand in memory
        left, right = words[0::2].tobytes(), words[1::2].tobytes()
        encrypted = self._cipher.encrypted
        for tweak in self._tweaks[noun]:
            blocks = bytearray((tweak + bytes(4)) * count)
            memoryview(blocks).cast("I")[3::4] = memoryview(right).cast("I")
            mixed = memoryview(encrypted(bytes(blocks))).cast("I")[3::4].tobytes()
            left, right = right, (int.from_bytes(left) ^ int.from_bytes(mixed)).to_bytes(4 * count)
        out = bytearray(8 * count)
        memoryview(out).cast("I")[0::2] = memoryview(left).cast("I")
        memoryview(out).cast("I")[1::2] = memoryview(right).cast("I")
        prefix = PREFIXES[noun]
        return [_written(prefix, number) for number in struct.unpack(f">{count}Q", out)]

    def key(self, noun: str, public: str) -> int:
        """The key behind a public id. Raises NotFound for anything that is not an id of this noun."""
        prefix, _, letters = public.partition("_")
        if prefix != PREFIXES[noun] or len(letters) != 13 or any(letter not in _VALUE for letter in letters):
            raise NotFound(
                f"there is no {_SPOKEN.get(noun, noun)} {public!r}",
                expected=f"an id like {PREFIXES[noun]}_...",
                found=public[:60],
            )
        number = 0
        for letter in letters:
            number = number << 5 | _VALUE[letter]
        left, right = number >> 32 & 0xFFFFFFFF, number & 0xFFFFFFFF
        for tweak in reversed(self._tweaks[noun]):
            left, right = right ^ self._half(tweak, left), left
        key = left << 32 | right
        if number >> 64 or key >= 1 << 63:
            raise NotFound(
                f"there is no {_SPOKEN.get(noun, noun)} {public!r}",
                expected="an id of this installation",
                found=public[:60],
            )
        return key


_SPOKEN = {"take_in": "import"}


def _written(prefix: str, number: int, pairs: Sequence[str] = _PAIRS) -> str:
    return (
        f"{prefix}_{_ALPHABET[number >> 60]}{pairs[number >> 50 & 1023]}{pairs[number >> 40 & 1023]}"
        f"{pairs[number >> 30 & 1023]}{pairs[number >> 20 & 1023]}{pairs[number >> 10 & 1023]}{pairs[number & 1023]}"
    )
