"""Solve a problem: tier after tier, every plan checked, every bound kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import metadata

from scheduler.check import check
from scheduler.completion import completed
from scheduler.conflict import find_conflict
from scheduler.constraints import build
from scheduler.engine import Engine, Stop
from scheduler.greedy import greedy
from scheduler.model import Model
from scheduler.objectives import Tier, tiers
from scheduler.options import Eligibility, find_options
from scheduler.params import Params
from scheduler.problem import Problem
from scheduler.reasons import unplaced
from scheduler.result import Progress, Result, TierValue, Value

SHARE = 0.5  # of the time left, for each level but the last


class WrongPlanError(RuntimeError):
    """A result of ours breaks a rule or tells an untruth: a fault of this package."""

    def __init__(self, violations: Sequence[object]) -> None:
        self.violations = violations
        super().__init__("; ".join(map(str, violations)))


def solve(
    problem: Problem,
    params: Params | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Stop | None = None,
) -> Result:
    """The best plan found within the limit, what is proven of it, and why others have no place.

    ``should_stop`` is asked a few times a second; once true, the best plan so far is returned.
    ``on_progress`` hears of better plans and bounds. Raises ``WrongPlanError``.
    """
    result = _Search(in_order(problem), params or Params(), on_progress, should_stop).run()
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


class _Search:
    """One run: the best values so far, and the time that is left."""

    def __init__(
        self,
        problem: Problem,
        params: Params,
        on_progress: Callable[[Progress], None] | None,
        should_stop: Stop | None,
    ) -> None:
        self._problem, self._params = problem, params
        self._tell, self._should_stop = on_progress, should_stop
        self._began = time.monotonic()
        self._values: list[int] = []
        self._eligibility = Eligibility(problem)

    def run(self) -> Result:
        model = build(self._problem, find_options(self._problem, self._eligibility))
        wanted = tiers(model)
        engine = Engine(model, self._params)
        first = greedy(self._problem)
        if first is not None:
            self._adopt(model, model.values_of(first))
        else:
            outcome = engine.maximise((), seconds=self._left(), should_stop=self._should_stop)
            if outcome.is_infeasible:
                conflict = find_conflict(self._problem, self._params)
                return Result("infeasible", conflict=conflict, run=self._run())
            if outcome.values is None:
                return Result("unknown", run=self._run())
            self._adopt(model, outcome.values)
        found: list[TierValue] = []
        proven = True
        for i, tier in enumerate(wanted):
            bound, is_known = self._optimise(engine, model, tier, is_last=i == len(wanted) - 1)
            proven = proven and is_known
            found.append(TierValue(tier.name, 0, bound, proven))
        plan = model.plan_of(self._values)
        return Result(
            "optimal" if proven else "feasible",
            plan,
            tuple(
                replace(line, value=tier.value(self._values))
                for line, tier in zip(found, wanted, strict=True)
            ),
            unplaced(self._problem, self._eligibility, model.visits, plan, self._params.reasons),
            run=self._run(),
        )

    def _adopt(self, model: Model, values: Sequence[int]) -> None:
        """Keep a solution, with every variable at what the plan itself says.

        Where ``served`` comes first, nobody is left out whom nothing keeps out.
        """
        plan = model.plan_of(values)
        policy = self._problem.policy
        if policy.objective[:1] == ("served",) and not policy.slack.get("served"):
            plan = completed(model, plan)
        self._values = model.values_of(plan)

    def _optimise(
        self, engine: Engine, model: Model, tier: Tier, *, is_last: bool
    ) -> tuple[Value | None, bool]:
        """The tier's bound, and whether it is its best value; rows keep that value from now on."""
        numbers: list[int] = []
        known = True
        for i, level in enumerate(tier.levels):
            best, bound = level.of(self._values), level.limit
            if known and best < bound and level.terms and not self._is_over():
                last = is_last and i == len(tier.levels) - 1

                def seen(value: int | None, limit: int | None, tier: Tier = tier) -> None:
                    if len(tier.levels) == 1:
                        shown = [None if n is None else tier.shown([n]) for n in (value, limit)]
                        self._progress(tier.name, *shown)

                outcome = engine.maximise(
                    level.terms,
                    start=self._values,
                    seconds=self._left(1.0 if last else SHARE),
                    should_stop=self._should_stop,
                    on_progress=seen,
                )
                if outcome.values is not None and level.of(outcome.values) >= best:
                    self._adopt(model, outcome.values)
                    best = level.of(self._values)
                if outcome.bound is not None and outcome.bound >= best:
                    bound = min(bound, outcome.bound)
            known = known and best == bound
            numbers.append(bound)
            engine.keep(level.terms, tier.floor(best))
        self._progress(tier.name, tier.value(self._values), tier.shown(numbers))
        return tier.shown(numbers), known

    def _progress(self, name: str, value: Value | None, bound: Value | None) -> None:
        if self._tell is not None:
            seconds = time.monotonic() - self._began
            self._tell(Progress(name, value, bound, _gap(value, bound), seconds))

    def _left(self, share: float = 1.0) -> float | None:
        if self._params.time_limit is None:
            return None
        return max(0.0, self._params.time_limit - (time.monotonic() - self._began)) * share

    def _is_over(self) -> bool:
        is_late = self._left() == 0.0
        return is_late or (self._should_stop is not None and self._should_stop())

    def _run(self) -> dict[str, object]:
        return {
            "seconds": round(time.monotonic() - self._began, 3),
            "seed": self._params.seed,
            "workers": self._params.workers,
            "versions": {"ortools": metadata.version("ortools")},
        }


def _gap(value: Value | None, bound: Value | None) -> float | None:
    if value == bound and value is not None:
        return 0.0
    if isinstance(value, int) and isinstance(bound, int):
        return abs(bound - value) / max(abs(value), 1)
    return None
