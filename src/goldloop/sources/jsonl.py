"""JSON Lines: one JSON object a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Task, source
from goldloop.sources.columns import Columns
from goldloop.sources.lines import Line, decode_problem, flat, opened, place, read_lines, text_problem
from goldloop.sources.rows import reader, shown


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_ENDS = ("\n", "\r\n", "")


@source("jsonl.v1")
class Jsonl(Columns):
    """JSON Lines in UTF-8, gzipped or not: one object a line, one item an object.

    An answer may have any form that the task takes: a word, a list, or the task's stored form. Where the text's column
    holds an object, that object is the item's whole body. Blank lines are no rows.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects. The token is `offset:line`, of the byte and line behind the record."""
        at, number = place(resume)
        read = reader(self)
        with opened(path) as file:
            for line in read_lines(file, at=at, number=number, max_line=max_line):
                if isinstance(line, Reject):
                    yield line
                    continue
                data, number, end = line
                token = f"{end}:{number + 1}"
                row = _row(line, token)
                if isinstance(row, dict):
                    yield read(row, number, token)
                elif row is not None:
                    if number == 1 and data.lstrip().startswith(b"["):
                        raise Invalid(
                            "this is one JSON list, not JSON Lines",
                            field=path.name,
                            expected="one object a line",
                            found="[",
                        )
                    yield row

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Questions to a bank, one with a prediction."""
        return "questions.jsonl", (
            b'{"id": "q1", "text": "I am still waiting on my card?", "prediction": "card", "confidence": 0.91}\n'
            b'{"id": "q2", "text": "Do you take euros?", "channel": "chat"}\n'
            b'{"id": "q3", "text": "\\ud83d\\ude42 thanks"}\n'
        )


def _row(line: Line, token: str) -> dict[str, Any] | Reject | None:
    """The object on a line, None for a blank one, or why it is neither."""
    data = line.data
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return Reject(line.number, "line", *decode_problem(error), token)
    try:
        row, end = _DECODER.raw_decode(text)
        if text[end:] not in _ENDS:
            row = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        if text.isspace():
            return None
        if text[0] in " \t\r":
            return _row(line._replace(data=data.lstrip()), token)
        cut = error.pos >= len(text.rstrip()) or "Unterminated" in error.msg
        found = f"a line that ends at {len(text.rstrip())}" if cut else f"{error.msg} at {error.pos}"
        return Reject(line.number, "line", "one whole JSON object", found, token)
    except (ValueError, RecursionError) as error:
        return Reject(line.number, "line", "one whole JSON object", str(error)[:80], token)
    if not isinstance(row, dict):
        return Reject(line.number, "line", "a JSON object", shown(row), token)
    if b"\\u" in data and (problem := text_problem(flat(row))):
        return Reject(line.number, "line", *problem, token)
    return row
