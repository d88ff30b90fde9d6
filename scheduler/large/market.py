"""A large problem as arrays: what the prices and the regions both need, found once.

Indices are positions: p in ``problem.participants``, g in ``problem.groups``, o in the options,
u in ``visits.units``, k in the classes: options of one coached group that share their units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.coaching import Visits
from scheduler.matrix import Floats
from scheduler.options import Options
from scheduler.problem import Problem
from scheduler.ragged import Bools, Ints, Ragged
from scheduler.result import Assignment
from scheduler.weeks import minutes_by_week

ALWAYS = 1 << 40


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A row over options: ``low`` to ``high`` times the sum of coefficient x option."""

    options: Ints
    coefficients: Ints
    low: int
    high: int
    is_quota: bool = False

    @property
    def is_tie(self) -> bool:
        """Whether it is a pin, or two people who go together."""
        return not self.is_quota and self.low == self.high

    @property
    def is_either(self) -> bool:
        """Whether it is two people apart: one of the two options at most."""
        return not self.is_quota and self.low < self.high


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A plan: which options are taken, and the unit of each that is coached, else -1."""

    taken: Bools  # (O,)
    unit: Ints  # (O,)


@dataclass(frozen=True, slots=True, eq=False)
class Left:
    """What the visits of a choice leave: minutes of each unit (U,), minutes and people of each
    coach (C,)."""

    unit_minutes: Ints
    coach_minutes: Ints
    caseload: Ints


class Market:
    """Who could take what, and what is limited."""

    def __init__(self, problem: Problem, options: Options, clashing: Bools, visits: Visits) -> None:
        self.problem, self.options, self.clashing, self.visits = problem, options, clashing, visits
        groups, people = problem.groups, problem.participants
        self.capacity = _ints(group.capacity for group in groups)
        self.min_size = _ints(group.min_size for group in groups)
        measures = {measure: m for m, measure in enumerate({g.measure: 0 for g in groups})}
        self.measure = _ints(measures[group.measure] for group in groups)
        venues = {venue.id: v for v, venue in enumerate(problem.venues)}
        self.venue = _ints(-1 if g.venue is None else venues[g.venue] for g in groups)
        self.visit_minutes = _ints(g.coaching.visit_minutes if g.coaching else 0 for g in groups)
        self.weight = _ints(person.weight for person in people)
        self.max_groups = _ints(person.max_groups for person in people)
        self.week_limit = _ints(
            ALWAYS if p.max_minutes_per_week is None else p.max_minutes_per_week for p in people
        )
        self.week_minutes = [minutes_by_week(group) for group in groups]
        peak = _ints(max(weeks.values(), default=0) for weeks in self.week_minutes)
        self.start = np.searchsorted(options.participant, np.arange(len(people) + 1))
        self.usable = peak[options.group] <= self.week_limit[options.participant]
        self.usable &= self.max_groups[options.participant] > 0
        self._units()
        self._classes()
        self.sides = self._sides()
        self.forced = self._forced()
        self.previous, self.previous_coach = self._previous()
        self.twice_person, self.twice_coach = self._twice()

    def _units(self) -> None:
        units = self.visits.units
        self.unit_coach = _ints(unit.coach for unit in units)
        self.unit_minutes = _ints(unit.window.end - unit.window.start for unit in units)
        self.caseload = _ints(coach.caseload for coach in self.problem.coaches)
        self.coach_minutes = _ints(coach.minutes_per_week for coach in self.problem.coaches)

    def _classes(self) -> None:
        """Classes of options; a class depends on the group and on what H7 asks of the person."""
        problem, options = self.problem, self.options
        profiles: dict[object, int] = {}
        profile = _ints(
            profiles.setdefault((person.coach_skills, person.availability), len(profiles))
            for person in problem.participants
        )
        named = {(pin.participant, pin.group): pin.coach for pin in problem.pins if pin.coach}
        coached = np.array([group.coaching is not None for group in problem.groups], dtype=bool)
        of = np.flatnonzero(coached[options.group])
        asked = options.group[of] * (2 * len(profiles)) + profile[options.participant[of]] * 2
        asked += options.pinned[of]
        _, first, kind = np.unique(asked, return_index=True, return_inverse=True)
        classes: dict[tuple[int, tuple[int, ...]], int] = {}
        found = np.empty(len(first), dtype=np.int64)
        for i, o in enumerate(of[first].tolist()):
            found[i] = self._class(classes, o, None)
        self.option_class = np.full(len(options), -1, dtype=np.int64)
        self.option_class[of] = found[kind]
        for o in np.flatnonzero(options.pinned & (self.option_class >= 0)).tolist():
            p, g = int(options.participant[o]), int(options.group[o])
            coach = named.get((problem.participants[p].id, problem.groups[g].id))
            if coach is not None:
                self.option_class[o] = self._class(classes, o, coach)
        self.class_group = _ints(g for g, _ in classes)
        self.coached = np.zeros(len(problem.groups), dtype=bool)
        self.coached[self.class_group] = True
        self.class_units = Ragged.of(units for _, units in classes)
        lost = np.zeros(len(options), dtype=bool)
        sizes = np.diff(self.class_units.start)
        lost[of] = sizes[self.option_class[of]] == 0
        self.usable &= ~lost

    def _class(
        self, classes: dict[tuple[int, tuple[int, ...]], int], o: int, coach: str | None
    ) -> int:
        person = self.problem.participants[int(self.options.participant[o])]
        g = int(self.options.group[o])
        units = self.visits.of_pair(
            person, self.problem.groups[g], pinned=bool(self.options.pinned[o]), coach=coach
        )
        return classes.setdefault((g, units), len(classes))

    def _sides(self) -> list[Side]:
        """H11 to H14. H12 leaves no option that only one of two people has."""
        problem, options = self.problem, self.options
        person = {p.id: i for i, p in enumerate(problem.participants)}
        found = []

        def of(id_: str) -> dict[int, int]:
            p = person[id_]
            span = range(self.start[p], self.start[p + 1])
            return {int(options.group[o]): o for o in span if self.usable[o]}

        for a, b in problem.together:
            mine, theirs = of(a), of(b)
            for g in sorted(mine.keys() | theirs.keys()):
                if g in mine and g in theirs:
                    found.append(Side(_ints((mine[g], theirs[g])), _ints((1, -1)), 0, 0))
                else:
                    self.usable[mine.get(g, theirs.get(g))] = False
        for a, b in problem.apart:
            mine, theirs = of(a), of(b)
            found += [
                Side(_ints((mine[g], theirs[g])), _ints((1, 1)), 0, 1)
                for g in sorted(mine.keys() & theirs.keys())
            ]
        index = {group.id: g for g, group in enumerate(problem.groups)}
        tags = [{hold.tag for hold in p.holds} | {None} for p in problem.participants]
        holders = {
            tag: np.array([tag in held for held in tags], dtype=bool)
            for tag in {quota.tag for quota in problem.quotas}
        }
        for quota in sorted(problem.quotas, key=repr):
            within = np.isin(options.group, [index[g] for g in quota.groups])
            is_counted = within & holders[quota.tag][options.participant] & self.usable
            counted = np.flatnonzero(is_counted)
            if len(counted) > quota.max:
                found.append(Side(counted, np.ones_like(counted), 0, quota.max, is_quota=True))
        pinned = np.flatnonzero(options.pinned).tolist()
        return found + [Side(_ints((o,)), _ints((1,)), 1, 1) for o in pinned]

    def _forced(self) -> Bools:
        """Options (O,) of every plan: what is pinned, and for those who go together with them."""
        found = self.options.pinned.copy()
        ties = [side.options for side in self.sides if side.is_tie]
        num = -1
        while num < int(found.sum()):
            num = int(found.sum())
            for options in ties:
                found[options] |= found[options].any()
        return found

    def _twice(self) -> tuple[Ints, Ints]:
        """The pairs of a person and a coach whom they could have in several groups (H8)."""
        several = self.max_groups[self.options.participant] > 1
        of = np.flatnonzero((self.option_class >= 0) & self.usable & several)
        owner, unit = self.class_units.of_rows(self.option_class[of])
        measure = self.measure[self.options.group[of]][owner]
        coaches, measures = len(self.caseload), int(self.measure.max(initial=0)) + 1
        pair = self.options.participant[of][owner] * coaches + self.unit_coach[unit]
        several = np.unique(pair * measures + measure) // measures
        pairs, groups = np.unique(several, return_counts=True)
        person, coach = np.divmod(pairs[groups > 1], max(coaches, 1))
        return person, coach

    def _previous(self) -> tuple[Bools, Ints]:
        """Which options are in the previous plan, and the coach each had there, else -1."""
        person = {p.id: i for i, p in enumerate(self.problem.participants)}
        group = {g.id: i for i, g in enumerate(self.problem.groups)}
        kept = np.zeros(len(self.options), dtype=bool)
        coach = np.full(len(self.options), -1, dtype=np.int64)
        for pair in self.problem.previous:
            o = self.option_of(person[pair.participant], group[pair.group])
            if o is not None:
                kept[o] = True
                if pair.coach is not None:
                    coach[o] = self.visits.coach_index[pair.coach]
        return kept, coach

    def best(self, gains: Floats, among: Bools | None = None) -> Floats:
        """Each person's best (P,) of the gains (O,) of all options or of those ``among`` (O,);
        0 at least."""
        counted = slice(None) if among is None else among
        found = np.zeros(len(self.weight))
        np.maximum.at(found, self.options.participant[counted], gains[counted])
        return found

    def option_of(self, p: int, g: int) -> int | None:
        span = self.options.group[self.start[p] : self.start[p + 1]]
        i = int(np.searchsorted(span, g))
        return int(self.start[p]) + i if i < len(span) and span[i] == g else None

    def left_by(self, choice: Choice) -> Left:
        """What there is left for further visits (H8 to H10)."""
        coached = np.flatnonzero(choice.taken & (choice.unit >= 0))
        unit, group = choice.unit[coached], self.options.group[coached]
        coach, minutes = self.unit_coach[unit], self.visit_minutes[group]
        unit_minutes, coach_minutes = self.unit_minutes.copy(), self.coach_minutes.copy()
        np.subtract.at(unit_minutes, unit, minutes)
        np.subtract.at(coach_minutes, coach, minutes)
        people = self.options.participant[coached]
        seen = np.unique(people * len(self.caseload) + coach) % max(len(self.caseload), 1)
        caseload = self.caseload - np.bincount(seen, minlength=len(self.caseload))
        return Left(unit_minutes, coach_minutes, caseload)

    def venues_of(self, choice: Choice) -> Ints:
        """Where each unit (U,) is; -1: nowhere yet."""
        found = np.full(len(self.unit_minutes), -1)
        coached = np.flatnonzero(choice.taken & (choice.unit >= 0))
        found[choice.unit[coached]] = self.venue[self.options.group[coached]]
        return found

    def too_long(self, p: int, groups: Sequence[int]) -> bool:
        """Whether these groups take more of some week than the person has (H6)."""
        limit = int(self.week_limit[p])
        if limit >= ALWAYS:
            return False
        total: dict[tuple[int, int], int] = {}
        for g in groups:
            for week, minutes in self.week_minutes[g].items():
                total[week] = total.get(week, 0) + minutes
        return max(total.values(), default=0) > limit

    def dealt(self, members: Ints, visits: Ints) -> Ints:
        """A visit's unit for each member of a class: the previous coach's where there is one."""
        left = visits.tolist()
        found = np.full(len(members), -1, dtype=np.int64)
        for wanting_the_same in (True, False):
            for i, o in enumerate(members.tolist()):
                if found[i] >= 0:
                    continue
                before = self.previous_coach[o]
                for u in left:
                    if not wanting_the_same or self.unit_coach[u] == before:
                        found[i] = u
                        left.remove(u)
                        break
        return found

    # -- between plans and choices ----------------------------------------------------------

    def empty(self) -> Choice:
        """Nobody anywhere."""
        size = len(self.options)
        return Choice(np.zeros(size, dtype=bool), np.full(size, -1, dtype=np.int64))

    def choice_of(self, plan: Sequence[Assignment]) -> Choice:
        """A plan of options as a choice."""
        person = {p.id: i for i, p in enumerate(self.problem.participants)}
        group = {g.id: i for i, g in enumerate(self.problem.groups)}
        choice = self.empty()
        for line in plan:
            p, g = person[line.participant], group[line.group]
            o = self.option_of(p, g)
            assert o is not None  # every plan is made of options
            choice.taken[o] = True
            unit = self.visits.unit_of(line)
            if unit is not None:
                choice.unit[o] = unit
        return choice

    def plan_of(self, choice: Choice) -> tuple[Assignment, ...]:
        """A choice as a plan; visits as ``Visits.timed`` lays them."""
        people, groups, options = self.problem.participants, self.problem.groups, self.options
        taken = np.flatnonzero(choice.taken)
        rows = np.array([options.participant, options.group, options.rank])[:, taken].T.tolist()
        lines = [Assignment(people[p].id, groups[g].id, rank or None) for p, g, rank in rows]
        units = choice.unit[taken].tolist()
        return self.visits.timed(lines, [u if u >= 0 else None for u in units])


def _ints(values: object) -> Ints:
    return np.fromiter(values, dtype=np.int64)  # type: ignore[call-overload,no-any-return]
