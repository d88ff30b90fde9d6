"""Planning close to a plan that people already know, and what differs between two plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from scheduler.problem import Pair, Policy, Problem
from scheduler.result import Assignment

MAY_HAVE_SLACK = ("served", "wishes", "kept")


class UnknownSlackError(ValueError):
    """A slack that the exchange format does not know."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not the same for one participant in two plans; the coach of a pair stands with it."""

    participant: str
    lost: tuple[Pair, ...]
    gained: tuple[Pair, ...]
    coaches: tuple[tuple[Pair, Pair], ...]  # before and after, in a group that stays


def stable(
    problem: Problem, plan: Iterable[Assignment], slack: Mapping[str, float] | None = None
) -> Problem:
    """The problem whose best plan moves away from ``plan`` only for a better earlier tier.

    ``kept`` keeps its place in the objective; where it has none it comes after ``served`` and
    ``wishes``. ``slack`` is laid over that of the policy. Pairs of the plan whose participant or
    group no longer exists are left out, and so are coaches who are gone. Raises
    UnknownSlackError.
    """
    policy = problem.policy
    for tier, share in (slack or {}).items():
        if tier not in MAY_HAVE_SLACK or (tier == "wishes" and policy.wishes != "weighted"):
            raise UnknownSlackError(f"slack {tier}: only served, weighted wishes and kept have one")
        if not 0 <= share <= 1:
            raise UnknownSlackError(f"slack {tier}: {share} is not from 0 to 1")
    return replace(
        problem,
        policy=replace(
            policy, objective=_with_kept(policy), slack={**policy.slack, **(slack or {})}
        ),
        previous=tuple(_known_pairs(problem, plan)),
    )


def _with_kept(policy: Policy) -> tuple[str, ...]:
    tiers = policy.objective
    if "kept" in tiers:
        return tiers
    place = max((i + 1 for i, tier in enumerate(tiers) if tier in ("served", "wishes")), default=0)
    return (*tiers[:place], "kept", *tiers[place:])


def _known_pairs(problem: Problem, plan: Iterable[Assignment]) -> Iterable[Pair]:
    people = {person.id for person in problem.participants}
    groups = {group.id: group for group in problem.groups}
    coaches = {coach.id for coach in problem.coaches}
    pairs = {}
    for line in plan:
        if line.participant in people and line.group in groups:
            is_coached = groups[line.group].coaching is not None and line.coach in coaches
            coach = line.coach if is_coached else None
            pairs[line.participant, line.group] = Pair(line.participant, line.group, coach)
    return pairs.values()


def differences(
    before: Iterable[Assignment], after: Iterable[Assignment]
) -> tuple[Difference, ...]:
    """Everybody for whom a group or a coach is not the same in the two plans, by id."""
    old, new = _coaches(before), _coaches(after)
    found = []
    for person in sorted(old.keys() | new.keys()):
        was, now = old.get(person, {}), new.get(person, {})
        if was != now:
            found.append(
                Difference(
                    person,
                    tuple(Pair(person, g, was[g]) for g in sorted(was.keys() - now.keys())),
                    tuple(Pair(person, g, now[g]) for g in sorted(now.keys() - was.keys())),
                    tuple(
                        (Pair(person, g, was[g]), Pair(person, g, now[g]))
                        for g in sorted(was.keys() & now.keys())
                        if was[g] != now[g]
                    ),
                )
            )
    return tuple(found)


def _coaches(plan: Iterable[Assignment]) -> dict[str, dict[str, str | None]]:
    """The coach in each group of each participant."""
    found: dict[str, dict[str, str | None]] = {}
    for line in plan:
        found.setdefault(line.participant, {})[line.group] = line.coach
    return found


def pinned(problem: Problem, pairs: Iterable[Pair]) -> Problem:
    """The problem with these pairs pinned too; a pin of the same pair without coach gives way."""
    pins = {(pin.participant, pin.group): pin for pin in problem.pins}
    for pair in pairs:
        before = pins.get((pair.participant, pair.group))
        if before is None or before.coach is None:
            pins[pair.participant, pair.group] = pair
    return replace(problem, pins=tuple(pins.values()))


def banned(problem: Problem, pairs: Iterable[Pair]) -> Problem:
    """The problem without these pairs: banned, and no longer pinned where they were."""
    left_out = {(pair.participant, pair.group) for pair in pairs}
    bans = {(ban.participant, ban.group) for ban in problem.bans} | left_out
    return replace(
        problem,
        pins=tuple(p for p in problem.pins if (p.participant, p.group) not in left_out),
        bans=tuple(Pair(participant, group) for participant, group in sorted(bans)),
    )
