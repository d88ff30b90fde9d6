"""Why somebody has no place: the checker agrees on every statement, full or summed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scheduler.check import check
from scheduler.coaching import Visits
from scheduler.eligibility import Eligibility
from scheduler.occupancy import Occupancy
from scheduler.params import Params
from scheduler.problem import (
    Coach,
    Coaching,
    Pair,
    Place,
    Problem,
    Quota,
    Window,
    Wish,
)
from scheduler.reasons import unplaced
from scheduler.result import Assignment
from scheduler.solve import solve
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import ASSIGNMENTS, MORNING, changed, result_of, slot

TUESDAY = Window(1, 480, 720)
# p2 wants g1, where there is one place left.
WISHING = changed("participants", "p2", wishes=(Wish(2, measure="garden"),))
COACHED = changed("groups", "g1", WISHING, coaching=Coaching(60))
COACHED = changed(
    "coaches", "c0", COACHED, caseload=3, minutes_per_week=300, availability=(MORNING, TUESDAY)
)
IN_G1 = (
    ASSIGNMENTS[0],
    Assignment("p0", "g1", 2, "c0", Window(1, 480, 540)),
    ASSIGNMENTS[2],
)


def reasons(problem: Problem, plan=ASSIGNMENTS, how: str = "full") -> tuple[dict[str, Any], ...]:
    return unplaced(problem, Eligibility(problem), Visits(problem), plan, how)


def told(problem: Problem, plan=ASSIGNMENTS) -> list[str]:
    """The rules told of p2 in g1; the checker must agree with every word."""
    rows = reasons(problem, plan)
    assert check(problem, result_of(problem, plan, unplaced=rows)) == []
    (row,) = rows
    (wish,) = row["wishes"]
    assert (row["participant"], wish["measure"], wish["rank"]) == ("p2", "garden", 2)
    (group,) = wish["groups"]
    assert group["group"] == "g1"
    return [reason["rule"] for reason in group["reasons"]]


BLOCKED = {
    "R2": changed("groups", "g1", WISHING, requires=frozenset(["certificate"])),
    "R3": changed("participants", "p2", WISHING, needs=frozenset(["step-free"])),
    "R4": changed("participants", "p2", WISHING, home=Place(46.3, 6.1), max_travel_minutes=10),
    "R5": changed("participants", "p2", WISHING, availability=()),
    "R6": replace(WISHING, bans=(Pair("p2", "g1"),)),
    "H1": changed("groups", "g1", WISHING, capacity=1),
    "H3": changed("participants", "p2", WISHING, max_groups=0),
    "H6": changed("participants", "p2", WISHING, max_minutes_per_week=239),
    "H11": replace(WISHING, apart=(("p2", "p0"),)),
    "H13": replace(WISHING, quotas=(Quota(("g0", "g1"), None, 3),)),
}


@pytest.mark.parametrize("label", BLOCKED)
def test_a_rule_that_blocks_alone_is_told_alone(label):
    problem = BLOCKED[label]
    if label == "R2":
        # p0 is there by a pin: only p2 lacks the certificate.
        problem = replace(problem, pins=(Pair("p0", "g1"),))
    assert told(problem) == [label]


def test_a_group_that_too_few_people_would_open():
    problem = changed("groups", "g1", WISHING, min_size=2)
    assert told(problem, (ASSIGNMENTS[0], ASSIGNMENTS[2])) == ["H2"]


def test_somebody_kept_together_with_another_cannot_be_placed_alone():
    pair = replace(WISHING, together=(("p2", "p3"),))
    pair = replace(pair, participants=(*pair.participants, replace(pair.participants[2], id="p3")))
    (row, _) = reasons(pair)
    assert row["wishes"][0]["groups"][0]["reasons"] == [{"rule": "H12"}]


COACHES = {
    "H7": changed("participants", "p2", COACHED, coach_skills=frozenset(["addiction"])),
    "H8": changed("coaches", "c0", COACHED, caseload=2),
    "H9": changed("coaches", "c0", COACHED, minutes_per_week=239),
}


@pytest.mark.parametrize("label", COACHES)
def test_the_rule_that_leaves_no_coach(label):
    assert told(COACHES[label], IN_G1) == [label]


def test_a_coach_who_is_at_another_venue():
    problem = changed("groups", "g1", COACHED, slots=(slot(11, 13, 17),))
    problem = changed("groups", "g0", problem, slots=(slot(11, 8, 17),))
    problem = changed(
        "coaches", "c0", problem, availability=(Window(0, 780, 1020),), minutes_per_week=999
    )
    plan = (Assignment("p0", "g0", 1, "c0", Window(0, 780, 840)),)
    problem = replace(problem, participants=(problem.participants[0], problem.participants[2]))
    assert told(problem, plan) == ["H10"]


def test_only_what_truly_stands_in_the_way_is_told():
    # c1 is full; c0 is full and out of minutes: to lift the caseload is enough.
    full = Coach("c1", frozenset(), 0, 300, None, (TUESDAY,))
    problem = changed("coaches", "c0", COACHED, caseload=2, minutes_per_week=180)
    problem = replace(problem, coaches=(*problem.coaches, full))
    assert told(problem, IN_G1) == ["H8"]


def test_a_group_that_nothing_blocks_has_no_reason_and_is_a_fault_of_the_plan():
    (row,) = reasons(WISHING)
    assert row["wishes"][0]["groups"] == [{"group": "g1", "reasons": []}]
    found = check(WISHING, result_of(WISHING, unplaced=(row,)))
    assert [violation.label for violation in found] == ["unplaced"]


def test_a_summary_counts_groups_by_rule():
    problem = changed("groups", "g1", WISHING, requires=frozenset(["a", "b"]), capacity=1)
    problem = replace(problem, pins=(Pair("p0", "g1"),))
    (row,) = reasons(problem, how="summary")
    assert row["wishes"] == [{"measure": "garden", "rank": 2, "summary": {"R2": 1}}]


def test_a_wish_that_no_group_answers_is_told_with_none():
    problem = changed("participants", "p2", wishes=(Wish(1, measure="sailing"),))
    assert reasons(problem)[0]["wishes"] == [{"measure": "sailing", "rank": 1, "groups": []}]


@pytest.mark.parametrize("how", ["full", "summary", "none"])
def test_every_statement_about_small_problems_stands_the_check(how):
    blocked = 0
    for seed in range(25):
        # solve() itself raises on a statement that the checker finds false
        result = solve(make_problem(seed), Params(workers=1, reasons=how))
        blocked += len(result.unplaced)
    assert blocked > 20


def test_a_full_coach_may_see_one_of_their_own_people_in_another_group() -> None:
    """H8 counts people; and what was found out for a stranger is not told of somebody known."""
    problem = changed("coaches", "c0", caseload=1)
    twin = replace(problem.groups[0], id="g2", measure="kitchen")
    problem = replace(problem, groups=(*problem.groups, twin))
    occupancy = Occupancy(problem, Visits(problem), ASSIGNMENTS[:1])
    stranger, known = ({reason["rule"] for reason in occupancy.broken(p, 2)} for p in (1, 0))
    assert "H8" in stranger
    assert "H8" not in known


@pytest.mark.parametrize("how", ["full", "summary"])
def test_people_told_of_by_a_second_process_are_told_the_same(how, monkeypatch):
    alone = reasons(WISHING, (), how)
    assert [row["participant"] for row in alone] == ["p0", "p1", "p2"]
    monkeypatch.setattr("scheduler.reasons.TOGETHER", 1)
    assert reasons(WISHING, (), how) == alone
