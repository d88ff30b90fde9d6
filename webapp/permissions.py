"""Who may see and do what: the one gate.

``scoped(account, Model)`` selects the rows that an account may see; everything is loaded through
it. ``can_<verb>_<noun>`` says what the account may then do with a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from webapp.models import (
    Account,
    AuditEntry,
    Ban,
    Coach,
    Enrolment,
    EnrolmentStatus,
    Feed,
    FeedScope,
    Group,
    GroupState,
    Measure,
    Pairing,
    Participant,
    Partner,
    Period,
    Pin,
    Plan,
    Proposal,
    Quota,
    Referral,
    Role,
    SignIn,
    Slot,
    Tag,
    Territory,
    Venue,
)

Rule = Callable[[Account], ColumnElement[bool]]

# What a partner learns of an enrolment: nothing before the worker has accepted it.
WELCOMED = (
    EnrolmentStatus.CONFIRMED,
    EnrolmentStatus.ONGOING,
    EnrolmentStatus.FINISHED,
    EnrolmentStatus.INTERRUPTED,
)


# What each role may follow in a calendar.
FEED_SCOPES: dict[Role, tuple[FeedScope, ...]] = {
    Role.WORKER: (FeedScope.CASELOAD, FeedScope.PARTICIPANT),
    Role.PARTNER: (FeedScope.PARTNER, FeedScope.VENUE),
    Role.COACH: (FeedScope.VISITS,),
}

Row = TypeVar("Row")


def can_follow_scope(account: Account, scope: FeedScope) -> bool:
    """Tell whether the account's calendars may show anything of this scope, today."""
    return account.disabled_at is None and scope in FEED_SCOPES.get(account.role, ())


def scoped(account: Account, model: type[Row]) -> Select[Row]:
    """Return the select of the rows of ``model`` that ``account`` may see; none by default."""
    rule = _RULES.get(model, {}).get(account.role)
    return select(model).where(rule(account) if rule else false())


class NotAllowedError(Exception):
    """The account may not do this with this row; views never come so far, they load by scope."""

    def __init__(self, account_id: int, row: Any) -> None:
        self.account_id = account_id
        super().__init__(f"account {account_id}, {type(row).__name__} {row.id}")


def can_answer_enrolment(account: Account, enrolment: Enrolment) -> bool:
    """Workers answer for their own participants."""
    return account.role == Role.WORKER and enrolment.participant.worker_id == account.id


def can_edit_group(account: Account, group: Group) -> bool:
    """Partners run their own groups."""
    return account.role == Role.PARTNER and group.partner_id == account.partner_id


def can_edit_venue(account: Account, venue: Venue) -> bool:
    """Partners look after their own venues; those of the territory they only use."""
    return account.role == Role.PARTNER and venue.partner_id == account.partner_id


def can_settle_participant(account: Account, participant: Participant) -> bool:
    """Coordinators enrol, withdraw and hand over the participants of their territory."""
    return account.role == Role.COORDINATOR and participant.territory.path.startswith(
        account.territory.path
    )


def can_plan_territory(account: Account, territory: Territory) -> bool:
    """Coordinators plan their own territory and those below, while their account is in use."""
    return (
        account.role == Role.COORDINATOR
        and account.disabled_at is None
        and territory.path.startswith(account.territory.path)
    )


def can_edit_participant(account: Account, participant: Participant) -> bool:
    """Their worker and their coordinators state what is known of a participant, and asked for."""
    is_own = account.role == Role.WORKER and participant.worker_id == account.id
    return is_own or can_settle_participant(account, participant)


def can_administer_territory(account: Account, territory: Territory) -> bool:
    """Admins look after their own territory and those below."""
    return account.role == Role.ADMIN and territory.path.startswith(account.territory.path)


def can_administer_account(account: Account, other: Account) -> bool:
    """Admins look after the accounts of their territories; not their own, lest none be left."""
    return account.id != other.id and can_administer_territory(account, other.territory)


def _reached(account: Account) -> Select[int]:
    """Ids of the account's own territory and all below."""
    return select(Territory.id).where(Territory.path.startswith(account.territory.path))


def _around(account: Account) -> Select[int]:
    """Ids of the own territory, all below, and all above: what is offered here."""
    above = [int(part) for part in account.territory.path.split("/") if part]
    return select(Territory.id).where(
        or_(Territory.path.startswith(account.territory.path), Territory.id.in_(above))
    )


