"""Deciding on the lines of a plan, and publishing it."""

from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select

from tests import factories as make
from tests.worlds import Land, World
from webapp import clock, models
from webapp.models import (
    Ban,
    Decision,
    DeclineReason,
    Enrolment,
    EnrolmentStatus,
    GroupState,
    Pin,
    PlanState,
    Proposal,
    Referral,
    ReferralStatus,
)
from webapp.permissions import NotAllowedError
from webapp.services import plans


@pytest.fixture
def here(world: World) -> Land:
    return world.here


@pytest.fixture
def plan(db_session, here: Land):
    """A plan that proposes the placement to Bea's participant, with the coach."""
    plan = make.make_plan(db_session, here.period, here.territory, here.alice)
    make.make_proposal(
        db_session,
        plan,
        here.other_participant,
        here.placement,
        rank=2,
        coach=here.coach,
        visit_weekday=1,
        visit_start_minute=600,
    )
    db_session.commit()
    return plan


@pytest.fixture
def line(plan) -> Proposal:
    return plan.proposals[0]


def enrolment(db_session, person, group) -> Enrolment | None:
    return db_session.scalar(
        select(Enrolment).where(
            Enrolment.participant_id == person.id, Enrolment.group_id == group.id
        )
    )


def pairs(db_session, model, group) -> list[tuple[int, int]]:
    """What was said of people in a group, by the keys of both."""
    rows = db_session.scalars(select(model).where(model.group_id == group.id))
    return [(row.participant_id, row.group_id) for row in rows]


def test_pinned_line_is_a_pin_with_its_coach(db_session, here, line):
    plans.decide_proposal(db_session, here.alice, line, Decision.PINNED)
    (pin,) = db_session.scalars(select(Pin).where(Pin.group_id == line.group_id))
    assert (pin.participant_id, pin.group_id, pin.coach_id) == (
        line.participant_id,
        line.group_id,
        here.coach.id,
    )


def test_line_ruled_out_is_a_ban_and_no_longer_a_pin(db_session, here, line):
    plans.decide_proposal(db_session, here.alice, line, Decision.PINNED)
    plans.decide_proposal(db_session, here.alice, line, Decision.RULED_OUT)
    assert pairs(db_session, Pin, here.placement) == []
    assert pairs(db_session, Ban, here.placement) == [(line.participant_id, line.group_id)]


@pytest.mark.parametrize("decision", [Decision.PINNED, Decision.RULED_OUT, Decision.ACCEPTED])
def test_decision_taken_back_leaves_nothing(db_session, here, line, decision):
    plans.decide_proposal(db_session, here.alice, line, decision)
    plans.decide_proposal(db_session, here.alice, line, Decision.UNDECIDED)
    assert line.decision == Decision.UNDECIDED
    assert pairs(db_session, Pin, here.placement) == pairs(db_session, Ban, here.placement) == []


def test_line_of_somebody_who_holds_the_place_is_not_decided(db_session, here, plan):
    held = make.make_proposal(db_session, plan, here.participant, here.group)
    db_session.commit()
    with pytest.raises(plans.NotDecidableError):
        plans.decide_proposal(db_session, here.alice, held, Decision.RULED_OUT)
    assert pairs(db_session, Ban, here.group) == []


def test_whole_group_is_accepted_but_for_what_was_decided(db_session, here, plan, line):
    other = make.make_participant(db_session, here.bob)
    ruled_out = make.make_proposal(
        db_session, plan, other, here.placement, decision=Decision.RULED_OUT
    )
    held = make.make_proposal(db_session, plan, here.participant, here.placement)
    db_session.commit()
    assert plans.accept_group(db_session, here.alice, plan, here.placement) == 1
    db_session.expire_all()
    assert [line.decision, ruled_out.decision, held.decision] == [
        Decision.ACCEPTED,
        Decision.RULED_OUT,
        Decision.UNDECIDED,
    ]


