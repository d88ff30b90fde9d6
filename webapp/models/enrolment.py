from __future__ import annotations

import enum
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from webapp import clock
from webapp.extensions import Model
from webapp.models.account import Account
from webapp.models.coach import Coach
from webapp.models.group import Group, Slot
from webapp.models.participant import Participant
from webapp.models.rendered import Rendered
from webapp.models.types import Key, Moment, Uid, UtcDateTime, enum_column


class EnrolmentStatus(enum.StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    ONGOING = "ongoing"
    FINISHED = "finished"
    DECLINED = "declined"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


# These hold a place: ``Group.taken`` counts them.
PLACED = frozenset({EnrolmentStatus.CONFIRMED, EnrolmentStatus.ONGOING})


class DeclineReason(enum.StrEnum):
    UNREACHABLE = "unreachable"
    IN_EMPLOYMENT = "in_employment"
    IN_TRAINING = "in_training"
    NOT_ELIGIBLE = "not_eligible"
    NOT_MOBILE = "not_mobile"
    NOT_WISHED = "not_wished"
    DUPLICATE = "duplicate"
    PLACED_ELSEWHERE = "placed_elsewhere"
    OTHER = "other"


class Enrolment(Rendered, Model):
    """A participant in a group, from the proposal sent to the worker on.

    The weekly visit of a coach, where there is one, starts at ``visit_start_minute`` of
    ``visit_weekday`` (0 is Monday) and lasts the group's ``visit_minutes``. ``placed_at`` is when
    it came to hold a place, kept when it ends: what was only proposed has none.
    """

    rendered = frozenset({"status", "coach_id", "visit_weekday", "visit_start_minute"})
    rescheduling = frozenset({"status", "visit_weekday", "visit_start_minute"})
    __table_args__ = (
        UniqueConstraint("group_id", "participant_id"),
        CheckConstraint(
            "(status = 'declined') = (decline_reason IS NOT NULL)", name="declined_for_a_reason"
        ),
        CheckConstraint("visit_weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), index=True)
    status: Mapped[EnrolmentStatus] = enum_column(EnrolmentStatus)
    rank: Mapped[int | None]
    coach_id: Mapped[int | None] = mapped_column(ForeignKey("coach.id"), index=True)
    visit_weekday: Mapped[int | None]
    visit_start_minute: Mapped[int | None]
    proposed_at: Mapped[Moment] = mapped_column(default=clock.now)
    answer_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    placed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decline_reason: Mapped[DeclineReason | None] = enum_column(DeclineReason)

    participant: Mapped[Participant] = relationship()
    group: Mapped[Group] = relationship()
    coach: Mapped[Coach | None] = relationship()
    answered_by: Mapped[Account | None] = relationship()

    @validates("status")
    def _note_place(self, _name: str, status: EnrolmentStatus) -> EnrolmentStatus:
        if status in PLACED or self.status in PLACED:
            self.placed_at = self.placed_at or clock.now()
        elif status in {EnrolmentStatus.PROPOSED, EnrolmentStatus.WAITING}:
            self.placed_at = None
        return status

    def visit_in(self, slot: Slot) -> tuple[datetime, datetime] | None:
        """Return start and end, aware, of the coach's visit during ``slot``, if there is one."""
        if self.visit_start_minute is None or slot.local_start.weekday() != self.visit_weekday:
            return None
        midnight = datetime.combine(slot.local_start.date(), time())
        start = midnight + timedelta(minutes=self.visit_start_minute)
        end = start + timedelta(minutes=slot.group.visit_minutes or 0)
        if start == end or start < slot.local_start or end > slot.local_end:
            return None
        zone = ZoneInfo(slot.timezone)
        return start.replace(tzinfo=zone), end.replace(tzinfo=zone)
