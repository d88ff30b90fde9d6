"""What is one more place worth? Or one more visit, one person more for a coach, one fewer to open?

The duals of the relaxation say where to look and what can be left aside; all that is told was found
by solving the changed problem. "Unlimited" is UniTime's class potential: how many more would come
in if the group had room for everybody who may be in it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scheduler.check.tiers import goodness
from scheduler.params import Params
from scheduler.problem import Pair, Policy, Problem
from scheduler.questions.candidates import Candidates
from scheduler.questions.limits import Change, applied
from scheduler.result import Result, TierValue, Value
from scheduler.solve import in_order, solve
from scheduler.waiting import Stop

ASKED = ("served", "wishes")
FEW_GROUPS = 50  # up to here every change is tried that the duals do not rule out
NUM_UNLIMITED = 3
SHARE = 0.25  # of the time left: for the plan to compare with, then for the duals


class NoPlanError(RuntimeError):
    """There is no plan to compare with; ``result`` says why."""

    def __init__(self, result: Result) -> None:
        self.result = result
        super().__init__(f"there is no plan to compare with: {result.status}")


@dataclass(frozen=True, slots=True)
class Gain:
    """By how much the best value of a tier grows: exactly, where ``least`` is ``most``.

    For the two profiles of wishes a number a rank. None where nothing can be said.
    """

    tier: str
    least: Value | None
    most: Value | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What a change brings, and who comes in and who drops out in the plan found, by id.

    Only where ``is_proven`` are those few that must: else the search for stability was cut short.
    """

    change: Change
    gains: tuple[Gain, ...]
    newcomers: tuple[str, ...]
    leavers: tuple[str, ...]
    is_proven: bool
    tiers: tuple[TierValue, ...]  # of the changed problem
    unlimited: Worth | None = None  # for the first groups: with room for everybody


def worth(
    problem: Problem,
    params: Params | None = None,
    baseline: Result | None = None,
    num: int = 10,
    should_stop: Stop | None = None,
) -> list[Worth]:
    """The changes that bring most to ``served`` and ``wishes``, best first, at most ``num``.

    ``baseline`` is a valid result for the problem, solved here if not given; its bounds are
    believed. The time limit is for all solves together: what was not tried in time is not told.

    A gain is at least new value - old bound and at most new bound - old value; it is not negative
    while the earlier tiers stay as they are, and not known after a tier that is not proven.

    With more than 50 groups only the ``num`` changes are tried that the duals rank first. Where the
    relaxation is degenerate these are not its only duals, so a change of some worth may be left
    out. With fewer groups all are tried but those that the duals prove to be worth nothing. A
    window in which no visit fits is never looked at: another half-day is another question.

    Raises ``NoPlanError``.
    """
    problem = in_order(replace(problem, policy=_cut(problem.policy)))
    clock = _Clock(replace(params or Params(), reasons="none"), should_stop)
    if baseline is None:
        baseline = solve(problem, clock.params(SHARE), should_stop=should_stop)
    if baseline.status not in ("optimal", "feasible"):
        raise NoPlanError(baseline)
    seconds = clock.params(SHARE).time_limit
    candidates = Candidates(problem, baseline.assignments, seconds, should_stop)
    is_small = len(problem.groups) <= FEW_GROUPS
    changes = candidates.possible() if is_small else candidates.promising()[:num]
    comparison = Comparison(problem, baseline, should_stop)
    tried = []
    for i, change in enumerate(changes):
        if clock.is_over():
            break
        share = 1 / (NUM_UNLIMITED + max(1, min(num, len(changes)) - i))
        tried.append(comparison.with_change(change, clock.params(share)))
    found = [
        one for one in tried if any(gain.most is None or _is_any(gain.most) for gain in one.gains)
    ]
    found.sort(key=lambda one: _outcome(problem, one.tiers), reverse=True)
    return _with_unlimited(found[:num], comparison, candidates, clock)


def _cut(policy: Policy) -> Policy:
    """The policy without the tiers after those that are asked about."""
    last = max((i for i, tier in enumerate(policy.objective) if tier in ASKED), default=-1)
    return replace(policy, objective=policy.objective[: last + 1])


def _is_any(value: Value) -> bool:
    return any(value) if isinstance(value, tuple) else value != 0


