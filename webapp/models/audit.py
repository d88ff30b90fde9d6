from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.extensions import Model
from webapp.models.account import Account
from webapp.models.types import Key, Moment


class AuditEntry(Model):
    """Who did what to which row, and when. Append-only (a trigger refuses the rest), chained.

    ``hash`` is sha256 over the entry and ``previous_hash``; ``detail`` holds no name and no
    health fact.
    """

    id: Mapped[Key]
    at: Mapped[Moment]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    action: Mapped[str] = mapped_column(String(40))
    noun: Mapped[str] = mapped_column(String(40))
    noun_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    account: Mapped[Account | None] = relationship()
