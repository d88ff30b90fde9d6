"""What a solution says, as rows and as figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from scheduler.jsonio import one_row_a_line, read
from scheduler.jsonio.reading import WEEKDAYS
from scheduler.problem import Problem
from scheduler.travel import minutes
from webapp.models import Decision, Proposal

Document = dict[str, Any]
_OPEN = Decision.UNDECIDED


def key(id_: str) -> int:
    """Return the key of the row that an id of a file stands for."""
    return int(id_[1:])


def solution_bytes(solution: Document) -> bytes:
    """Return the file of a solution, as the command line would write it."""
    return one_row_a_line(solution)


def proposals_of(
    plan_id: int,
    problem_file: bytes,
    solution: Document,
    planned: Collection[int],
    pinned: Collection[tuple[int, int]],
) -> list[Proposal]:
    """Return a proposal for each assignment of the solution to somebody planned for.

    ``planned`` are participants' keys; ``pinned`` the (participant, group) that a coordinator has
    pinned before.
    """
    problem = read(problem_file)
    kept = {(pair.participant, pair.group) for pair in problem.previous}
    rows = [row for row in solution["assignments"] if key(row["participant"]) in planned]
    pairs = [(row["participant"], row["group"]) for row in rows]
    return [
        Proposal(
            plan_id=plan_id,
            participant_id=key(row["participant"]),
            group_id=key(row["group"]),
            rank=row["rank"],
            travel_minutes=travel,
            is_kept=pair in kept,
            coach_id=row["coach"] and key(row["coach"]),
            visit_weekday=row["visit"] and WEEKDAYS.index(row["visit"]["day"]),
            visit_start_minute=row["visit"] and _minute(row["visit"]["start"]),
            decision=Decision.PINNED if (key(pair[0]), key(pair[1])) in pinned else _OPEN,
        )
        for row, pair, travel in zip(rows, pairs, _travel_minutes(problem, pairs), strict=True)
    ]


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _travel_minutes(problem: Problem, pairs: Collection[tuple[str, str]]) -> list[int]:
    """The way of each participant to each group, as R4 counts it."""
    homes = {person.id: person.home for person in problem.participants}
    places = {venue.id: venue.place for venue in problem.venues}
    targets = {group.id: places[group.venue] if group.venue else None for group in problem.groups}
    return [
        int(minutes([homes[person]], [targets[group]], problem.policy.travel)[0, 0])
        for person, group in pairs
    ]


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of a solution: value and bound as in the file, lists where they are profiles."""

    name: str
    value: int | list[int] | None
    bound: int | list[int] | None
    proven: bool


def tiers_of(solution: Document) -> list[Tier]:
    """Return the tiers of a solution, in the order in which they were optimised."""
    return [Tier(t["name"], t["value"], t["bound"], t["proven"]) for t in solution["tiers"]]


def num_by_rank(solution: Document) -> dict[int, int]:
    """Return how many assignments satisfy a first wish, a second, and so on."""
    ranks = Counter(row["rank"] for row in solution["assignments"] if row["rank"] is not None)
    return dict(sorted(ranks.items()))
