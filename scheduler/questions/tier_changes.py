"""How the best value of a tier changes from one problem to another: exact, or between bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.result import TierValue, Value

Known = tuple[Value, Value | None]  # a best value: some plan has the first, none passes the second


@dataclass(frozen=True, slots=True)
class TierChange:
    """``least`` and ``most`` stand around the change, in the tier's unit; None: nothing is known.

    ``before`` and ``after`` are the best values known. Of a profile only these are told.
    """

    tier: str
    before: Value
    after: Value
    least: int | None
    most: int | None
    is_exact: bool


def known(tier: TierValue) -> Known:
    """What is known of the best value of a tier, the earlier ones kept."""
    if tier.proven and tier.bound is not None:
        return tier.bound, tier.bound  # with slack the plan's own value may be less
    return tier.value, tier.bound


def change(tier: str, before: Known, after: Known) -> TierChange:
    """The change between two best values."""
    least, most = _ends(before, after)
    is_exact = before[0] == before[1] and after[0] == after[1]
    return TierChange(tier, before[0], after[0], least, most, is_exact)


def _ends(before: Known, after: Known) -> tuple[int | None, int | None]:
    ends = []
    for one, other in ((before[1], after[0]), (before[0], after[1])):
        if not isinstance(one, int) or not isinstance(other, int):
            return None, None
        ends.append(other - one)
    return min(ends), max(ends)


def tier_changes(before: Sequence[TierValue], after: Sequence[TierValue]) -> tuple[TierChange, ...]:
    """Tier after tier. After one that is not exact, of the best values nothing can be said."""
    found = []
    is_known = True
    for was, now in zip(before, after, strict=True):
        one = known(was), known(now)
        if not is_known:
            one = (one[0][0], None), (one[1][0], None)
        found.append(change(was.name, *one))
        is_known = is_known and found[-1].is_exact
    return tuple(found)


def in_words(change: TierChange) -> str:
    """``wishes 700 -> 670 (-30)``, or what is known of it."""
    shown = f"{change.tier} {_shown(change.before)} -> {_shown(change.after)}"
    if change.is_exact and change.least is not None:
        return f"{shown} ({change.least:+d})" if change.least else f"{shown} (the same)"
    if change.is_exact:
        return shown
    if change.least is not None and change.most is not None:
        return f"{shown} (not proven: between {change.least:+d} and {change.most:+d})"
    return f"{shown} (not proven)"


def tier_text(tier: TierValue) -> str:
    """``wishes 700, proven``, or with the bound."""
    if tier.proven:
        return f"{tier.name} {_shown(tier.value)}, proven"
    bound = "?" if tier.bound is None else _shown(tier.bound)
    return f"{tier.name} {_shown(tier.value)}, bound {bound}"


def _shown(value: Value) -> str:
    return str(list(value) if isinstance(value, tuple) else value)
