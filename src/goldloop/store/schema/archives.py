"""What a programme brought along from an archive: closed segments of its ledger, and its old keys and ids."""

from sqlalchemy import BigInteger, Column, ForeignKey, UniqueConstraint

from goldloop.store.schema.columns import Key, Words, key, octets, ref, table, whole, word

segment = table(  # append-only: a ledger that was closed where the programme left; its entries stay as they were
    "segment",
    key(),
    ref("programme_id", "programme"),
    whole("number"),
    word("name"),  # of the programme there
    whole("programme_key"),  # that its entries speak of
    word("events"),  # the blob of its entries, JSON Lines
    word("blocks"),  # the blob of its blocks, JSON Lines
    whole("block_count"),
    whole("event_count"),
    octets("head", nullable=True),
    word("fingerprint"),  # of the key that signed the archive
    octets("manifest"),  # SHA-256 of the archive's manifest
    whole("closed_at"),
    UniqueConstraint("programme_id", "number"),
)
carried = table(  # a run of keys there that are `shift` further on here
    "carried",
    Column("segment_id", Key, ForeignKey("segment.id"), primary_key=True),
    Column("noun", Words, primary_key=True),  # a table
    Column("first", BigInteger, primary_key=True),
    whole("last"),
    whole("shift"),
    clustered=True,
)
old_id = table(  # public ids that rows had where they were before, so that an old certificate's still lead here
    "old_id",
    Column("noun", Words, primary_key=True),
    Column("public", Words, primary_key=True),
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    whole("key"),
    clustered=True,
)
