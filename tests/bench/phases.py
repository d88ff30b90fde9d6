"""How long the first steps of a solve take, one after the other, in a process of their own."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from scheduler.clashes import clashes
from scheduler.commands.files import read_problem
from scheduler.greedy import greedy
from scheduler.options import find_options

Found = TypeVar("Found")


class Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def timed(self, step: str, work: Callable[[], Found]) -> Found:
        """Do the work and add its seconds to the step's."""
        began = time.perf_counter()
        found = work()
        spent = time.perf_counter() - began
        self.seconds[step] = self.seconds.get(step, 0.0) + spent
        return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.phases")
    parser.add_argument("problem")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    clock = Clock()
    problem, _ = clock.timed("read", lambda: read_problem(args.problem))
    options = clock.timed("options", lambda: find_options(problem))
    clashing = clock.timed("options", lambda: clashes(problem))
    plan = clock.timed("list", lambda: greedy(problem, options=options, clashing=clashing))
    counts = {
        "participants": len(problem.participants),
        "groups": len(problem.groups),
        "coaches": len(problem.coaches),
        "options": len(options),
        "listed": None if plan is None else len(plan),
    }
    args.output.write_text(json.dumps(counts | {"seconds": clock.seconds}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
