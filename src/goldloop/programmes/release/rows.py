"""The rows of a release and the judgements behind them: streamed out once, and read back in the same order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from pydantic_core import from_json

from goldloop.core import merkle
from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.families import Row, Task
from goldloop.core.nouns import Saw
from goldloop.programmes.release.authors import Authors
from goldloop.programmes.release.authorship import Authorship, Deciding
from goldloop.programmes.release.layout import BLOCK, JUDGEMENTS, LEAVES, MAX_LINE, ROWS, SPLITS

_REQUIRED = frozenset(("id", "actor", "stance", "said_at", "decisive"))
_OPTIONAL = frozenset(
    (
        "active_ms",
        "answer",
        "blind",
        "confidence",
        "guideline_id",
        "ontology_id",
        "purpose",
        "queue",
        "revision_of",
        "saw",
        "surplus",
        "task",
        "tier",
        "wall_ms",
    )
)
_KNOWN = _REQUIRED | _OPTIONAL
_SEEN = frozenset(Saw.model_fields)


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
    folder: Path, rows: Iterable[Row], *, authors: Authors, task: Task, salt: bytes, splits: Iterable[str] = ()
) -> Streamed:
    """Write data/, lineage/judgements.jsonl and a file of its own for every split, in one pass, in flat memory.

    Raises Invalid naming the row and what it cannot be sealed for.
    """
    out = Streamed(splits=dict.fromkeys(splits, 0))
    leaf = merkle.salted(salt)
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
        for number, row in enumerate(rows, 1):
            decided_by = authors.hide(row.decided_by)
            at = f"row {number} ({row.item_id})"
            line = _put(data, _row(row, decided_by), field=at)
            if row.split is not None:
                parts[row.split].write(line)
                out.splits[row.split] += 1
            digest = leaf(line)
            leaves.write(digest)
            out.tree.add(digest)
            out.rows.add(digest)
            out.decided_by[decided_by] += 1
            _count(out, row, task)
            deciding = []
            for said in row.judgements:
                made, one = _judgement(said, row, number, authors=authors, at=at)
                out.judgements.add(leaf(_put(lineage, made, field=at)))
                deciding += [one] if one else []
            out.authorship.add(deciding)
    if not out.rows.count:
        raise Invalid("a release without rows cannot be sealed", field="rows", expected="at least one", found="none")
    return out


def _put(file: IO[bytes], value: Any, *, field: str) -> bytes:
    try:
        line = canonical(value).encode() + b"\n"
    except Invalid as error:
        raise Invalid(error.message, field=field, expected=error.expected, found=error.found) from error
    if len(line) > MAX_LINE:
        raise Invalid(
            "this line is too long for a release",
            field=field,
            expected=f"at most {MAX_LINE >> 20} MiB",
            found=f"{len(line) >> 20} MiB",
        )
    file.write(line)
    return line


def _row(row: Row, decided_by: str) -> dict[str, Any]:
    return {
        "answer": row.answer,
        "batch": row.batch,
        "body": dict(row.body),
        "decided_by": decided_by,
        "external_id": row.external_id,
        "item_id": row.item_id,
        "licence": row.licence,
        "slices": dict(row.slices),
        "sources": list(row.sources),
        "split": row.split,
    }


def _count(out: Streamed, row: Row, task: Task) -> None:
    out.labels.update(task.labels(row.answer))
    out.batches[row.batch] += 1
    out.licences[row.licence or ""] += 1
    out.sources.update(row.sources)
    for key, value in row.body.items():
        out.columns[key, type(value).__name__] += 1
        if type(value) is str:
            out.letters += len(value)


def _judgement(
    said: Mapping[str, Any], row: Row, number: int, *, authors: Authors, at: str
) -> tuple[dict[str, Any], Deciding | None]:
    """One line of the lineage. Unknown keys are refused: what is not listed here, such as a comment, never leaves."""
    line = {key: value for key, value in said.items() if value is not None}
    if not _REQUIRED <= line.keys() <= _KNOWN:
        raise Invalid(
            "a judgement has missing or unknown keys",
            field=at,
            expected=f"{', '.join(sorted(_REQUIRED))}; and of {', '.join(sorted(_OPTIONAL))}",
            found=f"without {sorted(_REQUIRED - line.keys())}, with {sorted(line.keys() - _KNOWN)}",
        )
    author = authors.known(line.pop("actor"), field=at)
    if "saw" in line:
        line["saw"] = _saw(line["saw"], at=at)
    line |= {"author": author.key, "batch": row.batch, "item_id": row.item_id, "row": number}
    deciding = Deciding(author.kind, line["stance"], author.simulated) if line["decisive"] else None
    return line, deciding


def _saw(saw: Saw | Mapping[str, Any], *, at: str) -> dict[str, Any]:
    seen = saw.model_dump(mode="json") if isinstance(saw, Saw) else dict(saw)
    if unknown := seen.keys() - _SEEN:
        raise Invalid("`saw` has unknown keys", field=at, expected=", ".join(sorted(_SEEN)), found=str(unknown))
    return {key: value for key, value in seen.items() if value is not None}


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
