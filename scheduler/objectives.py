"""What is optimised: one function a tier, each giving linear levels to maximise in turn.

Most tiers are one level. The two profiles of wishes have one a rank, in the tier's own order.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scheduler.model import Model, Term
from scheduler.result import Value


@dataclass(frozen=True, slots=True)
class Level:
    """Maximise the sum of ``terms``; ``limit`` is a bound on it known beforehand."""

    terms: tuple[Term, ...]
    limit: int

    def of(self, values: Sequence[int]) -> int:
        return sum(coefficient * values[v] for v, coefficient in self.terms)


def floor_of(best: int, slack: float) -> int:
    """What must be kept of a best value found (exchange format, section 4)."""
    return best - math.floor(slack * best + 1e-9)


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    levels: tuple[Level, ...]
    shown: Callable[[Sequence[int]], Value]  # the levels' values or bounds as the tier's value
    slack: float = 0.0

    def value(self, values: Sequence[int]) -> Value:
        return self.shown([level.of(values) for level in self.levels])

    def floor(self, best: int) -> int:
        """What a single level must keep of its best value while later tiers are optimised."""
        return floor_of(best, self.slack)


def tiers(model: Model) -> list[Tier]:
    """The policy's tiers, in order."""
    return [TIERS[name](model) for name in model.problem.policy.objective]


def served(model: Model) -> Tier:
    """The weights of the participants with at least one group.

    Where options can add up to more than one group, a variable says whether there is one.
    """
    terms: list[Term] = []
    ways = _ways_to_be_served(model)
    for p, options in enumerate(model.of_participant):
        participant = model.problem.participants[p]
        if not participant.weight or not options:
            continue
        measures = {model.group_of(o).measure for o in options}
        if participant.max_groups == 1 or len(measures) == 1:
            terms += [(o, participant.weight) for o in options]
            continue
        if p not in model.served:
            model.served[p] = model.variable()
            model.add("", [(model.served[p], 1), *((v, -1) for v in ways[p])], high=0)
        terms.append((model.served[p], participant.weight))
    limit = sum(
        participant.weight
        for participant, options in zip(
            model.problem.participants, model.of_participant, strict=True
        )
        if options
    )
    return Tier("served", (Level(tuple(terms), limit),), _only, _slack(model, "served"))


def _ways_to_be_served(model: Model) -> list[list[int]]:
    """For each participant the variables of which one is 1 if any option is.

    A coach who follows somebody in several options is one way: else the relaxation takes half a
    coach's place in each of two groups for a whole person.
    """
    if not model.is_complete:
        return model.of_participant
    found: list[set[int]] = [set() for _ in model.of_participant]
    participant = model.options.participant
    for o, p in enumerate(participant):
        if model.group_of(o).coaching is None:
            found[p].add(o)
    for o, variable in model.rest.items():
        found[participant[o]].add(variable)
    for (o, c), variable in model.mode.items():
        found[participant[o]].add(model.followed.get((participant[o], c), variable))
    return [sorted(ways) for ways in found]


def wishes(model: Model) -> Tier:
    """How well the assignments answer the wishes, in one of three ways."""
    return WISHES[model.problem.policy.wishes](model)


def weighted(model: Model) -> Tier:
    """The sum of the utilities of all assignments."""
    terms = tuple((o, u) for o, u in enumerate(model.options.utility) if u)
    return Tier("wishes", (_level(model, terms),), _only, _slack(model, "wishes"))


def rank_maximal(model: Model) -> Tier:
    """Most assignments at rank 1, then most at rank 2, and so on."""
    ranks = _by_rank(model)
    levels = tuple(_level(model, [(o, 1) for o in options]) for options in ranks)
    return Tier("wishes", levels, tuple)


def generous(model: Model) -> Tier:
    """Fewest assignments at the worst rank R, and so on down to 2, then most at rank 1."""
    ranks = _by_rank(model)
    levels = [Level(tuple((o, -1) for o in options), 0) for options in ranks[:0:-1]]
    levels += [_level(model, [(o, 1) for o in options]) for options in ranks[:1]]

    def shown(numbers: Sequence[int]) -> Value:
        return (*numbers[-1:], *(-n for n in reversed(numbers[:-1])))

    return Tier("wishes", tuple(levels), shown)


def kept(model: Model) -> Tier:
    """One point for each pair of ``previous`` still assigned, one more for the same coach."""
    terms: list[Term] = []
    for pair in model.problem.previous:
        o = model.option.get((pair.participant, pair.group))
        if o is None:
            continue
        terms.append((o, 1))
        if pair.coach is not None:
            mode = model.mode.get((o, model.visits.coach_index[pair.coach]))
            if mode is not None:
                terms.append((mode, 1))
    return Tier("kept", (Level(_summed(terms), len(terms)),), _only, _slack(model, "kept"))


def travel(model: Model) -> Tier:
    """The fewest minutes from home to the venue, over all assignments."""
    terms = tuple((o, -minutes) for o, minutes in enumerate(model.options.minutes) if minutes)
    return Tier("travel", (Level(terms, 0),), lambda numbers: -numbers[0])


TIERS: Mapping[str, Callable[[Model], Tier]] = {
    "served": served,
    "wishes": wishes,
    "kept": kept,
    "travel": travel,
}
WISHES: Mapping[str, Callable[[Model], Tier]] = {
    "weighted": weighted,
    "rank-maximal": rank_maximal,
    "generous": generous,
}


def _only(numbers: Sequence[int]) -> Value:
    return numbers[0]


def _slack(model: Model, name: str) -> float:
    return model.problem.policy.slack.get(name, 0.0)


def _summed(terms: Sequence[Term]) -> tuple[Term, ...]:
    total: dict[int, int] = defaultdict(int)
    for variable, coefficient in terms:
        total[variable] += coefficient
    return tuple(total.items())


def _level(model: Model, terms: Sequence[Term]) -> Level:
    """A level over options, none negative, with what each participant can add at most."""
    best: dict[int, list[int]] = defaultdict(list)
    for o, coefficient in terms:
        best[model.options.participant[o]].append(coefficient)
    limit = sum(
        sum(sorted(found, reverse=True)[: model.problem.participants[p].max_groups])
        for p, found in best.items()
    )
    return Level(tuple(terms), limit)


def _by_rank(model: Model) -> list[list[int]]:
    """Options by rank, rank 1 first, up to the highest rank among all wishes."""
    worst = max((wish.rank for p in model.problem.participants for wish in p.wishes), default=0)
    ranks: list[list[int]] = [[] for _ in range(worst)]
    for o, rank in enumerate(model.options.rank):
        if rank is not None:
            ranks[rank - 1].append(o)
    return ranks
