"""Force and forbid: what is lost is what brute force finds, and by whom."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from scheduler.check import check
from scheduler.greedy import greedy
from scheduler.params import Params
from scheduler.problem import Pair, Policy, Problem, Wish
from scheduler.questions.what_if import UnknownPairError, WhatIf, what_if
from scheduler.solve import solve
from tests.scheduler.brute_force import best_values
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import ASSIGNMENTS, PROBLEM, changed

ONE = Params(workers=1)


def question(seed: int):
    """A problem, a plan of it (each second time its best), pairs to force and to forbid."""
    rng = Random(seed)  # noqa: S311  chance for tests, no secret
    problem = make_problem(seed)
    plan = solve(problem, ONE).assignments if seed % 2 else tuple(greedy(problem) or ())
    pairs = [(p.id, g.id) for p in problem.participants for g in problem.groups]
    wished = [
        (p.id, g.id)
        for p in problem.participants
        for g in problem.groups
        if any(g.id == w.group or g.measure == w.measure for w in p.wishes)
    ]
    force = [rng.choice(wished if wished and rng.random() < 0.7 else pairs)]
    placed = [(line.participant, line.group) for line in plan]
    forbid = [rng.choice(placed)] if placed and rng.random() < 0.6 else []
    if forbid and rng.random() < 0.5:
        force = []
    return problem, plan, force, [pair for pair in forbid if pair not in force]


@pytest.mark.parametrize("seed", range(60))
def test_what_changes_is_what_trying_every_plan_finds(seed):
    problem, plan, force, forbid = question(seed)
    answer = what_if(problem, plan, force, forbid, ONE)
    tiers = problem.policy.objective
    objective = tiers if "kept" in tiers else [t.name for t in answer.before.tiers]
    asked = replace(
        problem,
        policy=replace(problem.policy, objective=tuple(objective)),
        previous=tuple(Pair(line.participant, line.group, line.coach) for line in plan),
    )
    pins = {(p.participant, p.group): p for p in problem.pins}
    pins = {pair: pin for pair, pin in pins.items() if pair not in forbid}
    pins = {**{pair: Pair(*pair) for pair in force}, **pins}
    bans = (*problem.bans, *(Pair(*pair) for pair in forbid))
    before = best_values(asked)
    after = best_values(replace(asked, pins=tuple(pins.values()), bans=bans))
    if before is None or after is None:
        assert answer.status == "infeasible"
        assert answer.conflict.pins
        assert (answer.after is None) == (before is None)
        return
    assert check(answer.problem, answer.after) == []
    assert [(c.tier, c.before, c.after) for c in answer.changes] == [
        (tier, before[tier], after[tier]) for tier in before
    ]
    for change in answer.changes:
        assert change.is_exact
        if isinstance(change.before, int):
            assert change.least == change.most == after[change.tier] - before[change.tier]


@pytest.mark.parametrize("seed", range(60))
def test_exactly_those_for_whom_something_changes_are_named_and_in_the_right_way(seed):
    answer = what_if(*question(seed), ONE)
    if answer.status == "infeasible":
        return
    was = {(a.participant, a.group, a.coach) for a in answer.before.assignments}
    now = {(a.participant, a.group, a.coach) for a in answer.after.assignments}
    assert [a.difference.participant for a in answer.affected] == sorted(
        {participant for participant, _, _ in was ^ now}
    )
    for one in answer.affected:
        ranks = [
            sorted(
                (99 if a.rank is None else a.rank)
                for a in result.assignments
                if a.participant == one.difference.participant
            )
            for result in (answer.before, answer.after)
        ]
        told = [
            [99 if r is None else r for r in side] for side in (one.ranks_before, one.ranks_after)
        ]
        assert told == ranks
        old, new = (side + [100] * (3 - len(side)) for side in ranks)
        if one.kind in ("moves", "coach"):
            assert old == new or (
                any(a > b for a, b in zip(old, new, strict=True))
                and any(a < b for a, b in zip(old, new, strict=True))
            )
        else:
            wanted = {"loses": new == [100] * 3, "gains": old == [100] * 3}
            assert wanted.get(one.kind, True)
            assert (old < new) == (one.kind in ("loses", "worse"))
            assert all((a <= b) if old < new else (a >= b) for a, b in zip(old, new, strict=True))


def ask(problem: Problem = PROBLEM, **pairs) -> WhatIf:
    return what_if(problem, ASSIGNMENTS, params=ONE, **pairs)


def test_who_gives_way_to_a_forced_person_loses_the_place():
    answer = ask(changed("coaches", "c0", caseload=2), force=[("p2", "g0")])
    assert answer.status == "optimal"
    assert [(a.kind, a.difference.participant) for a in answer.affected] == [
        ("worse", "p0"),
        ("gains", "p2"),
    ]
    served, wishes, kept, _ = answer.changes
    assert (served.least, wishes.least, kept.least) == (1, -100, -2)
    assert [rule["rule"] for rule in answer.overridden[0].rules] == ["R1"]


def test_a_pinned_pair_can_be_forbidden():
    pinned = replace(PROBLEM, pins=(Pair("p0", "g1"),))
    answer = ask(pinned, forbid=[("p0", "g1")])
    assert [(a.kind, a.difference.lost) for a in answer.affected] == [
        ("worse", (Pair("p0", "g1"),))
    ]
    assert Pair("p0", "g1") not in answer.problem.pins


def test_what_cannot_be_is_answered_with_the_pins_and_rules_in_the_way():
    full = replace(changed("groups", "g0", capacity=1), pins=(Pair("p1", "g0"),))
    answer = ask(full, force=[("p0", "g0")])
    assert answer.status == "infeasible"
    assert answer.before.status == "optimal"
    assert answer.conflict.rules == ("H1",)
    assert "p0 in g0, p1 in g0" in answer.conflict.text


def test_a_plan_that_is_not_the_best_is_said_to_be_so():
    answer = what_if(PROBLEM, ASSIGNMENTS[:1], forbid=[("p2", "g0")], params=ONE)
    assert answer.num_moved_anyway == 2
    assert answer.affected == ()


def test_a_forced_visit_at_a_time_when_the_person_is_away_is_said_to_be_one():
    away = changed("participants", "p2", wishes=(Wish(1, group="g0"),), availability=())
    away = replace(away, policy=Policy(min_attendance=0))
    answer = ask(away, force=[("p2", "g0")])
    (told,) = answer.overridden
    assert told.is_wider
    assert [rule["rule"] for rule in told.rules] == ["H7"]


def test_out_of_time_changes_stand_between_bounds_or_are_not_known():
    answer = what_if(
        changed("participants", "p2", wishes=(Wish(1, group="g0"),)),
        (),
        force=[("p2", "g0")],
        params=Params(time_limit=0, workers=1),
    )
    for change in answer.changes:
        assert change.is_exact or change.least is None or change.least <= change.most
    assert not all(change.is_exact for change in answer.changes)


def test_pairs_that_cannot_be_meant_are_refused_all_at_once():
    with pytest.raises(UnknownPairError) as caught:
        ask(force=[("p9", "g0"), ("p0", "g9"), ("p0", "g0")], forbid=[("p0", "g0")])
    assert caught.value.faults == [
        "the problem has no participant p9",
        "the problem has no group g9",
        "participant p0, group g0: both forced and forbidden",
    ]
    with pytest.raises(UnknownPairError, match="nothing to force"):
        ask()
