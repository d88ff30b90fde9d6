from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import clock
from webapp.extensions import Model, db
from webapp.models.group import Group
from webapp.models.measure import Measure
from webapp.models.participant import Participant
from webapp.models.tag import Tag
from webapp.models.territory import Period
from webapp.models.types import Key, Moment, enum_column


class ReferralStatus(enum.StrEnum):
    TO_REFER = "to_refer"
    PROPOSED = "proposed"
    PLACED = "placed"
    WAITING = "waiting"
    CLOSED = "closed"


def _tags_of_referral(name: str) -> Table:
    return Table(
        name,
        db.metadata,
        Column("referral_id", ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True),
        Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    )


referral_need = _tags_of_referral("referral_need")
referral_coach_skill = _tags_of_referral("referral_coach_skill")


class Referral(Model):
    """What one participant asks for in one period: wishes, availability, needs, limits.

    ``is_always_available`` stands for "no limit stated"; otherwise ``windows`` says when, and
    no window at all means never.
    """

    __table_args__ = (
        UniqueConstraint("participant_id", "period_id"),
        CheckConstraint("weight >= 0", name="weight_not_negative"),
        CheckConstraint("max_groups >= 0", name="groups_not_negative"),
        CheckConstraint("max_travel_minutes >= 0", name="travel_not_negative"),
        CheckConstraint("max_minutes_per_week >= 0", name="minutes_not_negative"),
    )

    id: Mapped[Key]
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    status: Mapped[ReferralStatus] = enum_column(ReferralStatus, default=ReferralStatus.TO_REFER)
    weight: Mapped[int] = mapped_column(default=1)
    max_groups: Mapped[int] = mapped_column(default=1)
    max_travel_minutes: Mapped[int | None]
    max_minutes_per_week: Mapped[int | None]
    is_always_available: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)

    participant: Mapped[Participant] = relationship()
    period: Mapped[Period] = relationship()
    wishes: Mapped[list[Wish]] = relationship(
        back_populates="referral", cascade="all, delete-orphan", order_by="Wish.rank, Wish.id"
    )
    windows: Mapped[list[AvailabilityWindow]] = relationship(
        back_populates="referral",
        cascade="all, delete-orphan",
        order_by="AvailabilityWindow.weekday, AvailabilityWindow.start_minute",
    )
    absences: Mapped[list[Absence]] = relationship(
        back_populates="referral", cascade="all, delete-orphan", order_by="Absence.from_on"
    )
    needs: Mapped[list[Tag]] = relationship(secondary=referral_need)
    coach_skills: Mapped[list[Tag]] = relationship(secondary=referral_coach_skill)


class Wish(Model):
    """A measure or one group of it, by rank; 1 comes first."""

    __table_args__ = (
        CheckConstraint("(measure_id IS NULL) <> (group_id IS NULL)", name="measure_or_group"),
        CheckConstraint("rank >= 1", name="rank_from_one"),
        CheckConstraint("utility >= 0", name="utility_not_negative"),
    )

    id: Mapped[Key]
    referral_id: Mapped[int] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    rank: Mapped[int]
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    utility: Mapped[int | None]

    referral: Mapped[Referral] = relationship(back_populates="wishes")
    measure: Mapped[Measure | None] = relationship()
    group: Mapped[Group | None] = relationship()


class AvailabilityWindow(Model):
    """A span of a weekday (0 is Monday) when the participant can come; minutes since midnight."""

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "start_minute >= 0 AND start_minute < end_minute AND end_minute <= 1440",
            name="minutes_in_order",
        ),
    )

    id: Mapped[Key]
    referral_id: Mapped[int] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    weekday: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]

    referral: Mapped[Referral] = relationship(back_populates="windows")


class Absence(Model):
    """Dates, both included, on which the participant cannot come."""

    __table_args__ = (CheckConstraint("until_on >= from_on", name="dates_in_order"),)

    id: Mapped[Key]
    referral_id: Mapped[int] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    from_on: Mapped[date]
    until_on: Mapped[date]

    referral: Mapped[Referral] = relationship(back_populates="absences")
