"""What if somebody must be in a group, or must not? What is lost, and by whom."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from scheduler.occupancy import Reason
from scheduler.params import Params
from scheduler.problem import Pair, Problem
from scheduler.questions.rules import PairRules
from scheduler.questions.stable import Difference, banned, differences, pinned, stable
from scheduler.questions.tier_changes import TierChange, tier_changes
from scheduler.result import Assignment, Conflict, Result
from scheduler.solve import solve
from scheduler.waiting import Stop

Ranks = tuple[int | None, ...]

SHARE = 0.5  # of a time limit, for the plan without the change


class UnknownPairError(ValueError):
    """Pairs to force or forbid that cannot be meant; ``faults`` says all that is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class Affected:
    """One participant for whom something changes.

    ``kind``: "loses" (the only groups), "gains" (had none), "worse" or "better" (the ranks of the
    groups, or their number), "moves" (neither) or "coach" (the same groups, another coach).
    Ranks are those of all groups, best first; None is a group that is not wished.
    """

    kind: str
    difference: Difference
    ranks_before: Ranks
    ranks_after: Ranks


@dataclass(frozen=True, slots=True)
class Overridden:
    """A forced pair that is no option: a pin overrides these rules."""

    pair: Pair
    rules: tuple[Reason, ...]
    is_wider: bool  # visits at times when the participant is not there are allowed, too


@dataclass(frozen=True, slots=True)
class WhatIf:
    """``before`` is the best plan without the change, ``after`` with it; None if not reached.

    ``problem`` is the one that ``after`` is a solution of. ``num_moved_anyway``: how many have
    another group in ``before`` than in the plan that was asked about, which then was not the best.
    """

    problem: Problem
    before: Result
    after: Result | None
    changes: tuple[TierChange, ...] = ()
    affected: tuple[Affected, ...] = ()
    overridden: tuple[Overridden, ...] = ()
    num_moved_anyway: int = 0

    @property
    def status(self) -> str:
        """That of the plan with the change, or of the one without where that failed already."""
        return (self.after or self.before).status

    @property
    def conflict(self) -> Conflict | None:
        return (self.after or self.before).conflict


def what_if(
    problem: Problem,
    plan: Sequence[Assignment],
    force: Collection[tuple[str, str]] = (),
    forbid: Collection[tuple[str, str]] = (),
    params: Params | None = None,
    should_stop: Stop | None = None,
) -> WhatIf:
    """What the pairs (participant, group) to force or to forbid cost, and whom they touch.

    Forced pairs are pinned, which overrides R1 to R6; forbidden ones are banned, and no longer
    pinned. Both plans keep to ``plan`` as far as can be, so that they differ only where they must.
    With ``params.time_limit`` it may be that nothing is proven, and changes stand between bounds.
    Raises UnknownPairError, and what ``solve`` raises.
    """
    began = time.monotonic()
    params = params or Params()
    _refuse_unknown(problem, force, forbid)
    asked = stable(problem, plan)
    limit = params.time_limit
    first = replace(params, time_limit=None if limit is None else limit * SHARE)
    before = solve(asked, first, should_stop=should_stop)
    if before.status in ("infeasible", "unknown"):
        return WhatIf(asked, before, None)
    forced = [Pair(*pair) for pair in sorted(set(force))]
    varied = pinned(banned(asked, [Pair(*pair) for pair in forbid]), forced)
    if limit is not None:
        params = replace(params, time_limit=max(0.0, limit - (time.monotonic() - began)))
    after = solve(varied, params, should_stop=should_stop)
    overridden = tuple(_overridden(problem, forced))
    if after.status in ("infeasible", "unknown"):
        return WhatIf(varied, before, after, overridden=overridden)
    return WhatIf(
        varied,
        before,
        after,
        tier_changes(before.tiers, after.tiers),
        tuple(_affected(before, after)),
        overridden,
        sum(bool(one.lost or one.gained) for one in differences(plan, before.assignments)),
    )


def _refuse_unknown(
    problem: Problem, force: Collection[tuple[str, str]], forbid: Collection[tuple[str, str]]
) -> None:
    people = {person.id for person in problem.participants}
    groups = {group.id for group in problem.groups}
    faults = [] if force or forbid else ["nothing to force or to forbid"]
    for participant, group in [*force, *forbid]:
        if participant not in people:
            faults.append(f"the problem has no participant {participant}")
        if group not in groups:
            faults.append(f"the problem has no group {group}")
    faults += [
        f"participant {participant}, group {group}: both forced and forbidden"
        for participant, group in sorted(set(force) & set(forbid))
    ]
    if faults:
        raise UnknownPairError(faults)


def _overridden(problem: Problem, forced: Iterable[Pair]) -> Iterator[Overridden]:
    rules = PairRules(problem)
    for pair in forced:
        failing = tuple(rules.failing(pair.participant, pair.group))
        wider = rules.is_wider_pinned(pair.participant, pair.group)
        if failing or wider:
            yield Overridden(pair, failing, wider)


def _affected(before: Result, after: Result) -> Iterator[Affected]:
    old, new = _ranks(before), _ranks(after)
    for one in differences(before.assignments, after.assignments):
        was, now = old.get(one.participant, ()), new.get(one.participant, ())
        yield Affected(_kind(one, was, now), one, was, now)


def _ranks(result: Result) -> dict[str, Ranks]:
    found: dict[str, Ranks] = {}
    for line in result.assignments:
        found[line.participant] = (*found.get(line.participant, ()), line.rank)
    return {person: tuple(sorted(ranks, key=_order)) for person, ranks in found.items()}


def _order(rank: int | None) -> float:
    return math.inf if rank is None else rank


def _kind(difference: Difference, was: Ranks, now: Ranks) -> str:
    if not now:
        return "loses"
    if not was:
        return "gains"
    if not difference.lost and not difference.gained:
        return "coach"
    most = max(len(was), len(now))
    before, after = _padded(was, most), _padded(now, most)
    if before == after:
        return "moves"
    if all(b <= a for b, a in zip(before, after, strict=True)):
        return "worse"
    return "better" if all(b >= a for b, a in zip(before, after, strict=True)) else "moves"


def _padded(ranks: Ranks, length: int) -> list[tuple[bool, float]]:
    """Ranks that compare, the lower the better: a group not wished is last, but for none at all."""
    known = [(False, _order(rank)) for rank in ranks]
    return known + [(True, 0.0)] * (length - len(known))
