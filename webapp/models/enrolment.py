from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import clock
from webapp.extensions import Model
from webapp.models.account import Account
from webapp.models.coach import Coach
from webapp.models.group import Group
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
    ``visit_weekday`` (0 is Monday) and lasts the group's ``visit_minutes``.
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
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decline_reason: Mapped[DeclineReason | None] = enum_column(DeclineReason)

    participant: Mapped[Participant] = relationship()
    group: Mapped[Group] = relationship()
    coach: Mapped[Coach | None] = relationship()
    answered_by: Mapped[Account | None] = relationship()
