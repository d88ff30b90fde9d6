"""Territories and their periods."""

from __future__ import annotations

from datetime import date

from webapp.models import Account, Period, Territory
from webapp.permissions import NotAllowedError, can_administer_territory
from webapp.services import audits
from webapp.services.transactions import DbSession, transaction


def add_territory(
    db_session: DbSession, account: Account, parent: Territory, name: str
) -> Territory:
    """Add a territory below ``parent``; it keeps the same time."""
    _require(account, parent)
    territory = Territory(name=name, parent=parent, timezone=parent.timezone)
    with transaction(db_session):
        db_session.add(territory)
        audits.record(db_session, account, "add", territory)
    return territory


def change_territory(
    db_session: DbSession,
    account: Account,
    territory: Territory,
    name: str,
    names_in_feeds: bool,
    country: str | None,
    region: str | None,
) -> None:
    """Rename a territory, say whether calendars may name its people and which holidays it keeps."""
    _require(account, territory)
    with transaction(db_session):
        territory.name = name
        territory.names_in_feeds = names_in_feeds
        territory.country, territory.region = country, region
        audits.record(
            db_session, account, "change", territory, names_in_feeds=territory.names_in_feeds
        )


def add_period(
    db_session: DbSession,
    account: Account,
    territory: Territory,
    name: str,
    starts_on: date,
    ends_on: date,
    num_answer_days: int,
) -> Period:
    """Add a period, both dates included; workers have ``num_answer_days`` to answer in it."""
    _require(account, territory)
    period = Period(
        territory=territory,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        num_answer_days=num_answer_days,
    )
    with transaction(db_session):
        db_session.add(period)
        audits.record(db_session, account, "add", period)
    return period


def _require(account: Account, territory: Territory) -> None:
    if not can_administer_territory(account, territory):
        raise NotAllowedError(account.id, territory)
