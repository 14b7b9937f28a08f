"""Draws, evidence, verdicts, and what the client says to them. All of them are append-only."""

from sqlalchemy import Column, ForeignKey, Index

from goldloop.store.schema.columns import Key, key, octets, real, ref, table, whole, word

draw = table(
    "draw",
    key(),
    ref("batch_id", "batch"),
    word("purpose"),
    word("design"),
    word("seed"),
    octets("frame"),
    whole("frame_size"),
    whole("drawn_at"),
    Index("draw_by_batch", "batch_id"),
)
draw_item = table(
    "draw_item",
    Column("draw_id", Key, ForeignKey("draw.id"), primary_key=True),
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    word("stratum"),
    real("probability"),
    clustered=True,
)
evidence = table(
    "evidence",
    key(),
    ref("programme_id", "programme"),
    ref("batch_id", "batch", nullable=True),
    word("measure"),
    word("slice"),
    real("value", nullable=True),
    real("low", nullable=True),
    real("high", nullable=True),
    real("level", nullable=True),
    word("interval_method", nullable=True),
    whole("n"),
    whole("eligible"),
    word("method"),
    word("because", nullable=True),
    word("details"),
    whole("measured_at"),
    Index("evidence_by_batch", "batch_id", "id"),
    Index("evidence_by_programme", "programme_id", "measure", "measured_at"),
)
verdict = table(
    "verdict",
    key(),
    ref("programme_id", "programme"),
    ref("batch_id", "batch"),
    word("gate"),
    ref("owner_id", "actor"),
    word("outcome"),
    word("results"),
    word("contract", nullable=True),  # JSON list: the contract's line for a failed batch
    word("proved", nullable=True),
    ref("waived_by", "actor", nullable=True),
    word("waiver_because", nullable=True),
    whole("decided_at"),
    Index("verdict_by_batch", "batch_id", "id"),
)
sign_off = table(  # append-only: what the client is asked of a batch that passed, and says
    "sign_off",
    key(),
    ref("batch_id", "batch"),
    ref("verdict_id", "verdict"),  # what they had before them
    word("kind"),  # asked, signed, disputed
    word("because"),
    word("items"),  # JSON list of item keys: what is disputed
    ref("said_by", "actor", nullable=True),  # NULL: the rule, which asks
    whole("said_at"),
    Index("sign_off_by_batch", "batch_id", "id"),
)
