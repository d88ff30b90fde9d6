"""``remember``: a problem in which those left out before weigh more, and who is raised."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scheduler import jsonio
from scheduler.commands.files import (
    RefusedError,
    check_writable,
    read_plan,
    read_problem,
    whole,
    write,
    write_answer,
)
from scheduler.commands.stopping import Asked
from scheduler.jsonio.reading import MAX_INTEGER
from scheduler.questions.memory import Raise, periods_left_out, remembered

MARK = "left out before weigh more"

ABOUT = f"""\
Write the problem with higher weights for those who had no group in the last plan: EXTRA for each
plan in a row in which they had none, at most CAP in all. The solutions are given newest first. A
weight of 0 stays 0. The name of the problem written ends in "({MARK}: ...)"; such a
problem is not raised again.
"""


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "remember", help="let those left out before weigh more", description=ABOUT
    )
    parser.add_argument("problem", help="a file, gzipped or not; - for standard input")
    parser.add_argument("solution", nargs="+", help="the last solution, then older ones")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the new problem")
    number = whole(0, MAX_INTEGER)
    parser.add_argument("--extra", type=number, default=1, metavar="N", help="for each period")
    parser.add_argument("--cap", type=number, default=3, metavar="N", help="at most, in all")
    parser.add_argument("--json", action="store_true", help="the raises as JSON")
    parser.set_defaults(run=run, is_long=False)


def run(args: argparse.Namespace, _asked: Asked) -> int:
    if args.output == "-":
        raise RefusedError("-o must name a file: standard output says who is raised")
    output = Path(args.output)
    check_writable(output)
    problem, _ = read_problem(args.problem)
    if MARK in problem.name:
        raise RefusedError(f"{args.problem}: is raised already, start from the problem before that")
    left_out = periods_left_out([read_plan(path) for path in args.solution])
    raised, raises = remembered(problem, left_out, args.extra, args.cap)
    name = f"{problem.name} ({MARK}: {args.extra} a period, at most {args.cap})"
    write(output, jsonio.dump_problem(dataclasses.replace(raised, name=name)))
    num_unknown = len(left_out.keys() - {person.id for person in problem.participants})
    if args.json:
        rows = [dataclasses.asdict(found) for found in raises]
        write_answer({"name": name, "raises": rows, "num_unknown": num_unknown})
    else:
        write_answer(_lines(args, raises, len(left_out), num_unknown))
    return 0


def _lines(
    args: argparse.Namespace, raises: list[Raise], num_left_out: int, num_unknown: int
) -> Iterator[str]:
    yield f"{num_left_out} without a group in the last plan, {len(raises)} of them weigh more now:"
    for found in raises:
        yield (
            f"  {found.participant}: {found.before} -> {found.after}, "
            f"left out in {found.periods} of {len(args.solution)} plans"
        )
    if num_unknown:
        yield f"{num_unknown} of them are not in {args.problem}"
