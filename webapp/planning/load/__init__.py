"""An exchange problem becomes rows; what it leaves unsaid, names above all, is invented."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from scheduler import jsonio
from scheduler.problem import InvalidProblemError, Problem
from webapp.models import Period, Territory
from webapp.planning import vocabulary
from webapp.planning.load import offer, people, settled, staff, words
from webapp.planning.load.loading import Loading

__all__ = ["InvalidProblemError", "TerritoryMismatchError", "load_problem", "read_problem"]

read_problem = jsonio.read

_SEASONS = ("Hiver", "Printemps", "Été", "Automne")
_TERRITORIES = {  # name, country, region: whose public holidays count
    "geneva": ("Genève", "CH", "GE"),
    "pau": ("Pau", "FR", None),
    "namur": ("Namur", "BE", None),
    "strasbourg": ("Strasbourg", "FR", "6AE"),
    "basrhin": ("Bas-Rhin", "FR", "6AE"),
}


class TerritoryMismatchError(ValueError):
    """The territory that a problem is to be loaded into keeps another time."""

    def __init__(self, territory: Territory, timezone: str) -> None:
        self.territory = territory
        self.timezone = timezone
        super().__init__(f"{territory.name} keeps {territory.timezone}, the problem {timezone}")


def load_problem(
    db_session: Any,
    problem: Problem,
    *,
    password_hash: str,
    territory_name: str | None = None,
    period_name: str | None = None,
) -> Period:
    """Add everything that ``problem`` says to the running transaction; return its new period.

    The territory is found by its name, or made. All invented accounts get ``password_hash``.
    Raise TerritoryMismatchError.
    """
    territory = _territory(db_session, problem, territory_name)
    period = _period(db_session, problem, territory, period_name)
    load = Loading(db_session, problem, territory, period, password_hash)
    words.add_tags(load)
    words.add_measures(load)
    coordinator_id = staff.add_staff(load)
    offer.add_venues(load)
    offer.add_groups(load)
    offer.add_coaches(load)
    people.add_participants(load)
    people.add_referrals(load)
    settled.add_decisions(load)
    settled.add_previous_plan(load, coordinator_id)
    return period


def _territory(db_session: Any, problem: Problem, name: str | None) -> Territory:
    usual, country, region = _TERRITORIES.get(
        problem.name, (vocabulary.measure(problem.name).name, None, None)
    )
    name = name or usual
    zone = problem.horizon.timezone
    found: Territory | None = db_session.scalar(
        select(Territory).where(Territory.name == name).order_by(Territory.id).limit(1)
    )
    if found is None:
        found = Territory(name=name, timezone=zone, country=country, region=region)
        db_session.add(found)
        db_session.flush()
    elif found.timezone != zone:
        raise TerritoryMismatchError(found, zone)
    return found


def _period(db_session: Any, problem: Problem, territory: Territory, name: str | None) -> Period:
    horizon = problem.horizon
    middle = horizon.start + (horizon.end - horizon.start) / 2
    period = Period(
        territory=territory,
        name=name or f"{_SEASONS[middle.month % 12 // 3]} {middle.year}",
        starts_on=horizon.start,
        ends_on=horizon.end,
        policy=jsonio.problem_document(problem)["policy"],
    )
    db_session.add(period)
    db_session.flush()
    return period
