"""Why somebody has no place: true statements about one person, all else in the plan unchanged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from scheduler.coaching import Visits
from scheduler.occupancy import Occupancy, Reason
from scheduler.options import Eligibility
from scheduler.problem import Problem
from scheduler.result import Assignment

FULL_UP_TO = 10_000  # participants; above, groups are counted by rule


def unplaced(
    problem: Problem,
    eligibility: Eligibility,
    visits: Visits,
    plan: Sequence[Assignment],
    how: str | None,
) -> tuple[dict[str, Any], ...]:
    """Everybody without a group, with the reasons a wish and group (format, section 5).

    ``how`` is "full", "summary" or "none"; None chooses by the number of participants.
    """
    how = how or ("full" if len(problem.participants) <= FULL_UP_TO else "summary")
    placed = {line.participant for line in plan}
    missing = [p for p, person in enumerate(problem.participants) if person.id not in placed]
    if how == "none":
        return tuple({"participant": problem.participants[p].id, "wishes": []} for p in missing)
    occupancy = Occupancy(problem, visits, plan)
    tell: Callable[[Sequence[tuple[str, list[Reason]]]], dict[str, Any]]
    tell = _listed if how == "full" else _counted
    rows = []
    for p in missing:
        known: dict[int, list[Reason]] = {}
        wishes = []
        for wish in problem.participants[p].wishes:
            groups = (
                [eligibility.group_index[wish.group]]
                if wish.group is not None
                else eligibility.by_measure.get(wish.measure or "", [])
            )
            for g in groups:
                if g not in known:
                    known[g] = eligibility.failing_rules(p, g) or occupancy.broken(p, g)
            target = {"group": wish.group} if wish.group is not None else {"measure": wish.measure}
            told = tell([(problem.groups[g].id, known[g]) for g in groups])
            wishes.append({**target, "rank": wish.rank, **told})
        rows.append({"participant": problem.participants[p].id, "wishes": wishes})
    return tuple(rows)


def _listed(groups: Sequence[tuple[str, list[Reason]]]) -> dict[str, Any]:
    return {"groups": [{"group": group, "reasons": reasons} for group, reasons in groups]}


def _counted(groups: Sequence[tuple[str, list[Reason]]]) -> dict[str, Any]:
    counts = Counter(rule for _, reasons in groups for rule in {r["rule"] for r in reasons})
    return {"summary": dict(sorted(counts.items()))}
