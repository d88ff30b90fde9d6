"""Who may be placed where: rules R1 to R6 and the pins make the options.

Arrays are indexed by position in ``problem.participants`` (P), ``problem.groups`` (G) or the
list of all slots (S). ``Eligibility`` holds what the rules need, computed once; ``find_options``
applies them to every wished pair at once, ``failing_rules`` explains one pair.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Group, Participant, Problem, Window
from scheduler.travel import minutes

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Options:
    """One entry an option, ordered by participant, then group; pinned pairs are among them."""

    participant: list[int]
    group: list[int]
    rank: list[int | None]
    utility: list[int]
    minutes: list[int]  # home to venue
    pinned: list[bool]

    def __len__(self) -> int:
        return len(self.participant)


def merged(windows: Iterable[Window]) -> dict[int, list[Span]]:
    """Windows by weekday, those that touch or overlap joined."""
    days: dict[int, list[Span]] = {}
    for window in sorted(windows, key=lambda w: (w.day, w.start, w.end)):
        spans = days.setdefault(window.day, [])
        if spans and window.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], window.end))
        else:
            spans.append((window.start, window.end))
    return days


def is_within(span: Span, spans: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


class Eligibility:
    """The data of R1 to R6 for one problem, ready to be asked about pairs."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.group_index = {group.id: g for g, group in enumerate(problem.groups)}
        self.participant_index = {p.id: i for i, p in enumerate(problem.participants)}
        self.by_measure: dict[str, list[int]] = {}
        for g, group in enumerate(problem.groups):
            self.by_measure.setdefault(group.measure, []).append(g)
        self.banned = {(pair.participant, pair.group) for pair in problem.bans}
        self._slots()
        self._free: dict[tuple[Window, ...], Bools] = {}
        self._offers: dict[frozenset[str], Bools] = {}

    def _slots(self) -> None:
        groups = self.problem.groups
        kinds: dict[tuple[int, int, int], int] = {}
        owner, kind, day = [], [], []
        for g, group in enumerate(groups):
            for slot in group.slots:
                key = (
                    slot.start.weekday(),
                    slot.start.hour * 60 + slot.start.minute,
                    slot.end.hour * 60 + slot.end.minute,
                )
                owner.append(g)
                kind.append(kinds.setdefault(key, len(kinds)))
                day.append(slot.start.toordinal())
        self.kinds: list[tuple[int, int, int]] = list(kinds)  # (weekday, start, end) of a slot
        self.slot_group = np.array(owner, dtype=np.int64)
        self.slot_kind = np.array(kind, dtype=np.int64)
        self.slot_day = np.array(day, dtype=np.int64)
        self.num_slots = np.array([len(group.slots) for group in groups], dtype=np.int64)
        share = self.problem.policy.min_attendance
        self.num_needed = np.array(
            [math.ceil(share * len(group.slots) - 1e-9) for group in groups], dtype=np.int64
        )
        self.requiring = np.array([bool(group.requires) for group in groups], dtype=bool)

    @cached_property
    def _travel(self) -> Ints:
        """Minutes from home to each venue, shape (P, V + 1); the last column is for no venue."""
        venues = [venue.place for venue in self.problem.venues]
        homes = [participant.home for participant in self.problem.participants]
        return minutes(homes, [*venues, None], self.problem.policy.travel)

    @cached_property
    def _venue_column(self) -> Ints:
        columns = {venue.id: v for v, venue in enumerate(self.problem.venues)}
        nowhere = len(columns)
        return np.array(
            [nowhere if g.venue is None else columns[g.venue] for g in self.problem.groups],
            dtype=np.int64,
        )

    def travel(self, p: int) -> Ints:
        """Minutes from home to each group's venue, shape (G,)."""
        row: Ints = self._travel[p][self._venue_column]
        return row

    def wished(self, participant: Participant) -> dict[int, tuple[int, int]]:
        """R1: the groups that satisfy a wish, each with lowest rank and highest utility."""
        utilities = self.problem.policy.rank_utility
        found: dict[int, tuple[int, int]] = {}
        for wish in participant.wishes:
            if wish.group is not None:
                groups = [self.group_index[wish.group]]
            else:
                groups = self.by_measure.get(wish.measure or "", [])
            if wish.utility is not None:
                utility = wish.utility
            else:
                utility = utilities[min(wish.rank, len(utilities)) - 1] if utilities else 0
            for g in groups:
                rank, best = found.get(g, (wish.rank, utility))
                found[g] = (min(rank, wish.rank), max(best, utility))
        return found

    def missing_tags(self, participant: Participant, group: Group) -> list[str]:
        """R2: the required tags that no single entry of ``holds`` covers over all the slots."""
        if not group.requires:
            return []
        horizon = self.problem.horizon
        days = [slot.start.date() for slot in group.slots] or [horizon.start, horizon.end]
        first, last = min(days), max(days)
        held = {
            hold.tag
            for hold in participant.holds
            if (hold.from_ is None or hold.from_ <= first)
            and (hold.until is None or hold.until >= last)
        }
        return sorted(group.requires - held)

    def fitting_needs(self, needs: frozenset[str]) -> Bools:
        """R3: which groups offer all these tags, shape (G,)."""
        if needs not in self._offers:
            groups = self.problem.groups
            self._offers[needs] = np.array([needs <= g.offers for g in groups], dtype=bool)
        return self._offers[needs]

    def attendable(self, participant: Participant) -> Ints:
        """R5: how many slots of each group the participant can attend, shape (G,)."""
        mask = self.free_slots(participant)
        return np.bincount(self.slot_group[mask], minlength=len(self.problem.groups))

    def free_slots(self, participant: Participant) -> Bools:
        """The slots within the participant's windows and outside the absences, shape (S,)."""
        windows = participant.availability
        if windows is None:
            mask = np.ones(len(self.slot_day), dtype=bool)
        else:
            if windows not in self._free:
                days = merged(windows)
                fits = [is_within((s, e), days.get(day, ())) for day, s, e in self.kinds]
                self._free[windows] = np.array(fits, dtype=bool)[self.slot_kind]
            mask = self._free[windows].copy()
        for first, last in participant.absences:
            mask &= (self.slot_day < first.toordinal()) | (self.slot_day > last.toordinal())
        return mask

    def failing_rules(self, p: int, g: int) -> list[dict[str, Any]]:
        """Every rule of R2 to R6 that keeps this wished pair from being an option, with data."""
        participant, group = self.problem.participants[p], self.problem.groups[g]
        failing: list[dict[str, Any]] = [
            {"rule": "R2", "tag": tag} for tag in self.missing_tags(participant, group)
        ]
        failing += [{"rule": "R3", "tag": tag} for tag in sorted(participant.needs - group.offers)]
        needed, limit = int(self.travel(p)[g]), participant.max_travel_minutes
        if limit is not None and needed > limit:
            failing.append({"rule": "R4", "minutes": needed, "max": limit})
        can = int(self.attendance_of(p)[g])
        if can < self.num_needed[g]:
            failing.append({"rule": "R5", "attendable": can, "needed": int(self.num_needed[g])})
        if (participant.id, group.id) in self.banned:
            failing.append({"rule": "R6"})
        return failing

    def attendance_of(self, p: int) -> Ints:
        """``attendable`` of the participant asked last is kept: pairs are asked in order."""
        if getattr(self, "_last", (None,))[0] != p:
            self._last = (p, self.attendable(self.problem.participants[p]))
        return self._last[1]


