"""Groups: published by a partner, changed, called off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select

from webapp.models import (
    PLACED,
    Account,
    Enrolment,
    EnrolmentStatus,
    Group,
    GroupState,
    Measure,
    Period,
    Tag,
    Venue,
)
from webapp.services import audits, places, referrals, slots
from webapp.services.enrolments import OPEN
from webapp.services.recurrences import Occurrence
from webapp.services.transactions import DbSession, transaction


class CapacityUnderTakenError(Exception):
    """More people hold a place than the group would have places."""

    def __init__(self, group_id: int, taken: int) -> None:
        self.group_id = group_id
        self.taken = taken
        super().__init__(f"group {group_id} has {taken} people")


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """What a partner states about a group; ``visit_minutes`` a week where a coach comes."""

    measure: Measure
    name: str
    venue: Venue | None
    capacity: int
    min_size: int
    requirements: tuple[Tag, ...] = ()
    offers: tuple[Tag, ...] = ()
    visit_minutes: int | None = None
    coaching_skills: tuple[Tag, ...] = ()


def add_group(
    db_session: DbSession,
    account: Account,
    period: Period,
    facts: GroupFacts,
    occurrences: Iterable[Occurrence],
    state: GroupState,
) -> Group:
    """Publish a group of the account's partner, or keep it as a draft; raise DatesError."""
    assert account.partner_id is not None
    occurrences = tuple(occurrences)
    slots.check(period, occurrences)
    with transaction(db_session):
        group = Group(period=period, partner_id=account.partner_id, state=state)
        _state(group, facts)
        group.slots = slots.make_slots(period, occurrences)
        db_session.add(group)
        action = "publish" if state == GroupState.PUBLISHED else "draft"
        audits.record(db_session, account, action, group, num_slots=len(group.slots))
    return group


def edit_group(db_session: DbSession, account: Account, group: Group, facts: GroupFacts) -> None:
    """Change what is stated about a group; raise CapacityUnderTakenError, GroupCancelledError.

    The measure of a published group stays, and the coaching once somebody has a place: wishes and
    visits rest on them.
    """
    with transaction(db_session):
        slots.hold_group(db_session, account, group)
        if facts.capacity < group.taken:
            raise CapacityUnderTakenError(group.id, group.taken)
        if group.state != GroupState.DRAFT:
            facts = replace(facts, measure=group.measure)
        if group.taken:
            facts = replace(
                facts,
                visit_minutes=group.visit_minutes,
                coaching_skills=tuple(group.coaching_skills),
            )
        _state(group, facts)
        audits.record(db_session, account, "edit", group)


def publish_draft(db_session: DbSession, account: Account, group: Group) -> None:
    """Publish a draft; raise DatesError when a session of it cannot stand, GroupCancelledError."""
    with transaction(db_session):
        slots.hold_group(db_session, account, group)
        slots.check(group.period, [slots.occurrence_of(slot) for slot in group.slots])
        group.state = GroupState.PUBLISHED
        audits.record(db_session, account, "publish", group, num_slots=len(group.slots))


def _state(group: Group, facts: GroupFacts) -> None:
    group.measure = facts.measure
    group.name = facts.name
    group.venue = facts.venue
    group.capacity = facts.capacity
    group.min_size = facts.min_size
    group.requirements = list(facts.requirements)
    group.offers = list(facts.offers)
    group.visit_minutes = facts.visit_minutes
    group.coaching_skills = list(facts.coaching_skills)


def cancel_group(db_session: DbSession, account: Account, group: Group, reason: str) -> int:
    """Call a group off: enrolments not yet over are cancelled, their places freed.

    Return how many people had a place. Raise GroupCancelledError when it was called off before.
    """
    with transaction(db_session):
        slots.hold_group(db_session, account, group)
        enrolments = _open_enrolments(db_session, group)
        num_placed = sum(enrolment.status in PLACED for enrolment in enrolments)
        for enrolment in enrolments:
            if enrolment.status in PLACED:
                places.free(db_session, group.id)
            enrolment.status = EnrolmentStatus.CANCELLED
        db_session.refresh(group)
        group.state, group.cancelled_because = GroupState.CANCELLED, reason
        for participant_id in sorted(enrolment.participant_id for enrolment in enrolments):
            referrals.refresh_status(db_session, participant_id, group.period_id)
        for enrolment in enrolments:
            audits.record(db_session, account, "cancel", enrolment, group_id=group.id)
        audits.record(db_session, account, "cancel", group, num_enrolments=len(enrolments))
    return num_placed


def _open_enrolments(db_session: DbSession, group: Group) -> list[Enrolment]:
    """Hold the enrolments of a group that are not over: proposed, waiting, or with a place."""
    return list(
        db_session.scalars(
            select(Enrolment)
            .where(Enrolment.group_id == group.id, Enrolment.status.in_(OPEN))
            .order_by(Enrolment.id)
            .with_for_update()
            .execution_options(populate_existing=True)  # as they stand once they are held
        )
    )
