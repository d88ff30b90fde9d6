"""Pins that cannot stand together: the smallest change to the problem with which they can.

Whatever can be relaxed has a slack variable in its rows, as the Sortition Foundation relaxes
quotas that no panel can meet. Smallest is: the fewest things changed; of these, the fewest
agreements taken back (pins, ``apart``, ``together``); then the smallest sum of amounts, a minute
counting like a place. H4, H5, H7 and H10 give way only where a pin is taken back.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from scheduler.check import Facts, Plan, broken
from scheduler.constraints import build
from scheduler.engine import Engine
from scheduler.model import INFINITY, Row, Rows, Term
from scheduler.options import Options, find_options
from scheduler.params import Params
from scheduler.pinned import pinned_part
from scheduler.problem import Problem
from scheduler.questions.limits import ROWS, Change, applied, uses
from scheduler.result import Assignment
from scheduler.second_opinion import second_opinion
from scheduler.solve import WrongPlanError, in_order
from scheduler.waiting import Stop
from scheduler.weeks import minutes_by_week

AS_BUILT = ("H1", "H2", "H3", "H4", "H5", "H7", "H8", "H9", "H10")
SHARE = 0.5  # of the time left, for each level


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Changes with which the pins can stand; none where they can anyway.

    ``is_needed``: without any change there is no plan, None where that is not known.
    ``is_smallest``: no smaller one exists. ``plan`` shows that the changes are enough.
    """

    changes: tuple[Change, ...]
    is_needed: bool | None
    is_smallest: bool
    plan: tuple[Assignment, ...]


def relaxation(
    problem: Problem, params: Params | None = None, should_stop: Stop | None = None
) -> Relaxation:
    """The smallest relaxation found within the limit; to take back all pins is one.

    The changed problem has a plan: one is found, and checked. Raises ``WrongPlanError``.
    """
    params = params or Params()
    problem = in_order(problem)
    relaxed = _Relaxed(problem)
    values, is_needed, is_smallest = relaxed.smallest(params, should_stop)
    changes, plan = relaxed.changes(values), relaxed.model.plan_of(values)
    facts = Facts(applied(problem, *changes))
    violations = broken(facts, Plan(facts, plan))
    if violations:
        raise WrongPlanError(violations)
    return Relaxation(changes, is_needed, is_smallest, plan)


def _part(problem: Problem) -> Problem:
    """What the pins are about, and all who could open a pinned group instead of those pinned."""
    many = len(problem.pins) + 1
    groups = tuple(
        replace(group, min_size=many) if group.min_size > 1 else group for group in problem.groups
    )
    part = pinned_part(replace(problem, groups=groups))
    kept = {group.id for group in part.groups}
    return replace(part, groups=tuple(group for group in problem.groups if group.id in kept))


def _options(problem: Problem) -> Options:
    """The options without any pin, then the pinned pairs: one may be in both."""
    free, pinned = find_options(replace(problem, pins=())), find_options(problem)
    columns = (
        np.concatenate([getattr(free, field.name), getattr(pinned, field.name)[pinned.pinned]])
        for field in fields(Options)
    )
    return Options(*columns)


@dataclass(frozen=True, slots=True)
class _Slack:
    """What can give way: the variable for the amount, and the one that says whether it does."""

    kind: str
    ids: tuple[str, ...]
    before: int | None  # None: taken back as a whole, both variables are one
    amount: int
    is_used: int


