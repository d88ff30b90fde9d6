"""Why people have no place in a plan, and why a plan cannot be."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from webapp.models import Participant, Plan, Referral
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


def explain_conflict(db_session: DbSession, plan: Plan, locale: str) -> tuple[list[str], list[str]]:
    """Return the pins that cannot stand together, and the rules in the way, as sentences."""
    assert plan.problem is not None
    assert plan.solution is not None
    return words.say_conflict(db_session, plan.problem, json.loads(plan.solution), locale)
