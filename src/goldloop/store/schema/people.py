"""The installation, organisations, and who works in them: people, accounts, sessions, tokens."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, UniqueConstraint

from goldloop.store.schema.columns import Key, Words, flag, key, octets, real, ref, table, whole, word

installation = table("installation", Column("name", Words, primary_key=True), octets("value"))
organisation = table(
    "organisation", key(), Column("name", Words, nullable=False, unique=True), word("kind"), whole("created_at")
)
actor = table(
    "actor",
    key(),
    word("kind"),
    word("name"),
    word("version"),
    ref("organisation_id", "organisation", nullable=True),
    flag("simulated"),
    whole("created_at"),
    whole("left_at", nullable=True),
    UniqueConstraint("kind", "name", "version", "organisation_id"),
)
person = table(
    "person",
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    word("employment"),  # permanent, contract, gig
    whole("started_at"),
    word("tiers"),  # JSON list, such as [1,2]
    word("skills"),  # JSON list
    word("languages"),  # JSON list
    word("residency", nullable=True),
    word("clearance"),  # JSON list of access labels
    whole("rate", nullable=True),  # minor units an hour
    word("currency", nullable=True),
    real("day_cap", nullable=True),  # most hours of active work in a day
    real("week_cap", nullable=True),
)
worked = table(  # active time by quarters of an hour: a day begins with one in every time zone
    "worked",
    Column("actor_id", Key, ForeignKey("actor.id"), primary_key=True),
    Column("quarter", BigInteger, primary_key=True),  # since 1970
    whole("active_ms"),
    clustered=True,
)
roster = table(  # append-only: the newest of a person is in force
    "roster",
    key(),
    ref("actor_id", "actor"),
    word("zone"),  # IANA
    word("week"),  # JSON: hours by day of the week
    ref("set_by", "actor"),
    whole("set_at"),
    Index("roster_by_actor", "actor_id", "id"),
)
leave = table(
    "leave",
    key(),
    ref("actor_id", "actor"),
    word("first_day"),  # 2026-05-12, in the zone of the roster
    word("last_day"),
    ref("added_by", "actor"),
    whole("added_at"),
    whole("withdrawn_at", nullable=True),
    Index("leave_by_actor", "actor_id", "last_day"),
)
account = table(
    "account",
    key(),
    ref("actor_id", "actor"),
    Column("name", Words, nullable=False, unique=True),
    word("password", nullable=True),
    flag("owner"),
    whole("disabled_at", nullable=True),
    whole("created_at"),
)
session = table(
    "session",
    Column("digest", LargeBinary, primary_key=True),
    ref("account_id", "account"),
    octets("csrf"),
    whole("created_at"),
    whole("expires_at"),
)
invitation = table(
    "invitation",
    Column("digest", LargeBinary, primary_key=True),
    ref("account_id", "account"),
    word("seats"),  # JSON list of [programme key, role, tiers]: what is granted when it is taken up
    ref("invited_by", "actor", nullable=True),
    whole("expires_at"),
    whole("used_at", nullable=True),  # when it was taken up, or void
)
identity = table(  # who signs in through a provider
    "identity",
    key(),
    ref("account_id", "account"),
    word("issuer"),
    word("subject"),
    word("seats"),  # JSON list of [programme key, role]: what its groups gave at the last sign-in
    whole("bound_at"),
    UniqueConstraint("issuer", "subject"),
    Index("identity_by_account", "account_id"),
)
sign_in_flow = table(  # a sign-in that is on its way to the provider and back; gone when it is used
    "sign_in_flow",
    Column("digest", LargeBinary, primary_key=True),  # of its state
    word("nonce"),
    word("verifier"),
    octets("invitation", nullable=True),  # digest of the invitation that is taken up by it
    whole("expires_at"),
)
offboarding = table(  # what somebody's leaving did, so that it can be taken back
    "offboarding",
    key(),
    ref("actor_id", "actor"),
    word("did"),  # JSON
    ref("by_id", "actor"),
    whole("at"),
    whole("undone_at", nullable=True),
    Index("offboarding_by_actor", "actor_id", "id"),
)
token = table(
    "token",
    key(),
    ref("account_id", "account"),
    word("name"),
    Column("digest", LargeBinary, nullable=False, unique=True),
    word("scopes"),  # JSON list
    whole("created_at"),
    whole("expires_at", nullable=True),
    whole("revoked_at", nullable=True),
)
saved_filter = table(  # a person's own names for what a list shows; sharing one is sending its address
    "saved_filter",
    key(),
    ref("account_id", "account"),
    ref("programme_id", "programme"),
    word("place"),  # which list it is for
    word("name"),
    word("query"),  # JSON: the filters as the address has them
    whole("created_at"),
    UniqueConstraint("account_id", "programme_id", "place", "name"),
)
attempt = table(
    "attempt",
    key(),
    octets("subject"),
    whole("at"),
    Index("attempt_by_subject", "subject", "at"),
    Index("attempt_by_time", "at"),
)
browser = table(  # where somebody signed in before: guesses made elsewhere do not close it
    "browser",
    Column("digest", LargeBinary, primary_key=True),  # of a secret that the browser keeps
    Column("account_id", Key, ForeignKey("account.id"), primary_key=True),
    whole("seen_at"),
    Index("browser_by_account", "account_id"),
)
