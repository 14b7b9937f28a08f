"""Findings that somebody repairs."""

from sqlalchemy import Boolean, Column, Index, UniqueConstraint

from goldloop.store.schema.columns import key, ref, table, whole, word

brief = table(  # a finding that somebody repairs: one row a key, which a relapse reopens
    "brief",
    key(),
    ref("programme_id", "programme"),
    word("key"),
    word("source"),
    word("title"),
    word("state"),  # open, in_work, waiting, closed, waived
    ref("owner_id", "actor"),
    whole("due_at"),
    word("because"),  # the newest numbers, in words
    word("scope"),  # JSON
    word("remedy", nullable=True),
    whole("relapses"),
    whole("opened_at"),
    whole("since_at"),  # when it was opened or last reopened: what closes it was measured on newer data
    whole("heard_at"),
    whole("waived_until", nullable=True),  # an unhealthy reading after it reopens; NULL: none does
    UniqueConstraint("programme_id", "key"),
    Index("brief_by_state", "programme_id", "state", "id"),
)
brief_word = table(  # append-only: what was measured of a brief, and what people did about it
    "brief_word",
    key(),
    ref("brief_id", "brief"),
    word("kind"),  # opened, heard, closed, reopened, owned, due, remedied, worked, repaired, waived
    word("because"),
    ref("by_id", "actor", nullable=True),  # NULL: the rule
    Column("healthy", Boolean(create_constraint=False), nullable=True),
    word("evidence"),  # JSON list of evidence keys
    ref("verdict_id", "verdict", nullable=True),
    ref("batch_id", "batch", nullable=True),
    whole("at"),
    Index("brief_word_by_brief", "brief_id", "id"),
)
