"""The units in which somebody can be visited, against the checker's own reading of H7."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings

from scheduler.check import Facts
from scheduler.coaching import Visits
from scheduler.problem import Coaching, Window
from scheduler.result import Assignment
from tests.scheduler.small_problems import problems
from tests.scheduler.tiny_plan import ASSIGNMENTS, MORNING, PROBLEM, changed, slot


def fitting(facts: Facts, person, group) -> list[tuple[str, Window]]:
    return [
        (coach.id, window)
        for coach in facts.problem.coaches
        for window in sorted(coach.availability, key=lambda w: (w.day, w.start, w.end))
        if facts.coach_fits(coach, person, group)
        and facts.window_fits(window, person, group)
        and window.end - window.start >= group.coaching.visit_minutes
    ]


@settings(max_examples=150, deadline=None)
@given(problem=problems())
def test_the_units_of_a_pair_are_the_windows_that_fit_by_the_checker(problem):
    facts, visits = Facts(problem), Visits(problem)
    for person in problem.participants:
        for group in problem.groups:
            if group.coaching is None:
                continue
            units = visits.of_pair(person, group, pinned=(person.id, group.id) in facts.pins)
            found = [
                (problem.coaches[u.coach].id, u.window) for u in (visits.units[i] for i in units)
            ]
            assert found == fitting(facts, person, group)


HOURS = {
    "within the slots of all dates": ((slot(11, 8, 12), slot(18, 8, 13)), None, True),
    "on one date in no slot": ((slot(11, 8, 12), slot(18, 9, 12)), None, False),
    "in the second slot of a date": ((slot(11, 6, 7), slot(11, 8, 12)), None, True),
    "on no date": ((slot(12, 8, 12),), None, False),
    "in a slot that the person attends": ((slot(11, 8, 12),), (MORNING,), True),
    "on one date while the person is away": (
        (slot(11, 8, 12), slot(18, 8, 13)),
        (MORNING,),
        False,
    ),
}


@pytest.mark.parametrize("case", HOURS)
def test_a_window_fits_when_the_person_is_there_on_each_date(case):
    slots, availability, fits = HOURS[case]
    problem = changed("groups", "g0", slots=slots)
    problem = changed("participants", "p0", problem, availability=availability)
    person, group = problem.participants[0], problem.groups[0]
    assert Visits(problem).of_pair(person, group, pinned=False) == ((0,) if fits else ())
    assert Facts(problem).window_fits(MORNING, person, group) == fits
    assert bool(Visits(problem).of_pair(person, group, pinned=True)) == (fits or "away" in case)


def test_a_window_shorter_than_the_visit_is_no_unit():
    problem = changed("groups", "g0", coaching=Coaching(241))
    assert Visits(problem).of_pair(problem.participants[0], problem.groups[0], pinned=False) == ()


def test_the_unit_of_a_line_is_the_window_around_its_visit():
    visits = Visits(PROBLEM)
    assert [visits.unit_of(line) for line in ASSIGNMENTS] == [0, None, 0]
    elsewhere = Assignment("p0", "g0", 1, "c0", Window(1, 480, 540))
    assert visits.unit_of(elsewhere) is None


TOUCHING = (Window(0, 480, 600), Window(0, 600, 720))
GROUPS_BY_MINUTES = {0: "g0", 60: "g2"}


@pytest.mark.parametrize("minutes", [(0,), (60, 0), (0, 60), (60, 60, 0), (0, 0, 60, 60)])
@pytest.mark.parametrize("unit", [0, 1])
def test_a_visit_is_read_back_in_its_unit_though_the_next_window_begins_at_its_end(minutes, unit):
    problem = changed("coaches", "c0", availability=TOUCHING)
    problem = changed("groups", "g0", problem, coaching=Coaching(0))
    problem = replace(problem, groups=(*problem.groups, replace(PROBLEM.groups[0], id="g2")))
    visits = Visits(problem)
    lines = [Assignment(f"p{i}", GROUPS_BY_MINUTES[m], 1) for i, m in enumerate(minutes)]
    timed = visits.timed(lines, [unit] * len(lines))
    assert [line.participant for line in timed] == [line.participant for line in lines]
    assert [visits.unit_of(line) for line in timed] == [unit] * len(lines)
    times = sorted((line.visit.start, line.visit.end) for line in timed)
    assert all(before[1] <= after[0] for before, after in pairwise(times))
    assert sum(end - start for start, end in times) == sum(minutes)
