"""The dated sessions of a group: added, moved, skipped."""

from __future__ import annotations

from collections.abc import Iterable

from webapp import clock
from webapp.models import Account, Group, GroupState, Period, Slot
from webapp.permissions import NotAllowedError, can_edit_group
from webapp.services import audits, recurrences
from webapp.services.recurrences import Fault, Occurrence, Span
from webapp.services.transactions import DbSession, transaction


class GroupCancelledError(Exception):
    """Nothing changes any more in a cancelled group."""

    def __init__(self, group_id: int) -> None:
        self.group_id = group_id
        super().__init__(f"group {group_id} is cancelled")


def span_of(period: Period) -> Span:
    """Return the dates of a period."""
    return Span(period.starts_on, period.ends_on)


def find_faults(
    period: Period, occurrences: Iterable[Occurrence], existing: Iterable[Slot] = ()
) -> list[Fault]:
    """Return all that is wrong with new sessions beside the ``existing`` ones of their group."""
    return recurrences.find_faults(
        occurrences,
        span_of(period),
        period.territory.timezone,
        clock.now(),
        (occurrence_of(slot) for slot in existing if slot.cancelled_because is None),
    )


def check(period: Period, occurrences: Iterable[Occurrence], existing: Iterable[Slot] = ()) -> None:
    """Raise DatesError with everything that ``find_faults`` finds."""
    faults = find_faults(period, occurrences, existing)
    if faults:
        raise recurrences.DatesError(faults)


def occurrence_of(slot: Slot) -> Occurrence:
    """Return the wall time of a slot."""
    return Occurrence(slot.local_start, slot.local_end)


def make_slots(period: Period, occurrences: Iterable[Occurrence]) -> list[Slot]:
    """Return new slots at these wall times of the period's zone."""
    return [_set_time(Slot(), one, period.territory.timezone) for one in sorted(occurrences)]


def add_slots(
    db_session: DbSession, account: Account, group: Group, occurrences: Iterable[Occurrence]
) -> list[Slot]:
    """Add sessions to a group; raise DatesError, GroupCancelledError."""
    occurrences = tuple(occurrences)
    with transaction(db_session):
        hold_group(db_session, account, group)
        check(group.period, occurrences, group.slots)
        slots = make_slots(group.period, occurrences)
        group.slots += slots
        audits.record(db_session, account, "add_slots", group, num_slots=len(slots))
    return slots


def move_slot(db_session: DbSession, account: Account, slot: Slot, to: Occurrence) -> None:
    """Give a session another date or time; one that was skipped takes place again.

    Raise DatesError, GroupCancelledError.
    """
    with transaction(db_session):
        hold_group(db_session, account, slot.group)
        others = [other for other in slot.group.slots if other is not slot]
        check(slot.group.period, [to], others)
        _set_time(slot, to, slot.timezone)
        slot.cancelled_because = None
        audits.record(db_session, account, "move", slot, group_id=slot.group_id)


def cancel_slot(db_session: DbSession, account: Account, slot: Slot, reason: str) -> None:
    """Skip one session, said with its reason; of a draft, which nobody knows, it just goes.

    Raise GroupCancelledError.
    """
    with transaction(db_session):
        hold_group(db_session, account, slot.group)
        audits.record(db_session, account, "cancel", slot, group_id=slot.group_id)
        if slot.group.state == GroupState.DRAFT:
            slot.group.slots.remove(slot)
        else:
            slot.cancelled_because = reason


def restore_slot(db_session: DbSession, account: Account, slot: Slot) -> None:
    """Let a skipped session take place after all; raise DatesError, GroupCancelledError."""
    with transaction(db_session):
        hold_group(db_session, account, slot.group)
        others = [other for other in slot.group.slots if other is not slot]
        check(slot.group.period, [occurrence_of(slot)], others)
        slot.cancelled_because = None
        audits.record(db_session, account, "restore", slot, group_id=slot.group_id)


def hold_group(db_session: DbSession, account: Account, group: Group) -> None:
    """Hold the group as it stands now until the transaction ends: two never change it at once.

    Raise NotAllowedError, or GroupCancelledError.
    """
    if not can_edit_group(account, group):
        raise NotAllowedError(account.id, group)
    db_session.refresh(group, with_for_update={"key_share": True})
    if group.state == GroupState.CANCELLED:
        raise GroupCancelledError(group.id)


def _set_time(slot: Slot, occurrence: Occurrence, timezone: str) -> Slot:
    slot.local_start, slot.local_end = occurrence.start, occurrence.end
    slot.timezone = timezone
    slot.starts_at, slot.ends_at = recurrences.moments(occurrence, timezone)
    return slot
