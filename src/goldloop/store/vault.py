"""The vault: what the tokens of a programme stand for, sealed under a key that is in no database.

The key is a file beside the signing keys. Whoever has the database alone has tokens; whoever deletes the key
has deleted every original at once.
"""

import hashlib
import hmac
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from goldloop.core.errors import Forbidden, Invalid, NotFound, Unavailable
from goldloop.core.masking import Tokens
from goldloop.store.bulk import add_missing
from goldloop.store.schema import actor, item, opening, vault, vault_item

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PREFIX = "goldloop-vault:"
_NONCE = 12


class Vault:
    """Names tokens, and seals and opens what they stand for. Two keys of one, so that a token opens nothing."""

    def __init__(self, key: bytes) -> None:
        self._names = hmac.digest(key, b"names", "sha256")
        self._seals = hmac.digest(key, b"seals", "sha256")

    def __repr__(self) -> str:
        return "Vault(...)"

    def token(self, kind: str, value: str) -> str:
        """The token of a value: the same in the whole programme, and nothing outside it."""
        number = int.from_bytes(hmac.digest(self._names, f"{kind}\0{value}".encode(), "sha256")[:8])
        letters = "".join(_ALPHABET[number >> place & 31] for place in range(0, 60, 5))
        return f"[{kind.upper()}:{letters}]"

    def seal(self, token: str, value: str) -> bytes:
        """A value that only this vault opens, and only as this token's."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._seals).encrypt(nonce, value.encode(), token.encode())

    def open(self, token: str, sealed: bytes) -> str:
        """What a token stands for. Raises Unavailable where it was sealed under another key, or was changed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self._seals).decrypt(sealed[:_NONCE], sealed[_NONCE:], token.encode()).decode()
        except InvalidTag as error:
            raise Unavailable(
                "the vault does not open with this server's key", permanent=True, field="vault", expected="its own key"
            ) from error


class Kept(NamedTuple):
    """A token of an item, and its kind; `sealed` is None where what it stood for was erased."""

    token: str
    kind: str
    sealed: bytes | None


class OpeningRow(NamedTuple):
    """Somebody opened a token."""

    id: int
    item_id: int
    external_id: str
    who: str
    token: str
    because: str
    opened_at: int


def open_vault(connection: Connection, home: Path, programme_id: int, programme: str) -> Vault:
    """A programme's vault; its key is made before the first token.

    Raises Unavailable where there are tokens and no key: another key would give the same values other tokens.
    """
    file = _file(home, programme)
    if not file.exists():
        if connection.execute(select(vault.c.token).where(vault.c.programme_id == programme_id).limit(1)).first():
            raise Unavailable(
                "the key of this programme's vault is missing",
                permanent=True,
                field=str(file),
                expected="the key file, from a backup",
                found="nothing",
            )
        _create(file)
    return Vault(_load(file))


def keep_tokens(
    connection: Connection,
    opened: Vault,
    programme_id: int,
    tokens: Tokens,
    held: Mapping[int, Iterable[str]],
    *,
    at: int,
) -> None:
    """Keep what tokens stand for, and which items hold them; each value once."""
    rows = [(programme_id, token, kind, opened.seal(token, value), at) for token, (kind, value) in tokens.items()]
    add_missing(connection, vault, ("programme_id", "token", "kind", "sealed", "added_at"), rows)
    pairs = [(key, token) for key, listed in held.items() for token in listed]
    add_missing(connection, vault_item, ("item_id", "token"), pairs)


def tokens_of(connection: Connection, programme_id: int, item_id: int) -> list[Kept]:
    """The tokens that an item holds."""
    rows = connection.execute(
        select(vault_item.c.token, vault.c.kind, vault.c.sealed)
        .outerjoin(vault, (vault.c.token == vault_item.c.token) & (vault.c.programme_id == programme_id))
        .where(vault_item.c.item_id == item_id)
        .order_by(vault_item.c.token)
    )
    return [
        Kept(token, kind or token[1:].partition(":")[0].lower(), bytes(sealed) if sealed is not None else None)
        for token, kind, sealed in rows
    ]


