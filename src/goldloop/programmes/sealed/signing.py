"""Ed25519 keys that sign certificates: kept in a file only its owner may read, known by a fingerprint."""

import hashlib
import os
import re
import stat
from pathlib import Path

from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound

ALGORITHM = "ed25519"
_FINGERPRINT = re.compile(ALGORITHM + r":[0-9a-f]{64}")


def fingerprint_of(public: bytes) -> str:
    """What a key is known by: `ed25519:` and the SHA-256 of its 32 raw public bytes in hex."""
    return f"{ALGORITHM}:{hashlib.sha256(public).hexdigest()}"


def read_fingerprint(text: str) -> str:
    """A fingerprint as a person typed it. Raises Invalid."""
    key = text.strip().lower()
    if not _FINGERPRINT.fullmatch(key):
        raise Invalid(
            "this is not a key fingerprint", field="key", expected=f"{ALGORITHM}: and 64 hex digits", found=text[:80]
        )
    return key


class Signer:
    """A private key: signs bytes, and says under which public key they can be checked."""

    def __init__(self, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        self.fingerprint = fingerprint_of(self.public)

    def __repr__(self) -> str:
        return f"Signer({self.fingerprint})"

    @classmethod
    def create(cls, file: Path) -> "Signer":
        """A new key, written to a new file that only its owner may read. Raises Conflict where the file exists."""
        seed = os.urandom(32)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise Conflict(
                "a signing key is never overwritten", field=str(file), expected="no such file", found="a file"
            ) from error
        with os.fdopen(handle, "w") as out:
            out.write(f"{ALGORITHM}-private:{seed.hex()}\n")
            out.flush()
            os.fsync(out.fileno())
        return cls(seed)

    @classmethod
    def load(cls, file: Path) -> "Signer":
        """The key in a file. Raises NotFound, Forbidden where others may read it, Invalid where it is no key."""
        if not file.is_file():
            raise NotFound("there is no signing key", field=str(file), expected="a key file", found="nothing")
        mode = stat.S_IMODE(file.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            raise Forbidden("others may read this signing key", field=str(file), expected="0600", found=f"{mode:04o}")
        prefix, _, digits = file.read_text(errors="replace").strip().partition(":")
        if prefix != f"{ALGORITHM}-private" or not re.fullmatch("[0-9a-f]{64}", digits):
            raise Invalid(
                "this is no signing key",
                field=str(file),
                expected=f"{ALGORITHM}-private: and 64 hex digits",
                found="something else",
            )
        return cls(bytes.fromhex(digits))

    def sign(self, message: bytes) -> bytes:
        """The signature over a message: 64 bytes."""
        return self._key.sign(message)


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """True where the holder of the public key (32 raw bytes) signed exactly this message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
