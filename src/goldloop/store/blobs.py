"""Blobs in a local folder or an S3-compatible store."""

import errno
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from goldloop.core.blobs import Blob, Blobs
from goldloop.core.errors import Conflict, Invalid, NotFound, Unavailable
from goldloop.core.settings import Settings

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

CHUNK = 1 << 20
SINGLE_PUT = 8 << 20  # below this one conditional PUT, above it a multipart upload
PART = 16 << 20  # of a multipart upload: S3 takes 10,000 of them, 156 GiB
PARTS_AT_ONCE = 3
ABANDONED_S = 2 * 86_400
_PART_OF_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def open_blobs(settings: Settings) -> Blobs:
    """The blob store that the settings name. Raises Invalid for anything but empty or `s3://bucket/prefix`."""
    if not settings.blobs:
        return FolderBlobs(settings.home / "blobs")
    url = urlsplit(settings.blobs)
    if url.scheme != "s3" or not url.netloc:
        raise Invalid(
            "blobs live in a folder or an S3-compatible store",
            field="blobs",
            expected="empty or s3://bucket/prefix",
            found=settings.blobs,
        )
    return S3Blobs(settings, bucket=url.netloc, prefix=url.path.strip("/"))


def chunks_in(file: IO[bytes]) -> Iterator[bytes]:
    """The rest of a binary file, a MiB at a time."""
    while part := file.read(CHUNK):
        yield part


class FolderBlobs:
    """One file a blob. A blob is written beside, brought to disk, and linked to its name in one step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / ".incoming"
        _prepare(self._incoming)

    def put(self, chunks: Iterable[bytes], *, name: str | None = None) -> Blob:
        """See `Blobs.put`."""
        if name is not None:
            _check(name)
        with _spooled(chunks, self._incoming, durable=True) as (path, size, sha256):
            name = name or _content_name(sha256)
            target = self._folder / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                os.link(path, target)
            except FileExistsError:
                if _digest(chunks_of(target)) != sha256:
                    raise _taken(name) from None
            _sync_folder(target.parent)
        return Blob(name, size, sha256)

    def read(self, name: str) -> Iterator[bytes]:
        """See `Blobs.read`."""
        return chunks_of(self._path(name))

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """See `Blobs.local`."""
        yield self._path(name)

    def size(self, name: str) -> int | None:
        """See `Blobs.size`."""
        _check(name)
        target = self._folder / name
        return target.stat().st_size if target.is_file() else None

    def names(self, prefix: str = "") -> Iterator[str]:
        """See `Blobs.names`."""
        found = (path.relative_to(self._folder).as_posix() for path in self._folder.glob("[!.]*/**/*"))
        flat = (path.name for path in self._folder.glob("[!.]*"))
        return iter(sorted({name for name in (*found, *flat) if self._is_blob(name) and name.startswith(prefix)}))

    def delete(self, name: str) -> None:
        """See `Blobs.delete`."""
        _check(name)
        (self._folder / name).unlink(missing_ok=True)

    def _is_blob(self, name: str) -> bool:
        return (self._folder / name).is_file()

    def _path(self, name: str) -> Path:
        _check(name)
        if not self._is_blob(name):
            raise _missing(name)
        return self._folder / name


class S3Blobs:
    """One object a blob in an S3-compatible store."""

    def __init__(self, settings: Settings, *, bucket: str, prefix: str) -> None:
        self._settings = settings
        self._bucket = bucket
        self._prefix = prefix
        self._opened: S3Store | None = None
        self._incoming = settings.home / "incoming"
        _prepare(self._incoming)

    def put(self, chunks: Iterable[bytes], *, name: str | None = None) -> Blob:
        """See `Blobs.put`. Large blobs of one name put at the same moment: the last one stays."""
        if name is not None:
            _check(name)
        with _spooled(chunks, self._incoming, durable=False) as (path, size, sha256):
            name = name or _content_name(sha256)
            if not self._create(name, path, size) and _digest(self.read(name)) != sha256:
                raise _taken(name)
        return Blob(name, size, sha256)

    def read(self, name: str) -> Iterator[bytes]:
        """See `Blobs.read`."""
        import obstore

        _check(name)
        with _answering(name):
            for part in obstore.get(self._store(), name).stream(min_chunk_size=CHUNK):
                yield bytes(part)

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """See `Blobs.local`."""
        _check(name)
        with tempfile.TemporaryDirectory(dir=self._incoming) as folder:
            path = Path(folder) / name.rpartition("/")[2]
            with writing(), path.open("wb") as file:
                file.writelines(self.read(name))
            yield path

    def size(self, name: str) -> int | None:
        """See `Blobs.size`."""
        import obstore

        _check(name)
        try:
            with _answering(name):
                return obstore.head(self._store(), name)["size"]
        except NotFound:
            return None

    def names(self, prefix: str = "") -> Iterator[str]:
        """See `Blobs.names`."""
        import obstore

        # the store lists whole folders; the end of the prefix is compared here
        folder = prefix.rpartition("/")[0] or None
        with _answering(prefix):
            for page in obstore.list(self._store(), folder):
                yield from (found["path"] for found in page if found["path"].startswith(prefix))

    def delete(self, name: str) -> None:
        """See `Blobs.delete`."""
        import obstore

        _check(name)
        with _answering(name):
            obstore.delete(self._store(), name)

    def _create(self, name: str, path: Path, size: int) -> bool:
        """Upload a file under a new name; False where the name is taken."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        with _answering(name):
            if size > SINGLE_PUT:
                if self.size(name) is not None:
                    return False
                obstore.put(self._store(), name, path, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)
                return True
            try:
                obstore.put(self._store(), name, path.read_bytes(), mode="create")
            except AlreadyExistsError:
                return False
            return True

    def _store(self) -> "S3Store":
        """The client, made at the first use so that a start without blobs costs nothing."""
        from obstore.store import S3Store

        if self._opened is None:
            settings = self._settings
            config: S3Config = {}
            if settings.blob_endpoint:
                config["endpoint"] = settings.blob_endpoint
            if access := settings.blob_access_key.get_secret_value():
                config["access_key_id"] = access
                config["secret_access_key"] = settings.blob_secret_key.get_secret_value()
            self._opened = S3Store(
                self._bucket,
                prefix=self._prefix or None,
                config=config,
                client_options={"allow_http": settings.blob_endpoint.startswith("http://")},
            )
        return self._opened


