from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import event

from scheduler import jsonio
from scheduler.params import Params
from scheduler.problem import Hold, Pair, Slot, Window, Wish
from scheduler.solve import solve
from tests import factories as make
from tests.worlds import World
from webapp import models
from webapp.models import DeclineReason, EnrolmentStatus, Role, TagKind
from webapp.models.participant import Certificate, PairingKind
from webapp.models.plan import Decision, PlanState
from webapp.planning.export import export_problem, problem_bytes

CANARY = "CanariJaune"


@pytest.fixture
def here(world: World):
    return world.here


@pytest.fixture
def exported(db_session, here):
    def export(territory=None):
        db_session.flush()
        db_session.expire_all()
        return export_problem(db_session, here.period, territory or here.territory)

    return export


def by_id(rows):
    return {row.id: row for row in rows}


def test_what_is_exported_reads_back_the_same(exported):
    problem = exported()
    assert jsonio.read(problem_bytes(problem)) == problem


def test_a_place_held_is_a_pin_with_its_coach(exported, here):
    person = f"p{here.participant.id}"
    assert exported().pins == (
        Pair(person, f"g{here.group.id}"),
        Pair(person, f"g{here.placement.id}", f"c{here.coach.id}"),
    )


def test_another_territory_is_not_exported(exported, world):
    problem = exported()
    assert {group.id for group in problem.groups} == {
        f"g{world.here.group.id}",
        f"g{world.here.placement.id}",
    }
    assert len(problem.participants) == 2


def test_a_draft_or_cancelled_group_is_left_out_with_wishes_for_it(db_session, exported, here):
    venue = make.make_venue(db_session, here.partner)
    draft = make.make_group(db_session, here.period, here.measure, venue, state="draft")
    here.other_referral.wishes.append(models.Wish(rank=2, group=draft))
    here.other_referral.wishes.append(models.Wish(rank=3, group=here.placement))
    problem = exported()
    person = by_id(problem.participants)[f"p{here.other_participant.id}"]
    assert person.wishes == (
        Wish(1, measure=f"m{here.measure.id}"),
        Wish(3, group=f"g{here.placement.id}"),
    )
    assert f"g{draft.id}" not in by_id(problem.groups)


def test_slots_keep_their_wall_time_over_the_change_of_clocks(db_session, exported, here):
    for day in (date(2027, 3, 27), date(2027, 3, 29)):
        make.make_slot(db_session, here.group, datetime.combine(day, time(14)))
    slots = by_id(exported().groups)[f"g{here.group.id}"].slots
    assert slots[-2:] == (
        Slot(datetime(2027, 3, 27, 14), datetime(2027, 3, 27, 16)),
        Slot(datetime(2027, 3, 29, 14), datetime(2027, 3, 29, 16)),
    )


def test_a_cancelled_slot_is_left_out(exported, here):
    here.group.slots[0].cancelled_because = "férié"
    assert len(by_id(exported().groups)[f"g{here.group.id}"].slots) == 2


def test_a_group_whose_slots_are_all_cancelled_is_filled_no_more(db_session, exported, here):
    """Nor does a coach have to visit there, or no plan could stand."""
    for slot in here.placement.slots:
        slot.cancelled_because = "Chantier arrêté"
    db_session.add(models.Pin(participant=here.other_participant, group=here.placement))
    problem = exported()
    left = by_id(problem.groups)[f"g{here.placement.id}"]
    assert (left.capacity, left.coaching, left.slots) == (1, None, ())
    assert [pin for pin in problem.pins if pin.group == left.id] == [
        Pair(f"p{here.participant.id}", left.id)
    ]
    assert solve(problem, Params(time_limit=10)).status == "optimal"


def test_a_slot_moved_out_of_the_period_widens_the_horizon(db_session, exported, here):
    make.make_slot(db_session, here.group, datetime(2027, 4, 9, 14))
    assert exported().horizon.end == date(2027, 4, 9)


