"""Slowing down whoever keeps guessing, across processes."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from webapp import clock
from webapp.extensions import read_only
from webapp.models import Throttle
from webapp.services.transactions import DbSession, transaction


def is_throttled(db_session: DbSession, key: str, limit: int, window: timedelta) -> bool:
    """Tell whether ``key`` failed ``limit`` times within its current ``window``."""
    found: Throttle | None = db_session.scalar(
        select(Throttle).where(Throttle.key_hash == _hash(key))
    )
    return found is not None and found.num_failures >= limit and clock.now() - found.since < window


def note_failure(db_session: DbSession, key: str, window: timedelta) -> None:
    """Count a failure in a transaction of its own; forget all that are older than ``window``."""
    db_session.rollback()  # what was begun for reading cannot write
    moment = clock.now()
    try:
        with read_only(False), transaction(db_session):
            db_session.execute(delete(Throttle).where(Throttle.since <= moment - window))
            found: Throttle | None = db_session.scalar(
                select(Throttle).where(Throttle.key_hash == _hash(key)).with_for_update()
            )
            if found is None:
                db_session.add(Throttle(key_hash=_hash(key), since=moment, num_failures=1))
            else:
                found.num_failures += 1
    except IntegrityError:
        # Another process counted the first failure of this key at the same moment: one is enough.
        return


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
