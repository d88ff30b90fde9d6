from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import clock
from webapp.extensions import Model
from webapp.models.account import Account
from webapp.models.participant import Participant
from webapp.models.partner import Partner, Venue
from webapp.models.types import Key, Moment, Name, UtcDateTime, enum_column


class FeedScope(enum.StrEnum):
    CASELOAD = "caseload"  # all participants of a worker
    PARTICIPANT = "participant"
    PARTNER = "partner"
    VENUE = "venue"
    VISITS = "visits"  # of a coach


class Feed(Model):
    """A calendar address for one device. Only the hash of its token is kept."""

    __table_args__ = (
        CheckConstraint(
            "(scope = 'participant') = (participant_id IS NOT NULL)", name="participant_scope"
        ),
        CheckConstraint("(scope = 'partner') = (partner_id IS NOT NULL)", name="partner_scope"),
        CheckConstraint("(scope = 'venue') = (venue_id IS NOT NULL)", name="venue_scope"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[Name]
    scope: Mapped[FeedScope] = enum_column(FeedScope)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    shows_names: Mapped[bool] = mapped_column(default=False)
    # Of the account when the feed was made: another language is another text of every line.
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    last_used_on: Mapped[date | None]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # sha256 of what was last served, and since when it is that.
    body_hash: Mapped[str | None] = mapped_column(String(64))
    body_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()
    participant: Mapped[Participant | None] = relationship()
    partner: Mapped[Partner | None] = relationship()
    venue: Mapped[Venue | None] = relationship()

    def ended_at(self, moment: datetime) -> datetime | None:
        """Return since when the feed is revoked or expired, or None while it lives."""
        ends = [end for end in (self.revoked_at, self.expires_at) if end and end <= moment]
        return min(ends, default=None)


class FeedReference(Model):
    """What one feed calls a participant: short, random, different in each feed."""

    __table_args__ = (UniqueConstraint("feed_id", "reference"),)

    feed_id: Mapped[int] = mapped_column(
        ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True
    )
    reference: Mapped[str] = mapped_column(String(8))
