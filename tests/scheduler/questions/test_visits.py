"""Visits stay at the time they had, where only people who can change times with each other must."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from scheduler.check import check
from scheduler.greedy import greedy
from scheduler.params import Params
from scheduler.problem import Participant, Policy, Problem, Window, Wish
from scheduler.questions.again import plan_again
from scheduler.questions.visits import moved_visits, with_visits_kept
from scheduler.result import Assignment
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import changed, result_of, slot

HOURS = [Window(0, 60 * hour, 60 * hour + 60) for hour in range(8, 12)]


def visited(*hours: int) -> tuple[Problem, tuple[Assignment, ...]]:
    """One person an hour of Monday morning, all in g0 with c0."""
    problem = changed("groups", "g0", capacity=9)
    problem = changed("coaches", "c0", problem, caseload=9, minutes_per_week=999)
    people = tuple(
        Participant(f"p{i}", 1, wishes=(Wish(1, group="g0"),)) for i in range(len(hours))
    )
    plan = tuple(
        Assignment(f"p{i}", "g0", 1, "c0", HOURS[hour - 8]) for i, hour in enumerate(hours)
    )
    return replace(problem, participants=people), plan


@pytest.mark.parametrize("hours", list(permutations((8, 9, 10, 11))))
def test_whatever_the_new_order_everybody_has_the_old_time_again(hours):
    problem, before = visited(8, 9, 10, 11)
    _, plan = visited(*hours)
    assert with_visits_kept(problem, before, plan) == before


def test_a_time_that_nobody_else_has_is_not_brought_back():
    problem, plan = visited(8, 9)
    _, before = visited(10, 8)
    found = with_visits_kept(problem, before, plan)
    assert [line.visit.start for line in found] == [9 * 60, 8 * 60]
    ((old, new),) = moved_visits(before, found)
    assert (old.participant, old.visit, new.visit) == ("p0", HOURS[2], HOURS[1])


def test_nobody_is_visited_when_away_so_that_another_has_the_old_time():
    slots = (slot(11, 8, 12), slot(12, 8, 12), slot(18, 8, 12), slot(19, 8, 12))
    problem, plan = visited(8, 9)
    problem = changed("groups", "g0", problem, slots=slots)
    windows = (HOURS[0], Window(1, 480, 540))
    problem = changed("coaches", "c0", problem, availability=windows)
    problem = changed("participants", "p0", problem, availability=(Window(0, 480, 720),))
    problem = replace(problem, policy=Policy(min_attendance=0.5))
    plan = tuple(replace(line, visit=visit) for line, visit in zip(plan, windows, strict=True))
    swapped = tuple(replace(a, visit=b.visit) for a, b in zip(plan, reversed(plan), strict=True))
    assert with_visits_kept(problem, swapped, plan) == plan
    free = changed("participants", "p0", problem, availability=None)
    assert with_visits_kept(free, swapped, plan) == swapped


def test_visits_of_another_coach_or_length_do_not_change_places():
    problem, plan = visited(8, 9)
    _, before = visited(9, 8)
    kitchen = replace(problem.groups[0], id="g2", measure="kitchen", venue="v1")
    apart = replace(problem, groups=(*problem.groups, kitchen))
    moved = (plan[0], replace(plan[1], group="g2"))
    old = (before[0], replace(before[1], group="g2"))
    assert with_visits_kept(apart, old, moved) == moved


@pytest.mark.parametrize("seed", range(60))
def test_the_plan_stays_as_valid_as_it_was(seed):
    problem = make_problem(seed)
    plan = greedy(problem)
    if plan is None:
        return
    other = plan_again(replace(problem, previous=()), (), Params(workers=1)).result.assignments
    found = with_visits_kept(problem, other, plan)
    assert check(problem, result_of(problem, found)) == []
    assert len(moved_visits(other, found)) <= len(moved_visits(other, plan))


def test_planning_again_keeps_the_times_of_those_who_stay():
    before = tuple(
        replace(line, visit=visit)
        for line, visit in zip(visited(8, 9, 10)[1], (HOURS[2], HOURS[0], HOURS[1]), strict=True)
    )
    problem, _ = visited(8, 9, 10)
    problem = changed("coaches", "c0", problem, availability=(Window(0, 480, 660),))
    again = plan_again(problem, before, Params(workers=1))
    assert (again.moves, again.visits, again.num_stay) == ([], (), 3)
