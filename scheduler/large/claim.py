"""What regions that are worked at at the same time must not both touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.large.market import Market
from scheduler.ragged import Bools


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """Groups (G,), people (P,), coaches (C,), and rows of H11 to H14 as ``market.sides`` (S,)."""

    groups: Bools
    people: Bools
    coaches: Bools
    sides: Bools

    @classmethod
    def of_nothing(cls, market: Market) -> Claim:
        """Everything is free."""
        sizes = (market.capacity, market.weight, market.caseload, market.sides)
        return cls(*(np.zeros(len(size), dtype=bool) for size in sizes))

    def __or__(self, other: Claim) -> Claim:
        return Claim(
            self.groups | other.groups,
            self.people | other.people,
            self.coaches | other.coaches,
            self.sides | other.sides,
        )
