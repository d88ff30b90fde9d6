"""Sixty slots around both changes of clocks of the coming year, and what every reader must find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from webapp import clock
from webapp.models import (
    Enrolment,
    EnrolmentStatus,
    FeedReference,
    FeedScope,
    Role,
    Slot,
)
from webapp.services import feeds

ZONE = "Europe/Zurich"
DOMAIN = "croisee.invalid"
# Signs that a format may trip over, and longer than one line of 75 bytes.
TITLE = "Récit de vie, théâtre ; « écriture » d’ici et d’ailleurs, \\ à voix haute 🎭 et en groupe"

Line = tuple[str, datetime, datetime, str]  # uid, start, end, summary


@dataclass(frozen=True)
class Golden:
    token: str
    enrolment_ids: tuple[int, int]  # an accepted one and a proposal

    def lines(self, db_session: Session) -> list[Line]:
        """What a reader must find, from the rows alone, once the feed was read."""
        called = {
            row.participant_id: row.reference for row in db_session.scalars(select(FeedReference))
        }
        return sorted(
            (
                f"{enrolment.uid}.{slot.uid}@{DOMAIN}",
                slot.starts_at,
                slot.ends_at,
                f"{_marked(enrolment, slot)}{TITLE}, réf. {called[enrolment.participant_id]}",
            )
            for enrolment in db_session.scalars(
                select(Enrolment).where(Enrolment.id.in_(self.enrolment_ids))
            )
            for slot in enrolment.group.slots
        )


def _marked(enrolment: Enrolment, slot: Slot) -> str:
    if slot.cancelled_because is not None:
        return "Annulé\u00a0: "
    return "Proposition\u00a0: " if enrolment.status is EnrolmentStatus.PROPOSED else ""


def build(db_session: Session) -> Golden:
    """Make the rows and the feed: 59 slots accepted (one of them cancelled), one proposed."""
    territory = make.make_territory(db_session)
    worker = make.make_account(db_session, Role.WORKER, territory)
    venue = make.make_venue(db_session, make.make_partner(db_session, territory))
    measure = make.make_measure(db_session, territory, public_name=TITLE)
    period = make.make_period(db_session, territory)
    today = clock.today(ZONE)
    group = make.make_group(db_session, period, measure, venue)
    for start, minutes in starts(today):
        make.make_slot(db_session, group, start, minutes)
    group.slots[5].cancelled_because = "Grève"
    proposed = make.make_group(db_session, period, measure, venue)
    make.make_slot(db_session, proposed, datetime.combine(today + timedelta(days=9), time(14)))
    enrolment, proposal = (
        make.make_enrolment(
            db_session, make.make_participant(db_session, worker), each, status=status
        )
        for each, status in (
            (group, EnrolmentStatus.CONFIRMED),
            (proposed, EnrolmentStatus.PROPOSED),
        )
    )
    db_session.commit()
    _feed, token = feeds.make_feed(db_session, worker, "Golden", FeedScope.CASELOAD)
    return Golden(token, (enrolment.id, proposal.id))


def starts(today: date) -> list[tuple[datetime, int]]:
    """Return 59 local starts with their minutes: weekly, and close around both changes."""
    weekly = [
        (datetime.combine(today + timedelta(days=7 * week + 2), time(9, 30)), 120)
        for week in range(51)
    ]
    around = [
        (datetime.combine(day + timedelta(days=shift), at), minutes)
        for day in changes_of_clocks(today)
        for shift, at, minutes in (
            (-1, time(23), 60),
            (0, time(0, 30), 240),  # the change is in the middle
            (0, time(4), 90),
            (1, time(8), 45),
        )
    ]
    return weekly + around


def changes_of_clocks(today: date) -> list[date]:
    """Return the days of the next two changes."""
    zone = ZoneInfo(ZONE)
    noons = [
        datetime.combine(today + timedelta(days=n), time(12), tzinfo=zone) for n in range(2, 400)
    ]
    return [
        after.date() for before, after in pairwise(noons) if before.utcoffset() != after.utcoffset()
    ]


def utc(text: str) -> datetime:
    """Read a moment in ISO format."""
    return datetime.fromisoformat(text).astimezone(UTC)
