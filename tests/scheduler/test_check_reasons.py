"""Reasons for having no place: true ones pass, false, missing or superfluous ones do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from scheduler.check import check
from scheduler.problem import Coaching, Hold, Pair, Participant, Place, Quota, Window, Wish
from tests.scheduler.tiny_plan import MORNING, PROBLEM, changed, result_of, slot

# p2 wants g1 (one place left); each change keeps p2 out by one rule.
WISHING = changed("participants", "p2", wishes=(Wish(2, measure="garden"),))
FAR = Place(46.3, 6.1)


def p2(problem=WISHING, **changes):
    return changed("participants", "p2", problem, **changes)


COACHED = changed("groups", "g1", WISHING, coaching=Coaching(60))
COACHED = changed(
    "coaches",
    "c0",
    COACHED,
    caseload=3,
    minutes_per_week=300,
    availability=(MORNING, Window(1, 480, 720)),
)


def in_g1(problem):
    """The tiny plan, with p0 coached in g1 on Tuesday."""
    plan = list(result_of().assignments)
    if problem.groups[1].coaching is not None:
        plan[1] = replace(plan[1], coach="c0", visit=Window(1, 480, 540))
    return tuple(plan)


OUT = {
    "R2": (
        changed(
            "participants",
            "p0",
            changed("groups", "g1", WISHING, requires=frozenset("t")),
            holds=(Hold("t"),),
        ),
        [{"rule": "R2", "tag": "t"}],
    ),
    "R3": (p2(needs=frozenset(["lift"])), [{"rule": "R3", "tag": "lift"}]),
    "R4": (p2(home=FAR, max_travel_minutes=10), [{"rule": "R4", "minutes": 27}]),
    "R5": (
        p2(absences=((date(2027, 1, 12), date(2027, 1, 12)),)),
        [{"rule": "R5", "attendable": 1, "needed": 2}],
    ),
    "R6": (replace(WISHING, bans=(Pair("p2", "g1"),)), [{"rule": "R6"}]),
    "H1": (changed("groups", "g1", WISHING, capacity=1), [{"rule": "H1"}]),
    "H3": (p2(max_groups=0), [{"rule": "H3"}]),
    "H6": (p2(max_minutes_per_week=239), [{"rule": "H6"}]),
    "H7": (p2(COACHED, coach_skills=frozenset("s")), [{"rule": "H7"}]),
    "H8": (changed("coaches", "c0", COACHED, caseload=2), [{"rule": "H8"}]),
    "H9": (changed("coaches", "c0", COACHED, minutes_per_week=200), [{"rule": "H9"}]),
    "H11": (replace(WISHING, apart=(("p2", "p0"),)), [{"rule": "H11"}]),
    "H13": (replace(WISHING, quotas=(Quota(("g1",), None, 1),)), [{"rule": "H13"}]),
}


def told(problem, reasons, **row):
    wish = {"measure": "garden", "rank": 2, "groups": [{"group": "g1", "reasons": reasons}]}
    unplaced = ({"participant": "p2", "wishes": [wish | row]},)
    return result_of(problem, in_g1(problem), unplaced=unplaced)


def found(problem, result):
    return {violation.label for violation in check(problem, result)}


@pytest.mark.parametrize("rule", OUT)
def test_a_true_reason_passes(rule):
    problem, reasons = OUT[rule]
    assert check(problem, told(problem, reasons)) == []


@pytest.mark.parametrize("rule", OUT)
def test_a_false_reason_is_told(rule):
    problem, _ = OUT[rule]
    other = "H2" if rule != "H2" else "H1"
    assert found(problem, told(problem, [{"rule": other}])) == {"reason"}


@pytest.mark.parametrize("rule", OUT)
def test_a_reason_too_many_is_told(rule):
    problem, reasons = OUT[rule]
    for other in {"R3", "R6", "H1", "H3", "H12", "H10"} - {rule}:
        assert found(problem, told(problem, [*reasons, {"rule": other}])) == {"reason"}


@pytest.mark.parametrize("rule", OUT)
def test_no_reason_is_told(rule):
    problem, _ = OUT[rule]
    assert found(problem, told(problem, [])) == {"reason"}


@pytest.mark.parametrize("rule", OUT)
def test_a_summary_is_counted_again(rule):
    problem, _ = OUT[rule]

    def summary(counts):
        wish = {"measure": "garden", "rank": 2, "summary": counts}
        unplaced = ({"participant": "p2", "wishes": [wish]},)
        return result_of(problem, in_g1(problem), unplaced=unplaced)

    assert found(problem, summary({rule: 1})) == set()
    assert found(problem, summary({rule: 2})) == {"reason"}
    assert found(problem, summary({})) == {"reason"}
    assert found(problem, summary({rule: 1, "H2": 1})) == {"reason"}


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("R2", {"tag": "u"}),
        ("R4", {"minutes": 26}),
        ("R5", {"attendable": 0}),
        ("R5", {"needed": 1}),
    ],
)
def test_a_wrong_number_or_tag_in_a_reason_is_told(rule, wrong):
    problem, reasons = OUT[rule]
    assert found(problem, told(problem, [reasons[0] | wrong])) == {"reason"}


def test_h2_too_few_people_to_open():
    problem = changed("groups", "g1", WISHING, min_size=2)
    plan = [a for a in result_of().assignments if a.group == "g0"]
    unplaced = told(problem, [{"rule": "H2"}]).unplaced
    assert check(problem, result_of(problem, plan, unplaced=unplaced)) == []
    without_it = told(problem, [{"rule": "H1"}]).unplaced
    assert found(problem, result_of(problem, plan, unplaced=without_it)) == {"reason"}


def test_h9_the_window_is_full():
    problem = changed("coaches", "c0", COACHED, availability=(MORNING, Window(1, 480, 599)))
    assert check(problem, told(problem, [{"rule": "H9"}])) == []
    problem = changed("coaches", "c0", COACHED, availability=(MORNING, Window(1, 480, 600)))
    assert found(problem, told(problem, [{"rule": "H9"}])) == {"reason", "unplaced"}


def test_h10_the_coach_is_at_another_venue_in_every_window_that_fits():
    problem = changed("groups", "g1", COACHED, slots=PROBLEM.groups[0].slots)
    problem = changed("coaches", "c0", problem, availability=(MORNING,))
    plan = [a for a in result_of().assignments if a.group == "g0"]
    unplaced = told(problem, [{"rule": "H10"}]).unplaced
    assert check(problem, result_of(problem, plan, unplaced=unplaced)) == []
    for wrong in ("H7", "H8", "H9"):
        unplaced = told(problem, [{"rule": wrong}]).unplaced
        assert found(problem, result_of(problem, plan, unplaced=unplaced)) == {"reason"}


def test_h12_a_person_kept_together_never_goes_alone():
    friend = Participant("p3", 1)
    problem = replace(WISHING, participants=(*WISHING.participants, friend))
    problem = replace(problem, together=(("p3", "p2"),))
    unplaced = (*told(problem, [{"rule": "H12"}]).unplaced, {"participant": "p3", "wishes": []})
    assert check(problem, result_of(problem, unplaced=unplaced)) == []


def test_all_reasons_that_hold_must_be_told():
    problem = changed("groups", "g1", p2(max_groups=0), capacity=1)
    assert check(problem, told(problem, [{"rule": "H1"}, {"rule": "H3"}])) == []
    assert found(problem, told(problem, [{"rule": "H1"}])) == {"reason"}


def test_coach_rules_any_that_stands_in_the_way_will_do_beside_all_the_others():
    problem = changed("coaches", "c0", COACHED, caseload=2, minutes_per_week=180)
    problem = changed("groups", "g1", problem, capacity=1)
    for rules in (("H8",), ("H9",), ("H8", "H9")):
        reasons = [{"rule": rule} for rule in ("H1", *rules)]
        assert check(problem, told(problem, reasons)) == []
    assert found(problem, told(problem, [{"rule": "H1"}])) == {"reason"}
    assert found(problem, told(problem, [{"rule": "H1"}, {"rule": "H10"}])) == {"reason"}


def test_a_coach_who_is_left_is_no_reason():
    problem = changed("groups", "g1", COACHED, capacity=1)
    assert check(problem, told(problem, [{"rule": "H1"}])) == []
    assert found(problem, told(problem, [{"rule": "H1"}, {"rule": "H9"}])) == {"reason"}


@pytest.mark.parametrize("busy_first", [True, False])
def test_a_coach_who_is_left_at_the_hours_of_one_who_is_full_is_no_reason(busy_first):
    problem = changed("groups", "g1", COACHED, capacity=1)
    full = replace(problem.coaches[0], caseload=2)
    coaches = (full, replace(full, id="left", caseload=9))
    problem = replace(problem, coaches=coaches if busy_first else coaches[::-1])
    assert check(problem, told(problem, [{"rule": "H1"}])) == []
    assert found(problem, told(problem, [{"rule": "H1"}, {"rule": "H8"}])) == {"reason"}


def test_a_rule_that_a_pin_overrides_is_no_reason():
    problem = replace(WISHING, bans=(Pair("p2", "g1"),), pins=(Pair("p2", "g1"),))
    assert found(problem, told(problem, [])) == {"H14", "unplaced"}
    assert found(problem, told(problem, [{"rule": "R6"}])) == {"H14", "unplaced", "reason"}


def test_visits_may_be_moved_about_within_their_window():
    # two visits of an hour leave two hours of the morning, in pieces of half an hour
    problem = changed("groups", "g0", WISHING, coaching=Coaching(120), capacity=3)
    problem = changed("coaches", "c0", problem, caseload=3, minutes_per_week=600)
    problem = p2(problem, wishes=(Wish(1, group="g0"),))
    plan = [replace(result_of().assignments[0], visit=Window(0, 540, 660))]
    wish = {"group": "g0", "rank": 1, "groups": [{"group": "g0", "reasons": [{"rule": "H9"}]}]}
    rows = [{"participant": "p1", "wishes": []}, {"participant": "p2", "wishes": [wish]}]
    problem = changed("participants", "p1", problem, wishes=())
    result = result_of(problem, plan, unplaced=tuple(rows))
    assert found(problem, result) == {"reason", "unplaced"}


def test_a_place_that_nothing_blocks_is_a_fault_of_the_plan():
    assert found(WISHING, told(WISHING, [])) == {"unplaced"}
    assert found(WISHING, result_of(WISHING)) == {"unplaced"}  # even without any reasons told


@pytest.mark.parametrize(
    "problem",
    [
        p2(weight=0),
        replace(WISHING, policy=replace(WISHING.policy, slack={"served": 0.1})),
        replace(WISHING, policy=replace(WISHING.policy, objective=("travel", "served"))),
    ],
)
def test_a_place_that_nothing_blocks_is_none_where_served_does_not_rule(problem):
    assert check(problem, told(problem, [])) == []


def test_every_wish_and_every_group_of_it_must_be_there():
    problem, reasons = OUT["H1"]
    third = replace(problem.groups[1], id="g2", slots=(slot(13, 8, 9),), capacity=0)
    problem = replace(problem, groups=(*problem.groups, third))
    both = [{"group": "g1", "reasons": reasons}, {"group": "g2", "reasons": reasons}]
    assert check(problem, told(problem, [], groups=both)) == []
    assert found(problem, told(problem, [], groups=both[:1])) == {"reason"}
    assert found(problem, told(problem, [], groups=[*both, both[0]])) == {"reason"}
    assert found(problem, told(problem, [], groups=both, rank=1)) == {"reason"}
    more = p2(problem, wishes=(*problem.participants[2].wishes, Wish(3, measure="none")))
    assert found(more, told(more, [], groups=both)) == {"reason"}


def test_a_measure_without_a_group_has_an_empty_list():
    problem = p2(wishes=(Wish(1, measure="none"),))
    wish = {"measure": "none", "rank": 1, "groups": []}
    result = result_of(problem, unplaced=({"participant": "p2", "wishes": [wish]},))
    assert check(problem, result) == []


def test_people_judged_in_a_second_process_are_told_of_alike(monkeypatch):
    wish = {"measure": "garden", "rank": 9, "groups": []}
    rows = tuple({"participant": p.id, "wishes": [wish]} for p in WISHING.participants)
    result = result_of(WISHING, (), unplaced=rows)
    alone = check(WISHING, result)
    assert {v.text.split(":")[0] for v in alone if v.label == "reason"} == {
        f"participant {person.id}" for person in WISHING.participants
    }
    monkeypatch.setattr("scheduler.check.reasons.MANY", 0)
    assert check(WISHING, result) == alone
