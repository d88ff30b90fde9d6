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

_KEPT = timedelta(hours=1)  # no window is longer


def is_throttled(db_session: DbSession, key: str, limit: int, window: timedelta) -> bool:
    """Tell whether ``key`` failed ``limit`` times within its current ``window``."""
    found: Throttle | None = db_session.scalar(
        select(Throttle).where(Throttle.key_hash == _hash(key))
    )
    return found is not None and found.num_failures >= limit and clock.now() - found.since < window


def note_failure(db_session: DbSession, key: str, window: timedelta) -> None:
    """Count a failure of ``key`` in a transaction of its own; a new window begins with it if none
    runs."""
    db_session.rollback()  # what was begun for reading cannot write
    moment = clock.now()
    try:
        with read_only(False), transaction(db_session):
            db_session.execute(delete(Throttle).where(Throttle.since <= moment - _KEPT))
            found: Throttle | None = db_session.scalar(
                select(Throttle).where(Throttle.key_hash == _hash(key)).with_for_update()
            )
            if found is None:
                db_session.add(Throttle(key_hash=_hash(key), since=moment, num_failures=1))
            elif moment - found.since >= window:
                found.since, found.num_failures = moment, 1
            else:
                found.num_failures += 1
    except IntegrityError:
        # Another process counted the first failure of this key at the same moment: one is enough.
        return


def forget(db_session: DbSession, key: str) -> None:
    """Forget the failures of ``key``, in the running transaction."""
    db_session.execute(delete(Throttle).where(Throttle.key_hash == _hash(key)))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