def openings_since(connection: Connection, programme_id: int, actor_id: int, since: int) -> int:
    """How many tokens of a programme somebody has opened since then."""
    statement = select(func.count()).where(
        opening.c.actor_id == actor_id, opening.c.opened_at > since, opening.c.programme_id == programme_id
    )
    return int(connection.execute(statement).scalar_one())


def add_opening(
    connection: Connection, programme_id: int, item_id: int, actor_id: int, token: str, because: str, *, at: int
) -> int:
    """Note that somebody opens a token; the key of the note."""
    row = {
        "programme_id": programme_id,
        "item_id": item_id,
        "actor_id": actor_id,
        "token": token,
        "because": because,
        "opened_at": at,
    }
    return int(connection.execute(insert(opening).returning(opening.c.id), row).scalar_one())


def openings(connection: Connection, programme_id: int, *, before: int | None, limit: int) -> list[OpeningRow]:
    """Who opened what, newest first."""
    statement = (
        select(
            opening.c.id,
            opening.c.item_id,
            item.c.external_id,
            actor.c.name,
            opening.c.token,
            opening.c.because,
            opening.c.opened_at,
        )
        .join(item, item.c.id == opening.c.item_id)
        .join(actor, actor.c.id == opening.c.actor_id)
        .where(opening.c.programme_id == programme_id)
        .order_by(opening.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(opening.c.id < before)
    return [OpeningRow._make(row) for row in connection.execute(statement)]


def forget_items(connection: Connection, programme_id: int, item_ids: Sequence[int]) -> int:
    """Forget which tokens items hold, and what those stand for that no other item holds; how many of these."""
    tokens = list(
        connection.execute(select(vault_item.c.token).where(vault_item.c.item_id.in_(item_ids)).distinct()).scalars()
    )
    connection.execute(delete(vault_item).where(vault_item.c.item_id.in_(item_ids)))
    gone = 0
    for start in range(0, len(tokens), 500):
        held = select(vault_item.c.token).where(vault_item.c.token == vault.c.token).exists()
        part = tokens[start : start + 500]
        statement = delete(vault).where(vault.c.programme_id == programme_id, vault.c.token.in_(part), ~held)
        gone += connection.execute(statement).rowcount
    return gone


def forget_older(connection: Connection, programme_id: int, before: int, *, limit: int) -> int:
    """Forget what tokens stand for that were kept before then, at most so many; the tokens stay in their items."""
    oldest = (
        select(vault.c.token)
        .where(vault.c.programme_id == programme_id, vault.c.added_at < before)
        .order_by(vault.c.added_at)
        .limit(limit)
    )
    tokens = list(connection.execute(oldest).scalars())
    if tokens:
        connection.execute(delete(vault).where(vault.c.programme_id == programme_id, vault.c.token.in_(tokens)))
    return len(tokens)


def _file(home: Path, programme: str) -> Path:
    return home / "keys" / f"{programme}.vault"


def _create(file: Path) -> None:
    """A new key in a file that only the server's user reads, whole or not at all; one that is there stays."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{hashlib.sha256(os.urandom(16)).hexdigest()[:8]}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as out:
            out.write(f"{_PREFIX}{os.urandom(32).hex()}\n")
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(fresh, file)
        except FileExistsError:
            return
    finally:
        fresh.unlink(missing_ok=True)


def _load(file: Path) -> bytes:
    if not file.is_file():
        raise NotFound("there is no vault key", field=str(file), expected="a key file", found="nothing")
    mode = stat.S_IMODE(file.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise Forbidden("others may read this vault key", field=str(file), expected="0600", found=f"{mode:04o}")
    prefix, _, digits = file.read_text(errors="replace").strip().partition(":")
    if f"{prefix}:" != _PREFIX or not re.fullmatch("[0-9a-f]{64}", digits):
        raise Invalid(
            "this is no vault key", field=str(file), expected=f"{_PREFIX} and 64 hex digits", found="something else"
        )
    return bytes.fromhex(digits)
