"""The checker: each rule broken alone shows its label and no other."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from scheduler.check import check
from scheduler.problem import Coach, Coaching, Hold, Pair, Place, Quota, Travel, Window, Wish
from scheduler.result import Assignment
from tests.scheduler.tiny_plan import ASSIGNMENTS, MORNING, PROBLEM, changed, result_of, slot

AFTERNOON = Window(0, 13 * 60, 17 * 60)


def labels(problem, result=None):
    return {found.label for found in check(problem, result or result_of(problem))}


def with_visit(i, **changes):
    """The assignments with one changed, or moved to another visit."""
    rows = list(ASSIGNMENTS)
    rows[i] = replace(rows[i], **changes)
    return tuple(rows)


def test_a_valid_plan_shows_nothing():
    assert check(PROBLEM, result_of()) == []


PROBLEMS_BROKEN = {
    "R1": changed("participants", "p0", wishes=(Wish(1, measure="theatre"),)),
    "R2": changed("groups", "g1", requires=frozenset(["certificate"])),
    "R3": changed("participants", "p0", needs=frozenset(["step-free"])),
    "R4": changed("participants", "p0", max_travel_minutes=17),
    "R6": replace(PROBLEM, bans=(Pair("p0", "g1"),)),
    "H1": changed("groups", "g0", capacity=1),
    "H2": changed("groups", "g1", min_size=2),
    "H3": changed("participants", "p0", max_groups=1),
    "H4": changed("groups", "g1", measure="theatre"),
    "H5": changed("groups", "g1", slots=(slot(18, 11, 13),)),
    "H6": changed("participants", "p0", max_minutes_per_week=479),
    "H8": changed("coaches", "c0", caseload=1),
    "H9": changed("coaches", "c0", minutes_per_week=119),
    "H11": replace(PROBLEM, apart=(("p0", "p1"),)),
    "H12": replace(PROBLEM, together=(("p0", "p1"),)),
    "H13": replace(PROBLEM, quotas=(Quota(("g0", "g1"), None, 2),)),
    "H14": replace(PROBLEM, pins=(Pair("p1", "g1"),)),
}


@pytest.mark.parametrize("label", PROBLEMS_BROKEN)
def test_a_rule_broken_alone_shows_its_label_alone(label):
    assert labels(PROBLEMS_BROKEN[label]) == {label}


def test_r5_attendance_of_too_few_slots():
    free = (Window(1, 8 * 60, 12 * 60), MORNING)
    away = ((date(2027, 1, 19), date(2027, 1, 19)),)
    problem = changed("participants", "p0", availability=free, absences=away)
    assert labels(problem) == {"R5"}
    half = replace(problem, policy=replace(problem.policy, min_attendance=0.5))
    assert labels(half) == set()


def test_r5_windows_that_touch_are_one():
    free = (Window(1, 480, 600), Window(1, 600, 720), MORNING)
    assert labels(changed("participants", "p0", availability=free)) == set()
    gap = (Window(1, 480, 600), Window(1, 601, 720), MORNING)
    assert labels(changed("participants", "p0", availability=gap)) == {"R5"}


@pytest.mark.parametrize(
    ("hold", "holds"),
    [
        (Hold("certificate"), True),
        (Hold("certificate", date(2027, 1, 12), date(2027, 1, 19)), True),
        (Hold("certificate", date(2027, 1, 13), None), False),
        (Hold("certificate", None, date(2027, 1, 18)), False),
        (Hold("other"), False),
    ],
)
def test_r2_one_certificate_covers_from_the_first_to_the_last_slot(hold, holds):
    problem = changed("groups", "g1", requires=frozenset(["certificate"]))
    problem = changed("participants", "p0", problem, holds=(hold,))
    assert labels(problem) == (set() if holds else {"R2"})


def test_r2_two_certificates_do_not_add_up():
    halves = (
        Hold("certificate", None, date(2027, 1, 15)),
        Hold("certificate", date(2027, 1, 16), None),
    )
    problem = changed("groups", "g1", requires=frozenset(["certificate"]))
    assert labels(changed("participants", "p0", problem, holds=halves)) == {"R2"}


def test_r2_a_group_without_slots_uses_the_horizon():
    problem = changed("groups", "g1", requires=frozenset(["certificate"]), slots=())
    until = Hold("certificate", None, date(2027, 1, 23))
    assert labels(changed("participants", "p0", problem, holds=(until,))) == {"R2"}
    until = Hold("certificate", None, date(2027, 1, 24))
    assert labels(changed("participants", "p0", problem, holds=(until,))) == set()


def test_r4_minutes_are_rounded_up_and_none_where_a_place_is_not_known():
    # 4.448 km in a straight line, 5.782 km on the way: 17.35 minutes at 20 km/h
    assert labels(changed("participants", "p0", max_travel_minutes=18)) == set()
    assert labels(changed("participants", "p0", max_travel_minutes=0, home=None)) == set()


def test_r4_a_whole_number_of_minutes_is_not_rounded_up_by_noise():
    # 7 degrees of a meridian in 30 minutes, which floating point makes 30.000000000000004
    speed = 60 * math.radians(7) * 6371.0088 / 30
    problem = changed("venues", "v1", place=Place(7, 0))
    problem = changed("participants", "p0", problem, home=Place(0, 0))
    problem = replace(problem, policy=replace(problem.policy, travel=Travel(1, speed)))
    problem = changed("groups", "g0", problem, venue="v1")
    assert labels(changed("participants", "p0", problem, max_travel_minutes=30)) == set()
    assert labels(changed("participants", "p0", problem, max_travel_minutes=29)) == {"R4"}


def test_r5_a_share_of_the_slots_is_not_rounded_up_by_noise():
    # 0.55 of 20 slots, which floating point makes 11.000000000000002
    slots = [slot(day, 14, 15) for day in range(12, 23)]
    slots += [slot(day, 16, 17) for day in range(12, 21)]
    problem = changed("groups", "g1", slots=tuple(slots))
    problem = replace(problem, policy=replace(problem.policy, min_attendance=0.55))
    eight, one = (date(2027, 1, 12), date(2027, 1, 15)), (date(2027, 1, 21), date(2027, 1, 21))
    assert labels(changed("participants", "p0", problem, absences=(eight, one))) == set()
    two = (date(2027, 1, 21), date(2027, 1, 22))
    assert labels(changed("participants", "p0", problem, absences=(eight, two))) == {"R5"}


def test_pins_override_every_option_rule():
    for label in ("R1", "R2", "R3", "R4", "R6"):
        problem = replace(PROBLEMS_BROKEN[label], pins=(Pair("p0", "g0"), Pair("p0", "g1")))
        assert labels(problem) == set(), label


def test_h5_counts_the_way_between_two_venues():
    apart = changed("groups", "g1", slots=(slot(18, 12, 13),))
    assert labels(apart) == {"H5"}
    assert labels(changed("groups", "g1", apart, venue="v0")) == set()
    assert labels(changed("groups", "g1", slots=(slot(18, 13, 14),))) == set()
    assert labels(changed("groups", "g1", slots=(slot(18, 7, 8),))) == {"H5"}
    assert labels(changed("groups", "g1", slots=(slot(18, 6, 7),))) == set()


def test_h6_counts_iso_weeks():
    problem = changed("groups", "g1", slots=(slot(16, 8, 12), slot(24, 8, 12)))
    limited = changed("participants", "p0", problem, max_minutes_per_week=480)
    assert labels(limited) == set()
    sunday = changed("groups", "g1", limited, slots=(slot(17, 8, 12), slot(16, 8, 9)))
    assert labels(sunday) == {"H6"}


@pytest.mark.parametrize(
    "assignments",
    [
        with_visit(0, coach=None, visit=None),
        with_visit(0, coach="c9"),
        with_visit(0, visit=None),
        with_visit(0, visit=Window(0, 480, 539)),
        with_visit(0, visit=Window(0, 470, 530)),
        with_visit(0, visit=Window(1, 480, 540)),
        with_visit(1, coach="c0"),
        with_visit(1, visit=Window(1, 480, 540)),
    ],
)
def test_h7_a_coach_and_a_visit_that_are_not_as_they_must_be(assignments):
    assert labels(PROBLEM, result_of(PROBLEM, assignments)) == {"H7"}


@pytest.mark.parametrize(
    "problem",
    [
        changed("groups", "g0", coaching=Coaching(60, frozenset(["addiction"]))),
        changed("participants", "p0", coach_skills=frozenset(["addiction"])),
        changed("coaches", "c0", venues=frozenset(["v1"])),
        changed("coaches", "c0", venues=frozenset()),
        # the window is longer than the slot, on one of the two Mondays
        changed("groups", "g0", slots=(slot(11, 8, 12), slot(18, 9, 12))),
        changed("groups", "g0", slots=(slot(11, 8, 12), slot(18, 8, 11))),
        # the person could not attend that slot
        changed(
            "participants",
            "p1",
            replace(PROBLEM, policy=replace(PROBLEM.policy, min_attendance=0)),
            availability=(Window(0, 480, 660),),
        ),
    ],
)
def test_h7_a_coach_or_window_that_does_not_fit(problem):
    assert labels(problem) == {"H7"}


def test_h7_one_of_two_slots_of_a_day_is_enough():
    slots = (slot(11, 8, 12), slot(18, 8, 12), slot(18, 13, 14))
    assert labels(changed("groups", "g0", slots=slots)) == set()


def test_h7_the_slot_around_the_window_is_the_one_that_must_be_attended():
    shorter = changed("coaches", "c0", availability=(Window(0, 480, 660),))
    policy = replace(PROBLEM.policy, min_attendance=0)
    free_in_window = changed(
        "participants", "p1", replace(shorter, policy=policy), availability=(Window(0, 480, 660),)
    )
    assert labels(free_in_window) == {"H7"}
    pinned = replace(free_in_window, pins=(Pair("p1", "g0"),))
    assert labels(pinned) == set()


def test_h7_absences_do_not_matter_to_a_visit():
    policy = replace(PROBLEM.policy, min_attendance=0.5)
    away = ((date(2027, 1, 11), date(2027, 1, 11)),)
    problem = changed("participants", "p1", replace(PROBLEM, policy=policy), absences=away)
    assert labels(problem) == set()


def test_h8_a_person_in_two_groups_counts_once():
    coached = changed("groups", "g1", coaching=Coaching(60))
    windows = (MORNING, Window(1, 480, 720))
    problem = changed("coaches", "c0", coached, availability=windows, minutes_per_week=180)
    plan = with_visit(1, coach="c0", visit=Window(1, 480, 540))
    assert labels(problem, result_of(problem, plan)) == set()


def test_h9_visits_that_overlap():
    plan = with_visit(2, visit=Window(0, 510, 570))
    assert labels(PROBLEM, result_of(PROBLEM, plan)) == {"H9"}


def test_h9_a_long_visit_overlaps_more_than_the_next():
    long = changed("groups", "g0", coaching=Coaching(180))
    problem = changed("coaches", "c0", long, minutes_per_week=999)
    plan = (
        replace(ASSIGNMENTS[0], visit=Window(0, 480, 660)),
        ASSIGNMENTS[1],
        replace(ASSIGNMENTS[2], visit=Window(0, 540, 720)),
    )
    found = check(problem, result_of(problem, plan))
    assert {violation.label for violation in found} == {"H9"}
    assert any("in mon 08:00-12:00" in violation.text for violation in found)


def test_h10_two_venues_in_one_window():
    problem = changed("groups", "g1", slots=PROBLEM.groups[0].slots, coaching=Coaching(60))
    problem = changed("participants", "p1", problem, wishes=(Wish(1, group="g1"),))
    plan = (ASSIGNMENTS[0], replace(ASSIGNMENTS[2], group="g1"))
    assert labels(problem, result_of(problem, plan)) == {"H10"}
    one_venue = changed("groups", "g1", problem, venue="v0")
    assert labels(one_venue, result_of(one_venue, plan)) == set()


def test_h13_counts_only_holders_at_any_date():
    quotas = (Quota(("g0", "g1"), "district", 1),)
    problem = replace(PROBLEM, quotas=quotas)
    assert labels(problem) == set()
    ended = (Hold("district", None, date(2020, 1, 1)),)
    assert labels(changed("participants", "p1", problem, holds=ended)) == set()
    assert labels(changed("participants", "p0", problem, holds=ended)) == {"H13"}


def test_h14_a_pinned_coach_stays():
    other = Coach("c1", frozenset(), 2, 120, None, (MORNING,))
    problem = replace(PROBLEM, coaches=(*PROBLEM.coaches, other))
    assert labels(replace(problem, pins=(Pair("p1", "g0", "c1"),))) == {"H14"}
    assert labels(replace(problem, pins=(Pair("p1", "g0", "c0"),))) == set()


def test_a_violation_names_the_ids():
    (violation,) = check(PROBLEMS_BROKEN["H5"], result_of(PROBLEMS_BROKEN["H5"]))
    assert {"p0", "g0", "g1"} <= set(violation.text.replace(":", " ").split())


@pytest.mark.parametrize(
    "extra",
    [
        Assignment("p9", "g0", None),
        Assignment("p0", "g9", None),
        ASSIGNMENTS[1],
    ],
)
def test_an_unknown_or_doubled_pair_is_told(extra):
    result = result_of()
    result = replace(result, assignments=(*result.assignments, extra))
    assert labels(PROBLEM, result) == {"plan"}


def test_a_false_rank_is_told():
    result = result_of()
    first = replace(result.assignments[0], rank=2)
    assert labels(PROBLEM, replace(result, assignments=(first, *result.assignments[1:]))) == {
        "rank"
    }


def test_a_pinned_pair_that_is_not_wished_has_no_rank():
    problem = replace(PROBLEMS_BROKEN["R1"], pins=(Pair("p0", "g1"),))
    result = result_of(problem)
    assert result.assignments[1].rank is None
    assert check(problem, result) == []
