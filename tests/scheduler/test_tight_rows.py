"""Rows that the rules imply: they cut off no plan, and bring the relaxation down to the best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, islice

import numpy as np
import pytest

from scheduler.constraints import build, rounded_down
from scheduler.matrix import Matrix
from scheduler.model import Model, Row, Rows
from scheduler.objectives import tiers
from scheduler.options import find_options
from scheduler.problem import Coach, Coaching, Group, Participant, Problem, Wish
from scheduler.space import Space
from tests.scheduler.brute_force import best_values, every_plan
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import MORNING, PROBLEM, slot


def breaks_a_row(model: Model, values: list[int]) -> bool:
    matrix = Matrix.of(model)
    terms = matrix.coefficient * np.array(values)[matrix.column]
    sums = np.bincount(matrix.row, weights=terms, minlength=len(matrix.low))
    is_outside = bool((np.array(values) > matrix.upper).any())
    return is_outside or bool(((sums < matrix.low) | (sums > matrix.high)).any())


def with_visits_of_no_time(problem: Problem) -> Problem:
    return replace(
        problem,
        groups=tuple(
            replace(group, coaching=group.coaching and replace(group.coaching, visit_minutes=0))
            for group in problem.groups
        ),
    )


@pytest.mark.parametrize("change", [lambda problem: problem, with_visits_of_no_time])
@pytest.mark.parametrize("seed", range(60))
def test_no_row_cuts_off_a_plan(seed: int, change: Callable[[Problem], Problem]) -> None:
    problem = change(make_problem(seed))
    model = build(problem, find_options(problem))
    tiers(model)
    for plan in islice(every_plan(problem), 0, 20_000, 50):
        assert not breaks_a_row(model, model.values_of(plan))


def person(id_: str, *groups: str, most: int = 2) -> Participant:
    wishes = tuple(Wish(1, group=group) for group in groups)
    return Participant(id_, 1, wishes=wishes, max_groups=most)


def group(id_: str, day: int = 11, *, measure: str | None = None, **fields: object) -> Group:
    """Meets on two Mondays (day 11) or Tuesdays (day 12) in the morning."""
    slots = (slot(day, 8, 12), slot(day + 7, 8, 12))
    return replace(Group(id_, measure or id_, "v0", 9, 0, slots), **fields)


def coached(id_: str, day: int = 11, **fields: object) -> Group:
    return group(id_, day, coaching=Coaching(60), **fields)


TUESDAY = replace(MORNING, day=1)
COACH = Coach("c0", frozenset(), 9, 480, None, (MORNING, TUESDAY))
ONE_PLACE = replace(COACH, caseload=1)


def problem_of(
    groups: list[Group],
    people: list[Participant],
    coach: Coach = COACH,
    objective: str = "served",
) -> Problem:
    return replace(
        PROBLEM,
        groups=tuple(groups),
        participants=tuple(people),
        coaches=(coach,),
        policy=replace(PROBLEM.policy, objective=(objective,)),
    )


def relaxed(problem: Problem, weaker: Callable[[Model, Row], list[Row]] | None = None) -> float:
    """The bound of the relaxation, with some rows weaker or left out."""
    model = build(problem, find_options(problem))
    (tier,) = tiers(model)
    rows = model.rows
    if weaker is not None:
        rows = [row for strong in rows for row in weaker(model, strong)]
    return Space.of(Rows(model.upper, rows)).relaxed(tier.levels[0]).limit


def pair_by_pair(model: Model, row: Row) -> list[Row]:
    """A person is followed who is visited in any one group, and nothing more is known of it."""
    followed, served = set(model.followed.values()), {v: p for p, v in model.served.items()}
    ones = [v for v, sign in row.terms if sign > 0]
    if row.label or not followed & {v for v, _ in row.terms}:
        return [row]
    if ones[0] in served:
        options = model.of_participant[served[ones[0]]]
        return [Row("", ((ones[0], 1), *((o, -1) for o in options)), row.low, row.high)]
    return [
        Row("", ((v, 1), (f, -1)), row.low, row.high)
        for f, sign in row.terms
        if f in followed and sign < 0
        for v in ones
    ]


def without_rounding(model: Model, row: Row) -> list[Row]:
    return [] if row.label == "H9" and row.high == 1 else [row]


def visit_by_visit(model: Model, row: Row) -> list[Row]:
    """Nobody is visited where the coach is not, and nothing is said of a group's places."""
    there = set(model.present.values())
    if row.label == "H10" and (row.terms[-1][0] in there and row.terms[-1][1] == -1):
        return []
    return [row]


def without_cliques_of_three(model: Model, row: Row) -> list[Row]:
    if row.label != "H5" or len(row.terms) < 3:
        return [row]
    return [Row("H5", pair, row.low, row.high) for pair in combinations(row.terms, 2)]


HALF_A_PLACE = problem_of(
    [coached("g0", measure="one"), coached("g1", measure="two")],
    [person("p0", "g0", "g1"), person("p1", "g0", "g1")],
    ONE_PLACE,
    "wishes",
)
HALF_A_PLACE_BOTH = problem_of(
    [coached("g0", 11), coached("g1", 12)],
    [person("p0", "g0", "g1"), person("p1", "g0", "g1")],
    ONE_PLACE,
)
HALF_AN_HOUR = problem_of(
    [coached("g0")],
    [person("p0", "g0", most=1), person("p1", "g0", most=1)],
    replace(COACH, minutes_per_week=90),
)
HALF_A_WINDOW = problem_of(
    [coached("g0", capacity=1), coached("g1", capacity=1, venue="v1")],
    [person(f"p{i}", f"g{i % 2}", most=1) for i in range(4)],
    replace(COACH, availability=(MORNING,)),
)
LATE = (slot(11, 11, 13), slot(18, 11, 13))
THREE_OF_A_KIND = problem_of(
    [
        group("g0", measure="one"),
        group("g1", 12, measure="one"),
        group("g2", slots=(*LATE, slot(12, 8, 12))),
    ],
    [person("p0", "g0", "g1", "g2", most=3)],
    objective="wishes",
)

TIGHTER = {
    "groups that clash share no half of a coach's place": (HALF_A_PLACE, pair_by_pair),
    "nor do groups that do not clash": (HALF_A_PLACE_BOTH, pair_by_pair),
    "no half visits in a coach's week": (HALF_AN_HOUR, without_rounding),
    "no half of a window for a group's one place": (HALF_A_WINDOW, visit_by_visit),
    "clashes and measures exclude in one clique": (THREE_OF_A_KIND, without_cliques_of_three),
}


@pytest.mark.parametrize(("problem", "weaker"), TIGHTER.values(), ids=TIGHTER)
def test_a_family_of_rows_brings_the_bound_down_to_the_best_plan(
    problem: Problem, weaker: Callable[[Model, Row], list[Row]]
) -> None:
    best = best_values(problem)
    assert best is not None
    (value,) = best.values()
    assert isinstance(value, int)
    assert relaxed(problem) == pytest.approx(value)
    assert relaxed(problem, weaker) > value + 0.4


def test_rounding_down_gives_no_row_that_says_nothing_new() -> None:
    assert not list(rounded_down([(0, 60), (1, 120)], 240))
    assert list(rounded_down([(0, 45), (1, 90)], 240)) == [
        (((0, 1), (1, 2)), 5),
        (((1, 1),), 2),
    ]
    assert not list(rounded_down([(0, 0)], 240))
