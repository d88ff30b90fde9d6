"""The three ways to look at a plan: by group, by person, and those without a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from webapp.models import Decision, Group, Measure, Participant
from webapp.services.plans.contents import Line
from webapp.views.locale import name_of

GROUPS_A_PAGE = 12
PEOPLE_A_PAGE = 40
UNPLACED_A_PAGE = 25


@dataclass(slots=True)
class GroupBoard:
    """A group with its lines; ``places`` as the macro ``fill`` wants them."""

    group: Group
    lines: list[Line] = field(default_factory=list)

    @property
    def num_open(self) -> int:
        return sum(
            not line.is_placed and line.proposal.decision == Decision.UNDECIDED
            for line in self.lines
        )

    @property
    def places(self) -> tuple[int, int, int, int]:
        staying = sum(
            not line.is_placed and line.proposal.decision != Decision.RULED_OUT
            for line in self.lines
        )
        return self.group.taken, staying, self.group.capacity, self.group.min_size


@dataclass(slots=True)
class PersonBoard:
    participant: Participant
    lines: list[Line] = field(default_factory=list)


def by_group(lines: Sequence[Line]) -> list[GroupBoard]:
    """Return the groups with lines, by measure and name."""
    boards: dict[int, GroupBoard] = {}
    for line in lines:
        group = line.proposal.group
        boards.setdefault(group.id, GroupBoard(group)).lines.append(line)
    for board in boards.values():
        board.lines.sort(key=lambda line: line.proposal.participant.short_name)
    return sorted(boards.values(), key=_place)


def under_measures(boards: Sequence[GroupBoard]) -> list[tuple[Measure, list[GroupBoard]]]:
    """Return groups in their order, each lot under its measure."""
    lots = groupby(boards, key=lambda board: board.group.measure)
    return [(measure, list(lot)) for measure, lot in lots]


def _place(board: GroupBoard) -> tuple[str, int, str, int]:
    group = board.group
    return name_of(group.measure), group.measure_id, group.name, group.id


def by_person(lines: Sequence[Line]) -> list[PersonBoard]:
    """Return the people with a line, by name."""
    boards: dict[int, PersonBoard] = {}
    for line in lines:
        person = line.proposal.participant
        boards.setdefault(person.id, PersonBoard(person)).lines.append(line)
    return sorted(
        boards.values(), key=lambda board: (board.participant.short_name, board.participant.id)
    )
