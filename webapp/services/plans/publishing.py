"""A plan becomes proposals that workers answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp import clock
from webapp.models import (
    PLACED,
    Account,
    Decision,
    Enrolment,
    EnrolmentStatus,
    Group,
    GroupState,
    Participant,
    Plan,
    PlanState,
    Proposal,
    Referral,
)
from webapp.permissions import NotAllowedError, can_plan_territory
from webapp.planning.rows import below, referred
from webapp.services import audits, referrals
from webapp.services.plans.requests import one_at_a_time, overlapping
from webapp.services.transactions import DbSession, transaction

END_OF_DAY = time(18)


class NotPublishableError(Exception):
    """The plan is not ready, or published already."""

    def __init__(self, plan_id: int, state: PlanState) -> None:
        self.plan_id = plan_id
        self.state = state
        super().__init__(f"plan {plan_id} is {state}")


class OutdatedPlanError(Exception):
    """A plan for the same people was published after this one was asked for; ``plan`` is it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__(f"plan {plan.id} was published meanwhile")


@dataclass(slots=True)
class Publication:
    """What publishing did, counted; ``num_left_out`` are lines that no longer hold."""

    num_proposed: int = 0
    num_placed: int = 0  # held a place already
    num_ruled_out: int = 0
    num_withdrawn: int = 0
    num_left_out: int = 0


# Since the plan was made the worker or the partner has said so: the line is left out.
_SETTLED = frozenset(
    {EnrolmentStatus.DECLINED, EnrolmentStatus.FINISHED, EnrolmentStatus.INTERRUPTED}
)


def publish_plan(db_session: DbSession, account: Account, plan: Plan) -> Publication:
    """Send every line that is not ruled out to its worker, or nothing at all.

    Lines of cancelled groups and of people whose referral was closed are left out, and so are
    those answered meanwhile. Proposals of earlier plans that this one does not keep, and that
    nobody has answered, are withdrawn. Raise NotPublishableError or OutdatedPlanError.
    """
    if not can_plan_territory(account, plan.territory):
        raise NotAllowedError(account.id, plan)
    done = Publication()
    with transaction(db_session):
        one_at_a_time(db_session)
        db_session.refresh(plan, ["state"], with_for_update=True)
        if plan.state != PlanState.SOLVED:
            raise NotPublishableError(plan.id, plan.state)
        if (newer := find_newer(db_session, plan)) is not None:
            raise OutdatedPlanError(newer)
        plan.state = PlanState.PUBLISHED
        plan.published_at = clock.now()
        answer_by = _answer_by(plan)
        served = set(
            db_session.scalars(
                referred(plan.period, plan.territory).with_only_columns(Referral.participant_id)
            )
        )
        _hold_groups(db_session, plan)
        enrolments = _enrolments(db_session, plan)
        kept = set()
        for proposal in _lines(db_session, plan):
            pair = proposal.participant_id, proposal.group_id
            enrolment = enrolments.get(pair)
            if proposal.decision == Decision.RULED_OUT:
                done.num_ruled_out += 1
                continue
            if not _holds(proposal, enrolment, served, plan):
                done.num_left_out += 1
                continue
            kept.add(pair)
            if enrolment is None:
                enrolment = Enrolment(participant_id=pair[0], group_id=pair[1])
                db_session.add(enrolment)
            if enrolment.status in PLACED:
                done.num_placed += 1
            else:
                done.num_proposed += 1
                enrolment.rank = proposal.rank
                _propose(enrolment, plan, answer_by)
            if proposal.coach_id is not None:
                _send_coach(enrolment, proposal)
        withdrawn = _withdraw(enrolments, kept)
        done.num_withdrawn = len(withdrawn)
        for participant_id in sorted(served):
            referrals.refresh_status(db_session, participant_id, plan.period_id)
        for enrolment in withdrawn:
            audits.record(db_session, account, "withdraw", enrolment, plan_id=plan.id)
        audits.record(
            db_session,
            account,
            "publish",
            plan,
            num_proposed=done.num_proposed,
            num_withdrawn=done.num_withdrawn,
        )
    return done


