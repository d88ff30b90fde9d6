"""The tiers' values again, and whether what a solution says of its tiers can be true."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from scheduler.check.facts import Facts
from scheduler.check.plan import Plan, Violation
from scheduler.problem import Problem
from scheduler.result import Assignment, Result, TierValue, Value


def evaluate(problem: Problem, assignments: Iterable[Assignment]) -> dict[str, Value]:
    """The value of each tier of the objective, in its order, for assignments of known ids."""
    facts = Facts(problem)
    return tier_values(facts, Plan(facts, assignments))


def tier_values(facts: Facts, plan: Plan) -> dict[str, Value]:
    """The value of each tier of the objective, in its order."""
    values = {"served": served, "wishes": wishes, "kept": kept, "travel": travel}
    return {tier: values[tier](facts, plan) for tier in facts.problem.policy.objective}


def served(facts: Facts, plan: Plan) -> int:
    """Weights of the participants with a group."""
    return sum(facts.participants[id_].weight for id_ in plan.groups_of)


def wishes(facts: Facts, plan: Plan) -> Value:
    """Utilities of all assignments; for the two profiles their number at each rank, 1 first."""
    pairs = [(facts.participants[a.participant], facts.groups[a.group]) for a in plan.assignments]
    if facts.problem.policy.wishes == "weighted":
        return sum(facts.utility(person, group) for person, group in pairs)
    profile = [0] * facts.worst_rank
    for person, group in pairs:
        rank = facts.rank(person, group)
        if rank is not None:
            profile[rank - 1] += 1
    return tuple(profile)


def kept(facts: Facts, plan: Plan) -> int:
    """A point for each previous pair still assigned, another where its coach is the same."""
    points = 0
    for before in facts.problem.previous:
        now = plan.pairs.get((before.participant, before.group))
        if now is not None:
            points += 1 + (before.coach is not None and before.coach == now.coach)
    return points


def travel(facts: Facts, plan: Plan) -> int:
    """Minutes from home to venue over all assignments."""
    return sum(
        facts.travel(facts.participants[a.participant], facts.groups[a.group])
        for a in plan.assignments
    )


def goodness(problem: Problem, tier: str, value: Value) -> tuple[int, ...]:
    """A key by which the values of a tier compare: the greater, the better."""
    if isinstance(value, tuple):
        if problem.policy.wishes == "generous":
            return tuple(-count for count in reversed(value[1:])) + value[:1]
        return value
    return (-value if tier == "travel" else value,)


def allowed_loss(problem: Problem, tier: str, best: Value) -> int:
    """How much worse than its best value found a tier may be in the end."""
    slack = problem.policy.slack.get(tier, 0)
    if not slack or tier == "travel" or isinstance(best, tuple):
        return 0
    return math.floor(slack * best + 1e-9)


def tier_statements(facts: Facts, plan: Plan, result: Result) -> Iterator[Violation]:
    """Everything false in ``tiers`` and ``status`` of a solution with a plan."""
    problem = facts.problem
    values = tier_values(facts, plan)
    names = [tier.name for tier in result.tiers]
    if names != list(values):
        yield Violation("tier", f"tiers are {names}, the objective is {list(values)}")
    earlier_proven = True
    for tier in result.tiers:
        if tier.name in values:
            yield from _statement(problem, tier, values[tier.name], earlier_proven)
        earlier_proven = earlier_proven and tier.proven
    optimal = all(tier.proven for tier in result.tiers)
    if result.status != ("optimal" if optimal else "feasible"):
        what = "every tier is proven" if optimal else "not every tier is proven"
        yield Violation("status", f"status {result.status}, but {what}")


def _statement(
    problem: Problem, tier: TierValue, value: Value, earlier_proven: bool
) -> Iterator[Violation]:
    name, bound = tier.name, tier.bound
    if tier.value != value:
        yield Violation("tier", f"{name}: value {tier.value}, the plan's is {value}")
    if tier.proven and not earlier_proven:
        yield Violation("tier", f"{name}: proven, but an earlier tier is not")
    if bound is None:
        if tier.proven:
            yield Violation("tier", f"{name}: proven without a bound")
        return
    if isinstance(bound, tuple) != isinstance(value, tuple) or (
        isinstance(bound, tuple) and isinstance(value, tuple) and len(bound) != len(value)
    ):
        yield Violation("tier", f"{name}: bound {bound} is not of the kind of {value}")
        return
    reached, best = goodness(problem, name, value), goodness(problem, name, bound)
    if best < reached:
        yield Violation("tier", f"{name}: bound {bound}, but this plan reaches {value}")
    loss = allowed_loss(problem, name, bound)
    if tier.proven and (reached[0] + loss < best[0] if loss else reached < best):
        yield Violation("tier", f"{name}: proven at {bound}, but this plan's value is {value}")
    if not tier.proven and earlier_proven and reached == best:
        yield Violation("tier", f"{name}: {value} meets its bound, so it is proven")
