from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select

from tests.worlds import World
from webapp.models import AuditEntry, GroupState
from webapp.services import slots
from webapp.services.recurrences import DatesError, FaultKind, on_date

FREE = on_date(date(2027, 3, 30), time(10), time(12))
TAKEN = on_date(date(2027, 1, 12), time(15), time(17))  # the group meets from 14:00 to 16:00


def actions(db_session) -> list[str]:
    return list(db_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_sessions_are_added_to_a_published_group(db_session, world: World):
    here = world.here
    slots.add_slots(db_session, here.charlie, here.group, [FREE])
    db_session.expire_all()
    assert here.group.slots[-1].starts_at == datetime(2027, 3, 30, 8, tzinfo=UTC)
    assert actions(db_session) == ["add_slots"]


def test_a_session_is_never_added_over_another(db_session, world: World):
    here = world.here
    with pytest.raises(DatesError) as caught:
        slots.add_slots(db_session, here.charlie, here.group, [FREE, TAKEN])
    assert [fault.kind for fault in caught.value.faults] == [FaultKind.OVERLAP]
    db_session.expire_all()
    assert len(here.group.slots) == 3


def test_a_session_moves_with_its_moments_and_calendars_learn_it(db_session, world: World):
    here = world.here
    slot = here.group.slots[0]
    slots.move_slot(db_session, here.charlie, slot, FREE)
    db_session.expire_all()
    assert (slot.local_start, slot.local_end) == (FREE.start, FREE.end)
    assert slot.ends_at == datetime(2027, 3, 30, 10, tzinfo=UTC)
    assert slot.sequence == 1
    assert actions(db_session) == ["move"]


def test_a_session_may_move_within_its_own_time(db_session, world: World):
    here = world.here
    slots.move_slot(db_session, here.charlie, here.group.slots[0], TAKEN)
    assert here.group.slots[0].local_start == TAKEN.start


def test_a_session_never_moves_onto_another(db_session, world: World):
    here = world.here
    with pytest.raises(DatesError):
        slots.move_slot(db_session, here.charlie, here.group.slots[1], TAKEN)


def test_a_skipped_session_keeps_its_reason_and_may_take_place_after_all(db_session, world: World):
    here = world.here
    slot = here.group.slots[0]
    slots.cancel_slot(db_session, here.charlie, slot, "Salle fermée")
    db_session.expire_all()
    assert (slot.cancelled_because, slot.sequence) == ("Salle fermée", 1)
    slots.restore_slot(db_session, here.charlie, slot)
    db_session.expire_all()
    assert (slot.cancelled_because, slot.sequence) == (None, 2)
    assert actions(db_session) == ["cancel", "restore"]


def test_the_time_of_a_skipped_session_is_free_and_then_not_restored(db_session, world: World):
    here = world.here
    slot = here.group.slots[0]
    slots.cancel_slot(db_session, here.charlie, slot, "Salle fermée")
    slots.add_slots(db_session, here.charlie, here.group, [TAKEN])
    with pytest.raises(DatesError):
        slots.restore_slot(db_session, here.charlie, slot)


def test_a_session_of_a_draft_just_goes(db_session, world: World):
    here = world.here
    here.group.state = GroupState.DRAFT
    db_session.commit()
    slots.cancel_slot(db_session, here.charlie, here.group.slots[0], "")
    db_session.expire_all()
    assert len(here.group.slots) == 2