class _Relaxed:
    """The model of the pinned part, with a slack for all that can give way."""

    def __init__(self, problem: Problem) -> None:
        part = self._part = _part(problem)
        # A pin's coach is asked for by a row of its own; as a previous one it has a variable.
        loose = replace(
            part,
            pins=tuple(replace(pin, coach=None) for pin in part.pins),
            previous=tuple(pin for pin in part.pins if pin.coach is not None),
        )
        self.model = build(loose, _options(part), AS_BUILT)
        self._slacks: list[_Slack] = []
        self._limits()
        self._h6()
        self._h11_and_h12()
        self._h13()
        self._h14()

    def smallest(
        self, params: Params, should_stop: Stop | None
    ) -> tuple[list[int], bool | None, bool]:
        """The values of the smallest relaxation found, whether one is needed, and is proven."""
        began = time.monotonic()
        engine, rows = Engine(self.model, params), Rows(self.model.upper, list(self.model.rows))
        values = self._without_pins()
        is_needed: bool | None = None
        is_proven = True
        for i, terms in enumerate(self._costs()):
            left = params.time_limit and max(0.0, params.time_limit - (time.monotonic() - began))
            seconds = None if left is None else left * SHARE
            outcome = engine.maximise(terms, start=values, seconds=seconds, should_stop=should_stop)
            if outcome.values is not None and _sum(terms, outcome.values) >= _sum(terms, values):
                values = outcome.values
            best = _sum(terms, values)
            # Never on the word of one engine alone.
            is_best = best == 0 or (
                outcome.is_optimal
                and second_opinion(_with(rows, terms, best + 1), (), seconds).is_infeasible
            )
            if i == 0:
                is_needed = False if best == 0 else is_best or None
            is_proven = is_proven and is_best
            engine.keep(terms, best)
            rows = _with(rows, terms, best)
        return values, is_needed, is_proven

    def _without_pins(self) -> list[int]:
        """Nobody anywhere, all pins taken back."""
        values = [0] * len(self.model.upper)
        for slack in self._slacks:
            if slack.kind == "pin":
                values[slack.is_used] = 1
        return values

    def _costs(self) -> tuple[list[Term], ...]:
        """What is few in a small relaxation, the most important first, as sums to maximise."""
        slacks = self._slacks
        return (
            [(slack.is_used, -1) for slack in slacks],
            [(slack.is_used, -1) for slack in slacks if slack.before is None],
            [(slack.amount, -1) for slack in slacks],
        )

    def changes(self, values: Sequence[int]) -> tuple[Change, ...]:
        """The changes that the values stand for."""
        found = []
        for slack in self._slacks:
            amount = values[slack.amount]
            if amount and slack.before is None:
                found.append(Change(slack.kind, slack.ids))
            elif amount and slack.before is not None:
                after = slack.before + (-amount if slack.kind == "min_size" else amount)
                found.append(Change(slack.kind, slack.ids, slack.before, after))
        return tuple(found)

    def _slack(self, kind: str, ids: tuple[str, ...], before: int, most: int) -> int:
        """The variable by how much a limit gives way."""
        amount, is_used = self.model.variable(most), self.model.variable()
        self.model.add("", [(amount, 1), (is_used, -most)], high=0)
        self._slacks.append(_Slack(kind, ids, before, amount, is_used))
        return amount

    def _taken_back(self, kind: str, ids: tuple[str, ...]) -> int:
        """The variable that says whether an agreement is taken back."""
        variable = self.model.variable()
        self._slacks.append(_Slack(kind, ids, None, variable, variable))
        return variable

    def _limits(self) -> None:
        """The limits whose rows are as the rules build them: H1, H2, H3, H8, and a week of H9."""
        rows = self.model.rows
        for (kind, i), places in uses(self.model).items():
            most = max(self._excess(rows[use.row]) for use in places)
            if kind == "window" or most <= 0:
                continue
            owner = getattr(self._part, ROWS[kind])[i]
            amount = self._slack(kind, (owner.id,), getattr(owner, kind), most)
            for use in places:
                row = rows[use.row]
                sign = -1 if row.high < INFINITY else 1
                rows[use.row] = replace(row, terms=(*row.terms, (amount, sign)))

    def _excess(self, row: Row) -> int:
        """By how much the row can be broken at most."""
        sign = 1 if row.high < INFINITY else -1
        worst = sum(max(0, sign * c) * self.model.upper[v] for v, c in row.terms)
        return worst - sign * (row.high if sign > 0 else row.low)

    def _h6(self) -> None:
        weekly = [minutes_by_week(group) for group in self._part.groups]
        for p, person in enumerate(self._part.participants):
            limit = person.max_minutes_per_week
            if limit is None:
                continue
            weeks: dict[tuple[int, int], list[Term]] = defaultdict(list)
            for o in self.model.of_participant[p]:
                for week, minutes in weekly[self.model.options.group[o]].items():
                    weeks[week].append((o, minutes))
            most = max((sum(m for _, m in terms) - limit for terms in weeks.values()), default=0)
            if most > 0:
                amount = self._slack("max_minutes_per_week", (person.id,), limit, most)
                for terms in weeks.values():
                    self.model.add("H6", [*terms, (amount, -1)], high=limit)

    def _h11_and_h12(self) -> None:
        for kind in ("apart", "together"):
            for pair in dict.fromkeys(tuple(sorted(pair)) for pair in getattr(self._part, kind)):
                back = self._taken_back(kind, pair)
                for one, other in self._side_by_side(*pair):
                    if kind == "apart":
                        self.model.add("H11", [*one, *other, (back, -1)], high=1)
                        continue
                    for more, less in ((one, other), (other, one)):
                        terms = [*more, *((o, -c) for o, c in less), (back, -1)]
                        self.model.add("H12", terms, high=0)

    def _side_by_side(self, a: str, b: str) -> Iterator[tuple[list[Term], list[Term]]]:
        """For each group the options of two people in it."""
        groups: dict[int, tuple[list[Term], list[Term]]] = defaultdict(lambda: ([], []))
        for side, id_ in enumerate((a, b)):
            for o in self.model.of_participant[self.model.participant_index[id_]]:
                groups[self.model.options.group[o]][side].append((o, 1))
        yield from groups.values()

    def _h13(self) -> None:
        tags = [{hold.tag for hold in person.holds} for person in self._part.participants]
        options = self.model.options
        for q, quota in enumerate(self._part.quotas):
            terms = [
                (o, 1)
                for id_ in sorted(set(quota.groups))
                for o in self.model.of_group[self.model.group_index[id_]]
                if quota.tag is None or quota.tag in tags[options.participant[o]]
            ]
            if len(terms) > quota.max:
                amount = self._slack("quota", (str(q),), quota.max, len(terms) - quota.max)
                self.model.add("H13", [*terms, (amount, -1)], high=quota.max)

    def _h14(self) -> None:
        """A pin stands with its coach, or is taken back; H4 keeps the pair's two options apart."""
        model = self.model
        pins = {(pin.participant, pin.group): pin for pin in self._part.pins}
        for o, is_pinned in enumerate(model.options.pinned):
            if not is_pinned:
                continue
            pair = self._ids(o)
            model.add("H14", [(o, 1), (self._taken_back("pin", pair), 1)], low=1, high=1)
            coach = pins[pair].coach
            if coach is not None:
                mode = model.mode.get((o, model.visits.coach_index[coach]))
                with_coach = [] if mode is None else [(mode, -1)]
                model.add("H14", [(o, 1), *with_coach], high=0)

    def _ids(self, o: int) -> tuple[str, str]:
        options, part = self.model.options, self._part
        return part.participants[options.participant[o]].id, part.groups[options.group[o]].id


def _sum(terms: Sequence[Term], values: Sequence[int]) -> int:
    return sum(coefficient * values[v] for v, coefficient in terms)


def _with(rows: Rows, terms: Sequence[Term], floor: int) -> Rows:
    return Rows(rows.upper, [*rows.rows, Row("", tuple(terms), floor, INFINITY)])
