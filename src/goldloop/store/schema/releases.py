"""Releases, who received them, and what was trained on them."""

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint

from goldloop.store.schema.columns import Key, flag, key, octets, real, ref, table, whole, word

release = table(
    "release",
    key(),
    ref("programme_id", "programme"),
    word("kind"),
    word("name"),
    whole("number"),
    octets("digest"),
    word("body"),  # JSON: the ontology, the guidelines, or the manifest of a dataset
    ref("sealed_by", "actor"),
    whole("sealed_at"),
    UniqueConstraint("programme_id", "kind", "name", "number"),
)
release_parent = table(
    "release_parent",
    Column("release_id", Key, ForeignKey("release.id"), primary_key=True),
    Column("parent_id", Key, ForeignKey("release.id"), primary_key=True),
)
release_row = table(
    "release_row",
    key(),
    ref("programme_id", "programme"),
    word("name"),  # the dataset's name: its history is linear
    ref("item_id", "item"),
    ref("batch_id", "batch"),
    ref("value_id", "value"),
    word("split", nullable=True),  # in the newest release of the name; stays as long as the item's group does
    whole("valid_from"),
    whole("valid_to", nullable=True),
    Index("release_row_by_name", "programme_id", "name", "valid_to"),
    Index("release_row_by_start", "programme_id", "name", "valid_from"),
    Index("release_row_by_item", "item_id", "name", "valid_to"),
)
training_run = table(  # a model was trained somewhere on releases: which, with which code, and what came out
    "training_run",
    key(),
    ref("programme_id", "programme"),
    word("name"),
    word("source"),  # who told: sdk, mlflow, openlineage
    word("code", nullable=True),
    word("model", nullable=True),
    word("params"),  # JSON
    whole("trained_at"),
    ref("recorded_by", "actor"),
    whole("recorded_at"),
    UniqueConstraint("programme_id", "name"),
)
training_run_release = table(
    "training_run_release",
    Column("run_id", Key, ForeignKey("training_run.id"), primary_key=True),
    Column("release_id", Key, ForeignKey("release.id"), primary_key=True),
    Index("training_run_by_release", "release_id"),
    clustered=True,
)
run_result = table(  # append-only: what an evaluation of a run's model found; the newest of a name speaks
    "run_result",
    key(),
    ref("run_id", "training_run"),
    word("evaluation"),
    word("measure"),
    word("slice"),  # JSON
    real("value"),
    whole("n"),
    real("low", nullable=True),
    real("high", nullable=True),
    whole("evaluated_at"),
    Index("run_result_by_run", "run_id"),
)
withdrawn_release = table(  # releases that nobody should use any longer; they stay as they were sealed
    "withdrawn_release",
    Column("release_id", Key, ForeignKey("release.id"), primary_key=True),
    ref("withdrawn_by", "actor"),
    word("because"),
    whole("withdrawn_at"),
    clustered=True,
)
receipt = table(  # who received a release, each time: an audit that finds drift names them
    "receipt",
    key(),
    ref("release_id", "release"),
    ref("actor_id", "actor"),
    word("place", nullable=True),  # NULL: downloaded
    whole("files", nullable=True),
    whole("bytes", nullable=True),
    whole("at"),
    Index("receipt_by_release", "release_id"),
)
signing_key = table(  # append-only: public halves of what a programme signed with; the newest row signs
    "signing_key",
    key(),
    ref("programme_id", "programme"),
    word("fingerprint"),
    octets("public"),
    ref("made_by", "actor"),
    whole("made_at"),
    word("because"),
    octets("vouched", nullable=True),  # the signature of the key before it over this one
    flag("distrusts"),  # the key before it is to be trusted no longer
    Index("signing_key_by_programme", "programme_id", "id"),
)