def test_published_line_is_a_proposal_with_a_deadline(db_session, here, plan):
    done = plans.publish_plan(db_session, here.alice, plan)
    row = enrolment(db_session, here.other_participant, here.placement)
    assert row.status == EnrolmentStatus.PROPOSED
    due = row.answer_by.astimezone(ZoneInfo(here.territory.timezone))
    last_day = clock.today(here.territory.timezone) + timedelta(days=here.period.num_answer_days)
    assert (due.date(), due.time()) == (last_day, time(18))
    assert (row.rank, row.coach_id, row.visit_weekday, row.visit_start_minute) == (
        2,
        here.coach.id,
        1,
        600,
    )
    assert plan.state == PlanState.PUBLISHED
    assert (done.num_proposed, done.num_ruled_out) == (1, 0)
    assert here.placement.taken == 1  # a proposal takes no place


def test_line_ruled_out_is_not_sent(db_session, here, plan, line):
    plans.decide_proposal(db_session, here.alice, line, Decision.RULED_OUT)
    done = plans.publish_plan(db_session, here.alice, plan)
    assert (done.num_proposed, done.num_ruled_out) == (0, 1)
    assert enrolment(db_session, here.other_participant, here.placement) is None


def test_place_that_is_held_stays_with_the_new_visit(db_session, here, plan):
    make.make_proposal(
        db_session,
        plan,
        here.participant,
        here.placement,
        coach=here.coach,
        visit_weekday=1,
        visit_start_minute=660,
    )
    db_session.commit()
    before = here.placed.sequence
    done = plans.publish_plan(db_session, here.alice, plan)
    assert done.num_placed == 1
    assert here.placed.status == EnrolmentStatus.CONFIRMED
    assert here.placed.visit_start_minute == 660
    assert here.placed.sequence == before + 1  # calendars move the visit
    assert here.placement.taken == 1


def test_proposal_that_stands_keeps_its_deadline(db_session, here, plan):
    deadline = clock.now() + timedelta(days=2)
    here.proposed.answer_by = deadline
    make.make_proposal(db_session, plan, here.other_participant, here.group)
    db_session.commit()
    plans.publish_plan(db_session, here.alice, plan)
    assert here.proposed.answer_by == deadline
    assert here.proposed.plan_id == plan.id


def test_proposal_that_expired_is_made_anew(db_session, here, plan):
    here.proposed.answer_by = clock.now() - timedelta(days=2)
    make.make_proposal(db_session, plan, here.other_participant, here.group)
    db_session.commit()
    plans.publish_plan(db_session, here.alice, plan)
    assert here.proposed.answer_by > clock.now()


def test_unanswered_proposal_of_an_earlier_plan_is_withdrawn(db_session, here, plan):
    here.proposed.plan_id = here.plan.id
    db_session.commit()
    done = plans.publish_plan(db_session, here.alice, plan)
    assert here.proposed.status == EnrolmentStatus.CANCELLED
    assert done.num_withdrawn == 1


def test_what_no_plan_proposed_is_not_withdrawn(db_session, here, plan):
    plans.publish_plan(db_session, here.alice, plan)
    assert here.proposed.status == EnrolmentStatus.PROPOSED


@pytest.mark.parametrize("change", ["group", "referral", "answer"])
def test_line_that_no_longer_holds_is_left_out_and_said(db_session, here, plan, change):
    if change == "group":
        here.placement.state = GroupState.CANCELLED
    elif change == "referral":
        here.other_referral.status = ReferralStatus.CLOSED
    else:
        make.make_enrolment(
            db_session,
            here.other_participant,
            here.placement,
            status=EnrolmentStatus.DECLINED,
            decline_reason=DeclineReason.NOT_WISHED,
        )
    db_session.commit()
    done = plans.publish_plan(db_session, here.alice, plan)
    assert (done.num_proposed, done.num_left_out) == (0, 1)
    row = enrolment(db_session, here.other_participant, here.placement)
    assert row is None or row.status == EnrolmentStatus.DECLINED


