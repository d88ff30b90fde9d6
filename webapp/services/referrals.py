"""What participants ask for in a period, and where that stands."""

from __future__ import annotations

from sqlalchemy import select

from webapp.models import (
    PLACED,
    Enrolment,
    EnrolmentStatus,
    Group,
    Referral,
    ReferralStatus,
    Wish,
)
from webapp.services.transactions import DbSession


def refresh_status(db_session: DbSession, participant_id: int, period_id: int) -> None:
    """Derive the status of a referral from its enrolments, in the running transaction.

    A proposal to answer comes first, then a place, then waiting; a closed referral stays closed.
    """
    db_session.flush()
    referral = db_session.scalar(
        select(Referral).where(
            Referral.participant_id == participant_id, Referral.period_id == period_id
        )
    )
    if referral is None or referral.status == ReferralStatus.CLOSED:
        return
    statuses = set(
        db_session.scalars(
            select(Enrolment.status)
            .join(Group)
            .where(Enrolment.participant_id == participant_id, Group.period_id == period_id)
        )
    )
    if EnrolmentStatus.PROPOSED in statuses:
        referral.status = ReferralStatus.PROPOSED
    elif statuses & (PLACED | {EnrolmentStatus.FINISHED}):
        referral.status = ReferralStatus.PLACED
    elif EnrolmentStatus.WAITING in statuses or _has_wishes(db_session, referral.id):
        referral.status = ReferralStatus.WAITING
    else:
        referral.status = ReferralStatus.TO_REFER
    db_session.flush()


def _has_wishes(db_session: DbSession, referral_id: int) -> bool:
    return db_session.scalar(select(Wish.id).where(Wish.referral_id == referral_id)) is not None
