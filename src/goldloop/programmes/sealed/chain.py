"""From the key that somebody trusts to the key that signed, with no server: each key signs the name of the next.

    first --vouches--> second --vouches--> third        `keys.json` of every release, oldest first
                          X                             a lost key vouched for nothing, a withdrawn one is not believed

A list that the newest key signed (`goldloop release keys --to`) says two things more: which keys came before it, and
which of them are trusted no longer.
"""

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from goldloop.core.canonical import canonical
from goldloop.core.clock import iso
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun
from goldloop.programmes.sealed.certificate import encoding, opened, seal
from goldloop.programmes.sealed.facts import Key, Withdrawn
from goldloop.programmes.sealed.read import parse, read_bytes
from goldloop.programmes.sealed.signing import Signer, fingerprint_of, signed

LIST_TYPE = "application/vnd.goldloop.keys.v1+json"
MOST_BYTES = 4 << 20


class _List(Noun):
    keys: tuple[Key, ...] = Field(min_length=1)


class Way(NamedTuple):
    """The keys from a trusted one to another, both with it; else none, and where the way ends."""

    keys: tuple[str, ...]
    because: str


class Named(NamedTuple):
    """A signed list of keys, and who signed it."""

    keys: tuple[Key, ...]
    signer: str


def vouching(old: str, new: str, because: str) -> bytes:
    """What the old key signs of the new one."""
    return canonical({"because": because, "new": new, "old": old, "type": "goldloop.key.v1"}).encode()


def way(listed: Sequence[Key], start: str, end: str) -> Way:
    """Whether trust in `start` leads to `end`. Of the list only what `start` and those behind it signed is believed."""
    names = [one.fingerprint for one in listed]
    if start not in names or end not in names:
        return Way((), f"{_short(start if start not in names else end)} is none of the keys that are listed")
    if names.index(end) < names.index(start):
        return Way((), f"{_short(end)} is older than {_short(start)}: ask for the list that the newest key signed")
    steps = [start]
    for here, then in zip(listed[names.index(start) :], listed[names.index(start) + 1 :], strict=False):
        if steps[-1] == end:
            break
        if here.withdrawn is not None:
            return Way((), f"{_short(here.fingerprint)} {_withdrawn(here.withdrawn)} and vouches for nothing")
        if then.vouched is None:
            return Way((), f"{_short(here.fingerprint)} was lost and vouches for no other key")
        if not _vouches(here, then):
            return Way((), f"{_short(here.fingerprint)} did not sign {_short(then.fingerprint)}, as the list says")
        steps.append(then.fingerprint)
    return Way(tuple(steps), "")


def sign_list(listed: Sequence[Key], signer: Signer) -> dict[str, Any]:
    """The keys of a programme as its newest one signs them."""
    return seal(_List(keys=tuple(listed)).model_dump(mode="json"), signer, payload_type=LIST_TYPE)


def read_list(file: Path) -> Named:
    """A signed list of keys as it was handed over. Raises Invalid where its newest key did not sign it."""
    try:
        payload, signatures = opened(parse(read_bytes(file, limit=MOST_BYTES), name=file.name), payload_type=LIST_TYPE)
        listed = _List.model_validate(parse(payload, name="payload")).keys
    except ValidationError as error:
        raise _no_list(file, str(error.errors()[0]["msg"])) from error
    (one, *more) = signatures
    if (
        more
        or one.fingerprint != listed[-1].fingerprint
        or not signed(one.public, encoding(LIST_TYPE, payload), one.value)
    ):
        raise _no_list(file, "the newest key of the list did not sign it")
    return Named(listed, one.fingerprint)


def listed_in(folder: Path, name: str) -> tuple[Key, ...]:
    """The keys that a release folder brings along, oldest first; none where it brings no list that can be read."""
    try:
        return tuple(_KEYS.validate_python(parse(read_bytes(folder / name, limit=MOST_BYTES), name=name)))
    except (Invalid, ValidationError, OSError):
        return ()


def withdrawal_of(listed: Sequence[Key], fingerprint: str) -> str | None:
    """That a key is trusted no longer, in words; None where nothing says so."""
    found = next((one.withdrawn for one in listed if one.fingerprint == fingerprint), None)
    return f"{_short(fingerprint)} {_withdrawn(found)}" if found is not None else None


def place_of(named: Named, fingerprint: str) -> str:
    """Where a key stands in a list that was handed over, in words."""
    names = [one.fingerprint for one in named.keys]
    listed = f"the list that {_short(named.signer)} signed"
    if fingerprint not in names:
        return f"{_short(fingerprint)} sealed it, which is none of the {len(names)} keys of {listed}"
    n = names.index(fingerprint)
    stands = f"{_short(fingerprint)} sealed it, key {n + 1} of {len(names)} of {listed}"
    if n + 1 == len(names):
        return f"{stands}: the newest"
    then = named.keys[n + 1]
    return f"{stands}: replaced on {iso(then.made_at)[:10]} by {_short(then.fingerprint)} ({then.because})"


def _short(fingerprint: str) -> str:
    return f"{fingerprint[:24]}..."


def _vouches(here: Key, then: Key) -> bool:
    try:
        public = base64.b64decode(here.public_key, validate=True)
        value = base64.b64decode(then.vouched or "", validate=True)
    except (binascii.Error, ValueError):
        return False
    named = fingerprint_of(public) == here.fingerprint
    return named and signed(public, vouching(here.fingerprint, then.fingerprint, then.because), value)


def _withdrawn(one: Withdrawn) -> str:
    return f"was withdrawn on {iso(one.at)[:10]} ({one.because})"


def _no_list(file: Path, found: str) -> Invalid:
    return Invalid(
        "this is no list of a programme's keys",
        field="keys",
        expected="a file of `goldloop release keys --to`",
        found=f"{file.name}: {found}"[:160],
    )


_KEYS = TypeAdapter(list[Key])
