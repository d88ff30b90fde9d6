"""The smallest relaxation: it is enough, nothing smaller is, by brute force; and in words."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from random import Random

import pytest

from scheduler.params import Params
from scheduler.problem import Coach, Pair, Problem, Quota, Wish
from scheduler.questions.limits import AGREEMENTS, Change, applied, words
from scheduler.questions.relaxing import relaxation
from tests.scheduler.brute_force import best_values
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import MORNING, PROBLEM, changed

ONE = Params(workers=1)
PLENTY = 10_000


def can_stand(problem: Problem) -> bool:
    policy = replace(problem.policy, objective=())
    return best_values(replace(problem, policy=policy, previous=())) is not None


def pinned_problem(seed: int) -> Problem:
    """A small problem with a few pins more than it can bear."""
    problem, rng = make_problem(seed), Random(seed)  # noqa: S311  chance for tests, no secret
    pins = {(pin.participant, pin.group): pin for pin in problem.pins}
    for _ in range(rng.randint(2, 4)):
        person, group = rng.choice(problem.participants), rng.choice(problem.groups)
        named = group.coaching is not None and rng.random() < 0.5
        coach = rng.choice(problem.coaches).id if named else None
        pins[person.id, group.id] = Pair(person.id, group.id, coach)
    return replace(problem, pins=tuple(pins.values()))


def relaxable(problem: Problem) -> list[Change]:
    """Every single change, each limit by so much that more is of no use."""
    found = []
    for group in problem.groups:
        found += [Change("capacity", (group.id,), group.capacity, PLENTY)]
        found += [Change("min_size", (group.id,), group.min_size, 0)] * bool(group.min_size)
    for coach in problem.coaches:
        found += [Change("caseload", (coach.id,), coach.caseload, PLENTY)]
        found += [Change("minutes_per_week", (coach.id,), coach.minutes_per_week, PLENTY)]
    for person in problem.participants:
        found += [Change("max_groups", (person.id,), person.max_groups, PLENTY)]
        minutes = person.max_minutes_per_week
        if minutes is not None:
            found += [Change("max_minutes_per_week", (person.id,), minutes, PLENTY)]
    found += [
        Change("quota", (str(q),), quota.max, PLENTY) for q, quota in enumerate(problem.quotas)
    ]
    for kind in ("apart", "together"):
        found += [Change(kind, pair) for pair in getattr(problem, kind)]
    return found + [Change("pin", (pin.participant, pin.group)) for pin in problem.pins]


def num_agreements(changes: tuple[Change, ...]) -> int:
    return sum(change.kind in AGREEMENTS for change in changes)


def least(problem: Problem, change: Change) -> int:
    """The smallest amount of a single change that is enough."""
    if change.kind in AGREEMENTS:
        return 1
    sign = -1 if change.kind == "min_size" else 1
    amount = 1
    while not can_stand(applied(problem, replace(change, after=change.before + sign * amount))):
        amount += 1
    return amount


@pytest.mark.parametrize("seed", range(40))
def test_the_relaxation_is_enough_and_nothing_smaller_is(seed):
    problem = pinned_problem(seed)
    found = relaxation(problem, ONE)
    assert found.is_smallest
    assert found.is_needed == (not can_stand(problem))
    changes = found.changes
    assert bool(changes) == found.is_needed
    assert can_stand(applied(problem, *changes))
    if not changes:
        return
    everything = relaxable(problem)
    size = len(changes)
    if size <= 3:
        assert not any(
            can_stand(applied(problem, *fewer)) for fewer in combinations(everything, size - 1)
        )
    if size <= 2:
        enough = [s for s in combinations(everything, size) if can_stand(applied(problem, *s))]
        assert num_agreements(changes) == min(map(num_agreements, enough))
    if size == 1:
        same = [s for (s,) in enough if num_agreements((s,)) == num_agreements(changes)]
        assert changes[0].amount == min(least(problem, change) for change in same)


def pinned(problem: Problem, *pairs: tuple[str, ...]) -> Problem:
    return replace(problem, pins=tuple(Pair(*pair) for pair in pairs))


BOTH = (("p0", "g0"), ("p0", "g1"))
TWO = (("p0", "g0"), ("p1", "g0"))


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (
            pinned(changed("groups", "g1", capacity=0), ("p0", "g1"), ("p1", "g1")),
            "2 places more in group g1 (from 0 to 2)",
        ),
        (
            pinned(changed("groups", "g1", min_size=2), ("p0", "g1")),
            "Group g1 opens with 1 person fewer (from 2 to 1)",
        ),
        (
            pinned(changed("coaches", "c0", caseload=1), *TWO),
            "1 person more for coach c0 (from 1 to 2)",
        ),
        (
            pinned(changed("coaches", "c0", minutes_per_week=70), *TWO),
            "50 minutes a week more for coach c0 (from 70 to 120)",
        ),
        (
            pinned(changed("participants", "p0", max_groups=1), *BOTH),
            "1 group more for participant p0 (from 1 to 2)",
        ),
        (
            pinned(changed("participants", "p0", max_minutes_per_week=180), ("p0", "g0")),
            "60 minutes a week more for participant p0 (from 180 to 240)",
        ),
        (
            pinned(
                replace(PROBLEM, quotas=(Quota(("g1",), None, 9), Quota(("g0",), None, 1))), *TWO
            ),
            "1 assignment more in the quota at position 1 (from 1 to 2)",
        ),
        (
            pinned(
                changed(
                    "participants", "p1", replace(PROBLEM, apart=(("p1", "p0"),)), max_groups=2
                ),
                *BOTH,
                ("p1", "g0"),
                ("p1", "g1"),
            ),
            "Participants p0 and p1 no longer kept apart",
        ),
        (
            pinned(replace(PROBLEM, together=(("p2", "p0"),)), *BOTH),
            "Participants p0 and p2 no longer kept together",
        ),
        (
            pinned(changed("coaches", "c0", venues=frozenset()), ("p0", "g0"), ("p0", "g1")),
            "The pin of participant p0 in group g0 taken back",
        ),
    ],
)
def test_each_kind_of_change_is_found_and_said(problem, text):
    found = relaxation(problem, ONE)
    assert [words(change) for change in found.changes] == [text]
    assert found.is_needed
    assert found.is_smallest


def test_who_stays_after_a_pin_was_taken_back_may_have_another_coach():
    idle = Coach("c1", frozenset(), 2, 120, frozenset(), (MORNING,))
    problem = replace(PROBLEM, coaches=(*PROBLEM.coaches, idle), together=(("p0", "p1"),))
    problem = changed("participants", "p0", problem, wishes=(Wish(1, group="g0"),), max_groups=1)
    found = relaxation(pinned(problem, ("p0", "g0", "c1"), ("p1", "g0")), ONE)
    assert found.changes == (Change("pin", ("p0", "g0")),)
    assert {(line.participant, line.coach) for line in found.plan} == {("p0", "c0"), ("p1", "c0")}


def test_a_limit_is_changed_rather_than_a_pin_taken_back():
    problem = pinned(changed("coaches", "c0", minutes_per_week=0), ("p0", "g0"))
    changes = relaxation(problem, ONE).changes
    assert changes == (Change("minutes_per_week", ("c0",), 0, 60),)


def test_of_two_limits_that_would_do_the_one_that_gives_way_less_is_told():
    for short, shorter in (("c0", "c1"), ("c1", "c0")):
        coach = PROBLEM.coaches[0]
        coaches = (
            replace(coach, id=short, minutes_per_week=50),
            replace(coach, id=shorter, minutes_per_week=20),
        )
        problem = pinned(replace(PROBLEM, coaches=coaches), ("p0", "g0"))
        changes = relaxation(problem, ONE).changes
        assert changes == (Change("minutes_per_week", (short,), 50, 60),)


def test_without_any_time_all_pins_are_taken_back_and_nothing_is_claimed():
    found = relaxation(pinned(PROBLEM, *BOTH), Params(workers=1, time_limit=0))
    assert found.changes == tuple(Change("pin", pair) for pair in BOTH)
    assert (found.is_needed, found.is_smallest) == (None, False)


def test_the_order_of_the_file_does_not_change_the_relaxation():
    problem = pinned_problem(1)
    mixed = replace(
        problem,
        pins=problem.pins[::-1],
        participants=problem.participants[::-1],
        groups=problem.groups[::-1],
    )
    assert relaxation(problem, ONE) == relaxation(mixed, ONE)
