"""The best tier values of a small problem, by trying every plan: no solver, no model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from scheduler.check.facts import Facts
from scheduler.check.plan import Plan, broken
from scheduler.check.tiers import allowed_loss, goodness, tier_values
from scheduler.problem import Coach, Group, Participant, Problem, Window
from scheduler.result import Assignment, Value

Pairs = tuple[tuple[str, str], ...]


def best_values(
    problem: Problem, *, without: frozenset[str] = frozenset()
) -> dict[str, Value] | None:
    """The best value of each tier, in the objective's order, the earlier ones kept within slack.

    None where no plan obeys the rules. Rules named in ``without`` are left out, to see that a rule
    matters (of H1 to H6 and H8 to H13).
    """
    found = _Search(problem, without).plans()
    if not found:
        return None
    best: dict[str, Value] = {}
    for tier in problem.policy.objective:
        best[tier] = max((values[tier] for values, _ in found), key=_key(problem, tier))
        least = allowed_loss(problem, tier, best[tier])
        top = goodness(problem, tier, best[tier])
        enough = (top[0] - least,) if least else top
        found = [
            (values, plan)
            for values, plan in found
            if goodness(problem, tier, values[tier]) >= enough
        ]
    if not without:
        facts = Facts(problem)
        assert not broken(facts, Plan(facts, found[0][1])), "brute force broke a rule"
    return best


def every_value(problem: Problem) -> list[dict[str, Value]]:
    """Each vector of tier values that some plan has; none where no plan obeys the rules."""
    return [values for values, _ in _Search(problem, frozenset()).plans()]


def every_plan(problem: Problem) -> Iterator[list[Assignment]]:
    """Every plan that obeys the rules, with every way to give coaches and windows."""
    search = _Search(problem, frozenset())
    for pairs in search._choices(0, {}):
        plain, coached = search.assignments(pairs)
        for given in search._coaches(coached, []):
            yield plain + given


def _key(problem: Problem, tier: str):
    return lambda value: goodness(problem, tier, value)


class _Search:
    def __init__(self, problem: Problem, without: frozenset[str]) -> None:
        self.facts = Facts(problem)
        self.problem = problem
        self.without = without
        self.people = problem.participants
        self.sizes = {group.id: 0 for group in problem.groups}
        self.counts = [0] * len(problem.quotas)
        self.tags = {p.id: {hold.tag for hold in p.holds} for p in problem.participants}
        self.sets = {person.id: list(self._sets(person)) for person in self.people}
        self.friends = [(pair, "H11") for pair in problem.apart]
        self.friends += [(pair, "H12") for pair in problem.together]
        self.coached: dict[frozenset[tuple[str, str]], list[Assignment] | None] = {}

    def plans(self) -> list[tuple[dict[str, Value], list[Assignment]]]:
        """One plan for each vector of tier values that some plan has."""
        found: dict[tuple[Value, ...], tuple[dict[str, Value], list[Assignment]]] = {}
        for pairs in self._choices(0, {}):
            assignments = self._with_coaches(pairs)
            if assignments is not None:
                values = tier_values(self.facts, Plan(self.facts, assignments))
                found.setdefault(tuple(values.values()), (values, assignments))
        return list(found.values())

    def _sets(self, person: Participant) -> Iterator[tuple[Group, ...]]:
        """Every set of groups that obeys what concerns one person: options, H3 to H6, H14."""
        options = [group for group in self.problem.groups if self.facts.is_option(person, group)]
        pinned = {group for participant, group in self.facts.pins if participant == person.id}
        most = len(options) if "H3" in self.without else person.max_groups
        for size in range(min(most, len(options)) + 1):
            for groups in combinations(options, size):
                measures = {group.measure for group in groups}
                weeks = self.facts.week_minutes(list(groups)).values()
                limit = person.max_minutes_per_week
                if (
                    pinned <= {group.id for group in groups}
                    and (len(measures) == size or "H4" in self.without)
                    and ("H5" in self.without or not any(
                        self.facts.clash(*two) for two in combinations(groups, 2)
                    ))
                    and (limit is None or max(weeks, default=0) <= limit or "H6" in self.without)
                ):  # fmt: skip
                    yield groups

    def _choices(self, i: int, chosen: dict[str, set[str]]) -> Iterator[Pairs]:
        if i == len(self.people):
            if "H2" in self.without or all(
                size == 0 or size >= group.min_size
                for group, size in zip(self.problem.groups, self.sizes.values(), strict=True)
            ):
                yield tuple((p, g) for p, groups in chosen.items() for g in sorted(groups))
            return
        person = self.people[i]
        for groups in self.sets[person.id]:
            chosen[person.id] = {group.id for group in groups}
            self._count(person, groups, 1)
            if self._fits(chosen):
                yield from self._choices(i + 1, chosen)
            self._count(person, groups, -1)
            del chosen[person.id]

    def _count(self, person: Participant, groups: tuple[Group, ...], change: int) -> None:
        for group in groups:
            self.sizes[group.id] += change
            for i, quota in enumerate(self.problem.quotas):
                if group.id in quota.groups and (
                    quota.tag is None or quota.tag in self.tags[person.id]
                ):
                    self.counts[i] += change

    def _fits(self, chosen: dict[str, set[str]]) -> bool:
        if "H1" not in self.without and any(
            self.sizes[group.id] > group.capacity for group in self.problem.groups
        ):
            return False
        if "H13" not in self.without and any(
            count > quota.max for count, quota in zip(self.counts, self.problem.quotas, strict=True)
        ):
            return False
        for (one, other), label in self.friends:
            if label in self.without or one not in chosen or other not in chosen:
                continue
            if label == "H11" and chosen[one] & chosen[other]:
                return False
            if label == "H12" and chosen[one] != chosen[other]:
                return False
        return True

    def _with_coaches(self, pairs: Pairs) -> list[Assignment] | None:
        """The pairs with the coaches that keep most of the previous plan; None if none are left."""
        plain, coached = self.assignments(pairs)
        key = frozenset((a.participant, a.group) for a in coached)
        if key not in self.coached:
            ways = list(self._coaches(coached, []))
            self.coached[key] = max(ways, key=self._coach_points, default=None)
        found = self.coached[key]
        return None if found is None else plain + found

    def assignments(self, pairs: Pairs) -> tuple[list[Assignment], list[Assignment]]:
        """Those of groups without a coach, and those that need one."""
        facts = self.facts
        plain, coached = [], []
        for p, g in pairs:
            person, group = facts.participants[p], facts.groups[g]
            assignment = Assignment(p, g, facts.rank(person, group))
            (plain if group.coaching is None else coached).append(assignment)
        return plain, coached

    def _coach_points(self, assignments: list[Assignment]) -> int:
        before = {(pair.participant, pair.group): pair.coach for pair in self.problem.previous}
        return sum(before.get((a.participant, a.group)) == a.coach for a in assignments)

    def _coaches(
        self, rest: list[Assignment], done: list[Assignment]
    ) -> Iterator[list[Assignment]]:
        """Every way to give coaches and windows; visits follow each other from a window's start."""
        if not rest:
            yield done
            return
        assignment, facts = rest[0], self.facts
        person = facts.participants[assignment.participant]
        group = facts.groups[assignment.group]
        assert group.coaching is not None
        minutes = group.coaching.visit_minutes
        pin = facts.pins.get((person.id, group.id))
        for coach in self.problem.coaches:
            if pin is not None and pin.coach not in (None, coach.id):
                continue
            own = [a for a in done if a.coach == coach.id]
            if not facts.coach_fits(coach, person, group) or not self._has_room(
                coach, own, person, minutes
            ):
                continue
            for window in coach.availability:
                inside = [a for a in own if _inside(a.visit, window)]
                start = max((a.visit.end for a in inside if a.visit), default=window.start)
                if not facts.window_fits(window, person, group):
                    continue
                if minutes > window.end - window.start:
                    continue
                if start + minutes > window.end and "H9" not in self.without:
                    continue
                if "H10" not in self.without and any(
                    facts.groups[a.group].venue != group.venue for a in inside
                ):
                    continue
                start = min(start, window.end - minutes)
                visit = Window(window.day, start, start + minutes)
                with_it = replace(assignment, coach=coach.id, visit=visit)
                yield from self._coaches(rest[1:], [*done, with_it])

    def _has_room(
        self, coach: Coach, own: list[Assignment], person: Participant, minutes: int
    ) -> bool:
        people = {a.participant for a in own} | {person.id}
        total = minutes + sum(a.visit.end - a.visit.start for a in own if a.visit)
        return ("H8" in self.without or len(people) <= coach.caseload) and (
            "H9" in self.without or total <= coach.minutes_per_week
        )


def _inside(visit: Window | None, window: Window) -> bool:
    return visit is not None and (
        visit.day == window.day and window.start <= visit.start and visit.end <= window.end
    )
