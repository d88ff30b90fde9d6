"""Why people have no place in a plan, and why a plan cannot be."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from webapp.models import PLACED, Enrolment, Participant, Pin, Plan, Referral
from webapp.planning import words
from webapp.planning.words import Explanation
from webapp.services.transactions import DbSession


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Somebody without a place in a plan, and why."""

    referral: Referral
    participant: Participant
    explanation: Explanation


def explain_unplaced(db_session: DbSession, plan: Plan, locale: str) -> list[Unplaced]:
    """Explain everybody whom the plan gives no place, those who wait longest first."""
    assert plan.problem is not None
    assert plan.solution is not None
    solution = json.loads(plan.solution)
    told = {
        item.participant_id: item
        for item in words.explain(db_session, plan.problem, solution, locale)
    }
    rows = db_session.execute(
        select(Referral, Participant)
        .join(Referral.participant)
        .where(Referral.period_id == plan.period_id, Participant.id.in_(told))
        .order_by(Referral.created_at, Participant.id)
    )
    return [Unplaced(referral, person, told[person.id]) for referral, person in rows]


@dataclass(frozen=True, slots=True)
class ConflictingPin:
    """One of the places that cannot stand together; ``pin`` unless it is held already."""

    text: str
    participant_id: int
    pin: Pin | None


def explain_conflict(
    db_session: DbSession, plan: Plan, locale: str
) -> tuple[list[ConflictingPin], list[str]]:
    """Return the places that cannot stand together, and the rules in the way, as sentences."""
    assert plan.problem is not None
    assert plan.solution is not None
    told, rules = words.say_conflict(db_session, plan.problem, json.loads(plan.solution), locale)
    held = {
        (row.participant_id, row.group_id)
        for row in db_session.scalars(
            select(Enrolment).where(
                Enrolment.participant_id.in_({person for person, _group in told}),
                Enrolment.group_id.in_({group for _person, group in told}),
                Enrolment.status.in_(PLACED),
            )
        )
    }
    pins = {
        (pin.participant_id, pin.group_id): pin
        for pin in db_session.scalars(
            select(Pin).where(Pin.participant_id.in_({person for person, _group in told}))
        )
    }
    return [
        ConflictingPin(text, pair[0], None if pair in held else pins.get(pair))
        for pair, text in told.items()
    ], rules
