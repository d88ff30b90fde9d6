"""Smooth best choices: the sums that they stand for, and shares that are their slopes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from scheduler.large.smooth import best_of, best_two_of, lowest, positive, slope_of_positive
from scheduler.matrix import Floats
from scheduler.ragged import Ints

BETA = 2.0
STEP = 1e-5


def runs(seed: int, spread: float) -> tuple[Floats, Ints, Ints]:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, 6)
    start = np.cumsum(sizes) - sizes
    return rng.normal(0.0, spread, sizes.sum()), np.repeat(np.arange(6), sizes), start


def log_sum(values: list[float]) -> float:
    return BETA * float(np.logaddexp.reduce(np.array(values) / BETA)) if values else -np.inf


# With the last spread the best of a run is far more than 700 temperatures above the others.
@pytest.mark.parametrize("spread", [1.0, 30.0, 5000.0])
@pytest.mark.parametrize("seed", range(10))
def test_they_are_the_logarithms_of_sums_of_exponentials(seed: int, spread: float) -> None:
    values, owner, start = runs(seed, spread)
    one = best_of(values, owner, start, BETA)[0]
    two = best_two_of(values, owner, start, BETA)[0]
    for run in range(len(start)):
        mine = values[owner == run].tolist()
        assert one[run] == pytest.approx(log_sum(mine))
        assert two[run] == pytest.approx(log_sum([a + b for a, b in combinations(mine, 2)]))


@pytest.mark.parametrize("spread", [1.0, 30.0, 5000.0])
@pytest.mark.parametrize("seed", range(10))
def test_a_share_is_what_the_best_gains_with_its_value(seed: int, spread: float) -> None:
    values, owner, start = runs(seed, spread)
    for smooth in (best_of, best_two_of):
        share = smooth(values, owner, start, BETA)[1]
        for i, run in enumerate(owner.tolist()):
            step = np.zeros(len(values))
            step[i] = STEP
            above, below = (smooth(values + s, owner, start, BETA)[0][run] for s in (step, -step))
            if np.isfinite(above):
                assert share[i] == pytest.approx((above - below) / (2 * STEP), abs=1e-3)
            else:
                assert share[i] == 0.0


def test_the_positive_part_and_its_slope_hold_far_from_nothing_too() -> None:
    z = np.array([-1e6, -3.0, 0.0, 3.0, 1e6])
    assert positive(z, BETA)[[0, 4]] == pytest.approx([0.0, 1e6])
    assert positive(z, BETA)[2] == pytest.approx(BETA * np.log(2))
    ends = [positive(z + s, BETA) for s in (STEP, -STEP)]
    assert slope_of_positive(z, BETA) == pytest.approx((ends[0] - ends[1]) / (2 * STEP), abs=1e-4)


def test_the_lowest_point_of_a_narrow_valley_is_found() -> None:
    sizes = np.array([1.0, 100.0, 1e4])

    def valley(z: Floats) -> tuple[float, Floats]:
        off = z - np.array([3.0, -2.0, 1.0])
        return 1.0 + float(sizes @ (off * off)), 2 * sizes * off

    found = lowest(valley, np.zeros(3), 1.0, 60, lambda: False)
    assert found == pytest.approx([3.0, -2.0, 1.0], abs=1e-2)
    assert lowest(valley, np.zeros(3), 1.0, 60, lambda: True) == pytest.approx([0.0, 0.0, 0.0])
