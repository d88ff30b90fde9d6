"""Is a plan fair? Who is served and at which rank, part by part, with few people masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduler.check import Facts, Plan
from scheduler.problem import Problem
from scheduler.questions.divisions import divisions
from scheduler.questions.masking import bands, hidden, told_together
from scheduler.questions.proportions import chance_of_so_few, holm, wilson
from scheduler.result import Assignment

LEAST = 5  # people; fewer are not told


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the participants. None: masked, or not to be said because of what is masked.

    ``profile`` counts people by their best rank, as ``Fairness.bands`` names the columns; ``worst``
    is the last of the ranks that anybody has. ``rate`` is of the people served, ``interval`` its
    Wilson interval of 95 %. ``mean_utility`` is that of all their assignments, a person of the
    part, served or not. ``chance`` is how likely so few of them are served, were chance all there
    is. ``is_low`` says that this is too unlikely: at most 5 %, corrected by Holm for the number of
    parts in the answer. It is told of a masked rate too, so that nobody is overlooked.
    """

    labels: tuple[str, ...]  # several where small parts are told together
    number: int | None
    served: int | None
    rate: float | None
    interval: tuple[float, float] | None
    profile: tuple[int | None, ...]
    worst: str | None
    mean_utility: float | None
    chance: float | None = None
    is_low: bool = False


@dataclass(frozen=True, slots=True)
class Division:
    """All participants divided in one way: the lowest rate first, masked rates last."""

    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Fairness:
    least: int  # counts from 1 to one below are masked
    bands: tuple[str, ...]  # the columns of a profile: ranks, served unwished, no group
    whole: Part
    worst_rank: int | None  # of anybody's best
    divisions: tuple[Division, ...]


def fairness(
    problem: Problem,
    assignments: Iterable[Assignment],
    by: str | Mapping[str, str],
    least: int = LEAST,
) -> Fairness:
    """How the plan treats people divided ``by`` something (``divisions.py``: how it is said).

    No count of 1 to ``least`` - 1 people is told, nor can it be found by subtraction within a
    division (``masking.py``); at 1 nothing is masked. The test of chance asks how a part would fare
    if places were dealt to everybody alike: a part can be low because what it wishes is scarce.
    Assignments name pairs of the problem, each once. Raises UnknownDivisionError.
    """
    outcomes = _Outcomes(problem, assignments, least)
    whole = outcomes.parts({"everybody": list(outcomes.of)})[0][0]
    told = {
        name: outcomes.parts(labels, is_tested=whole.served is not None)
        for name, labels in divisions(problem, by).items()
    }
    verdicts = iter(holm([c for parts in told.values() for _, c in parts if c is not None]))
    found = []
    for name, parts in told.items():
        judged = [replace(part, is_low=c is not None and next(verdicts)) for part, c in parts]
        judged.sort(key=lambda part: (part.rate is None, part.rate or 0, part.labels))
        found.append(Division(name, tuple(judged)))
    worst_rank = None if whole.number is None else outcomes.worst_rank
    return Fairness(least, outcomes.bands, whole, worst_rank, tuple(found))


class _Outcomes:
    """Each participant's column in the profile: the best rank, served unwished, or no group."""

    def __init__(self, problem: Problem, assignments: Iterable[Assignment], least: int) -> None:
        facts = Facts(problem)
        plan = Plan(facts, assignments)
        self.least = least
        self.utility: dict[str, int] = {}
        best: dict[str, int | None] = {}
        for id_, person in facts.participants.items():
            groups = plan.groups_of.get(id_, ())
            ranks = [facts.rank(person, group) for group in groups]
            best[id_] = min((rank for rank in ranks if rank is not None), default=None)
            self.utility[id_] = sum(facts.utility(person, group) for group in groups)
        self.worst_rank = max((rank for rank in best.values() if rank is not None), default=None)
        self.num_ranks = self.worst_rank or 0
        self.of = {
            id_: rank - 1 if rank is not None else self.num_ranks + (id_ not in plan.groups_of)
            for id_, rank in best.items()
        }
        self.ranges = bands(self._counts(self.of), least)
        names = [f"rank {i + 1}" for i in range(self.num_ranks)] + ["unwished", "no group"]
        self.bands = tuple(
            names[band[0]] if len(band) == 1 else f"{names[band[0]]} to {names[band[-1]]}"
            for band in self.ranges
        )

    def _counts(self, ids: Iterable[str]) -> list[int]:
        counts = Counter(self.of[id_] for id_ in ids)
        return [counts[outcome] for outcome in range(self.num_ranks + 2)]

    def parts(
        self, labelled: Mapping[str, Sequence[str]], *, is_tested: bool = False
    ) -> list[tuple[Part, float | None]]:
        """The parts that the labels make, each with the chance of so few, masked or not."""
        together = told_together({key: len(ids) for key, ids in labelled.items()}, self.least)
        members = [[id_ for label in labels for id_ in labelled[label]] for labels in together]
        exact = [self._counts(ids) for ids in members]
        table = [[sum(row[i] for i in band) for band in self.ranges] for row in exact]
        rows, columns = hidden(table, self.least)
        served, number = (
            sum(1 for outcome in self.of.values() if outcome <= self.num_ranks),
            len(self.of),
        )
        found = []
        for r, labels in enumerate(together):
            seen = [
                None if r in rows and c in columns else count for c, count in enumerate(table[r])
            ]
            here, size = sum(exact[r][:-1]), len(members[r])
            chance = (
                chance_of_so_few(here, size, served, number)
                if is_tested and 0 < size < number
                else None
            )
            is_exact = r not in rows and not any(0 < n < self.least for n in exact[r])
            utility = sum(self.utility[id_] for id_ in members[r])
            part = self._part(labels, size, seen, utility if is_exact else None)
            found.append((replace(part, chance=None if part.served is None else chance), chance))
        return found

    def _part(
        self, labels: tuple[str, ...], size: int, seen: Sequence[int | None], utility: int | None
    ) -> Part:
        without = seen[-1] if len(self.ranges[-1]) == 1 else None
        served = None if without is None else size - without
        return Part(
            labels=labels,
            number=None if 0 < size < self.least else size,
            served=served,
            rate=served / size if served is not None and size else None,
            interval=wilson(served, size) if served is not None and size else None,
            profile=tuple(seen),
            worst=self._worst(seen),
            mean_utility=utility / size if utility is not None and size else None,
        )

    def _worst(self, seen: Sequence[int | None]) -> str | None:
        """The last band of ranks with anybody in it, unless something masked may be worse."""
        for band, name, count in zip(
            reversed(self.ranges), reversed(self.bands), reversed(seen), strict=True
        ):
            if band[0] >= self.num_ranks:
                continue
            if count is None or (count and band[-1] >= self.num_ranks):
                return None
            if count:
                return name
        return None
