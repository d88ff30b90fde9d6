"""How many people move when one leaves, planned again and planned afresh, as one command."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

from scheduler.commands.files import read_problem, seconds, whole
from scheduler.params import Params
from scheduler.problem import Problem
from scheduler.questions.stable import differences, stable
from scheduler.result import Assignment
from scheduler.solve import solve
from tests.scheduler.questions.smaller import without_participant


@dataclass(frozen=True, slots=True)
class Stability:
    """For each participant removed in turn, how many others have other groups afterwards."""

    removed: tuple[str, ...]
    again: tuple[int, ...]
    afresh: tuple[int, ...]
    num_placed: int  # in the plan before
    num_proven: int  # of the pairs of plans, both proven in every tier


def stability(problem: Problem, num: int, params: Params, seed: int = 0) -> Stability:
    """Remove each of ``num`` placed participants, drawn with the seed, and plan both ways."""
    params = replace(params, reasons="none")
    published = solve(problem, params).assignments
    placed = sorted({line.participant for line in published})
    rng = Random(seed)  # noqa: S311  a sample, no secret
    removed = sorted(rng.sample(placed, min(num, len(placed))))
    again, afresh, num_proven = [], [], 0
    for gone in removed:
        rest = without_participant(problem, gone)
        ways = (stable(rest, published), replace(rest, previous=()))
        plans = [solve(asked, params) for asked in ways]
        for moved, plan in zip((again, afresh), plans, strict=True):
            moved.append(num_moved(published, plan.assignments, gone))
        num_proven += all(plan.status == "optimal" for plan in plans)
    return Stability(tuple(removed), tuple(again), tuple(afresh), len(placed), num_proven)


def num_moved(before: tuple[Assignment, ...], after: tuple[Assignment, ...], gone: str = "") -> int:
    """How many who had a group, but for the one who left, have another one, or none."""
    return sum(bool(one.lost) and one.participant != gone for one in differences(before, after))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stability")
    parser.add_argument("problem")
    parser.add_argument("num", type=whole(1, 10**9))
    parser.add_argument("--time-limit", type=seconds, help="for each plan")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    problem, _ = read_problem(args.problem)
    found = stability(problem, args.num, Params(time_limit=args.time_limit))
    args.output.write_text(json.dumps(asdict(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
