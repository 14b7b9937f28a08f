"""Drawing samples: stratified, of exact size, from a keyed stream that anyone with the seed can repeat."""

import hashlib
import hmac
import struct
from collections.abc import Mapping, Sequence

from goldloop.store.draws import Drawn


def seed_of(secret: bytes, *parts: object) -> str:
    """The seed of a draw: derived from the installation's secret, so that nobody can foresee or steer it."""
    return hmac.new(secret, "/".join(map(str, parts)).encode(), hashlib.sha256).hexdigest()


def frame_digest(keys: Sequence[int]) -> bytes:
    """What the sample was drawn from: a digest over the item keys in order."""
    return hashlib.sha256(struct.pack(f">{len(keys)}Q", *keys)).digest()


def draw_share(strata: Mapping[int, str], share: float, *, seed: str) -> list[Drawn]:
    """A share of every stratum, at least one of each that is not empty while the share is above 0."""
    if share <= 0:
        return []
    sizes: dict[str, int] = {}
    for stratum in strata.values():
        sizes[stratum] = sizes.get(stratum, 0) + 1
    return draw_sizes(strata, {name: max(1, round(size * share)) for name, size in sizes.items()}, seed=seed)


def draw_sizes(strata: Mapping[int, str], sizes: Mapping[str, int], *, seed: str) -> list[Drawn]:
    """So many of every stratum, all where it holds fewer: simple random sampling without replacement in each.

    An item's place is the keyed hash of its key, so the draw does not depend on the order of the frame.
    """
    by_stratum: dict[str, list[int]] = {}
    for key, stratum in strata.items():
        by_stratum.setdefault(stratum, []).append(key)
    drawn = []
    for stratum, keys in sorted(by_stratum.items()):
        size = min(sizes.get(stratum, 0), len(keys))
        placed = sorted(keys, key=lambda key: _place(seed, key))
        drawn += [Drawn(key, stratum, size / len(keys)) for key in placed[:size]]
    return sorted(drawn)


def in_order(seed: str, keys: Sequence[int]) -> list[int]:
    """Drawn items in the random order in which they are judged: any beginning of it is a random part of the sample."""
    return sorted(keys, key=lambda key: _place(f"order/{seed}", key))


def _place(seed: str, key: int) -> bytes:
    return hashlib.blake2b(key.to_bytes(8), key=seed.encode()[:64], digest_size=16).digest()
