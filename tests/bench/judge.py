"""What a plan is worth, by ``scheduler.check``, and every rule that it breaks.

``python -m tests.bench.judge problem.json solution.json -o verdict.json``. In a process of its own,
so that the bench itself stays small.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from scheduler import jsonio
from scheduler.check import Facts, broken, known
from scheduler.check.tiers import tier_statements, tier_values
from scheduler.commands.files import read_problem
from scheduler.problem import Problem
from scheduler.result import Result


def judged(problem: Problem, result: Result) -> dict[str, Any]:
    """The plan's own values, what the method says of them, and how often which rule is broken.

    A false statement of a method about its tiers counts as the rule ``tier``.
    """
    facts = Facts(problem)
    plan, violations = known(facts, result.assignments)
    violations += broken(facts, plan)
    violations += tier_statements(facts, plan, result)
    said = {tier.name: tier for tier in result.tiers}
    return {
        "broken": Counter(violation.label for violation in violations),
        "tiers": [
            {
                "name": name,
                "value": value,
                "bound": said[name].bound if name in said else None,
                "proven": name in said and said[name].proven,
            }
            for name, value in tier_values(facts, plan).items()
        ],
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.judge")
    parser.add_argument("problem")
    parser.add_argument("solution", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    problem, _ = read_problem(args.problem)
    solution = jsonio.read_solution(args.solution.read_bytes())
    args.output.write_text(json.dumps(judged(problem, solution.result)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
