"""``fairness``: who is served and at which rank, part by part, and for whom chance decides."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scheduler import jsonio
from scheduler.check import Facts, known
from scheduler.commands.files import (
    RefusedError,
    one_line,
    read,
    read_plan,
    read_problem,
    whole,
    write_answer,
)
from scheduler.commands.solve import add_params, params_of
from scheduler.commands.stopping import Asked
from scheduler.questions.divisions import WAYS, UnknownDivisionError
from scheduler.questions.fairness import LEAST, Division, Fairness, Part, fairness

if TYPE_CHECKING:
    from scheduler.questions.orders import Orders

ABOUT = f"""\
Say of each part of the participants how many are served, at which rank, and whether fewer are than
chance explains. --by: {", ".join(WAYS)}, or file:PATH, a JSON object that gives
a label for each participant id. Fewer than {LEAST} people are never told, and nothing from which
their number follows; small parts are told together.

--orders N solves the problem in N orders of the participants (the time limit is for each) and says
how many are placed in all the plans, in none, or in some: for these, chance decides.
"""
NOT_TOLD = "-"


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "fairness",
        help="say who is served, part by part",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("problem", help="a file, gzipped or not; - for standard input")
    parser.add_argument("solution", help="a file, gzipped or not")
    parser.add_argument("--by", required=True, metavar="WHAT", help="how to divide people")
    parser.add_argument("--orders", type=whole(2, 1000), default=None, metavar="N")
    parser.add_argument(
        "--mask", type=whole(2, 1000), default=LEAST, metavar="N", help="tell no fewer people"
    )
    parser.add_argument("--json", action="store_true", help="as JSON, orders with ids")
    add_params(parser)
    parser.set_defaults(run=run, is_long=True)


def run(args: argparse.Namespace, asked: Asked) -> int:
    problem, _ = read_problem(args.problem)
    plan = read_plan(args.solution)
    _, wrong = known(Facts(problem), plan.assignments)
    if wrong:
        raise RefusedError(
            "\n".join(
                [f"{args.solution}: no plan of this problem", *(one_line(v.text) for v in wrong)]
            )
        )
    kind, _, path = args.by.partition(":")
    try:
        by = _labels(path) if kind == "file" else args.by
        found = fairness(problem, plan.assignments, by, args.mask)
    except UnknownDivisionError as error:
        raise RefusedError(f"--by {one_line(str(error))}") from error
    orders = None
    if args.orders is not None:
        from scheduler.questions.orders import over_orders  # here: the rest needs no solver

        orders = over_orders(problem, params_of(args), args.orders, asked)
    if args.json:
        answer = dataclasses.asdict(found)
        if orders is not None:
            answer["orders"] = dataclasses.asdict(orders) | {"spread": list(orders.spread)}
        write_answer(answer)
    else:
        write_answer([*_lines(found), *(() if orders is None else _luck(orders))])
    return 0


def _labels(path: str) -> dict[str, str]:
    try:
        return jsonio.read_labels(read(path))
    except jsonio.InvalidLabelsError as error:
        faults = "\n".join(one_line(line) for line in str(error).splitlines())
        raise RefusedError(f"{path}: no labels\n{faults}") from error


def _lines(found: Fairness) -> Iterator[str]:
    yield from _table(found, Division("everybody", (found.whole,)))
    if found.worst_rank is not None:
        yield f"worst rank: {found.worst_rank}"
    for division in found.divisions:
        yield ""
        yield from _table(found, division)
        for part in division.parts:
            if part.is_low:
                yield f"below the whole by more than chance explains: {_name(part)}"
    yield ""
    yield f"{NOT_TOLD}: fewer than {found.least} people, or a number from which theirs follows"


def _table(found: Fairness, division: Division) -> Iterator[str]:
    head = ["people", "served", "rate", "95 % interval", *found.bands, "worst", "mean utility"]
    rows = [[division.name, *head], *([_name(part), *_cells(part)] for part in division.parts)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for first, *rest in rows:
        cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells])


def _name(part: Part) -> str:
    return one_line(" + ".join(part.labels))


def _cells(part: Part) -> list[str]:
    interval = part.interval and "{:.1%} to {:.1%}".format(*part.interval)
    return [
        _or_not(part.number),
        _or_not(part.served),
        _or_not(part.rate, "{:.1%}"),
        interval or NOT_TOLD,
        *map(_or_not, part.profile),
        part.worst or NOT_TOLD,
        _or_not(part.mean_utility, "{:.1f}"),
    ]


def _or_not(number: float | None, form: str = "{}") -> str:
    return NOT_TOLD if number is None else form.format(number)


def _luck(orders: Orders) -> Iterator[str]:
    yield ""
    yield (
        f"{orders.num_solved} orders solved, {orders.num_best} of the plans equally good and "
        "none better"
    )
    if orders.num_best < 2:
        yield "too few to say for whom chance decides"
        return
    never, *some, always = orders.spread
    yield f"placed in all of these: {always}, in none: {never}, in some, by chance: {sum(some)}"
    for times, people in enumerate(some, 1):
        if people:
            yield f"  in {times} of {orders.num_best}: {people}"
