"""The trail of who did what: append-only, each entry chained to the one before by its hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select, text

from webapp import clock
from webapp.models import Account, AuditEntry
from webapp.services.transactions import DbSession

FIRST_HASH = "0" * 64


def record(
    db_session: DbSession,
    account: Account | None,
    action: str,
    row: Any,
    **detail: int | str | bool | None,
) -> AuditEntry:
    """Add an entry about ``row`` to the running transaction, as the last thing in it.

    On PostgreSQL it holds the chain from here on: whoever locked a row afterwards could wait
    crosswise with somebody who holds that row and wants the chain. ``detail`` holds ids and codes,
    never a name or a health fact.
    """
    db_session.flush()
    if db_session.get_bind().dialect.name == "postgresql":
        # One writer of the chain at a time; SQLite has one writer anyhow.
        db_session.execute(text("SELECT pg_advisory_xact_lock(hashtext('audit_entry'))"))
    last = db_session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        at=clock.now(),
        account_id=account.id if account else None,
        action=action,
        noun=type(row).__name__.lower(),
        noun_id=row.id,
        detail=detail,
        previous_hash=last or FIRST_HASH,
    )
    entry.hash = digest(entry)
    db_session.add(entry)
    db_session.flush()
    return entry


def digest(entry: AuditEntry) -> str:
    """Return the sha256 of an entry and of the hash before it, in hexadecimal."""
    fields = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.account_id,
        entry.action,
        entry.noun,
        entry.noun_id,
        entry.detail,
    ]
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def first_broken(db_session: DbSession) -> AuditEntry | None:
    """Return the first entry that was tampered with, or None while the chain holds."""
    previous = FIRST_HASH
    for entry in db_session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.previous_hash != previous or entry.hash != digest(entry):
            return entry
        previous = entry.hash
    return None
