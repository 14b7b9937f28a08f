"""The vault, erasure, accepted terms, and exposure to harmful content."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index

from goldloop.store.schema.columns import Key, Words, key, octets, ref, table, whole, word

vault = table(  # what a token stands for, sealed under a key that is in no database
    "vault",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("token", Words, primary_key=True),
    word("kind"),
    octets("sealed"),
    whole("added_at"),
    Index("vault_by_age", "programme_id", "added_at"),
    clustered=True,
)
vault_item = table(  # the items that hold a token: what is erased with the last of them
    "vault_item",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    Column("token", Words, primary_key=True),
    Index("vault_item_by_token", "token", "item_id"),
    clustered=True,
)
opening = table(  # append-only: who opened which token, and why
    "opening",
    key(),
    ref("programme_id", "programme"),
    ref("item_id", "item"),
    ref("actor_id", "actor"),
    word("token"),
    word("because"),
    whole("opened_at"),
    Index("opening_by_actor", "actor_id", "opened_at"),
    Index("opening_by_programme", "programme_id", "id"),
)
erased = table(  # what was forgotten of an item, when, why and by whom (NULL: by its age)
    "erased",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True, autoincrement=False),
    ref("programme_id", "programme"),
    word("because"),
    ref("actor_id", "actor", nullable=True),
    octets("commitment"),  # to the body, under the salt that went with it
    whole("event_id"),  # the deletion's certificate in the ledger, under the key it has there
    ref("segment_id", "segment", nullable=True),  # in which closed segment; NULL: in the open one
    whole("erased_at"),
    Index("erased_by_programme", "programme_id", "item_id"),
)
accepted_terms = table(  # append-only: which version of the data-handling terms a person accepted
    "accepted_terms",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    octets("digest"),  # of the text they saw
    whole("accepted_at"),
    clustered=True,
)
agreed = table(  # which kinds of harmful content a person agreed to see; a row goes when they no longer do
    "agreed",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("content", Words, primary_key=True),
    whole("agreed_at"),
    clustered=True,
)
exposed = table(  # which works of which kind a person was handed, to count a day of them
    "exposed",
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True),
    Column("content", Words, primary_key=True),
    ref("programme_id", "programme"),
    whole("handed_at"),
    Index("exposed_by_time", "actor_id", "programme_id", "content", "handed_at"),
    clustered=True,
)
device = (
    table(  # what was stated of the device that a person works on; a statement holds until its end, or is withdrawn
        "device",
        key(),
        ref("programme_id", "programme"),
        ref("actor_id", "actor"),
        word("name"),
        word("kind"),
        ref("stated_by", "actor"),
        whole("stated_at"),
        whole("until"),
        whole("withdrawn_at", nullable=True),
        Index("device_by_actor", "programme_id", "actor_id", "until"),
    )
)
seen_item = table(  # who was shown which item of a programme with a workspace, in which hour, from where
    "seen_item",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("hour", BigInteger, primary_key=True),
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("way", Words, primary_key=True),  # work, page, list
    word("address"),
    whole("seen_at"),  # the first time in that hour
    Index("seen_item_by_item", "item_id", "hour"),
    clustered=True,
)
