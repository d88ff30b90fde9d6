from __future__ import annotations

import enum
from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import clock
from webapp.extensions import Model
from webapp.models.partner import Partner
from webapp.models.territory import Territory
from webapp.models.types import Key, Moment, Name, UtcDateTime, enum_column


class Role(enum.StrEnum):
    COORDINATOR = "coordinator"
    PARTNER = "partner"
    WORKER = "worker"
    COACH = "coach"
    ADMIN = "admin"


class Account(UserMixin, Model):
    """Somebody who signs in. A role, a territory, and for a partner's people their partner."""

    __allow_unmapped__ = True  # for the next attribute, which is no column
    # Set while signed in: what the cookie holds, and ``SignIn`` only the hash of.
    sign_in_token: str | None = None

    def get_id(self) -> str:
        assert self.sign_in_token is not None
        return self.sign_in_token

    __table_args__ = (
        CheckConstraint(
            "(role = 'partner') = (partner_id IS NOT NULL)", name="partner_has_partner"
        ),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
    )

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[Name]
    role: Mapped[Role] = enum_column(Role)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    territory: Mapped[Territory] = relationship()
    partner: Mapped[Partner | None] = relationship()


class SignIn(Model):
    """A browser in which an account is signed in; the row is what ends it on the server."""

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    last_seen_at: Mapped[Moment] = mapped_column(default=clock.now)

    account: Mapped[Account] = relationship()
