"""Background work and its schedules."""

from sqlalchemy import Column, Index

from goldloop.store.schema.columns import Words, key, ref, table, whole, word

job = table(
    "job",
    key(),
    word("kind"),
    ref("programme_id", "programme", nullable=True),
    word("args"),
    word("state"),
    whole("run_at"),
    word("runner", nullable=True),
    whole("lease_until", nullable=True),
    whole("attempts"),
    whole("done"),
    whole("total", nullable=True),
    word("unit"),
    word("note"),
    word("resume"),  # where a restart goes on: JSON of the job's own
    word("error", nullable=True),
    word("result", nullable=True),
    Column("once", Words, nullable=True, unique=True),  # the same key is never queued twice
    ref("asked_by", "actor", nullable=True),
    whole("cancel_at", nullable=True),
    whole("created_at"),
    whole("started_at", nullable=True),
    whole("finished_at", nullable=True),
    Index("job_by_state", "state", "run_at"),
    Index("job_by_programme", "programme_id", "id"),
)
schedule = table(
    "schedule",
    key(),
    Column("name", Words, nullable=False, unique=True),
    word("kind"),
    word("args"),
    whole("every"),
    whole("next_at"),
)
