"""Lists of different lengths in flat arrays, and what belongs to many of them at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Row i is ``values[start[i]:start[i + 1]]``."""

    start: Ints  # (rows + 1,)
    values: Ints

    @classmethod
    def of(cls, rows: Iterable[Collection[int]]) -> Ragged:
        """The rows given, in their order."""
        sizes: list[int] = [0]
        values: list[int] = []
        for row in rows:
            sizes.append(len(row))
            values.extend(row)
        start = np.cumsum(np.array(sizes, dtype=np.int64))
        return cls(start, np.array(values, dtype=np.int64))

    def of_rows(self, rows: Ints) -> tuple[Ints, Ints]:
        """All values of these rows, each with the position in ``rows`` that it belongs to."""
        begin = self.start[rows]
        sizes = self.start[rows + 1] - begin
        owner = np.repeat(np.arange(len(rows), dtype=np.int64), sizes)
        shift = begin - (np.cumsum(sizes) - sizes)
        return owner, self.values[np.arange(len(owner), dtype=np.int64) + shift[owner]]


def second_best(
    gain: NDArray[np.float64], top: NDArray[np.float64], owner: Ints, start: Ints
) -> tuple[NDArray[np.float64], Ints]:
    """The second best of each run (R,) and where its best stands; -inf in runs of one.

    ``gain`` (N,) belongs to the runs ``owner`` (N,), which begin at ``start`` (R,) and whose best
    is ``top`` (R,).
    """
    first = np.full(len(top), -1)
    found = np.flatnonzero(gain == top[owner])[::-1]
    first[owner[found]] = found
    others = gain.copy()
    others[first] = -np.inf
    return np.maximum.reduceat(others, start), first


def changes(values: Ints) -> Bools:
    """Where a value (N,) differs from the one before; the first one does."""
    found: Bools = np.r_[True, np.diff(values) != 0][: len(values)]
    return found
