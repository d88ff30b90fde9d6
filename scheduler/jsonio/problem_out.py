"""Writing ``croisee-problem/1``: what may be left out is left out."""

from __future__ import annotations

from typing import Any

from scheduler.jsonio.problem_in import FORMAT
from scheduler.jsonio.reading import WEEKDAYS
from scheduler.jsonio.writing import one_row_a_line
from scheduler.problem import Coach, Group, Pair, Participant, Place, Policy, Problem, Window, Wish


def problem_document(problem: Problem) -> dict[str, Any]:
    """The problem as a JSON object of the exchange format; reading it gives the same problem."""
    horizon = problem.horizon
    document: dict[str, Any] = {
        "format": FORMAT,
        "name": problem.name,
        "horizon": {
            "start": horizon.start.isoformat(),
            "end": horizon.end.isoformat(),
            "timezone": horizon.timezone,
        },
        "policy": _policy(problem.policy),
        "venues": [
            {"id": venue.id} | (_place(venue.place) if venue.place else {})
            for venue in problem.venues
        ],
        "groups": [_group(group) for group in problem.groups],
        "coaches": [_coach(coach) for coach in problem.coaches],
        "participants": [_participant(person) for person in problem.participants],
    }
    rest = {
        "pins": [pair_document(pair) for pair in problem.pins],
        "bans": [pair_document(pair) for pair in problem.bans],
        "apart": [list(pair) for pair in problem.apart],
        "together": [list(pair) for pair in problem.together],
        "quotas": [
            _without_empty({"groups": list(quota.groups), "tag": quota.tag}) | {"max": quota.max}
            for quota in problem.quotas
        ],
        "previous": [pair_document(pair) for pair in problem.previous],
    }
    return document | _without_empty(rest)


def dump_problem(problem: Problem) -> bytes:
    """The problem as the bytes of an exchange file."""
    return one_row_a_line(problem_document(problem))


def window_document(window: Window) -> dict[str, str]:
    """A window, or a visit, as it stands in a file."""
    return {
        "day": WEEKDAYS[window.day],
        "start": f"{window.start // 60:02}:{window.start % 60:02}",
        "end": f"{window.end // 60:02}:{window.end % 60:02}",
    }


def window_text(window: Window) -> str:
    """``mon 09:00-10:30``."""
    return "{day} {start}-{end}".format(**window_document(window))


def pair_document(pair: Pair) -> dict[str, str]:
    """A pin, a ban or a line of the previous plan as it stands in a file."""
    document = {"participant": pair.participant, "group": pair.group}
    return document if pair.coach is None else document | {"coach": pair.coach}


def _without_empty(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None and value != []}


def _place(place: Place) -> dict[str, float]:
    return {"lat": place.lat, "lon": place.lon}


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "objective": list(policy.objective),
        "wishes": policy.wishes,
        "rank_utility": list(policy.rank_utility),
        "min_attendance": policy.min_attendance,
        "travel": {"detour": policy.travel.detour, "speed_kmh": policy.travel.speed_kmh},
        "slack": dict(policy.slack),
    }


def _group(group: Group) -> dict[str, Any]:
    coaching = group.coaching
    return _without_empty(
        {
            "id": group.id,
            "measure": group.measure,
            "venue": group.venue,
            "capacity": group.capacity,
            "min_size": group.min_size,
            "slots": [
                [slot.start.isoformat(timespec="minutes"), slot.end.isoformat(timespec="minutes")]
                for slot in group.slots
            ],
            "requires": sorted(group.requires),
            "offers": sorted(group.offers),
            "coaching": None
            if coaching is None
            else {"visit_minutes": coaching.visit_minutes}
            | _without_empty({"skills": sorted(coaching.skills)}),
        }
    )


def _coach(coach: Coach) -> dict[str, Any]:
    document = {
        "id": coach.id,
        "skills": sorted(coach.skills),
        "caseload": coach.caseload,
        "minutes_per_week": coach.minutes_per_week,
    }
    if coach.venues is not None:  # an empty list says "nowhere", which no default says
        document["venues"] = sorted(coach.venues)
    return document | {"availability": [window_document(w) for w in coach.availability]}


def _participant(person: Participant) -> dict[str, Any]:
    document = _without_empty(
        {
            "id": person.id,
            "weight": person.weight,
            "home": _place(person.home) if person.home else None,
            "max_travel_minutes": person.max_travel_minutes,
            "absences": [[first.isoformat(), last.isoformat()] for first, last in person.absences],
            "wishes": [_wish(wish) for wish in person.wishes],
            "holds": [
                _without_empty(
                    {
                        "tag": hold.tag,
                        "from": hold.from_ and hold.from_.isoformat(),
                        "until": hold.until and hold.until.isoformat(),
                    }
                )
                for hold in person.holds
            ],
            "needs": sorted(person.needs),
            "coach_skills": sorted(person.coach_skills),
            "max_groups": person.max_groups,
            "max_minutes_per_week": person.max_minutes_per_week,
        }
    )
    if person.availability is not None:  # an empty list says "never", which no default says
        document["availability"] = [window_document(window) for window in person.availability]
    return document


def _wish(wish: Wish) -> dict[str, Any]:
    return _without_empty(
        {
            "measure": wish.measure,
            "group": wish.group,
            "rank": wish.rank,
            "utility": wish.utility,
        }
    )