def test_all_of_a_referral_is_exported(db_session, exported, here):
    need, skill, hold = (make.make_tag(db_session, kind) for kind in TagKind)
    need.kind, skill.kind, hold.kind = TagKind.NEED, TagKind.SKILL, TagKind.HOLD
    person, referral = here.other_participant, here.other_referral
    person.lat, person.lon = 46.2, 6.1
    person.certificates.append(
        Certificate(tag=hold, valid_from=date(2027, 1, 1), valid_until=date(2027, 6, 1))
    )
    referral.weight, referral.max_groups = 3, 2
    referral.max_travel_minutes, referral.max_minutes_per_week = 30, 240
    referral.is_always_available = False
    referral.windows.append(models.AvailabilityWindow(weekday=1, start_minute=0, end_minute=1440))
    referral.absences.append(models.Absence(from_on=date(2027, 2, 1), until_on=date(2027, 2, 5)))
    referral.needs.append(need)
    referral.coach_skills.append(skill)
    problem = exported()
    row = by_id(problem.participants)[f"p{person.id}"]
    assert (row.weight, row.max_groups, row.max_travel_minutes) == (3, 2, 30)
    assert row.max_minutes_per_week == 240
    assert row.home is not None
    assert row.availability == (Window(1, 0, 1440),)
    assert row.absences == ((date(2027, 2, 1), date(2027, 2, 5)),)
    assert row.holds == (Hold(f"t{hold.id}", date(2027, 1, 1), date(2027, 6, 1)),)
    assert row.needs == {f"t{need.id}"}
    assert row.coach_skills == {f"t{skill.id}"}
    assert jsonio.read(problem_bytes(problem)) == problem


def test_never_free_is_not_always_free(exported, here):
    here.other_referral.is_always_available = False
    row = by_id(exported().participants)[f"p{here.other_participant.id}"]
    assert row.availability == ()


def test_a_closed_referral_is_left_out_but_its_place_stays_taken(exported, here):
    here.referral.status = models.ReferralStatus.CLOSED
    problem = exported()
    row = by_id(problem.participants)[f"p{here.participant.id}"]
    assert (row.weight, row.wishes, row.max_groups) == (0, (), 2)
    assert len(problem.pins) == 2


def test_pins_and_bans_come_from_coordinators_and_from_answers(db_session, exported, here):
    other = make.make_participant(db_session, here.bea)
    make.make_referral(db_session, other, here.period)
    db_session.add(models.Pin(participant=other, group=here.group))
    db_session.add(models.Ban(participant=other, group=here.placement))
    here.proposed.status = EnrolmentStatus.DECLINED
    here.proposed.decline_reason = DeclineReason.NOT_WISHED
    problem = exported()
    assert Pair(f"p{other.id}", f"g{here.group.id}") in problem.pins
    assert problem.bans == (
        Pair(f"p{here.other_participant.id}", f"g{here.group.id}"),
        Pair(f"p{other.id}", f"g{here.placement.id}"),
    )


def test_who_declined_a_pinned_place_is_not_given_it_again(db_session, exported, here):
    pair = Pair(f"p{here.other_participant.id}", f"g{here.group.id}")
    db_session.add(models.Pin(participant=here.other_participant, group=here.group))
    assert pair in exported().pins
    here.proposed.status = EnrolmentStatus.DECLINED
    here.proposed.decline_reason = DeclineReason.NOT_WISHED
    problem = exported()
    assert pair not in problem.pins
    assert pair in problem.bans


def test_pairings_and_quotas_are_exported(db_session, exported, here):
    first, second = here.participant.id, here.other_participant.id
    db_session.add(models.Pairing(kind=PairingKind.APART, first_id=first, second_id=second))
    db_session.add(models.Quota(period=here.period, max=1, groups=[here.placement, here.group]))
    problem = exported()
    assert problem.apart == ((f"p{first}", f"p{second}"),)
    assert problem.quotas[0].groups == (f"g{here.group.id}", f"g{here.placement.id}")


def publish(db_session, here, proposals, territory=None, day=1):
    plan = models.Plan(
        period=here.period,
        territory=territory or here.territory,
        number=day,
        state=PlanState.PUBLISHED,
        requested_by=here.alice,
        time_limit_seconds=60,
        published_at=datetime(2027, 1, day, tzinfo=UTC),
        proposals=proposals,
    )
    db_session.add(plan)
    db_session.flush()


