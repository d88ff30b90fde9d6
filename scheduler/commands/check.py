"""``check``: what is wrong with a solution, one violation a line."""

from __future__ import annotations

import argparse
from typing import Any

from scheduler import jsonio
from scheduler.check import check
from scheduler.commands.files import RefusedError, one_line, read, read_problem
from scheduler.commands.stopping import Asked

VIOLATIONS = 1


def add_to(commands: Any) -> None:
    parser = commands.add_parser("check", help="say what is wrong with a solution")
    parser.add_argument("problem", help="a file, gzipped or not; - for standard input")
    parser.add_argument("solution", help="a file, gzipped or not; - for standard input")
    parser.set_defaults(run=run, is_long=False)


def run(args: argparse.Namespace, _asked: Asked) -> int:
    if args.problem == args.solution == "-":
        raise RefusedError("only one of problem and solution can be standard input")
    problem, sha256 = read_problem(args.problem)
    data = read(args.solution)
    try:
        solution = jsonio.read_solution(data)
    except jsonio.UnreadableError as error:
        raise RefusedError(f"{args.solution}: {error}") from error
    except jsonio.InvalidSolutionError as error:
        lines = [
            f"format: {fault.path}: {fault.reason} ({fault.value!r})" for fault in error.faults
        ]
    else:
        lines = [f"{found.label}: {found.text}" for found in check(problem, solution.result)]
        if (solution.problem_name, solution.sha256) != (problem.name, sha256):
            lines.insert(
                0, f"problem: the solution is for another one than {problem.name} {sha256}"
            )
    for line in lines:
        print(one_line(line))
    return VIOLATIONS if lines else 0
