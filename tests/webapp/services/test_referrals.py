import pytest
from sqlalchemy import select

from tests import factories as make
from tests.worlds import World
from webapp.models import AuditEntry, EnrolmentStatus, Referral, ReferralStatus, Wish
from webapp.permissions import NotAllowedError
from webapp.planning.fits import find_fits
from webapp.services import offers, referrals
from webapp.services.referrals import ReferralFacts


@pytest.mark.parametrize(
    ("statuses", "wishes", "expected"),
    [
        ([], False, ReferralStatus.TO_REFER),
        ([], True, ReferralStatus.WAITING),
        (["proposed", "ongoing"], True, ReferralStatus.PROPOSED),
        (["confirmed", "waiting"], True, ReferralStatus.PLACED),
        (["finished"], True, ReferralStatus.PLACED),
        (["waiting", "declined"], False, ReferralStatus.WAITING),
        (["declined", "interrupted"], True, ReferralStatus.WAITING),
        (["cancelled"], False, ReferralStatus.TO_REFER),
    ],
)
def test_a_referral_stands_where_its_enrolments_stand(
    db_session, world: World, statuses, wishes, expected
):
    here = world.here
    person = make.make_participant(db_session, here.bob)
    wished = [Wish(rank=1, measure=here.measure)] if wishes else []
    referral = make.make_referral(db_session, person, here.period, wishes=wished)
    for code, group in zip(statuses, (here.group, here.placement), strict=False):
        reason = "other" if code == "declined" else None
        make.make_enrolment(
            db_session, person, group, status=EnrolmentStatus(code), decline_reason=reason
        )
    referrals.refresh_status(db_session, person.id, here.period.id)
    assert referral.status == expected


def test_a_closed_referral_stays_closed(db_session, world: World):
    here = world.here
    referrals.close_referral(db_session, here.bob, here.referral)
    referrals.refresh_status(db_session, here.participant.id, here.period.id)
    assert here.referral.status == ReferralStatus.CLOSED
    referrals.reopen_referral(db_session, here.bob, here.referral)
    assert here.referral.status == ReferralStatus.PLACED


def test_another_period_does_not_count(db_session, world: World):
    here = world.here
    later = make.make_period(db_session, here.territory, name="Été 2027")
    referral = make.make_referral(db_session, here.participant, later)
    referrals.refresh_status(db_session, here.participant.id, later.id)
    assert referral.status == ReferralStatus.TO_REFER


def test_strangers_write_nothing_down(db_session, world: World):
    here = world.here
    facts = ReferralFacts(wishes=())
    for account in (here.bea, here.charlie, here.dora, world.there.alice):
        with pytest.raises(NotAllowedError):
            referrals.save_referral(db_session, account, here.participant, here.period, facts)
        with pytest.raises(NotAllowedError):
            referrals.close_referral(db_session, account, here.referral)
    with pytest.raises(NotAllowedError):
        referrals.save_referral(
            db_session, here.bob, here.participant, here.period, ReferralFacts((), weight=9)
        )


def test_each_change_is_on_record(db_session, world: World):
    here = world.here
    person = make.make_participant(db_session, here.bob)
    facts = ReferralFacts(wishes=((here.measure.id, None),))
    referral = referrals.save_referral(db_session, here.bob, person, here.period, facts)
    referrals.save_referral(db_session, here.alice, person, here.period, facts)
    referrals.close_referral(db_session, here.bob, referral)
    referrals.reopen_referral(db_session, here.bob, referral)
    entries = select(AuditEntry.action).where(
        AuditEntry.noun == "referral", AuditEntry.noun_id == referral.id
    )
    actions = db_session.scalars(entries.order_by(AuditEntry.id)).all()
    assert actions == ["create", "update", "close", "reopen"]
    assert referral.status == ReferralStatus.WAITING


def test_a_fit_has_the_figures_of_the_rules(db_session, world: World):
    here = world.here
    referral = here.referral
    here.participant.lat, here.participant.lon = 46.2, 6.2
    referral.max_travel_minutes = 10
    referral.is_always_available = False
    referral.windows = [make.make_window(1, 840, 960)]
    referral.absences = []
    fits = find_fits(here.period, [referral], [here.group, here.placement])
    group, placement = (fits[here.participant.id, g.id] for g in (here.group, here.placement))
    assert (group.rank, placement.rank) == (1, None)
    assert (group.num_attendable, group.num_slots, group.num_needed) == (3, 3, 3)
    assert (placement.num_attendable, placement.is_often_absent) == (0, True)
    assert (group.travel_minutes, group.is_too_far) == (19, True)
    assert not group.is_possible


def test_near_groups_have_places_suit_the_person_and_are_new_to_them(db_session, world: World):
    here = world.here
    venue = here.group.venue
    near = make.make_group(db_session, here.period, here.measure, venue)
    make.make_slot(db_session, near, here.group.slots[0].local_start)
    full = make.make_group(db_session, here.period, here.measure, venue, capacity=1, taken=1)
    draft = make.make_group(db_session, here.period, here.measure, venue, state="draft")
    unmet = make.make_tag(db_session, "need")
    db_session.commit()
    found = offers.near_groups(db_session, here.bea, here.proposed)
    groups = [each.group for each in found]
    assert groups == [near]
    assert full not in groups
    assert draft not in groups
    here.other_referral.needs = [unmet]
    db_session.commit()
    assert offers.near_groups(db_session, here.bea, here.proposed) == []


def test_the_same_wishes_in_the_same_order_stay_the_same_rows(db_session, world: World):
    here = world.here
    before = [wish.id for wish in here.referral.wishes]
    facts = ReferralFacts(wishes=((here.measure.id, None),))
    referrals.save_referral(db_session, here.bob, here.participant, here.period, facts)
    again = db_session.get_one(Referral, here.referral.id)
    assert [wish.id for wish in again.wishes] == before
