"""Canonical JSON and digests: equal content, equal bytes, on every machine and both databases.

`quoted` is a text as canonical JSON, for who puts a line together from texts: whoever encodes the line meets what no
UTF-8 can hold.
"""

import hashlib
from json.encoder import JSONEncoder, c_make_encoder  # type: ignore[attr-defined]  # the types leave out the second
from json.encoder import encode_basestring as quoted
from typing import Any

from goldloop.core.errors import Invalid

__all__ = ["canonical", "digest", "digest_of", "quoted"]
_PARTS = c_make_encoder(None, JSONEncoder().default, quoted, None, ":", ",", True, False, False)
"""The parts of a value's JSON. `JSONEncoder.encode` makes one of these a call, which takes as long as a short text."""


def canonical(value: Any) -> str:
    """Value as canonical JSON: sorted keys, no white space, no NaN, no NUL, no lone surrogate.

    Raises Invalid where the value has no canonical form (RFC 8785 in spirit; numbers as Python prints them).
    """
    try:
        text = "".join(_PARTS(value, 0))
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise Invalid("this value has no canonical JSON form", expected="JSON without NaN", found=str(error)) from error
    if "\\u0000" in text and "\x00" in _flat(value):
        raise Invalid("text must not contain NUL", expected="text without U+0000", found="U+0000")
    return text


def _flat(value: Any) -> str:
    """All text inside a value, joined."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(_flat(key) + _flat(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return "".join(map(_flat, value))
    return ""


def digest(text: str) -> bytes:
    """SHA-256 of a text's UTF-8 bytes: 32 bytes."""
    return hashlib.sha256(text.encode()).digest()


def digest_of(value: Any) -> bytes:
    """SHA-256 of a value's canonical JSON: 32 bytes."""
    return digest(canonical(value))