def test_previous_is_the_last_published_plan_without_what_was_ruled_out(db_session, exported, here):
    first, second = here.participant, here.other_participant
    publish(db_session, here, [models.Proposal(participant=second, group=here.placement)])
    publish(
        db_session,
        here,
        [
            models.Proposal(participant=first, group=here.placement, coach=here.coach),
            models.Proposal(participant=second, group=here.group, decision=Decision.RULED_OUT),
        ],
        day=2,
    )
    assert exported().previous == (
        Pair(f"p{first.id}", f"g{here.placement.id}", f"c{here.coach.id}"),
    )


def test_previous_looks_past_a_plan_that_did_not_reach_the_person(db_session, exported, here):
    part = make.make_territory(db_session, "Quartier", parent=here.territory)
    publish(db_session, here, [models.Proposal(participant=here.participant, group=here.group)])
    publish(db_session, here, [], territory=part, day=2)
    assert exported().previous == (Pair(f"p{here.participant.id}", f"g{here.group.id}"),)


def test_a_plan_below_counts_places_held_from_outside_and_elsewhere(db_session, exported, here):
    part = make.make_territory(db_session, "Quartier", parent=here.territory)
    worker = make.make_account(db_session, Role.WORKER, part)
    person = make.make_participant(db_session, worker)
    make.make_referral(db_session, person, here.period, max_groups=2)
    partner = make.make_partner(db_session, part)
    group = make.make_group(
        db_session, here.period, here.measure, make.make_venue(db_session, partner)
    )
    make.make_enrolment(db_session, here.participant, group, status=EnrolmentStatus.CONFIRMED)
    make.make_enrolment(db_session, person, here.group, status=EnrolmentStatus.ONGOING)
    problem = exported(part)
    groups = by_id(problem.groups)
    assert groups[f"g{here.group.id}"].capacity == 1  # nobody else may come in from here
    assert groups[f"g{group.id}"].capacity == group.capacity
    assert set(problem.pins) == {
        Pair(f"p{here.participant.id}", f"g{group.id}"),
        Pair(f"p{person.id}", f"g{here.group.id}"),
    }
    assert jsonio.read(problem_bytes(problem)) == problem


def test_windows_of_a_coach_that_overlap_become_one(exported, here):
    here.coach.windows.append(models.CoachWindow(weekday=1, start_minute=700, end_minute=800))
    here.coach.windows.append(models.CoachWindow(weekday=1, start_minute=800, end_minute=900))
    (coach,) = exported().coaches
    assert coach.availability == (Window(1, 480, 800), Window(1, 800, 900))


def test_policy_of_the_period_is_read(exported, here):
    here.period.policy = {"wishes": "generous", "slack": {"kept": 0.1}}
    policy = exported().policy
    assert (policy.wishes, policy.slack) == ("generous", {"kept": 0.1})


def test_no_text_of_anybody_enters_the_file(db_session, exported, here):
    tag = make.make_tag(db_session, TagKind.HOLD, code=CANARY)
    here.participant.certificates.append(Certificate(tag=tag))
    here.group.requirements.append(tag)
    here.placement.coaching_skills.append(make.make_tag(db_session, TagKind.SKILL, code=CANARY))
    for row in (here.territory, here.period, here.group, here.partner, here.measure, here.coach):
        row.name = CANARY
    for row in (here.participant, here.other_participant):
        row.first_name = row.last_name = CANARY
        row.reference = CANARY[:6] + str(row.id)[-2:]
    data = problem_bytes(exported()).decode()
    assert CANARY[:6] not in data
    assert "@" not in data


def test_number_of_queries_does_not_grow_with_people(db_session, connection, exported, here):
    statements = []
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
    exported()
    before = len(statements)
    for _ in range(20):
        person = make.make_participant(db_session, here.bob)
        make.make_referral(
            db_session, person, here.period, wishes=[models.Wish(rank=1, measure=here.measure)]
        )
        venue = make.make_venue(db_session, here.partner)
        group = make.make_group(db_session, here.period, here.measure, venue)
        make.make_slot(db_session, group, datetime(2027, 1, 13, 9) + timedelta(days=7))
        make.make_enrolment(db_session, person, group, status=EnrolmentStatus.CONFIRMED)
    db_session.commit()
    statements.clear()
    exported()
    assert len(statements) <= before <= 40
