"""``solve``: the best plan of a problem."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from scheduler import jsonio
from scheduler.collector import collector_paused
from scheduler.commands.files import (
    RefusedError,
    check_writable,
    read_problem,
    seconds,
    whole,
    write,
)
from scheduler.commands.stopping import Asked
from scheduler.params import Params
from scheduler.result import Progress

EXIT_CODES = {"optimal": 0, "feasible": 0, "infeasible": 3, "unknown": 4}


def add_to(commands: Any) -> None:
    parser = commands.add_parser("solve", help="make the best plan of a problem")
    parser.add_argument("problem", help="a file, gzipped or not; - for standard input")
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="the solution")
    add_params(parser)
    parser.add_argument("--reasons", choices=("full", "summary", "none"), default=None)
    parser.add_argument("--progress", action="store_true", help="even if no terminal sees it")
    parser.set_defaults(run=run, is_long=True)


def add_params(parser: argparse.ArgumentParser) -> None:
    """The options of every command that solves; ``params_of`` reads them."""
    default = Params()
    parser.add_argument("--time-limit", type=seconds, default=default.time_limit, metavar="SECONDS")
    parser.add_argument("--workers", type=whole(1, 1024), default=default.workers, metavar="N")
    parser.add_argument(
        "--repeatable", action="store_true", help="the same answer each time: one worker, no limit"
    )
    parser.add_argument("--seed", type=whole(0, 2**31 - 1), default=default.seed, metavar="N")


def params_of(args: argparse.Namespace) -> Params:
    """How to solve, as the arguments say."""
    if args.repeatable and args.time_limit is not None:
        raise RefusedError("--repeatable: what the clock ends cannot be repeated; no --time-limit")
    reasons = getattr(args, "reasons", None)
    return Params(args.time_limit, args.workers, args.seed, reasons, args.repeatable)


def run(args: argparse.Namespace, asked: Asked) -> int:
    with collector_paused():
        from scheduler.solve import solve  # here, so that checking never loads a solver

    problem, sha256 = read_problem(args.problem)
    output = None if args.output == "-" else Path(args.output)
    check_writable(output)
    result = solve(
        problem,
        params_of(args),
        on_progress=_print_progress if args.progress or sys.stderr.isatty() else None,
        should_stop=asked,
    )
    write(output, jsonio.dump_solution(result, problem, sha256))
    if result.conflict is not None:
        print(result.conflict.text, file=sys.stderr)
    if result.status == "unknown":
        print("no plan was found within the limit", file=sys.stderr)
    return EXIT_CODES[result.status]


def _print_progress(progress: Progress) -> None:
    gap = "" if progress.gap is None else f", gap {100 * progress.gap:.2f} %"
    print(
        f"{progress.seconds:8.1f} s  {progress.tier}: best {_shown(progress.value)}, "
        f"bound {_shown(progress.bound)}{gap}",
        file=sys.stderr,
        flush=True,
    )


def _shown(value: int | tuple[int, ...] | None) -> str:
    return "?" if value is None else str(list(value) if isinstance(value, tuple) else value)
