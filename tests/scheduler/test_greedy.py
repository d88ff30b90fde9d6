"""First come, first served: valid whatever the problem, and what a list would give."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings

from scheduler.check import Facts, Plan, broken
from scheduler.check.tiers import goodness, tier_values
from scheduler.greedy import greedy
from scheduler.params import Params
from scheduler.pinned import pinned_part
from scheduler.problem import Coaching, Group, Horizon, Pair, Participant, Problem, Window, Wish
from scheduler.solve import solve
from tests.scheduler.brute_force import best_values
from tests.scheduler.small_problems import MONDAY, make_problem, problems
from tests.scheduler.tiny_plan import MORNING, PROBLEM, changed, slot


@settings(max_examples=150, deadline=None)
@given(problem=problems())
def test_a_greedy_plan_breaks_no_rule(problem):
    assignments = greedy(problem)
    if assignments is not None:
        facts = Facts(problem)
        assert broken(facts, Plan(facts, assignments)) == []


def test_a_greedy_plan_is_found_where_there_is_one_and_is_never_better_than_the_best():
    found = 0
    for seed in range(200):
        problem = replace(make_problem(seed), pins=())
        assignments = greedy(problem)
        best = best_values(problem)
        assert assignments is not None
        assert best is not None
        facts = Facts(problem)
        first = problem.policy.objective[0]
        value = tier_values(facts, Plan(facts, assignments))[first]
        assert goodness(problem, first, value) <= goodness(problem, first, best[first])
        found += bool(assignments)
    assert found > 100


def _problem(**changes):
    people = tuple(
        Participant(f"p{i}", 1, wishes=(Wish(1, group="a"), Wish(2, group="b")), max_groups=2)
        for i in range(3)
    )
    groups = (Group("a", "m", None, 2, 0), Group("b", "n", None, 2, 0))
    horizon = Horizon(MONDAY, MONDAY, "Europe/Paris")
    problem = Problem("list", horizon, groups=groups, participants=people)
    return replace(problem, **changes)


def pairs_of(problem):
    return {(a.participant, a.group) for a in greedy(problem)}


def test_the_first_on_the_list_get_their_first_wish_and_nobody_a_second_before_all_had_one():
    assert pairs_of(_problem()) == {("p0", "a"), ("p1", "a"), ("p2", "b"), ("p0", "b")}


def test_a_group_too_small_to_open_stays_closed():
    problem = _problem(groups=(Group("a", "m", None, 2, 0), Group("b", "m", None, 2, 2)))
    assert pairs_of(problem) == {("p0", "a"), ("p1", "a")}


def test_a_pinned_group_is_filled_to_its_minimum_first():
    problem = _problem(
        groups=(Group("a", "m", None, 9, 0), Group("b", "m", None, 2, 2)),
        pins=(Pair("p2", "b"),),
    )
    assert pairs_of(problem) == {("p2", "b"), ("p0", "b"), ("p1", "a")}


def test_people_kept_together_enter_together_or_not_at_all():
    problem = _problem(together=(("p0", "p2"), ("p2", "p1")))
    assert pairs_of(problem) == set()
    roomy = (Group("a", "m", None, 2, 0), Group("b", "n", None, 3, 0))
    assert {group for _, group in pairs_of(replace(problem, groups=roomy))} == {"b"}


def test_pins_that_cannot_be_met_give_no_plan():
    problem = _problem(pins=tuple(Pair(f"p{i}", "a") for i in range(3)))
    assert greedy(problem) is None


def test_a_coach_is_sent_to_one_venue_a_window():
    problem = changed("groups", "g1", slots=PROBLEM.groups[0].slots, coaching=Coaching(60))
    problem = changed("participants", "p0", problem, wishes=(Wish(1, group="g1"),))
    assert pairs_of(problem) == {("p0", "g1")}
    one_venue = changed("groups", "g1", problem, venue="v0")
    assert pairs_of(one_venue) == {("p0", "g1"), ("p1", "g0")}


def test_people_kept_apart_share_no_group():
    found = pairs_of(_problem(apart=(("p0", "p1"),)))
    assert found == {("p0", "a"), ("p1", "b"), ("p2", "a"), ("p2", "b")}


def test_a_pinned_group_that_stays_too_small_gives_no_plan():
    problem = changed("groups", "g1", min_size=2)
    assert greedy(problem) is not None
    assert greedy(replace(problem, pins=(Pair("p0", "g1"),))) is None


def test_from_a_plan_in_which_the_pins_stand_the_list_goes_on():
    problem = changed("coaches", "c0", skills=frozenset(["sign"]), caseload=1)
    problem = replace(problem, coaches=(*problem.coaches, replace(PROBLEM.coaches[0], id="c1")))
    problem = changed("participants", "p1", problem, coach_skills=frozenset(["sign"]))
    problem = replace(problem, pins=(Pair("p0", "g0"), Pair("p1", "g0")))
    assert greedy(problem) is None  # p0 takes the only coach for p1
    pinned = solve(pinned_part(problem), Params(workers=1)).assignments
    assert [(line.group, line.coach) for line in pinned] == [("g0", "c1"), ("g0", "c0")]
    plan = greedy(problem, pinned)
    assert plan is not None
    assert {(line.participant, line.group) for line in plan} == {
        ("p0", "g0"),
        ("p0", "g1"),
        ("p1", "g0"),
    }
    facts = Facts(problem)
    assert broken(facts, Plan(facts, plan)) == []
    assert solve(problem, Params(time_limit=60)).status == "optimal"


def test_nobody_gets_two_groups_that_clash():
    clashing = (slot(11, 9, 10),)
    problem = changed("groups", "g1", slots=clashing, venue="v0")
    assert pairs_of(problem) == {("p0", "g0"), ("p1", "g0")}
    assert ("p0", "g1") in pairs_of(changed("groups", "g1", problem, slots=(slot(11, 12, 13),)))


def test_a_window_holds_no_more_visits_than_it_has_minutes():
    problem = changed("coaches", "c0", availability=(Window(0, 480, 599),))
    assert pairs_of(problem) == {("p0", "g0"), ("p0", "g1")}


DAY = timedelta(days=1)
TWO_COACHED = replace(
    changed("groups", "g1", slots=PROBLEM.groups[0].slots, coaching=Coaching(60), venue="v0"),
    coaches=(replace(PROBLEM.coaches[0], caseload=1, minutes_per_week=999),),
)


def test_who_has_a_coach_keeps_a_place_with_that_coach_after_others_were_refused_one():
    later = tuple(replace(s, start=s.start + DAY, end=s.end + DAY) for s in PROBLEM.groups[0].slots)
    problem = changed("groups", "g1", TWO_COACHED, slots=later)
    tuesday = Window(1, 480, 720)
    problem = changed("coaches", "c0", problem, availability=(MORNING, tuesday))
    problem = changed("participants", "p1", problem, wishes=(Wish(1, group="g1"),))
    assert pairs_of(problem) == {("p0", "g0"), ("p0", "g1")}  # p1 is refused g1 before p0 has it


def test_a_coach_whom_a_closed_group_sets_free_is_asked_again():
    problem = changed("groups", "g0", TWO_COACHED, min_size=2)
    problem = changed("participants", "p0", problem, wishes=(Wish(1, group="g0"),))
    problem = changed("participants", "p1", problem, wishes=(Wish(1, group="g1"),))
    assert pairs_of(problem) == {("p1", "g1")}
