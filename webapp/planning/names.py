"""What people call the things that a file calls by opaque ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from scheduler.problem import Problem
from webapp.extensions import DbSession
from webapp.models import Coach, Group, Measure, Participant, Tag


@dataclass(frozen=True, slots=True)
class Names:
    """Names by the id of a file; people by their first name and initial."""

    groups: dict[str, str]
    measures: dict[str, str]
    tags: dict[str, str]
    people: dict[str, str]
    coaches: dict[str, str]


def read_names(
    db_session: DbSession, problem: Problem, people: Iterable[str], locale: str
) -> Names:
    """Read the names of what a problem is about, and of some of its participants."""

    def read(letter: str, *columns: object, keys: Iterable[str] | None = None) -> dict[str, str]:
        rows = select(*columns)  # type: ignore[call-overload]  # an id and a text or two
        if keys is not None:
            rows = rows.where(columns[0].in_({int(id_[1:]) for id_ in keys}))  # type: ignore[attr-defined]  # a column
        return {f"{letter}{id_}": name for id_, name in db_session.execute(rows)}

    english = locale == "en"
    wished = {wish.measure for person in problem.participants for wish in person.wishes}
    measures = {group.measure for group in problem.groups} | {id_ for id_ in wished if id_}
    names = db_session.execute(
        select(Participant.id, Participant.first_name, Participant.last_name).where(
            Participant.id.in_({int(id_[1:]) for id_ in people})
        )
    )
    return Names(
        groups=read("g", Group.id, Group.name, keys=(group.id for group in problem.groups)),
        measures=read("m", Measure.id, Measure.name_en if english else Measure.name, keys=measures),
        tags=read("t", Tag.id, Tag.name_en if english else Tag.name),
        people={f"p{id_}": f"{first} {last[:1]}." for id_, first, last in names},
        coaches=read("c", Coach.id, Coach.name, keys=(coach.id for coach in problem.coaches)),
    )
