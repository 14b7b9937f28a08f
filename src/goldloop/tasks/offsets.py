"""Where a span lies: offsets checked against the text, whatever unit the file counted them in."""

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from goldloop.core.errors import Invalid

_KEYS = ("start", "end", "label", "text")

Extent = tuple[int, int]


class Span(NamedTuple):
    """A span as somebody wrote it: its fragments, one where it has no gap, and where in the answer it stands.

    `text` is what they say stands there, the texts of several fragments parted by a blank.
    """

    where: str
    fragments: tuple[Extent, ...]
    label: str
    text: str | None = None


def read_span(value: Any, where: str, *, gaps: bool = False, labelled: bool = True) -> Span:
    """A `{"start", "end", "label", "text"?}` or `[start, end, label]` as a span. Raises Invalid naming `where`.

    With `gaps` it may have `fragments`, a list of `[start, end]`, instead of start and end or beside them. One that is
    not `labelled` has no label: its place in the answer says it.
    """
    keys = [key for key in _KEYS if labelled or key != "label"]
    if isinstance(value, list | tuple) and len(value) == len(keys) - 1:
        value = dict(zip(keys, value, strict=False))
    if not isinstance(value, dict):
        expected = ", ".join(keys[:-2]) + f" and {keys[-2]}"
        raise Invalid("this is not a span", field=where, expected=expected, found=repr(value)[:80])
    fragments = _fragments(value, where) if "fragments" in value else None
    if fragments and not gaps and len(fragments) > 1:
        raise Invalid(
            "spans of this task have no gaps",
            field=f"{where}.fragments",
            expected="one fragment, or a task with allow_gaps",
            found=f"{len(fragments)} fragments",
        )
    for name, kind, expected in (
        ("start", int, "a whole number"),
        ("end", int, "a whole number"),
        ("label", str, "text"),
    ):
        known = name not in keys or (fragments is not None and name != "label" and name not in value)
        if not known and type(value.get(name)) is not kind:
            raise Invalid(
                "a span needs this", field=f"{where}.{name}", expected=expected, found=repr(value.get(name))[:80]
            )
    for name in value.keys() - {*keys, "fragments"}:
        raise Invalid("a span has no such key", field=f"{where}.{name}", expected=", ".join(keys), found=name)
    said = value.get("text")
    if said is not None and not isinstance(said, str):
        raise Invalid("a span's text is text", field=f"{where}.text", expected="text", found=repr(said)[:80])
    if fragments is None:
        fragments = ((value["start"], value["end"]),)
    _check_hull(value, fragments, where)
    return Span(where, fragments, value["label"] if labelled else "", said)


def _fragments(value: dict[str, Any], where: str) -> tuple[Extent, ...]:
    listed = value["fragments"]
    if not isinstance(listed, list | tuple) or not listed:
        raise Invalid(
            "fragments are listed", field=f"{where}.fragments", expected="[[start, end]]", found=repr(listed)[:80]
        )
    for n, pair in enumerate(listed):
        if not (isinstance(pair, list | tuple) and len(pair) == 2 and all(type(number) is int for number in pair)):
            raise Invalid(
                "a fragment has two edges",
                field=f"{where}.fragments.{n}",
                expected="[start, end]",
                found=repr(pair)[:80],
            )
    return tuple((start, end) for start, end in listed)


def _check_hull(value: dict[str, Any], fragments: tuple[Extent, ...], where: str) -> None:
    """Raise Invalid where a span says a start or an end beside its fragments, and another one."""
    hull = {"start": min(start for start, _ in fragments), "end": max(end for _, end in fragments)}
    for name, at in hull.items():
        if value.get(name, at) != at:
            raise Invalid(
                "a span reaches as far as its fragments",
                field=f"{where}.{name}",
                expected=str(at),
                found=str(value[name]),
            )


def in_code_points(spans: Sequence[Span], text: str) -> list[Span]:
    """The spans counted in code points of `text`.

    Where spans say their own text, it decides the unit for all of them: code points, else UTF-16 units, else bytes of
    UTF-8, the first in which every given text is what stands there. Raises Invalid naming the first that fits none.
    """
    if all(_fits(span, text) for span in spans):
        return list(spans)
    for width in (_utf16_units, _utf8_bytes):
        moved = _moved(spans, _edges(text, width))
        if moved and all(_fits(span, text) for span in moved):
            return moved
    span = next(span for span in spans if not _fits(span, text))
    raise Invalid(
        "the span's own text is not what stands there, in code points, UTF-16 units or bytes",
        field=f"{span.where}.text",
        expected=repr(span.text)[:80],
        found=repr(_text_of(span, text))[:80],
    )


def _text_of(span: Span, text: str) -> str:
    return " ".join(text[max(start, 0) : max(end, 0)] for start, end in span.fragments)


def _fits(span: Span, text: str) -> bool:
    """True where a span says nothing of its text, or what stands there; an end past the text's is no fit."""
    inside = all(start >= 0 and end <= len(text) for start, end in span.fragments)
    return span.text is None or (inside and _text_of(span, text) == span.text)


def check_extents(span: Span, text: str) -> None:
    """Raise Invalid where a fragment is empty, past the end, blank, or cuts a letter from its combining marks."""
    size = len(text)
    for n, (start, end) in enumerate(span.fragments):
        inside = f"{span.where}.fragments.{n}"
        first, last = (
            (f"{inside}.0", f"{inside}.1") if len(span.fragments) > 1 else (f"{span.where}.start", f"{span.where}.end")
        )
        if not 0 <= start < size:
            raise Invalid("a span starts inside the text", field=first, expected=f"0 to {size - 1}", found=str(start))
        if end <= start:
            raise Invalid("a span is not empty", field=last, expected=f"more than {start}", found=str(end))
        if end > size:
            raise Invalid("a span ends inside the text", field=last, expected=f"at most {size}", found=str(end))
        if text[start:end].isspace():
            raise Invalid("a span covers more than white space", field=first, expected="text", found="white space")
        for field, at in ((first, start), (last, end)):
            if _cuts(text, at):
                raise Invalid(
                    "a span's edge must not part a letter from its combining mark",
                    field=field,
                    expected="an edge between letters",
                    found=f"U+{ord(text[at]):04X} at {at}",
                )


def _cuts(text: str, at: int) -> bool:
    return 0 < at < len(text) and unicodedata.category(text[at])[0] == "M" and not text[at - 1].isspace()


def _utf16_units(letter: str) -> int:
    return 2 if letter > "\uffff" else 1


def _utf8_bytes(letter: str) -> int:
    return len(letter.encode())


def _edges(text: str, width: Callable[[str], int]) -> list[int]:
    """The offset of every edge between letters, counted by `width`."""
    edges, at = [0], 0
    for letter in text:
        at += width(letter)
        edges.append(at)
    return edges


def _moved(spans: Sequence[Span], edges: list[int]) -> list[Span]:
    """Spans with offsets turned into code points; none where an offset lies inside a letter or past the end."""
    out: list[Span] = []
    for span in spans:
        fragments: list[Extent] = []
        for start, end in span.fragments:
            first, last = bisect_left(edges, start), bisect_left(edges, end)
            if max(first, last) >= len(edges) or edges[first] != start or edges[last] != end:
                return []
            fragments.append((first, last))
        out.append(span._replace(fragments=tuple(fragments)))
    return out
