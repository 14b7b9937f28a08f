"""Say which rows differ, once it is known that some do: against the sealed digest of every row, else block by block."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from goldloop.core import merkle
from goldloop.programmes.sealed.layout import BLOCK, LEAVES, ROWS
from goldloop.programmes.sealed.read import lines
from goldloop.programmes.sealed.verification import Problems

_WIDTH = 32
_NAMED = 20


def span(block: int, count: int) -> str:
    """The rows of a block (from 0) in words."""
    return f"rows {block * BLOCK + 1:,}-{min((block + 1) * BLOCK, count):,}"


def sealed_leaves(folder: Path, root: str) -> list[bytes] | None:
    """The sealed digests of all rows, where they add up to the certified root."""
    content = (folder / LEAVES).read_bytes()
    leaves = [content[at : at + _WIDTH] for at in range(0, len(content), _WIDTH)]
    return leaves if merkle.root(leaves).hex() == root else None


def narrow(folder: Path, sealed: Sequence[bytes], found: Sequence[bytes], problems: Problems) -> None:
    """Name the rows that were changed, removed, added, repeated or moved; at most 20 of each are spelled out."""
    had, has = Counter(sealed), Counter(found)
    if had == has:
        moved = [n for n, (a, b) in enumerate(zip(sealed, found, strict=True)) if a != b]
        places = {digest: n for n, digest in enumerate(sealed)}
        _name(folder, moved, problems, what="row moved", expected=lambda n: f"row {places[found[n]] + 1:,}")
        return
    gone = [n for n, digest in enumerate(sealed) if digest not in has]
    new = [n for n, digest in enumerate(found) if digest not in had]
    changed: list[int] = []
    if len(sealed) == len(found):
        changed = sorted(set(gone) & set(new))
        gone, new = sorted(set(gone) - set(changed)), sorted(set(new) - set(changed))
    _name(folder, changed, problems, what="row changed", expected=lambda n: f"digest {sealed[n].hex()[:16]}...")
    _name(folder, new, problems, what="row added or rewritten", expected=lambda _: "no such row")
    _name_gone(gone, len(sealed), problems)
    repeated, seen = [], Counter[bytes]()
    for n, digest in enumerate(found):
        seen[digest] += 1
        if digest in had and seen[digest] > had[digest]:
            repeated.append(n)
    _name(folder, repeated, problems, what="row repeated", expected=lambda _: "the row once")


def _name(
    folder: Path, places: Sequence[int], problems: Problems, *, what: str, expected: Callable[[int], str]
) -> None:
    """One problem a row for the first few, one for the rest; the item is read from the row as found."""
    few = places[:_NAMED]
    items = _items(folder, set(few))
    for n in few:
        block = n // BLOCK
        problems.add(
            ROWS,
            what,
            rows=f"row {n + 1:,} (of block {block * BLOCK + 1:,}-{(block + 1) * BLOCK:,})",
            expected=expected(n),
            found=items.get(n, "a line that is not a row"),
        )
    if len(places) > len(few):
        problems.add(ROWS, what, rows=f"{len(places) - len(few):,} more", expected="as sealed", found="otherwise")


def _name_gone(gone: Sequence[int], count: int, problems: Problems) -> None:
    for n in gone[:_NAMED]:
        problems.add(
            ROWS,
            "row removed or rewritten",
            rows=f"row {n + 1:,} (of {span(n // BLOCK, count)})",
            expected="this row",
            found="no row with its digest",
        )
    if len(gone) > _NAMED:
        rest = f"{len(gone) - _NAMED:,} more"
        problems.add(ROWS, "row removed or rewritten", rows=rest, expected="these rows", found="nothing")


def _items(folder: Path, places: set[int]) -> dict[int, str]:
    """The item id that the row at each place claims."""
    named = {}
    for n, line in enumerate(lines(folder / ROWS)):
        if n in places:
            named[n] = f"item {_item_id(line)}"
    return named


def _item_id(line: bytes) -> str:
    try:
        row = json.loads(line)
    except ValueError:
        return "unreadable"
    return str(row.get("item_id"))[:60] if isinstance(row, dict) else "unreadable"
