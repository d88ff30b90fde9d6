"""What one problem is made of, read in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from webapp.extensions import DbSession
from webapp.models import (
    PLACED,
    Ban,
    Coach,
    Enrolment,
    EnrolmentStatus,
    Group,
    GroupState,
    Pairing,
    Participant,
    Partner,
    Period,
    Pin,
    Plan,
    Proposal,
    Quota,
    Referral,
    ReferralStatus,
    Slot,
    Territory,
)
from webapp.models.plan import Decision, PlanState

# Once there, or offered and declined: not to be offered again.
_OVER = frozenset({EnrolmentStatus.DECLINED, EnrolmentStatus.INTERRUPTED, EnrolmentStatus.FINISHED})


Said = TypeVar("Said", Pin, Ban)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a period that a plan for a territory reads, each list by key.

    ``groups`` are run there. ``neighbours`` are run elsewhere, but somebody planned here already
    has a place in them. ``enrolments`` are those in either, by people planned here or not.
    """

    period: Period
    territory: Territory
    referrals: list[Referral]
    groups: list[Group]
    neighbours: list[Group]
    enrolments: list[Enrolment]
    coaches: list[Coach]
    pins: list[Pin]
    bans: list[Ban]
    pairings: list[Pairing]
    quotas: list[Quota]
    previous: list[Proposal]

    @property
    def placed(self) -> list[Enrolment]:
        """The enrolments that hold a place."""
        return [row for row in self.enrolments if row.status in PLACED]

    @property
    def over(self) -> list[Enrolment]:
        """The enrolments that are over, or were declined."""
        return [row for row in self.enrolments if row.status in _OVER]


def below(territory: Territory) -> Select[int]:
    """Ids of a territory and all below it."""
    return select(Territory.id).where(Territory.path.startswith(territory.path))


def offered(period: Period, territory: Territory) -> Select[Group]:
    """The groups that a plan may fill: published, and run by a partner of the territory.

    One whose slots were cancelled one by one is called off as much as another.
    """
    return select(Group).where(
        or_(~Group.slots.any(), Group.slots.any(Slot.cancelled_because.is_(None))),
        Group.period_id == period.id,
        Group.state == GroupState.PUBLISHED,
        Group.partner_id.in_(select(Partner.id).where(Partner.territory_id.in_(below(territory)))),
    )


def referred(period: Period, territory: Territory) -> Select[Referral]:
    """The referrals that a plan serves: not closed, of people of the territory."""
    return (
        select(Referral)
        .join(Referral.participant)
        .where(
            Referral.period_id == period.id,
            Referral.status != ReferralStatus.CLOSED,
            Participant.territory_id.in_(below(territory)),
        )
    )


def read_rows(db_session: DbSession, period: Period, territory: Territory) -> Rows:
    """Read everything that a plan of ``period`` for ``territory`` rests on."""
    own_groups = offered(period, territory)
    people = referred(period, territory).with_only_columns(Referral.participant_id)
    with_parts = (
        selectinload(Group.slots),
        selectinload(Group.requirements),
        selectinload(Group.offers),
        selectinload(Group.coaching_skills),
        joinedload(Group.venue),
    )
    groups = list(db_session.scalars(own_groups.options(*with_parts).order_by(Group.id)))
    enrolments = list(
        db_session.scalars(
            select(Enrolment)
            .join(Enrolment.group)
            .where(
                Group.period_id == period.id,
                Group.state == GroupState.PUBLISHED,
                Enrolment.status.in_(PLACED | _OVER),
                or_(
                    Enrolment.participant_id.in_(people),
                    Enrolment.group_id.in_(own_groups.with_only_columns(Group.id)),
                ),
            )
            .options(joinedload(Enrolment.participant).selectinload(Participant.certificates))
            .order_by(Enrolment.participant_id, Enrolment.group_id)
        )
    )
    own = {group.id for group in groups}
    elsewhere = {row.group_id for row in enrolments if row.status in PLACED} - own
    neighbours = db_session.scalars(
        select(Group).where(Group.id.in_(elsewhere)).options(*with_parts).order_by(Group.id)
    )
    pins = list(db_session.scalars(_of(Pin, people, own_groups)))
    coaching = {row.coach_id for row in enrolments} | {row.coach_id for row in pins}
    coaches = db_session.scalars(
        select(Coach)
        .where(or_(Coach.territory_id.in_(below(territory)), Coach.id.in_(coaching)))
        .options(
            selectinload(Coach.skills), selectinload(Coach.venues), selectinload(Coach.windows)
        )
        .order_by(Coach.id)
    )
    return Rows(
        period=period,
        territory=territory,
        referrals=_referrals(db_session, period, territory),
        groups=groups,
        neighbours=list(neighbours),
        enrolments=enrolments,
        coaches=list(coaches),
        pins=pins,
        bans=list(db_session.scalars(_of(Ban, people, own_groups))),
        pairings=list(
            db_session.scalars(
                select(Pairing)
                .where(or_(Pairing.first_id.in_(people), Pairing.second_id.in_(people)))
                .order_by(Pairing.first_id, Pairing.second_id)
            )
        ),
        quotas=list(
            db_session.scalars(
                select(Quota)
                .where(Quota.period_id == period.id)
                .options(selectinload(Quota.groups))
                .order_by(Quota.id)
            )
        ),
        previous=_previous(db_session, period, territory),
    )


def _of(model: type[Said], people: Select[int], groups: Select[Group]) -> Select[Said]:
    """What coordinators said of people planned here in groups offered here."""
    return (
        select(model)
        .where(
            model.participant_id.in_(people),
            model.group_id.in_(groups.with_only_columns(Group.id)),
        )
        .order_by(model.participant_id, model.group_id)
    )


def _referrals(db_session: DbSession, period: Period, territory: Territory) -> list[Referral]:
    rows = referred(period, territory).options(
        contains_eager(Referral.participant).selectinload(Participant.certificates),
        selectinload(Referral.wishes),
        selectinload(Referral.windows),
        selectinload(Referral.absences),
        selectinload(Referral.needs),
        selectinload(Referral.coach_skills),
    )
    return list(db_session.scalars(rows.order_by(Referral.participant_id)))


def _previous(db_session: DbSession, period: Period, territory: Territory) -> list[Proposal]:
    """For each person, what the last published plan of the period that reached them proposed."""
    plans = db_session.execute(
        select(Plan.id, Territory.path)
        .join(Plan.territory)
        .where(Plan.period_id == period.id, Plan.state == PlanState.PUBLISHED)
        .order_by(Plan.published_at.desc(), Plan.id.desc())
    ).all()
    paths = db_session.execute(
        select(Territory.id, Territory.path).where(Territory.path.startswith(territory.path))
    ).all()
    last = {
        id_: next((plan_id for plan_id, top in plans if path.startswith(top)), None)
        for id_, path in paths
    }
    proposals = db_session.execute(
        select(Proposal, Participant.territory_id)
        .join(Proposal.participant)
        .where(
            Proposal.plan_id.in_({plan_id for plan_id in last.values() if plan_id}),
            Proposal.decision != Decision.RULED_OUT,
        )
        .order_by(Proposal.participant_id, Proposal.group_id)
    )
    return [row for row, territory_id in proposals if last.get(territory_id) == row.plan_id]
