"""Items, where they come from, and the words they are found by."""

from sqlalchemy import DDL, BigInteger, Column, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.event import listen

from goldloop.store.schema.columns import Key, flag, key, metadata, octets, ref, table, whole, word

source = table(
    "source", key(), ref("programme_id", "programme"), word("name"), UniqueConstraint("programme_id", "name")
)
take_in = table(
    "take_in",
    key(),
    ref("programme_id", "programme"),
    ref("source_id", "source"),
    word("spec"),
    word("file"),
    word("blob"),
    octets("sha256"),
    word("provenance"),  # JSON: origin, generator, licence, depth
    word("resume"),
    whole("item_count"),
    whole("duplicates"),
    whole("rejects"),
    whole("judgements"),
    word("people", nullable=True),  # JSON: whose words an author's are, where somebody said it
    word("lost", nullable=True),  # JSON: what could not be carried, how often
    ref("taken_by", "actor"),
    whole("taken_at"),
    whole("finished_at", nullable=True),
)
reject = table(
    "reject",
    Column("take_in_id", Key, ForeignKey("take_in.id"), primary_key=True),
    Column("n", BigInteger, primary_key=True),
    whole("line"),
    word("field"),
    word("expected"),
    word("found"),
    clustered=True,
)
item = table(
    "item",
    key(),
    ref("programme_id", "programme"),
    ref("source_id", "source"),
    ref("take_in_id", "take_in"),
    word("external_id"),
    word("body"),
    Column("digest", LargeBinary, nullable=False),
    octets("salt", nullable=True),  # deleted at erasure: commitments in the ledger then open for nobody
    whole("created_at"),
    UniqueConstraint("source_id", "external_id"),
    Index("item_by_take_in", "take_in_id", "id"),
    Index("item_by_programme", "programme_id", "id"),
)
content = table(  # the first item of every content; filled behind an import, in the order of the digests
    "content",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    ref("item_id", "item"),
    clustered=True,
)
unrouted = table(  # what routing still has to look at: in no batch but a calibration sample, and not gold
    "unrouted",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    clustered=True,
)
item_parent = table(
    "item_parent",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    Column("parent_id", Key, ForeignKey("item.id"), primary_key=True),
    Index("item_parent_by_parent", "parent_id", "item_id"),
    clustered=True,
)
item_attribute = table(
    "item_attribute",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    word("slices"),
    word("residency", nullable=True),
    word("access", nullable=True),
    word("licence", nullable=True),
    whole("set_at"),
    clustered=True,
)
human_only = table(
    "human_only",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    word("because"),
    whole("latched_at"),
    flag("by_people"),  # only people named it: no trigger of ours suspected it
    clustered=True,
)

# The words of items, for search: filled by a job behind an import, never inside it. The one table that the databases do
# not share: FTS5 on SQLite, a tsvector under a GIN index on PostgreSQL. `item_text.py` reads and writes it.
ITEM_TEXT = (
    (
        "sqlite",
        "CREATE VIRTUAL TABLE item_text USING fts5(programme, words, tokenize = 'unicode61 remove_diacritics 0')",
    ),
    ("postgresql", "CREATE TABLE item_text (item_id BIGINT PRIMARY KEY, programme_id BIGINT NOT NULL, words TSVECTOR)"),
    ("postgresql", "CREATE INDEX item_text_by_words ON item_text USING gin (words)"),
)
for _dialect, _statement in ITEM_TEXT:
    listen(metadata, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
