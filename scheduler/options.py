"""Who may be placed where: R1 to R6 asked about all that is wished, and the pins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.eligibility import Eligibility
from scheduler.problem import Problem
from scheduler.ragged import Bools, Ints

TOGETHER = 1024  # participants looked at in one go: memory stays flat


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """Arrays of shape (O,), ordered by participant, then group; pinned pairs are among them."""

    participant: Ints
    group: Ints
    rank: Ints  # 0: pinned, but not wished
    utility: Ints
    minutes: Ints  # home to venue
    pinned: Bools

    def __len__(self) -> int:
        return len(self.participant)

    def listed(self) -> Listed:
        """The same as plain lists."""
        ranks = [rank or None for rank in self.rank.tolist()]
        participant, group, utility = (
            a.tolist() for a in (self.participant, self.group, self.utility)
        )
        return Listed(
            participant, group, ranks, utility, self.minutes.tolist(), self.pinned.tolist()
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """Options for those who look at one after the other."""

    participant: list[int]
    group: list[int]
    rank: list[int | None]
    utility: list[int]
    minutes: list[int]
    pinned: list[bool]

    def __len__(self) -> int:
        return len(self.participant)


def find_options(problem: Problem, eligibility: Eligibility | None = None) -> Options:
    """The options of R1 to R6 and the pinned pairs, in the order of participants and groups."""
    rules = eligibility or Eligibility(problem)
    people = np.arange(len(problem.participants), dtype=np.int64)
    batches = [people[i : i + TOGETHER] for i in range(0, len(people), TOGETHER)]
    p, g, rank, utility = np.concatenate(
        [np.zeros((4, 0), dtype=np.int64), *(_allowed(rules, batch) for batch in batches)], axis=1
    )
    return Options(p, g, rank, utility, rules.minutes(p, g), rules.is_pinned(p, g))


def _allowed(rules: Eligibility, people: Ints) -> Ints:
    """The options of some participants: rows participant, group, rank, utility."""
    wish, g = rules.wished(people)
    p = rules.wish_person[wish]
    pinned = rules.is_pinned(p, g)
    for fails in rules.fails.values():
        stays = pinned | ~fails(p, g)
        wish, p, g, pinned = wish[stays], p[stays], g[stays], pinned[stays]
    found = np.array([p, g, rules.wish_rank[wish], rules.wish_utility[wish]])
    unwished = np.pad(rules.unwished_pins(people, p, g), ((0, 2), (0, 0)))
    return _best_of_each(np.concatenate([found, unwished], axis=1))


def _best_of_each(found: Ints) -> Ints:
    """Each pair once, in order, with its lowest rank and highest utility."""
    p, g, rank, utility = found[:, np.lexsort(found[1::-1])]
    is_first = np.ones(len(p), dtype=bool)
    is_first[1:] = (p[1:] != p[:-1]) | (g[1:] != g[:-1])
    first = np.flatnonzero(is_first)
    best = np.minimum.reduceat(rank, first), np.maximum.reduceat(utility, first)
    return np.array([p[first], g[first], *best])
