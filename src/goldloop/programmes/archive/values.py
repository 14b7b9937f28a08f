"""Where the answers of an archive stand here: key by key in files, however many there are."""

import mmap
import sys
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from goldloop.core.errors import Invalid


class Values:
    """The keys of answers there and here, in a file that is as long as they are many, and not in memory."""

    def __init__(self, folder: Path) -> None:
        self._there, self._here = (folder / name for name in ("there", "here"))
        self._files = [one.open("wb") for one in (self._there, self._here)]
        self._last = -1
        self.count = 0

    def add(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Remember (key there, key here), in the order of the keys there."""
        for pair in pairs:
            if pair[0] <= self._last:
                raise broken("value", "keys in order")
            self._last = pair[0]
            self.count += 1
            for file, key in zip(self._files, pair, strict=True):
                file.write(key.to_bytes(8, sys.byteorder))

    def done(self) -> None:
        """Read from now on."""
        for file in self._files:
            file.close()
        self._maps = [self._mapped(one) for one in (self._there, self._here)]

    def here(self, key: int) -> int:
        """The key here of an answer. Raises Invalid."""
        n = bisect_left(self._maps[0], key)
        if n == self.count or self._maps[0][n] != key:
            raise broken("value", f"an answer with the key {key}")
        return int(self._maps[1][n])

    def close(self) -> None:
        """Let the files go."""
        for file in self._files:
            file.close()

    def _mapped(self, path: Path) -> Any:
        if self.count == 0:
            return ()
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)).cast("q")


def broken(table: str, expected: str) -> Invalid:
    return Invalid(f"this archive cannot be opened: {table} does not hold together", field="file", expected=expected)
