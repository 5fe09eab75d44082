"""What Alembic runs: the connection comes from `database.upgrade`; there is no alembic.ini."""

from __future__ import annotations

from alembic import context

from pipeline.store.tables import Row

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Row.metadata, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
