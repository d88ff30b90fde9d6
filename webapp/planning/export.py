"""Rows to ``scheduler.Problem``: opaque ids, local wall times, nothing that names anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler import problem as exchange
from scheduler.jsonio import dump_problem, problem_from
from webapp import models
from webapp.extensions import DbSession
from webapp.models.participant import PairingKind
from webapp.planning.rows import Rows, read_rows

Pairs = dict[tuple[int, int], int | None]  # (participant, group): coach


def export_problem(
    db_session: DbSession, period: models.Period, territory: models.Territory
) -> exchange.Problem:
    """Return the problem of a period for a territory and all below it.

    Raise ``scheduler.problem.InvalidProblemError`` when the period's policy is none.
    """
    return problem_of(read_rows(db_session, period, territory))


def problem_bytes(problem: exchange.Problem) -> bytes:
    """Return the problem as a file of the exchange format."""
    return dump_problem(problem)


def problem_of(rows: Rows) -> exchange.Problem:
    """Return the problem that rows make; the same rows make the same problem."""
    zone = ZoneInfo(rows.territory.timezone)
    planned = {referral.participant_id for referral in rows.referrals}
    groups = {group.id for group in [*rows.groups, *rows.neighbours]}
    over = {(row.participant_id, row.group_id) for row in rows.over}
    # An answer says more than a pin, and a place that is held, too: it knows the coach.
    settled = [row for row in rows.pins if (row.participant_id, row.group_id) not in over]
    pins = _pairs_with_coach([*settled, *rows.placed], rows)
    previous = _pairs_with_coach(rows.previous, rows)
    bans = {(row.participant_id, row.group_id) for row in rows.bans} | over
    return exchange.Problem(
        name=f"period-{rows.period.id}-territory-{rows.territory.id}",
        horizon=_horizon(rows, zone),
        policy=_policy(rows.period),
        venues=_venues(rows),
        groups=_groups(rows, pins, zone),
        coaches=_coaches(rows),
        participants=_participants(rows, planned, groups),
        pins=_pairs(pins),
        bans=_pairs(
            {pair: None for pair in sorted(bans) if pair[0] in planned and pair[1] in groups}
        ),
        apart=_pairings(rows, PairingKind.APART, planned | {person for person, _ in pins}),
        together=_pairings(rows, PairingKind.TOGETHER, planned),
        quotas=_quotas(rows, groups),
        previous=_pairs(
            {
                pair: coach
                for pair, coach in previous.items()
                if pair[0] in planned and pair[1] in groups and (pair not in bans or pair in pins)
            }
        ),
    )


def _horizon(rows: Rows, zone: ZoneInfo) -> exchange.Horizon:
    """The period, and any slot that was moved out of it."""
    dates = [rows.period.starts_on, rows.period.ends_on] + [
        slot.starts_at.astimezone(zone).date()
        for group in [*rows.groups, *rows.neighbours]
        for slot in group.slots
        if slot.cancelled_because is None
    ]
    return exchange.Horizon(min(dates), max(dates), zone.key)


def _policy(period: models.Period) -> exchange.Policy:
    empty = {
        "format": "croisee-problem/1",
        "name": "policy",
        "horizon": {
            "start": period.starts_on.isoformat(),
            "end": period.ends_on.isoformat(),
            "timezone": "UTC",
        },
    }
    return problem_from(empty | {"policy": period.policy or {}}).policy


def _venues(rows: Rows) -> tuple[exchange.Venue, ...]:
    venues = {
        group.venue.id: group.venue
        for group in [*rows.groups, *rows.neighbours]
        if group.venue is not None
    }
    return tuple(
        exchange.Venue(f"v{venue.id}", _place(venue)) for _, venue in sorted(venues.items())
    )


def _groups(rows: Rows, pins: Pairs, zone: ZoneInfo) -> tuple[exchange.Group, ...]:
    """The groups; a neighbour has just the places that people planned here hold there."""
    held = Counter(group_id for _, group_id in pins)
    here = {group.id for group in rows.groups}
    return tuple(
        exchange.Group(
            id=f"g{group.id}",
            measure=f"m{group.measure_id}",
            venue=None if group.venue_id is None else f"v{group.venue_id}",
            capacity=group.capacity if group.id in here else held[group.id],
            min_size=group.min_size if group.id in here else 0,
            slots=tuple(
                exchange.Slot(_local(slot.starts_at, zone), _local(slot.ends_at, zone))
                for slot in group.slots
                if slot.cancelled_because is None
            ),
            requires=_tags(group.requirements),
            offers=_tags(group.offers),
            coaching=exchange.Coaching(group.visit_minutes, _tags(group.coaching_skills))
            if group.visit_minutes is not None and group.id in here
            else None,
        )
        for group in sorted([*rows.groups, *rows.neighbours], key=lambda group: group.id)
    )


def _coaches(rows: Rows) -> tuple[exchange.Coach, ...]:
    known = {group.venue_id for group in rows.groups}
    return tuple(
        exchange.Coach(
            id=f"c{coach.id}",
            skills=_tags(coach.skills),
            caseload=coach.caseload,
            minutes_per_week=coach.minutes_per_week,
            venues=None
            if coach.goes_anywhere
            else frozenset(f"v{venue.id}" for venue in coach.venues if venue.id in known),
            availability=_apart(coach.windows),
        )
        for coach in rows.coaches
    )


def _participants(
    rows: Rows, planned: Collection[int], groups: Collection[int]
) -> tuple[exchange.Participant, ...]:
    """Those planned for, and bare those who only hold a place here."""
    people = {
        referral.participant_id: _participant(referral, groups) for referral in rows.referrals
    }
    guests = [row for row in rows.placed if row.participant_id not in planned]
    places = Counter(row.participant_id for row in guests)
    for row in guests:
        people[row.participant_id] = exchange.Participant(
            id=f"p{row.participant_id}",
            weight=0,
            holds=_holds(row.participant),
            max_groups=places[row.participant_id],
        )
    return tuple(person for _, person in sorted(people.items()))


def _participant(referral: models.Referral, groups: Collection[int]) -> exchange.Participant:
    person = referral.participant
    return exchange.Participant(
        id=f"p{person.id}",
        weight=referral.weight,
        home=_place(person),
        max_travel_minutes=referral.max_travel_minutes,
        availability=None if referral.is_always_available else _windows(referral.windows),
        absences=tuple((absence.from_on, absence.until_on) for absence in referral.absences),
        wishes=tuple(
            exchange.Wish(
                rank=wish.rank,
                measure=None if wish.measure_id is None else f"m{wish.measure_id}",
                group=None if wish.group_id is None else f"g{wish.group_id}",
                utility=wish.utility,
            )
            for wish in referral.wishes
            if wish.group_id is None or wish.group_id in groups
        ),
        holds=_holds(person),
        needs=_tags(referral.needs),
        coach_skills=_tags(referral.coach_skills),
        max_groups=referral.max_groups,
        max_minutes_per_week=referral.max_minutes_per_week,
    )


def _holds(person: models.Participant) -> tuple[exchange.Hold, ...]:
    return tuple(
        exchange.Hold(f"t{row.tag_id}", row.valid_from, row.valid_until)
        for row in person.certificates
    )


def _pairs_with_coach(
    agreed: Iterable[models.Enrolment | models.Pin | models.Proposal], rows: Rows
) -> Pairs:
    """Who is in which group, and with which coach where the group has coaches here."""
    coached = {group.id for group in rows.groups if group.visit_minutes is not None}
    known = {coach.id for coach in rows.coaches}
    pairs = {
        (row.participant_id, row.group_id): row.coach_id
        if row.group_id in coached and row.coach_id in known
        else None
        for row in agreed
    }
    return dict(sorted(pairs.items()))


def _pairs(pairs: Pairs) -> tuple[exchange.Pair, ...]:
    return tuple(
        exchange.Pair(f"p{person}", f"g{group}", None if coach is None else f"c{coach}")
        for (person, group), coach in pairs.items()
    )


def _pairings(
    rows: Rows, kind: PairingKind, people: Collection[int]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"p{row.first_id}", f"p{row.second_id}")
        for row in rows.pairings
        if row.kind == kind and row.first_id in people and row.second_id in people
    )


def _quotas(rows: Rows, groups: Collection[int]) -> tuple[exchange.Quota, ...]:
    quotas = []
    for row in rows.quotas:
        counted = tuple(
            f"g{id_}" for id_ in sorted(group.id for group in row.groups) if id_ in groups
        )
        if counted:
            tag = None if row.tag_id is None else f"t{row.tag_id}"
            quotas.append(exchange.Quota(counted, tag, row.max))
    return tuple(quotas)


def _place(row: models.Participant | models.Venue) -> exchange.Place | None:
    if row.lat is None or row.lon is None:
        return None
    return exchange.Place(row.lat, row.lon)


def _tags(tags: Iterable[models.Tag]) -> frozenset[str]:
    return frozenset(f"t{tag.id}" for tag in tags)


def _windows(
    windows: Iterable[models.AvailabilityWindow | models.CoachWindow],
) -> tuple[exchange.Window, ...]:
    return tuple(exchange.Window(w.weekday, w.start_minute, w.end_minute) for w in windows)


def _apart(windows: Iterable[models.CoachWindow]) -> tuple[exchange.Window, ...]:
    """The windows with those that overlap made one; those that only touch stay two."""
    merged: list[exchange.Window] = []
    for window in sorted(_windows(windows), key=lambda w: (w.day, w.start)):
        if merged and merged[-1].day == window.day and window.start < merged[-1].end:
            end = max(merged[-1].end, window.end)
            merged[-1] = exchange.Window(window.day, merged[-1].start, end)
        else:
            merged.append(window)
    return tuple(merged)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
