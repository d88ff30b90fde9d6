"""``relax``: the smallest change with which the pins of a problem can stand."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scheduler.commands.files import read_problem, write_answer
from scheduler.commands.solve import EXIT_CODES, add_params, params_of
from scheduler.commands.stopping import Asked

if TYPE_CHECKING:  # reading a problem never loads a solver
    from scheduler.questions.relaxing import Relaxation

STATUS = {False: "feasible", True: "infeasible", None: "unknown"}


def add_to(commands: Any) -> None:
    parser = commands.add_parser("relax", help="say what would let pins stand that cannot")
    parser.add_argument("problem", help="a file, gzipped or not; - for standard input")
    parser.add_argument("--json", action="store_true", help="for programs")
    add_params(parser)
    parser.set_defaults(run=run, is_long=True)


def run(args: argparse.Namespace, asked: Asked) -> int:
    from scheduler.questions.limits import document, words
    from scheduler.questions.relaxing import relaxation

    problem, _ = read_problem(args.problem)
    found = relaxation(problem, params_of(args), asked)
    status = STATUS[found.is_needed]
    if args.json:
        changes = [document(change) | {"text": words(change)} for change in found.changes]
        write_answer({"status": status, "is_smallest": found.is_smallest, "changes": changes})
    else:
        write_answer(_lines(found, [words(change) for change in found.changes]))
    return EXIT_CODES[status]


def _lines(found: Relaxation, changes: list[str]) -> Iterator[str]:
    if found.is_needed is False:
        yield "Nothing needs relaxing: the pins can stand."
        return
    if found.is_needed:
        yield "The pins cannot stand as they are."
    else:
        yield "There was not enough time to know whether the pins can stand as they are."
    yield f"They can with {'this change' if len(changes) == 1 else 'these changes'}:"
    yield from (f"- {change}" for change in changes)
    if found.is_smallest:
        yield "Nothing smaller would do."
    else:
        yield "There was not enough time to know whether something smaller would do."
