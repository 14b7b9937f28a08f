"""Where a span lies: offsets checked against the text, whatever unit the file counted them in."""

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from goldloop.core.errors import Invalid

_KEYS = {"start", "end", "label", "text"}


class Span(NamedTuple):
    """A span as somebody wrote it; `text` is what they say stands there."""

    start: int
    end: int
    label: str
    text: str | None = None


def read_span(value: Any, number: int) -> Span:
    """A `{"start", "end", "label", "text"?}` or `[start, end, label]` as a span. Raises Invalid naming spans.N."""
    if isinstance(value, list | tuple) and len(value) == 3:
        value = dict(zip(("start", "end", "label"), value, strict=True))
    where = f"spans.{number}"
    if not isinstance(value, dict):
        raise Invalid("this is not a span", field=where, expected="start, end and label", found=repr(value)[:80])
    for name, kind, expected in (
        ("start", int, "a whole number"),
        ("end", int, "a whole number"),
        ("label", str, "text"),
    ):
        if type(value.get(name)) is not kind:
            raise Invalid(
                "a span needs this", field=f"{where}.{name}", expected=expected, found=repr(value.get(name))[:80]
            )
    for name in value.keys() - _KEYS:
        raise Invalid("a span has no such key", field=f"{where}.{name}", expected="start, end, label, text", found=name)
    said = value.get("text")
    if said is not None and not isinstance(said, str):
        raise Invalid("a span's text is text", field=f"{where}.text", expected="text", found=repr(said)[:80])
    return Span(value["start"], value["end"], value["label"], said)


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
    worst = next(n for n, span in enumerate(spans) if not _fits(span, text))
    span = spans[worst]
    raise Invalid(
        "the span's own text is not what stands there, in code points, UTF-16 units or bytes",
        field=f"spans.{worst}.text",
        expected=repr(span.text)[:80],
        found=repr(text[max(span.start, 0) : max(span.end, 0)])[:80],
    )


def _fits(span: Span, text: str) -> bool:
    """True where a span says nothing of its text, or what stands there; an end past the text's is no fit."""
    return span.text is None or (span.start >= 0 and span.end <= len(text) and text[span.start : span.end] == span.text)


def check_extent(span: Span, number: int, text: str) -> None:
    """Raise Invalid where a span is empty, past the end, blank, or cuts a letter from its combining marks."""
    where, size = f"spans.{number}", len(text)
    if not 0 <= span.start < size:
        raise Invalid(
            "a span starts inside the text", field=f"{where}.start", expected=f"0 to {size - 1}", found=str(span.start)
        )
    if span.end <= span.start:
        raise Invalid(
            "a span is not empty", field=f"{where}.end", expected=f"more than {span.start}", found=str(span.end)
        )
    if span.end > size:
        raise Invalid(
            "a span ends inside the text", field=f"{where}.end", expected=f"at most {size}", found=str(span.end)
        )
    if text[span.start : span.end].isspace():
        raise Invalid(
            "a span covers more than white space", field=f"{where}.start", expected="text", found="white space"
        )
    for name, at in (("start", span.start), ("end", span.end)):
        if _cuts(text, at):
            raise Invalid(
                "a span's edge must not part a letter from its combining mark",
                field=f"{where}.{name}",
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
        start, end = bisect_left(edges, span.start), bisect_left(edges, span.end)
        if max(start, end) >= len(edges) or edges[start] != span.start or edges[end] != span.end:
            return []
        out.append(span._replace(start=start, end=end))
    return out
