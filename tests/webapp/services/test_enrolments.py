import itertools

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from tests import factories as make
from tests.worlds import World
from webapp.extensions import db
from webapp.models import (
    PLACED,
    AuditEntry,
    DeclineReason,
    Enrolment,
    EnrolmentStatus,
    GroupState,
    ReferralStatus,
    Role,
    Wish,
)
from webapp.permissions import NotAllowedError
from webapp.services import enrolments
from webapp.services.places import GroupFullError


def taken(db_session, group):
    db_session.refresh(group)
    return group.taken


def actions(db_session, enrolment):
    entries = select(AuditEntry.action).where(
        AuditEntry.noun == "enrolment", AuditEntry.noun_id == enrolment.id
    )
    return db_session.scalars(entries.order_by(AuditEntry.id)).all()


def test_an_accepted_proposal_takes_a_place_and_is_on_record(db_session, world: World):
    here = world.here
    enrolments.accept_proposal(db_session, here.bea, here.proposed)
    assert here.proposed.status == EnrolmentStatus.CONFIRMED
    assert here.proposed.answered_by_id == here.bea.id
    assert taken(db_session, here.group) == 2
    assert here.other_referral.status == ReferralStatus.PLACED
    assert actions(db_session, here.proposed) == ["accept"]


def test_the_last_place_gone_leaves_the_person_waiting(db_session, world: World):
    here = world.here
    here.group.capacity = here.group.taken
    db_session.commit()
    with pytest.raises(GroupFullError):
        enrolments.accept_proposal(db_session, here.bea, here.proposed)
    assert here.proposed.status == EnrolmentStatus.WAITING
    assert here.other_referral.status == ReferralStatus.WAITING
    assert taken(db_session, here.group) == here.group.capacity
    assert actions(db_session, here.proposed) == ["wait"]


def test_a_late_answer_counts_while_a_place_is_left(db_session, world: World):
    here = world.here
    here.proposed.answer_by = here.proposed.proposed_at
    db_session.commit()
    enrolments.accept_proposal(db_session, here.bea, here.proposed)
    assert here.proposed.status == EnrolmentStatus.CONFIRMED


def test_a_second_answer_changes_nothing(db_session, world: World):
    here = world.here
    enrolments.accept_proposal(db_session, here.bea, here.proposed)
    with pytest.raises(enrolments.NotOpenError):
        enrolments.accept_proposal(db_session, here.bea, here.proposed)
    with pytest.raises(enrolments.NotOpenError):
        enrolments.decline_proposal(db_session, here.bea, here.proposed, DeclineReason.UNREACHABLE)
    assert here.proposed.status == EnrolmentStatus.CONFIRMED
    assert taken(db_session, here.group) == 2


def test_a_cancelled_group_takes_nobody(db_session, world: World):
    here = world.here
    here.group.state = GroupState.CANCELLED
    db_session.commit()
    with pytest.raises(enrolments.GroupNotOpenError):
        enrolments.accept_proposal(db_session, here.bea, here.proposed)
    assert here.proposed.status == EnrolmentStatus.PROPOSED
    assert taken(db_session, here.group) == 1


def test_a_declined_proposal_keeps_its_reason_and_takes_no_place(db_session, world: World):
    here = world.here
    enrolments.decline_proposal(db_session, here.bea, here.proposed, DeclineReason.NOT_MOBILE)
    assert here.proposed.status == EnrolmentStatus.DECLINED
    assert here.proposed.decline_reason == DeclineReason.NOT_MOBILE
    assert taken(db_session, here.group) == 1
    assert here.other_referral.status == ReferralStatus.WAITING
    assert actions(db_session, here.proposed) == ["decline"]


@pytest.mark.parametrize("actor", ["bob", "alice", "charlie", "dora", "emil"])
def test_only_the_own_worker_answers(db_session, world: World, actor):
    account = getattr(world.here, actor)
    with pytest.raises(NotAllowedError):
        enrolments.accept_proposal(db_session, account, world.here.proposed)
    with pytest.raises(NotAllowedError):
        enrolments.decline_proposal(db_session, account, world.here.proposed, DeclineReason.OTHER)
    assert world.here.proposed.status == EnrolmentStatus.PROPOSED


def test_a_coordinator_enrols_at_once_even_after_a_no(db_session, world: World):
    here = world.here
    enrolments.decline_proposal(db_session, here.bea, here.proposed, DeclineReason.UNREACHABLE)
    enrolment = enrolments.enrol(db_session, here.alice, here.other_participant, here.group)
    assert enrolment is here.proposed
    assert (enrolment.status, enrolment.decline_reason) == (EnrolmentStatus.CONFIRMED, None)
    assert taken(db_session, here.group) == 2
    with pytest.raises(enrolments.AlreadyEnrolledError):
        enrolments.enrol(db_session, here.alice, here.other_participant, here.group)
    assert taken(db_session, here.group) == 2


def test_a_coordinator_of_elsewhere_enrols_nobody_here(db_session, world: World):
    here = world.here
    for account in (world.there.alice, here.bea, here.charlie):
        with pytest.raises(NotAllowedError):
            enrolments.enrol(db_session, account, here.other_participant, here.placement)


