"""The keys that a programme signed with: public halves only. The newest signs; the others stand on what they signed."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from goldloop.store.schema import actor, signing_key


class SigningKey(NamedTuple):
    """One key: who made it, why, and the signature of the key before it over its fingerprint, where that was there.

    `distrusts`: the key before it is to be trusted no longer.
    """

    fingerprint: str
    public: bytes
    made_by: str
    made_at: int
    because: str
    vouched: bytes | None
    distrusts: bool


def add_key(
    connection: Connection,
    programme_id: int,
    *,
    fingerprint: str,
    public: bytes,
    by: int,
    because: str,
    vouched: bytes | None,
    distrusts: bool,
    at: int,
) -> None:
    """Note a new key, which signs from now on."""
    row = {
        "programme_id": programme_id,
        "fingerprint": fingerprint,
        "public": public,
        "made_by": by,
        "made_at": at,
        "because": because,
        "vouched": vouched,
        "distrusts": distrusts,
    }
    connection.execute(insert(signing_key).values(**row))


def keys(connection: Connection, programme_id: int) -> Sequence[SigningKey]:
    """The keys of a programme, the newest first."""
    rows = connection.execute(
        select(
            signing_key.c.fingerprint,
            signing_key.c.public,
            actor.c.name,
            signing_key.c.made_at,
            signing_key.c.because,
            signing_key.c.vouched,
            signing_key.c.distrusts,
        )
        .join(actor, actor.c.id == signing_key.c.made_by)
        .where(signing_key.c.programme_id == programme_id)
        .order_by(signing_key.c.id.desc())
    )
    return [SigningKey._make(row) for row in rows]
