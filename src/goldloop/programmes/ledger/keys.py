"""The key that a programme signs its releases with: made at the first release, changed by name, never in silence.

The private half is a file that only the server's user can read. Where it is gone, nothing is signed until somebody
makes a new key and says why. Releases stay under the key that signed them. A new key carries the signature of the one
before, as long as that is still there, so that who trusts the old one has a reason to trust the new one.
"""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from goldloop.core.errors import Conflict, NotFound
from goldloop.programmes.sealed.chain import sign_list, vouching
from goldloop.programmes.sealed.facts import Key, Withdrawn
from goldloop.programmes.sealed.signing import Signer
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
    return _standing(store, programme, known)


def _standing(store: Store, programme: ProgrammeRow, known: Sequence[SigningKey]) -> Signer:
    """The newest key, from its file. Raises Conflict where it is lost."""
    file = _file(store, programme)
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
    store: Store,
    connection: Connection,
    programme: ProgrammeRow,
    *,
    by: int,
    because: str,
    at: int,
    distrust: bool = False,
) -> SigningKey:
    """Make a new key in place of the one that signs; call `put_in_place` once this is committed.

    `distrust` withdraws the old key: somebody else may hold it, so it vouches for nothing. Raises Conflict where there
    is none to withdraw.
    """
    file, known = _file(store, programme), keys(connection, programme.id)
    fresh = _fresh(file)
    if distrust and not known:
        raise Conflict("there is no key to withdraw", field="distrust", expected="a programme with a release")
    fresh.unlink(missing_ok=True)  # of a change that was never committed
    signer = Signer.create(fresh)
    old = Signer.load(file) if file.exists() else None
    stands = old if old is not None and known and old.fingerprint == known[0].fingerprint else None
    vouches = stands is not None and not distrust
    vouched = stands.sign(vouching(known[0].fingerprint, signer.fingerprint, because)) if stands and vouches else None
    _note(connection, programme, signer, by=by, because=because, vouched=vouched, at=at, distrusts=distrust)
    return keys(connection, programme.id)[0]


def put_in_place(store: Store, programme: ProgrammeRow) -> None:
    """Sign with the key that was made last; the one before is deleted, because it signs nothing any more."""
    file = _file(store, programme)
    _fresh(file).replace(file)


def chain(connection: Connection, programme_id: int) -> tuple[Key, ...]:
    """The keys of a programme as a release and a signed list have them, oldest first."""
    found = keys(connection, programme_id)[::-1]
    after = [*found[1:], None]
    return tuple(
        Key(
            fingerprint=one.fingerprint,
            public_key=b64encode(one.public).decode(),
            made_at=one.made_at,
            because=one.because,
            vouched=b64encode(one.vouched).decode() if one.vouched is not None else None,
            withdrawn=Withdrawn(at=then.made_at, because=then.because) if then is not None and then.distrusts else None,
        )
        for one, then in zip(found, after, strict=False)
    )


def signed_list(store: Store, connection: Connection, programme: ProgrammeRow) -> dict[str, Any]:
    """The keys of a programme, signed by the one that signs now. Raises NotFound, and Conflict if it is lost."""
    known = keys(connection, programme.id)
    if not known:
        raise NotFound("this programme has no key yet", expected="a programme with a release", found=programme.name)
    return sign_list(chain(connection, programme.id), _standing(store, programme, known))


def _note(
    connection: Connection,
    programme: ProgrammeRow,
    signer: Signer,
    *,
    by: int,
    because: str,
    vouched: bytes | None,
    at: int,
    distrusts: bool = False,
) -> None:
    add_key(
        connection,
        programme.id,
        fingerprint=signer.fingerprint,
        public=signer.public,
        by=by,
        because=because,
        vouched=vouched,
        distrusts=distrusts,
        at=at,
    )
    ledger.record(
        connection,
        "key.made",
        programme=programme.id,
        actor=by,
        subject=str(programme.id),
        data={"key": signer.fingerprint, "because": because, "vouched": vouched.hex() if vouched else None}
        | ({"distrusts": True} if distrusts else {}),
        at=at,
    )


def _file(store: Store, programme: ProgrammeRow) -> Path:
    folder = store.home / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{programme.name}.ed25519"


def _fresh(file: Path) -> Path:
    return file.with_suffix(".new")
