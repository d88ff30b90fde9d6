from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from tests import factories as make
from tests.worlds import Land, World
from webapp.models import (
    AuditEntry,
    EnrolmentStatus,
    Group,
    GroupState,
    Referral,
    ReferralStatus,
    TagKind,
)
from webapp.services import groups, slots
from webapp.services.groups import CapacityUnderTakenError, GroupFacts
from webapp.services.recurrences import DatesError, on_date
from webapp.services.slots import GroupCancelledError

TUESDAYS = [
    on_date(date(2027, 3, 16) + timedelta(days=7 * n), time(14), time(16)) for n in range(3)
]


def facts(land: Land, **changes) -> GroupFacts:
    values = {
        "measure": land.measure,
        "name": "Peinture",
        "venue": land.group.venue,
        "capacity": 8,
        "min_size": 4,
    }
    return GroupFacts(**(values | changes))


def audited(db_session, row) -> list[tuple[str, int]]:
    return [
        tuple(entry)
        for entry in db_session.execute(
            select(AuditEntry.action, AuditEntry.account_id)
            .where(AuditEntry.noun == type(row).__name__.lower(), AuditEntry.noun_id == row.id)
            .order_by(AuditEntry.id)
        )
    ]


def test_a_group_is_published_with_its_sessions_across_the_change_of_clocks(
    db_session, world: World
):
    here = world.here
    group = groups.add_group(
        db_session, here.charlie, here.period, facts(here), TUESDAYS, GroupState.PUBLISHED
    )
    db_session.expire_all()
    assert (group.partner, group.state, group.taken) == (here.partner, GroupState.PUBLISHED, 0)
    assert [slot.local_start.time() for slot in group.slots] == [time(14)] * 3
    assert [slot.starts_at for slot in group.slots] == [
        datetime(2027, 3, 16, 13, tzinfo=UTC),
        datetime(2027, 3, 23, 13, tzinfo=UTC),
        datetime(2027, 3, 30, 12, tzinfo=UTC),
    ]
    assert {slot.timezone for slot in group.slots} == {"Europe/Zurich"}
    assert audited(db_session, group) == [("publish", here.charlie.id)]


def test_dates_that_cannot_stand_leave_nothing_behind(db_session, world: World):
    here = world.here
    before = db_session.scalars(select(Group.id)).all()
    with pytest.raises(DatesError):
        groups.add_group(
            db_session,
            here.charlie,
            here.period,
            facts(here),
            [*TUESDAYS, TUESDAYS[0]],
            GroupState.PUBLISHED,
        )
    assert db_session.scalars(select(Group.id)).all() == before


def test_a_group_never_gets_fewer_places_than_people(db_session, world: World):
    here = world.here
    with pytest.raises(CapacityUnderTakenError) as caught:
        groups.edit_group(db_session, here.charlie, here.group, facts(here, capacity=0, min_size=0))
    assert caught.value.taken == 1
    groups.edit_group(db_session, here.charlie, here.group, facts(here, capacity=1, min_size=1))
    db_session.expire_all()
    assert (here.group.capacity, here.group.taken) == (1, 1)
    assert audited(db_session, here.group) == [("edit", here.charlie.id)]


def test_the_coaching_of_people_in_a_placement_stays(db_session, world: World):
    here = world.here
    groups.edit_group(db_session, here.chloe, here.placement, facts(here, capacity=2, min_size=0))
    db_session.expire_all()
    assert here.placement.visit_minutes == 60
    assert here.placement.measure != here.measure


def test_tags_are_stated_and_taken_back(db_session, world: World):
    here = world.here
    need = make.make_tag(db_session, TagKind.NEED)
    groups.edit_group(db_session, here.charlie, here.group, facts(here, offers=(need,)))
    assert here.group.offers == [need]
    groups.edit_group(db_session, here.charlie, here.group, facts(here))
    db_session.expire_all()
    assert here.group.offers == []


def test_a_draft_is_published_once_its_dates_can_stand(db_session, world: World):
    here = world.here
    group = groups.add_group(
        db_session, here.charlie, here.period, facts(here), TUESDAYS, GroupState.DRAFT
    )
    group.slots[0].starts_at = group.slots[0].starts_at - timedelta(days=400)
    group.slots[0].local_start -= timedelta(days=400)
    group.slots[0].local_end -= timedelta(days=400)
    db_session.commit()
    with pytest.raises(DatesError):
        groups.publish_draft(db_session, here.charlie, group)
    slots.cancel_slot(db_session, here.charlie, group.slots[0], "")
    groups.publish_draft(db_session, here.charlie, group)
    db_session.expire_all()
    assert (group.state, len(group.slots)) == (GroupState.PUBLISHED, 2)


def test_a_group_called_off_frees_its_places_and_its_people(db_session, world: World):
    here = world.here
    waiting = make.make_participant(db_session, here.bob)
    make.make_enrolment(db_session, waiting, here.group, status=EnrolmentStatus.WAITING)
    sequence = here.confirmed.sequence
    num = groups.cancel_group(db_session, here.charlie, here.group, "Salle fermée")
    db_session.expire_all()
    assert num == 1
    assert (here.group.state, here.group.taken) == (GroupState.CANCELLED, 0)
    assert here.group.cancelled_because == "Salle fermée"
    assert here.confirmed.status == here.proposed.status == EnrolmentStatus.CANCELLED
    assert here.confirmed.sequence == sequence + 1
    assert here.other_referral.status == ReferralStatus.WAITING
    assert db_session.get(Referral, here.referral.id).status == ReferralStatus.PLACED  # elsewhere
    assert audited(db_session, here.confirmed) == [("cancel", here.charlie.id)]
    assert audited(db_session, here.group) == [("cancel", here.charlie.id)]


def test_nothing_changes_any_more_in_a_group_called_off(db_session, world: World):
    here = world.here
    groups.cancel_group(db_session, here.charlie, here.group, "Salle fermée")
    slot = here.group.slots[0]
    for change in (
        lambda: groups.cancel_group(db_session, here.charlie, here.group, "Encore"),
        lambda: groups.edit_group(db_session, here.charlie, here.group, facts(here)),
        lambda: groups.publish_draft(db_session, here.charlie, here.group),
        lambda: slots.add_slots(db_session, here.charlie, here.group, TUESDAYS),
        lambda: slots.move_slot(db_session, here.charlie, slot, TUESDAYS[0]),
        lambda: slots.cancel_slot(db_session, here.charlie, slot, "Encore"),
        lambda: slots.restore_slot(db_session, here.charlie, slot),
    ):
        with pytest.raises(GroupCancelledError):
            change()
