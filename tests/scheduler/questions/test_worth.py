"""What one more place is worth: what is told is the difference that brute force finds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from scheduler.params import Params
from scheduler.problem import Pair, Problem, Window, Wish
from scheduler.questions.limits import Change, applied
from scheduler.questions.worth import Comparison, Gain, NoPlanError, worth
from scheduler.result import Assignment
from scheduler.solve import solve
from tests.scheduler.brute_force import best_values
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import MORNING, PROBLEM, changed, result_of, slot

ONE = Params(workers=1)
ASKED = ("served", "wishes")


def up_to_asked(problem: Problem) -> Problem:
    objective = list(problem.policy.objective)
    while objective and objective[-1] not in ASKED:
        objective.pop()
    return replace(problem, policy=replace(problem.policy, objective=tuple(objective)))


def difference(before, after):
    if isinstance(before, tuple):
        return tuple(b - a for a, b in zip(before, after, strict=True))
    return after - before


def gains_by_brute_force(problem: Problem, change: Change) -> tuple[Gain, ...]:
    before, after = best_values(problem), best_values(applied(problem, change))
    assert before is not None
    assert after is not None
    found = {tier: difference(before[tier], after[tier]) for tier in before if tier in ASKED}
    return tuple(Gain(tier, gain, gain) for tier, gain in found.items())


def small_changes(problem: Problem) -> list[Change]:
    shortest = min((g.coaching.visit_minutes for g in problem.groups if g.coaching), default=0)
    found = [Change("capacity", (g.id,), g.capacity, g.capacity + 1) for g in problem.groups]
    found += [
        Change("min_size", (g.id,), g.min_size, g.min_size - 1)
        for g in problem.groups
        if g.min_size
    ]
    for coach in problem.coaches:
        week = coach.minutes_per_week
        found.append(Change("caseload", (coach.id,), coach.caseload, coach.caseload + 1))
        found.append(Change("minutes_per_week", (coach.id,), week, week + shortest))
    return found


def is_something(gain: Gain) -> bool:
    return any(gain.most) if isinstance(gain.most, tuple) else gain.most != 0


def scarce_problem(seed: int) -> Problem:
    """A small problem in which one more of anything may be worth something."""
    problem = up_to_asked(make_problem(seed))
    if seed % 2:
        return problem
    return replace(
        problem,
        pins=(),
        groups=tuple(replace(g, capacity=1, min_size=g.min_size % 2) for g in problem.groups),
        coaches=tuple(replace(c, caseload=1, minutes_per_week=120) for c in problem.coaches),
    )


@pytest.mark.parametrize("seed", range(40))
def test_what_is_told_is_true_and_what_is_not_told_is_worth_nothing(seed):
    problem = scarce_problem(seed)
    if best_values(problem) is None:
        with pytest.raises(NoPlanError):
            worth(problem, ONE)
        return
    found = worth(problem, ONE, num=100)
    for one in found:
        assert one.gains == gains_by_brute_force(problem, one.change)
        assert any(map(is_something, one.gains))
        assert one.is_proven
        if one.unlimited is not None:
            assert one.unlimited.gains == gains_by_brute_force(problem, one.unlimited.change)
    told = {(one.change.kind, one.change.ids) for one in found}
    for change in small_changes(problem):
        if (change.kind, change.ids) not in told:
            assert not any(map(is_something, gains_by_brute_force(problem, change)))


@pytest.mark.parametrize("seed", range(0, 24, 2))
def test_from_a_plan_that_is_not_proven_the_truth_is_between_what_is_told(seed):
    problem = scarce_problem(seed)
    best = solve(problem, ONE)
    looser = tuple(
        replace(tier, bound=tier.bound + 1, proven=False)
        if tier.name == "served"
        else replace(tier, proven=False)
        for tier in best.tiers
    )
    for one in worth(problem, ONE, replace(best, status="feasible", tiers=looser), num=100):
        for told, true in zip(one.gains, gains_by_brute_force(problem, one.change), strict=True):
            if told.least is not None:
                assert told.least <= true.most
            if told.most is not None:
                assert true.least <= told.most


def worths(problem: Problem, **changes) -> dict[Change, tuple[int, ...]]:
    """What each change is told to be worth, a number a tier."""
    return {
        one.change: tuple(gain.least for gain in one.gains)
        for one in worth(problem, ONE, **changes)
    }


def test_a_place_more_names_who_comes_in_and_what_there_is_room_for():
    problem = changed("groups", "g0", capacity=0, coaching=None)
    first = worth(problem, ONE)[0]
    assert first.change == Change("capacity", ("g0",), 0, 1)
    assert first.gains == (Gain("served", 2, 2), Gain("wishes", 100, 100))
    assert (first.newcomers, first.leavers) == (("p1",), ())
    assert first.unlimited is not None
    assert first.unlimited.change == Change("capacity", ("g0",), 0, 2)
    assert first.unlimited.gains == (Gain("served", 2, 2), Gain("wishes", 200, 200))


def test_only_those_move_who_must_for_the_gain():
    wish = (Wish(1, group="g1"),)
    alike = tuple(replace(PROBLEM.participants[1], id=f"p{i}", wishes=wish) for i in range(6))
    problem = replace(PROBLEM, participants=alike)
    best = solve(problem, ONE)
    for two in combinations(alike, 2):
        plan = tuple(Assignment(person.id, "g1", 1) for person in two)
        one = worth(problem, ONE, replace(best, assignments=plan))[0]
        assert len(one.newcomers) == 1
        assert one.leavers == ()


def test_the_change_that_serves_most_comes_first():
    scarce = changed("groups", "g1", changed("groups", "g0", capacity=0), capacity=0)
    changes = [one.change.ids for one in worth(scarce, ONE)]
    gains = [one.gains for one in worth(scarce, ONE)]
    assert changes == [("g0",), ("g1",)]
    assert gains[0] == (Gain("served", 3, 3), Gain("wishes", 100, 100))
    assert gains[1] == (Gain("served", 3, 3), Gain("wishes", 70, 70))


def test_more_people_served_may_cost_wishes():
    person = replace(PROBLEM.participants[1], weight=1, max_groups=1)
    one = replace(person, wishes=(Wish(1, group="g0", utility=90), Wish(2, group="g1", utility=1)))
    other = replace(person, id="p9", wishes=(Wish(1, group="g0", utility=5),))
    problem = replace(PROBLEM, participants=(one, other))
    problem = changed("groups", "g0", problem, capacity=1, coaching=None)
    problem = changed("groups", "g1", problem, capacity=0)
    assert worths(problem)[Change("capacity", ("g1",), 0, 1)] == (1, -84)


def test_a_visit_more_a_week_and_one_more_in_the_window_are_told():
    problem = changed("coaches", "c0", minutes_per_week=60)
    assert worths(problem) == {Change("minutes_per_week", ("c0",), 60, 120): (0, 100)}
    short = Window(0, 9 * 60, 10 * 60)
    longer = Window(0, 9 * 60, 11 * 60)
    problem = changed("coaches", "c0", availability=(short,))
    assert worths(problem) == {Change("window", ("c0",), short, longer): (0, 100)}
    # Where the end of the window is that of the slot, it can only begin earlier.
    late = Window(0, 11 * 60, 12 * 60)
    problem = changed("coaches", "c0", availability=(late,))
    assert worths(problem) == {
        Change("window", ("c0",), late, Window(0, 10 * 60, 12 * 60)): (0, 100)
    }


def test_a_longer_window_overlaps_no_other():
    first, too_short = Window(0, 9 * 60, 10 * 60), Window(0, 10 * 60 + 30, 11 * 60)
    problem = changed("coaches", "c0", availability=(first, too_short))
    assert worths(problem) == {
        Change("window", ("c0",), first, Window(0, 8 * 60, 10 * 60)): (0, 100),
    }


def test_a_longer_window_that_would_shut_out_a_visit_is_not_offered():
    slots = (slot(11, 8, 9), slot(18, 8, 9))
    short = Window(0, 8 * 60, 9 * 60)
    problem = changed("coaches", "c0", changed("groups", "g0", slots=slots), availability=(short,))
    assert worths(problem) == {}
    assert worths(changed("coaches", "c0", problem, availability=(MORNING,))) == {}


def test_one_person_fewer_to_open_and_one_more_for_a_coach_are_told():
    problem = changed("groups", "g0", min_size=3, capacity=3, coaching=None)
    assert worths(problem) == {Change("min_size", ("g0",), 3, 2): (2, 200)}
    problem = changed("coaches", "c0", caseload=1)
    assert worths(problem) == {Change("caseload", ("c0",), 1, 2): (0, 100)}


def test_nothing_is_told_of_what_was_not_tried_in_time():
    problem = changed("groups", "g0", capacity=0)
    assert worth(problem, Params(workers=1, time_limit=0), solve(problem, ONE)) == []
    assert worth(problem, ONE, solve(problem, ONE), should_stop=lambda: True) == []


def test_where_no_plan_of_the_changed_problem_was_found_the_old_one_still_stands():
    signing = frozenset(["sign"])
    problem = changed("coaches", "c0", skills=signing, caseload=1)
    problem = replace(problem, coaches=(*problem.coaches, replace(PROBLEM.coaches[0], id="c1")))
    problem = changed("participants", "p1", problem, coach_skills=signing)
    problem = replace(problem, pins=(Pair("p0", "g0"), Pair("p1", "g0")))
    at_once = Params(workers=1, time_limit=0)
    assert solve(problem, at_once).status == "unknown"
    comparison = Comparison(up_to_asked(problem), solve(problem, ONE), None)
    one = comparison.with_change(Change("capacity", ("g0",), 2, 3), at_once)
    assert one.gains == (Gain("served", 0, None), Gain("wishes", None, None))
    assert (one.newcomers, one.leavers, one.is_proven) == ((), (), False)


def test_a_plan_without_bounds_says_only_how_much_may_be_gained():
    problem = changed("groups", "g1", capacity=0)
    one = worth(problem, ONE, result_of(problem, ()))[0]
    assert one.gains[0] == Gain("served", 0, 5)
    assert one.gains[1] == Gain("wishes", None, None)
    assert not one.is_proven


def test_where_neither_served_nor_wishes_counts_nothing_is_worth_anything():
    policy = replace(PROBLEM.policy, objective=("travel",))
    problem = replace(changed("groups", "g0", capacity=0), policy=policy)
    assert worth(problem, Params(workers=1, time_limit=60)) == []


def test_the_order_of_the_file_does_not_change_what_is_told():
    problem = scarce_problem(6)
    mixed = replace(problem, groups=problem.groups[::-1], participants=problem.participants[::-1])
    assert worth(problem, ONE)
    assert worth(problem, ONE) == worth(mixed, ONE)
