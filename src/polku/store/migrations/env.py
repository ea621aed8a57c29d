"""Alembic's entry: migrates on the connection that :mod:`polku.store.migrate` hands over."""

from __future__ import annotations

from alembic import context

from polku.store.tables import metadata

if __name__ == "env_py":  # Alembic's name for this file; imported by anything else, it does nothing
    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
