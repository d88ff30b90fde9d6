from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    String,
    Table,
    event,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from webapp.extensions import Model, db
from webapp.models.measure import Measure
from webapp.models.partner import Partner, Venue
from webapp.models.rendered import Rendered
from webapp.models.tag import Tag
from webapp.models.territory import Period
from webapp.models.types import Key, Moment, Name, Uid, enum_column


class GroupState(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


def _tags_of_group(name: str) -> Table:
    return Table(
        name,
        db.metadata,
        Column("group_id", ForeignKey("group.id", ondelete="CASCADE"), primary_key=True),
        Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    )


group_requirement = _tags_of_group("group_requirement")
group_offer = _tags_of_group("group_offer")
group_coaching_skill = _tags_of_group("group_coaching_skill")


class Group(Rendered, Model):
    """A run of a measure, in which one is enrolled.

    ``taken`` counts the enrolments that hold a place; services change it only by the guarded
    update of ``services.places``. ``visit_minutes`` is set where a coach visits each participant
    every week.
    """

    rendered = frozenset({"name", "measure_id", "venue_id", "state", "visit_minutes"})
    rescheduling = frozenset({"venue_id", "state", "visit_minutes"})
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= capacity", name="never_over_capacity"),
        CheckConstraint("min_size >= 0 AND min_size <= capacity", name="minimum_within_capacity"),
        CheckConstraint("visit_minutes >= 0", name="visit_not_negative"),
        CheckConstraint("visit_minutes IS NULL OR venue_id IS NOT NULL", name="coached_at_a_venue"),
    )

    id: Mapped[Key]
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"), index=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    name: Mapped[Name]
    state: Mapped[GroupState] = enum_column(GroupState, default=GroupState.DRAFT)
    capacity: Mapped[int]
    min_size: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    visit_minutes: Mapped[int | None]
    cancelled_because: Mapped[str | None] = mapped_column(String(200))

    period: Mapped[Period] = relationship()
    measure: Mapped[Measure] = relationship()
    partner: Mapped[Partner] = relationship()
    venue: Mapped[Venue | None] = relationship()
    slots: Mapped[list[Slot]] = relationship(
        back_populates="group", cascade="all, delete-orphan", order_by="Slot.starts_at"
    )
    requirements: Mapped[list[Tag]] = relationship(secondary=group_requirement)
    offers: Mapped[list[Tag]] = relationship(secondary=group_offer)
    coaching_skills: Mapped[list[Tag]] = relationship(secondary=group_coaching_skill)


class Slot(Rendered, Model):
    """One dated meeting of a group: wall time and zone as announced, and the moments in UTC."""

    rendered = frozenset({"starts_at", "ends_at", "cancelled_because"})
    rescheduling = rendered
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="moments_in_order"),
        CheckConstraint("local_end > local_start", name="local_times_in_order"),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), index=True)
    local_start: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    local_end: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    timezone: Mapped[str] = mapped_column(String(50))
    starts_at: Mapped[Moment] = mapped_column(index=True)
    ends_at: Mapped[Moment]
    cancelled_because: Mapped[str | None] = mapped_column(String(200))

    group: Mapped[Group] = relationship(back_populates="slots")


@event.listens_for(Group, "before_update")
def _outgrow_the_old_venue(_mapper: Mapper[Any], connection: Connection, group: Group) -> None:
    """Keep the sum of the sequences growing when a group moves to a venue that changed less."""
    state = inspect(group)
    assert state is not None
    for venue_id in state.attrs["venue_id"].history.deleted or ():
        if venue_id is not None:
            group.sequence += (
                connection.scalar(select(Venue.sequence).where(Venue.id == venue_id)) or 0
            )
