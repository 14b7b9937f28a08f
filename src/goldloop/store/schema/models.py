"""Models, how far they are believed, and what their runs cost."""

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint

from goldloop.store.schema.columns import Key, flag, key, real, ref, table, whole, word

model = table(
    "model",
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    ref("programme_id", "programme"),
    word("judge"),  # the judge's spec
    word("fingerprint"),
    word("trained_on", nullable=True),  # JSON: which answers of which release, how many, seed
    Index("model_by_programme", "programme_id"),
)
recalibration = table(  # append-only: a map from a model version's stated confidence to one that can be believed
    "recalibration",
    key(),
    ref("model_id", "actor"),
    whole("number"),
    word("map"),  # JSON, as stats.confidence writes it
    whole("n"),
    word("sources"),  # JSON: answers it was fitted on, by where they came from
    word("losses"),  # JSON: cross-validated log loss of every kind of map that was tried
    word("because"),
    ref("fitted_by", "actor"),
    whole("fitted_at"),
    UniqueConstraint("model_id", "number"),
)
recalibration_use = table(  # append-only: which map a model version is routed by from then on; NULL: none, as stated
    "recalibration_use",
    key(),
    ref("model_id", "actor"),
    ref("recalibration_id", "recalibration", nullable=True),
    word("because"),
    ref("put_by", "actor"),
    whole("put_at"),
    Index("recalibration_use_by_model", "model_id", "id"),
)
bound = table(  # thresholds designed to keep an error bound; nothing of a design ever changes, but it may be adopted
    "bound",
    key(),
    ref("programme_id", "programme"),
    whole("number"),
    ref("model_id", "actor"),
    ref("recalibration_id", "recalibration", nullable=True),
    ref("policy_id", "policy"),  # that it was designed for
    ref("replaces_id", "bound", nullable=True),  # that it tightens
    word("doc"),  # JSON: what was asked, the thresholds with their evidence, the rules they come to
    ref("designed_by", "actor"),
    whole("designed_at"),
    ref("adopted_by", "actor", nullable=True),
    whole("adopted_at", nullable=True),
    flag("tighten"),
    UniqueConstraint("programme_id", "number"),
)
promotion = table(  # append-only: which version of a model routes; the newest row of a name holds
    "promotion",
    key(),
    ref("programme_id", "programme"),
    word("name"),
    ref("actor_id", "actor"),  # the version
    ref("by_id", "actor", nullable=True),  # NULL: the first version, by being registered
    word("because"),
    ref("comparison_id", "comparison", nullable=True),  # what it rests on
    whole("promoted_at"),
    Index("promotion_by_name", "programme_id", "name", "id"),
    Index("promotion_by_version", "actor_id", "id"),
)
comparison = table(  # append-only: two versions of a model on the same gold
    "comparison",
    key(),
    ref("programme_id", "programme"),
    ref("first_id", "actor"),
    ref("second_id", "actor"),
    ref("release_id", "release"),
    word("doc"),  # JSON: the numbers, with their intervals
    ref("compared_by", "actor", nullable=True),
    whole("compared_at"),
    Index("comparison_by_programme", "programme_id", "id"),
)
model_run = table(  # what one run of a model version said, refused, used and cost
    "model_run",
    key(),
    ref("programme_id", "programme"),
    ref("actor_id", "actor"),
    ref("job_id", "job", nullable=True),  # NULL: a preview
    word("purpose"),  # prelabel, second, preview, comparison
    whole("said"),
    whole("refused"),
    word("tally"),  # JSON: reasons of refusals, where confidences came from
    whole("requests"),
    whole("tokens_in", nullable=True),
    whole("tokens_out", nullable=True),
    real("cost", nullable=True),  # minor units, with fractions; NULL where no price is stated
    word("currency", nullable=True),
    whole("began_at"),
    whole("changed_at"),
    Index("model_run_by_version", "actor_id", "id"),
    Index("model_run_by_programme", "programme_id", "id"),
)
