"""Participants and what they ask for."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select

from scheduler.problem import Participant as ProblemParticipant
from webapp.demo import names
from webapp.models import (
    Absence,
    AvailabilityWindow,
    Certificate,
    Participant,
    Referral,
    ReferralStatus,
    TagKind,
    Wish,
)
from webapp.models.referral import referral_coach_skill, referral_need
from webapp.planning.load.loading import Loading, by_id, window_columns

_REFERENCE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none is mistaken for another


def add_participants(load: Loading) -> None:
    """Add participants, dealt out to the workers, with what they hold."""
    people = load.problem.participants
    references = _references(load, len(people))
    rows = []
    for i, person in enumerate(people):
        first, last = names.participant(i)
        rows.append(
            {
                "territory_id": load.territory.id,
                "worker_id": load.worker_ids[i % len(load.worker_ids)],
                "reference": references[i],
                "first_name": first,
                "last_name": last,
                "lat": person.home.lat if person.home else None,
                "lon": person.home.lon if person.home else None,
            }
        )
    load.participant_ids = by_id(people, load.insert(Participant, rows))
    load.insert(
        Certificate,
        (
            {
                "participant_id": load.participant_ids[person.id],
                "tag_id": load.tag_ids[TagKind.HOLD, hold.tag],
                "valid_from": hold.from_,
                "valid_until": hold.until,
            }
            for person in people
            for hold in person.holds
        ),
    )


def _references(load: Loading, number: int) -> list[str]:
    taken = set(load.db_session.scalars(select(Participant.reference)))
    new: dict[str, None] = {}
    while len(new) < number:
        reference = "".join(secrets.choice(_REFERENCE_SIGNS) for _ in range(5))
        if reference not in taken:
            new[reference] = None
    return list(new)


def add_referrals(load: Loading) -> None:
    """Add a referral for each participant, with everything that hangs on it."""
    people = load.problem.participants
    referral_ids = by_id(
        people, load.insert(Referral, (_referral(load, person) for person in people))
    )
    load.insert(
        Wish,
        (
            {
                "referral_id": referral_ids[person.id],
                "rank": wish.rank,
                "measure_id": None if wish.measure is None else load.measure_ids[wish.measure],
                "group_id": None if wish.group is None else load.group_ids[wish.group],
                "utility": wish.utility,
            }
            for person in people
            for wish in person.wishes
        ),
    )
    load.insert(
        AvailabilityWindow,
        (
            {"referral_id": referral_ids[person.id]} | window_columns(window)
            for person in people
            for window in person.availability or ()
        ),
    )
    load.insert(
        Absence,
        (
            {"referral_id": referral_ids[person.id], "from_on": first, "until_on": last}
            for person in people
            for first, last in person.absences
        ),
    )
    needs = [(person.id, person.needs) for person in people]
    load.tag(referral_need, "referral_id", TagKind.NEED, referral_ids, needs)
    skills = [(person.id, person.coach_skills) for person in people]
    load.tag(referral_coach_skill, "referral_id", TagKind.SKILL, referral_ids, skills)


def _referral(load: Loading, person: ProblemParticipant) -> dict[str, Any]:
    return {
        "participant_id": load.participant_ids[person.id],
        "period_id": load.period.id,
        "status": ReferralStatus.WAITING if person.wishes else ReferralStatus.TO_REFER,
        "weight": person.weight,
        "max_groups": person.max_groups,
        "max_travel_minutes": person.max_travel_minutes,
        "max_minutes_per_week": person.max_minutes_per_week,
        "is_always_available": person.availability is None,
    }
