"""From a relaxation to whole numbers: keep what it leaves in doubt, and let HiGHS decide that.

This is relaxation-induced search as in Danna, Rothberg and Le Pape, "Exploring relaxation induced
neighborhoods to improve MIP solutions", Mathematical Programming 102 (2005): where there is a plan,
what it has otherwise than the relaxation is in doubt. Reduced costs say what is besides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from scheduler.large.program import EXACT, Relaxation
from scheduler.large.region import Region
from scheduler.matrix import Floats
from scheduler.waiting import Stop

WHOLE = 1e-6
USED = -1.0  # a margin: all that the relaxation uses is looked at, none of it sure, and no more
AGREED = 0.0  # a margin: what relaxation and start have at the same end stays, but for rounding

Left = Callable[[], float | None]  # seconds left, None without a limit


def relaxed(region: Region, left: Left, should_stop: Stop) -> tuple[Floats, Floats] | None:
    """The values and the duals of the region's relaxation; None where time was up."""
    relaxation = Relaxation(region.program)
    values = relaxation.solve(left(), should_stop)
    return None if values is None else (values, relaxation.duals())


def rounded(
    region: Region,
    values: Floats,
    duals: Floats,
    margins: Sequence[float],
    left: Left,
    should_stop: Stop,
    gap: float = EXACT,
    start: Floats | None = None,
) -> Floats | None:
    """Whole values of the region's variables, near those of its relaxation; None without any.

    A variable at one of its ends stays there where leaving it costs a margin or more: the first
    of ``margins`` at which HiGHS finds values in the seconds ``left``. Where ``start``, the values
    of a plan, has it elsewhere, it is free all the same.
    """
    for margin in margins:
        seconds = left()
        if seconds == 0.0 or should_stop():
            return None
        found = _at_margin(region, values, duals, margin, seconds, should_stop, gap, start)
        if found is not None:
            return found
    return None


def _at_margin(
    region: Region,
    values: Floats,
    duals: Floats,
    margin: float,
    seconds: float | None,
    should_stop: Stop,
    gap: float,
    start: Floats | None,
) -> Floats | None:
    program = region.program
    costs = program.reduced_costs(duals)
    is_low, is_high = values <= program.lower + WHOLE, values >= program.upper - WHOLE
    is_out = is_low & ((costs <= -margin) | (margin < 0)) & ~region.follows
    is_in = is_high & (costs >= margin) & (margin >= 0) & ~region.follows
    if start is not None:
        is_out &= start <= program.lower + WHOLE
        is_in &= start >= program.upper - WHOLE
    lower = np.where(is_in, program.upper, program.lower)
    rest, position = program.narrowed(lower, np.where(is_out, program.lower, program.upper))
    found = rest.whole(seconds, should_stop, gap, None if start is None else start[position])
    if found is None:
        return None
    whole = lower.copy()
    whole[position] = found
    return whole
