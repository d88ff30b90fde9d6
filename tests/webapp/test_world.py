from tests.worlds import World
from webapp.models import Enrolment, Participant
from webapp.permissions import scoped


def test_worker_sees_own_participants_only(db_session, world: World):
    seen = db_session.scalars(scoped(world.here.bob, Participant)).all()
    assert seen == [world.here.participant]


def test_partner_does_not_see_a_proposal_before_it_is_accepted(db_session, world: World):
    seen = db_session.scalars(scoped(world.here.charlie, Enrolment)).all()
    assert seen == [world.here.confirmed]


def test_coordinator_sees_the_own_territory_only(db_session, world: World):
    seen = db_session.scalars(scoped(world.here.alice, Participant)).all()
    assert set(seen) == {world.here.participant, world.here.other_participant}
