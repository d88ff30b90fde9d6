"""What speaks for and against one person in one group: rules R1 to R5, with their figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.check.facts import Facts
from webapp.models import Group, Period, Referral, Tag
from webapp.planning.export import problem_of
from webapp.planning.rows import Rows


@dataclass(frozen=True, slots=True)
class Fit:
    """``rank`` is None without a wish for it; ``travel_minutes`` while a place is not known."""

    rank: int | None
    travel_minutes: int | None
    max_travel_minutes: int | None
    num_slots: int
    num_attendable: int
    num_needed: int
    missing: tuple[Tag, ...]  # required, but not certified from the first slot to the last
    met: tuple[Tag, ...]  # needed and offered
    unmet: tuple[Tag, ...]  # needed, but not offered

    @property
    def is_too_far(self) -> bool:
        limit = self.max_travel_minutes
        return limit is not None and (self.travel_minutes or 0) > limit

    @property
    def is_often_absent(self) -> bool:
        return self.num_attendable < self.num_needed

    @property
    def is_possible(self) -> bool:
        """Whether a plan may place the person there, wish aside."""
        return not (self.missing or self.unmet or self.is_too_far or self.is_often_absent)


def find_fits(
    period: Period, referrals: Iterable[Referral], groups: Iterable[Group]
) -> dict[tuple[int, int], Fit]:
    """Return a Fit for each referral's participant and each group, by their two keys."""
    referrals, groups = list(referrals), list({group.id: group for group in groups}.values())
    rows = Rows(
        period=period,
        territory=period.territory,
        referrals=referrals,
        groups=groups,
        neighbours=[],
        enrolments=[],
        coaches=[],
        pins=[],
        bans=[],
        pairings=[],
        quotas=[],
        previous=[],
    )
    facts = Facts(problem_of(rows))
    return {
        (referral.participant_id, group.id): _fit(facts, referral, group)
        for referral in referrals
        for group in groups
    }


def _fit(facts: Facts, referral: Referral, group: Group) -> Fit:
    person = facts.participants[f"p{referral.participant_id}"]
    there = facts.groups[f"g{group.id}"]
    is_known = person.home is not None and group.venue is not None and group.venue.lat is not None
    missing = set(facts.missing_tags(person, there))
    return Fit(
        rank=facts.rank(person, there),
        travel_minutes=facts.travel(person, there) if is_known else None,
        max_travel_minutes=person.max_travel_minutes,
        num_slots=len(there.slots),
        num_attendable=facts.attended(person, there),
        num_needed=facts.needed(there),
        missing=tuple(tag for tag in group.requirements if f"t{tag.id}" in missing),
        met=tuple(tag for tag in referral.needs if f"t{tag.id}" in there.offers),
        unmet=tuple(tag for tag in referral.needs if f"t{tag.id}" not in there.offers),
    )
