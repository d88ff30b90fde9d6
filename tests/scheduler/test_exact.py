"""Level after level to a proven best: beliefs, stops and answers that cannot be true."""

from __future__ import annotations

from dataclasses import replace
from itertools import count, islice, product
from random import Random

import numpy as np
import pytest

from scheduler.constraints import build
from scheduler.exact import Exact, Goal
from scheduler.greedy import greedy
from scheduler.matrix import dense
from scheduler.model import Model, Rows
from scheduler.objectives import Level, tiers
from scheduler.options import find_options
from scheduler.outcome import EngineError
from scheduler.params import Params
from scheduler.problem import Group, Participant, Problem, Wish
from scheduler.result import Progress
from scheduler.second_opinion import SAFE, checked_best
from scheduler.solve import in_order, solve
from scheduler.space import Space
from tests.scheduler.brute_force import best_values, every_plan
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import PROBLEM, slot

ONE = Params(workers=1)
STOPS = list(product([False, True], repeat=4))


def model_of(problem: Problem) -> Model:
    return build(problem, find_options(problem))


DAYS = (slot(11, 8, 12), slot(18, 8, 12))


def problem_of(
    groups: list[Group], people: list[Participant], objective: tuple[str, ...], **fields: object
) -> Problem:
    policy = replace(PROBLEM.policy, objective=objective, slack=fields.pop("slack", {}))
    return replace(
        PROBLEM,
        groups=tuple(groups),
        participants=tuple(people),
        coaches=(),
        policy=policy,
        **fields,
    )


def triangles(number: int, objective: tuple[str, ...], *, trap: bool = False) -> Problem:
    """In each of some groups three people of whom no two may meet: one of them has a place.

    By halves one and a half have: of two groups the relaxation is a whole number, and wrong.
    With the trap the list takes the only place of one person for another one.
    """
    groups = [Group(f"g{i}", f"g{i}", "v0", 9, 0, DAYS) for i in range(number)]
    people = [
        Participant(f"p{i}{j}", 100, wishes=(Wish(1 + j, group=f"g{i}"),))
        for i in range(number)
        for j in range(3)
    ]
    if trap:
        groups += [Group(f"t{i}", f"t{i}", "v0", 1, 0, DAYS) for i in range(2)]
        people.append(Participant("q0", 100, wishes=(Wish(1, group="t0"), Wish(2, group="t1"))))
        people.append(Participant("q1", 100, wishes=(Wish(1, group="t0"),)))
    apart = [(f"p{i}{j}", f"p{i}{(j + 1) % 3}") for i in range(number) for j in range(3)]
    return problem_of(groups, people, objective, apart=tuple(apart))


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("trap", [False, True])
@pytest.mark.parametrize(
    "objective", [("served",), ("served", "wishes"), ("served", "kept", "travel", "wishes")]
)
def test_what_was_believed_in_vain_is_taken_back(
    number: int, objective: tuple[str, ...], *, trap: bool
) -> None:
    problem = triangles(number, objective, trap=trap)
    served = tiers(model := model_of(problem))[0]
    bound = Space.of(model).relaxed(served.levels[0]).limit
    assert bound == pytest.approx(150 * number + 200 * trap)
    result = solve(problem, ONE)
    assert result.status == "optimal"
    assert {tier.name: tier.value for tier in result.tiers} == best_values(problem)
    assert result.tiers[0].value == 100 * number + 200 * trap


def test_a_tier_with_slack_is_proven_before_less_than_its_best_will_do() -> None:
    groups = [Group("t0", "t0", "v0", 1, 0, DAYS), Group("t1", "t1", "v1", 1, 0, DAYS)]
    near, far = (Wish(1, group="t0"), Wish(2, group="t1"))
    home = PROBLEM.venues[0].place
    people = [
        Participant("q0", 1, home=home, wishes=(near, far)),
        Participant("q1", 1, home=home, wishes=(near,)),
    ]
    problem = problem_of(groups, people, ("served", "travel"), slack={"served": 0.5})
    best = best_values(problem)
    assert best == {"served": 2, "travel": 0}
    result = solve(problem, ONE)
    assert {tier.name: tier.bound for tier in result.tiers} == best
    assert result.status == "optimal"


