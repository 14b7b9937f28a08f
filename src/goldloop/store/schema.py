"""The one schema.

Append-only: judgement, event, closed, verdict, evidence, draw, policy, release. Projections that can be rebuilt:
decision. State of work: every work stands in exactly one of ready, lease, closed. Codes of small columns are
indexes into the tuples of `codes.py`.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TEXT as PG_TEXT
from sqlalchemy.event import listen
from sqlalchemy.schema import SchemaItem

Key = BigInteger().with_variant(Integer, "sqlite")
Words = Text().with_variant(PG_TEXT(collation="C"), "postgresql")  # byte order on both databases
metadata = MetaData()
NEWS_KINDS = (
    "gate.decided",
    "gate.waived",
    "take_in.finished",
    "job.failed",
    "release.sealed",
    "release.withdrawn",
    "sla.at_risk",
    "sla.breached",
    "escalation.answered",
)
"""Events that somebody is told of. The last is for the asker alone, whose key is its subject."""
NEWS = "kind IN ({})".format(", ".join(f"'{kind}'" for kind in NEWS_KINDS))


def _table(name: str, *columns: SchemaItem, clustered: bool = False) -> Table:
    """A table; `clustered` stores its rows in primary-key order on SQLite."""
    return Table(name, metadata, *columns, sqlite_with_rowid=not clustered)


def _id() -> Column[int]:
    return Column("id", Key, primary_key=True)


def _ref(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Key, ForeignKey(f"{target}.id"), nullable=nullable)


def _word(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Words, nullable=nullable)


def _int(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _code(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, SmallInteger, nullable=nullable)


def _bytes(name: str, *, nullable: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=nullable)


def _real(name: str, *, nullable: bool = False) -> Column[float]:
    return Column(name, Float(53), nullable=nullable)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=False), nullable=False)


installation = _table("installation", Column("name", Words, primary_key=True), _bytes("value"))
phrase = _table("phrase", _id(), Column("text", Words, nullable=False, unique=True))

# -- who ---------------------------------------------------------------------------------------------------------------
organisation = _table(
    "organisation", _id(), Column("name", Words, nullable=False, unique=True), _word("kind"), _int("created_at")
)
actor = _table(
    "actor",
    _id(),
    _word("kind"),
    _word("name"),
    _word("version"),
    _ref("organisation_id", "organisation", nullable=True),
    _flag("simulated"),
    _int("created_at"),
    _int("left_at", nullable=True),
    UniqueConstraint("kind", "name", "version", "organisation_id"),
)
person = _table(
    "person",
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    _word("employment"),  # permanent, contract, gig
    _int("started_at"),
    _word("tiers"),  # JSON list, such as [1,2]
    _word("skills"),  # JSON list
    _word("languages"),  # JSON list
    _word("residency", nullable=True),
    _word("clearance"),  # JSON list of access labels
    _int("rate", nullable=True),  # minor units an hour
    _word("currency", nullable=True),
)
account = _table(
    "account",
    _id(),
    _ref("actor_id", "actor"),
    Column("name", Words, nullable=False, unique=True),
    _word("password", nullable=True),
    _flag("owner"),
    _int("disabled_at", nullable=True),
    _int("created_at"),
)
session = _table(
    "session",
    Column("digest", LargeBinary, primary_key=True),
    _ref("account_id", "account"),
    _bytes("csrf"),
    _int("created_at"),
    _int("expires_at"),
)
invitation = _table(
    "invitation",
    Column("digest", LargeBinary, primary_key=True),
    _ref("account_id", "account"),
    _int("expires_at"),
    _int("used_at", nullable=True),
)
token = _table(
    "token",
    _id(),
    _ref("account_id", "account"),
    _word("name"),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _word("scopes"),  # JSON list
    _int("created_at"),
    _int("expires_at", nullable=True),
    _int("revoked_at", nullable=True),
)
saved_filter = _table(  # a person's own names for what a list shows; sharing one is sending its address
    "saved_filter",
    _id(),
    _ref("account_id", "account"),
    _ref("programme_id", "programme"),
    _word("place"),  # which list it is for
    _word("name"),
    _word("query"),  # JSON: the filters as the address has them
    _int("created_at"),
    UniqueConstraint("account_id", "programme_id", "place", "name"),
)
attempt = _table("attempt", _id(), _bytes("subject"), _int("at"), Index("attempt_by_subject", "subject", "at"))

# -- programmes --------------------------------------------------------------------------------------------------------
programme = _table(
    "programme",
    _id(),
    Column("name", Words, nullable=False, unique=True),
    _ref("organisation_id", "organisation"),
    _int("created_at"),
)
policy = _table(
    "policy",
    _id(),
    _ref("programme_id", "programme"),
    _int("number"),
    _word("yaml"),
    _word("doc"),
    _bytes("digest"),
    _ref("ontology_id", "release", nullable=True),
    _ref("guideline_id", "release", nullable=True),
    _ref("applied_by", "actor"),
    _int("applied_at"),
    UniqueConstraint("programme_id", "number"),
)
member = _table(
    "member",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("role", Words, primary_key=True),
    _word("tiers"),  # JSON list: the tiers this person works at in this programme
    _ref("granted_by", "actor"),
    _int("granted_at"),
    Index("member_by_actor", "actor_id"),
)
release = _table(
    "release",
    _id(),
    _ref("programme_id", "programme"),
    _word("kind"),
    _word("name"),
    _int("number"),
    _bytes("digest"),
    _word("body"),  # JSON: the ontology, the guidelines, or the manifest of a dataset
    _ref("sealed_by", "actor"),
    _int("sealed_at"),
    UniqueConstraint("programme_id", "kind", "name", "number"),
)
release_parent = _table(
    "release_parent",
    Column("release_id", Key, ForeignKey("release.id"), primary_key=True),
    Column("parent_id", Key, ForeignKey("release.id"), primary_key=True),
)
release_row = _table(
    "release_row",
    _id(),
    _ref("programme_id", "programme"),
    _word("name"),  # the dataset's name: its history is linear
    _ref("item_id", "item"),
    _ref("batch_id", "batch"),
    _ref("value_id", "value"),
    _int("valid_from"),
    _int("valid_to", nullable=True),
    Index("release_row_by_name", "programme_id", "name", "valid_to"),
    Index("release_row_by_start", "programme_id", "name", "valid_from"),
    Index("release_row_by_item", "item_id"),
)
training_run = _table(  # a model was trained somewhere on releases: which, with which code, and what came out
    "training_run",
    _id(),
    _ref("programme_id", "programme"),
    _word("name"),
    _word("source"),  # who told: sdk, mlflow, openlineage
    _word("code", nullable=True),
    _word("model", nullable=True),
    _word("params"),  # JSON
    _int("trained_at"),
    _ref("recorded_by", "actor"),
    _int("recorded_at"),
    UniqueConstraint("programme_id", "name"),
)
training_run_release = _table(
    "training_run_release",
    Column("run_id", Key, ForeignKey("training_run.id"), primary_key=True),
    Column("release_id", Key, ForeignKey("release.id"), primary_key=True),
    Index("training_run_by_release", "release_id"),
    clustered=True,
)
run_result = _table(  # append-only: what an evaluation of a run's model found; the newest of a name speaks
    "run_result",
    _id(),
    _ref("run_id", "training_run"),
    _word("evaluation"),
    _word("measure"),
    _word("slice"),  # JSON
    _real("value"),
    _int("n"),
    _real("low", nullable=True),
    _real("high", nullable=True),
    _int("evaluated_at"),
    Index("run_result_by_run", "run_id"),
)
withdrawn_release = _table(  # releases that nobody should use any longer; they stay as they were sealed
    "withdrawn_release",
    Column("release_id", Key, ForeignKey("release.id"), primary_key=True),
    _ref("withdrawn_by", "actor"),
    _word("because"),
    _int("withdrawn_at"),
    clustered=True,
)
receipt = _table(  # who received a release, each time: an audit that finds drift names them
    "receipt",
    _id(),
    _ref("release_id", "release"),
    _ref("actor_id", "actor"),
    _int("at"),
    Index("receipt_by_release", "release_id"),
)

proposal = _table(  # an ontology and guidelines on their way to be released
    "proposal",
    _id(),
    _ref("programme_id", "programme"),
    _int("number"),
    _ref("policy_id", "policy"),  # the version it would follow
    _word("yaml"),  # the whole programme file, as it would be applied
    _word("plan"),  # JSON: what becomes of what was said before
    _word("note"),
    _ref("proposed_by", "actor"),
    _int("proposed_at"),
    UniqueConstraint("programme_id", "number"),
)
proposal_word = _table(  # append-only: what people said of a proposal
    "proposal_word",
    _id(),
    _ref("proposal_id", "proposal"),
    _ref("actor_id", "actor"),
    _word("stance"),  # comment, approve, refuse, withdraw, publish
    _word("text"),
    _int("said_at"),
    Index("proposal_word_by_proposal", "proposal_id", "id"),
)
mapping = _table(  # a published plan: under this ontology, the label is read as another, or by a person (NULL)
    "mapping",
    Column("ontology_id", Key, ForeignKey("release.id"), primary_key=True),
    Column("label_id", Key, ForeignKey("phrase.id"), primary_key=True),
    _ref("to_id", "phrase", nullable=True),
    clustered=True,
)

# -- items -------------------------------------------------------------------------------------------------------------
source = _table(
    "source", _id(), _ref("programme_id", "programme"), _word("name"), UniqueConstraint("programme_id", "name")
)
take_in = _table(
    "take_in",
    _id(),
    _ref("programme_id", "programme"),
    _ref("source_id", "source"),
    _word("spec"),
    _word("file"),
    _word("blob"),
    _bytes("sha256"),
    _word("provenance"),  # JSON: origin, generator, licence, depth
    _word("resume"),
    _int("item_count"),
    _int("duplicates"),
    _int("rejects"),
    _int("judgements"),
    _ref("taken_by", "actor"),
    _int("taken_at"),
    _int("finished_at", nullable=True),
)
reject = _table(
    "reject",
    Column("take_in_id", Key, ForeignKey("take_in.id"), primary_key=True),
    Column("n", BigInteger, primary_key=True),
    _int("line"),
    _word("field"),
    _word("expected"),
    _word("found"),
    clustered=True,
)
item = _table(
    "item",
    _id(),
    _ref("programme_id", "programme"),
    _ref("source_id", "source"),
    _ref("take_in_id", "take_in"),
    _word("external_id"),
    _word("body"),
    Column("digest", LargeBinary, nullable=False),
    _bytes("salt", nullable=True),  # deleted at erasure: commitments in the ledger then open for nobody
    _int("created_at"),
    UniqueConstraint("source_id", "external_id"),
    Index("item_by_take_in", "take_in_id", "id"),
    Index("item_by_programme", "programme_id", "id"),
)
content = _table(  # the first item of every content; filled behind an import, in the order of the digests
    "content",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    _ref("item_id", "item"),
    clustered=True,
)
unrouted = _table(  # what routing still has to look at: in no batch, and not gold
    "unrouted",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    clustered=True,
)
item_parent = _table(
    "item_parent",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    Column("parent_id", Key, ForeignKey("item.id"), primary_key=True),
)
item_attribute = _table(
    "item_attribute",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    _word("slices"),
    _word("residency", nullable=True),
    _word("access", nullable=True),
    _word("licence", nullable=True),
    _int("set_at"),
    clustered=True,
)
human_only = _table(
    "human_only",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    _word("because"),
    _int("latched_at"),
    clustered=True,
)

# -- protection --------------------------------------------------------------------------------------------------------
vault = _table(  # what a token stands for, sealed under a key that is in no database
    "vault",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("token", Words, primary_key=True),
    _word("kind"),
    _bytes("sealed"),
    _int("added_at"),
    Index("vault_by_age", "programme_id", "added_at"),
    clustered=True,
)
vault_item = _table(  # the items that hold a token: what is erased with the last of them
    "vault_item",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    Column("token", Words, primary_key=True),
    Index("vault_item_by_token", "token", "item_id"),
    clustered=True,
)
opening = _table(  # append-only: who opened which token, and why
    "opening",
    _id(),
    _ref("programme_id", "programme"),
    _ref("item_id", "item"),
    _ref("actor_id", "actor"),
    _word("token"),
    _word("because"),
    _int("opened_at"),
    Index("opening_by_actor", "actor_id", "opened_at"),
    Index("opening_by_programme", "programme_id", "id"),
)
erased = _table(  # what was forgotten of an item, when, why and by whom (NULL: by its age)
    "erased",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True, autoincrement=False),
    _ref("programme_id", "programme"),
    _word("because"),
    _ref("actor_id", "actor", nullable=True),
    _bytes("commitment"),  # to the body, under the salt that went with it
    _ref("event_id", "event"),  # the deletion's certificate in the ledger
    _int("erased_at"),
    Index("erased_by_programme", "programme_id", "item_id"),
)
accepted_terms = _table(  # append-only: which version of the data-handling terms a person accepted
    "accepted_terms",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    _bytes("digest"),  # of the text they saw
    _int("accepted_at"),
    clustered=True,
)

agreed = _table(  # which kinds of harmful content a person agreed to see; a row goes when they no longer do
    "agreed",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("content", Words, primary_key=True),
    _int("agreed_at"),
    clustered=True,
)
exposed = _table(  # which works of which kind a person was handed, to count a day of them
    "exposed",
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True),
    Column("content", Words, primary_key=True),
    _ref("programme_id", "programme"),
    _int("handed_at"),
    Index("exposed_by_time", "actor_id", "programme_id", "content", "handed_at"),
    clustered=True,
)

# The words of items, for search: filled by a job behind an import, never inside it. The one table that the databases do
# not share: FTS5 on SQLite, a tsvector under a GIN index on PostgreSQL. `item_text.py` reads and writes it.
for _dialect, _statement in (
    (
        "sqlite",
        "CREATE VIRTUAL TABLE item_text USING fts5(programme, words, tokenize = 'unicode61 remove_diacritics 0')",
    ),
    ("postgresql", "CREATE TABLE item_text (item_id BIGINT PRIMARY KEY, programme_id BIGINT NOT NULL, words TSVECTOR)"),
    ("postgresql", "CREATE INDEX item_text_by_words ON item_text USING gin (words)"),
):
    listen(metadata, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]

# -- batches and work --------------------------------------------------------------------------------------------------
batch = _table(
    "batch",
    _id(),
    _ref("programme_id", "programme"),
    _word("name"),
    _word("purpose"),
    _word("task"),
    _ref("ontology_id", "release"),
    _ref("guideline_id", "release", nullable=True),
    _ref("policy_id", "policy"),
    _word("gate", nullable=True),
    _ref("owner_id", "actor"),
    _ref("parent_id", "batch", nullable=True),
    _int("due_at", nullable=True),
    _int("item_count"),
    _int("created_at"),
    UniqueConstraint("programme_id", "name"),
)
batch_item = _table(
    "batch_item",
    Column("batch_id", Key, ForeignKey("batch.id"), primary_key=True),
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    _ref("rule_id", "phrase"),
    _code("queue"),
    _code("tier"),
    _code("wanted"),  # independent judgements asked for
    _flag("blind"),
    _flag("consensus"),
    _ref("suggestion_id", "judgement", nullable=True),
    _real("confidence", nullable=True),
    Index("batch_item_by_item", "item_id"),
    clustered=True,
)
lane = _table(
    "lane",
    _id(),
    _ref("programme_id", "programme"),
    Column("key", Words, nullable=False, unique=True),
    _ref("person_id", "actor", nullable=True),  # whose alone it is: exams, training, and hidden gold that came back
    Index("lane_by_programme", "programme_id", "person_id"),
)
work = _table(
    "work",
    _id(),
    _ref("batch_id", "batch"),
    _ref("item_id", "item"),
    _ref("lane_id", "lane"),
    _int("priority"),
    _code("queue"),
    _code("tier"),
    _code("slot"),
    _code("purpose"),
    _flag("blind"),
    _ref("suggestion_id", "judgement", nullable=True),
    _word("others", nullable=True),  # JSON list of judgement keys that a reviewer sees
    _word("because"),
    _int("due_at", nullable=True),
    _int("created_at"),
    Index("work_by_item", "item_id"),
    Index("work_by_batch", "batch_id", "queue", "tier"),
)
ready = _table(
    "ready",
    Column("lane_id", Key, ForeignKey("lane.id"), primary_key=True),
    Column("priority", BigInteger, primary_key=True),
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True),
    _int("item_id"),
    clustered=True,
)
lease = _table(
    "lease",
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True, autoincrement=False),
    _ref("person_id", "actor"),
    _int("item_id"),
    _ref("lane_id", "lane"),
    _int("priority"),
    _ref("ontology_id", "release"),
    _ref("guideline_id", "release", nullable=True),
    _int("taken_at"),
    _int("expires_at"),
    Index("lease_by_person", "person_id"),
    Index("lease_by_expiry", "expires_at"),
)
lapsed = _table(  # who held a work until the lease ran out: a late answer is kept, and only from them
    "lapsed",
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True),
    Column("person_id", Key, ForeignKey("actor.id"), primary_key=True),
    _ref("ontology_id", "release"),
    _ref("guideline_id", "release", nullable=True),
    _int("lapsed_at"),
    clustered=True,
)
closed = _table(
    "closed",
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True, autoincrement=False),
    _code("how"),
    _ref("judgement_id", "judgement", nullable=True),
    _int("closed_at"),
)
cursor = _table(
    "cursor",
    Column("person_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("lane_id", Key, ForeignKey("lane.id"), primary_key=True),
    _int("priority"),
    _int("work_id"),
    clustered=True,
)
delivery = _table(  # labels that a provider delivered as a file: the batch they stand in
    "delivery",
    Column("batch_id", Key, ForeignKey("batch.id"), primary_key=True, autoincrement=False),
    _ref("take_in_id", "take_in"),
    _ref("organisation_id", "organisation"),
)

# -- judgements and decisions ------------------------------------------------------------------------------------------
value = _table(
    "value", _id(), _ref("task_id", "phrase"), _word("answer"), _bytes("digest"), UniqueConstraint("task_id", "digest")
)
value_label = _table(
    "value_label",
    Column("value_id", Key, ForeignKey("value.id"), primary_key=True),
    Column("label_id", Key, ForeignKey("phrase.id"), primary_key=True),
    Index("value_label_by_label", "label_id"),
    clustered=True,
)
judgement = _table(
    "judgement",
    _id(),
    _ref("item_id", "item"),
    _ref("actor_id", "actor"),
    _ref("batch_id", "batch", nullable=True),
    _ref("work_id", "work", nullable=True),
    _ref("task_id", "phrase"),
    _ref("ontology_id", "release", nullable=True),
    _ref("guideline_id", "release", nullable=True),
    _code("stance"),
    _code("queue", nullable=True),
    _ref("value_id", "value", nullable=True),
    _ref("revision_of", "judgement", nullable=True),
    _ref("suggestion_id", "judgement", nullable=True),
    _code("shown"),  # never, before, after
    _word("others", nullable=True),  # JSON list of judgement keys that were shown
    _int("order_seed", nullable=True),  # of the order in which the item's parts were shown; see core/order.py
    _flag("surplus"),
    _real("confidence", nullable=True),
    _real("margin", nullable=True),
    _real("entropy", nullable=True),
    _word("top", nullable=True),  # JSON list of at most five [label id, share]
    _word("comment", nullable=True),
    _word("reason", nullable=True),  # entry of the error taxonomy, or why skipped
    _int("active_ms", nullable=True),
    _int("wall_ms", nullable=True),
    _int("first_ms", nullable=True),
    _bytes("client_key", nullable=True),
    _word("note", nullable=True),  # JSON: a flag; what a question is about; what a ruling cites, proposes, releases
    _int("said_at"),
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
        "judgement_by_client_key",
        "client_key",
        unique=True,
        sqlite_where=text("client_key IS NOT NULL"),
        postgresql_where=text("client_key IS NOT NULL"),
    ),
)
decision = _table(
    "decision",
    Column("batch_id", Key, ForeignKey("batch.id"), primary_key=True),
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    _code("state"),
    _ref("value_id", "value", nullable=True),
    _word("judgements"),  # JSON list of the judgement keys the decision rests on
    _word("because"),
    _int("changes"),
    _int("changed_at"),
    clustered=True,
)
reading = _table(  # which version of a clause of the guidelines a person last opened
    "reading",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("person_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("clause", Words, primary_key=True),
    _int("version"),
    _int("read_at"),
    clustered=True,
)
withdrawn_precedent = _table(  # rulings that were released as precedents and hold for others no longer
    "withdrawn_precedent",
    Column("judgement_id", Key, ForeignKey("judgement.id"), primary_key=True),
    _ref("withdrawn_by", "actor"),
    _word("because"),
    _int("withdrawn_at"),
    clustered=True,
)
gold = _table(
    "gold",
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    _ref("judgement_id", "judgement"),
    _int("set_at"),
    clustered=True,
)
gold_item = _table(  # the rows of a gold release, in a random order; none is ever changed, but it may be withdrawn
    "gold_item",
    Column("release_id", Key, ForeignKey("release.id"), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    _ref("item_id", "item"),
    _ref("judgement_id", "judgement"),  # the accepted answer
    _word("difficulty", nullable=True),
    _word("concepts"),  # JSON list
    _word("explanation", nullable=True),
    _flag("eval_only"),  # never handed out as training
    _int("withdrawn_at", nullable=True),
    _ref("withdrawn_by", "actor", nullable=True),
    _word("withdrawn_because", nullable=True),
    Index("gold_item_by_item", "item_id", "release_id"),
    clustered=True,
)
gold_work = _table(  # works on gold: who was given which item as what, and how it was answered
    "gold_work",
    Column("work_id", Key, ForeignKey("work.id"), primary_key=True, autoincrement=False),
    _ref("programme_id", "programme"),
    _ref("person_id", "actor"),
    _ref("release_id", "release"),
    _ref("item_id", "item"),
    _int("sitting"),
    _code("kind"),  # exam, hidden, training
    _code("state"),  # what the answer to a live work like it would have made of its item
    _ref("judgement_id", "judgement", nullable=True),
    Column("right", Boolean(create_constraint=False), nullable=True),  # NULL: not answered, or skipped
    Index("gold_work_by_person", "programme_id", "person_id", "sitting", "kind"),
    Index("gold_work_by_item", "release_id", "item_id"),
)
calibration = _table(  # how a person stands to a programme's exam now
    "calibration",
    Column("programme_id", Key, ForeignKey("programme.id"), primary_key=True),
    Column("person_id", Key, ForeignKey("actor.id"), primary_key=True),
    _ref("task_id", "phrase"),
    _code("state"),  # exam, passed, paused, undecided
    _int("sitting"),  # the how manieth exam this is
    _int("handed"),  # works handed out since it was passed
    _int("since_at"),
    _word("because"),
    clustered=True,
)
calibration_word = _table(  # append-only: what happened to somebody's calibration, by whom, and on which numbers
    "calibration_word",
    _id(),
    _ref("programme_id", "programme"),
    _ref("person_id", "actor"),
    _int("sitting"),
    _word("kind"),  # began, passed, failed, undecided, lifted, again, contested, stands, recomputed
    _word("because"),
    _ref("by_id", "actor", nullable=True),  # NULL: the rule of the programme file
    _int("right", nullable=True),
    _int("n", nullable=True),
    _real("low", nullable=True),
    _real("high", nullable=True),
    _int("at"),
    Index("calibration_word_by_person", "programme_id", "person_id", "id"),
)

contest = _table(  # a person says that a ruling, an audit or a gold answer against them is wrong: somebody else rules
    "contest",
    _id(),
    _ref("programme_id", "programme"),
    _ref("batch_id", "batch"),
    _ref("item_id", "item"),
    _ref("person_id", "actor"),
    Column("judgement_id", Key, ForeignKey("judgement.id"), nullable=False, unique=True),  # theirs
    _ref("against_id", "judgement"),
    _word("kind"),  # correction, audit, gold
    _word("because"),
    _ref("work_id", "work"),
    _int("contested_at"),
    Index("contest_by_programme", "programme_id", "id"),
    Index("contest_by_person", "person_id", "id"),
)

# -- evidence ----------------------------------------------------------------------------------------------------------
draw = _table(
    "draw",
    _id(),
    _ref("batch_id", "batch"),
    _word("purpose"),
    _word("design"),
    _word("seed"),
    _bytes("frame"),
    _int("frame_size"),
    _int("drawn_at"),
    Index("draw_by_batch", "batch_id"),
)
draw_item = _table(
    "draw_item",
    Column("draw_id", Key, ForeignKey("draw.id"), primary_key=True),
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True),
    _word("stratum"),
    _real("probability"),
    clustered=True,
)
evidence = _table(
    "evidence",
    _id(),
    _ref("programme_id", "programme"),
    _ref("batch_id", "batch", nullable=True),
    _word("measure"),
    _word("slice"),
    _real("value", nullable=True),
    _real("low", nullable=True),
    _real("high", nullable=True),
    _real("level", nullable=True),
    _word("interval_method", nullable=True),
    _int("n"),
    _int("eligible"),
    _word("method"),
    _word("because", nullable=True),
    _word("details"),
    _int("measured_at"),
    Index("evidence_by_batch", "batch_id", "id"),
    Index("evidence_by_programme", "programme_id", "measure", "measured_at"),
)
verdict = _table(
    "verdict",
    _id(),
    _ref("programme_id", "programme"),
    _ref("batch_id", "batch"),
    _word("gate"),
    _ref("owner_id", "actor"),
    _word("outcome"),
    _word("results"),
    _word("contract", nullable=True),  # JSON list: the contract's line for a failed batch
    _word("proved", nullable=True),
    _ref("waived_by", "actor", nullable=True),
    _word("waiver_because", nullable=True),
    _int("decided_at"),
    Index("verdict_by_batch", "batch_id", "id"),
)

# -- briefs ------------------------------------------------------------------------------------------------------------
brief = _table(  # a finding that somebody repairs: one row a key, which a relapse reopens
    "brief",
    _id(),
    _ref("programme_id", "programme"),
    _word("key"),
    _word("source"),
    _word("title"),
    _word("state"),  # open, in_work, waiting, closed, waived
    _ref("owner_id", "actor"),
    _int("due_at"),
    _word("because"),  # the newest numbers, in words
    _word("scope"),  # JSON
    _word("remedy", nullable=True),
    _int("relapses"),
    _int("opened_at"),
    _int("since_at"),  # when it was opened or last reopened: what closes it was measured on newer data
    _int("heard_at"),
    _int("waived_until", nullable=True),  # an unhealthy reading after it reopens; NULL: none does
    UniqueConstraint("programme_id", "key"),
    Index("brief_by_state", "programme_id", "state", "due_at"),
)
brief_word = _table(  # append-only: what was measured of a brief, and what people did about it
    "brief_word",
    _id(),
    _ref("brief_id", "brief"),
    _word("kind"),  # opened, heard, closed, reopened, owned, due, remedied, worked, repaired, waived
    _word("because"),
    _ref("by_id", "actor", nullable=True),  # NULL: the rule
    Column("healthy", Boolean(create_constraint=False), nullable=True),
    _word("evidence"),  # JSON list of evidence keys
    _ref("verdict_id", "verdict", nullable=True),
    _ref("batch_id", "batch", nullable=True),
    _int("at"),
    Index("brief_word_by_brief", "brief_id", "id"),
)

# -- models, jobs, ledger ----------------------------------------------------------------------------------------------
model = _table(
    "model",
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    _ref("programme_id", "programme"),
    _word("judge"),  # the judge's spec
    _word("fingerprint"),
    _word("trained_on", nullable=True),  # JSON: which items, seed, held-out measurements
    Index("model_by_programme", "programme_id"),
)
job = _table(
    "job",
    _id(),
    _word("kind"),
    _ref("programme_id", "programme", nullable=True),
    _word("args"),
    _word("state"),
    _int("run_at"),
    _word("runner", nullable=True),
    _int("lease_until", nullable=True),
    _int("attempts"),
    _int("done"),
    _int("total", nullable=True),
    _word("unit"),
    _word("note"),
    _word("resume"),  # where a restart goes on: JSON of the job's own
    _word("error", nullable=True),
    _word("result", nullable=True),
    Column("once", Words, nullable=True, unique=True),  # the same key is never queued twice
    _ref("asked_by", "actor", nullable=True),
    _int("cancel_at", nullable=True),
    _int("created_at"),
    _int("started_at", nullable=True),
    _int("finished_at", nullable=True),
    Index("job_by_state", "state", "run_at"),
    Index("job_by_programme", "programme_id", "id"),
)
schedule = _table(
    "schedule",
    _id(),
    Column("name", Words, nullable=False, unique=True),
    _word("kind"),
    _word("args"),
    _int("every"),
    _int("next_at"),
)
event = _table(
    "event",
    _id(),
    _ref("programme_id", "programme", nullable=True),
    _word("kind"),
    _ref("actor_id", "actor", nullable=True),
    _word("subject"),
    _word("data"),
    _int("happened_at"),
    _ref("block_id", "block", nullable=True),
    Index(
        "event_unsealed",
        "programme_id",
        "id",
        sqlite_where=text("block_id IS NULL"),
        postgresql_where=text("block_id IS NULL"),
    ),
    Index("event_by_block", "block_id", "id"),
    Index("event_news", "id", sqlite_where=text(NEWS), postgresql_where=text(NEWS)),
)
seen_news = _table(
    "seen_news",
    Column("account_id", Key, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    _int("event_id"),  # everything up to here was looked at
)
webhook = _table(
    "webhook",
    _id(),
    _ref("programme_id", "programme"),
    _word("url"),
    _word("kinds"),  # JSON list of event kinds
    _word("secret"),  # what deliveries are signed with
    _ref("added_by", "actor"),
    _int("added_at"),
    _int("removed_at", nullable=True),
    Index("webhook_by_programme", "programme_id"),
)
block = _table(
    "block",
    _id(),
    _ref("programme_id", "programme", nullable=True),
    _int("number"),
    _bytes("previous"),
    _bytes("root"),
    _int("events"),
    _bytes("leaves"),  # 16 bytes an event: its key and the start of its digest, so that a check can name it
    _bytes("hash"),
    _int("sealed_at"),
    UniqueConstraint("programme_id", "number"),
)
