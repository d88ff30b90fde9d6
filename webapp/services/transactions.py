"""All or nothing: the unit of work of every service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from webapp.extensions import DbSession

__all__ = ["DbSession", "transaction"]


@contextmanager
def transaction(db_session: DbSession) -> Iterator[None]:
    """Commit what was done inside, or undo all of it and let the error through."""
    try:
        yield
        db_session.commit()
    except BaseException:
        db_session.rollback()
        raise
