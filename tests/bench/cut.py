"""A smaller problem out of a large one: the people and the groups nearest to its middle.

A place keeps its density: as many options a person as in the whole, but for those that the cut
goes through. A sample taken over the whole area would have fewer by the same share, and a growth
that looks better than it is.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TypeVar

from scheduler import jsonio
from scheduler.commands.files import read_problem
from scheduler.problem import Coach, Pair, Place, Problem, Quota

Row = TypeVar("Row")


def cut(problem: Problem, size: int) -> Problem:
    """The ``size`` participants nearest to the median home, and the same share of the rest.

    Coaches: those with the largest share of their venues among the groups' venues. Quotas are
    scaled with their groups. What refers to somebody or something that is gone goes too.
    """
    share = size / max(1, len(problem.participants))
    if share >= 1:
        return problem
    homes = [person.home for person in problem.participants if person.home is not None]
    if not homes:
        raise ValueError(f"{problem.name} has no homes to cut by")
    middle = Place(median(home.lat for home in homes), median(home.lon for home in homes))
    places = {venue.id: venue.place for venue in problem.venues}
    people = _nearest(problem.participants, lambda person: person.home, middle, share)
    groups = _nearest(problem.groups, lambda group: places.get(group.venue or ""), middle, share)
    visited = {group.venue for group in groups}
    coaches = sorted(problem.coaches, key=lambda coach: -_share_of_venues(coach, visited))
    return consistent(
        replace(
            problem,
            name=f"{problem.name}-{size}",
            participants=tuple(people),
            groups=tuple(groups),
            coaches=tuple(coaches[: math.ceil(share * len(coaches))]),
        )
    )


def _nearest(
    rows: Sequence[Row], place: Callable[[Row], Place | None], middle: Place, share: float
) -> list[Row]:
    """That share of the rows, in their order: the nearest, and the first of those nowhere."""

    def distance(row: Row) -> float:
        found = place(row)
        assert found is not None
        narrower = math.cos(math.radians(middle.lat))
        return math.hypot(found.lat - middle.lat, (found.lon - middle.lon) * narrower)

    somewhere = sorted((row for row in rows if place(row) is not None), key=distance)
    nowhere = [row for row in rows if place(row) is None]
    few = nowhere[: round(share * len(nowhere))]
    near = somewhere[: round(share * len(rows)) - len(few)]
    kept = {id(row) for row in (*near, *few)}
    return [row for row in rows if id(row) in kept]


def _share_of_venues(coach: Coach, visited: set[str | None]) -> float:
    if coach.venues is None:
        return 1.0
    return len(coach.venues & visited) / max(1, len(coach.venues))


def consistent(problem: Problem) -> Problem:
    """Without what refers to somebody or something that is not there."""
    people = {person.id for person in problem.participants}
    groups = {group.id for group in problem.groups}
    measures = {group.measure for group in problem.groups}
    coaches = {coach.id for coach in problem.coaches}

    def kept(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
        return tuple(
            pair if pair.coach in coaches else replace(pair, coach=None)
            for pair in pairs
            if pair.participant in people and pair.group in groups
        )

    return replace(
        problem,
        participants=tuple(
            replace(
                person,
                wishes=tuple(
                    w for w in person.wishes if w.group in groups or w.measure in measures
                ),
            )
            for person in problem.participants
        ),
        pins=kept(problem.pins),
        bans=kept(problem.bans),
        previous=kept(problem.previous),
        apart=tuple(pair for pair in problem.apart if people.issuperset(pair)),
        together=tuple(pair for pair in problem.together if people.issuperset(pair)),
        quotas=tuple(
            _scaled(quota, groups) for quota in problem.quotas if groups.intersection(quota.groups)
        ),
    )


def _scaled(quota: Quota, groups: set[str]) -> Quota:
    left = tuple(group for group in quota.groups if group in groups)
    return replace(quota, groups=left, max=math.ceil(quota.max * len(left) / len(quota.groups)))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cut")
    parser.add_argument("problem")
    parser.add_argument("size", type=int)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    problem, _ = read_problem(args.problem)
    args.output.write_bytes(jsonio.dump_problem(cut(problem, args.size)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
