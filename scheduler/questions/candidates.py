"""Which changes may be worth something, by the duals of a plan's tiers, most promising first."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from scheduler.check import Facts
from scheduler.constraints import build
from scheduler.duals import Duals, duals
from scheduler.model import Model, Term
from scheduler.objectives import tiers
from scheduler.options import find_options
from scheduler.problem import Problem, Window
from scheduler.questions.limits import ROWS, Change, Use, uses
from scheduler.result import Assignment
from scheduler.waiting import Stop

KINDS = ("capacity", "min_size", "caseload", "minutes_per_week", "window")
DIGITS = 3  # of an estimate; what is beyond is noise
END_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class _Price:
    """The duals of one level of the objective, None where none were found, and its value."""

    duals: Duals | None
    value: int

    def of(self, places: Sequence[Use], amount: int) -> float:
        """By how much the level can rise at most where these rows get that much more room."""
        if self.duals is None:
            return 0.0
        return amount * float(sum(self.duals.worth[use.row] for use in places))

    def excludes(self, gain: float) -> bool:
        """Whether the level stays as it is with so much more on its bound."""
        return self.duals is not None and math.floor(self.duals.bound + gain) <= self.value


@dataclass(frozen=True, slots=True)
class _Candidate:
    kind: str
    position: int
    amount: int
    estimates: tuple[float, ...]  # a level each, in the objective's order
    is_excluded: bool  # proven to be worth nothing


class Candidates:
    """The changes by one place, person or visit to a problem with a plan."""

    def __init__(
        self,
        problem: Problem,
        plan: Sequence[Assignment],
        seconds: float | None = None,
        should_stop: Stop | None = None,
    ) -> None:
        self._problem = problem
        self._model = build(problem, find_options(problem), is_tight=False)
        self._prices = _prices(self._model, plan, seconds, should_stop)
        self._members: dict[int, list[int]] = defaultdict(list)  # unit -> options
        self._visit: dict[int, int] = defaultdict(int)  # unit -> minutes of its longest visit
        self._read_units()
        found = sorted(self._all(), key=lambda c: [-estimate for estimate in c.estimates])
        self._ranked = [candidate for candidate in found if not candidate.is_excluded]

    def possible(self) -> list[Change]:
        """All changes that are not proven to be worth nothing."""
        return self._changes(self._ranked)

    def promising(self) -> list[Change]:
        """Those of them that are worth something by the duals."""
        return self._changes([c for c in self._ranked if any(c.estimates)])

    def num_options(self, group: str) -> int:
        """How many people may be in the group."""
        return len(self._model.of_group[self._model.group_index[group]])

    def _read_units(self) -> None:
        model = self._model
        option_of = {m: o for o, m in model.rest.items()}
        option_of |= {m: o for (o, _), m in model.mode.items()}
        for visited in model.classes:
            coaching = self._problem.groups[visited.group].coaching
            assert coaching is not None
            for u in visited.visits:
                self._members[u] += (option_of[m] for m in visited.members)
                self._visit[u] = max(self._visit[u], coaching.visit_minutes)

    def _all(self) -> Iterator[_Candidate]:
        week: dict[int, int] = defaultdict(int)  # coach -> minutes of the longest visit
        for u, minutes in self._visit.items():
            coach = self._model.visits.units[u].coach
            week[coach] = max(week[coach], minutes)
        amounts = {"minutes_per_week": week, "window": self._visit}
        for (kind, i), places in sorted(uses(self._model).items()):
            amount = amounts[kind][i] if kind in amounts else 1
            if kind not in KINDS or not amount:
                continue
            gains = [price.of(places, amount) for price in self._prices]
            # A longer window changes more than the rows in which its length stands.
            is_excluded = kind != "window" and all(
                price.excludes(gain) for price, gain in zip(self._prices, gains, strict=True)
            )
            yield _Candidate(
                kind, i, amount, tuple(round(gain, DIGITS) for gain in gains), is_excluded
            )

    def _changes(self, candidates: Sequence[_Candidate]) -> list[Change]:
        found = (self._change(candidate) for candidate in candidates)
        return [change for change in found if change is not None]

    def _change(self, candidate: _Candidate) -> Change | None:
        kind, i, amount = candidate.kind, candidate.position, candidate.amount
        if kind == "window":
            return self._longer_window(i, amount)
        row = getattr(self._problem, ROWS[kind])[i]
        before = getattr(row, kind)
        return Change(kind, (row.id,), before, before + (-1 if kind == "min_size" else amount))

    def _longer_window(self, u: int, minutes: int) -> Change | None:
        """The window longer at one end; None where that would clash or shut out a visit."""
        unit = self._model.visits.units[u]
        coach, window = self._problem.coaches[unit.coach], unit.window
        others = [w for w in coach.availability if w.day == window.day and w != window]
        for start, end in (
            (window.start, window.end + minutes),
            (window.start - minutes, window.end),
        ):
            longer = Window(window.day, start, end)
            if (
                start >= 0
                and end <= END_OF_DAY
                and not any(w.start < end and start < w.end for w in others)
                and all(self._fits(longer, o) for o in self._members[u])
            ):
                return Change("window", (coach.id,), window, longer)
        return None

    def _fits(self, window: Window, o: int) -> bool:
        person = self._problem.participants[self._model.options.participant[o]]
        return self._facts.window_fits(window, person, self._model.group_of(o))

    @cached_property
    def _facts(self) -> Facts:
        return Facts(self._problem)


def _prices(
    model: Model, plan: Sequence[Assignment], seconds: float | None, should_stop: Stop | None
) -> list[_Price]:
    """The prices of every level, each with the earlier ones kept at the plan's values.

    When the time is up, the levels that are left have none.
    """
    levels = [(tier, level) for tier in tiers(model) for level in tier.levels]
    values = model.values_of(plan)
    share = None if seconds is None else seconds / max(1, len(levels))
    end = None if seconds is None else time.monotonic() + seconds
    floors: list[tuple[Sequence[Term], int]] = []
    found = []
    for tier, level in levels:
        is_over = end is not None and time.monotonic() >= end
        priced = None if is_over else duals(model, level.terms, floors, share, should_stop)
        value = level.of(values)
        found.append(_Price(priced, value))
        floors.append((level.terms, tier.floor(value)))
    return found