def find_options(problem: Problem, eligibility: Eligibility | None = None) -> Options:
    """The options of R1 to R6 and the pinned pairs, in the order of participants and groups."""
    rules = eligibility or Eligibility(problem)
    pinned: dict[int, set[int]] = {}
    for pin in problem.pins:
        p, g = rules.participant_index[pin.participant], rules.group_index[pin.group]
        pinned.setdefault(p, set()).add(g)
    found = Options([], [], [], [], [], [])
    for p, participant in enumerate(problem.participants):
        wished, pins = rules.wished(participant), pinned.get(p, set())
        travel = rules.travel(p)
        allowed = set(_allowed(rules, p, participant, wished))
        for g in sorted(allowed | pins):
            rank, utility = wished.get(g, (None, 0))
            found.participant.append(p)
            found.group.append(g)
            found.rank.append(rank)
            found.utility.append(utility)
            found.minutes.append(int(travel[g]))
            found.pinned.append(g in pins)
    return found


def _allowed(
    rules: Eligibility, p: int, participant: Participant, wished: Iterable[int]
) -> list[int]:
    groups = rules.problem.groups
    candidates = np.array(sorted(wished), dtype=np.int64)
    if not len(candidates):
        return []
    ok = rules.fitting_needs(participant.needs)[candidates]
    if participant.max_travel_minutes is not None:
        ok &= rules.travel(p)[candidates] <= participant.max_travel_minutes
    ok &= rules.attendable(participant)[candidates] >= rules.num_needed[candidates]
    left = candidates[ok]
    return [
        int(g)
        for g in left
        if (participant.id, groups[g].id) not in rules.banned
        and not (rules.requiring[g] and rules.missing_tags(participant, groups[g]))
    ]
