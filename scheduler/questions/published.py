"""A problem and a plan of it, indexed once, to be asked about one person at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

from scheduler.coaching import Visits, visit_after
from scheduler.occupancy import Occupancy, Reason
from scheduler.problem import Problem
from scheduler.questions.gains import Gains
from scheduler.questions.rules import failing
from scheduler.questions.visit_times import in_gaps, one_after_another, visit_of
from scheduler.result import Assignment

AT_THE_END = frozenset({"H2", "H12"})  # looked at when everybody who moves has moved
Lines = tuple[Assignment, ...]
Pair = tuple[int, int]  # positions of a participant and a group


@dataclass(frozen=True, slots=True)
class Move:
    """What changes for one person: without ``before`` a group more, without ``after`` one less."""

    participant: str
    before: Assignment | None
    after: Assignment | None
    minutes: int  # of travel, more than before


class UnknownParticipantError(LookupError):
    """The problem has no participant of that id."""


class Published:
    """A plan, which must obey every rule, and what would become of it.

    Whoever is kept together with others is moved with them: all that is told of H12.
    """

    def __init__(self, problem: Problem, plan: Iterable[Assignment]) -> None:
        self.problem = problem
        self.plan = tuple(plan)
        self.group_index = {group.id: g for g, group in enumerate(problem.groups)}
        self.participant_index = {person.id: p for p, person in enumerate(problem.participants)}
        self.occupancy = Occupancy(problem, Visits(problem), self.plan)
        self.facts = self.occupancy.facts
        self.of_person: dict[str, list[Assignment]] = {}
        self.of_group: dict[str, list[Assignment]] = {}
        self.of_coach: dict[str, list[Assignment]] = {}
        self._by_measure: dict[str, list[int]] = {}
        for g, group in enumerate(problem.groups):
            self._by_measure.setdefault(group.measure, []).append(g)
        self._lines_by_pair = {(line.participant, line.group): line for line in self.plan}
        for line in self.plan:
            self.of_person.setdefault(line.participant, []).append(line)
            self.of_group.setdefault(line.group, []).append(line)
            if line.coach is not None:
                self.of_coach.setdefault(line.coach, []).append(line)
        self._open_to: dict[int, dict[int, bool]] = {}
        self.gains = Gains(self.facts, self.of_person)
        self._friends = _linked(problem.together)

    def supposing(self, problem: Problem) -> Published:
        """The plan where people, groups and coaches differ in what is asked of them."""
        other = copy(self)
        other.problem = problem
        other.occupancy = self.occupancy.supposing(problem)
        other._open_to = {}
        other.__dict__.pop("_room", None)
        return other

    @cached_property
    def _room(self) -> set[int]:
        """The groups in which one more person is neither too many nor too few."""
        members = self.occupancy.members
        return {
            g
            for g, group in enumerate(self.problem.groups)
            if group.min_size <= len(members[group.id]) + 1 <= group.capacity
        }

    def wished(self, p: int) -> set[int]:
        """R1: the groups that satisfy a wish of the person."""
        found: set[int] = set()
        for wish in self.problem.participants[p].wishes:
            if wish.group is not None:
                found.add(self.group_index[wish.group])
            else:
                found.update(self._by_measure.get(wish.measure or "", ()))
        return found

    def failing(self, p: int, g: int) -> list[Reason]:
        """The rules R2 to R6 that keep a wished pair from being an option, with data."""
        person, group = self.problem.participants[p], self.problem.groups[g]
        is_pinned = (person.id, group.id) in self.facts.pins
        return [] if is_pinned else failing(self.facts, person, group)

    def open_to(self, p: int) -> dict[int, bool]:
        """The person's options (R1 to R6) in whose groups the plan has room for one more, and
        whether a coach is left there, or none is asked for."""
        found = self._open_to.get(p)
        if found is None:
            person, groups = self.problem.participants[p], self.problem.groups
            wished = sorted(self._room.intersection(self.wished(p)))
            found = self._open_to[p] = {
                g: groups[g].coaching is None or bool(self.occupancy.free_units(p, g))
                for g in wished
                if self.facts.is_option(person, groups[g])
            }
        return found

    def position(self, participant: str) -> int:
        """Where the participant stands in the problem. Raises ``UnknownParticipantError``."""
        try:
            return self.participant_index[participant]
        except KeyError:
            raise UnknownParticipantError(f"there is no participant {participant}") from None

    def line(self, participant: str, group: str) -> Assignment:
        """The line of the plan for a pair. Raises ``KeyError``."""
        return self._lines_by_pair[participant, group]

    def hoped(self, pair: Pair) -> Assignment:
        """The pair as a line with the coach of ``previous``, whether or not one is free."""
        person, group = self.problem.participants[pair[0]], self.problem.groups[pair[1]]
        coach = self.gains.previous.get((person.id, group.id))
        return Assignment(person.id, group.id, self.facts.rank(person, group), coach)

    def together_with(self, p: int) -> list[int]:
        """The participant, and those who must have the same groups."""
        id_ = self.problem.participants[p].id
        index = self.participant_index
        return [p, *sorted(index[other] for other in self._friends.get(id_, set()) - {id_})]

    def is_free_to_move(self, line: Assignment) -> bool:
        """Whether the line is neither pinned nor bound to what others do."""
        pair = (line.participant, line.group)
        return pair not in self.facts.pins and line.participant not in self._friends

    def attempt(self, leaving: Sequence[Assignment], joining: Sequence[Pair]) -> Lines | None:
        """Lines for the joining pairs with which the plan, the leaving ones taken out, is valid.

        None where there are none. Of several coaches, those who keep most of ``previous``, then
        those who follow the person now. Of a visit only its window is decided.
        """
        with self.without(leaving):
            return self._best_way(leaving, joining)

    @contextmanager
    def without(self, leaving: Sequence[Assignment]) -> Iterator[None]:
        """Some lines are not counted in ``occupancy`` for a while."""
        for line in leaving:
            self.occupancy.remove(line)
        try:
            yield
        finally:
            for line in leaving:
                self.occupancy.add(line)

    def _best_way(self, leaving: Sequence[Assignment], joining: Sequence[Pair]) -> Lines | None:
        groups = {line.group for line in leaving}
        groups |= {self.problem.groups[g].id for _, g in joining}
        most = sum(self.hoped(pair).coach is not None for pair in joining)
        best: tuple[int, Lines] | None = None
        for lines in self._ways(joining, groups):
            kept = sum(map(self.gains.keeps_coach, lines))
            if best is None or kept > best[0]:
                best = (kept, lines)
            if kept == most:
                break
        return None if best is None else best[1]

    def _ways(self, joining: Sequence[Pair], groups: set[str]) -> Iterator[Lines]:
        if not joining:
            if all(map(self._stands, groups)):
                yield ()
            return
        pair, *rest = joining
        if any(reason["rule"] not in AT_THE_END for reason in self.occupancy.broken(*pair)):
            return
        for line in sorted(self._lines(pair), key=self._preference, reverse=True):
            self.occupancy.add(line)
            try:
                for lines in self._ways(rest, groups):
                    yield (line, *lines)
            finally:
                self.occupancy.remove(line)

    def _stands(self, group: str) -> bool:
        size = len(self.occupancy.members[group])
        return size == 0 or size >= self.problem.groups[self.group_index[group]].min_size

    def _lines(self, pair: Pair) -> list[Assignment]:
        """The pair as a line of the plan, one for each unit free for a visit."""
        person, group = self.problem.participants[pair[0]], self.problem.groups[pair[1]]
        line = Assignment(person.id, group.id, self.facts.rank(person, group))
        if group.coaching is None:
            return [line]
        minutes, found = group.coaching.visit_minutes, []
        for u in self.occupancy.free_units(*pair):
            unit = self.occupancy.visits.units[u]
            visit = visit_after(unit.window, 0, minutes)
            coach = self.problem.coaches[unit.coach].id
            found.append(replace(line, coach=coach, visit=visit))
        return found

    def _preference(self, line: Assignment) -> tuple[bool, bool]:
        now = {own.coach for own in self.of_person.get(line.participant, ())}
        return (self.gains.keeps_coach(line), line.coach in now)

    def moves(
        self, leaving: Sequence[Assignment], joined: Sequence[Assignment]
    ) -> tuple[Move, ...]:
        """The change of the plan person by person, in the order of ``joined``; then those whose
        visit is at another time of its window, where there was no gap for a new one."""
        left = {line.participant: line for line in leaving}
        timed, shifted = self._timed(leaving, joined)
        found = [(left.pop(line.participant, None), line) for line in timed] + shifted
        return tuple(
            Move(after.participant, before, after, self._longer(before, after))
            for before, after in found
        )

    def _longer(self, before: Assignment | None, after: Assignment) -> int:
        return self.gains.minutes(after) - (0 if before is None else self.gains.minutes(before))

    def _timed(
        self, leaving: Sequence[Assignment], joined: Sequence[Assignment]
    ) -> tuple[Lines, list[tuple[Assignment | None, Assignment]]]:
        """The joined lines with visits at times that are free, and who is visited earlier."""
        in_unit: dict[int, list[int]] = defaultdict(list)
        timed, shifted = list(joined), []
        for i, line in enumerate(joined):
            u = self.occupancy.visits.unit_of(line)
            if u is not None:
                in_unit[u].append(i)
        for u, positions in in_unit.items():
            window = self.occupancy.visits.units[u].window
            staying = [line for line in self._in(u) if line not in leaving]
            lines = in_gaps(window, staying, [joined[i] for i in positions])
            if lines is None:
                closed_up = one_after_another(window, staying)
                shifted += [two for two in zip(staying, closed_up, strict=True) if two[0] != two[1]]
                lines = in_gaps(window, closed_up, [joined[i] for i in positions])
            assert lines is not None  # H9 holds: closed up there is room for all
            for i, line in zip(positions, lines, strict=True):
                timed[i] = line
        return tuple(timed), list(shifted)

    def _in(self, u: int) -> list[Assignment]:
        """The lines whose visit is in the unit, by time."""
        visits = self.occupancy.visits
        lines = self.of_coach.get(self.problem.coaches[visits.units[u].coach].id, ())
        found = [line for line in lines if visits.unit_of(line) == u]
        return sorted(found, key=lambda line: (visit_of(line).start, visit_of(line).end))

    def after(self, moves: Sequence[Move]) -> Lines:
        """The plan with these moves made."""
        gone = {(m.before.participant, m.before.group) for m in moves if m.before is not None}
        staying = [line for line in self.plan if (line.participant, line.group) not in gone]
        return (*staying, *(move.after for move in moves if move.after is not None))


def _linked(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """For each person in a pair, all who are linked, whoever links them."""
    linked: dict[str, set[str]] = {}
    for pair in pairs:
        joined = {id_ for one in pair for id_ in linked.get(one, {one})}
        linked |= dict.fromkeys(joined, joined)
    return linked
