"""The rows of a release, from when they are sealed until its name's history holds them."""

import json
from collections.abc import Iterator, Sequence
from typing import IO

from pydantic_core import from_json

from goldloop.store.release_rows import Held


class Noted:
    """What was sealed and what stayed behind, page by page in a file: the history is that of the folder, whatever is
    decided meanwhile, and memory stays flat.

    `ended` are the rows of the newest history whose labels no longer stand, as of the moment of sealing.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.ended: Sequence[int] = ()

    def note(self, held: Sequence[Held], behind: Sequence[int]) -> None:
        """Note a page: rows that were sealed, and items of it that were not."""
        self._file.write(json.dumps([held, behind]).encode() + b"\n")

    def pages(self) -> Iterator[tuple[list[Held], list[int]]]:
        """The pages in order."""
        self._file.seek(0)
        for line in self._file:
            held, behind = from_json(line)
            yield [Held._make(row) for row in held], behind
