"""The commands ``solve`` and ``check``; their exit codes are those of the exchange format."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import math
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from scheduler import jsonio
from scheduler.params import Params
from scheduler.problem import InvalidProblemError, Problem
from scheduler.result import Progress

FOUND, VIOLATIONS, REFUSED, INFEASIBLE, NO_PLAN = range(5)
EXIT_CODES = {"optimal": FOUND, "feasible": FOUND, "infeasible": INFEASIBLE, "unknown": NO_PLAN}


class RefusedError(Exception):
    """The command cannot be done as asked; the text is for the person who asked."""


def main(argv: list[str] | None = None, *, takes_signals: bool = False) -> int:
    """Run one command; returns its exit code. With ``takes_signals`` the process is ours alone."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # always a text stream here
    args = _parser().parse_args(argv)
    try:
        return int(args.command(args, takes_signals))
    except RefusedError as error:
        print(error, file=sys.stderr)
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduler", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    default = Params()

    solve = commands.add_parser("solve", help="make the best plan of a problem")
    solve.add_argument("problem", help="a file, gzipped or not; - for standard input")
    solve.add_argument("-o", "--output", default="-", metavar="FILE", help="the solution")
    solve.add_argument("--time-limit", type=_seconds, default=default.time_limit, metavar="SECONDS")
    solve.add_argument("--workers", type=_whole(1, 1024), default=default.workers, metavar="N")
    solve.add_argument("--seed", type=_whole(0, 2**31 - 1), default=default.seed, metavar="N")
    solve.add_argument("--reasons", choices=("full", "summary", "none"), default=None)
    solve.add_argument("--progress", action="store_true", help="even if no terminal sees it")
    solve.set_defaults(command=_solve)

    check = commands.add_parser("check", help="say what is wrong with a solution")
    check.add_argument("problem", help="a file, gzipped or not; - for standard input")
    check.add_argument("solution", help="a file, gzipped or not; - for standard input")
    check.set_defaults(command=_check)
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not (math.isfinite(seconds) and seconds >= 0):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return seconds


def _whole(least: int, most: int) -> Callable[[str], int]:
    def integer(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least} to {most}")
        return number

    return integer


def _solve(args: argparse.Namespace, takes_signals: bool) -> int:
    should_stop = _stop_asked_for() if takes_signals else None
    from scheduler.solve import solve  # here, so that checking never loads a solver

    problem, sha256 = _read_problem(args.problem)
    output = None if args.output == "-" else Path(args.output)
    if output and (output.is_dir() or not output.parent.is_dir()):  # better now than in an hour
        raise RefusedError(f"{output}: cannot be written there")
    params = Params(args.time_limit, args.workers, args.seed, args.reasons)
    result = solve(
        problem,
        params,
        on_progress=_print_progress if args.progress or sys.stderr.isatty() else None,
        should_stop=should_stop,
    )
    _write(output, jsonio.dump_solution(result, problem, sha256))
    if result.conflict is not None:
        print(result.conflict.text, file=sys.stderr)
    if result.status == "unknown":
        print("no plan was found within the limit", file=sys.stderr)
    return EXIT_CODES[result.status]


def _stop_asked_for() -> Callable[[], bool]:
    """Whether the process was asked to end; the first time, the best plan so far is still given.

    The signals are blocked and waited for, before a library starts threads that would take them:
    OR-Tools puts handlers of its own in place of ours.
    """
    signals = {signal.SIGINT, signal.SIGTERM}
    asked = threading.Event()

    def wait() -> None:
        signal.sigwait(signals)
        asked.set()
        os._exit(128 + signal.sigwait(signals))

    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    threading.Thread(target=wait, daemon=True).start()
    return asked.is_set


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


def _check(args: argparse.Namespace, _takes_signals: bool) -> int:
    from scheduler.check import check

    if args.problem == args.solution == "-":
        raise RefusedError("only one of problem and solution can be standard input")
    problem, sha256 = _read_problem(args.problem)
    data = _read(args.solution)
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
        print(_one_line(line))
    return VIOLATIONS if lines else FOUND


def _one_line(text: str) -> str:
    """The text without what would break the line: an id may hold anything."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _read_problem(path: str) -> tuple[Problem, str]:
    data = _read(path)
    try:
        problem = jsonio.read(data)
    except InvalidProblemError as error:
        faults = "\n".join(
            _one_line(f"{fault.path}: {fault.reason} ({fault.value!r})") for fault in error.faults
        )
        raise RefusedError(f"{path}: invalid problem\n{faults}") from error
    return problem, hashlib.sha256(jsonio.uncompressed(data)).hexdigest()


def _read(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise RefusedError(f"{path}: {error}") from error


def _write(path: Path | None, data: bytes) -> None:
    try:
        if path is None:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        else:
            path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    except OSError as error:
        raise RefusedError(f"{path or '-'}: {error}") from error


if __name__ == "__main__":
    sys.exit(main(takes_signals=True))
