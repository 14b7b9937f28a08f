"""A folder of files as one file that can be sent."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

PIECE = 1 << 20
_LARGE = 1 << 30  # a file that may need the sizes of the larger zip format


class _Outbox:
    """Takes what a zip writes, until it is sent: it cannot be sought in, so that nothing sent has to be known again."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing to do: what is written waits until it is taken."""

    def close(self) -> None:
        """Nothing to do, either."""

    def taken(self) -> bytes:
        """What waits to be sent."""
        parts, self._parts, self.size = self._parts, [], 0
        return b"".join(parts)


def zipping(folder: Path) -> Iterator[bytes]:
    """The files of a folder as a zip, piece by piece as it is written: no copy on the disk, and little in memory."""
    outbox = _Outbox()
    with ZipFile(outbox, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                about = ZipInfo.from_file(path, path.relative_to(folder))
                about.compress_type = ZIP_DEFLATED
                with path.open("rb") as file, archive.open(about, "w", force_zip64=about.file_size > _LARGE) as entry:
                    while piece := file.read(PIECE):
                        entry.write(piece)
                        if outbox.size >= PIECE:
                            yield outbox.taken()
    yield outbox.taken()


def zipped(folder: Path) -> IO[bytes]:
    """The files of a folder as a zip, in a file that is gone when it is closed."""
    file = TemporaryFile()  # noqa: SIM115 - who sends it closes it
    file.writelines(zipping(folder))
    return file


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """An open file from its beginning, piece by piece; closed behind the last."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
