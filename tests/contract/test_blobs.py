"""Blobs keep what they are given, on a folder and on an S3-compatible store."""

import hashlib
import os
import resource
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from goldloop.core.blobs import Blobs
from goldloop.core.errors import Conflict, Invalid, NotFound, Unavailable
from goldloop.core.settings import Settings
from goldloop.store.blobs import FolderBlobs, open_blobs

MIB = 1 << 20


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}".replace("0.0.0.0", "127.0.0.1")
    request = urllib.request.Request(f"{url}/goldloop", method="PUT", data=b"")
    urllib.request.urlopen(request).close()
    yield url
    server.stop()


def s3_settings(home: Path, url: str, bucket: str = "goldloop") -> Settings:
    return Settings.model_validate(
        {
            "home": home,
            "blobs": f"s3://{bucket}/{home.name}",
            "blob_endpoint": url,
            "blob_access_key": "key",
            "blob_secret_key": "secret",
        }
    )


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return open_blobs(Settings(home=tmp_path))
    return open_blobs(s3_settings(tmp_path, request.getfixturevalue("s3")))


def content(blobs: Blobs, name: str) -> bytes:
    return b"".join(blobs.read(name))


def test_a_blob_comes_back_as_it_was_put(blobs: Blobs) -> None:
    blob = blobs.put([b"one", b"", b"two"], name="runs/7/vectors.bin")
    assert blob == ("runs/7/vectors.bin", 6, hashlib.sha256(b"onetwo").digest())
    assert content(blobs, blob.name) == b"onetwo"
    assert blobs.size(blob.name) == 6


def test_a_blob_without_a_name_is_named_by_its_content(blobs: Blobs) -> None:
    first, again, other = blobs.put([b"same"]), blobs.put([b"sa", b"me"]), blobs.put([b"other"])
    assert first == again
    assert first.name != other.name
    assert first.sha256.hex() == first.name.removeprefix("sha256/").replace("/", "")


def test_an_empty_blob_is_a_blob(blobs: Blobs) -> None:
    assert blobs.put([], name="empty").size == 0
    assert content(blobs, "empty") == b""


def test_the_same_bytes_may_be_put_again_and_other_bytes_may_not(blobs: Blobs) -> None:
    blobs.put([b"first"], name="a")
    blobs.put([b"first"], name="a")
    with pytest.raises(Conflict):
        blobs.put([b"second"], name="a")
    assert content(blobs, "a") == b"first"


def test_large_blobs_keep_the_same_promises(blobs: Blobs) -> None:
    part = os.urandom(MIB)
    blob = blobs.put((part for _ in range(40)), name="large")
    assert blob.size == 40 * MIB
    assert hashlib.sha256(content(blobs, "large")).digest() == blob.sha256
    with pytest.raises(Conflict):
        blobs.put((part for _ in range(39)), name="large")


def test_a_local_path_has_the_bytes_and_the_last_part_of_the_name(blobs: Blobs) -> None:
    blobs.put([b"id,text\n"], name="in/3/posts.csv")
    with blobs.local("in/3/posts.csv") as path:
        assert path.name == "posts.csv"
        assert path.read_bytes() == b"id,text\n"


def test_names_are_listed_in_order_by_prefix(blobs: Blobs) -> None:
    for name in ("b/2", "a", "b/1", "b/10", "bc"):
        blobs.put([b"x"], name=name)
    assert list(blobs.names()) == ["a", "b/1", "b/10", "b/2", "bc"]
    assert list(blobs.names("b/1")) == ["b/1", "b/10"]
    assert list(blobs.names("b")) == ["b/1", "b/10", "b/2", "bc"]


def test_a_deleted_blob_is_gone_and_may_be_deleted_again(blobs: Blobs) -> None:
    blobs.put([b"x"], name="gone")
    blobs.delete("gone")
    blobs.delete("gone")
    assert blobs.size("gone") is None
    assert list(blobs.names()) == []


def test_what_is_not_there_is_not_found(blobs: Blobs) -> None:
    with pytest.raises(NotFound):
        content(blobs, "nothing")
    with pytest.raises(NotFound), blobs.local("nothing"):
        pass


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../up", "a/../b", "a//b", ".hidden", "a/.b", "a b", "a\n", "ä"])
def test_a_name_never_leaves_the_store(blobs: Blobs, name: str) -> None:
    for attempt in (lambda: blobs.put([b"x"], name=name), lambda: content(blobs, name), lambda: blobs.delete(name)):
        with pytest.raises(Invalid):
            attempt()


def test_a_source_that_breaks_off_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        blobs.put(breaking(), name="broken")
    assert blobs.size("broken") is None
    assert list(blobs.names()) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_killed_upload_left_is_cleared_at_a_later_start(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    old, fresh = tmp_path / ".incoming" / "old", tmp_path / ".incoming" / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    FolderBlobs(tmp_path)
    assert (old.exists(), fresh.exists()) == (False, True)
    assert list(blobs.names()) == []


def test_a_store_that_does_not_answer_is_unavailable(tmp_path: Path, s3: str) -> None:
    blobs = open_blobs(s3_settings(tmp_path, s3, bucket="no-such-bucket"))
    with pytest.raises((Unavailable, NotFound)):
        blobs.put([b"x"], name="a")


def test_blobs_elsewhere_than_in_s3_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="S3-compatible"):
        open_blobs(Settings(home=tmp_path, blobs="ftp://somewhere/else"))


FULL = """
import resource, signal, sys
from pathlib import Path
from goldloop.core.errors import Unavailable
from goldloop.store.blobs import FolderBlobs

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
blobs = FolderBlobs(Path(sys.argv[1]))
blobs.put([b"fits"], name="small")
try:
    blobs.put((b"x" * 65536 for _ in range(100)), name="large")
except Unavailable as error:
    print(error.permanent, list(blobs.names()))
"""


def test_a_full_disk_is_a_clear_error_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == ["True", "['small']\n"]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["small"]


def test_a_large_upload_stays_in_flat_memory(tmp_path: Path) -> None:
    part = bytes(MIB)
    blobs = FolderBlobs(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert blobs.put((part for _ in range(300)), name="large").size == 300 * MIB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024