def _outcome(problem: Problem, tiers: Sequence[TierValue]) -> tuple[tuple[int, ...], ...]:
    """A key by which results compare: the greater, the better."""
    return tuple(goodness(problem, tier.name, _reached(tier)) for tier in tiers)


def _with_unlimited(
    found: Sequence[Worth], comparison: Comparison, candidates: Candidates, clock: _Clock
) -> list[Worth]:
    groups = [one.change for one in found if one.change.kind == "capacity"][:NUM_UNLIMITED]
    told = []
    for one in found:
        if one.change in groups and not clock.is_over():
            share = 1 / (len(groups) - groups.index(one.change))
            unlimited = replace(one.change, after=candidates.num_options(one.change.ids[0]))
            one = replace(one, unlimited=comparison.with_change(unlimited, clock.params(share)))
        told.append(one)
    return told


class Comparison:
    """Changed problems against the plan of the unchanged one."""

    def __init__(self, problem: Problem, baseline: Result, should_stop: Stop | None) -> None:
        self._problem, self._baseline, self._should_stop = problem, baseline, should_stop
        self._before = baseline.tiers[: len(problem.policy.objective)]
        policy = problem.policy
        if "kept" not in policy.objective:
            # Last, so that only those move who must for the gain.
            policy = replace(policy, objective=(*policy.objective, "kept"))
            previous = tuple(Pair(a.participant, a.group) for a in baseline.assignments)
            problem = replace(problem, policy=policy, previous=previous)
        self._stable = problem

    def with_change(self, change: Change, params: Params) -> Worth:
        """The changed problem solved, and what that says of its worth."""
        result = solve(applied(self._stable, change), params, should_stop=self._should_stop)
        plan, tiers = result.assignments, result.tiers[: len(self._before)]
        if not tiers:
            tiers = tuple(TierValue(t.name, t.value, None, proven=False) for t in self._before)
        if not plan or _outcome(self._problem, tiers) < _outcome(self._problem, self._before):
            plan = self._baseline.assignments  # cut short: the old one is better, and still a plan
        before = {line.participant for line in self._baseline.assignments}
        after = {line.participant for line in plan}
        return Worth(
            change,
            tuple(_gains(self._before, tiers)),
            tuple(sorted(after - before)),
            tuple(sorted(before - after)),
            result.status == "optimal" and all(tier.proven for tier in self._before),
            tiers,
        )


def _gains(before: Sequence[TierValue], after: Sequence[TierValue]) -> Iterator[Gain]:
    is_known = is_same = True  # of the earlier tiers
    for old, new in zip(before, after, strict=True):
        if old.name in ASKED:
            yield _gain(old, new, is_same=is_same) if is_known else Gain(old.name, None, None)
        is_known = is_known and old.proven and new.proven
        is_same = is_same and is_known and old.bound == new.bound


def _gain(old: TierValue, new: TierValue, *, is_same: bool) -> Gain:
    values = (_reached(old), old.bound, _reached(new), new.bound)
    if old.proven and new.proven and isinstance(old.bound, tuple) and isinstance(new.bound, tuple):
        change = tuple(b - a for a, b in zip(old.bound, new.bound, strict=True))
        return Gain(old.name, change, change)
    low, high, new_low, new_high = (v if isinstance(v, int) else None for v in values)
    least = None if new_low is None or high is None else new_low - high
    if is_same and isinstance(values[0], int):
        least = max(least or 0, 0)
    return Gain(old.name, least, None if new_high is None or low is None else new_high - low)


def _reached(tier: TierValue) -> Value:
    """The best value known to be reached: with slack, the plan's own may be lower."""
    return tier.bound if tier.proven and tier.bound is not None else tier.value


class _Clock:
    """The time limit of one question, shared out among its solves."""

    def __init__(self, params: Params, should_stop: Stop | None) -> None:
        self._params, self._should_stop = params, should_stop
        self._began = time.monotonic()

    def params(self, share: float) -> Params:
        """With that share of the time left."""
        left = self._left()
        return replace(self._params, time_limit=None if left is None else left * share)

    def is_over(self) -> bool:
        is_stopped = self._should_stop is not None and self._should_stop()
        return is_stopped or self._left() == 0.0

    def _left(self) -> float | None:
        limit = self._params.time_limit
        return None if limit is None else max(0.0, limit - (time.monotonic() - self._began))
