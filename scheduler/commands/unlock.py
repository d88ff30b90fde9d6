"""``unlock``: what would place this person, the smallest changes first."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

from scheduler.commands.files import RefusedError, whole, write_answer
from scheduler.commands.places import add_question, place_document, place_lines, read_published
from scheduler.commands.stopping import Asked
from scheduler.jsonio.problem_out import window_document, window_text
from scheduler.problem import Window
from scheduler.questions.changes import (
    Certificate,
    Change,
    CoachHalfDay,
    FreeHalfDay,
    LargerCaseload,
    LongerTravel,
    MoreCoachMinutes,
    MorePlaces,
    SmallerMinimum,
)
from scheduler.questions.published import UnknownParticipantError
from scheduler.questions.unlock import AlreadyPlacedError, Way, what_would_place

ABOUT = """\
Tell the smallest changes that would give somebody without a group a place: a place more in a group,
half an hour or an hour more of travel, a certificate, another half-day, one person or one visit
more for a coach, another half-day of a coach, one person less to open a group. With each change a
whole plan was made in which the person has a place and nobody loses theirs; who else moves is told.
Where no change suffices alone, two for one group are tried. That nothing is told does not say that
nothing would do.
"""
WORDS = {
    MorePlaces: "one place more in {group}",
    LongerTravel: "{minutes} min more of travel for {participant}",
    Certificate: "certificate {tag} for {participant} from {from_} to {until}",
    FreeHalfDay: "{participant} free on {window}",
    LargerCaseload: "one person more for coach {coach}",
    MoreCoachMinutes: "{minutes} min more a week for coach {coach}",
    CoachHalfDay: "coach {coach} there on {window}",
    SmallerMinimum: "one person less to open {group}",
}


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "unlock",
        help="tell what would place somebody who has no group",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_question(parser)
    parser.add_argument("--num", type=whole(1, 1_000_000), default=10, metavar="N")
    parser.set_defaults(run=run, is_long=False)


def run(args: argparse.Namespace, _asked: Asked) -> int:
    published = read_published(args)
    try:
        found = what_would_place(published, args.participant)
    except (UnknownParticipantError, AlreadyPlacedError) as error:
        raise RefusedError(f"{args.problem}: {error}") from error
    ways = found.ways[: args.num]
    if args.json:
        write_answer(
            {"participant": found.participant, "ways": [_way_document(way) for way in ways]}
        )
    else:
        lines = [line for way in ways for line in _way_lines(way)]
        write_answer(lines or [f"{found.participant}: none of the changes tried was seen to do"])
    return 0


def _way_document(way: Way) -> dict[str, Any]:
    return {
        "changes": [{"kind": type(one).__name__, **_values(one)} for one in way.changes],
        "place": place_document(way.place),
    }


def _values(change: Change) -> dict[str, Any]:
    values = {field.name: getattr(change, field.name) for field in fields(change)}
    return {name.rstrip("_"): _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, Window):
        return window_document(value)
    return value.isoformat() if isinstance(value, date) else value


def _way_lines(way: Way) -> Iterator[str]:
    yield " and ".join(_words(change) for change in way.changes) or "as things are"
    for line in place_lines(way.place):
        yield f"  {line}"


def _words(change: Change) -> str:
    values = {field.name: getattr(change, field.name) for field in fields(change)}
    shown = {
        name: window_text(value) if isinstance(value, Window) else value
        for name, value in values.items()
    }
    return WORDS[type(change)].format(**shown)
