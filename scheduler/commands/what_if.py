"""``what-if``: what is lost, and by whom, if somebody must be in a group or must not."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scheduler.commands.files import RefusedError, read_plan, read_problem, write_answer
from scheduler.commands.solve import EXIT_CODES, add_params, params_of
from scheduler.commands.stopping import Asked

if TYPE_CHECKING:
    from scheduler.questions.what_if import Affected, Overridden, WhatIf

ABOUT = """\
Say what is lost, and by whom, if a participant must be in a group, or must not. The best plan with
the change is compared with the best one without it; both keep to the plan given as far as can be. A
forced pair is pinned, which overrides R1 to R6; a forbidden one is banned, and not pinned any more.
Exit 3: no plan has these pairs, and what stands in the way is named.
"""
KINDS = {
    "loses": "loses every group",
    "gains": "gets a group",
    "worse": "is worse off",
    "better": "is better off",
    "moves": "moves",
    "coach": "has another coach",
}


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "what-if",
        help="say what is lost, and by whom, if a pair is forced or forbidden",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("problem", help="a file, gzipped or not; - for standard input")
    parser.add_argument("solution", help="the plan now; gzipped or not")
    for name in ("--force", "--forbid"):
        parser.add_argument(
            name,
            nargs=2,
            action="append",
            default=[],
            metavar=("PARTICIPANT", "GROUP"),
            help="may be given several times",
        )
    parser.add_argument("--json", action="store_true", help="the answer for machines")
    add_params(parser)
    parser.set_defaults(run=run, is_long=True)


def run(args: argparse.Namespace, asked: Asked) -> int:
    # Here, so that checking never loads a solver.
    from scheduler.questions.what_if import UnknownPairError, what_if

    problem, _ = read_problem(args.problem)
    plan = read_plan(args.solution).assignments
    force, forbid = ([(pair[0], pair[1]) for pair in pairs] for pairs in (args.force, args.forbid))
    try:
        answer = what_if(problem, plan, force, forbid, params_of(args), asked)
    except UnknownPairError as error:
        raise RefusedError(str(error)) from error
    write_answer(document(answer) if args.json else lines(answer))
    return EXIT_CODES[answer.status]


def document(answer: WhatIf) -> dict[str, Any]:
    """The answer as a JSON object."""
    return {
        "status": answer.status,
        "conflict": answer.conflict and answer.conflict.text,
        "changes": [dataclasses.asdict(change) for change in answer.changes],
        "affected": [dataclasses.asdict(one) for one in answer.affected],
        "overridden": [dataclasses.asdict(one) for one in answer.overridden],
        "num_moved_anyway": answer.num_moved_anyway,
    }


def lines(answer: WhatIf) -> Iterator[str]:
    """The answer for people."""
    from scheduler.questions.tier_changes import in_words

    if answer.conflict is not None:
        when = "" if answer.after else "even without the change: "
        yield f"infeasible, {when}{answer.conflict.text}"
    elif answer.status == "unknown":
        yield "no plan was found within the limit"
    yield from map(_overridden, answer.overridden)
    if answer.num_moved_anyway:
        yield (
            f"The plan given is not the best: {answer.num_moved_anyway} people would move anyway, "
            "and are not counted here."
        )
    yield from map(in_words, answer.changes)
    yield from map(_affected, answer.affected)
    if answer.changes and not answer.affected:
        yield "Nothing changes for anybody."


def _overridden(one: Overridden) -> str:
    from scheduler.questions.rules import rule_in_words

    rules = [rule_in_words(rule) for rule in one.rules]
    if one.is_wider:
        rules.append("H7: a visit need not be when the participant is there")
    return f"{one.pair.participant} in {one.pair.group} overrides " + "; ".join(rules)


def _affected(one: Affected) -> str:
    told = one.difference
    groups = [f"out of {pair.group}" for pair in told.lost]
    groups += [f"into {pair.group}" for pair in told.gained]
    groups += [f"in {old.group} {new.coach} instead of {old.coach}" for old, new in told.coaches]
    ranks = ""
    if one.ranks_before != one.ranks_after:
        ranks = f" (ranks {_shown(one.ranks_before)} -> {_shown(one.ranks_after)})"
    return f"{told.participant} {KINDS[one.kind]}: {', '.join(groups)}{ranks}"


def _shown(ranks: tuple[int | None, ...]) -> str:
    return ", ".join("not wished" if rank is None else str(rank) for rank in ranks) or "none"
