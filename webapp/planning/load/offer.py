"""What is offered, where and by whom: partners, venues, groups with their slots, coaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.problem import Group as ProblemGroup
from scheduler.problem import Slot as ProblemSlot
from webapp.demo import names
from webapp.models import (
    Coach,
    CoachWindow,
    Group,
    GroupState,
    Partner,
    Role,
    Slot,
    TagKind,
    Venue,
)
from webapp.models.coach import coach_skill, coach_venue
from webapp.models.group import group_coaching_skill, group_offer, group_requirement
from webapp.planning import vocabulary
from webapp.planning.load.loading import Loading, by_id, window_columns
from webapp.planning.load.staff import add_accounts

_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def add_venues(load: Loading) -> None:
    """Add partners, each with an account, and venues, each owned by one of them."""
    venues = load.problem.venues
    number = min(24, max(1, len(venues) // 2))
    load.partner_ids = load.insert(
        Partner,
        ({"territory_id": load.territory.id, "name": names.partner(i)} for i in range(number)),
    )
    contacts = [names.staff(names.CONTACTS, i) for i in range(number)]
    add_accounts(load, Role.PARTNER, contacts, load.partner_ids)
    owners = [load.partner_ids[i % number] for i in range(len(venues))]
    rows = []
    for i, venue in enumerate(venues):
        name, address = names.venue(i)
        rows.append(
            {
                "territory_id": load.territory.id,
                "partner_id": owners[i],
                "name": name,
                "address": address,
                "lat": venue.place.lat if venue.place else None,
                "lon": venue.place.lon if venue.place else None,
            }
        )
    load.venue_ids = by_id(venues, load.insert(Venue, rows))
    load.owner_ids = by_id(venues, owners)


def add_groups(load: Loading) -> None:
    """Add groups and slots; a group belongs to the partner that owns its venue."""
    groups = load.problem.groups
    taken: set[str] = set()
    numbers: defaultdict[str, Iterator[int]] = defaultdict(count)
    load.group_ids = by_id(
        groups,
        load.insert(
            Group,
            (
                {
                    "period_id": load.period.id,
                    "measure_id": load.measure_ids[group.measure],
                    "partner_id": load.partner_ids[i % len(load.partner_ids)]
                    if group.venue is None
                    else load.owner_ids[group.venue],
                    "venue_id": None if group.venue is None else load.venue_ids[group.venue],
                    "name": _free(_group_name(group, next(numbers[group.measure])), taken),
                    "state": GroupState.PUBLISHED,
                    "capacity": group.capacity,
                    "min_size": group.min_size,
                    "visit_minutes": group.coaching and group.coaching.visit_minutes,
                }
                for i, group in enumerate(groups)
            ),
        ),
    )
    zone = ZoneInfo(load.problem.horizon.timezone)
    load.insert(
        Slot,
        (
            {"group_id": load.group_ids[group.id]} | _slot(slot, zone)
            for group in groups
            for slot in group.slots
        ),
    )
    for table, kind, tags in (
        (group_requirement, TagKind.HOLD, [(g.id, g.requires) for g in groups]),
        (group_offer, TagKind.NEED, [(g.id, g.offers) for g in groups]),
        (
            group_coaching_skill,
            TagKind.SKILL,
            [(g.id, g.coaching.skills) for g in groups if g.coaching],
        ),
    ):
        load.tag(table, "group_id", kind, load.group_ids, tags)


def add_coaches(load: Loading) -> None:
    """Add coaches, each with an account."""
    coaches = load.problem.coaches
    people = [names.staff(names.COACHES, i) for i in range(len(coaches))]
    account_ids = add_accounts(load, Role.COACH, people)
    load.coach_ids = by_id(
        coaches,
        load.insert(
            Coach,
            (
                {
                    "territory_id": load.territory.id,
                    "account_id": account_id,
                    "name": f"{first} {last}",
                    "caseload": coach.caseload,
                    "minutes_per_week": coach.minutes_per_week,
                    "goes_anywhere": coach.venues is None,
                }
                for coach, account_id, (first, last) in zip(
                    coaches, account_ids, people, strict=True
                )
            ),
        ),
    )
    load.insert(
        CoachWindow,
        (
            {"coach_id": load.coach_ids[coach.id]} | window_columns(window)
            for coach in coaches
            for window in coach.availability
        ),
    )
    skills = [(coach.id, coach.skills) for coach in coaches]
    load.tag(coach_skill, "coach_id", TagKind.SKILL, load.coach_ids, skills)
    load.link(
        coach_venue,
        "coach_id",
        (
            (load.coach_ids[coach.id], load.venue_ids[venue])
            for coach in coaches
            for venue in sorted(coach.venues or ())
        ),
    )


def _slot(slot: ProblemSlot, zone: ZoneInfo) -> dict[str, Any]:
    def moment(local: datetime) -> datetime:
        return local.replace(tzinfo=zone).astimezone(UTC)

    starts_at, ends_at = moment(slot.start), moment(slot.end)
    if ends_at <= starts_at:  # a start in the hour that a change of clocks leaves out
        ends_at = starts_at + (slot.end - slot.start)
    return {
        "local_start": slot.start,
        "local_end": slot.end,
        "timezone": zone.key,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }


def _group_name(group: ProblemGroup, number: int) -> str:
    """An invented name, or the measure with the time of its slots: *Vélo, mardi matin*."""
    invented = names.group(group.measure, number)
    if invented is not None:
        return invented
    name = vocabulary.measure(group.measure).name
    days = sorted({slot.start.weekday() for slot in group.slots})
    if not days:
        return name
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        text = f"{_WEEKDAYS[days[0]]} au {_WEEKDAYS[days[-1]]}"
    else:
        *some, last = [_WEEKDAYS[day] for day in days]
        text = f"{', '.join(some)} et {last}" if some else last
    parts = {_part_of_day(slot.start.hour) for slot in group.slots}
    return f"{name}, {text}" + (f" {parts.pop()}" if len(parts) == 1 else "")


def _part_of_day(hour: int) -> str:
    return "matin" if hour < 12 else "après-midi" if hour < 18 else "soir"


def _free(name: str, taken: set[str]) -> str:
    """Return the name, with a number behind it where it is taken; take it."""
    names_ = (name if number == 1 else f"{name} ({number})" for number in count(1))
    found = next(one for one in names_ if one not in taken)
    taken.add(found)
    return found
