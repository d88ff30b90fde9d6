"""One test a label: the model refuses a plan for breaking the rule, and for nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import pytest

from scheduler.constraints import RULES, build
from scheduler.engine import Engine
from scheduler.options import find_options
from scheduler.params import Params
from scheduler.problem import Coach, Coaching, Hold, Pair, Problem, Quota, Window, Wish
from tests.scheduler.tiny_plan import MORNING, PROBLEM, changed, slot

PAIRS = (("p0", "g0"), ("p0", "g1"), ("p1", "g0"))
TUESDAY = Window(1, 8 * 60, 12 * 60)


def allows(
    problem: Problem, pairs: Collection[tuple[str, str]] = PAIRS, without: str | None = None
) -> bool:
    """Whether a plan with exactly these pairs obeys the rules, all or all but one."""
    options = find_options(problem)
    model = build(problem, options, [label for label in RULES if label != without])
    for pair, o in model.option.items():
        model.add("", [(o, 1)], low=int(pair in pairs), high=int(pair in pairs))
    assert set(pairs) <= set(model.option)
    return not Engine(model, Params(workers=1)).maximise(()).is_infeasible


def coached(**changes):
    """g1 is coached too, on Tuesdays; c0 may be changed."""
    problem = changed("groups", "g1", coaching=Coaching(60))
    free = {"caseload": 3, "minutes_per_week": 300, "availability": (MORNING, TUESDAY)}
    return changed("coaches", "c0", problem, **(free | changes))


BROKEN = {
    "H1": changed("groups", "g0", capacity=1),
    "H2": changed("groups", "g1", min_size=2),
    "H3": changed("participants", "p0", max_groups=1),
    "H4": changed("groups", "g1", measure="theatre"),
    "H5": changed("groups", "g1", slots=(slot(18, 11, 13),)),
    "H6": changed("participants", "p0", max_minutes_per_week=479),
    "H7": changed("participants", "p1", coach_skills=frozenset(["addiction"])),
    "H8": changed("coaches", "c0", caseload=1),
    "H9": changed("coaches", "c0", minutes_per_week=119),
    "H11": replace(PROBLEM, apart=(("p0", "p1"),)),
    "H12": replace(PROBLEM, together=(("p0", "p1"),)),
    "H13": replace(PROBLEM, quotas=(Quota(("g0", "g1", "g1"), None, 2),)),
    "H14": replace(PROBLEM, pins=(Pair("p1", "g1"),)),
}


def test_every_rule_has_its_function_and_its_test():
    assert [f"H{number}" for number in range(1, 15)] == list(RULES)
    assert all(f"{label}:" in (add.__doc__ or "") for label, add in RULES.items())
    assert set(BROKEN) | {"H10"} == set(RULES)


def test_a_plan_that_breaks_nothing_is_allowed():
    assert allows(PROBLEM)


@pytest.mark.parametrize("label", BROKEN)
def test_the_model_refuses_what_breaks_one_rule_and_allows_it_without_that_rule(label):
    assert not allows(BROKEN[label])
    assert allows(BROKEN[label], without=label)


def test_h2_a_group_may_stay_empty():
    assert allows(changed("groups", "g1", min_size=2), pairs=[("p0", "g0"), ("p1", "g0")])


def test_h5_counts_the_travel_between_the_venues():
    straight_after = changed("groups", "g1", slots=(slot(11, 12, 13),))
    assert not allows(straight_after)
    assert allows(straight_after, without="H5")
    assert allows(changed("groups", "g1", slots=(slot(11, 12, 13),), venue="v0"))
    assert allows(changed("groups", "g1", slots=(slot(11, 13, 14),)))


def test_h6_holds_in_each_week_alone():
    in_other_weeks = changed("groups", "g0", slots=(slot(11, 8, 12),))
    in_other_weeks = changed("groups", "g1", in_other_weeks, slots=(slot(19, 8, 12),))
    assert allows(changed("participants", "p0", in_other_weeks, max_minutes_per_week=240))
    assert not allows(changed("participants", "p0", in_other_weeks, max_minutes_per_week=239))


WINDOWS = {
    "a window that no slot contains": Window(0, 7 * 60, 12 * 60),
    "a window shorter than the visit": Window(0, 8 * 60, 8 * 60 + 59),
    "a weekday on which the group does not meet": Window(2, 8 * 60, 12 * 60),
}


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_h7_no_visit_in(window):
    only_p0 = [("p0", "g0")]
    problem = changed("coaches", "c0", availability=(window,))
    assert not allows(problem, only_p0)
    assert allows(problem, only_p0, without="H7")


def test_h7_no_visit_when_one_of_the_dates_has_no_slot_around_the_window():
    problem = changed("groups", "g0", slots=(slot(11, 8, 12), slot(18, 8, 11)))
    assert not allows(problem, [("p0", "g0")])
    both = (slot(11, 8, 12), slot(18, 8, 12), slot(18, 13, 14))
    assert allows(changed("groups", "g0", slots=both), [("p0", "g0")])


def test_h7_no_visit_while_the_person_is_not_there_unless_pinned():
    early = (Window(0, 8 * 60, 11 * 60),)
    problem = changed("participants", "p1", availability=early)
    problem = replace(problem, policy=replace(problem.policy, min_attendance=0))
    assert not allows(problem, [("p1", "g0")])
    assert allows(replace(problem, pins=(Pair("p1", "g0"),)), [("p1", "g0")])


def test_h7_absences_do_not_matter():
    away = ((date(2027, 1, 11), date(2027, 1, 11)),)
    problem = changed("participants", "p1", absences=away)
    problem = replace(problem, policy=replace(problem.policy, min_attendance=0.5))
    assert allows(problem)


@pytest.mark.parametrize("venues", [frozenset(), frozenset(["v1"])])
def test_h7_a_coach_goes_only_to_the_venues_named(venues):
    assert not allows(changed("coaches", "c0", venues=venues))
    assert allows(changed("coaches", "c0", venues=frozenset(["v0"])))


def test_h8_one_person_in_two_groups_counts_once():
    assert allows(coached(caseload=2))
    assert not allows(coached(caseload=1))
    assert allows(coached(caseload=1), [("p0", "g0"), ("p0", "g1")])


def test_h9_the_visits_of_a_window_fit_into_it():
    problem = changed("coaches", "c0", availability=(Window(0, 480, 480 + 119),))
    assert not allows(problem)
    assert allows(problem, without="H9")


def test_h9_groups_that_share_no_week_still_share_the_coach():
    apart = changed("groups", "g1", coached(minutes_per_week=179), slots=(slot(19, 8, 12),))
    assert not allows(changed("groups", "g0", apart, slots=(slot(11, 8, 12),)))


def test_h10_one_venue_a_window():
    same_morning = changed("groups", "g1", slots=(slot(11, 8, 12),), coaching=Coaching(60))
    problem = changed("participants", "p1", same_morning, wishes=(Wish(1, group="g1"),))
    pairs = [("p0", "g0"), ("p1", "g1")]
    assert not allows(problem, pairs)
    assert allows(problem, pairs, without="H10")
    assert allows(changed("groups", "g1", problem, venue="v0"), pairs)


def test_h13_counts_those_who_hold_the_tag_at_any_date():
    held = changed("participants", "p0", holds=(Hold("district", until=date(2020, 1, 1)),))
    assert not allows(replace(held, quotas=(Quota(("g0", "g1"), "district", 1),)))
    assert allows(replace(held, quotas=(Quota(("g0", "g1"), "district", 2),)))
    assert allows(replace(held, quotas=(Quota(("g0",), "district", 1),)))


def test_h14_a_pinned_coach_is_the_one():
    two = replace(
        PROBLEM, coaches=(*PROBLEM.coaches, Coach("c1", frozenset(), 0, 120, None, (MORNING,)))
    )
    assert allows(replace(two, pins=(Pair("p0", "g0", "c0"),)))
    assert not allows(replace(two, pins=(Pair("p0", "g0", "c1"),)))
