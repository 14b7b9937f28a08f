"""The rows of a release and the judgements behind them: streamed out once, and read back in the same order."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic_core import from_json

from goldloop.core import merkle
from goldloop.core.errors import Invalid
from goldloop.core.families import Row, Task
from goldloop.programmes.sealed.authors import Authors
from goldloop.programmes.sealed.authorship import Authorship, Deciding
from goldloop.programmes.sealed.layout import BLOCK, JUDGEMENTS, LEAVES, ROWS, SPLITS
from goldloop.programmes.sealed.ready import Ready, judgement_line, ready, row_line

_KNOWN = 1024  # short answers and reasons that are read once; most come again and again
_SHORT = 1000


class Blocks:
    """Digests of consecutive blocks of 1,000 leaf digests."""

    def __init__(self) -> None:
        self.count = 0
        self._state = sha256()
        self._done: list[str] = []

    def add(self, digest: bytes) -> None:
        """Append one leaf digest."""
        self._state.update(digest)
        self.count += 1
        if self.count % BLOCK == 0:
            self._done.append(self._state.hexdigest())
            self._state = sha256()

    def extend(self, digests: Sequence[bytes]) -> None:
        """Append many leaf digests."""
        at = 0
        while at < len(digests):
            some = digests[at : at + BLOCK - self.count % BLOCK]
            self._state.update(b"".join(some))
            self.count += len(some)
            at += len(some)
            if self.count % BLOCK == 0:
                self._done.append(self._state.hexdigest())
                self._state = sha256()

    def digests(self) -> list[str]:
        """One hex digest a block; the last block may be short."""
        return self._done + ([self._state.hexdigest()] if self.count % BLOCK else [])


@dataclass(kw_only=True)
class Streamed:
    """What was counted while the rows went by."""

    tree: merkle.Tree = field(default_factory=merkle.Tree)
    rows: Blocks = field(default_factory=Blocks)
    judgements: Blocks = field(default_factory=Blocks)
    authorship: Authorship = field(default_factory=Authorship)
    labels: Counter[str] = field(default_factory=Counter)
    batches: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    splits: dict[str, int] = field(default_factory=dict)
    letters: int = 0
    decided_by: Counter[str] = field(default_factory=Counter)
    columns: Counter[tuple[str, str]] = field(default_factory=Counter)


def write_rows(
    folder: Path, rows: Iterable[Row | Ready], *, authors: Authors, task: Task, salt: bytes, splits: Iterable[str] = ()
) -> Streamed:
    """Write data/, lineage/judgements.jsonl and a file of its own for every split, in one pass, in flat memory.

    Raises Invalid naming the row and what it cannot be sealed for.
    """
    out = Streamed(splits=dict.fromkeys(splits, 0))
    if out.splits:
        (folder / SPLITS).mkdir()
    for path in (ROWS, JUDGEMENTS):
        (folder / path).parent.mkdir()
    with (
        (folder / ROWS).open("wb", buffering=1 << 20) as data,
        (folder / LEAVES).open("wb", buffering=1 << 20) as leaves,
        (folder / JUDGEMENTS).open("wb", buffering=1 << 20) as lineage,
        ExitStack() as stack,
    ):
        parts = {
            name: stack.enter_context((folder / SPLITS / f"{name}.jsonl").open("wb", buffering=1 << 20))
            for name in out.splits
        }
        writing = _Writing(out, authors, task, merkle.salted(salt), _Files(data, leaves, lineage, parts))
        for row in rows:
            writing.add(row)
        writing.flush()
    if not out.rows.count:
        raise Invalid("a release without rows cannot be sealed", field="rows", expected="at least one", found="none")
    return out


class _Files(NamedTuple):
    data: IO[bytes]
    leaves: IO[bytes]
    lineage: IO[bytes]
    splits: Mapping[str, IO[bytes]]


class _Writing:
    """Rows as they become lines; their digests go into the tree some thousand at a time."""

    def __init__(
        self, out: Streamed, authors: Authors, task: Task, leaf: Callable[[bytes], bytes], files: _Files
    ) -> None:
        self._out, self._authors, self._leaf, self._files = out, authors, leaf, files
        self._number = 0
        self._rows: list[bytes] = []
        self._judgements: list[bytes] = []
        self._told = Counter[tuple[str, str | None, tuple[str, ...], str]]()
        self._labels = _kept(lambda answer: task.labels(from_json(answer)))
        self._deciding = lru_cache(_KNOWN)(lambda author, stance: Deciding(author.kind, stance, author.simulated))
        self._hide: Callable[[str], str] = _kept(authors.hide)

    def add(self, given: Row | Ready) -> None:
        """Write one row and what stands behind it."""
        self._number = number = self._number + 1
        at = f"row {number} ({given.item_id})"
        row = given if isinstance(given, Ready) else ready(given, at=at)
        decided_by = self._hide(row.decided_by)
        line = row_line(row, decided_by, at=at)
        self._files.data.write(line)
        if row.split is not None:
            self._files.splits[row.split].write(line)
            self._out.splits[row.split] += 1
        self._rows.append(self._leaf(line))
        self._count(row, decided_by)
        deciding = []
        for said in row.judgements:
            author = self._authors.known(said.actor, field=at)
            line = judgement_line(said, number, author.key, at=at)
            self._files.lineage.write(line)
            self._judgements.append(self._leaf(line))
            if said.decisive:
                deciding.append(self._deciding(author, said.stance))
        self._out.authorship.add(deciding)
        if len(self._rows) >= BLOCK:
            self.flush()

    def flush(self) -> None:
        """Count the digests that wait."""
        self._files.leaves.write(b"".join(self._rows))
        self._out.tree.extend(self._rows)
        self._out.rows.extend(self._rows)
        self._out.judgements.extend(self._judgements)
        self._rows, self._judgements = [], []
        self._tell()

    def _count(self, row: Ready, decided_by: str) -> None:
        out = self._out
        for label in self._labels(row.answer):
            out.labels[label] += 1
        self._told[row.batch, row.licence, row.sources, decided_by] += 1
        for key, value in from_json(row.body).items():
            out.columns[key, type(value).__name__] += 1
            if type(value) is str:
                out.letters += len(value)

    def _tell(self) -> None:
        """Count what rows have in common, all that wait at once."""
        for (batch, licence, sources, decided_by), rows in self._told.items():
            self._out.batches[batch] += rows
            self._out.licences[licence or ""] += rows
            self._out.decided_by[decided_by] += rows
            for source in sources:
                self._out.sources[source] += rows
        self._told.clear()


def _kept(made: Callable[[str], Any]) -> Callable[[str], Any]:
    """The function, with what it made of the short texts it met last kept."""
    kept = lru_cache(_KNOWN)(made)
    return lambda text: kept(text) if len(text) <= _SHORT else made(text)


def read_rows(folder: Path) -> Iterator[Row]:
    """The rows of a release folder in order, each with its judgements under pseudonyms. Verify the folder first."""
    with (folder / ROWS).open("rb") as data, (folder / JUDGEMENTS).open("rb") as lineage:
        ahead = _next(lineage)
        for number, line in enumerate(data, 1):
            judgements = []
            while ahead is not None and ahead["row"] == number:
                judgements.append(ahead)
                ahead = _next(lineage)
            row = from_json(line)
            yield Row(**row | {"judgements": tuple(judgements), "sources": tuple(row["sources"])})


def _next(lineage: IO[bytes]) -> dict[str, Any] | None:
    line = lineage.readline()
    return from_json(line) if line else None
