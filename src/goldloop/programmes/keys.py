"""The key that a programme signs its releases with: made at the first release, changed by name, never in silence.

The private half is a file that only the server's user can read. Where it is gone, nothing is signed until somebody
makes a new key and says why. Releases stay under the key that signed them. A new key carries the signature of the one
before, as long as that is still there, so that who trusts the old one has a reason to trust the new one.
"""

from pathlib import Path

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.errors import Conflict
from goldloop.programmes.release.signing import Signer
from goldloop.store import ledger
from goldloop.store.open import Store
from goldloop.store.programmes import ProgrammeRow
from goldloop.store.signing_keys import SigningKey, add_key, keys

FIRST = "the first release"


def signer_of(store: Store, connection: Connection, programme: ProgrammeRow, *, by: int, at: int) -> Signer:
    """The key that signs now, made where none ever was. Raises Conflict where it is lost."""
    file, known = _file(store, programme), keys(connection, programme.id)
    fresh = _fresh(file)
    if known and fresh.exists() and Signer.load(fresh).fingerprint == known[0].fingerprint:
        fresh.replace(file)  # the server stopped between noting a new key and putting it in place
    if not known:
        first = Signer.load(file) if file.exists() else Signer.create(file)
        _note(connection, programme, first, by=by, because=FIRST, vouched=None, at=at)
        return first
    signer = Signer.load(file) if file.exists() else None
    if signer is None or signer.fingerprint != known[0].fingerprint:
        raise Conflict(
            "the signing key of this programme is lost, and nothing is signed by another in silence",
            field="key",
            expected=f"the key {known[0].fingerprint}, or a new one: goldloop release new-key {programme.name}",
            found="no key file" if signer is None else f"the key {signer.fingerprint}",
        )
    return signer


def new_key(
    store: Store, connection: Connection, programme: ProgrammeRow, *, by: int, because: str, at: int
) -> SigningKey:
    """Make a new key in place of the one that signs; call `put_in_place` once this is committed."""
    file, known = _file(store, programme), keys(connection, programme.id)
    fresh = _fresh(file)
    fresh.unlink(missing_ok=True)  # of a change that was never committed
    signer = Signer.create(fresh)
    old = Signer.load(file) if file.exists() else None
    stands = old if old is not None and known and old.fingerprint == known[0].fingerprint else None
    vouched = stands.sign(vouching(known[0].fingerprint, signer.fingerprint, because)) if stands is not None else None
    _note(connection, programme, signer, by=by, because=because, vouched=vouched, at=at)
    return keys(connection, programme.id)[0]


def put_in_place(store: Store, programme: ProgrammeRow) -> None:
    """Sign with the key that was made last; the one before is deleted, because it signs nothing any more."""
    file = _file(store, programme)
    _fresh(file).replace(file)


def vouching(old: str, new: str, because: str) -> bytes:
    """What the old key signs of the new one."""
    return canonical({"because": because, "new": new, "old": old, "type": "goldloop.key.v1"}).encode()


def _note(
    connection: Connection,
    programme: ProgrammeRow,
    signer: Signer,
    *,
    by: int,
    because: str,
    vouched: bytes | None,
    at: int,
) -> None:
    add_key(
        connection,
        programme.id,
        fingerprint=signer.fingerprint,
        public=signer.public,
        by=by,
        because=because,
        vouched=vouched,
        at=at,
    )
    ledger.record(
        connection,
        "key.made",
        programme=programme.id,
        actor=by,
        subject=str(programme.id),
        data={"key": signer.fingerprint, "because": because, "vouched": vouched.hex() if vouched else None},
        at=at,
    )


def _file(store: Store, programme: ProgrammeRow) -> Path:
    folder = store.home / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{programme.name}.ed25519"


def _fresh(file: Path) -> Path:
    return file.with_suffix(".new")
