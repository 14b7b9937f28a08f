"""What was said of items, and the decisions it led to. Judgements are append-only; decisions are a projection."""

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint, text

from goldloop.store.schema.columns import Key, Words, code, flag, key, octets, real, ref, table, whole, word

value = table(
    "value", key(), ref("task_id", "phrase"), word("answer"), octets("digest"), UniqueConstraint("task_id", "digest")
)
value_label = table(
    "value_label",
    Column("value_id", Key, ForeignKey("value.id"), primary_key=True),
    Column("label_id", Key, ForeignKey("phrase.id"), primary_key=True),
    Index("value_label_by_label", "label_id"),
    clustered=True,
)
judgement = table(
    "judgement",
    key(),
    ref("item_id", "item"),
    ref("actor_id", "actor"),
    ref("batch_id", "batch", nullable=True),
    ref("work_id", "work", nullable=True),
    ref("task_id", "phrase"),
    ref("ontology_id", "release", nullable=True),
    ref("guideline_id", "release", nullable=True),
    code("stance"),
    code("queue", nullable=True),
    ref("value_id", "value", nullable=True),
    ref("revision_of", "judgement", nullable=True),
    ref("suggestion_id", "judgement", nullable=True),
    code("shown"),  # never, before, after
    word("others", nullable=True),  # JSON list of judgement keys that were shown
    whole("order_seed", nullable=True),  # of the order in which the item's parts were shown; see core/order.py
    flag("surplus"),
    real("confidence", nullable=True),
    real("margin", nullable=True),
    real("entropy", nullable=True),
    word("top", nullable=True),  # JSON list of at most five [label id, share]
    word("comment", nullable=True),
    word("reason", nullable=True),  # entry of the error taxonomy, or why skipped
    whole("active_ms", nullable=True),
    whole("wall_ms", nullable=True),
    whole("first_ms", nullable=True),
    octets("client_key", nullable=True),
    word("note", nullable=True),  # JSON: a flag; what a question is about; what a ruling cites, proposes, releases
    whole("said_at"),
    Index("judgement_by_item", "item_id", "actor_id"),
    Index("judgement_by_actor", "actor_id", "id"),
    Index(
        "judgement_by_batch",
        "batch_id",
        "id",
        sqlite_where=text("batch_id IS NOT NULL"),
        postgresql_where=text("batch_id IS NOT NULL"),
    ),
    Index(
        "judgement_asks",
        "batch_id",
        "id",
        sqlite_where=text("stance = 5"),
        postgresql_where=text("stance = 5"),
    ),
    Index(
        "judgement_asks_by_actor",
        "actor_id",
        "id",
        sqlite_where=text("stance = 5"),
        postgresql_where=text("stance = 5"),
    ),
    Index(
        "judgement_notes",
        "batch_id",
        "id",
        sqlite_where=text("note IS NOT NULL"),
        postgresql_where=text("note IS NOT NULL"),
    ),
    Index(
        "judgement_revises",
        "batch_id",
        "id",
        sqlite_where=text("revision_of IS NOT NULL"),
        postgresql_where=text("revision_of IS NOT NULL"),
    ),
    Index(
        "judgement_by_client_key",
        "client_key",
        "item_id",  # once an item: a copy of a programme beside its origin holds what was said with its key
        unique=True,
        sqlite_where=text("client_key IS NOT NULL"),
        postgresql_where=text("client_key IS NOT NULL"),
    ),
)
decision = table(
    "decision",
    Column("batch_id", Key, ForeignKey("batch.id"), primary_key=True),
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    code("state"),
    ref("value_id", "value", nullable=True),
    word("judgements"),  # JSON list of the judgement keys the decision rests on
    word("because"),
    whole("changes"),
    whole("changed_at"),
    clustered=True,
)
progress = table(  # how many items of a batch are decided, as far as its steps are added up
    "progress",
    Column("batch_id", Key, ForeignKey("batch.id"), primary_key=True, autoincrement=False),
    whole("decided"),
)
progress_step = table(  # by how many a change of decisions made them more or fewer
    "progress_step",
    key(),
    ref("batch_id", "batch"),
    whole("decided"),
)
reading = table(  # which version of a clause of the guidelines a person last opened
    "reading",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("person_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("clause", Words, primary_key=True),
    whole("version"),
    whole("read_at"),
    clustered=True,
)
withdrawn_precedent = table(  # rulings that were released as precedents and hold for others no longer
    "withdrawn_precedent",
    Column("judgement_id", Key, ForeignKey("judgement.id"), primary_key=True),
    ref("withdrawn_by", "actor"),
    word("because"),
    whole("withdrawn_at"),
    clustered=True,
)
contest = table(  # a person says that a ruling, an audit or a gold answer against them is wrong: somebody else rules
    "contest",
    key(),
    ref("programme_id", "programme"),
    ref("batch_id", "batch"),
    ref("item_id", "item"),
    ref("person_id", "actor"),
    Column("judgement_id", Key, ForeignKey("judgement.id"), nullable=False, unique=True),  # theirs
    ref("against_id", "judgement"),
    word("kind"),  # correction, audit, gold
    word("because"),
    ref("work_id", "work"),
    whole("contested_at"),
    Index("contest_by_programme", "programme_id", "id"),
    Index("contest_by_person", "person_id", "id"),
)
