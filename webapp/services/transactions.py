"""All or nothing: the unit of work of every service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session, scoped_session

DbSession = Session | scoped_session[Any]


@contextmanager
def transaction(db_session: DbSession) -> Iterator[None]:
    """Commit what was done inside, or undo all of it and let the error through."""
    try:
        yield
        db_session.commit()
    except BaseException:
        db_session.rollback()
        raise
