from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.extensions import Model, db
from webapp.models.account import Account
from webapp.models.partner import Venue
from webapp.models.tag import Tag
from webapp.models.territory import Territory
from webapp.models.types import Key, Name

coach_skill = Table(
    "coach_skill",
    db.metadata,
    Column("coach_id", ForeignKey("coach.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)
coach_venue = Table(
    "coach_venue",
    db.metadata,
    Column("coach_id", ForeignKey("coach.id", ondelete="CASCADE"), primary_key=True),
    Column("venue_id", ForeignKey("venue.id"), primary_key=True),
)


class Coach(Model):
    """Somebody who follows people in placements; ``caseload`` counts people.

    With ``goes_anywhere`` the list of ``venues`` does not count; without, no venue means nowhere.
    """

    __table_args__ = (
        CheckConstraint("caseload >= 0", name="caseload_not_negative"),
        CheckConstraint("minutes_per_week >= 0", name="minutes_not_negative"),
    )

    id: Mapped[Key]
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), unique=True)
    name: Mapped[Name]
    caseload: Mapped[int]
    minutes_per_week: Mapped[int]
    goes_anywhere: Mapped[bool] = mapped_column(default=False)

    territory: Mapped[Territory] = relationship()
    account: Mapped[Account | None] = relationship()
    skills: Mapped[list[Tag]] = relationship(secondary=coach_skill)
    venues: Mapped[list[Venue]] = relationship(secondary=coach_venue)
    windows: Mapped[list[CoachWindow]] = relationship(
        back_populates="coach",
        cascade="all, delete-orphan",
        order_by="CoachWindow.weekday, CoachWindow.start_minute",
    )


class CoachWindow(Model):
    """A half-day or so in which a coach is sent to one venue; weekday 0 is Monday."""

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "start_minute >= 0 AND start_minute < end_minute AND end_minute <= 1440",
            name="minutes_in_order",
        ),
    )

    id: Mapped[Key]
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]

    coach: Mapped[Coach] = relationship(back_populates="windows")
