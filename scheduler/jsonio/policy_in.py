"""Reading the policy of a problem: what is optimised, and how."""

from __future__ import annotations

from typing import Any

from scheduler.jsonio.reading import Reader
from scheduler.problem import DEFAULT_OBJECTIVE, Policy, Travel

WISH_POLICIES = ("weighted", "rank-maximal", "generous")


class PolicyReader(Reader):
    """Reads a policy; its faults are among the reader's."""

    def policy(self, value: Any, path: str) -> Policy:
        default = Policy()
        keys = ("objective", "wishes", "rank_utility", "min_attendance", "travel", "slack")
        raw = self.members(value, path, (), keys)
        objective = self.field(raw, "objective", path, self._objective, default.objective)
        wishes = self.field(
            raw, "wishes", path, lambda v, p: self.choice(v, p, WISH_POLICIES), default.wishes
        )
        utilities = self.field(
            raw, "rank_utility", path, self.each(self.integer), default.rank_utility
        )
        if raw.get("rank_utility") == []:
            self.fault(f"{path}.rank_utility", [], "must not be empty")
        attendance = self.field(raw, "min_attendance", path, self._share, default.min_attendance)
        travel = self.field(raw, "travel", path, self._travel, default.travel)
        slack = self.field(raw, "slack", path, self._slack, {})
        if wishes is None or attendance is None:
            return default
        return Policy(objective, wishes, utilities, attendance, travel, slack)

    def _objective(self, value: Any, path: str) -> tuple[str, ...]:
        tiers = self.each(lambda v, p: self.choice(v, p, DEFAULT_OBJECTIVE))(value, path)
        for i, tier in enumerate(tiers):
            if tier in tiers[:i]:
                self.fault(path, value, f"tier {tier} stated twice")
        return tiers

    def _share(self, value: Any, path: str) -> float | None:
        return self.number(value, path, 0, 1)

    def _travel(self, value: Any, path: str) -> Travel:
        raw = self.members(value, path, (), ("detour", "speed_kmh"))
        default = Travel()
        detour = self.field(
            raw, "detour", path, lambda v, p: self.number(v, p, 0, 1000), default.detour
        )
        speed = self.field(
            raw, "speed_kmh", path, lambda v, p: self.number(v, p, 0.01, 10**6), default.speed_kmh
        )
        return default if detour is None or speed is None else Travel(detour, speed)

    def _slack(self, value: Any, path: str) -> dict[str, float]:
        raw = self.members(value, path, (), DEFAULT_OBJECTIVE)
        read = {
            tier: self._share(raw[tier], f"{path}.{tier}")
            for tier in DEFAULT_OBJECTIVE
            if tier in raw
        }
        return {tier: share for tier, share in read.items() if share is not None}
