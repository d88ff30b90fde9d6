"""Solve a problem: the best plan, what is proven of it, and why others have no place."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import ortools

from scheduler.check import check
from scheduler.clashes import clashes
from scheduler.coaching import Visits
from scheduler.collector import collector_paused
from scheduler.constraints import build
from scheduler.eligibility import Eligibility
from scheduler.greedy import greedy
from scheduler.objectives import tiers
from scheduler.options import Options, find_options
from scheduler.params import Params
from scheduler.pinned import pinned_part
from scheduler.problem import Problem
from scheduler.reasons import unplaced
from scheduler.result import Assignment, Result, TierValue
from scheduler.search import Search, Tell
from scheduler.second_opinion import second_opinion
from scheduler.waiting import Stop

STARTED = 6_000  # options from which the search of large problems makes a start
LARGE, LARGE_PAIRS = 20_000, 10_000_000  # options, and pairs of one person's options
SHARE = 0.8  # of the time, for that start


class WrongPlanError(RuntimeError):
    """A result of ours breaks a rule or tells an untruth: a fault of this package."""

    def __init__(self, violations: Sequence[object]) -> None:
        self.violations = violations
        super().__init__("; ".join(map(str, violations)))


def solve(
    problem: Problem,
    params: Params | None = None,
    on_progress: Tell | None = None,
    should_stop: Stop | None = None,
) -> Result:
    """The best plan found within the limit, what is proven of it, and why others have no place.

    ``should_stop`` is asked a few times a second; once true, the best plan so far is returned.
    ``on_progress`` hears of better plans and bounds. Raises ``WrongPlanError``.
    """
    result = _solve(in_order(problem), (params or Params()).settled(), on_progress, should_stop)
    with collector_paused():
        violations = check(problem, result)
    if violations:
        raise WrongPlanError(violations)
    return result


def in_order(problem: Problem) -> Problem:
    """The same problem sorted by id, so that the order of a file does not choose the plan."""
    return replace(
        problem,
        venues=tuple(sorted(problem.venues, key=lambda venue: venue.id)),
        groups=tuple(sorted(problem.groups, key=lambda group: group.id)),
        coaches=tuple(sorted(problem.coaches, key=lambda coach: coach.id)),
        participants=tuple(sorted(problem.participants, key=lambda person: person.id)),
        pins=tuple(sorted(problem.pins, key=lambda pair: (pair.participant, pair.group))),
        previous=tuple(sorted(problem.previous, key=lambda pair: (pair.participant, pair.group))),
        apart=tuple(sorted(problem.apart)),
        together=tuple(sorted(problem.together)),
    )


def without_slack(problem: Problem) -> Problem:
    """The same problem where each tier is kept at its best."""
    return replace(problem, policy=replace(problem.policy, slack={}))


def _solve(
    problem: Problem, params: Params, on_progress: Tell | None, should_stop: Stop | None
) -> Result:
    began = time.monotonic()
    with collector_paused():
        eligibility = Eligibility(problem)
        options, clashing = find_options(problem, eligibility), clashes(problem)
        visits = Visits(problem)
        plan = greedy(problem, options=options, clashing=clashing)
    if plan is None:
        begun = _with_pins(problem, params, began, should_stop)
        if isinstance(begun, Result):
            return begun
        plan = greedy(problem, begun, options=options, clashing=clashing) or begun
    is_large = _is_large(options) and bool(problem.policy.objective)
    found: list[TierValue] = []
    if is_large or (len(options) > STARTED and problem.policy.objective):
        from scheduler.large.market import Market  # slow to import, and needed by few
        from scheduler.large.search import LargeSearch

        # Slack is used once, by the search that has the last word.
        stated = problem if is_large else without_slack(problem)
        with collector_paused():
            market = Market(stated, options, clashing, visits)
            limited = params if is_large else params.within(SHARE)
            search = LargeSearch(market, limited, on_progress, should_stop, began)
        plan, found = search.improve(plan)
    if not is_large:
        model = build(problem, options)
        wanted = tiers(model)
        exact = Search(model, params, on_progress, should_stop, began=began)
        exact.adopt(plan)
        found = exact.optimise(wanted, found)
        plan = model.plan_of(exact.values)
    with collector_paused():
        told = unplaced(problem, eligibility, visits, plan, params.reasons)
    is_proven = all(tier.proven for tier in found)
    status = "optimal" if is_proven else "feasible"
    return Result(status, plan, tuple(found), told, run=_run(began, params))


def _is_large(options: Options) -> bool:
    """Whether the model would take too long to build: many options, or many of one person."""
    each = np.bincount(options.participant)
    return len(options) > LARGE or int((each * each).sum()) > LARGE_PAIRS


def _with_pins(
    problem: Problem, params: Params, began: float, should_stop: Stop | None
) -> tuple[Assignment, ...] | Result:
    """A plan of the pinned groups alone, or what is answered where there is none."""
    from scheduler.conflict import find_conflict  # slow to import, and needed by few
    from scheduler.engine import Engine

    part = pinned_part(problem)
    pinned = build(part, find_options(part))

    def left() -> float | None:
        limit = params.time_limit
        return None if limit is None else max(0.0, began + limit - time.monotonic())

    outcome = Engine(pinned, params).maximise((), seconds=left(), should_stop=should_stop)
    if outcome.is_infeasible:
        # Never on the word of one engine alone.
        outcome = second_opinion(pinned, (), left())
    if outcome.is_infeasible:
        conflict = find_conflict(problem, params, left(), should_stop)
        if conflict is not None:
            return Result("infeasible", conflict=conflict, run=_run(began, params))
    if outcome.values is None:
        return Result("unknown", run=_run(began, params))
    return pinned.plan_of(outcome.values)


def _run(began: float, params: Params) -> dict[str, object]:
    return {
        "seconds": None if params.is_repeatable else round(time.monotonic() - began, 3),
        "seed": params.seed,
        "workers": params.workers,
        "versions": {"ortools": ortools.__version__},
    }
