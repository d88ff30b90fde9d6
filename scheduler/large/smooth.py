"""Best choices and signs, smoothed with entropy at a temperature ``beta``, and a descent.

The smoothing is that of Nesterov, "Smooth minimization of non-smooth functions", Mathematical
Programming 103 (2005); the descent is that of section 7.2 of Nocedal and Wright, "Numerical
Optimization" (2006). A run's values stand together: they belong to the runs ``owner`` (N,), which
begin at ``start`` (R,).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduler.matrix import Floats
from scheduler.ragged import Ints, second_best
from scheduler.waiting import Stop

MEMORY = 12  # steps that L-BFGS remembers
ENOUGH = 1e-6  # relative gain over ten steps below which a temperature is done with
FLAT = 1e-6  # a slope that is done with: nothing, with what is counted in whole numbers
FAR = 700.0  # temperatures: the exponential of more would be nothing


@dataclass(frozen=True, slots=True)
class Cooling:
    """Falling temperatures, of the size of what is smoothed, and the ``steps`` at each of them."""

    temperatures: tuple[float, ...]
    steps: int

    def times(self, factor: float) -> Cooling:
        """The same where everything counts for so much more."""
        return Cooling(tuple(factor * beta for beta in self.temperatures), self.steps)


def positive(z: Floats, beta: float) -> Floats:
    """A smooth max(z, 0)."""
    found: Floats = np.maximum(z, 0.0) + beta * np.log1p(np.exp(-np.abs(z) / beta))
    return found


def slope_of_positive(z: Floats, beta: float) -> Floats:
    """The derivative of the smooth maximum."""
    found: Floats = 1.0 / (1.0 + np.exp(np.clip(-z / beta, -FAR, FAR)))
    return found


def best_of(values: Floats, owner: Ints, start: Ints, beta: float) -> tuple[Floats, Floats]:
    """The smooth maximum of each run (R,), and each value's share of it (N,)."""
    top = np.maximum.reduceat(values, start)
    weight = np.exp((values - top[owner]) / beta)
    total = np.add.reduceat(weight, start)
    return top + beta * np.log(total), weight / total[owner]


def best_two_of(values: Floats, owner: Ints, start: Ints, beta: float) -> tuple[Floats, Floats]:
    """The smooth maximum of the sums of two different values of each run (R,), -inf in runs of
    one, and how much of it each value is in (N,)."""
    top = np.maximum.reduceat(values, start)
    second, first = second_best(values, top, owner, start)
    known = np.where(np.isfinite(second), second, top - FAR * beta)
    others = values.copy()
    others[first] = -np.inf
    # Exponentials of all but the best, by the second one: pairs with the best are most of the sum.
    other = np.exp((others - known[owner]) / beta)
    with_best, squares = (np.add.reduceat(a, start) for a in (other, other * other))
    ratio = np.exp((known - top) / beta)
    total = with_best + ratio * (with_best * with_best - squares) / 2
    found = np.full(len(top), -np.inf)
    several = with_best > 0
    found[several] = (top + known)[several] + beta * np.log(total[several])
    share = other * (1.0 + (ratio * with_best)[owner] - ratio[owner] * other)
    share[first] = with_best
    return found, share / np.where(several, total, 1.0)[owner]


def lowest(
    function: Callable[[Floats], tuple[float, Floats]],
    at: Floats,
    first_step: float,
    steps: int,
    should_stop: Stop,
) -> Floats:
    """Where (N,) L-BFGS with a backtracking line search comes to from ``at`` (N,) in so many steps,
    for a ``function`` that gives its value and slope (N,)."""
    moves: list[tuple[Floats, Floats, float]] = []
    value, slope = function(at)
    history = [value]
    for _ in range(steps):
        if should_stop() or float(np.abs(slope).max(initial=0.0)) < FLAT:
            break
        way = slope.copy()
        factors = []
        for move, change, curve in reversed(moves):
            factor = _dot(move, way) / curve
            factors.append(factor)
            way -= factor * change
        if moves:
            move, change, curve = moves[-1]
            way *= curve / _dot(change, change)
        else:
            way *= first_step / float(np.abs(slope).max())
        for (move, change, curve), factor in zip(moves, reversed(factors), strict=True):
            way += move * (factor - _dot(change, way) / curve)
        fall = -_dot(slope, way)
        size = 1.0
        for _ in range(12):
            new = at - size * way
            new_value, new_slope = function(new)
            if new_value <= value + 1e-4 * size * fall:
                break
            size *= 0.4
        else:
            break
        move, change = new - at, new_slope - slope
        curve = _dot(move, change)
        turn = _dot(change, change)
        # Where the slope hardly changes, its change tells nothing of how far to go.
        if turn > FLAT * FLAT and curve > 1e-10 * math.sqrt(_dot(move, move) * turn):
            moves = [*moves[1 - MEMORY :], (move, change, curve)]
        at, value, slope = new, new_value, new_slope
        history.append(value)
        if len(history) > 10 and history[-11] - value < ENOUGH * abs(value):
            break
    return at


def _dot(one: Floats, other: Floats) -> float:
    """The scalar product. Not by BLAS: its threads wait busily, in the way of our own workers."""
    return float((one * other).sum())
