"""A participant gets a place in a group, declines it, or gives it back."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from webapp import clock
from webapp.models import (
    PLACED,
    Account,
    Coach,
    DeclineReason,
    Enrolment,
    EnrolmentStatus,
    Group,
    GroupState,
    Participant,
    Slot,
)
from webapp.permissions import NotAllowedError, can_answer_enrolment, can_settle_participant
from webapp.services import audits, places, referrals
from webapp.services.places import GroupFullError
from webapp.services.transactions import DbSession, transaction

OPEN = frozenset({EnrolmentStatus.PROPOSED, EnrolmentStatus.WAITING}) | PLACED


class NotOpenError(Exception):
    """The enrolment has moved on: another answer was quicker, or nothing is left to give back."""

    def __init__(self, enrolment_id: int, status: EnrolmentStatus) -> None:
        self.enrolment_id = enrolment_id
        self.status = status
        super().__init__(f"enrolment {enrolment_id} is {status}")


class AlreadyEnrolledError(Exception):
    """The participant is in the group already, or was until it ended."""

    def __init__(self, participant_id: int, group_id: int) -> None:
        self.participant_id = participant_id
        self.group_id = group_id
        super().__init__(f"participant {participant_id} is in group {group_id}")


class GroupNotOpenError(Exception):
    """Nobody can be enrolled in a draft or a cancelled group."""

    def __init__(self, group_id: int) -> None:
        self.group_id = group_id
        super().__init__(f"group {group_id} is not published")


def accept_proposal(db_session: DbSession, account: Account, enrolment: Enrolment) -> None:
    """Turn a proposal into a place; a late answer counts while a place is left.

    Raise GroupFullError when the last place has just gone: the enrolment then waits. Raise
    NotOpenError when it was answered already, GroupNotOpenError when the group was called off.
    """
    if not can_answer_enrolment(account, enrolment):
        raise NotAllowedError(account.id, enrolment)
    try:
        with transaction(db_session):
            places.take(db_session, [enrolment.group_id])
            _lock(db_session, enrolment, {EnrolmentStatus.PROPOSED})
            _require_published(db_session, enrolment.group_id)
            _answer(db_session, account, enrolment, EnrolmentStatus.CONFIRMED, "accept")
    except GroupFullError:
        with transaction(db_session):
            _lock(db_session, enrolment, {EnrolmentStatus.PROPOSED})
            _answer(db_session, account, enrolment, EnrolmentStatus.WAITING, "wait")
        raise


def decline_proposal(
    db_session: DbSession, account: Account, enrolment: Enrolment, reason: DeclineReason
) -> None:
    """Say no to a proposal; no next plan of the period makes it again. Raise NotOpenError."""
    if not can_answer_enrolment(account, enrolment):
        raise NotAllowedError(account.id, enrolment)
    with transaction(db_session):
        _lock(db_session, enrolment, {EnrolmentStatus.PROPOSED})
        enrolment.decline_reason = reason
        _answer(db_session, account, enrolment, EnrolmentStatus.DECLINED, "decline")


def enrol(
    db_session: DbSession,
    account: Account,
    participant: Participant,
    group: Group,
    coach: Coach | None = None,
    visit_weekday: int | None = None,
    visit_start_minute: int | None = None,
) -> Enrolment:
    """Give a place at once, without a proposal, and return the confirmed enrolment.

    What was proposed, waiting, declined or given back becomes confirmed in the same row. Raise
    GroupFullError, AlreadyEnrolledError or GroupNotOpenError.
    """
    if not can_settle_participant(account, participant):
        raise NotAllowedError(account.id, participant)
    try:
        with transaction(db_session):
            places.take(db_session, [group.id])
            _require_published(db_session, group.id)
            enrolment = _row(db_session, participant, group)
            enrolment.coach = coach
            enrolment.visit_weekday = visit_weekday
            enrolment.visit_start_minute = visit_start_minute
            enrolment.decline_reason = None
            _answer(db_session, account, enrolment, EnrolmentStatus.CONFIRMED, "enrol")
    except IntegrityError as error:
        raise AlreadyEnrolledError(participant.id, group.id) from error
    return enrolment


def withdraw_enrolment(db_session: DbSession, account: Account, enrolment: Enrolment) -> None:
    """Give the place back: cancelled before the group's first slot, interrupted from then on.

    Raise NotOpenError when there is nothing left to give back.
    """
    participant = enrolment.participant
    if not (
        can_answer_enrolment(account, enrolment) or can_settle_participant(account, participant)
    ):
        raise NotAllowedError(account.id, enrolment)
    with transaction(db_session):
        if enrolment.status in PLACED:
            # The group's row first, as in accept_proposal: two transactions never wait crosswise.
            places.free(db_session, enrolment.group_id)
            _lock(db_session, enrolment, PLACED)
        else:
            _lock(db_session, enrolment, OPEN - PLACED)
        was_placed = enrolment.status in PLACED
        has_begun = was_placed and _has_begun(db_session, enrolment.group_id)
        status = EnrolmentStatus.INTERRUPTED if has_begun else EnrolmentStatus.CANCELLED
        _answer(db_session, account, enrolment, status, "withdraw")


def _lock(
    db_session: DbSession,
    enrolment: Enrolment,
    statuses: frozenset[EnrolmentStatus] | set[EnrolmentStatus],
) -> None:
    """Hold the row as it stands now until the transaction ends. Raise NotOpenError."""
    db_session.refresh(enrolment, with_for_update=True)
    if enrolment.status not in statuses:
        raise NotOpenError(enrolment.id, enrolment.status)


def _require_published(db_session: DbSession, group_id: int) -> None:
    state = db_session.scalar(select(Group.state).where(Group.id == group_id))
    if state != GroupState.PUBLISHED:
        raise GroupNotOpenError(group_id)


def _row(db_session: DbSession, participant: Participant, group: Group) -> Enrolment:
    """Return the one enrolment of this participant in this group, locked, or a new one."""
    enrolment = db_session.scalar(
        select(Enrolment)
        .where(Enrolment.participant_id == participant.id, Enrolment.group_id == group.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if enrolment is None:
        enrolment = Enrolment(participant=participant, group=group)
        db_session.add(enrolment)
    elif enrolment.status in PLACED | {EnrolmentStatus.FINISHED}:
        raise AlreadyEnrolledError(participant.id, group.id)
    return enrolment


def _answer(
    db_session: DbSession,
    account: Account,
    enrolment: Enrolment,
    status: EnrolmentStatus,
    action: str,
) -> None:
    enrolment.status = status
    enrolment.answered_at = clock.now()
    enrolment.answered_by_id = account.id
    referrals.refresh_status(db_session, enrolment.participant_id, enrolment.group.period_id)
    audits.record(db_session, account, action, enrolment, group_id=enrolment.group.id)


def _has_begun(db_session: DbSession, group_id: int) -> bool:
    first = db_session.scalar(select(func.min(Slot.starts_at)).where(Slot.group_id == group_id))
    return first is not None and first <= clock.now()