@pytest.mark.parametrize("seed", range(40))
def test_whenever_it_is_stopped_what_it_says_is_true(seed: int) -> None:
    problem = in_order(replace(make_problem(seed), pins=()))
    best = best_values(problem)
    assert best is not None
    for stops in STOPS[seed % 4 :: 4]:
        asked = iter(stops)
        result = solve(problem, ONE, should_stop=lambda asked=asked: next(asked, False))
        for tier in result.tiers:
            if tier.proven:
                assert tier.bound == best[tier.name]
        first = result.tiers[0]
        if isinstance(first.bound, int):
            sign = -1 if first.name == "travel" else 1
            assert sign * first.bound >= sign * best[first.name]


def test_a_stop_is_not_answered_with_a_word_on_each_of_a_thousand_ranks() -> None:
    """Each word looks at all tiers of the plan: a thousand of them take seconds."""
    policy = replace(PROBLEM.policy, wishes="rank-maximal")
    problem = replace(triangles(2, ("wishes", "travel")), policy=policy)
    (first, *others) = problem.participants
    last = replace(first, wishes=(*first.wishes, Wish(1000, group="g1")))
    problem = replace(problem, participants=(last, *others))
    heard: list[Progress] = []
    asked = count()
    result = solve(problem, ONE, heard.append, should_stop=lambda: next(asked) > 0)
    assert result.status == "feasible"
    assert len(heard) < 20


def test_levels_without_a_limit_known_beforehand_are_proven_all_the_same() -> None:
    rows = Rows()
    x, y = rows.variable(9), rows.variable(9)
    rows.add("", [(x, 2), (y, 2)], high=7)
    goals = [Goal(Level(((x, 1), (y, 1)), 99), lambda best: best), Goal(Level(((y, 5),), 99), int)]
    exact = Exact(rows, goals, [0, 0], ONE, lambda: None, lambda: False)
    assert len(list(exact.run())) <= 2
    assert (exact.best, exact.bounds, exact.values) == ([3, 15], [3, 15], [0, 3])


SIZE = 9


def some_rows(rng: Random) -> tuple[Rows, list[Level]]:
    """Rows that share little with a plan: bounds far from the best values, weights of all sizes."""
    rows = Rows()
    for _ in range(SIZE):
        rows.variable()
    for _ in range(rng.randint(3, 12)):
        terms = [(v, rng.choice((1, 1, 1, 2, 3))) for v in rng.sample(range(SIZE), 3)]
        rows.add("", terms, high=rng.choice((1, 1, 2, 3)))
    levels = [
        Level(tuple((v, rng.choice((0, 10, 10, 10, 27, 99))) for v in range(SIZE)), 10**4)
        for _ in range(3)
    ]
    return rows, levels


def exact_from(rows: Rows, levels: list[Level], values: list[int], slack: int = 0) -> Exact:
    goals = [Goal(level, lambda best: best - slack) for level in levels]
    return Exact(rows, goals, values, ONE, lambda: None, lambda: False)


@pytest.mark.parametrize("seed", range(60))
def test_every_level_of_any_rows_is_the_best_of_all_points(seed: int) -> None:
    rng = Random(seed)  # noqa: S311  chance for tests, no secret
    rows, levels = some_rows(rng)
    slack = rng.choice((0, 0, 3))
    exact = exact_from(rows, levels, [0] * SIZE, slack)
    list(exact.run())
    points = [
        point
        for point in product((0, 1), repeat=SIZE)
        if all(sum(c * point[v] for v, c in row.terms) <= row.high for row in rows.rows)
    ]
    for level, best in zip(levels, exact.best, strict=True):
        assert best == max(level.of(point) for point in points)
        points = [point for point in points if level.of(point) >= best - slack]


@pytest.mark.parametrize("seed", range(60))
def test_a_search_that_is_stopped_leaves_no_later_level_worse(seed: int) -> None:
    """What is best for one level is often not best for the next: the plan in hand may be both."""
    rows, levels = some_rows(Random(seed))  # noqa: S311  chance for tests, no secret
    exact = exact_from(rows, levels, [0] * SIZE)
    list(exact.run())
    for steps in (1, 2):
        again = exact_from(rows, levels, exact.values)
        list(islice(again.run(), steps))
        assert [level.of(again.values) for level in levels] == exact.best


