from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from webapp import clock
from webapp.extensions import Model
from webapp.models.account import Account
from webapp.models.coach import Coach
from webapp.models.group import Group
from webapp.models.participant import Participant
from webapp.models.territory import Period, Territory
from webapp.models.types import Key, Moment, UtcDateTime, enum_column


class PlanState(enum.StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SOLVED = "solved"
    INFEASIBLE = "infeasible"  # the pins cannot stand together
    OUT_OF_TIME = "out_of_time"  # no plan within the limit
    FAILED = "failed"  # a fault of ours; ``failure`` says which
    PUBLISHED = "published"


class Plan(Model):
    """One run of the model for a period and a territory, and what came of it.

    ``problem`` and ``solution`` are documents of the exchange format. ``attempt`` and
    ``heartbeat_at`` tell a run that lives from one whose worker died: a result that comes with an
    old attempt number is refused.
    """

    __table_args__ = (UniqueConstraint("period_id", "territory_id", "number"),)

    id: Mapped[Key]
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    number: Mapped[int]
    state: Mapped[PlanState] = enum_column(PlanState, default=PlanState.QUEUED)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    time_limit_seconds: Mapped[int]
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stop_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempt: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(String(40))
    problem: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    solution: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))

    period: Mapped[Period] = relationship()
    territory: Mapped[Territory] = relationship()
    requested_by: Mapped[Account] = relationship()
    proposals: Mapped[list[Proposal]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="Proposal.id"
    )
    progress: Mapped[list[PlanProgress]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="PlanProgress.id"
    )


class PlanProgress(Model):
    """A better plan or bound, as it came; value and bound are JSON (an integer or a profile)."""

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    attempt: Mapped[int]
    seconds: Mapped[float]
    tier: Mapped[str] = mapped_column(String(20))
    value: Mapped[int | list[int] | None] = mapped_column(JSON)
    bound: Mapped[int | list[int] | None] = mapped_column(JSON)
    gap: Mapped[float | None]

    plan: Mapped[Plan] = relationship(back_populates="progress")


class Decision(enum.StrEnum):
    UNDECIDED = "undecided"
    ACCEPTED = "accepted"
    PINNED = "pinned"
    RULED_OUT = "ruled_out"


class Proposal(Model):
    """One line of a plan: this participant in this group, and what the coordinator says of it."""

    __table_args__ = (UniqueConstraint("plan_id", "participant_id", "group_id"),)

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"), index=True)
    rank: Mapped[int | None]
    travel_minutes: Mapped[int] = mapped_column(default=0)
    is_kept: Mapped[bool] = mapped_column(default=False)  # also in the previous plan
    coach_id: Mapped[int | None] = mapped_column(ForeignKey("coach.id"), index=True)
    visit_weekday: Mapped[int | None]
    visit_start_minute: Mapped[int | None]
    decision: Mapped[Decision] = enum_column(Decision, default=Decision.UNDECIDED)

    plan: Mapped[Plan] = relationship(back_populates="proposals")
    participant: Mapped[Participant] = relationship()
    group: Mapped[Group] = relationship()
    coach: Mapped[Coach | None] = relationship()


class Pin(Model):
    """A place that a coordinator has settled; every next plan of the period keeps it."""

    __table_args__ = (UniqueConstraint("participant_id", "group_id"),)

    id: Mapped[Key]
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"), index=True)
    coach_id: Mapped[int | None] = mapped_column(ForeignKey("coach.id"))

    participant: Mapped[Participant] = relationship()
    group: Mapped[Group] = relationship()


class Ban(Model):
    """A place that a coordinator has ruled out; no next plan of the period proposes it."""

    __table_args__ = (UniqueConstraint("participant_id", "group_id"),)

    id: Mapped[Key]
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"), index=True)

    participant: Mapped[Participant] = relationship()
    group: Mapped[Group] = relationship()
