"""What a coach has to do: whom they follow, and the visits of a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import contains_eager, joinedload

from webapp.models import (
    PLACED,
    Account,
    Coach,
    Enrolment,
    Group,
    GroupState,
    Participant,
    Period,
    Slot,
)
from webapp.permissions import scoped
from webapp.services.transactions import DbSession


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit, in local aware times; a cancelled one does not take place."""

    enrolment: Enrolment
    local_start: datetime
    local_end: datetime
    is_cancelled: bool

    @property
    def minutes(self) -> int:
        return int((self.local_end - self.local_start).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class Caseload:
    """``people`` holds one enrolment a placement, by name; ``num_people`` counts each once."""

    coach: Coach
    people: list[Enrolment]

    @property
    def num_people(self) -> int:
        return len({enrolment.participant_id for enrolment in self.people})


def find_caseload(db_session: DbSession, account: Account, period: Period) -> Caseload | None:
    """Return whom the coach of this account follows in a period; None if it is no coach's."""
    coach = db_session.scalar(scoped(account, Coach))
    if coach is None:
        return None
    rows = (
        scoped(account, Enrolment)
        .join(Enrolment.group)
        .join(Enrolment.participant)
        .where(Group.period_id == period.id, Enrolment.status.in_(PLACED))
        .options(
            contains_eager(Enrolment.participant),
            contains_eager(Enrolment.group).joinedload(Group.venue),
        )
        .order_by(Participant.first_name, Participant.last_name, Enrolment.id)
    )
    return Caseload(coach, list(db_session.scalars(rows)))


def find_visits(db_session: DbSession, account: Account, first: date, days: int) -> list[Visit]:
    """Return the visits of ``days`` days from ``first``, local dates, in their order.

    A visit in a slot that began before the enrolment ended stays.
    """
    begin = datetime.combine(first, datetime.min.time())
    rows = (
        scoped(account, Enrolment)
        .join(Enrolment.group)
        .join(Slot, Slot.group_id == Group.id)
        .where(Slot.local_start >= begin, Slot.local_start < begin + timedelta(days=days))
        .options(
            contains_eager(Enrolment.group).joinedload(Group.venue),
            joinedload(Enrolment.participant),
        )
        .add_columns(Slot)
    )
    visits = []
    for enrolment, slot in db_session.execute(rows):
        times = enrolment.visit_in(slot)
        if times is None or not (
            enrolment.status in PLACED or slot.starts_at < enrolment.changed_at
        ):
            continue
        is_cancelled = (
            slot.cancelled_because is not None or slot.group.state is GroupState.CANCELLED
        )
        visits.append(Visit(enrolment, times[0], times[1], is_cancelled))
    return sorted(visits, key=lambda visit: (visit.local_start, visit.enrolment.id))
