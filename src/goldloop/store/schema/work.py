"""Batches and their work. Every work stands in exactly one of ready, lease, closed."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, UniqueConstraint

from goldloop.store.schema.columns import Key, Words, code, flag, key, real, ref, table, whole, word

phrase = table("phrase", key(), Column("text", Words, nullable=False, unique=True))
batch = table(
    "batch",
    key(),
    ref("programme_id", "programme"),
    word("name"),
    word("purpose"),
    word("task"),
    ref("ontology_id", "release"),
    ref("guideline_id", "release", nullable=True),
    ref("policy_id", "policy"),
    word("gate", nullable=True),
    ref("owner_id", "actor"),
    ref("parent_id", "batch", nullable=True),
    whole("due_at", nullable=True),
    whole("item_count"),
    whole("created_at"),
    UniqueConstraint("programme_id", "name"),
)
batch_item = table(
    "batch_item",
    Column("batch_id", Key, ForeignKey("batch.id"), primary_key=True),
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    ref("rule_id", "phrase"),
    code("queue"),
    code("tier"),
    code("wanted"),  # independent judgements asked for
    flag("blind"),
    flag("consensus"),
    ref("suggestion_id", "judgement", nullable=True),
    real("confidence", nullable=True),
    real("calibrated", nullable=True),  # the confidence that it was routed by, where a recalibration was in force
    ref("recalibration_id", "recalibration", nullable=True),
    Index("batch_item_by_item", "item_id"),
    clustered=True,
)
lane = table(
    "lane",
    key(),
    ref("programme_id", "programme"),
    Column("key", Words, nullable=False, unique=True),
    ref("person_id", "actor", nullable=True),  # whose alone it is: exams, training, and hidden gold that came back
    Index("lane_by_programme", "programme_id", "person_id"),
)
work = table(
    "work",
    key(),
    ref("batch_id", "batch"),
    ref("item_id", "item"),
    ref("lane_id", "lane"),
    whole("priority"),
    code("queue"),
    code("tier"),
    code("slot"),
    code("purpose"),
    flag("blind"),
    Column(  # deferrable: works and judgements refer to each other, and an archive brings the works first
        "suggestion_id", Key, ForeignKey("judgement.id", deferrable=True, initially="IMMEDIATE"), nullable=True
    ),
    word("others", nullable=True),  # JSON list of judgement keys that a reviewer sees
    word("because"),
    whole("due_at", nullable=True),
    whole("created_at"),
    Index("work_by_item", "item_id"),
    Index("work_by_batch", "batch_id", "queue", "tier"),
)
ready = table(
    "ready",
    Column("lane_id", Key, ForeignKey("lane.id"), primary_key=True),
    Column("priority", BigInteger, primary_key=True),
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True),
    whole("item_id"),
    clustered=True,
)
lease = table(
    "lease",
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True, autoincrement=False),
    ref("person_id", "actor"),
    whole("item_id"),
    ref("lane_id", "lane"),
    whole("priority"),
    ref("ontology_id", "release"),
    ref("guideline_id", "release", nullable=True),
    whole("taken_at"),
    whole("expires_at"),
    Index("lease_by_person", "person_id"),
    Index("lease_by_expiry", "expires_at"),
)
lapsed = table(  # who held a work until the lease ran out: a late answer is kept, and only from them
    "lapsed",
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True),
    Column("person_id", Key, ForeignKey("actor.id"), primary_key=True),
    ref("ontology_id", "release"),
    ref("guideline_id", "release", nullable=True),
    whole("lapsed_at"),
    clustered=True,
)
closed = table(
    "closed",
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True, autoincrement=False),
    code("how"),
    ref("judgement_id", "judgement", nullable=True),
    whole("closed_at"),
)
cursor = table(
    "cursor",
    Column("person_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("lane_id", Key, ForeignKey("lane.id"), primary_key=True),
    whole("priority"),
    whole("work_id"),
    clustered=True,
)
delivery = table(  # labels that a provider delivered as a file: the batch they stand in
    "delivery",
    Column("batch_id", Key, ForeignKey("batch.id"), primary_key=True, autoincrement=False),
    ref("take_in_id", "take_in"),
    ref("organisation_id", "organisation"),
)