def _everything(_account: Account) -> ColumnElement[bool]:
    return true()


def _in_reach(column: Any) -> Rule:
    return lambda account: column.in_(_reached(account))


def _in_around(column: Any) -> Rule:
    return lambda account: column.in_(_around(account))


def _through(column: Any, model: Any) -> Rule:
    """A row is seen when the row of ``model`` that its ``column`` names is seen."""
    return lambda account: column.in_(scoped(account, model).with_only_columns(model.id))


def _own_partner(column: Any) -> Rule:
    return lambda account: column == account.partner_id


def _coached_by(account: Account) -> ColumnElement[bool]:
    return and_(
        Enrolment.coach_id.in_(select(Coach.id).where(Coach.account_id == account.id)),
        Enrolment.status.in_(WELCOMED),
    )


def _for(roles: Iterable[Role], rule: Rule) -> dict[Role, Rule]:
    return dict.fromkeys(roles, rule)


_FIELD = (Role.COORDINATOR, Role.WORKER)  # those who know the participants

_RULES: dict[type[Any], dict[Role, Rule]] = {
    Territory: _for(Role, _in_around(Territory.id)),
    Period: _for(Role, _in_around(Period.territory_id)),
    Tag: _for(Role, _everything),
    Measure: _for(Role, _in_around(Measure.territory_id)),
    SignIn: _for(Role, lambda account: SignIn.account_id == account.id),
    Feed: _for(Role, lambda account: Feed.account_id == account.id),
    Account: _for(Role, lambda account: Account.id == account.id)
    | {Role.ADMIN: _in_reach(Account.territory_id)},
    AuditEntry: {Role.ADMIN: _through(AuditEntry.account_id, Account)},
    Partner: {
        Role.COORDINATOR: _in_reach(Partner.territory_id),
        Role.ADMIN: _in_reach(Partner.territory_id),
        Role.WORKER: _in_around(Partner.territory_id),
        Role.COACH: _in_around(Partner.territory_id),
        Role.PARTNER: _own_partner(Partner.id),
    },
    Venue: {
        Role.COORDINATOR: _in_reach(Venue.territory_id),
        Role.WORKER: _in_around(Venue.territory_id),
        Role.COACH: _in_around(Venue.territory_id),
        Role.PARTNER: lambda account: or_(
            Venue.partner_id == account.partner_id,
            and_(Venue.partner_id.is_(None), Venue.territory_id.in_(_around(account))),
        ),
    },
    Group: {
        Role.COORDINATOR: _through(Group.partner_id, Partner),
        Role.PARTNER: _own_partner(Group.partner_id),
        Role.WORKER: lambda account: and_(
            Group.state == GroupState.PUBLISHED,
            _through(Group.partner_id, Partner)(account),
        ),
        Role.COACH: lambda account: Group.id.in_(
            select(Enrolment.group_id).where(_coached_by(account))
        ),
    },
    Slot: _for(
        (Role.COORDINATOR, Role.PARTNER, Role.WORKER, Role.COACH), _through(Slot.group_id, Group)
    ),
    Participant: {
        Role.COORDINATOR: _in_reach(Participant.territory_id),
        Role.WORKER: lambda account: Participant.worker_id == account.id,
        Role.COACH: lambda account: Participant.id.in_(
            select(Enrolment.participant_id).where(_coached_by(account))
        ),
    },
    Referral: _for(_FIELD, _through(Referral.participant_id, Participant)),
    Enrolment: _for(_FIELD, _through(Enrolment.participant_id, Participant))
    | {
        Role.PARTNER: lambda account: and_(
            Enrolment.status.in_(WELCOMED), _through(Enrolment.group_id, Group)(account)
        ),
        Role.COACH: _coached_by,
    },
    Coach: {
        Role.COORDINATOR: _in_reach(Coach.territory_id),
        Role.COACH: lambda account: Coach.account_id == account.id,
    },
    Plan: {Role.COORDINATOR: _in_reach(Plan.territory_id)},
    Proposal: {Role.COORDINATOR: _through(Proposal.plan_id, Plan)},
    Pin: {Role.COORDINATOR: _through(Pin.participant_id, Participant)},
    Ban: {Role.COORDINATOR: _through(Ban.participant_id, Participant)},
    Pairing: {Role.COORDINATOR: _through(Pairing.first_id, Participant)},
    Quota: {Role.COORDINATOR: _through(Quota.period_id, Period)},
}
