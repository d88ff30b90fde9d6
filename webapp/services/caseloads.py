"""Where participants stand in a period: the proposals to answer, and everybody's next slot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from webapp import clock
from webapp.models import (
    PLACED,
    Account,
    Enrolment,
    EnrolmentStatus,
    Group,
    Participant,
    Period,
    Referral,
    ReferralStatus,
    Slot,
)
from webapp.models.participant import fold
from webapp.permissions import scoped
from webapp.planning.fits import Fit, find_fits
from webapp.services.transactions import DbSession


@dataclass(frozen=True, slots=True)
class Standing:
    """One participant in a period; ``next_slot_at`` is local wall time, aware."""

    participant: Participant
    referral: Referral | None
    enrolments: list[Enrolment]
    next_slot_at: datetime | None

    @property
    def status(self) -> ReferralStatus:
        return self.referral.status if self.referral else ReferralStatus.TO_REFER


@dataclass(frozen=True, slots=True)
class StandingPage:
    """Some of the participants found, from ``page`` 1 on."""

    standings: list[Standing]
    num_found: int
    page: int
    num_pages: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal to answer, and what it rests on; ``fit`` is None without a referral."""

    enrolment: Enrolment
    fit: Fit | None


def find_standings(
    db_session: DbSession,
    account: Account,
    period: Period,
    *,
    text: str = "",
    status: ReferralStatus | None = None,
    page: int = 1,
    per_page: int = 50,
) -> StandingPage:
    """Find the account's participants by words of their name or reference, and by status."""
    found = scoped(account, Participant)
    for word in fold(text).split():
        found = found.where(Participant.search_key.contains(word, autoescape=True))
    if status is not None:
        found = _with_status(found, period, status)
    num_found = db_session.scalar(select(func.count()).select_from(found.subquery())) or 0
    num_pages = max(1, -(-num_found // per_page))
    page = min(max(page, 1), num_pages)
    participants = db_session.scalars(
        found.order_by(Participant.search_key, Participant.id)
        .offset((page - 1) * per_page)
        .limit(per_page)
    ).all()
    return StandingPage(standings(db_session, period, participants), num_found, page, num_pages)


def standings(
    db_session: DbSession, period: Period, participants: Sequence[Participant]
) -> list[Standing]:
    """Say of each participant where they stand, in a fixed number of queries."""
    ids = [participant.id for participant in participants]
    referrals = {
        referral.participant_id: referral
        for referral in db_session.scalars(
            select(Referral).where(
                Referral.period_id == period.id, Referral.participant_id.in_(ids)
            )
        )
    }
    enrolments = defaultdict(list)
    for enrolment in db_session.scalars(
        select(Enrolment)
        .join(Enrolment.group)
        .where(Group.period_id == period.id, Enrolment.participant_id.in_(ids))
        .options(joinedload(Enrolment.group).joinedload(Group.measure))
        .order_by(Enrolment.proposed_at, Enrolment.id)
    ):
        enrolments[enrolment.participant_id].append(enrolment)
    nexts = _next_slots(db_session, period, ids)
    return [
        Standing(each, referrals.get(each.id), enrolments[each.id], nexts.get(each.id))
        for each in participants
    ]


def offers_to_answer(db_session: DbSession, account: Account, period: Period) -> list[Offer]:
    """Return the account's proposals of a period without an answer, the most urgent first."""
    rows = db_session.scalars(
        scoped(account, Enrolment)
        .join(Enrolment.group)
        .where(Enrolment.status == EnrolmentStatus.PROPOSED, Group.period_id == period.id)
        .options(
            joinedload(Enrolment.participant).selectinload(Participant.certificates),
            joinedload(Enrolment.coach),
            joinedload(Enrolment.group).joinedload(Group.measure),
            joinedload(Enrolment.group).joinedload(Group.venue),
            joinedload(Enrolment.group).selectinload(Group.slots),
            joinedload(Enrolment.group).selectinload(Group.requirements),
            joinedload(Enrolment.group).selectinload(Group.offers),
        )
        .order_by(Enrolment.answer_by, Enrolment.id)
    ).all()
    referrals = db_session.scalars(
        select(Referral)
        .where(
            Referral.period_id == period.id,
            Referral.participant_id.in_({row.participant_id for row in rows}),
        )
        .options(
            selectinload(Referral.wishes),
            selectinload(Referral.windows),
            selectinload(Referral.absences),
            selectinload(Referral.needs),
        )
    ).all()
    fits = find_fits(period, referrals, (row.group for row in rows)) if rows else {}
    return [Offer(row, fits.get((row.participant_id, row.group_id))) for row in rows]


def count_to_answer(db_session: DbSession, account: Account, period: Period) -> int:
    """Return how many proposals wait for an answer of the account."""
    rows = (
        scoped(account, Enrolment)
        .join(Enrolment.group)
        .where(Enrolment.status == EnrolmentStatus.PROPOSED, Group.period_id == period.id)
    )
    return db_session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _with_status(
    found: Select[Participant], period: Period, status: ReferralStatus
) -> Select[Participant]:
    here = and_(Referral.participant_id == Participant.id, Referral.period_id == period.id)
    if status != ReferralStatus.TO_REFER:
        return found.where(select(Referral.id).where(here, Referral.status == status).exists())
    return found.where(
        or_(
            ~select(Referral.id).where(here).exists(),
            select(Referral.id).where(here, Referral.status == status).exists(),
        )
    )


def _next_slots(db_session: DbSession, period: Period, ids: Collection[int]) -> dict[int, datetime]:
    zone = ZoneInfo(period.territory.timezone)
    rows = db_session.execute(
        select(Enrolment.participant_id, func.min(Slot.starts_at))
        .join(Slot, Slot.group_id == Enrolment.group_id)
        .where(
            Enrolment.participant_id.in_(ids),
            Enrolment.status.in_(PLACED),
            Slot.cancelled_because.is_(None),
            Slot.starts_at >= clock.now(),
        )
        .group_by(Enrolment.participant_id)
    )
    return {participant_id: moment.astimezone(zone) for participant_id, moment in rows}
