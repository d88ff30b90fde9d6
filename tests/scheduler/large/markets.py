"""Small problems as markets, and what is wrong with a plan: for all tests of large problems."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from scheduler.check import Facts, broken, known
from scheduler.check.tiers import goodness
from scheduler.clashes import clashes
from scheduler.coaching import Visits
from scheduler.greedy import greedy
from scheduler.large.clock import Clock
from scheduler.large.incumbent import Incumbent
from scheduler.large.market import Choice, Market
from scheduler.large.prices import Paid, Prices
from scheduler.large.region import Aim
from scheduler.large.rounds import Rounds
from scheduler.options import find_options
from scheduler.params import Params
from scheduler.problem import (
    Coach,
    Coaching,
    Group,
    Horizon,
    Participant,
    Problem,
    Slot,
    Venue,
    Window,
    Wish,
)
from scheduler.result import Assignment, Value
from scheduler.solve import in_order
from scheduler.waiting import Stop
from tests.scheduler.brute_force import every_value
from tests.scheduler.small_problems import make_problem

SEEDS = range(48)
ALWAYS = Clock(Params(time_limit=None), None, 0.0)

MORNING = Slot(datetime(2027, 1, 4, 8), datetime(2027, 1, 4, 12))  # a Monday
TUESDAY = Slot(*(moment + timedelta(days=1) for moment in (MORNING.start, MORNING.end)))
VISITS = Coaching(60)


def chance(seed: int) -> Random:
    """Chance that is the same each time."""
    return Random(seed)  # noqa: S311  chance for tests, no secret


def group(id_: str, capacity: int = 1, min_size: int = 0, *, is_coached: bool = False) -> Group:
    """A group of its own measure on Monday morning at the one venue."""
    coaching = VISITS if is_coached else None
    return Group(id_, id_, "v", capacity, min_size, (MORNING,), coaching=coaching)


def wishing(id_: str, *groups: str) -> Participant:
    """Somebody with these groups' measures as first, second, ... wish."""
    wishes = tuple(Wish(rank, measure=id_) for rank, id_ in enumerate(groups, 1))
    return Participant(id_, 1, wishes=wishes)


def coach(id_: str, caseload: int = 9, hours: int = 4) -> Coach:
    """Somebody who can make visits at that time for so long."""
    return Coach(id_, frozenset(), caseload, 9999, None, (Window(0, 480, 480 + 60 * hours),))


def gathered(
    groups: Sequence[Group], people: Sequence[Participant], coaches: Sequence[Coach] = ()
) -> Problem:
    """A problem at one venue in one week."""
    return Problem(
        "gathered",
        Horizon(date(2027, 1, 4), date(2027, 1, 10), "Europe/Paris"),
        venues=(Venue("v", None),),
        groups=tuple(groups),
        coaches=tuple(coaches),
        participants=tuple(people),
    )


def seen_twice(
    people: int, caseloads: Sequence[int], places: Sequence[int] = (2, 2), most: int = 2
) -> Problem:
    """Each person could have a group on Monday and one on Tuesday, with any of the coaches."""
    monday, tuesday = (
        group(id_, size, is_coached=True) for id_, size in zip("ab", places, strict=True)
    )
    windows = Window(0, 480, 720), Window(1, 480, 720)
    return gathered(
        [monday, replace(tuesday, slots=(TUESDAY,))],
        [replace(wishing(f"p{i}", "a", "b"), max_groups=most) for i in range(people)],
        [replace(coach(f"c{i}", load), availability=windows) for i, load in enumerate(caseloads)],
    )


def problem_of(seed: int) -> Problem:
    return in_order(make_problem(seed))


def begun_of(seed: int) -> tuple[Problem, Market, Choice] | None:
    """A problem by chance and its plan by list; None where pins leave it none."""
    problem = problem_of(seed)
    begun = greedy(problem)
    if begun is None:
        return None
    market = market_of(problem)
    return problem, market, market.choice_of(begun)


def market_of(problem: Problem) -> Market:
    return Market(problem, find_options(problem), clashes(problem), Visits(problem))


def rounds_of(
    problem: Problem, begun: tuple[Assignment, ...], stop: Stop = lambda: False
) -> tuple[Rounds, Incumbent]:
    """Rounds that begin with this plan, at prices of nothing, and what they have in hand."""
    market = market_of(problem)
    hand = Incumbent(market)
    hand.take(market.choice_of(begun))
    prices = Prices(market)
    paid, clock = Paid(prices, prices.start()), Clock(Params(time_limit=None), stop, 0.0)
    return Rounds(market, hand, paid, clock, chance(0), lambda: None, is_whole=False), hand


def aim_of(market: Market) -> Aim:
    """Places first, then wishes."""
    return Aim(1000.0 * market.weight, market.options.utility.astype(float))


def best_of(problem: Problem) -> list[int]:
    """Of served and then of wishes."""
    tiers = "served", "wishes"
    return max(
        [number for tier in tiers for number in goodness(problem, tier, values[tier])]
        for values in every_value(problem)
    )


def best_of_aim(problem: Problem) -> float:
    """What no plan exceeds of ``aim_of``, wishes weighted; -inf where no plan obeys the rules."""
    sizes = {"served": 1000.0, "wishes": 1.0}

    def worth(values: Mapping[str, Value]) -> float:
        counted = sizes.keys() & values
        return sum(sizes[tier] * goodness(problem, tier, values[tier])[0] for tier in counted)

    return max(map(worth, every_value(problem)), default=-math.inf)


def faults(problem: Problem, plan: tuple[Assignment, ...]) -> list[object]:
    """Every rule that the plan breaks."""
    facts = Facts(problem)
    counted, wrong = known(facts, plan)
    return [*wrong, *broken(facts, counted)]
