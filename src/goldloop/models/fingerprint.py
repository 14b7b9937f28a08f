"""What decides a model's answers, as one digest: the version of an actor in the record."""

import hashlib
from pathlib import Path
from typing import Any

from goldloop.core.canonical import digest_of


def digest(**decides: Any) -> str:
    """Hexadecimal SHA-256 over what decides the answers."""
    return digest_of(decides).hex()


def file_digest(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