def test_a_place_given_back_before_the_first_slot_is_cancelled(db_session, world: World):
    here = world.here
    with time_machine.travel("2027-01-05T08:00:00Z", tick=False):
        enrolments.withdraw_enrolment(db_session, here.bob, here.confirmed)
    assert here.confirmed.status == EnrolmentStatus.CANCELLED
    assert taken(db_session, here.group) == 0


def test_a_place_given_back_later_is_interrupted(db_session, world: World):
    here = world.here
    with time_machine.travel("2027-01-20T08:00:00Z", tick=False):
        enrolments.withdraw_enrolment(db_session, here.alice, here.confirmed)
    assert here.confirmed.status == EnrolmentStatus.INTERRUPTED
    assert taken(db_session, here.group) == 0
    assert here.referral.status == ReferralStatus.PLACED  # in the placement, still
    with pytest.raises(enrolments.NotOpenError):
        enrolments.withdraw_enrolment(db_session, here.alice, here.confirmed)
    assert taken(db_session, here.group) == 0


def test_a_stranger_gives_no_place_back(db_session, world: World):
    for account in (world.here.bea, world.here.charlie, world.there.alice):
        with pytest.raises(NotAllowedError):
            enrolments.withdraw_enrolment(db_session, account, world.here.confirmed)


def contents(db_session):
    """Every row of every table, in a stable order."""
    return {
        table.name: sorted(map(repr, db_session.execute(select(table)).all()))
        for table in db.metadata.sorted_tables
    }


def answers(here):
    return {
        "accept": lambda s: enrolments.accept_proposal(s, here.bea, here.proposed),
        "decline": lambda s: enrolments.decline_proposal(
            s, here.bea, here.proposed, DeclineReason.OTHER
        ),
        "enrol": lambda s: enrolments.enrol(s, here.alice, here.other_participant, here.placement),
        "withdraw": lambda s: enrolments.withdraw_enrolment(s, here.bob, here.confirmed),
    }


class FaultError(Exception):
    pass


@pytest.mark.parametrize("verb", ["accept", "decline", "enrol", "withdraw"])
def test_a_fault_at_any_write_or_commit_leaves_nothing_half_done(
    db_session, connection, world: World, verb
):
    before = contents(db_session)
    num_faults = 0
    for when in itertools.count(1):
        writes = itertools.count(1)

        def fail(when=when, writes=writes):
            if next(writes) == when:
                raise FaultError

        def on_statement(_connection, _cursor, statement, *_rest, fail=fail):
            if statement.startswith(("INSERT", "UPDATE", "DELETE")):
                fail()

        def on_commit(_session, fail=fail):
            fail()

        event.listen(connection, "before_cursor_execute", on_statement)
        event.listen(db_session, "before_commit", on_commit)
        try:
            answers(world.here)[verb](db_session)
        except FaultError:
            num_faults += 1
        else:
            break
        finally:
            event.remove(connection, "before_cursor_execute", on_statement)
            event.remove(db_session, "before_commit", on_commit)
        assert contents(db_session) == before
    assert num_faults >= 3  # the enrolment, its audit entry, the commit
    assert contents(db_session) != before


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["propose", "accept", "decline", "enrol", "withdraw"]),
            st.integers(0, 3),
        ),
        max_size=25,
    )
)
def test_taken_always_equals_the_places_held_and_never_passes_capacity(connection, steps):
    outer = connection.begin_nested()
    with Session(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    ) as db_session:
        territory = make.make_territory(db_session)
        period = make.make_period(db_session, territory)
        alice = make.make_account(db_session, Role.COORDINATOR, territory)
        bob = make.make_account(db_session, Role.WORKER, territory)
        measure = make.make_measure(db_session, territory)
        venue = make.make_venue(db_session, make.make_partner(db_session, territory))
        group = make.make_group(db_session, period, measure, venue, capacity=2)
        people = [make.make_participant(db_session, bob) for _ in range(4)]
        for person in people:
            wishes = [Wish(rank=1, measure=measure)]
            make.make_referral(db_session, person, period, wishes=wishes)
        rows: dict[int, Enrolment] = {}
        db_session.commit()
        for verb, index in steps:
            row = rows.get(index)
            try:
                if verb == "enrol":
                    rows[index] = enrolments.enrol(db_session, alice, people[index], group)
                elif verb == "propose":
                    if row is None:
                        rows[index] = make.make_enrolment(db_session, people[index], group)
                        db_session.commit()
                elif row is None:
                    continue
                elif verb == "accept":
                    enrolments.accept_proposal(db_session, bob, row)
                elif verb == "decline":
                    enrolments.decline_proposal(db_session, bob, row, DeclineReason.OTHER)
                else:
                    enrolments.withdraw_enrolment(db_session, bob, row)
            except (
                GroupFullError,
                enrolments.NotOpenError,
                enrolments.AlreadyEnrolledError,
            ):
                pass  # a refusal must change nothing that the invariants speak of
            held = db_session.scalar(
                select(func.count()).where(
                    Enrolment.group_id == group.id, Enrolment.status.in_(PLACED)
                )
            )
            assert held <= group.capacity
            assert taken(db_session, group) == held
        assert db_session.scalar(text("SELECT count(*) FROM enrolment")) == len(rows)
    outer.rollback()
