"""The demonstration: Geneva's problem with invented people, and who signs in to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from webapp import demo
from webapp.models import (
    PLACED,
    Account,
    Coach,
    Enrolment,
    Group,
    Participant,
    Pin,
    Plan,
    Proposal,
    Role,
)
from webapp.services import enrolments, plans, problems
from webapp.services.sign_ins import hash_password
from webapp.services.transactions import DbSession

_ROLES = (Role.COORDINATOR, Role.WORKER, Role.PARTNER, Role.COACH, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to try, the participants it speaks for, and the places it has to do with."""

    account: Account
    num_participants: int
    num_placed: int


def is_empty(db_session: DbSession) -> bool:
    """Tell whether nobody could sign in to this installation."""
    return db_session.scalar(select(Account.id).limit(1)) is None


def fill(db_session: DbSession) -> Plan:
    """Load the demonstration into an empty database, with a plan that waits to be looked at.

    Those whose place is settled are enrolled as the plan says, so that the next plan is as good.
    """
    period = problems.load_problem(
        db_session, demo.problem(), password_hash=hash_password(demo.PASSWORD)
    )
    coordinator = db_session.scalars(
        select(Account)
        .where(Account.role == Role.COORDINATOR, Account.territory_id == period.territory_id)
        .limit(1)
    ).one()
    plan = plans.start_plan(db_session, coordinator, period, period.territory)
    plans.run_plan(plan.id)
    settled = db_session.scalars(
        select(Proposal)
        .join(
            Pin,
            and_(Pin.participant_id == Proposal.participant_id, Pin.group_id == Proposal.group_id),
        )
        .where(Proposal.plan_id == plan.id)
        .order_by(Proposal.id)
    ).all()
    for proposal in settled:
        enrolments.enrol(
            db_session,
            coordinator,
            proposal.participant,
            proposal.group,
            proposal.coach,
            proposal.visit_weekday,
            proposal.visit_start_minute,
        )
    db_session.refresh(plan)
    return plan


def accounts(db_session: DbSession) -> list[DemoAccount]:
    """Return one invented account of each role: the one that has to do with most places."""
    participants = (
        select(func.count())
        .select_from(Participant)
        .where(Participant.worker_id == Account.id)
        .scalar_subquery()
    )
    placed = (
        select(func.count())
        .select_from(Enrolment)
        .join(Enrolment.participant)
        .join(Enrolment.group)
        .outerjoin(Enrolment.coach)
        .where(
            Enrolment.status.in_(PLACED),
            or_(
                Participant.worker_id == Account.id,
                Group.partner_id == Account.partner_id,
                Coach.account_id == Account.id,
            ),
        )
        .correlate(Account)
        .scalar_subquery()
    )
    invented = (
        select(Account, participants, placed)
        .where(Account.email.endswith(demo.EMAIL_ENDING), Account.disabled_at.is_(None))
        .order_by(placed.desc(), Account.id)
        .limit(1)
    )
    rows = [db_session.execute(invented.where(Account.role == role)).first() for role in _ROLES]
    return [DemoAccount(*row) for row in rows if row is not None]
