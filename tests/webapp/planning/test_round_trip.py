"""What a file says is still there after it was turned into rows and back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler import jsonio
from scheduler.params import Params
from scheduler.problem import Problem
from scheduler.solve import solve
from tests.scheduler.small_problems import problems
from webapp.models import Coach, Group, Measure, Participant, Tag, TagKind, Venue
from webapp.planning.export import export_problem
from webapp.planning.load import load_problem

GENEVA = (Path(__file__).parents[3] / "webapp/demo/geneva.json.gz").read_bytes()


def through_rows(db_session: Session, problem: Problem) -> tuple[Problem, Problem]:
    """The problem with the ids of the rows made from it, and the one that these rows make."""
    period = load_problem(db_session, problem, password_hash="none")
    db_session.expire_all()
    exported = export_problem(db_session, period, period.territory)
    return renamed(db_session, problem), exported


def renamed(db_session: Session, problem: Problem) -> Problem:
    def ids(model: Any, rows: tuple[Any, ...], letter: str) -> dict[str, str]:
        found = db_session.scalars(select(model.id).order_by(model.id))
        return {row.id: f"{letter}{id_}" for row, id_ in zip(rows, found, strict=True)}

    def tags(kind: TagKind, codes: frozenset[str]) -> frozenset[str]:
        return frozenset(tag_ids[kind, code] for code in codes)

    def pairs(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            replace(
                row,
                participant=people[row.participant],
                group=groups[row.group],
                coach=row.coach and coaches[row.coach],
            )
            for row in rows
        )

    venues = ids(Venue, problem.venues, "v")
    groups = ids(Group, problem.groups, "g")
    coaches = ids(Coach, problem.coaches, "c")
    people = ids(Participant, problem.participants, "p")
    measures = {row.code: f"m{row.id}" for row in db_session.scalars(select(Measure))}
    tag_ids = {(row.kind, row.code): f"t{row.id}" for row in db_session.scalars(select(Tag))}
    used = {group.venue for group in problem.groups}  # no other venue changes any plan
    hold, need, skill = TagKind.HOLD, TagKind.NEED, TagKind.SKILL
    return replace(
        problem,
        venues=tuple(
            replace(venue, id=venues[venue.id]) for venue in problem.venues if venue.id in used
        ),
        groups=tuple(
            replace(
                group,
                id=groups[group.id],
                measure=measures[group.measure],
                venue=group.venue and venues[group.venue],
                requires=tags(hold, group.requires),
                offers=tags(need, group.offers),
                coaching=group.coaching
                and replace(group.coaching, skills=tags(skill, group.coaching.skills)),
            )
            for group in problem.groups
        ),
        coaches=tuple(
            replace(
                coach,
                id=coaches[coach.id],
                skills=tags(skill, coach.skills),
                venues=None
                if coach.venues is None
                else frozenset(venues[venue] for venue in coach.venues & used),
            )
            for coach in problem.coaches
        ),
        participants=tuple(
            replace(
                person,
                id=people[person.id],
                wishes=tuple(
                    replace(
                        wish,
                        measure=wish.measure and measures[wish.measure],
                        group=wish.group and groups[wish.group],
                    )
                    for wish in person.wishes
                ),
                holds=tuple(replace(row, tag=tag_ids[hold, row.tag]) for row in person.holds),
                needs=tags(need, person.needs),
                coach_skills=tags(skill, person.coach_skills),
            )
            for person in problem.participants
        ),
        pins=pairs(problem.pins),
        bans=pairs(problem.bans),
        previous=pairs(problem.previous),
        apart=tuple((people[one], people[two]) for one, two in problem.apart),
        together=tuple((people[one], people[two]) for one, two in problem.together),
        quotas=tuple(
            replace(
                quota,
                groups=tuple(groups[group] for group in quota.groups),
                tag=None if quota.tag is None else tag_ids[hold, quota.tag],
            )
            for quota in problem.quotas
            if quota.groups
        ),
    )


def canonical(problem: Problem) -> dict[str, Any]:
    """The problem without what means nothing: its name, the order of rows, a row said twice.

    Nor does it matter that a pair was there before, when it is banned and not pinned.
    """
    ruled_out = {(ban.participant, ban.group) for ban in problem.bans} - {
        (pin.participant, pin.group) for pin in problem.pins
    }
    found = {field.name: getattr(problem, field.name) for field in fields(problem)}
    del found["name"]
    found["previous"] = tuple(
        pair for pair in problem.previous if (pair.participant, pair.group) not in ruled_out
    )
    for key in ("apart", "together"):
        found[key] = tuple(tuple(sorted(pair)) for pair in found[key])
    return {
        key: value if key in {"policy", "horizon"} else _unordered(value)
        for key, value in found.items()
    }


def _unordered(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: _unordered(getattr(value, field.name)) for field in fields(value)}
        return type(value).__name__, repr(sorted(parts.items()))
    if isinstance(value, tuple | frozenset):
        return sorted({repr(_unordered(row)) for row in value})
    return value


def test_the_demonstration_is_the_published_problem(db_session: Session) -> None:
    original, exported = through_rows(db_session, jsonio.read(GENEVA))
    assert canonical(exported) == canonical(original)


@pytest.mark.slow
def test_a_plan_of_the_loaded_demonstration_reaches_the_known_optimum(db_session: Session) -> None:
    _, exported = through_rows(db_session, jsonio.read(GENEVA))
    result = solve(exported, Params(time_limit=60))
    assert {tier.name: tier.value for tier in result.tiers} == {
        "served": 358,
        "wishes": 11840,
        "kept": 47,
        "travel": 3236,
    }
    assert all(tier.proven for tier in result.tiers)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(problem=problems())
def test_any_problem_comes_back_as_it_was(db_session: Session, problem: Problem) -> None:
    savepoint = db_session.begin_nested()
    try:
        original, exported = through_rows(db_session, problem)
        assert canonical(exported) == canonical(original)
    finally:
        savepoint.rollback()
        db_session.expire_all()
