"""For whom does chance decide? Equally good plans differ by who happens to come first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from random import Random

from scheduler.check.tiers import goodness
from scheduler.params import Params
from scheduler.problem import Pair, Problem
from scheduler.result import Result
from scheduler.solve import solve
from scheduler.waiting import Stop

WITH_A_PLAN = ("optimal", "feasible")


@dataclass(frozen=True, slots=True)
class Orders:
    """How often each participant is placed over several orders of the same people.

    ``num_best`` of the ``num_solved`` orders gave plans as good as the best of them in every tier.
    ``times`` counts in those alone: where plans differ in worth, not chance alone decides.
    """

    num_solved: int
    num_best: int
    times: dict[str, int]

    @property
    def spread(self) -> tuple[int, ...]:
        """How many people are placed in none of the best plans, in one of them, ... in all."""
        counts = Counter(self.times.values())
        return tuple(counts[times] for times in range(self.num_best + 1))


def over_orders(
    problem: Problem,
    params: Params | None = None,
    num: int = 10,
    should_stop: Stop | None = None,
) -> Orders:
    """Solve the problem as it is, then ``num`` - 1 times with the participants' ids exchanged.

    A solve breaks ties by id, so that exchanging the ids deals the luck anew. ``params`` is for
    each solve; its seed is for the exchanges too. Once ``should_stop``, no further order is begun.
    """
    params = replace(params or Params(), reasons="none")
    chance = Random(params.seed)  # noqa: S311  luck, no secret
    ids = sorted(person.id for person in problem.participants)
    found: list[tuple[tuple[tuple[int, ...], ...], set[str]]] = []
    num_solved = 0
    for i in range(num):
        if i and should_stop is not None and should_stop():
            break
        others = chance.sample(ids, len(ids)) if i else ids
        result = solve(
            renamed(problem, dict(zip(ids, others, strict=True))), params, None, should_stop
        )
        num_solved += 1
        if result.status in WITH_A_PLAN:
            back = dict(zip(others, ids, strict=True))
            placed = {back[line.participant] for line in result.assignments}
            found.append((_worth(problem, result), placed))
    most = max((worth for worth, _ in found), default=())
    best = [placed for worth, placed in found if worth == most]
    times = {id_: sum(id_ in placed for placed in best) for id_ in ids}
    return Orders(num_solved, len(best), times)


def renamed(problem: Problem, names: dict[str, str]) -> Problem:
    """The same problem with another id for each participant."""

    def pairs(rows: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple(replace(pair, participant=names[pair.participant]) for pair in rows)

    def two(rows: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((names[one], names[other]) for one, other in rows)

    return replace(
        problem,
        participants=tuple(replace(p, id=names[p.id]) for p in problem.participants),
        pins=pairs(problem.pins),
        bans=pairs(problem.bans),
        previous=pairs(problem.previous),
        apart=two(problem.apart),
        together=two(problem.together),
    )


def _worth(problem: Problem, result: Result) -> tuple[tuple[int, ...], ...]:
    return tuple(goodness(problem, tier.name, tier.value) for tier in result.tiers)
