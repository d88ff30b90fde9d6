"""What a plan would work on, and what it says, read for the pages about it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload

from webapp.models import (
    PLACED,
    Coach,
    Decision,
    Enrolment,
    EnrolmentStatus,
    Group,
    Period,
    Pin,
    Plan,
    PlanProgress,
    Proposal,
    Referral,
    ReferralStatus,
    Territory,
)
from webapp.planning.rows import below, offered, referred
from webapp.services.transactions import DbSession


@dataclass(frozen=True, slots=True)
class Figures:
    """A period in a territory, counted. People are those with an open referral."""

    num_people: int
    num_without_wish: int
    num_placed: int  # with a place or a proposal
    num_waiting: int
    num_groups: int
    num_places: int
    num_taken: int
    num_proposed: int  # places that unanswered proposals ask for
    num_pins: int  # those whose place is confirmed aside
    num_coaches: int

    @property
    def num_free(self) -> int:
        return max(0, self.num_places - self.num_taken - self.num_proposed)

    @property
    def num_unserved(self) -> int:
        """People who wish something and have neither a place nor a proposal."""
        return self.num_people - self.num_without_wish - self.num_placed


def count(db_session: DbSession, period: Period, territory: Territory) -> Figures:
    """Count demand and places of a period in a territory and all below it."""
    people = referred(period, territory)
    statuses = dict(
        db_session.execute(
            people.with_only_columns(Referral.status, func.count()).group_by(Referral.status)
        ).all()
    )
    groups, places, taken = db_session.execute(
        offered(period, territory).with_only_columns(
            func.count(), func.coalesce(func.sum(Group.capacity), 0),
            func.coalesce(func.sum(Group.taken), 0),
        )
    ).one()  # fmt: skip
    own = people.with_only_columns(Referral.participant_id)
    holds = exists().where(
        Enrolment.participant_id == Pin.participant_id,
        Enrolment.group_id == Pin.group_id,
        Enrolment.status.in_(PLACED),
    )
    pins = select(func.count()).select_from(Pin).join(Pin.group).where(~holds)
    coaches = select(func.count()).where(Coach.territory_id.in_(below(territory)))
    return Figures(
        num_people=sum(statuses.values()),
        num_without_wish=statuses.get(ReferralStatus.TO_REFER, 0),
        num_placed=statuses.get(ReferralStatus.PROPOSED, 0)
        + statuses.get(ReferralStatus.PLACED, 0),
        num_waiting=statuses.get(ReferralStatus.WAITING, 0),
        num_groups=groups,
        num_places=places,
        num_taken=taken,
        num_proposed=db_session.scalars(
            select(func.count()).where(
                Enrolment.status == EnrolmentStatus.PROPOSED,
                Enrolment.group_id.in_(offered(period, territory).with_only_columns(Group.id)),
            )
        ).one(),
        num_pins=db_session.scalars(
            pins.where(Group.period_id == period.id, Pin.participant_id.in_(own))
        ).one(),
        num_coaches=db_session.scalars(coaches).one(),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plan; ``is_placed``: the place is held already, nothing is to decide."""

    proposal: Proposal
    is_placed: bool


def read_lines(db_session: DbSession, plan: Plan, group_id: int | None = None) -> list[Line]:
    """Read the lines of a plan, or of one group in it, in a fixed number of queries."""
    wanted = select(Proposal).where(Proposal.plan_id == plan.id)
    if group_id is not None:
        wanted = wanted.where(Proposal.group_id == group_id)
    proposals = db_session.scalars(
        wanted.options(
            joinedload(Proposal.participant),
            joinedload(Proposal.coach),
            joinedload(Proposal.group).joinedload(Group.measure),
            joinedload(Proposal.group).joinedload(Group.venue),
            joinedload(Proposal.group).joinedload(Group.partner),
            joinedload(Proposal.group).selectinload(Group.slots),
        ).order_by(Proposal.group_id, Proposal.id)
    ).all()
    held = {
        (person, group)
        for person, group in db_session.execute(
            select(Enrolment.participant_id, Enrolment.group_id).where(
                Enrolment.status.in_(PLACED),
                Enrolment.group_id.in_({row.group_id for row in proposals}),
            )
        )
    }
    return [Line(row, (row.participant_id, row.group_id) in held) for row in proposals]


def read_progress(db_session: DbSession, plan: Plan) -> list[PlanProgress]:
    """Read how the run at hand goes."""
    return list(
        db_session.scalars(
            select(PlanProgress)
            .where(PlanProgress.plan_id == plan.id, PlanProgress.attempt == plan.attempt)
            .order_by(PlanProgress.id)
        )
    )


def count_decisions(db_session: DbSession, plan: Plan) -> dict[Decision, int]:
    """Count the lines of a plan by what was said of them; places held already left out."""
    held = select(Enrolment.id).where(
        Enrolment.participant_id == Proposal.participant_id,
        Enrolment.group_id == Proposal.group_id,
        Enrolment.status.in_(PLACED),
    )
    rows = db_session.execute(
        select(Proposal.decision, func.count())
        .where(Proposal.plan_id == plan.id, ~held.exists())
        .group_by(Proposal.decision)
    )
    return dict.fromkeys(Decision, 0) | dict(rows.all())


def of_period(plans: Select[Plan], period: Period) -> Select[Plan]:
    """Of some plans those of a period, the latest first."""
    return (
        plans.where(Plan.period_id == period.id)
        .options(joinedload(Plan.territory), joinedload(Plan.requested_by))
        .order_by(Plan.created_at.desc(), Plan.id.desc())
    )


def num_withdrawable(db_session: DbSession, plan: Plan) -> int:
    """How many unanswered proposals of earlier plans this one would not keep."""
    kept = select(Proposal.id).where(
        Proposal.plan_id == plan.id,
        Proposal.decision != Decision.RULED_OUT,
        Proposal.participant_id == Enrolment.participant_id,
        Proposal.group_id == Enrolment.group_id,
    )
    people = referred(plan.period, plan.territory).with_only_columns(Referral.participant_id)
    return db_session.scalars(
        select(func.count())
        .select_from(Enrolment)
        .join(Enrolment.group)
        .where(
            Group.period_id == plan.period_id,
            Enrolment.status == EnrolmentStatus.PROPOSED,
            Enrolment.plan_id.is_not(None),
            Enrolment.participant_id.in_(people),
            ~kept.exists(),
        )
    ).one()
