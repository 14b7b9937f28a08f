"""A folder of files as one file that can be sent."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

PIECE = 1 << 20


def zipped(folder: Path) -> IO[bytes]:
    """The files of a folder as a zip, in a file that is gone when it is closed."""
    file = TemporaryFile()  # noqa: SIM115 - who sends it closes it
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return file


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """An open file from its beginning, piece by piece; closed behind the last."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
