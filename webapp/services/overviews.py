"""What waits for a coordinator today, found in the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp import clock
from webapp.models import (
    PLACED,
    Certificate,
    Enrolment,
    EnrolmentStatus,
    Group,
    Participant,
    Period,
    Plan,
    PlanState,
    Referral,
    ReferralStatus,
    Slot,
    Territory,
)
from webapp.planning.rows import below, offered, referred
from webapp.services.transactions import DbSession

EXPIRES_WITHIN = timedelta(days=3)
STARTS_WITHIN = timedelta(days=14)
LONG_WAIT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Ending:
    """A certificate that a group requires and that ends before the group does."""

    enrolment: Enrolment
    ends_on: date
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Overview:
    """What needs the coordinator, each kind with its rows, the most urgent first."""

    expired: list[Enrolment]
    expiring: list[Enrolment]
    under_minimum: list[Group]
    ending: list[Ending]
    to_publish: list[Plan]
    failed: list[Plan]
    waiting: list[Referral]
    under_way: list[Plan]
    published: Plan | None
    num_freed: int  # places given back or declined since then
    num_referred: int  # people referred since then


def look(db_session: DbSession, period: Period, territory: Territory) -> Overview:
    """Find what is to do in a period for a territory and all below it."""
    now = clock.now()
    open_proposals = list(
        db_session.scalars(
            select(Enrolment)
            .join(Enrolment.group)
            .join(Enrolment.participant)
            .where(
                Group.period_id == period.id,
                Participant.territory_id.in_(below(territory)),
                Enrolment.status == EnrolmentStatus.PROPOSED,
                Enrolment.answer_by < now + EXPIRES_WITHIN,
            )
            .options(joinedload(Enrolment.participant))
            .order_by(Enrolment.answer_by, Enrolment.id)
        )
    )
    plans = list(
        db_session.scalars(
            select(Plan)
            .join(Plan.territory)
            .where(Plan.period_id == period.id, Territory.path.startswith(territory.path))
            .options(joinedload(Plan.territory))
            .order_by(Plan.created_at.desc(), Plan.id.desc())
        )
    )
    latest: dict[int, Plan] = {}
    for plan in plans:
        latest.setdefault(plan.territory_id, plan)

    def last(*states: PlanState) -> list[Plan]:
        return [plan for plan in latest.values() if plan.state in states]

    published = next((plan for plan in plans if plan.state == PlanState.PUBLISHED), None)
    since = published.published_at if published else None
    return Overview(
        expired=[row for row in open_proposals if row.answer_by and row.answer_by < now],
        expiring=[row for row in open_proposals if row.answer_by and row.answer_by >= now],
        under_minimum=_under_minimum(db_session, period, territory),
        ending=_ending(db_session, period, territory),
        to_publish=last(PlanState.SOLVED),
        failed=last(PlanState.FAILED, PlanState.INFEASIBLE, PlanState.OUT_OF_TIME),
        waiting=list(
            db_session.scalars(
                referred(period, territory)
                .where(
                    Referral.status == ReferralStatus.WAITING,
                    Referral.created_at < now - LONG_WAIT,
                )
                .options(joinedload(Referral.participant))
                .order_by(Referral.created_at, Referral.id)
            )
        ),
        under_way=last(PlanState.QUEUED, PlanState.RUNNING),
        published=published,
        num_freed=_num_freed(db_session, period, territory, since) if since else 0,
        num_referred=db_session.scalars(
            referred(period, territory)
            .where(Referral.created_at > since, Referral.status == ReferralStatus.WAITING)
            .with_only_columns(func.count())
        ).one()
        if since
        else 0,
    )


def _num_freed(db_session: DbSession, period: Period, territory: Territory, since: datetime) -> int:
    groups = offered(period, territory).with_only_columns(Group.id)
    return db_session.scalars(
        select(func.count()).where(
            Enrolment.group_id.in_(groups),
            Enrolment.status.in_(
                [
                    EnrolmentStatus.DECLINED,
                    EnrolmentStatus.CANCELLED,
                    EnrolmentStatus.INTERRUPTED,
                ]
            ),
            Enrolment.answered_at > since,
        )
    ).one()


def _under_minimum(db_session: DbSession, period: Period, territory: Territory) -> list[Group]:
    """Groups about to start, or started, with some people and yet too few."""
    first = select(func.min(Slot.starts_at)).where(Slot.group_id == Group.id).scalar_subquery()
    last = select(func.max(Slot.ends_at)).where(Slot.group_id == Group.id).scalar_subquery()
    now = clock.now()
    groups = offered(period, territory).where(
        Group.taken > 0,
        Group.taken < Group.min_size,
        first < now + STARTS_WITHIN,
        last > now,
    )
    return list(db_session.scalars(groups.order_by(first, Group.id)))


def _ending(db_session: DbSession, period: Period, territory: Territory) -> list[Ending]:
    """Certificates that people in a group hold now and lose before its last slot."""
    placed = db_session.scalars(
        select(Enrolment)
        .join(Enrolment.group)
        .join(Enrolment.participant)
        .where(
            Group.period_id == period.id,
            Participant.territory_id.in_(below(territory)),
            Enrolment.status.in_(PLACED),
            Group.requirements.any(),
        )
        .options(
            joinedload(Enrolment.participant).selectinload(Participant.certificates),
            joinedload(Enrolment.group).selectinload(Group.requirements),
            joinedload(Enrolment.group).selectinload(Group.slots),
        )
    )
    today = clock.today(territory.timezone)
    found = []
    for enrolment in placed:
        slots = [slot for slot in enrolment.group.slots if slot.cancelled_because is None]
        if not slots or slots[-1].local_end.date() < today:
            continue
        last = slots[-1].local_end.date()
        for tag in enrolment.group.requirements:
            ends = [
                (row.valid_until or last, row.id, row)
                for row in enrolment.participant.certificates
                if row.tag_id == tag.id
            ]
            if ends and max(ends)[0] < last:
                found.append(Ending(enrolment, *max(ends)[::2]))
    return sorted(found, key=lambda item: (item.ends_on, item.enrolment.id))
