"""Alembic's entry: runs on the connection, and in the transaction, that `storage.schema` hands over."""

from alembic import context

attributes = context.config.attributes
context.configure(connection=attributes["connection"], target_metadata=attributes["metadata"])
with context.begin_transaction():
    context.run_migrations()