def test_a_bound_is_rounded_to_what_the_coefficients_allow() -> None:
    goal = Goal(Level(((0, 35), (1, 50)), 10**6), int)
    assert [goal.rounded(limit) for limit in (99.99, 100.0, 104.9)] == [95, 100, 100]
    assert Goal(Level(((0, 35),), 70), int).rounded(105) == 70
    assert Goal(Level((), 0), int).rounded(0.0) == 0


@pytest.mark.parametrize("seed", range(30))
def test_multipliers_of_any_kind_keep_every_plan_that_reaches_the_target(seed: int) -> None:
    problem = make_problem(seed)
    model = model_of(problem)
    level = tiers(model)[0].levels[0]
    space = Space.of(model)
    objective = dense(level.terms, len(model.upper))
    chance = np.random.default_rng(seed)
    plans = [model.values_of(plan) for plan in islice(every_plan(problem), 0, 4000, 40)]
    duals = [chance.normal(size=len(model.rows)) * scale for scale in (0, 0.1, 1, 10)]
    proofs = [space.relaxed(level), *(space.proven(objective, dual) for dual in duals)]
    for proof in proofs:
        for values in plans:
            value = level.of(values)
            assert value <= proof.limit
            near = space.near(proof, value)
            assert (near.lower <= values).all()
            assert (near.upper >= values).all()


def test_near_the_bound_of_the_relaxation_little_is_left() -> None:
    problem = triangles(2, ("travel",))
    model = model_of(problem)
    space, (level,) = Space.of(model), tiers(model)[0].levels
    far = replace(level, terms=tuple((o, -1) for o in range(6)))
    proof = space.relaxed(far)
    assert proof.limit == pytest.approx(0)
    assert not space.near(proof, 0).upper.any()
    assert space.near(proof, -1).upper.all()


def start_of(problem: Problem, model: Model) -> list[int]:
    plan = greedy(problem)
    assert plan is not None
    return model.values_of(plan)


def test_an_answer_behind_what_is_known_is_dropped() -> None:
    problem = in_order(replace(make_problem(1), pins=()))
    model = model_of(problem)
    level, start = tiers(model)[0].levels[0], start_of(problem, model)
    found = checked_best(Space.of(model), level, start, None, ONE)
    assert found.is_optimal
    assert found.values is not None
    best = level.of(found.values)
    assert checked_best(Space.of(model), level, start, best, ONE).is_optimal
    dropped = checked_best(Space.of(model), level, start, best + 1, ONE)
    assert not dropped.is_optimal
    assert not dropped.is_infeasible
    assert dropped.values is None


def test_a_space_called_empty_where_a_plan_is_known_is_not_believed() -> None:
    model = model_of(in_order(replace(make_problem(1), pins=())))
    level, values = tiers(model)[0].levels[0], [0] * len(model.upper)
    empty = Space.of(model).keeping(level, level.limit + 1)
    assert checked_best(empty, level, values, None, ONE).is_infeasible
    assert not checked_best(empty, level, values, 0, ONE).is_infeasible


@pytest.mark.parametrize("weight", [1, SAFE])
def test_large_weights_are_proven_by_two_engines(weight: int) -> None:
    problem = triangles(2, ("served",))
    heavy = tuple(replace(person, weight=weight) for person in problem.participants)
    problem = replace(problem, participants=heavy)
    model = model_of(problem)
    level = tiers(model)[0].levels[0]
    assert (Space.of(model).largest(level) > SAFE) == (weight > 1)
    result = solve(problem, ONE)
    assert result.status == "optimal"
    assert result.tiers[0].value == 2 * weight


def test_an_engine_that_refuses_a_model_says_why() -> None:
    model = model_of(triangles(2, ("served",)))
    level = tiers(model)[0].levels[0]
    with pytest.raises(EngineError, match="threads"):
        Space.of(model).best(level, [0] * len(model.upper), Params(workers=-1))
