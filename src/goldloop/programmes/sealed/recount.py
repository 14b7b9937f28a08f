"""Count a release again from its rows and judgements: digests, order, root, and who decided what."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import from_json

from goldloop.core import merkle
from goldloop.core.nouns import Noun
from goldloop.programmes.sealed.authorship import Authorship, Deciding
from goldloop.programmes.sealed.layout import BLOCK, JUDGEMENTS, LEAVES, ROWS
from goldloop.programmes.sealed.narrow import narrow, sealed_leaves, span
from goldloop.programmes.sealed.read import lines
from goldloop.programmes.sealed.rows import Blocks
from goldloop.programmes.sealed.verification import Problems


class Listed(Noun):
    """What the manifest says of a file of lines."""

    count: int
    block: int
    blocks: tuple[str, ...]


class Recounted(NamedTuple):
    """Who decided the rows, and how many judgements each author made."""

    authorship: dict[str, dict[str, int]]
    judgements: dict[str, int]


class _Unlike(ValueError):
    """A judgement line that no release could hold."""


def recount_rows(folder: Path, listed: Listed, *, root: str, salt: bytes, leaves: bool, problems: Problems) -> int:
    """Compare every row with its sealed digest, and all of them, in order, with the root. Returns the rows found.

    `root` is the certified one. `leaves` says whether the file of row digests may be opened.
    """
    leaf, tree, blocks = merkle.salted(salt), merkle.Tree(), Blocks()
    found_lines = lines(folder / ROWS)
    while digests := [leaf(line) for line in islice(found_lines, BLOCK)]:
        tree.extend(digests)
        blocks.extend(digests)
    if tree.size != listed.count:
        problems.add(ROWS, "wrong number of rows", expected=f"{listed.count:,}", found=f"{tree.size:,}")
    found = tree.root().hex()
    if found != root:
        problems.add(ROWS, "the rows do not add up to the certified root", expected=root, found=found)
        _narrow(folder, blocks, listed, root=root, salt=salt, leaves=leaves, problems=problems)
    elif tuple(blocks.digests()) != listed.blocks:
        problems.add(ROWS, "block digests of the manifest are wrong", expected="those of the rows", found="others")
    return tree.size


def _narrow(
    folder: Path, blocks: Blocks, listed: Listed, *, root: str, salt: bytes, leaves: bool, problems: Problems
) -> None:
    sealed = sealed_leaves(folder, root) if leaves else None
    if sealed is not None:
        leaf = merkle.salted(salt)
        narrow(folder, sealed, [leaf(line) for line in lines(folder / ROWS)], problems)
        return
    problems.add(
        LEAVES, "row digests do not add up to the certified root", expected=root, found="others; rows named by block"
    )
    for n in unlike(blocks.digests(), listed.blocks):
        problems.add(ROWS, "rows changed", rows=span(n, listed.count), expected="as sealed", found="another digest")


def unlike(found: Sequence[str], sealed: Sequence[str]) -> Iterator[int]:
    """The blocks, from 0, whose digests differ or that one side lacks."""
    for n, (one, other) in enumerate(zip_longest(found, sealed)):
        if one != other:
            yield n


def recount_judgements(
    folder: Path, listed: Listed, *, rows: int, authors: Mapping[str, Deciding], salt: bytes, problems: Problems
) -> Recounted | None:
    """Compare the judgements with their sealed digests and count again who decided what; None where that failed.

    `authors` gives each author's kind and whether they are simulated; the stance in it is not used.
    """
    leaf, blocks, count = merkle.salted(salt), Blocks(), _Count(authors)
    failed: str | None = None
    for number, line in enumerate(lines(folder / JUDGEMENTS), 1):
        blocks.add(leaf(line))
        if failed is None:
            try:
                count.add(line, rows)
            except _Unlike as error:
                failed = str(error)
                problems.add(
                    JUDGEMENTS, "judgement unreadable", rows=f"line {number:,}", expected="a judgement", found=failed
                )
    if blocks.count != listed.count:
        problems.add(JUDGEMENTS, "wrong number of judgements", expected=f"{listed.count:,}", found=f"{blocks.count:,}")
    for n in unlike(blocks.digests(), listed.blocks):
        block = f"judgements {n * BLOCK + 1:,}-{(n + 1) * BLOCK:,}"
        problems.add(JUDGEMENTS, "judgements changed", rows=block, expected="as sealed", found="another digest")
    return None if failed is not None else count.done(rows)


class _Count:
    """The running count over judgement lines, which stand in the order of their rows."""

    def __init__(self, authors: Mapping[str, Deciding]) -> None:
        self._authors = authors
        self._authorship = Authorship()
        self._made = dict.fromkeys(authors, 0)
        self._row, self._seen = 0, 0
        self._deciding: list[Deciding] = []

    def add(self, line: bytes, rows: int) -> None:
        judgement = _line(line)
        row, key = judgement.get("row"), judgement.get("author")
        author = self._authors.get(key) if isinstance(key, str) else None
        if author is None or not isinstance(key, str):
            raise _Unlike(f"an author that {key!r} does not name")
        if not isinstance(row, int) or not self._row <= row <= rows or row < 1:
            raise _Unlike(f"row {row!r} after row {self._row}")
        if row != self._row:
            self._close()
            self._row = row
        self._made[key] += 1
        if judgement.get("decisive"):
            self._deciding.append(Deciding(author.kind, str(judgement.get("stance")), author.simulated))

    def _close(self) -> None:
        if self._row:
            self._authorship.add(self._deciding)
            self._seen += 1
            self._deciding = []

    def done(self, rows: int) -> Recounted:
        self._close()
        self._authorship.add((), rows=rows - self._seen)
        return Recounted(self._authorship.as_json(), self._made)


def _line(line: bytes) -> dict[str, Any]:
    try:
        judgement = from_json(line)
    except ValueError as error:
        raise _Unlike(f"no JSON: {error}") from error
    if not isinstance(judgement, dict):
        raise _Unlike("no JSON object")
    return judgement
