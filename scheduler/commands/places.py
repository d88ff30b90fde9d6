"""``places``: the best places for one person now, what each gives and whom it would touch."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from scheduler.check import Facts, broken, known
from scheduler.commands.files import RefusedError, read_plan, read_problem, whole, write_answer
from scheduler.commands.stopping import Asked
from scheduler.jsonio.problem_out import window_document, window_text
from scheduler.problem import Problem
from scheduler.questions.places import Closed, Place, best_places
from scheduler.questions.published import Move, Published, UnknownParticipantError
from scheduler.result import Assignment

ABOUT = """\
Tell in which groups one person could have a place now, all else in the plan unchanged: by joining;
or else instead of a group of their own; or else by an exchange, in which exactly one other person
moves to another group or another visit. Pinned pairs never move. The best for the problem's
objective come first. Of the other wished groups the rules are told that keep the person out.
"""


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "places",
        help="tell the best places for one person now",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_question(parser)
    parser.add_argument("--num", type=whole(1, 1_000_000), default=10, metavar="N")
    parser.set_defaults(run=run, is_long=False)


def add_question(parser: argparse.ArgumentParser) -> None:
    """The arguments of a question about one person in a plan; ``read_published`` reads them."""
    parser.add_argument("problem", help="a file, gzipped or not; - for standard input")
    parser.add_argument("solution", help="the plan: a file, gzipped or not")
    parser.add_argument("participant", help="the person's id")
    parser.add_argument("--json", action="store_true", help="for machines")


def read_published(args: argparse.Namespace) -> Published:
    """The plan to be asked about, which must be a valid one of the problem."""
    if args.problem == args.solution == "-":
        raise RefusedError("only one of problem and solution can be standard input")
    problem, _ = read_problem(args.problem)
    plan = read_plan(args.solution).assignments
    wrong = _wrong(problem, plan)
    if wrong:
        text = "\n".join(wrong)
        raise RefusedError(f"{args.solution}: is no valid plan of {args.problem}\n{text}")
    return Published(problem, plan)


def _wrong(problem: Problem, plan: tuple[Assignment, ...]) -> list[str]:
    facts = Facts(problem)
    found, violations = known(facts, plan)
    return [f"{one.label}: {one.text}" for one in violations + broken(facts, found)]


def run(args: argparse.Namespace, _asked: Asked) -> int:
    published = read_published(args)
    try:
        found = best_places(published, args.participant, args.num)
    except UnknownParticipantError as error:
        raise RefusedError(f"{args.problem}: {error}") from error
    if args.json:
        write_answer(
            {
                "participant": found.participant,
                "places": [place_document(place) for place in found.places],
                "closed": [
                    {"group": closed.group, "reasons": list(closed.reasons)}
                    for closed in found.closed
                ],
            }
        )
    else:
        lines = [line for place in found.places for line in place_lines(place)]
        write_answer(lines or [f"{found.participant}: no place can be had so"])
        write_answer(_closed_lines(found.closed))
    return 0


def place_document(place: Place) -> dict[str, Any]:
    return {
        "group": place.group,
        "rank": place.rank,
        "utility": place.utility,
        "minutes": place.minutes,
        "gains": {
            tier: list(value) if isinstance(value, tuple) else value
            for tier, value in place.gains.items()
        },
        "moves": [
            {
                "participant": move.participant,
                "before": _line_document(move.before),
                "after": _line_document(move.after),
                "minutes": move.minutes,
            }
            for move in place.moves
        ],
        "touched": list(place.touched),
    }


def _line_document(line: Assignment | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "group": line.group,
        "rank": line.rank,
        "coach": line.coach,
        "visit": line.visit and window_document(line.visit),
    }


def place_lines(place: Place) -> Iterator[str]:
    """For people: the place, then who moves for it, a line each."""
    gains = ", ".join(f"{tier} {_signed(value)}" for tier, value in place.gains.items())
    touched = ", ".join(place.touched) or "nobody"
    yield (
        f"{place.group}: rank {place.rank}, utility {place.utility}, {place.minutes} min of "
        f"travel; {gains}; touches {touched}"
    )
    for move in place.moves:
        yield f"  {_move_line(move)}"


def _move_line(move: Move) -> str:
    before, after = (_shown(line) for line in (move.before, move.after))
    return f"{move.participant}: {before} -> {after}, {move.minutes:+d} min of travel"


def _shown(line: Assignment | None) -> str:
    if line is None:
        return "-"
    text = f"{line.group} (rank {line.rank})"
    if line.coach is None or line.visit is None:
        return text
    return f"{text} with {line.coach} {window_text(line.visit)}"


def _signed(value: int | tuple[int, ...]) -> str:
    return f"{value:+d}" if isinstance(value, int) else str([f"{n:+d}" for n in value])


def _closed_lines(closed: tuple[Closed, ...]) -> Iterator[str]:
    """The closed groups, those with the same rules in one line."""
    groups = defaultdict(list)
    for one in closed:
        rules = dict.fromkeys(str(reason["rule"]) for reason in one.reasons)
        groups[", ".join(rules)].append(one.group)
    for names, ids in sorted(groups.items()):
        yield f"closed by {names}: {', '.join(ids)}"
