"""Compare the files of a folder with those its manifest lists: missing, extra, renamed, truncated, changed."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from goldloop.core.nouns import Noun
from goldloop.programmes.sealed.layout import MAX_FILES, UNLISTED, Found, unsafe, walk
from goldloop.programmes.sealed.verification import Problems


class Entry(Noun):
    """One file as the manifest lists it."""

    size: int
    sha256: str


def compare_files(folder: Path, listed: Mapping[str, Entry], problems: Problems) -> dict[str, int]:
    """Name every difference. Returns the sizes of the files that may be opened. Links are never followed."""
    present: dict[str, int] = {}
    for found in walk(folder):
        if len(present) >= MAX_FILES:
            problems.add(found.path, "too many files", expected=f"at most {MAX_FILES:,}", found="more")
            break
        if found.unsafe:
            problems.add(found.path, "unsafe file", expected="a plain file", found=found.unsafe)
        elif found.path not in UNLISTED:
            present[found.path] = found.size
    safe: dict[str, Entry] = {}
    for path, entry in listed.items():
        if reason := unsafe(path):
            problems.add(path, "unsafe path in the manifest", expected="a path inside the folder", found=reason)
        else:
            safe[path] = entry
    _missing_and_extra(folder, safe, present, problems)
    for path in safe.keys() & present.keys():
        _compare(folder, Found(path, present[path]), safe[path], problems)
    return present


def _missing_and_extra(
    folder: Path, listed: Mapping[str, Entry], present: Mapping[str, int], problems: Problems
) -> None:
    extra = {path: present[path] for path in sorted(present.keys() - listed.keys())}
    sizes = {listed[path].size for path in listed.keys() - present.keys()}
    digests = {digest(folder / path): path for path, size in extra.items() if size in sizes}
    for path in sorted(listed.keys() - present.keys()):
        renamed = digests.get(listed[path].sha256)
        if renamed is not None and renamed in extra:
            del extra[renamed]
            problems.add(path, "file renamed", expected=path, found=renamed)
        else:
            problems.add(path, "file missing", expected=f"{listed[path].size:,} bytes", found="nothing")
    for path, size in extra.items():
        problems.add(path, "file not in the manifest", expected="no such file", found=f"{size:,} bytes")


def _compare(folder: Path, found: Found, entry: Entry, problems: Problems) -> None:
    if found.size != entry.size:
        what = "file truncated" if found.size < entry.size else "file longer than sealed"
        problems.add(found.path, what, expected=f"{entry.size:,} bytes", found=f"{found.size:,} bytes")
    elif (now := digest(folder / found.path)) != entry.sha256:
        problems.add(found.path, "file changed", expected=f"sha256 {entry.sha256}", found=f"sha256 {now}")


def digest(file: Path) -> str:
    """SHA-256 of a file in hex."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
