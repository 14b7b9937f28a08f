"""An archive from anybody: nothing is written by its names, believed of its sizes, or left as a defect."""

import zipfile
import zlib
from pathlib import Path

import pytest

from goldloop.core.errors import Invalid
from goldloop.programmes.projects.files import unpacked

EXPORT = b'[{"id": 1, "data": {"text": "a"}}]'


def packed(folder: Path, entries: dict[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "project.zip"
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def to(tmp_path: Path) -> Path:
    folder = tmp_path / "to"
    folder.mkdir()
    return folder


def test_a_name_that_leads_out_is_only_a_name(tmp_path: Path, to: Path) -> None:
    outside = tmp_path / "out.json"
    project = unpacked(packed(tmp_path, {str(outside): EXPORT}), to, name="project.zip", most=1 << 20)
    assert project.data == to / "export"
    assert project.data.read_bytes() == EXPORT
    for name in ("../out.json", "a/../../out.json"):
        with pytest.raises(Invalid, match="one export"):
            unpacked(packed(tmp_path, {name: EXPORT}), to, name="project.zip", most=1 << 20)
    assert not outside.exists()


def test_what_unpacks_without_end_is_cut_off(tmp_path: Path, to: Path) -> None:
    bomb = packed(tmp_path, {"export.json": b" " * (8 << 20)})
    assert bomb.stat().st_size < 1 << 16
    with pytest.raises(Invalid, match="too large"):
        unpacked(bomb, to, name="project.zip", most=1 << 20)
    assert sum(path.stat().st_size for path in to.iterdir()) <= 1 << 20


def test_a_broken_stream_is_refused(tmp_path: Path, to: Path) -> None:
    path = packed(tmp_path, {"export.json": bytes(range(256)) * 64})
    content = bytearray(path.read_bytes())
    start = 30 + len("export.json")
    content[start : start + 40] = b"\xff" * 40
    path.write_bytes(bytes(content))
    with pytest.raises(zlib.error):
        zlib.decompressobj(-15).decompress(bytes(content[start:]))
    with pytest.raises(Invalid, match="broken or locked"):
        unpacked(path, to, name="project.zip", most=1 << 20)


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_is_packed_in_an_unusual_way_is_refused(tmp_path: Path, to: Path, how: int) -> None:
    with pytest.raises(Invalid, match="unusual"):
        unpacked(packed(tmp_path, {"export.json": EXPORT}, how=how), to, name="project.zip", most=1 << 20)


def test_a_zip_without_its_head_is_refused(tmp_path: Path, to: Path) -> None:
    whole = packed(tmp_path, {"export.json": EXPORT * 100}).read_bytes()
    path = tmp_path / "cut.zip"
    path.write_bytes(whole[10:])
    with pytest.raises(Invalid, match="broken or locked"):
        unpacked(path, to, name="cut.zip", most=1 << 20)
