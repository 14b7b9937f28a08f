"""Where everything stands in a release folder, how large it may be, and which paths are allowed.

manifest.json  certificate.dsse.json  README.md  datasheet.md  croissant.json
spdx.json  cyclonedx.json  training-summary.md
programme.yaml  ontology.json  guidelines.md  keys.json
data/rows.jsonl  data/rows.leaves
lineage/judgements.jsonl  lineage/authors.json
splits/<name>.jsonl
evidence/<id>.json  verdicts/<id>.json  exports/<exporter>/...
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FORMAT = "goldloop.release.v1"
BLOCK = 1000

MANIFEST = "manifest.json"
CERTIFICATE = "certificate.dsse.json"
ROWS = "data/rows.jsonl"
LEAVES = "data/rows.leaves"
JUDGEMENTS = "lineage/judgements.jsonl"
AUTHORS = "lineage/authors.json"
ONTOLOGY = "ontology.json"
GUIDELINES = "guidelines.md"
POLICY = "programme.yaml"
DATASHEET = "datasheet.md"
CROISSANT = "croissant.json"
CARD = "README.md"
SPDX = "spdx.json"
CYCLONEDX = "cyclonedx.json"
SUMMARY = "training-summary.md"
KEYS = "keys.json"
SPLITS = "splits"
EVIDENCE = "evidence"
VERDICTS = "verdicts"
EXPORTS = "exports"
UNLISTED = frozenset({MANIFEST, CERTIFICATE})

VERIFIER = Path(__file__).with_name("verifier.html")
"""The page that verifies a folder in a browser. It is in no folder: what is checked must not bring its own check."""

MAX_LINE = 64 << 20
MAX_JSON = 64 << 20
MAX_TEXT = 64 << 20
MAX_FILES = 200_000
_DRIVE = re.compile(r"[A-Za-z]:")


class Found(NamedTuple):
    """One thing in a folder: its path with forward slashes, its size, and why it is no plain file, if so."""

    path: str
    size: int
    unsafe: str | None = None


def unsafe(path: str) -> str | None:
    """Why a listed path must not be followed, or None where it stays inside the folder."""
    if not path or "\x00" in path or "\\" in path:
        return "an empty path, or one with a backslash or NUL"
    if path.startswith("/") or _DRIVE.match(path):
        return "an absolute path"
    parts = path.split("/")
    if ".." in parts:
        return "a dot-dot path"
    if "." in parts or "" in parts:
        return "a path that is not in its plain form"
    return None


def walk(folder: Path, within: str = "") -> Iterator[Found]:
    """Everything under a folder in name order. Links are named, never followed."""
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        path = within + entry.name
        if entry.is_symlink():
            yield Found(path, 0, "a symbolic link")
        elif entry.is_dir(follow_symlinks=False):
            yield from walk(Path(entry.path), path + "/")
        else:
            status = entry.stat(follow_symlinks=False)
            plain = stat.S_ISREG(status.st_mode)
            yield Found(path, status.st_size, None if plain else "neither a file nor a folder")
