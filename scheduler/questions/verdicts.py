"""The reason for a move, each found by solving again with what was before brought back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scheduler.check.tiers import allowed_loss, goodness
from scheduler.params import Params
from scheduler.problem import Problem
from scheduler.questions.stable import differences
from scheduler.questions.tier_changes import TierChange, change, known
from scheduler.result import Assignment, Result, TierValue, Value
from scheduler.solve import solve
from scheduler.waiting import Stop


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the problem says to a plan in which some pairs are pinned or banned besides.

    ``code``: "loses" (the tier of ``change`` gets worse, all earlier ones can stay), "impossible"
    (``text`` names the rules in the way), "equal" (as good a plan was found), "better" (a better
    one was) or "unverified". ``instead``: for whom the plan found changes something where the plan
    in hand changes nothing.
    """

    code: str
    change: TierChange | None = None
    text: str = ""
    instead: tuple[str, ...] = ()


class Verifier:
    """Asks what else a plan could have been, until the time is up."""

    def __init__(
        self,
        problem: Problem,
        result: Result,
        published: Sequence[Assignment],
        params: Params,
        end: float | None,
        should_stop: Stop | None,
    ) -> None:
        """``result`` is what solving ``problem`` gave; ``end`` a moment of ``time.monotonic``."""
        self._problem, self._tiers = problem, result.tiers
        self._published = published
        self._changed = self._touched(result)
        self._params, self._end, self._should_stop = params, end, should_stop

    def _touched(self, result: Result) -> set[str]:
        return {one.participant for one in differences(self._published, result.assignments)}

    def verdict(self, changed: Problem) -> Verdict:
        """Compares the best plan of ``changed`` with the plan in hand, tier after tier.

        Each tier may fall as low as the slack of the problem itself allows. Where the changed
        problem's best is lower, its own slack would reach deeper: it is cut, and solved again.
        """
        slack: dict[str, float] = dict(self._problem.policy.slack)
        for _ in range(1 + len(slack)):
            found = self._solve(replace(changed, policy=replace(changed.policy, slack=slack)))
            if found is None or found.status == "unknown":
                break
            if found.status == "infeasible":
                assert found.conflict is not None
                return Verdict("impossible", text=found.conflict.text)
            answer = self.compared(changed, found, slack)
            if answer is not None:
                return answer
        return Verdict("unverified")

    def _solve(self, problem: Problem) -> Result | None:
        left = None if self._end is None else self._end - time.monotonic()
        is_stopped = self._should_stop is not None and self._should_stop()
        if is_stopped or (left is not None and left <= 0):
            return None
        params = replace(self._params, time_limit=left, reasons="none")
        return solve(problem, params, should_stop=self._should_stop)

    def compared(self, changed: Problem, found: Result, slack: dict[str, float]) -> Verdict | None:
        """The verdict that ``found`` allows, solved from ``changed`` with ``slack``.

        None where the slack of one tier had to be cut: the new one is in ``slack``.
        """
        instead = tuple(sorted(self._touched(found) - self._changed))
        for mine, theirs in zip(self._tiers, found.tiers, strict=True):
            has_slack = self._problem.policy.slack.get(mine.name, 0) > 0 and mine.name != "travel"
            has_slack = has_slack and isinstance(mine.value, int)
            best = mine.bound if has_slack else mine.value
            if theirs.bound is None or best is None or (has_slack and not mine.proven):
                return Verdict("unverified")
            spare = allowed_loss(self._problem, mine.name, best) if has_slack else 0
            least = self._good(mine.name, best)
            least = (least[0] - spare, *least[1:])
            told = change(mine.name, (best, best), known(theirs))
            if self._good(mine.name, theirs.bound) < least:
                return Verdict("loses", told, instead=instead)
            if has_slack:
                if not theirs.proven:
                    return Verdict("unverified")
                if _is_cut(changed, theirs, least[0], slack):
                    return None
            elif self._good(mine.name, theirs.value) > least:
                return Verdict("better", told, instead=instead)
            elif theirs.value != best:
                return Verdict("unverified")
        return Verdict("equal", instead=instead)

    def _good(self, tier: str, value: Value) -> tuple[int, ...]:
        return goodness(self._problem, tier, value)


def _is_cut(problem: Problem, tier: TierValue, floor: int, slack: dict[str, float]) -> bool:
    """Cuts the slack of a tier so that from its best value it reaches ``floor``; if needed."""
    assert isinstance(tier.bound, int)
    policy = replace(problem.policy, slack=slack)
    if tier.bound - allowed_loss(replace(problem, policy=policy), tier.name, tier.bound) == floor:
        return False
    slack[tier.name] = (tier.bound - floor) / tier.bound
    return True