def _answer_by(plan: Plan) -> datetime:
    """When answers are due: at the end of a working day, not at the minute of publication."""
    zone = ZoneInfo(plan.territory.timezone)
    last_day = clock.today(plan.territory.timezone) + timedelta(days=plan.period.num_answer_days)
    return datetime.combine(last_day, END_OF_DAY, zone).astimezone(UTC)


def find_newer(db_session: DbSession, plan: Plan) -> Plan | None:
    """Return a plan for the same people that was published after this one was asked for."""
    newer: Plan | None = db_session.scalar(
        select(Plan)
        .join(Plan.territory)
        .where(
            Plan.period_id == plan.period_id,
            Plan.state == PlanState.PUBLISHED,
            Plan.published_at > plan.created_at,
            overlapping(plan.territory),
        )
        .order_by(Plan.published_at.desc())
        .limit(1)
    )
    return newer


def _hold_groups(db_session: DbSession, plan: Plan) -> None:
    """Keep the groups of the plan from being called off meanwhile; before their enrolments, in
    the order of keys, as wherever both are held."""
    proposed = select(Proposal.group_id).where(Proposal.plan_id == plan.id)
    groups = select(Group.id).where(Group.id.in_(proposed)).order_by(Group.id)
    db_session.execute(groups.with_for_update(key_share=True))


def _lines(db_session: DbSession, plan: Plan) -> list[Proposal]:
    rows = select(Proposal).where(Proposal.plan_id == plan.id).options(joinedload(Proposal.group))
    return list(db_session.scalars(rows.execution_options(populate_existing=True)))


def _enrolments(db_session: DbSession, plan: Plan) -> dict[tuple[int, int], Enrolment]:
    """All enrolments in the period of people of the plan's territory."""
    rows = db_session.scalars(
        select(Enrolment)
        .join(Enrolment.group)
        .join(Enrolment.participant)
        .where(
            Group.period_id == plan.period_id,
            Participant.territory_id.in_(below(plan.territory)),
        )
        .options(joinedload(Enrolment.group))
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment)
        .execution_options(populate_existing=True)
    )
    return {(row.participant_id, row.group_id): row for row in rows}


def _holds(
    proposal: Proposal, enrolment: Enrolment | None, served: Collection[int], plan: Plan
) -> bool:
    """Whether a line may still be sent."""
    return (
        proposal.group.state == GroupState.PUBLISHED
        and proposal.participant_id in served
        and (enrolment is None or not _is_settled(enrolment, plan))
    )


def _is_settled(enrolment: Enrolment, plan: Plan) -> bool:
    """Whether nobody is to be asked again: it is over, or was given back since the plan."""
    given_back_at = enrolment.answered_at if enrolment.status == EnrolmentStatus.CANCELLED else None
    return enrolment.status in _SETTLED or (
        given_back_at is not None and given_back_at > plan.created_at
    )


def _propose(enrolment: Enrolment, plan: Plan, answer_by: datetime) -> None:
    """Ask the worker; a question that already stands keeps its deadline."""
    stands = enrolment.status == EnrolmentStatus.PROPOSED and (
        enrolment.answer_by is not None and enrolment.answer_by > clock.now()
    )
    enrolment.plan_id = plan.id
    enrolment.status = EnrolmentStatus.PROPOSED
    enrolment.answered_at = None
    enrolment.answered_by_id = None
    if not stands:
        enrolment.proposed_at = clock.now()
        enrolment.answer_by = answer_by


def _send_coach(enrolment: Enrolment, proposal: Proposal) -> None:
    enrolment.coach_id = proposal.coach_id
    enrolment.visit_weekday = proposal.visit_weekday
    enrolment.visit_start_minute = proposal.visit_start_minute


def _withdraw(
    enrolments: dict[tuple[int, int], Enrolment], kept: Collection[tuple[int, int]]
) -> list[Enrolment]:
    """Take back what earlier plans proposed and nobody has answered; return it."""
    withdrawn = [
        enrolment
        for pair, enrolment in enrolments.items()
        if enrolment.status == EnrolmentStatus.PROPOSED
        and enrolment.plan_id is not None
        and pair not in kept
    ]
    for enrolment in withdrawn:
        enrolment.status = EnrolmentStatus.CANCELLED
    return withdrawn
