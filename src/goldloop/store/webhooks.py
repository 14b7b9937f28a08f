"""Webhooks: where a programme's news is sent, and the secret it is signed with."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from goldloop.store.schema import webhook

MOST = 20  # of one programme


class Webhook(NamedTuple):
    """One place that is told."""

    id: int
    programme_id: int
    url: str
    kinds: tuple[str, ...]
    secret: str
    added_at: int


def add_webhook(
    connection: Connection, programme_id: int, url: str, kinds: Sequence[str], secret: str, *, by: int, at: int
) -> int:
    """Tell a place of events of these kinds from now on; its key."""
    row = {
        "programme_id": programme_id,
        "url": url,
        "kinds": json.dumps(sorted(kinds)),
        "secret": secret,
        "added_by": by,
        "added_at": at,
    }
    return int(connection.execute(insert(webhook).returning(webhook.c.id), row).scalar_one())


def webhooks(connection: Connection, programme_id: int) -> list[Webhook]:
    """The places that a programme's news is sent to."""
    rows = connection.execute(_LIVE.where(webhook.c.programme_id == programme_id).order_by(webhook.c.id))
    return [Webhook(*row[:3], tuple(json.loads(row[3])), *row[4:]) for row in rows]


def find_webhook(connection: Connection, key: int) -> Webhook | None:
    """One place; None where it is told no more."""
    row = connection.execute(_LIVE.where(webhook.c.id == key)).one_or_none()
    return Webhook(*row[:3], tuple(json.loads(row[3])), *row[4:]) if row else None


def remove_webhook(connection: Connection, key: int, *, at: int) -> bool:
    """Tell a place no more; False where it was not told."""
    ended = update(webhook).where(webhook.c.id == key, webhook.c.removed_at.is_(None)).values(removed_at=at)
    return connection.execute(ended).rowcount == 1


_LIVE = select(
    webhook.c.id, webhook.c.programme_id, webhook.c.url, webhook.c.kinds, webhook.c.secret, webhook.c.added_at
).where(webhook.c.removed_at.is_(None))
