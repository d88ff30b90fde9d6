"""Small random problems in which every rule R1 to R6, H1 to H14, policy and slack comes to bite.

Small enough for ``brute_force``; crowded enough that few of the wishes can be met.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from hypothesis import strategies as st

from scheduler.problem import (
    DEFAULT_OBJECTIVE,
    Coach,
    Coaching,
    Group,
    Hold,
    Horizon,
    Pair,
    Participant,
    Place,
    Policy,
    Problem,
    Quota,
    Slot,
    Travel,
    Venue,
    Window,
    Wish,
)

MONDAY = date(2027, 1, 11)
LAST_DAY = MONDAY + timedelta(days=13)
HALF_DAYS = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
MEASURES = ("theatre", "garden", "kitchen", "workshop")
TAGS = ("certificate", "district")
SKILL = "addiction"


def make_problem(seed: int) -> Problem:
    """The small problem of a seed, always the same."""
    return draw_problem(Random(seed))  # noqa: S311  chance for tests, no secret


def problems() -> st.SearchStrategy[Problem]:
    """Small problems that hypothesis can shrink."""
    return st.randoms(use_true_random=False).map(draw_problem)


def draw_problem(rng: Random) -> Problem:
    """One small problem out of a source of chance."""
    venues = tuple(Venue(f"v{i}", None if rng.random() < 0.1 else _place(rng)) for i in range(3))
    groups = tuple(_group(rng, i) for i in range(rng.randint(3, 6)))
    coaches = tuple(_coach(rng, i) for i in range(rng.choice((1, 1, 1, 2, 3))))
    people = tuple(_participant(rng, i, groups) for i in range(rng.randint(4, 7)))
    return Problem(
        name=f"small {len(people)} people, {len(groups)} groups",
        horizon=Horizon(MONDAY, LAST_DAY, "Europe/Paris"),
        policy=_policy(rng),
        venues=venues,
        groups=groups,
        coaches=coaches,
        participants=people,
        pins=_pairs(rng, people, groups, coaches, rng.choice((0, 0, 0, 0, 1, 2))),
        bans=tuple(
            Pair(pair.participant, pair.group)
            for pair in _pairs(rng, people, groups, coaches, rng.choice((0, 0, 1, 2)))
        ),
        apart=_two_people(rng, people, 0.4),
        together=_two_people(rng, people, 0.25),
        quotas=_quotas(rng, groups),
        previous=_pairs(rng, people, groups, coaches, rng.randint(0, 4)),
    )


def _policy(rng: Random) -> Policy:
    objective = list(DEFAULT_OBJECTIVE)
    if rng.random() < 0.3:
        rng.shuffle(objective)
        objective = objective[: rng.randint(1, 4)]
    slack = {
        tier: rng.choice((0.1, 0.25, 0.5))
        for tier in ("served", "wishes", "kept")
        if rng.random() < 0.15
    }
    return Policy(
        objective=tuple(objective),
        wishes=rng.choice(("weighted", "weighted", "rank-maximal", "generous")),
        rank_utility=rng.choice(((100, 70, 50, 35, 25), (10, 3), (5, 5, 0))),
        min_attendance=rng.choice((0.8, 0.5, 1)),
        travel=Travel(1.3, rng.choice((10, 20))),
        slack=slack,
    )


def _place(rng: Random) -> Place:
    return Place(46.2 + rng.randint(0, 8) / 100, 6.1 + rng.randint(0, 8) / 100)


def _moment(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60))


def _slots(rng: Random, *, is_coached: bool) -> tuple[Slot, ...]:
    weekdays = rng.sample(range(2), rng.choice((1, 1, 2)))
    spans = []
    for weekday in weekdays:
        start, end = HALF_DAYS[rng.random() < 0.3]
        if not is_coached or rng.random() < 0.2:
            start += rng.choice((0, 60, 90))
            end = start + rng.choice((60, 120))
        spans.append((weekday, start, end))
        if rng.random() < 0.15:
            spans.append((weekday, 18 * 60, 19 * 60))
    slots = [
        Slot(_moment(day, start), _moment(day, end))
        for week in range(2)
        for weekday, start, end in spans
        for day in [MONDAY + timedelta(days=7 * week + weekday)]
        if rng.random() < 0.95
    ]
    return tuple(slots)


def _group(rng: Random, i: int) -> Group:
    coaching = None
    if rng.random() < 0.6:
        skills = frozenset([SKILL]) if rng.random() < 0.3 else frozenset[str]()
        coaching = Coaching(rng.choice((45, 60, 90, 120)), skills)
    capacity = rng.choice((1, 2, 2, 3, 4))
    anywhere = coaching is None and rng.random() < 0.15
    return Group(
        id=f"g{i}",
        measure=rng.choice(MEASURES),
        venue=None if anywhere else f"v{rng.randrange(3)}",
        capacity=capacity,
        min_size=rng.choice((0, 0, 0, 1, min(2, capacity), capacity)),
        slots=_slots(rng, is_coached=coaching is not None),
        requires=frozenset(["certificate"]) if rng.random() < 0.15 else frozenset(),
        offers=frozenset(["step-free"]) if rng.random() < 0.8 else frozenset(),
        coaching=coaching,
    )


def _coach(rng: Random, i: int) -> Coach:
    windows = []
    for weekday in range(2):
        for start, end in HALF_DAYS:
            if rng.random() < 0.6:
                shorter = rng.choice((0, 0, 60, 120))
                windows.append(Window(weekday, start, end - shorter))
    return Coach(
        id=f"c{i}",
        skills=frozenset([SKILL]) if rng.random() < 0.7 else frozenset(),
        caseload=rng.choice((1, 2, 3, 4)),
        minutes_per_week=rng.choice((120, 180, 480)),
        venues=None if rng.random() < 0.7 else frozenset(rng.sample(("v0", "v1", "v2"), 2)),
        availability=tuple(windows),
    )


def _participant(rng: Random, i: int, groups: tuple[Group, ...]) -> Participant:
    availability = None
    if rng.random() < 0.4:
        spans = [(8 * 60, 13 * 60), (13 * 60, 17 * 60), (17 * 60, 19 * 60), (8 * 60, 10 * 60)]
        availability = tuple(
            Window(weekday, *span) for weekday in range(2) for span in spans if rng.random() < 0.8
        )
    absences = []
    if rng.random() < 0.25:
        first = MONDAY + timedelta(days=rng.randrange(14))
        absences = [(first, min(LAST_DAY, first + timedelta(days=rng.randint(0, 3))))] * 2
    holds = []
    if rng.random() < 0.7:
        from_ = rng.choice((None, None, MONDAY, MONDAY + timedelta(days=3)))
        until = rng.choice((None, None, LAST_DAY, MONDAY + timedelta(days=8)))
        holds.append(Hold("certificate", from_, until))
    if rng.random() < 0.5:
        holds.append(Hold("district"))
    return Participant(
        id=f"p{i}",
        weight=rng.choice((0, 1, 1, 2, 3, 5)),
        home=None if rng.random() < 0.1 else _place(rng),
        max_travel_minutes=rng.choice((None, None, 30, 60)),
        availability=availability,
        absences=tuple(absences),
        wishes=tuple(_wish(rng, groups) for _ in range(rng.choice((0, 2, 3, 3, 4)))),
        holds=tuple(holds),
        needs=frozenset(["step-free"]) if rng.random() < 0.2 else frozenset(),
        coach_skills=frozenset([SKILL]) if rng.random() < 0.2 else frozenset(),
        max_groups=rng.choice((0, 1, 1, 2, 2, 2, 2, 3)),
        max_minutes_per_week=rng.choice((None, None, None, 300, 480)),
    )


def _wish(rng: Random, groups: tuple[Group, ...]) -> Wish:
    utility = rng.choice((None, None, None, 1, 80))
    rank = rng.randint(1, 3)
    if rng.random() < 0.6:
        return Wish(rank, measure=rng.choice(MEASURES), utility=utility)
    return Wish(rank, group=rng.choice(groups).id, utility=utility)


def _pairs(
    rng: Random,
    people: tuple[Participant, ...],
    groups: tuple[Group, ...],
    coaches: tuple[Coach, ...],
    count: int,
) -> tuple[Pair, ...]:
    pairs = {}
    for _ in range(count):
        group = rng.choice(groups)
        person = rng.choice(people)
        has_coach = group.coaching is not None and rng.random() < 0.5
        coach = rng.choice(coaches).id if has_coach else None
        pairs[person.id, group.id] = Pair(person.id, group.id, coach)
    return tuple(pairs.values())


def _two_people(
    rng: Random, people: tuple[Participant, ...], share: float
) -> tuple[tuple[str, str], ...]:
    if rng.random() >= share:
        return ()
    one, other = rng.sample(people, 2)
    return ((one.id, other.id),)


def _quotas(rng: Random, groups: tuple[Group, ...]) -> tuple[Quota, ...]:
    if rng.random() >= 0.4:
        return ()
    some = rng.sample([group.id for group in groups], rng.randint(1, len(groups)))
    return (Quota(tuple(some), rng.choice((None, *TAGS)), rng.randint(0, 2)),)
