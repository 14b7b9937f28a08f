"""A folder is sent as a zip while it is written."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from goldloop.programmes.releases.packing import PIECE, zipped, zipping


def test_a_zip_is_sent_in_pieces_and_holds_every_file(tmp_path: Path) -> None:
    large = b"".join(n.to_bytes(8) for n in range(300_000))
    files = {"data/rows.jsonl": large, "empty": b"", "ä/b.txt": "é".encode()}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "an empty folder").mkdir()
    sent = list(zipping(tmp_path))
    assert all(sent), "an empty piece would end the answer"
    assert max(map(len, sent)) < 2 * PIECE
    with ZipFile(BytesIO(b"".join(sent))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert archive.getinfo("data/rows.jsonl").compress_size < len(large) / 2
    with zipped(tmp_path) as file:
        assert ZipFile(file).testzip() is None
