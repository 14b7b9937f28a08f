"""How alembic reaches the database: through the connection and transaction of `migrate`, and no other way."""

from alembic import context

from goldloop.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
