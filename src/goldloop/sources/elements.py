"""The elements of one big JSON list, cut out of the stream without holding the list."""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Any, NamedTuple

from goldloop.sources.lines import Bytes

_STEP = 1 << 18
_SIGN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["{}\]]', re.DOTALL)
_NEXT = re.compile(r"\ufeff?[ \t\r\n]*\[?[ \t\r\n,]*")
_DECODER = json.JSONDecoder()
_QUOTE, _OPEN, _CLOSE = b'"{}'
TOO_LONG = "more"
CUT = "the end of the file"


class Element(NamedTuple):
    """One element: its bytes, and the offset of the byte behind it. Where it has no bytes, `problem` says why."""

    data: bytes
    end: int
    problem: str = ""


class Parsed(NamedTuple):
    """An object that was read as it was cut out, the offset of the byte behind it, and whether it escapes letters."""

    value: Any
    end: int
    escapes: bool


def read_objects(file: Bytes, *, at: int, most: int, listed: bool) -> Iterator[Parsed | Element]:
    """What `read_elements` cuts out, parsed in one go; from the first thing on that is no plain object, as elements."""
    file.seek(at)
    decode = getincrementaldecoder("utf-8")().decode
    text, here, more = "", 0, True  # what is held, and the place in it that everything before is done with
    while True:
        found = _object(text, _start(text, here))
        if found is None:
            if not more or len(text) - here > most:
                break
            chunk = file.read(_STEP)
            more = bool(chunk)
            try:
                text, here = text[here:] + decode(chunk, not more), 0
            except UnicodeDecodeError:
                break
            continue
        value, end = found
        size = _bytes(text, here, end)
        if size > most:
            break
        at += size
        yield Parsed(value, at, "\\u" in text[here:end])
        here = end
    yield from read_elements(file, at=at, most=most, listed=listed)


def _start(text: str, here: int) -> int:
    """Where the next thing begins, behind white space, a comma, and the bracket that opens the list."""
    found = _NEXT.match(text, here)
    return found.end() if found else here


def _object(text: str, start: int) -> tuple[Any, int] | None:
    """The object that begins there and its end; None where it is not whole, or none."""
    if not text.startswith("{", start):
        return None
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None


def _bytes(text: str, start: int, end: int) -> int:
    return end - start if text.isascii() else len(text[start:end].encode())


def read_elements(file: Bytes, *, at: int, most: int, listed: bool) -> Iterator[Element]:
    """The objects of a JSON list, or objects that merely follow each other, from the byte `at`: 0, or behind one.

    An object of more than `most` bytes is passed over in flat memory. Where the file ends inside an object, or a list
    is never closed, the last element says so.
    """
    file.seek(at)
    buffer, base, seen = b"", at, 0  # bytes held, the offset of the first, and how many are done with
    depth, start, closed = 0, 0, not listed
    while chunk := file.read(_STEP):
        buffer += chunk
        for sign in _SIGN.finditer(buffer, seen):
            kind = buffer[sign.start()]
            seen = sign.end()
            if kind == _QUOTE:
                if sign.end() - sign.start() == 1:  # a text that goes on in the next chunk
                    seen = sign.start()
                    break
                if depth == 0:
                    yield Element(sign.group(), base + seen)
            elif kind == _OPEN:
                start = sign.start() if depth == 0 else start
                depth += 1
            elif kind == _CLOSE and depth:
                depth -= 1
                if depth == 0:
                    yield _whole(buffer[start:seen] if start >= 0 else b"", base + seen, most)
            elif depth == 0:
                closed = True
        else:
            seen = len(buffer)
        if depth and start >= 0 and len(buffer) - start > most:
            start = -1
        keep = start if depth and start >= 0 else seen
        buffer, base, seen, start = buffer[keep:], base + keep, seen - keep, min(start, 0)
        if len(buffer) > most:  # nothing open is kept, so this is the inside of an endless text
            buffer, base, seen = _end_of_text(buffer), base + len(buffer) - len(_end_of_text(buffer)), 0
    if depth or not closed or buffer[seen:]:
        yield Element(b"", base + len(buffer), CUT)


def _whole(data: bytes, end: int, most: int) -> Element:
    return Element(data, end) if 0 < len(data) <= most else Element(b"", end, TOO_LONG)


def _end_of_text(text: bytes) -> bytes:
    """A stand-in for the text so far: its quote, and the backslash that may escape what comes next."""
    slashes = len(text) - len(text.rstrip(b"\\"))
    return b'"\\' if slashes % 2 else b'"'