@pytest.mark.parametrize(("days", "num_proposed"), [(1, 0), (-1, 1)])
def test_who_gave_a_place_back_since_the_plan_was_made_is_not_asked_again(
    db_session, here, plan, days, num_proposed
):
    make.make_enrolment(
        db_session,
        here.other_participant,
        here.placement,
        status=EnrolmentStatus.CANCELLED,
        answered_at=plan.created_at + timedelta(days=days),
    )
    db_session.commit()
    done = plans.publish_plan(db_session, here.alice, plan)
    assert (done.num_proposed, done.num_left_out) == (num_proposed, 1 - num_proposed)


def test_somebody_without_a_place_waits(db_session, here, plan):
    person = make.make_participant(db_session, here.bob)
    referral = make.make_referral(
        db_session, person, here.period, wishes=[models.Wish(rank=1, measure=here.measure)]
    )
    db_session.commit()
    plans.publish_plan(db_session, here.alice, plan)
    db_session.expire_all()
    assert db_session.get_one(Referral, referral.id).status == ReferralStatus.WAITING
    assert db_session.get_one(Referral, here.other_referral.id).status == ReferralStatus.PROPOSED


def test_plan_is_published_once(db_session, here, plan):
    plans.publish_plan(db_session, here.alice, plan)
    with pytest.raises(plans.NotPublishableError):
        plans.publish_plan(db_session, here.alice, plan)


def test_plan_older_than_a_publication_is_refused(db_session, here, plan):
    plans.publish_plan(db_session, here.alice, plan)
    with pytest.raises(plans.OutdatedPlanError) as refusal:
        plans.publish_plan(db_session, here.alice, here.plan)
    assert refusal.value.plan == plan


def test_published_plan_is_no_longer_decided(db_session, here, plan, line):
    plans.publish_plan(db_session, here.alice, plan)
    with pytest.raises(plans.NotDecidableError):
        plans.decide_proposal(db_session, here.alice, line, Decision.RULED_OUT)
    with pytest.raises(plans.NotDecidableError):
        plans.accept_group(db_session, here.alice, plan, here.placement)


@pytest.mark.parametrize("moment", ["before_flush", "before_commit"])
def test_a_fault_at_any_flush_or_commit_leaves_nothing(db_session, here, plan, moment):
    here.proposed.plan_id = here.plan.id
    db_session.commit()
    for number in range(100):
        left = [number]

        def fail(*_arguments, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise OSError("disk full")

        event.listen(db_session, moment, fail)
        try:
            plans.publish_plan(db_session, here.alice, plan)
        except OSError:
            event.remove(db_session, moment, fail)
            db_session.rollback()
            db_session.expire_all()
            assert plan.state == PlanState.SOLVED
            assert here.proposed.status == EnrolmentStatus.PROPOSED
            assert enrolment(db_session, here.other_participant, here.placement) is None
        else:
            event.remove(db_session, moment, fail)
            break
    assert number > 0, "no fault was made"
    assert plan.state == PlanState.PUBLISHED


def test_pin_that_is_removed_is_gone(db_session, here):
    plans.remove_pin(db_session, here.alice, here.pin)
    assert pairs(db_session, Pin, here.group) == []


def test_nobody_plans_another_territory(db_session, world, plan, line):
    stranger = world.there.alice
    for act in (
        lambda: plans.start_plan(db_session, stranger, world.here.period, world.here.territory),
        lambda: plans.stop_plan(db_session, stranger, plan),
        lambda: plans.decide_proposal(db_session, stranger, line, Decision.ACCEPTED),
        lambda: plans.accept_group(db_session, stranger, plan, world.here.placement),
        lambda: plans.publish_plan(db_session, stranger, plan),
        lambda: plans.remove_pin(db_session, stranger, world.here.pin),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_a_worker_plans_nothing(db_session, here):
    with pytest.raises(NotAllowedError):
        plans.start_plan(db_session, here.bob, here.period, here.territory)
