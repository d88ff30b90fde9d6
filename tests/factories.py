"""Rows with sensible values; a test names only what it is about. Nothing is committed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from scheduler.jsonio import dump_problem
from scheduler.problem import Horizon, Problem
from webapp.models import (
    Account,
    AvailabilityWindow,
    Certificate,
    Coach,
    CoachWindow,
    Enrolment,
    EnrolmentStatus,
    Feed,
    FeedScope,
    Group,
    GroupState,
    Measure,
    MeasureKind,
    Participant,
    Partner,
    Period,
    Pin,
    Plan,
    PlanState,
    Proposal,
    Referral,
    Role,
    Slot,
    Tag,
    TagKind,
    Territory,
    Venue,
)
from webapp.services.sign_ins import hash_password

PASSWORD = "quatre pommes vertes"
_PASSWORD_HASH = hash_password(PASSWORD)
_number = count(1)


def _add(db_session: Session, row: Any) -> Any:
    db_session.add(row)
    db_session.flush()
    return row


def make_territory(
    db_session: Session, name: str = "Genève", parent: Territory | None = None
) -> Territory:
    return _add(db_session, Territory(name=name, parent=parent, timezone="Europe/Zurich"))


def make_period(db_session: Session, territory: Territory, **values: Any) -> Period:
    return _add(
        db_session,
        Period(
            **{
                "territory": territory,
                "name": "Hiver 2027",
                "starts_on": date(2027, 1, 11),
                "ends_on": date(2027, 4, 4),
            }
            | values
        ),
    )


def make_account(db_session: Session, role: Role, territory: Territory, **values: Any) -> Account:
    number = next(_number)
    return _add(
        db_session,
        Account(
            **{
                "email": f"{role}{number}@exemple.invalid",
                "display_name": f"{role.title()} {number}",
                "role": role,
                "territory": territory,
                "password_hash": _PASSWORD_HASH,
            }
            | values
        ),
    )


def make_tag(db_session: Session, kind: TagKind, code: str | None = None) -> Tag:
    code = code or f"tag-{next(_number)}"
    return _add(db_session, Tag(kind=kind, code=code, name=f"{code} fr", name_en=f"{code} en"))


def make_partner(db_session: Session, territory: Territory, **values: Any) -> Partner:
    return _add(
        db_session,
        Partner(**{"territory": territory, "name": f"Association {next(_number)}"} | values),
    )


def make_venue(db_session: Session, partner: Partner, **values: Any) -> Venue:
    return _add(
        db_session,
        Venue(
            **{
                "territory": partner.territory,
                "partner": partner,
                "name": f"Maison {next(_number)}",
                "lat": 46.2,
                "lon": 6.14,
            }
            | values
        ),
    )


def make_measure(db_session: Session, territory: Territory, **values: Any) -> Measure:
    number = next(_number)
    return _add(
        db_session,
        Measure(
            **{
                "territory": territory,
                "code": f"measure-{number}",
                "kind": MeasureKind.WORKSHOP,
                "name": f"Atelier {number}",
                "name_en": f"Workshop {number}",
                "public_name": "Atelier",
            }
            | values
        ),
    )


def make_group(
    db_session: Session, period: Period, measure: Measure, venue: Venue, **values: Any
) -> Group:
    return _add(
        db_session,
        Group(
            **{
                "period": period,
                "measure": measure,
                "partner": venue.partner,
                "venue": venue,
                "name": f"Groupe {next(_number)}",
                "state": GroupState.PUBLISHED,
                "capacity": 8,
            }
            | values
        ),
    )


def make_slot(db_session: Session, group: Group, start: datetime, minutes: int = 120) -> Slot:
    """A slot from its naive local start."""
    zone = ZoneInfo(group.period.territory.timezone)
    end = start + timedelta(minutes=minutes)
    return _add(
        db_session,
        Slot(
            group=group,
            local_start=start,
            local_end=end,
            timezone=zone.key,
            starts_at=start.replace(tzinfo=zone).astimezone(UTC),
            ends_at=end.replace(tzinfo=zone).astimezone(UTC),
        ),
    )


def make_participant(db_session: Session, worker: Account, **values: Any) -> Participant:
    number = next(_number)
    return _add(
        db_session,
        Participant(
            **{
                "territory": worker.territory,
                "worker": worker,
                "reference": f"R{number:05d}",
                "first_name": f"Prénom{number}",
                "last_name": f"Nomdefamille{number}",
            }
            | values
        ),
    )


def make_certificate(
    db_session: Session,
    participant: Participant,
    tag: Tag,
    valid_from: str | None = None,
    valid_until: str | None = None,
) -> Certificate:
    """A certificate; dates in ISO 8601."""
    return _add(
        db_session,
        Certificate(
            participant=participant,
            tag=tag,
            valid_from=date.fromisoformat(valid_from) if valid_from else None,
            valid_until=date.fromisoformat(valid_until) if valid_until else None,
        ),
    )


def make_window(weekday: int, start: int, end: int) -> AvailabilityWindow:
    return AvailabilityWindow(weekday=weekday, start_minute=start, end_minute=end)


def make_referral(
    db_session: Session, participant: Participant, period: Period, **values: Any
) -> Referral:
    return _add(
        db_session,
        Referral(
            **{"participant": participant, "period": period, "is_always_available": True} | values
        ),
    )


def make_enrolment(
    db_session: Session, participant: Participant, group: Group, **values: Any
) -> Enrolment:
    """An enrolment; one that holds a place counts in ``group.taken``."""
    enrolment = _add(
        db_session,
        Enrolment(
            **{
                "participant": participant,
                "group": group,
                "status": EnrolmentStatus.PROPOSED,
            }
            | values
        ),
    )
    if enrolment.status in {EnrolmentStatus.CONFIRMED, EnrolmentStatus.ONGOING}:
        group.taken += 1
        db_session.flush()
    return enrolment


def make_coach(
    db_session: Session, territory: Territory, account: Account | None = None, **values: Any
) -> Coach:
    return _add(
        db_session,
        Coach(
            **{
                "territory": territory,
                "account": account,
                "name": f"Coach {next(_number)}",
                "caseload": 5,
                "minutes_per_week": 600,
                "goes_anywhere": True,
                "windows": [CoachWindow(weekday=1, start_minute=480, end_minute=720)],
            }
            | values
        ),
    )


def make_plan(
    db_session: Session, period: Period, territory: Territory, account: Account, **values: Any
) -> Plan:
    return _add(
        db_session,
        Plan(
            **{
                "period": period,
                "territory": territory,
                "requested_by": account,
                "number": next(_number),
                "state": PlanState.SOLVED,
                "time_limit_seconds": 10,
                "problem": dump_problem(
                    Problem("none", Horizon(period.starts_on, period.ends_on, "Europe/Zurich"))
                ),
                "solution": json.dumps(
                    {
                        "status": "optimal",
                        "assignments": [],
                        "tiers": [],
                        "unplaced": [],
                        "run": {"seconds": 0.1},
                    }
                ).encode(),
            }
            | values
        ),
    )


def make_proposal(
    db_session: Session, plan: Plan, participant: Participant, group: Group, **values: Any
) -> Proposal:
    return _add(
        db_session,
        Proposal(**{"plan": plan, "participant": participant, "group": group, "rank": 1} | values),
    )


def make_pin(db_session: Session, participant: Participant, group: Group, **values: Any) -> Pin:
    return _add(db_session, Pin(**{"participant": participant, "group": group} | values))


def make_feed(db_session: Session, account: Account, **values: Any) -> Feed:
    return _add(
        db_session,
        Feed(
            **{
                "account": account,
                "token_hash": f"{next(_number):064}",
                "label": "Téléphone",
                "scope": FeedScope.CASELOAD,
                "expires_at": datetime(2028, 1, 1, tzinfo=UTC),
            }
            | values
        ),
    )
