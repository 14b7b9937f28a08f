"""Licences as SPDX expressions: read, and put together for what is made of several things.

    expression = term {"OR" term}      term = single {"AND" single}
    single = id ["+"] ["WITH" exception] | "(" expression ")"

What the SPDX list does not know is called `LicenseRef-` and a name of one's own.
Source: SPDX specification 2.3, annex D. Only the grammar is read; no judgement is made of what a licence allows.
"""

import difflib
import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator

from goldloop.core.spdx import EXCEPTIONS, LICENCES

_PART = re.compile(r"\(|\)|[^\s()]+")
_OWN = re.compile(r"(DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")
_IDS = {one.casefold(): one for one in LICENCES}
_EXCEPTIONS = {one.casefold(): one for one in EXCEPTIONS}
_DEEPEST = 50


def read_licence(text: str) -> str:
    """An SPDX expression in its usual spelling. Raises ValueError that says what was expected instead."""
    parts = _PART.findall(text)
    if not parts:
        raise ValueError("an SPDX licence expression, such as CC-BY-4.0; found nothing")
    said, rest = _alternatives(parts, depth=0)
    if rest:
        raise ValueError(f"an SPDX licence expression, such as CC-BY-4.0 OR MIT; found {rest[0]!r} behind {said!r}")
    return said


def is_licence(text: str) -> bool:
    """True where a text is an SPDX expression."""
    try:
        read_licence(text)
    except ValueError:
        return False
    return True


def as_licence(text: str) -> str:
    """A licence as an SPDX expression: what is none becomes a reference of one's own, `LicenseRef-` and its words."""
    if is_licence(text):
        return read_licence(text)
    return "LicenseRef-" + (re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")[:100] or "unnamed")


def all_of(licences: Iterable[str]) -> str | None:
    """The licence of what was made from things under all of these: every one of them holds. None where there is none.

    >>> all_of(["CC-BY-4.0", "MIT OR Apache-2.0", "CC-BY-4.0"])
    'CC-BY-4.0 AND (MIT OR Apache-2.0)'
    """
    terms: list[str] = []
    for licence in licences:
        for term in _terms(as_licence(licence)):
            if term not in terms:
                terms.append(term)
    if len(terms) < 2:
        return terms[0].removeprefix("(").removesuffix(")") if terms else None
    return " AND ".join(sorted(terms))


def _terms(expression: str) -> list[str]:
    """What stands between the outermost ANDs of a canonical expression; alternatives stand in brackets."""
    depth, out, held = 0, [], list[str]()
    for part in _PART.findall(expression):
        depth += (part == "(") - (part == ")")
        if part == "OR" and depth == 0:
            return [f"({expression})"]
        if part == "AND" and depth == 0:
            out.append(_spelt(held))
            held = []
        else:
            held.append(part)
    return [*out, _spelt(held)]


def _spelt(parts: Iterable[str]) -> str:
    return " ".join(parts).replace("( ", "(").replace(" )", ")")


def _alternatives(parts: list[str], *, depth: int) -> tuple[str, list[str]]:
    return _joined(parts, "OR", depth=depth)


def _joined(parts: list[str], word: str, *, depth: int) -> tuple[str, list[str]]:
    """Parts that a word joins; AND binds closer than OR."""
    if depth > _DEEPEST:
        raise ValueError("an SPDX licence expression with fewer brackets")
    said = []
    while True:
        one, parts = _joined(parts, "AND", depth=depth) if word == "OR" else _single(parts, depth=depth)
        said.append(one)
        if not parts or parts[0].upper() != word:
            return f" {word} ".join(said), parts
        parts = parts[1:]


def _single(parts: list[str], *, depth: int) -> tuple[str, list[str]]:
    if not parts:
        raise ValueError("an SPDX licence expression; it ends where a licence should follow")
    first, rest = parts[0], parts[1:]
    if first == "(":
        said, rest = _alternatives(rest, depth=depth + 1)
        if not rest or rest[0] != ")":
            raise ValueError("an SPDX licence expression; a bracket is not closed")
        return f"({said})", rest[1:]
    said = _id(first)
    if rest and rest[0].upper() == "WITH":
        if len(rest) < 2 or rest[1].casefold() not in _EXCEPTIONS:
            raise ValueError(f"an exception of the SPDX list behind WITH; found {rest[1] if len(rest) > 1 else 'none'}")
        return f"{said} WITH {_EXCEPTIONS[rest[1].casefold()]}", rest[2:]
    return said, rest


def _id(word: str) -> str:
    plain = word.removesuffix("+")
    if plain.casefold() in _IDS:
        return _IDS[plain.casefold()] + word[len(plain) :]
    if _OWN.fullmatch(word):
        return word
    near = difflib.get_close_matches(plain, LICENCES, n=1, cutoff=0.75)
    hint = f"did you mean {near[0]}?" if near else "a licence of your own is LicenseRef-NAME"
    raise ValueError(f"an identifier of the SPDX licence list; found {word[:60]!r}: {hint}")


def _licence(value: Any) -> Any:
    return read_licence(value)


Licence = Annotated[str, AfterValidator(_licence)]
