"""Events, the chain they are sealed into, and who is told of them."""

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint, text

from goldloop.core.news import NEWS as KINDS
from goldloop.store.schema.columns import Key, key, octets, ref, table, whole, word

NEWS = "kind IN ({})".format(", ".join(f"'{kind}'" for kind in KINDS))
"""Events that somebody is told of."""
LEFT_KINDS = ("labels.exported", "release.downloaded", "release.delivered", "ledger.exported", "vault.opened")
"""Events of what was taken out or opened."""
LEFT = "kind IN ({})".format(", ".join(f"'{kind}'" for kind in LEFT_KINDS))
event = table(
    "event",
    key(),
    ref("programme_id", "programme", nullable=True),
    word("kind"),
    ref("actor_id", "actor", nullable=True),
    word("subject"),
    word("data"),
    whole("happened_at"),
    ref("block_id", "block", nullable=True),
    Index(
        "event_unsealed",
        "programme_id",
        "id",
        sqlite_where=text("block_id IS NULL"),
        postgresql_where=text("block_id IS NULL"),
    ),
    Index("event_by_block", "block_id", "id"),
    Index("event_left", "programme_id", "id", sqlite_where=text(LEFT), postgresql_where=text(LEFT)),
    Index("event_news", "id", sqlite_where=text(NEWS), postgresql_where=text(NEWS)),
)
told = table(  # whom an event is for by name, beside who sees its programme
    "told",
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("event_id", Key, ForeignKey("event.id"), primary_key=True),
    clustered=True,
)
seen_news = table(
    "seen_news",
    Column("account_id", Key, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    whole("event_id"),  # everything up to here was looked at
)
webhook = table(
    "webhook",
    key(),
    ref("programme_id", "programme"),
    word("url"),
    word("kinds"),  # JSON list of event kinds
    word("secret"),  # what deliveries are signed with
    ref("added_by", "actor"),
    whole("added_at"),
    whole("removed_at", nullable=True),
    Index("webhook_by_programme", "programme_id"),
)
block = table(
    "block",
    key(),
    ref("programme_id", "programme", nullable=True),
    whole("number"),
    octets("previous"),
    octets("root"),
    whole("events"),
    octets("leaves"),  # 16 bytes an event: its key and the start of its digest, so that a check can name it
    octets("hash"),
    whole("sealed_at"),
    UniqueConstraint("programme_id", "number"),
)
