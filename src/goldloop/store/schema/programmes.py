"""Programmes, their policies and members, and changes of ontology and guidelines."""

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint

from goldloop.store.schema.columns import Key, Words, key, octets, ref, table, whole, word

programme = table(
    "programme",
    key(),
    Column("name", Words, nullable=False, unique=True),
    ref("organisation_id", "organisation"),
    whole("created_at"),
    word("workspace", nullable=True),  # as the policy in force declares it, beside the roles that every request reads
)
policy = table(
    "policy",
    key(),
    ref("programme_id", "programme"),
    whole("number"),
    word("yaml"),
    word("doc"),
    octets("digest"),
    ref("ontology_id", "release", nullable=True),
    ref("guideline_id", "release", nullable=True),
    ref("applied_by", "actor"),
    whole("applied_at"),
    UniqueConstraint("programme_id", "number"),
)
member = table(
    "member",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("role", Words, primary_key=True),
    word("tiers"),  # JSON list: the tiers this person works at in this programme
    ref("granted_by", "actor"),
    whole("granted_at"),
    Index("member_by_actor", "actor_id"),
)
digest = table(  # what a week changed, kept as it was told
    "digest",
    key(),
    ref("programme_id", "programme"),
    whole("since_at"),
    whole("until_at"),
    word("first_day"),
    word("last_day"),
    word("informed"),  # JSON list of sign-in names
    word("doc"),  # JSON
    whole("made_at"),
    UniqueConstraint("programme_id", "until_at"),
)
proposal = table(  # an ontology and guidelines on their way to be released
    "proposal",
    key(),
    ref("programme_id", "programme"),
    whole("number"),
    ref("policy_id", "policy"),  # the version it would follow
    word("yaml"),  # the whole programme file, as it would be applied
    word("plan"),  # JSON: what becomes of what was said before
    word("note"),
    ref("proposed_by", "actor"),
    whole("proposed_at"),
    UniqueConstraint("programme_id", "number"),
)
proposal_word = table(  # append-only: what people said of a proposal
    "proposal_word",
    key(),
    ref("proposal_id", "proposal"),
    ref("actor_id", "actor"),
    word("stance"),  # comment, approve, refuse, withdraw, publish
    word("text"),
    whole("said_at"),
    Index("proposal_word_by_proposal", "proposal_id", "id"),
)
mapping = table(  # a published plan: under this ontology, the label is read as another, or by a person (NULL)
    "mapping",
    Column("ontology_id", Key, ForeignKey("release.id"), primary_key=True),
    Column("label_id", Key, ForeignKey("phrase.id"), primary_key=True),
    ref("to_id", "phrase", nullable=True),
    clustered=True,
)
plan = table(  # append-only: a programme simulated under stated inputs; NULL: it was not there yet
    "plan",
    key(),
    ref("programme_id", "programme", nullable=True),
    word("name"),
    word("kind"),  # plan, replay
    octets("digest"),  # of everything it was given
    word("doc"),  # JSON: the inputs with where each comes from, and what was found
    ref("made_by", "actor", nullable=True),
    whole("made_at"),
    Index("plan_by_programme", "programme_id", "id"),
)
statement = table(  # append-only: what was billed or paid of a month, closed; NULL: the client's
    "statement",
    key(),
    ref("programme_id", "programme"),
    ref("person_id", "actor", nullable=True),
    word("month"),  # 2026-05, in the contract's zone
    word("doc"),  # JSON: the lines as they were stated
    ref("closed_by", "actor"),
    whole("closed_at"),
    Index("statement_of", "programme_id", "person_id", "month"),
)
