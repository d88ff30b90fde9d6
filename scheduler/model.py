"""The model as plain linear rows over bounded integers, before any engine sees it.

``Rows`` is the container; ``Model`` adds what the rules need to know: the options by participant
and group, and a variable for everything that a plan says. See README.md for the formulas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scheduler.coaching import Visits
from scheduler.options import Options
from scheduler.problem import Group, Problem
from scheduler.result import Assignment

Term = tuple[int, int]  # variable, coefficient
INFINITY = 1 << 60


@dataclass(frozen=True, slots=True)
class Row:
    label: str  # the rule; "" for a definition
    terms: tuple[Term, ...]
    low: int  # -INFINITY: none
    high: int


@dataclass(slots=True)
class Rows:
    upper: list[int] = field(default_factory=list)  # variables run from 0 to here
    rows: list[Row] = field(default_factory=list)

    def variable(self, upper: int = 1) -> int:
        self.upper.append(upper)
        return len(self.upper) - 1

    def add(
        self, label: str, terms: Iterable[Term], *, low: int = -INFINITY, high: int = INFINITY
    ) -> None:
        self.rows.append(Row(label, tuple(terms), low, high))


@dataclass(frozen=True, slots=True)
class Class:
    """Options of one group that may use the same units, and the count of visits in each."""

    group: int
    members: list[int]  # variables: one unit of visits each
    visits: dict[int, int]  # unit -> variable
    is_named: bool  # the members say which coach they have


class Model(Rows):
    """Variables: option o is variable o; the others are in the maps below."""

    def __init__(
        self,
        problem: Problem,
        options: Options,
        *,
        is_complete: bool = True,
        is_tight: bool = True,
    ) -> None:
        """An incomplete model, some rules left out, takes no shortcut that leans on the others.

        One that is not tight says each limit once, so that room in its row is room in the limit.
        """
        super().__init__()
        self.problem, self.options, self.is_complete = problem, options.listed(), is_complete
        self.is_tight = is_tight and is_complete
        self.participant_index = {p.id: i for i, p in enumerate(problem.participants)}
        self.group_index = {group.id: g for g, group in enumerate(problem.groups)}
        self.visits = Visits(problem)
        self.of_participant: list[list[int]] = [[] for _ in problem.participants]
        self.of_group: list[list[int]] = [[] for _ in problem.groups]
        self.option: dict[tuple[str, str], int] = {}
        for o, (p, g) in enumerate(zip(self.options.participant, self.options.group, strict=True)):
            self.variable()
            self.of_participant[p].append(o)
            self.of_group[g].append(o)
            self.option[problem.participants[p].id, problem.groups[g].id] = o
        self.named_coach = {(pin.participant, pin.group): pin.coach for pin in problem.pins}
        # participant -> options of which they may have one: what H4 and H5 say, where they hold
        self.exclusive: list[list[list[int]]] = [[] for _ in problem.participants]
        self.mode: dict[tuple[int, int], int] = {}  # (option, coach) -> variable
        self.rest: dict[int, int] = {}  # option -> variable: any other coach
        self.classes: list[Class] = []
        self.opened: dict[int, int] = {}  # group -> variable (H2)
        self.present: dict[tuple[int, str], int] = {}  # (unit, venue) -> variable (H10)
        self.followed: dict[tuple[int, int], int] = {}  # (participant, coach) -> variable (H8)
        self.served: dict[int, int] = {}  # participant -> variable, where options can add up
        self._modes()

    def group_of(self, o: int) -> Group:
        return self.problem.groups[self.options.group[o]]

    def exclude(self, label: str, options: list[int]) -> None:
        """A participant may have one of these options."""
        self.add(label, ((o, 1) for o in options), high=1)
        self.exclusive[self.options.participant[options[0]]].append(options)

    # -- the coaches of one person ----------------------------------------------------------

    def _modes(self) -> None:
        problem, options = self.problem, self.options
        previous = {(pair.participant, pair.group): pair.coach for pair in problem.previous}
        coached = [group.coaching is not None for group in problem.groups]
        found: dict[tuple[int, tuple[int, ...], bool], Class] = {}
        for p, participant in enumerate(problem.participants):
            mine = [o for o in self.of_participant[p] if coached[options.group[o]]]
            units = {
                o: self.visits.of_pair(
                    participant,
                    problem.groups[options.group[o]],
                    pinned=options.pinned[o],
                    coach=self.named_coach.get(self._ids(o)),
                )
                for o in mine
            }
            for o, named in self._named(p, mine, units, previous).items():
                self._split(o, units[o], named, found)

    def _ids(self, o: int) -> tuple[str, str]:
        problem, options = self.problem, self.options
        return (
            problem.participants[options.participant[o]].id,
            problem.groups[options.group[o]].id,
        )

    def _named(
        self,
        p: int,
        mine: list[int],
        units: dict[int, tuple[int, ...]],
        previous: dict[tuple[str, str], str | None],
    ) -> dict[int, set[int]]:
        """For each coached option the coaches that need a variable of their own."""
        coaches = {o: {self.visits.units[u].coach for u in units[o]} for o in mine}
        named: dict[int, set[int]] = {o: set() for o in mine}
        for o in mine:
            for coach in (self.named_coach.get(self._ids(o)), previous.get(self._ids(o))):
                if coach is not None:
                    named[o].add(self.visits.coach_index[coach])
        if self.problem.participants[p].max_groups > 1 or not self.is_complete:
            groups = self.problem.groups
            for i, a in enumerate(mine):
                for b in mine[i + 1 :]:
                    measures = {groups[self.options.group[o]].measure for o in (a, b)}
                    if len(measures) == 2 or not self.is_complete:
                        shared = coaches[a] & coaches[b]
                        named[a] |= shared
                        named[b] |= shared
        pins = {o: self.named_coach.get(self._ids(o)) for o in mine}
        return {
            o: named[o] & coaches[o]
            | ({self.visits.coach_index[pin]} if (pin := pins[o]) is not None else set())
            for o in mine
        }

    def _split(
        self,
        o: int,
        units: tuple[int, ...],
        named: set[int],
        found: dict[tuple[int, tuple[int, ...], bool], Class],
    ) -> None:
        by_coach: dict[int, list[int]] = defaultdict(list)
        for u in units:
            by_coach[self.visits.units[u].coach].append(u)
        others = tuple(u for u in units if self.visits.units[u].coach not in named)
        # Only H7 gives a coach to those whose pin names none.
        must_be_named = self.is_complete or self.named_coach.get(self._ids(o)) is not None
        if not named:
            self.rest[o] = o
            self._join(found, o, others, o, is_named=False)
        elif len(named) == 1 and not others and must_be_named:
            coach = next(iter(named))
            self.mode[o, coach] = o
            self._join(found, o, tuple(by_coach[coach]), o, is_named=True)
        else:
            for coach in sorted(named):
                variable = self.mode[o, coach] = self.variable()
                self._join(found, o, tuple(by_coach[coach]), variable, is_named=True)
            if others:
                variable = self.rest[o] = self.variable()
                self._join(found, o, others, variable, is_named=False)

    def _join(
        self,
        found: dict[tuple[int, tuple[int, ...], bool], Class],
        o: int,
        units: tuple[int, ...],
        member: int,
        *,
        is_named: bool,
    ) -> None:
        g = self.options.group[o]
        key = (g, units, is_named)
        coaching = self.problem.groups[g].coaching
        assert coaching is not None
        if key not in found:
            found[key] = Class(g, [], {}, is_named)
            self.classes.append(found[key])
            found[key].visits.update((u, self.variable(0)) for u in units)
        for u, visits in found[key].visits.items():
            most, window = len(found[key].members) + 1, self.visits.units[u].window
            if self.is_complete and coaching.visit_minutes:
                most = min(most, (window.end - window.start) // coaching.visit_minutes)
            self.upper[visits] = most
        found[key].members.append(member)

    # -- between plans and values -----------------------------------------------------------

    def values_of(self, plan: Sequence[Assignment]) -> list[int]:
        """The value of every variable in a plan that obeys the rules."""
        values = [0] * len(self.upper)
        member_class = {m: i for i, c in enumerate(self.classes) for m in c.members}
        for line in plan:
            o = self.option[line.participant, line.group]
            p, g = self.options.participant[o], self.options.group[o]
            values[o] = 1
            if g in self.opened:
                values[self.opened[g]] = 1
            if p in self.served:
                values[self.served[p]] = 1
            if line.coach is None or line.visit is None:
                continue
            coach, visit = self.visits.coach_index[line.coach], line.visit
            member = self.mode.get((o, coach), self.rest.get(o))
            assert member is not None
            values[member] = 1
            unit = next(
                u
                for u in self.classes[member_class[member]].visits
                if self.visits.units[u].coach == coach
                and self.visits.units[u].window.day == visit.day
                and self.visits.units[u].window.start <= visit.start
                and visit.end <= self.visits.units[u].window.end
            )
            values[self.classes[member_class[member]].visits[unit]] += 1
            venue = self.problem.groups[g].venue
            if venue is not None and (unit, venue) in self.present:
                values[self.present[unit, venue]] = 1
            if (p, coach) in self.followed:
                values[self.followed[p, coach]] = 1
        return values

    def plan_of(self, values: Sequence[int]) -> tuple[Assignment, ...]:
        """The plan that the values describe; visits as ``Visits.timed`` lays them."""
        unit_of: dict[int, int] = {}
        option_of = {m: o for o, m in self.rest.items()} | {m: o for (o, _), m in self.mode.items()}
        for visited in self.classes:
            units = [u for u, v in visited.visits.items() for _ in range(values[v])]
            members = [m for m in visited.members if values[m]]
            for member, unit in zip(members, units, strict=True):
                unit_of[option_of[member]] = unit
        chosen = [o for o in range(len(self.options)) if values[o]]
        lines = [Assignment(*self._ids(o), self.options.rank[o]) for o in chosen]
        return self.visits.timed(lines, [unit_of.get(o) for o in chosen])
