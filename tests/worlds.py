"""A small world in two territories that know nothing of each other.

In each: Alice coordinates, Bob and Bea are workers, Charlie and Chloé run a partner each, Dora
coaches, Emil administers.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests import factories as make
from webapp.extensions import Base
from webapp.models import (
    Account,
    Coach,
    Enrolment,
    EnrolmentStatus,
    Feed,
    Group,
    Measure,
    MeasureKind,
    Participant,
    Partner,
    Period,
    Pin,
    Plan,
    Proposal,
    Referral,
    Role,
    Territory,
    Wish,
)


@dataclass
class Land:
    """One territory with its people; ``group`` is Charlie's, ``placement`` Chloé's, coached."""

    territory: Territory
    period: Period
    alice: Account
    bob: Account
    bea: Account
    charlie: Account
    chloe: Account
    dora: Account
    emil: Account
    partner: Partner
    other_partner: Partner
    measure: Measure
    group: Group
    placement: Group
    coach: Coach
    participant: Participant  # Bob's, confirmed in the group and in the placement
    referral: Referral
    confirmed: Enrolment
    placed: Enrolment
    other_participant: Participant  # Bea's, with a proposal to answer
    other_referral: Referral
    proposed: Enrolment
    plan: Plan  # solved, proposes the group to Bob's participant
    pin: Pin  # of Bob's participant in the group, where the place is held too
    proposal: Proposal
    feed: Feed  # Bob's


@dataclass
class World:
    here: Land
    there: Land


def build_world(db_session: Session) -> World:
    """Build and commit the world."""
    world = World(here=_build_land(db_session, "Genève"), there=_build_land(db_session, "Namur"))
    db_session.commit()
    return world


class Snapshot:
    """A world's rows, for many tests: built row by row it takes longer than most of them."""

    def __init__(self, db_session: Session) -> None:
        """Builds a world in an empty database, where nobody needs it any more afterwards."""
        world = build_world(db_session)
        found = {
            table: [dict(row) for row in db_session.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }
        self._rows = {table: rows for table, rows in found.items() if rows}
        db_session.expunge_all()
        self._world = pickle.dumps(world)

    def restore(self, db_session: Session) -> World:
        """Put the rows into an empty database, and commit them."""
        for table, rows in self._rows.items():
            db_session.execute(insert(table), rows)
        world: World = pickle.loads(self._world)  # noqa: S301  our own bytes
        for land in (world.here, world.there):
            db_session.add_all(vars(land).values())
        db_session.commit()
        return world


def _build_land(db_session: Session, name: str) -> Land:
    territory = make.make_territory(db_session, name)
    period = make.make_period(db_session, territory)
    partner = make.make_partner(db_session, territory)
    other_partner = make.make_partner(db_session, territory)
    bob, bea = (make.make_account(db_session, Role.WORKER, territory) for _ in range(2))
    dora = make.make_account(db_session, Role.COACH, territory)
    coach = make.make_coach(db_session, territory, dora)
    measure = make.make_measure(db_session, territory)
    placements = make.make_measure(db_session, territory, kind=MeasureKind.PLACEMENT)
    group = make.make_group(db_session, period, measure, make.make_venue(db_session, partner))
    placement = make.make_group(
        db_session,
        period,
        placements,
        make.make_venue(db_session, other_partner),
        capacity=2,
        visit_minutes=60,
    )
    for day in (12, 19, 26):
        make.make_slot(db_session, group, datetime(2027, 1, day, 14))
        make.make_slot(db_session, placement, datetime(2027, 1, day, 8), minutes=240)
    participant = make.make_participant(db_session, bob)
    other_participant = make.make_participant(db_session, bea)
    alice = make.make_account(db_session, Role.COORDINATOR, territory)
    plan = make.make_plan(db_session, period, territory, alice)
    return Land(
        territory=territory,
        period=period,
        alice=alice,
        bob=bob,
        bea=bea,
        charlie=make.make_account(db_session, Role.PARTNER, territory, partner=partner),
        chloe=make.make_account(db_session, Role.PARTNER, territory, partner=other_partner),
        dora=dora,
        emil=make.make_account(db_session, Role.ADMIN, territory),
        partner=partner,
        other_partner=other_partner,
        measure=measure,
        group=group,
        placement=placement,
        coach=coach,
        participant=participant,
        referral=make.make_referral(
            db_session, participant, period, max_groups=2, wishes=[Wish(rank=1, measure=measure)]
        ),
        confirmed=make.make_enrolment(
            db_session, participant, group, status=EnrolmentStatus.CONFIRMED
        ),
        placed=make.make_enrolment(
            db_session,
            participant,
            placement,
            status=EnrolmentStatus.CONFIRMED,
            coach=coach,
            visit_weekday=1,
            visit_start_minute=540,
        ),
        other_participant=other_participant,
        other_referral=make.make_referral(
            db_session, other_participant, period, wishes=[Wish(rank=1, measure=measure)]
        ),
        proposed=make.make_enrolment(db_session, other_participant, group),
        plan=plan,
        pin=make.make_pin(db_session, participant, group),
        proposal=make.make_proposal(db_session, plan, participant, group),
        feed=make.make_feed(db_session, bob),
    )
