"""The first schema: a fresh database is made whole by `migrate`, so nothing comes before it."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing to do: no database is older than this."""
