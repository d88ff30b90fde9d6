"""``again``: plan again after something changed, and say who moves and why."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler import jsonio
from scheduler.commands.files import (
    RefusedError,
    check_writable,
    read_plan,
    read_problem,
    write,
    write_answer,
)
from scheduler.commands.solve import EXIT_CODES, add_params, params_of
from scheduler.commands.stopping import Asked
from scheduler.jsonio.problem_out import window_document, window_text
from scheduler.problem import Pair
from scheduler.result import Assignment

if TYPE_CHECKING:
    from scheduler.questions.again import Again, Move, Reason

KINDS = {
    "left": "left the problem",
    "new": "new, placed",
    "placed": "had no group, placed",
    "more": "placed once more",
    "moved": "moved",
    "unplaced": "without a group now",
    "coach": "another coach",
}
FACTS = {
    "left": "is no longer in the problem",
    "group gone": "the group is no longer there",
    "coach gone": "the coach is no longer there",
    "coach unfit": "the coach lacks a skill, does not go there or has no window that fits",
    "coaching": "the group is coached now, or no longer",
    "pinned": "is pinned",
}

ABOUT = """\
Make a new plan of a problem that has changed since a plan was published: somebody left or came, a
group was cancelled, a coach has less time. Nobody moves who need not: what the published plan says
is kept as far as the tiers before "kept" allow; where the objective has no such tier, it comes
after "served" and "wishes". Every move is told with its reason, found by solving again without it.

problem.json is the problem as it is now. The published plan may name participants and groups that
no longer exist. The new solution is one of the problem with the published plan as "previous" (and
with the slack asked for): --problem-output writes that problem, for "check" and for later.
"""


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "again",
        help="plan again after a change, moving as few people as can be",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("problem", help="as it is now; gzipped or not; - for standard input")
    parser.add_argument("published", help="the solution published before; gzipped or not")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the new solution")
    parser.add_argument(
        "--problem-output", type=Path, metavar="FILE", help="the problem it is a solution of"
    )
    parser.add_argument(
        "--slack",
        type=_slack,
        nargs="+",
        action="extend",
        default=[],
        metavar="TIER=SHARE",
        help="how much of a tier may be given up so that more people stay: wishes=0.02",
    )
    parser.add_argument("--json", action="store_true", help="the answer for machines")
    add_params(parser)
    parser.set_defaults(run=run, is_long=True)


def _slack(text: str) -> tuple[str, float]:
    tier, _, share = text.partition("=")
    try:
        return tier, float(share)
    except ValueError as error:
        message = f"{text} is not like wishes=0.02"
        raise argparse.ArgumentTypeError(message) from error


def run(args: argparse.Namespace, asked: Asked) -> int:
    from scheduler.questions.again import plan_again  # here: checking never loads a solver
    from scheduler.questions.stable import UnknownSlackError

    problem, _ = read_problem(args.problem)
    published = read_plan(args.published)
    waiting = {str(row["participant"]) for row in published.unplaced}
    for path in (args.output, args.problem_output):
        check_writable(path)
    try:
        again = plan_again(
            problem,
            published.assignments,
            params_of(args),
            dict(args.slack),
            waiting,
            asked,
        )
    except UnknownSlackError as error:
        raise RefusedError(str(error)) from error
    solved = jsonio.dump_problem(again.problem)
    if args.problem_output:
        write(args.problem_output, solved)
    if args.output:
        sha256 = hashlib.sha256(solved).hexdigest()
        write(args.output, jsonio.dump_solution(again.result, again.problem, sha256))
    write_answer(document(again) if args.json else lines(again))
    return EXIT_CODES[again.result.status]


def document(again: Again) -> dict[str, Any]:
    """The answer as a JSON object."""
    result = again.result
    conflict = result.conflict
    return {
        "status": result.status,
        "conflict": None if conflict is None else conflict.text,
        "tiers": [dataclasses.asdict(tier) for tier in result.tiers],
        "num_stay": again.num_stay,
        "visits": [
            {
                "participant": new.participant,
                "group": new.group,
                "coach": new.coach,
                "before": old.visit and window_document(old.visit),
                "after": new.visit and window_document(new.visit),
            }
            for old, new in again.visits
        ],
        "chains": [[_move_document(move) for move in chain] for chain in again.chains],
    }


def _move_document(move: Move) -> dict[str, Any]:
    reasons = [dataclasses.asdict(r) | {"text": reason_text(r)} for r in move.reasons]
    return {"kind": move.kind, **dataclasses.asdict(move.difference), "reasons": reasons}


def lines(again: Again) -> Iterator[str]:
    """The answer for people."""
    from scheduler.questions.tier_changes import tier_text

    result = again.result
    if result.status == "infeasible":
        yield f"infeasible: {result.conflict.text if result.conflict else ''}"
        return
    if result.status == "unknown":
        yield "no plan was found within the limit"
        return
    kinds = Counter(move.kind for move in again.moves)
    counts = [f"{kinds[kind]} {text}" for kind, text in KINDS.items() if kinds[kind]]
    yield f"{result.status}: " + ", ".join([*counts, f"{again.num_stay} keep all they had"])
    yield from map(tier_text, result.tiers)
    for i, chain in enumerate(again.chains, start=1):
        yield ""
        for move in chain:
            yield f"{i}. {move.participant}: {KINDS[move.kind]}{_steps(move)}"
            yield from (f"     {reason_text(reason)}" for reason in move.reasons)

    if again.visits:
        yield ""
        yield "visits at another time:"
    for old, new in again.visits:
        who = f"{new.participant} in {new.group} with {new.coach}"
        yield f"   {who}: {_time(old)} -> {_time(new)}"


def _time(line: Assignment) -> str:
    return "none" if line.visit is None else window_text(line.visit)


def _steps(move: Move) -> str:
    told = move.difference
    steps = [f"out of {_place(pair)}" for pair in told.lost]
    steps += [f"into {_place(pair)}" for pair in told.gained]
    steps += [
        f"in {before.group} {after.coach or 'no coach'} instead of {before.coach or 'no coach'}"
        for before, after in told.coaches
    ]
    return "; " + ", ".join(steps)


def _place(pair: Pair) -> str:
    return pair.group if pair.coach is None else f"{pair.group} with {pair.coach}"


def reason_text(reason: Reason) -> str:
    """A reason in one line."""
    from scheduler.questions.rules import rule_in_words
    from scheduler.questions.tier_changes import in_words

    who = reason.pairs[0].participant
    groups = " and ".join(_place(pair) for pair in reason.pairs)
    if reason.code == "rules":
        return f"{groups} is no longer possible: " + "; ".join(map(rule_in_words, reason.rules))
    if reason.verdict is None:
        return f"{groups}: {FACTS[reason.code]}" if reason.code != "left" else FACTS["left"]
    verdict = reason.verdict
    what = f"if {who} stays in {groups}" if reason.pins else f"if {who} does not get {groups}"
    if reason.is_wider:
        what += " (pinned, so that visits need not fit the availability)"
    others = (
        f"; instead something changes for {', '.join(verdict.instead)}" if verdict.instead else ""
    )
    if verdict.change is not None:
        better = "a better plan was found, " if verdict.code == "better" else ""
        return f"{what}: {better}{in_words(verdict.change)}{others}"
    if verdict.code == "impossible":
        return f"{what}: impossible. {verdict.text}"
    return f"{what}: " + (f"as good a plan{others}" if verdict.code == "equal" else "not verified")
