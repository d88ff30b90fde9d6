"""Planning again: nobody moves who need not, and every reason is true, by brute force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import pytest

from scheduler.check import Facts, check
from scheduler.check.tiers import allowed_loss, goodness
from scheduler.greedy import greedy
from scheduler.params import Params
from scheduler.problem import (
    DEFAULT_OBJECTIVE,
    Problem,
)
from scheduler.questions.again import Again, Reason, plan_again
from scheduler.result import Assignment
from tests.scheduler.brute_force import best_values, every_value
from tests.scheduler.questions.smaller import without_group, without_participant
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import changed

ONE = Params(workers=1)
LAST = "p3"


def situations() -> Iterator[tuple[str, Problem, Problem, dict[str, float]]]:
    """A problem, what became of it, and the slack: small, with every kind of change."""
    for seed in range(120):
        rng = Random(seed)  # noqa: S311  chance for tests, no secret
        now = make_problem(seed)
        if seed % 5:
            now = replace(now, pins=(), policy=replace(now.policy, objective=DEFAULT_OBJECTIVE))
        person, group = rng.choice(now.participants), rng.choice(now.groups)
        before = now
        kind = ("new", "left", "cancelled", "smaller", "coach", "wishes")[seed % 6]
        if kind == "new":
            before = without_participant(now, person.id)
        elif kind == "left":
            now = without_participant(before, person.id)
        elif kind == "cancelled":
            now = without_group(before, group.id)
        elif kind == "smaller":
            now = changed("groups", group.id, now, capacity=1, min_size=0)
        elif kind == "coach":
            now = changed("coaches", now.coaches[0].id, now, caseload=1)
        else:
            now = changed("participants", person.id, now, wishes=person.wishes[1:])
        weighted = now.policy.wishes == "weighted"
        slack = {"served": 0.2, **({"wishes": 0.15} if weighted else {})} if seed % 4 == 1 else {}
        yield f"{seed}-{kind}", before, now, slack


SITUATIONS = list(situations())


def published_plan(problem: Problem) -> tuple[Assignment, ...]:
    """A plan of the problem that is rarely its best, so that there are reasons to move."""
    return tuple(greedy(problem) or ())


@pytest.mark.parametrize(
    ("before", "now", "slack"), [s[1:] for s in SITUATIONS], ids=[s[0] for s in SITUATIONS]
)
def test_no_more_is_kept_by_any_plan_and_every_move_and_reason_is_true(before, now, slack):
    published = published_plan(before)
    again = plan_again(now, published, ONE, slack)
    best = best_values(again.problem)
    if best is None:
        assert again.result.status == "infeasible"
        return
    assert check(again.problem, again.result) == []
    assert {tier.name: tier.bound for tier in again.result.tiers} == best
    assert_complete(published, again)
    for reason in (reason for move in again.moves for reason in move.reasons):
        if reason.verdict is None:
            assert_a_fact(again.problem, reason)
        else:
            assert_found(again.problem, best, reason)


def assert_complete(published: Sequence[Assignment], again: Again) -> None:
    """Everybody for whom something changed is listed, with all that did, and nobody else."""
    was = {(a.participant, a.group, a.coach) for a in published}
    now = {(a.participant, a.group, a.coach) for a in again.result.assignments}
    assert sorted(m.participant for m in again.moves) == sorted({p for p, _, _ in was ^ now})
    for move in again.moves:
        assert move.reasons
        both = move.difference.coaches
        lost = {*move.difference.lost, *(pair for pair, _ in both)}
        gained = {*move.difference.gained, *(pair for _, pair in both)}
        for pairs, change in (lost, was - now), (gained, now - was):
            own = {triple for triple in change if triple[0] == move.participant}
            assert {(p.participant, p.group, p.coach) for p in pairs} == own


def assert_found(asked: Problem, best: dict, reason: Reason) -> None:
    """The verdict on pins and bans is that of trying every plan."""
    verdict = reason.verdict
    assert verdict.code == reason.code
    pins = {(pin.participant, pin.group): pin for pin in (*asked.pins, *reason.pins)}
    varied = replace(asked, pins=tuple(pins.values()), bans=(*asked.bans, *reason.bans))
    plans = every_value(varied)
    if not plans:
        assert verdict.code == "impossible"
        return
    for tier in asked.policy.objective:
        top = max((plan[tier] for plan in plans), key=lambda value: goodness(asked, tier, value))
        spare = allowed_loss(asked, tier, best[tier])
        good = goodness(asked, tier, best[tier])
        floor = (good[0] - spare, *good[1:])
        if goodness(asked, tier, top) < floor:
            told = verdict.change
            assert (verdict.code, told.tier, told.after) == ("loses", tier, top)
            assert told.is_exact
            if isinstance(top, int):
                assert told.least == told.most == top - best[tier]
            return
        if not spare and goodness(asked, tier, top) > floor:
            assert (verdict.code, verdict.change.tier, reason.is_wider) == ("better", tier, True)
            return
        plans = [plan for plan in plans if goodness(asked, tier, plan[tier]) >= floor]
    assert verdict.code == "equal"


def assert_a_fact(asked: Problem, reason: Reason) -> None:
    facts = Facts(asked)
    for pair in reason.pairs:
        is_there = pair.participant in facts.participants
        if reason.code == "left":
            assert not is_there
        elif reason.code == "group gone":
            assert pair.group not in facts.groups
        elif reason.code == "pinned":
            assert (pair.participant, pair.group) in facts.pins
        elif reason.code == "rules":
            person, group = facts.participants[pair.participant], facts.groups[pair.group]
            labels = {rule["rule"] for rule in reason.rules}
            assert labels
            assert labels - {"H7"} == set(facts.failing(person, group))
        else:
            assert reason.code in ("coach gone", "coach unfit", "coaching")
