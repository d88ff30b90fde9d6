"""``worth``: what one more place, visit or person for a coach is worth, or one fewer to open."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scheduler import jsonio
from scheduler.check import check
from scheduler.commands.files import RefusedError, read, read_problem, whole, write_answer
from scheduler.commands.solve import EXIT_CODES, add_params, params_of
from scheduler.commands.stopping import Asked
from scheduler.problem import Problem
from scheduler.result import Result, Value

if TYPE_CHECKING:  # reading a problem never loads a solver
    from scheduler.questions.worth import Gain, Worth


def add_to(commands: Any) -> None:
    parser = commands.add_parser("worth", help="say what one more place would be worth")
    parser.add_argument("problem", help="a file, gzipped or not; - for standard input")
    parser.add_argument(
        "solution", nargs="?", help="the plan to compare with; the best one if none is given"
    )
    parser.add_argument("--num", type=whole(1, 1000), default=10, metavar="N", help="at most")
    parser.add_argument("--json", action="store_true", help="for programs")
    add_params(parser)
    parser.set_defaults(run=run, is_long=True)


def run(args: argparse.Namespace, asked: Asked) -> int:
    from scheduler.questions.worth import NoPlanError, worth

    problem, sha256 = read_problem(args.problem)
    baseline = _baseline(args.solution, problem, sha256) if args.solution else None
    try:
        found = worth(problem, params_of(args), baseline, args.num, asked)
    except NoPlanError as error:
        print(error.result.conflict.text if error.result.conflict else error, file=sys.stderr)
        return EXIT_CODES[error.result.status]
    write_answer({"worth": [_document(one) for one in found]} if args.json else _lines(found))
    return 0


def _baseline(path: str, problem: Problem, sha256: str) -> Result:
    try:
        solution = jsonio.read_solution(read(path))
    except (jsonio.UnreadableError, jsonio.InvalidSolutionError) as error:
        raise RefusedError(f"{path}: {error}") from error
    if solution.sha256 != sha256:
        raise RefusedError(f"{path}: the solution is for another problem")
    if check(problem, solution.result):
        raise RefusedError(f"{path}: the solution is wrong; the command check says where")
    return solution.result


def _document(one: Worth) -> dict[str, Any]:
    from scheduler.questions.limits import document, words

    return {
        "change": document(one.change),
        "text": words(one.change),
        "gains": {gain.tier: {"least": gain.least, "most": gain.most} for gain in one.gains},
        "newcomers": list(one.newcomers),
        "leavers": list(one.leavers),
        "is_proven": one.is_proven,
        "unlimited": one.unlimited and _document(one.unlimited),
    }


def _lines(found: list[Worth]) -> Iterator[str]:
    if not found:
        yield "Nothing that was tried is worth anything."
    for number, one in enumerate(found, 1):
        yield f"{number}. {_told(one)}"
        if one.unlimited is not None:
            yield f"   without limit: {_told(one.unlimited)}"


def _told(one: Worth) -> str:
    from scheduler.questions.limits import words

    text = f"{words(one.change)}: {', '.join(map(_gain, one.gains))}"
    for who, verb in ((one.newcomers, "in"), (one.leavers, "out")):
        if who and one.is_proven:
            text += f"; {len(who)} {verb}: {', '.join(who)}"
    return text


def _gain(gain: Gain) -> str:
    least, most = _signed(gain.least), _signed(gain.most)
    return f"{gain.tier} {least}" if least == most else f"{gain.tier} {least} to {most}"


def _signed(value: Value | None) -> str:
    if value is None:
        return "not known"
    return f"{value:+d}" if isinstance(value, int) else "/".join(f"{n:+d}" for n in value)
