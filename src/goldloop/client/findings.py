"""Findings: what an engineer's evaluation says, slice by slice, and the briefs it opens and closes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from goldloop.client.wire import Row, Wire, address, read
from goldloop.core.errors import NotFound

TYPE = {"content-type": "application/x-ndjson"}


class Rejected(Row):
    """A line that could not be counted: where, what was expected, what was found."""

    line: int
    field: str
    expected: str
    found: str


class SliceFound(Row):
    """One slice held against the floor, and the brief that this opened, reopened or closed."""

    slice: dict[str, str]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int
    eligible: int
    right: int
    adjusted: float | None = None
    healthy: bool | None = None
    because: str
    brief_id: str | None = None
    brief_state: str | None = None


class Found(Row):
    """What a report says: the whole first, then every slice; and the lines that could not be counted."""

    name: str
    measure: str
    floor: float
    level: float
    rows: int
    counted: int
    rejected: int
    rejects: tuple[Rejected, ...] = ()
    slices: tuple[SliceFound, ...] = ()


class Findings:
    """`client.findings`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def report(
        self,
        name: str,
        predictions: Path | str | Iterable[Mapping[str, Any]],
        *,
        programme: str,
        floor: float,
        measure: str = "accuracy",
        level: float = 0.95,
        least: int = 30,
        model: str | None = None,
        run: str | None = None,
    ) -> Found:
        """Hold predictions against the truth, slice by slice; a slice that lies below the floor opens a brief.

        `predictions` is a JSONL file, or rows: `id` (of the item in its source), `prediction`, and as they are known
        `truth` and `slices`; or `id` and `correct`; or lm-eval's log of samples, with the name of its `measure`; or a
        log of Inspect (`.json`, `.eval`), whose scorer `measure` names where there are several. A row without `truth`
        is held against the accepted label. The same report on newer data closes or reopens. With `run`, a training
        run's id, the numbers are recorded as its model's, too.
        """
        asked = {"name": name, "floor": floor, "measure": measure, "level": level, "least": least, "model": model}
        asked |= {"run": run} if run is not None else {}
        path = address("programmes", programme, "findings")
        if isinstance(predictions, Path | str):
            file = Path(predictions)
            if not file.is_file():
                raise NotFound("there is no such file", field="file", expected="a readable file", found=str(file))
            content = iter([file.read_bytes()])
        else:
            content = _lines(predictions)
        return read(Found, self._wire.ask("POST", path, params=asked, content=content, headers=TYPE))


def _lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"
