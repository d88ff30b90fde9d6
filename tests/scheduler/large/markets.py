"""Small problems as markets, and what is wrong with a plan: for all tests of large problems."""

from __future__ import annotations

from scheduler.check import Facts, broken, known
from scheduler.clashes import clashes
from scheduler.coaching import Visits
from scheduler.large.market import Market
from scheduler.large.region import Aim
from scheduler.options import find_options
from scheduler.problem import Problem
from scheduler.result import Assignment
from scheduler.solve import in_order
from tests.scheduler.small_problems import make_problem

SEEDS = range(100)


def problem_of(seed: int) -> Problem:
    return in_order(make_problem(seed))


def market_of(problem: Problem) -> Market:
    return Market(problem, find_options(problem), clashes(problem), Visits(problem))


def aim_of(market: Market) -> Aim:
    """Places first, then wishes."""
    return Aim(1000.0 * market.weight, market.options.utility.astype(float))


def faults(problem: Problem, plan: tuple[Assignment, ...]) -> list[object]:
    """Every rule that the plan breaks."""
    facts = Facts(problem)
    counted, wrong = known(facts, plan)
    return [*wrong, *broken(facts, counted)]
