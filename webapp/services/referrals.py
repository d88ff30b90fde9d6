"""What participants ask for in a period, and where that stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from webapp.models import (
    PLACED,
    Absence,
    Account,
    AvailabilityWindow,
    Enrolment,
    EnrolmentStatus,
    Group,
    Participant,
    Period,
    Referral,
    ReferralStatus,
    Tag,
    Wish,
)
from webapp.permissions import NotAllowedError, can_edit_participant, can_settle_participant
from webapp.services import audits
from webapp.services.transactions import DbSession, transaction


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """What is asked for. ``wishes`` are (measure id, group id), one of both None, best first;

    ``spans`` (weekday, start, end in minutes since midnight), merged, None for always;
    ``absences`` (first, last day). ``weight`` None leaves the priority as it is.
    """

    wishes: tuple[tuple[int | None, int | None], ...]
    spans: tuple[tuple[int, int, int], ...] | None = None
    absences: tuple[tuple[date, date], ...] = ()
    needs: tuple[Tag, ...] = ()
    coach_skills: tuple[Tag, ...] = ()
    max_groups: int = 1
    max_travel_minutes: int | None = None
    max_minutes_per_week: int | None = None
    weight: int | None = None


def find_referral(
    db_session: DbSession, participant: Participant, period: Period
) -> Referral | None:
    """Return what the participant asks for in the period, if anything was written down."""
    return db_session.scalar(
        select(Referral).where(
            Referral.participant_id == participant.id, Referral.period_id == period.id
        )
    )


def save_referral(
    db_session: DbSession,
    account: Account,
    participant: Participant,
    period: Period,
    facts: ReferralFacts,
) -> Referral:
    """Write down what the participant asks for in the period, in place of what was there.

    Only coordinators set a weight.
    """
    if not can_edit_participant(account, participant):
        raise NotAllowedError(account.id, participant)
    if facts.weight is not None and not can_settle_participant(account, participant):
        raise NotAllowedError(account.id, participant)
    with transaction(db_session):
        # Two who write at once write one after the other, each over what the other wrote.
        db_session.refresh(participant, with_for_update={"key_share": True})
        referral = find_referral(db_session, participant, period)
        action = "update" if referral else "create"
        if referral is None:
            referral = Referral(participant_id=participant.id, period_id=period.id)
            db_session.add(referral)
        else:
            db_session.refresh(referral)
        state(referral, facts)
        audits.record(db_session, account, action, referral)
        refresh_status(db_session, participant.id, period.id)
    return referral


def close_referral(db_session: DbSession, account: Account, referral: Referral) -> None:
    """Plan nothing more for the participant in this period; places held stay."""
    _set_closed(db_session, account, referral, is_closed=True)


def reopen_referral(db_session: DbSession, account: Account, referral: Referral) -> None:
    """Take the participant into the plans of the period again."""
    _set_closed(db_session, account, referral, is_closed=False)


def state(referral: Referral, facts: ReferralFacts) -> None:
    """Set the attributes of a referral, saved or not; what is the same stays untouched."""
    referral.max_groups = facts.max_groups
    referral.max_travel_minutes = facts.max_travel_minutes
    referral.max_minutes_per_week = facts.max_minutes_per_week
    referral.is_always_available = facts.spans is None
    referral.needs = list(facts.needs)
    referral.coach_skills = list(facts.coach_skills)
    if facts.weight is not None:
        referral.weight = facts.weight
    if [(wish.measure_id, wish.group_id) for wish in referral.wishes] != list(facts.wishes):
        referral.wishes = [
            Wish(rank=rank, measure_id=measure_id, group_id=group_id)
            for rank, (measure_id, group_id) in enumerate(facts.wishes, start=1)
        ]
    spans = list(facts.spans or ())
    if [(row.weekday, row.start_minute, row.end_minute) for row in referral.windows] != spans:
        referral.windows = [
            AvailabilityWindow(weekday=weekday, start_minute=start, end_minute=end)
            for weekday, start, end in spans
        ]
    if [(row.from_on, row.until_on) for row in referral.absences] != list(facts.absences):
        referral.absences = [
            Absence(from_on=from_on, until_on=until_on) for from_on, until_on in facts.absences
        ]


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
    referral.status = _derived(db_session, referral)
    db_session.flush()


def _derived(db_session: DbSession, referral: Referral) -> ReferralStatus:
    statuses = set(
        db_session.scalars(
            select(Enrolment.status)
            .join(Group)
            .where(
                Enrolment.participant_id == referral.participant_id,
                Group.period_id == referral.period_id,
            )
        )
    )
    if EnrolmentStatus.PROPOSED in statuses:
        return ReferralStatus.PROPOSED
    if statuses & (PLACED | {EnrolmentStatus.FINISHED}):
        return ReferralStatus.PLACED
    wished = select(Wish.id).where(Wish.referral_id == referral.id).limit(1)
    if EnrolmentStatus.WAITING in statuses or db_session.scalar(wished) is not None:
        return ReferralStatus.WAITING
    return ReferralStatus.TO_REFER


def _set_closed(
    db_session: DbSession, account: Account, referral: Referral, *, is_closed: bool
) -> None:
    if not can_edit_participant(account, referral.participant):
        raise NotAllowedError(account.id, referral)
    with transaction(db_session):
        referral.status = ReferralStatus.CLOSED if is_closed else _derived(db_session, referral)
        audits.record(db_session, account, "close" if is_closed else "reopen", referral)
