"""JSON Lines: one JSON object a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from goldloop.core.families import Record, Reject, Task, source
from goldloop.sources.columns import Columns
from goldloop.sources.objects import read_objects
from goldloop.sources.rows import reader


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
        read = reader(self)
        for one in read_objects(path, resume=resume, max_line=max_line):
            yield one if isinstance(one, Reject) else read(*one)

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Questions to a bank, one with a prediction."""
        return "questions.jsonl", (
            b'{"id": "q1", "text": "I am still waiting on my card?", "prediction": "card", "confidence": 0.91}\n'
            b'{"id": "q2", "text": "Do you take euros?", "channel": "chat"}\n'
            b'{"id": "q3", "text": "\\ud83d\\ude42 thanks"}\n'
        )
