"""The planning problem: frozen values, validated on entry (format ``croisee-problem/1``).

Times are local wall-clock; a moment of a day is an integer, minutes since midnight; a weekday is
0 (Monday) to 6. Ids are opaque. This module and ``check`` never reach ortools.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

DEFAULT_OBJECTIVE = ("served", "wishes", "kept", "travel")


@dataclass(frozen=True, slots=True)
class Horizon:
    start: date
    end: date  # inclusive
    timezone: str


@dataclass(frozen=True, slots=True)
class Travel:
    detour: float = 1.3
    speed_kmh: float = 20


@dataclass(frozen=True, slots=True)
class Policy:
    objective: tuple[str, ...] = DEFAULT_OBJECTIVE
    wishes: str = "weighted"  # or "rank-maximal", "generous"
    rank_utility: tuple[int, ...] = (100, 70, 50, 35, 25)
    min_attendance: float = 0.8
    travel: Travel = Travel()
    slack: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Venue:
    id: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Window:
    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Slot:
    start: datetime  # naive, local
    end: datetime


@dataclass(frozen=True, slots=True)
class Coaching:
    visit_minutes: int
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    measure: str
    venue: str | None
    capacity: int
    min_size: int
    slots: tuple[Slot, ...] = ()
    requires: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    coaching: Coaching | None = None


@dataclass(frozen=True, slots=True)
class Coach:
    id: str
    skills: frozenset[str]
    caseload: int
    minutes_per_week: int
    venues: frozenset[str] | None  # None: anywhere
    availability: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    rank: int
    measure: str | None = None
    group: str | None = None  # exactly one of measure and group is set
    utility: int | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    tag: str
    from_: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    id: str
    weight: int
    home: Place | None = None
    max_travel_minutes: int | None = None
    availability: tuple[Window, ...] | None = None  # None: always free
    absences: tuple[tuple[date, date], ...] = ()
    wishes: tuple[Wish, ...] = ()
    holds: tuple[Hold, ...] = ()
    needs: frozenset[str] = frozenset()
    coach_skills: frozenset[str] = frozenset()
    max_groups: int = 1
    max_minutes_per_week: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One participant in one group: a pin, a ban or a line of the previous plan."""

    participant: str
    group: str
    coach: str | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    groups: tuple[str, ...]
    tag: str | None
    max: int


@dataclass(frozen=True, slots=True)
class Problem:
    name: str
    horizon: Horizon
    policy: Policy = Policy()
    venues: tuple[Venue, ...] = ()
    groups: tuple[Group, ...] = ()
    coaches: tuple[Coach, ...] = ()
    participants: tuple[Participant, ...] = ()
    pins: tuple[Pair, ...] = ()
    bans: tuple[Pair, ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    quotas: tuple[Quota, ...] = ()
    previous: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a problem file: where (a JSON path), what stands there, and why not."""

    path: str
    value: object
    reason: str


class InvalidProblemError(ValueError):
    """A problem that breaks the exchange format; ``faults`` holds all of them."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{f.path}: {f.reason} ({f.value!r})" for f in faults))
