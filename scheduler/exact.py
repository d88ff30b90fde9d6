"""A problem of usual size, level after level to its proven best.

The linear relaxation is nearly whole: its bound often is the best value. So levels are believed to
reach their bounds until one search over whole numbers, at the first level with a fraction or at
the last, finds a plan that reaches them all; where there is none, fewer are believed. A search
looks only near its bound, where the relaxation leaves a chance to come that close. This proves as
much: whatever was left out is worth less than what was found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scheduler.model import INFINITY, Rows
from scheduler.objectives import Level
from scheduler.outcome import Outcome
from scheduler.params import Params
from scheduler.second_opinion import checked_best
from scheduler.space import TOLERANCE, Proof, Space
from scheduler.waiting import Stop

NEAR = 0.1  # of the bound: how far below it the first search looks, but at least
NEAR_LEAST = 5
WHOLE = 0.01  # a bound this little above a value is believed to be reached
SHARE = 0.5  # of the time left, for each level but the last


@dataclass(frozen=True, slots=True)
class Goal:
    """A level, and what it must keep of its best value while later ones are optimised."""

    level: Level
    floor: Callable[[int], int]

    def rounded(self, limit: float) -> int:
        """The highest value up to the limit: a multiple of what all coefficients share."""
        step = math.gcd(*(coefficient for _, coefficient in self.level.terms)) or 1
        return min(math.floor(limit / step + TOLERANCE) * step, self.level.limit)


class Belief(NamedTuple):
    """Level by level: where it is searched, and the bound that it is believed to reach."""

    space: Space
    proof: Proof
    bound: int
    is_whole: bool  # the relaxation gives no reason for doubt


class Exact:
    """One run over the goals.

    ``values`` is the best solution so far; ``bounds`` has a true bound for each level, ``best``
    the best value where it is proven.
    """

    def __init__(
        self,
        rows: Rows,
        goals: Sequence[Goal],
        values: list[int],
        params: Params,
        left: Callable[[], float | None],
        should_stop: Stop,
    ) -> None:
        """``values`` obey every row. ``left``: the seconds left, None without a limit."""
        self.values = values
        self.bounds = [goal.level.limit for goal in goals]
        self.best: list[int | None] = [None] * len(goals)
        self._goals, self._params, self._left, self._should_stop = goals, params, left, should_stop
        self._floors = [-INFINITY] * len(goals)
        self._space = Space.of(rows)

    def run(self) -> Iterator[None]:
        """Go on until every level is proven or the time is up; step by step."""
        begin = 0
        while begin < len(self._goals):
            if self._should_stop():
                begin = self._leave(begin)
                continue
            begin = self._reach(begin)
            yield

    def take(self, values: list[int]) -> None:
        """Take another solution, and unsay what was said of plans that keep other values."""
        is_same = is_kept = True
        for i, goal in enumerate(self._goals):
            self.bounds[i] = self.bounds[i] if is_kept else goal.level.limit
            self.best[i] = self.best[i] if is_same else None
            value = goal.level.of(values)
            is_kept = is_kept and value >= self._floors[i]
            is_same = is_same and value == goal.level.of(self.values)
        self.values = values

    def _reach(self, begin: int) -> int:
        """Bring the plan in hand to the best of level ``begin``, and of those believed after it.

        Returns the level that comes next.
        """
        goal = self._goals[begin]
        value = goal.level.of(self.values)
        if value == goal.level.limit:
            return self._settle(begin, value)
        believed = self._believed(begin)
        first = believed[0]
        if value == first.bound:
            self._space = first.space.near(first.proof, goal.floor(value))
            return self._settle(begin, value)
        while not self._search(begin, believed):
            del believed[1 if self._should_stop() else -1 :]
            believed[-1] = believed[-1]._replace(is_whole=False)
        return begin + len(believed)

    def _believed(self, begin: int) -> list[Belief]:
        """The bounds of level ``begin`` and those after it, up to the first that is a fraction."""
        space, found = self._space, list[Belief]()
        for i, goal in enumerate(self._goals[begin:], begin):
            proof = self._relaxed(i, space)
            bound = goal.rounded(proof.limit)
            is_whole = proof.limit < bound + WHOLE
            found.append(Belief(space, proof, bound, is_whole))
            is_in_hand = i == begin and goal.level.of(self.values) == bound
            if is_in_hand or not is_whole or goal.floor(bound) != bound or self._should_stop():
                break
            space = space.near(proof, bound).keeping(goal.level, bound)
        self.bounds[begin] = found[0].bound
        return found

    def _search(self, begin: int, believed: Sequence[Belief]) -> bool:
        """The best of the last of the levels, by a plan that reaches the bounds of those before.

        False where none was found. The first search looks near the bound. Where nothing is that
        near, the second one looks as far as the best found: anything better is nearer.
        """
        i = begin + len(believed) - 1
        goal, (space, proof, bound, is_whole) = self._goals[i], believed[-1]
        hand = goal.level.of(self.values) if i == begin else -INFINITY
        near = bound if is_whole else bound - max(NEAR_LEAST, int(NEAR * abs(bound)))
        is_sure = False
        for wanted in (near, -INFINITY):
            target = max(wanted, hand)
            found = self._best(
                i, space.near(proof, target), hand if hand >= target > -INFINITY else None
            )
            if found.values is not None and self._is_better(found.values, begin):
                self.values, hand = found.values, goal.level.of(found.values)
            is_sure = found.is_optimal or found.is_infeasible
            if found.bound is not None:
                bound = min(bound, max(found.bound, target - 1))
            if not is_sure or hand >= target:
                break
        if hand == -INFINITY:
            return False
        for j, belief in enumerate(believed[:-1], begin):
            self.best[j] = self.bounds[j] = self._floors[j] = belief.bound
        self._space = space.near(proof, goal.floor(hand))
        if is_sure:
            self._settle(i, hand)
        else:
            self.bounds[i] = max(bound, hand)
            self._leave(i)
        return True

    def _is_better(self, values: list[int], begin: int) -> bool:
        """Than the plan in hand, by level ``begin`` and those after it."""
        levels = [goal.level for goal in self._goals[begin:]]
        return [level.of(values) for level in levels] > [level.of(self.values) for level in levels]

    def _settle(self, i: int, best: int) -> int:
        """The plan in hand is proven to be the best for level ``i``."""
        self.best[i] = self.bounds[i] = best
        return self._leave(i)

    def _leave(self, i: int) -> int:
        """Go on from level ``i`` with the value of the plan in hand."""
        goal = self._goals[i]
        self._floors[i] = goal.floor(goal.level.of(self.values))
        self._space = self._space.keeping(goal.level, self._floors[i])
        return i + 1

    def _relaxed(self, i: int, space: Space) -> Proof:
        return space.relaxed(self._goals[i].level, self._seconds(i), self._should_stop)

    def _best(self, i: int, space: Space, known: int | None) -> Outcome:
        return checked_best(
            space,
            self._goals[i].level,
            self.values,
            known,
            self._params,
            self._seconds(i),
            self._should_stop,
        )

    def _seconds(self, i: int) -> float | None:
        left = self._left()
        return left if left is None or i + 1 == len(self._goals) else left * SHARE
