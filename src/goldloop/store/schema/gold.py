"""Gold, works on it, and how people stand to the exam."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index

from goldloop.store.schema.columns import Key, code, flag, key, real, ref, table, whole, word

gold = table(
    "gold",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    ref("judgement_id", "judgement"),
    whole("set_at"),
    clustered=True,
)
gold_item = table(  # the rows of a gold release, in a random order; none is ever changed, but it may be withdrawn
    "gold_item",
    Column("release_id", Key, ForeignKey("release.id"), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    ref("item_id", "item"),
    ref("judgement_id", "judgement"),  # the accepted answer
    word("difficulty", nullable=True),
    word("concepts"),  # JSON list
    word("explanation", nullable=True),
    flag("eval_only"),  # never handed out as training
    whole("withdrawn_at", nullable=True),
    ref("withdrawn_by", "actor", nullable=True),
    word("withdrawn_because", nullable=True),
    Index("gold_item_by_item", "item_id", "release_id"),
    clustered=True,
)
gold_work = table(  # works on gold: who was given which item as what, and how it was answered
    "gold_work",
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True, autoincrement=False),
    ref("programme_id", "programme"),
    ref("person_id", "actor"),
    ref("release_id", "release"),
    ref("item_id", "item"),
    whole("sitting"),
    code("kind"),  # exam, hidden, training, probe
    code("state"),  # what the answer to a live work like it would have made of its item
    ref("judgement_id", "judgement", nullable=True),
    Column("right", Boolean(create_constraint=False), nullable=True),  # a probe: caught; NULL: unanswered, or skipped
    ref("like_id", "item", nullable=True),  # the item of the live work that it was modelled on, if it was
    Index("gold_work_by_person", "programme_id", "person_id", "sitting", "kind"),
    Index("gold_work_by_item", "release_id", "item_id"),
)
calibration = table(  # how a person stands to a programme's exam now
    "calibration",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("person_id", Key, ForeignKey("actor.id"), primary_key=True),
    ref("task_id", "phrase"),
    code("state"),  # exam, passed, paused, undecided
    whole("sitting"),  # the how manieth exam this is
    whole("handed"),  # works handed out since it was passed
    whole("since_at"),
    word("because"),
    clustered=True,
)
calibration_word = table(  # append-only: what happened to somebody's calibration, by whom, and on which numbers
    "calibration_word",
    key(),
    ref("programme_id", "programme"),
    ref("person_id", "actor"),
    whole("sitting"),
    word("kind"),  # began, passed, failed, undecided, lifted, again, contested, stands, recomputed
    word("because"),
    ref("by_id", "actor", nullable=True),  # NULL: the rule of the programme file
    whole("right", nullable=True),
    whole("n", nullable=True),
    real("low", nullable=True),
    real("high", nullable=True),
    whole("at"),
    Index("calibration_word_by_person", "programme_id", "person_id", "id"),
)