def chunks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a MiB at a time."""
    with path.open("rb") as file:
        yield from chunks_in(file)


def _prepare(incoming: Path) -> None:
    """Make the folder of half-written files, without those that a killed process left there long ago."""
    incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in incoming.iterdir():
        with suppress(FileNotFoundError):  # another process may clear it too, or be done with it
            if left.stat().st_mtime < time.time() - ABANDONED_S:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


@contextmanager
def _spooled(source: Iterable[bytes], folder: Path, *, durable: bool) -> Iterator[tuple[Path, int, bytes]]:
    """A temporary file with all the chunks, its size and digest; gone when the context ends."""
    handle, spool = tempfile.mkstemp(dir=folder)
    path = Path(spool)
    try:
        digest, size = hashlib.sha256(), 0
        with writing(), os.fdopen(handle, "wb") as file:
            for chunk in source:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        yield path, size, digest.digest()
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def writing() -> Iterator[None]:
    """Turn a full disk into the one error for it."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise Unavailable(
            "no room to keep this blob", permanent=True, field="home", expected="free disk space", found=str(error)
        ) from error


@contextmanager
def _answering(name: str) -> Iterator[None]:
    """Turn the store's failures into ours."""
    from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

    try:
        yield
    except FileNotFoundError as error:
        raise _missing(name) from error
    except BaseError as error:
        raise Unavailable(
            "the blob store failed",
            permanent=isinstance(error, PermissionDeniedError | UnauthenticatedError),
            field="blobs",
            expected="an S3-compatible store that answers",
            found=str(error)[:500],
        ) from error


def _check(name: str) -> None:
    if len(name) > 500 or not all(_PART_OF_NAME.fullmatch(part) for part in name.split("/")):
        raise Invalid(
            "this is not the name of a blob",
            field="name",
            expected="a relative path of letters, digits, dots, dashes and underscores",
            found=name[:100],
        )


def _content_name(sha256: bytes) -> str:
    letters = sha256.hex()
    return f"sha256/{letters[:2]}/{letters[2:]}"


def _digest(source: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256()
    for chunk in source:
        digest.update(chunk)
    return digest.digest()


def _sync_folder(folder: Path) -> None:
    """Bring a new name in a folder to disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _taken(name: str) -> Conflict:
    return Conflict("this blob exists with other bytes", field="name", expected="a new name", found=name)


def _missing(name: str) -> NotFound:
    return NotFound("there is no such blob", field="name", expected="the name of a blob", found=name[:100])
