"""Checks a plan and all a solution says of it, with nothing of the model.

Plain Python, pair by pair; only why people have no place is judged by arrays, for there may be
thousands of them.
"""

from __future__ import annotations

from scheduler.check.facts import Facts
from scheduler.check.plan import Plan, Violation, broken, known
from scheduler.check.reasons import unplaced_statements
from scheduler.check.tiers import evaluate, tier_statements
from scheduler.problem import Problem
from scheduler.result import Result

__all__ = ["Facts", "Plan", "Violation", "broken", "check", "evaluate", "known"]

RULES = frozenset(f"H{number}" for number in range(1, 15))


def check(problem: Problem, result: Result) -> list[Violation]:
    """Everything wrong with a result: rules broken, and false statements about tiers and people.

    An empty list says that the plan is valid and that nothing stated about it is known to be false.
    """
    facts = Facts(problem)
    if result.status in ("infeasible", "unknown"):
        return _without_plan(facts, result)
    plan, violations = known(facts, result.assignments)
    violations += broken(facts, plan)
    violations += tier_statements(facts, plan, result)
    violations += unplaced_statements(facts, plan, result)
    if result.conflict is not None:
        violations.append(Violation("status", f"status {result.status}, but a conflict is told"))
    return violations


def _without_plan(facts: Facts, result: Result) -> list[Violation]:
    violations = []
    if result.assignments:
        violations.append(Violation("status", f"status {result.status}, but there are assignments"))
    if result.status == "unknown":
        return violations
    conflict = result.conflict
    if conflict is None:
        violations.append(Violation("conflict", "infeasible without a conflict"))
        return violations
    # Without pins, nobody in any group is a plan.
    if not conflict.pins:
        violations.append(Violation("conflict", "names no pin, and only pins cannot be met"))
    violations += [
        Violation("conflict", f"participant {p.participant}, group {p.group}: is not pinned")
        for p in conflict.pins
        if (p.participant, p.group) not in facts.pins
    ]
    violations += [
        Violation("conflict", f"{label} is no rule")
        for label in conflict.rules
        if label not in RULES
    ]
    return violations
