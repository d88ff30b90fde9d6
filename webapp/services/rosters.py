"""Who comes to a group, as far as those who welcome them need to know."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.models import Account, Enrolment, EnrolmentStatus, Group, Participant, Referral, Tag
from webapp.models.referral import referral_need
from webapp.permissions import scoped
from webapp.services.transactions import DbSession


@dataclass(frozen=True, slots=True)
class Guest:
    """First name and initial, where the enrolment stands, neutral needs; never anything else."""

    short_name: str
    status: EnrolmentStatus
    needs: tuple[Tag, ...]


def guests(db_session: DbSession, account: Account, group: Group) -> list[Guest]:
    """Return who is enrolled in a group, of those whom the account may know of, by name."""
    known = scoped(account, Enrolment).where(Enrolment.group_id == group.id)
    rows = db_session.execute(
        known.join(Participant, Participant.id == Enrolment.participant_id)
        .with_only_columns(
            Enrolment.participant_id,
            Enrolment.status,
            Participant.first_name,
            func.substr(Participant.last_name, 1, 1),
        )
        .order_by(Participant.first_name, Enrolment.participant_id)
    ).all()
    needs = _needs(db_session, group, [row[0] for row in rows])
    return [
        Guest(f"{first_name} {initial}.", status, tuple(needs[participant_id]))
        for participant_id, status, first_name, initial in rows
    ]


def _needs(db_session: DbSession, group: Group, ids: list[int]) -> dict[int, list[Tag]]:
    needs: dict[int, list[Tag]] = defaultdict(list)
    for participant_id, tag in db_session.execute(
        select(Referral.participant_id, Tag)
        .join(referral_need, referral_need.c.referral_id == Referral.id)
        .join(Tag, Tag.id == referral_need.c.tag_id)
        .where(Referral.period_id == group.period_id, Referral.participant_id.in_(ids))
        .order_by(Tag.id)
    ):
        needs[participant_id].append(tag)
    return needs
