"""Parts of a programme file: taking one out, and putting others in, without touching what stands around them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

from goldloop.core.document import composed
from goldloop.core.errors import Invalid
from goldloop.core.programme_file import read_document, rewritten


class Block(NamedTuple):
    """The lines of one top-level key: half-open, from 0."""

    first: int
    end: int


def blocks(text: str, *, name: str) -> dict[str, Block]:
    """Where every top-level key of a file stands. Raises Invalid for what is no mapping in block style."""
    node = composed(text, name=name)
    if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
        raise Invalid("this is not a programme file", field=f"{name}:1", expected="ontology: ...", found="no keys")
    starts = [(str(key.value), key.start_mark.line) for key, _ in node.value]
    ends = [line for _, line in starts[1:]] + [len(text.splitlines())]
    out: dict[str, Block] = {}
    for (key, first), end in zip(starts, ends, strict=True):
        if key in out:
            raise Invalid("this key stands twice", field=f"{name}:{first + 1}", expected="each key once", found=key)
        out[key] = Block(first, end)
    return out


def without(text: str, key: str, *, name: str) -> tuple[str, Any]:
    """A file without one of its top-level keys, and what stood there; None where it has no such key."""
    found = blocks(text, name=name).get(key)
    if found is None:
        return text, None
    lines = text.splitlines()
    taken = "\n".join(lines[found.first : found.end])
    rest = [*lines[: found.first], *([""] * (found.end - found.first)), *lines[found.end :]]  # lines keep their numbers
    return "\n".join(rest) + "\n", read_document(taken, name=name)[key]


def with_parts(text: str, part: str, *, name: str) -> str:
    """A programme file with the top-level keys of another in place of its own; it may be JSON, as programs write it."""
    whole = composed(text, name=name)
    if isinstance(whole, yaml.MappingNode) and whole.flow_style:
        return rewritten(text, read_document(part, name=name))
    lines, theirs = text.splitlines(), part.splitlines()
    new: Mapping[str, Block] = blocks(part, name=name)
    for key, block in new.items():
        own = blocks("\n".join(lines) + "\n", name=name).get(key)
        fresh = theirs[block.first : block.end]
        while fresh and not fresh[-1].strip():
            fresh.pop()
        lines = lines + fresh if own is None else [*lines[: own.first], *fresh, *lines[own.end :]]
    return "\n".join(lines) + "\n"
