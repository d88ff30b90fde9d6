"""Venues: where groups meet."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.models import Account, Venue
from webapp.permissions import NotAllowedError, can_edit_venue
from webapp.services import audits
from webapp.services.transactions import DbSession, transaction


@dataclass(frozen=True, slots=True)
class VenueFacts:
    """Coordinates in degrees, both or neither; without them no travel limit counts.

    The name of a discreet venue stays out of calendars.
    """

    name: str
    address: str
    lat: float | None
    lon: float | None
    is_discreet: bool = False


def add_venue(db_session: DbSession, account: Account, facts: VenueFacts) -> Venue:
    """Add a venue of the account's partner."""
    assert account.partner is not None
    with transaction(db_session):
        venue = Venue(territory_id=account.partner.territory_id, partner_id=account.partner_id)
        _state(venue, facts)
        db_session.add(venue)
        audits.record(db_session, account, "add", venue)
    return venue


def edit_venue(db_session: DbSession, account: Account, venue: Venue, facts: VenueFacts) -> None:
    """Change a venue; calendars show it at their next read. Raise NotAllowedError."""
    if not can_edit_venue(account, venue):
        raise NotAllowedError(account.id, venue)
    with transaction(db_session):
        _state(venue, facts)
        audits.record(db_session, account, "edit", venue)


def _state(venue: Venue, facts: VenueFacts) -> None:
    venue.name, venue.address = facts.name, facts.address
    venue.lat, venue.lon = facts.lat, facts.lon
    venue.is_discreet = facts.is_discreet
