"""Runs the migrations on the application's own engine; used through ``flask db``."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from webapp.models.types import UtcDateTime

migrate = current_app.extensions["migrate"]


def render_type(kind: str, value: Any, _autogen: Any) -> str | bool:
    """Write our column types as what they are in the database: a migration must not change."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


with migrate.db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        render_item=render_type,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
