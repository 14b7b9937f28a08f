"""Read files that nobody has vouched for yet: bounded, strict, and never through a link."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from goldloop.core.errors import Invalid
from goldloop.programmes.sealed.layout import MAX_JSON, MAX_LINE


def read_bytes(file: Path, *, limit: int = MAX_JSON) -> bytes:
    """A file's bytes. Raises Invalid where it is missing, no plain file, or larger than the limit."""
    if file.is_symlink() or not file.is_file():
        found = "a symbolic link" if file.is_symlink() else "nothing"
        raise Invalid("there is no such file", field=file.name, expected="a file", found=found)
    with file.open("rb") as handle:
        content = handle.read(limit + 1)
    if len(content) > limit:
        raise Invalid(
            "this file is too large to be read", field=file.name, expected=f"at most {limit:,} bytes", found="more"
        )
    return content


def parse(content: bytes, *, name: str) -> Any:
    """Strict JSON: UTF-8, no key twice, no NaN, no bottomless nesting. Raises Invalid."""
    try:
        return json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Invalid("this is not strict JSON", field=name, expected="JSON", found=str(error)[:120]) from error


def lines(file: Path) -> Iterator[bytes]:
    """The lines of a file with their ends; one longer than a release may hold comes in pieces."""
    with file.open("rb", buffering=1 << 20) as handle:
        while line := handle.readline(MAX_LINE + 1):
            yield line


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
