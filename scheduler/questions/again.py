"""Plan again after something changed: who moves, and the reason for each move.

Nobody moves who need not: the plan published before is the previous one, and what keeps to it
counts right after the tiers that matter more. Every reason is a fact of the problem, or was found
by solving again with the pairs lost pinned, the pairs gained banned or the coach lost pinned.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduler.check import check
from scheduler.occupancy import Reason as Rule
from scheduler.params import Params
from scheduler.problem import Pair, Problem
from scheduler.questions.rules import PairRules
from scheduler.questions.stable import Difference, banned, differences, pinned, stable
from scheduler.questions.verdicts import Verdict, Verifier
from scheduler.questions.visits import moved_visits, with_visits_kept
from scheduler.result import Assignment, Result
from scheduler.solve import WrongPlanError, solve
from scheduler.waiting import Stop

SHARE = 0.5  # of a time limit, for the plan; its reasons have what is left


@dataclass(frozen=True, slots=True)
class Reason:
    """A true statement on some pairs of one participant.

    ``code``: "left" (the problem), "group gone", "rules" (the pair fails ``rules``), "coach gone",
    "coach unfit" (lacks a skill, the venue or a window), "coaching" (the group is coached now, or
    no longer), "pinned" (so it must be), or that of ``verdict``, which was found by solving with
    ``pins`` and ``bans`` besides.
    """

    code: str
    pairs: tuple[Pair, ...]
    rules: tuple[Rule, ...] = ()
    verdict: Verdict | None = None
    pins: tuple[Pair, ...] = ()
    bans: tuple[Pair, ...] = ()
    is_wider: bool = False  # the pins allow visits when the participant is not there


@dataclass(frozen=True, slots=True)
class Move:
    """``kind``: "left" (the problem), "new", "placed", "more", "moved", "unplaced" or "coach"."""

    kind: str
    difference: Difference
    reasons: tuple[Reason, ...] = ()

    @property
    def participant(self) -> str:
        return self.difference.participant


@dataclass(frozen=True, slots=True)
class Again:
    """The plan made again. ``problem`` is what was solved: ``result`` is a solution of it.

    ``chains`` are the moves that hang together through a group or a coach freed and taken.
    ``num_stay`` have the same groups and coaches as before. ``visits``: before and after, where
    pair and coach stay and only the time of the visit does not.
    """

    problem: Problem
    result: Result
    chains: tuple[tuple[Move, ...], ...] = ()
    num_stay: int = 0
    visits: tuple[tuple[Assignment, Assignment], ...] = ()

    @property
    def moves(self) -> list[Move]:
        return [move for chain in self.chains for move in chain]


def plan_again(
    problem: Problem,
    published: Sequence[Assignment],
    params: Params | None = None,
    slack: Mapping[str, float] | None = None,
    waiting: Collection[str] | None = None,
    should_stop: Stop | None = None,
) -> Again:
    """The best plan of a problem that moves away from the published one as little as can be.

    ``slack`` says how much of which tier may be given up, so that more people stay. ``waiting``:
    who had no group in the published plan, so that others without one are known to be new.
    Without a proven plan, or where time is short, a reason may be "unverified". Raises
    UnknownSlackError, and what ``solve`` raises.
    """
    params = params or Params()
    limit = params.time_limit
    end = None if limit is None else time.monotonic() + limit
    asked = stable(problem, published, slack)
    first = replace(params, time_limit=None if limit is None else limit * SHARE)
    result = solve(asked, first, should_stop=should_stop)
    if result.status in ("infeasible", "unknown"):
        return Again(asked, result)
    result = replace(result, assignments=with_visits_kept(asked, published, result.assignments))
    violations = check(asked, result)
    if violations:
        raise WrongPlanError(violations)
    verifier = Verifier(asked, result, published, params, end, should_stop)
    reasoner = _Reasoner(asked, verifier)
    had_group = {line.participant for line in published}
    moves = []
    for difference in differences(published, result.assignments):
        kind = _kind(difference, reasoner.rules.facts.participants, result, had_group, waiting)
        moves.append(Move(kind, difference, tuple(reasoner.reasons(difference))))
    people = had_group & reasoner.rules.facts.participants.keys()
    num_stay = len(people - {move.participant for move in moves})
    visits = moved_visits(published, result.assignments)
    return Again(asked, result, tuple(_chains(moves)), num_stay, visits)


def _kind(
    difference: Difference,
    participants: Collection[str],
    result: Result,
    had_group: Collection[str],
    waiting: Collection[str] | None,
) -> str:
    person = difference.participant
    if person not in participants:
        return "left"
    if person not in had_group:
        return "placed" if waiting is None or person in waiting else "new"
    if not difference.lost:
        return "more" if difference.gained else "coach"
    is_placed = any(line.participant == person for line in result.assignments)
    return "moved" if is_placed else "unplaced"


class _Reasoner:
    def __init__(self, problem: Problem, verifier: Verifier) -> None:
        self._problem, self._verifier = problem, verifier
        self.rules = PairRules(problem)

    def reasons(self, difference: Difference) -> Iterable[Reason]:
        """Why each pair was lost, or else why others were gained; and why each coach changed."""
        facts = self.rules.facts
        if difference.participant not in facts.participants:
            yield Reason("left", difference.lost)
            return
        free = []
        for pair in difference.lost:
            plain = self._lost(pair)
            if plain is None:
                free.append(pair)
            else:
                yield plain
        agreed = [p for p in difference.gained if (p.participant, p.group) in facts.pins]
        others = [pair for pair in difference.gained if pair not in agreed]
        if agreed:
            yield Reason("pinned", tuple(agreed))
        if free:
            yield self._pinned([Pair(pair.participant, pair.group) for pair in free])
        elif others:
            yield self._without(others)
        for before, after in difference.coaches:
            yield self._coach_lost(before, after) or self._pinned([before])

    def _lost(self, pair: Pair) -> Reason | None:
        """Why a pair can be no more; None where it could."""
        if pair.group not in self.rules.facts.groups:
            return Reason("group gone", (pair,))
        failing = self.rules.failing(pair.participant, pair.group)
        return Reason("rules", (pair,), tuple(failing)) if failing else None

    def _coach_lost(self, before: Pair, after: Pair) -> Reason | None:
        """Why a coach can be the pair's no more; None where that could be."""
        facts = self.rules.facts
        if before.coach is None or after.coach is None:
            return Reason("coaching", (before, after))
        if before.coach not in facts.coaches:
            return Reason("coach gone", (before,))
        pin = facts.pins.get((before.participant, before.group))
        if pin is not None and pin.coach == after.coach:
            return Reason("pinned", (after,))
        person, group = facts.participants[before.participant], facts.groups[before.group]
        if all(coach != before.coach for coach, _ in self.rules.units(person, group)):
            return Reason("coach unfit", (before,))
        return None

    def _pinned(self, pairs: Sequence[Pair]) -> Reason:
        verdict = self._verifier.verdict(pinned(self._problem, pairs))
        wider = any(self.rules.is_wider_pinned(pair.participant, pair.group) for pair in pairs)
        return Reason(
            verdict.code, tuple(pairs), verdict=verdict, pins=tuple(pairs), is_wider=wider
        )

    def _without(self, gained: Sequence[Pair]) -> Reason:
        pairs = tuple(Pair(pair.participant, pair.group) for pair in gained)
        verdict = self._verifier.verdict(banned(self._problem, pairs))
        return Reason(verdict.code, pairs, verdict=verdict, bans=pairs)


def _chains(moves: Sequence[Move]) -> Iterable[tuple[Move, ...]]:
    """The moves that share a group or a coach somebody left or came to, in the order of ids."""
    touching: dict[tuple[str, str], list[int]] = {}
    for i, move in enumerate(moves):
        for place in _places(move.difference):
            touching.setdefault(place, []).append(i)
    left = set(range(len(moves)))
    while left:
        chain, fresh = set[int](), {min(left)}
        while fresh:
            chain |= fresh
            places = {place for i in fresh for place in _places(moves[i].difference)}
            fresh = {i for place in places for i in touching[place]} - chain
        left -= chain
        yield tuple(moves[i] for i in sorted(chain))


def _places(difference: Difference) -> set[tuple[str, str]]:
    changed = [*difference.lost, *difference.gained]
    coached = changed + [pair for both in difference.coaches for pair in both]
    return {("group", pair.group) for pair in changed} | {
        ("coach", pair.coach) for pair in coached if pair.coach is not None
    }
