"""What would place somebody: every change told does, and no single one that does is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.check import Facts
from scheduler.jsonio import dump_problem, read
from scheduler.problem import Coaching, Group, Pair, Participant, Place, Problem, Window, Wish
from scheduler.questions import changes
from scheduler.questions.changes import Change
from scheduler.questions.published import Published
from scheduler.questions.unlock import AlreadyPlacedError, what_would_place
from scheduler.result import Assignment
from tests.scheduler.questions import one_step
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import ASSIGNMENTS, MORNING, PROBLEM, changed, slot


def every_change(problem: Problem, person: Participant, group: Group) -> Iterator[Change]:
    """All the documented changes about one person and one wished group."""
    timetable = Facts(problem).timetables[group.id]
    yield changes.MorePlaces(group.id)
    if person.max_travel_minutes is not None:
        longer = Facts(problem).travel(person, group) - person.max_travel_minutes
        yield changes.LongerTravel(person.id, 30 if longer <= 30 else 60)
    for tag in sorted(group.requires):
        yield changes.Certificate(person.id, tag, timetable.first, timetable.last)
    if person.availability is not None:
        yield from (changes.FreeHalfDay(person.id, window) for window in changes.HALF_DAYS)
    for coach in problem.coaches if group.coaching else ():
        assert group.coaching is not None
        yield changes.LargerCaseload(coach.id)
        yield changes.MoreCoachMinutes(coach.id, group.coaching.visit_minutes)
        for window in changes.HALF_DAYS:
            if not any(
                own.day == window.day and own.start < window.end and window.start < own.end
                for own in coach.availability
            ):
                yield changes.CoachHalfDay(coach.id, window)
    if group.min_size:
        yield changes.SmallerMinimum(group.id)


def can_join(problem: Problem, plan, person: str, group: str) -> bool:
    return any(one_step.additions(problem, plan, person, group))


def kinds_told(seed: int, *, pairs: bool = False) -> Counter[str]:
    """What is told of everybody left out of a small plan, compared with brute force."""
    problem = make_problem(seed)
    plan = one_step.some_plan(problem, Random(seed))  # noqa: S311  chance for tests, no secret
    seen: Counter[str] = Counter()
    if plan is None:
        return seen
    published, facts = Published(problem, plan), Facts(problem)
    placed = {line.participant for line in plan}
    for person in problem.participants:
        if person.id in placed:
            continue
        wished = [g for g in problem.groups if facts.rank(person, g) is not None]
        closed = [g for g in wished if not can_join(problem, plan, person.id, g.id)]
        told = {way.changes: way.place for way in what_would_place(published, person.id).ways}
        for made, place in told.items():
            changed = changes.applied(problem, made)
            assert read(dump_problem(changed)) == changed, "no valid problem"
            after = published.after(place.moves)
            assert one_step.is_valid(changed, after)
            now = {line.participant for line in after}
            assert placed | {person.id} <= now
            stays = {(line.participant, line.group, line.coach) for line in plan}
            moved = stays - {(line.participant, line.group, line.coach) for line in after}
            assert {id_ for id_, _, _ in moved} <= set(place.touched)
            assert len(moved) <= 1
            seen.update(type(change).__name__ for change in made)
            seen[f"{len(made)} changes"] += 1
        for group in closed:
            for change in every_change(problem, person, group):
                if can_join(change.applied(problem), plan, person.id, group.id):
                    assert (change,) in told, f"{change} would place {person.id}"
        if len(closed) < len(wished):
            assert () in told
        if pairs and not told:
            for group in closed:
                for both in combinations(every_change(problem, person, group), 2):
                    made = changes.applied(problem, both)
                    assert not can_join(made, plan, person.id, group.id), both
    return seen


def test_changes_told_of_a_few_small_plans_are_those_of_brute_force():
    assert sum((kinds_told(seed) for seed in range(10)), Counter())["1 changes"] > 10


@pytest.mark.slow
def test_changes_told_of_small_plans_are_those_of_brute_force():
    seen: Counter[str] = Counter()
    for seed in range(1, 24):  # of 0 and 25 brute force takes as long as of all of these
        seen += kinds_told(seed, pairs=seed < 12)
    kinds = {kind.__name__ for kind in changes.KINDS} - {"LargerCaseload"}
    assert all(seen[name] for name in (*kinds, "0 changes", "1 changes", "2 changes"))


def test_friends_who_come_too_may_open_a_group_with_one_change() -> None:
    assert kinds_told(441)["1 changes"] > 0


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(st.integers(26, 100_000))
def test_changes_told_of_any_small_plan_are_those_of_brute_force(seed):
    kinds_told(seed)


TUESDAY = Window(1, 480, 720)
# p2 wants g1, where there is one place left.
WISHING = changed("participants", "p2", wishes=(Wish(2, measure="garden"),))
COACHED = changed("groups", "g1", WISHING, coaching=Coaching(60))
COACHED = changed(
    "coaches", "c0", COACHED, caseload=3, minutes_per_week=300, availability=(MORNING, TUESDAY)
)
IN_G1 = (ASSIGNMENTS[0], Assignment("p0", "g1", 2, "c0", Window(1, 480, 540)), ASSIGNMENTS[2])
FAR = changed("participants", "p2", WISHING, home=Place(46.2, 6.1), max_travel_minutes=0)
CERTIFIED = replace(
    changed("groups", "g1", WISHING, requires=frozenset(["fit"])), pins=(Pair("p0", "g1"),)
)
BLOCKED = {
    "one place": (changed("groups", "g1", WISHING, capacity=1), changes.MorePlaces("g1")),
    "half an hour": (FAR, changes.LongerTravel("p2", 30)),
    "a certificate": (
        CERTIFIED,
        changes.Certificate("p2", "fit", slot(12, 8, 9).start.date(), slot(19, 8, 9).start.date()),
    ),
    "a half-day": (
        changed("participants", "p2", WISHING, availability=()),
        changes.FreeHalfDay("p2", TUESDAY),
    ),
}
BLOCKED_BY_COACH = {
    "one person more": (
        changed("coaches", "c0", COACHED, caseload=2),
        changes.LargerCaseload("c0"),
    ),
    "one visit more": (
        changed("coaches", "c0", COACHED, minutes_per_week=239),
        changes.MoreCoachMinutes("c0", 60),
    ),
}


@pytest.mark.parametrize("what", BLOCKED)
def test_what_is_missing_is_told_alone(what):
    problem, change = BLOCKED[what]
    (way,) = what_would_place(Published(problem, ASSIGNMENTS), "p2").ways
    assert way.changes == (change,)
    assert way.place.touched == ()


@pytest.mark.parametrize("what", BLOCKED_BY_COACH)
def test_what_is_missing_of_a_coach_is_told_alone(what):
    problem, change = BLOCKED_BY_COACH[what]
    (way,) = what_would_place(Published(problem, IN_G1), "p2").ways
    assert way.changes == (change,)


def test_another_half_day_of_a_coach_who_goes_there_is_told():
    problem = changed("coaches", "c0", COACHED, availability=(MORNING,))
    (way,) = what_would_place(Published(problem, ASSIGNMENTS[::2]), "p2").ways
    assert way.changes == (changes.CoachHalfDay("c0", TUESDAY),)


def test_a_group_that_one_person_less_would_open():
    problem = changed("groups", "g1", WISHING, min_size=2)
    (way,) = what_would_place(Published(problem, ASSIGNMENTS[::2]), "p2").ways
    assert way.changes == (changes.SmallerMinimum("g1"),)


def test_two_changes_are_told_only_where_one_is_not_enough():
    problem = changed("groups", "g1", FAR, capacity=1)
    (way,) = what_would_place(Published(problem, ASSIGNMENTS), "p2").ways
    assert way.changes == (changes.MorePlaces("g1"), changes.LongerTravel("p2", 30))


def test_a_ban_is_not_lifted():
    banned = replace(WISHING, bans=(Pair("p2", "g1"),))
    assert what_would_place(Published(banned, ASSIGNMENTS), "p2").ways == ()


def test_who_has_a_group_is_refused():
    with pytest.raises(AlreadyPlacedError, match="p0"):
        what_would_place(Published(PROBLEM, ASSIGNMENTS), "p0")
