"""Accounts of those who sign in: made, changed, disabled, given a new password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp import clock
from webapp.models import Account, Partner, Role, Territory
from webapp.permissions import NotAllowedError, can_administer_account, can_administer_territory
from webapp.services import audits, sign_ins
from webapp.services.transactions import DbSession, transaction

_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none is mistaken for another


class EmailTakenError(Exception):
    """Another account has this address."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__("an account has this address already")


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What an admin states; ``partner`` goes with the role of a partner, and with no other."""

    display_name: str
    role: Role
    territory: Territory
    partner: Partner | None = None


def found_territory(
    db_session: DbSession, name: str, timezone: str, email: str, display_name: str
) -> tuple[Account, str]:
    """Make a territory at the top of a tree and its first admin; return the account and password.

    ``timezone`` is an IANA name. Raise EmailTakenError.
    """
    password = _new_password()
    territory = Territory(name=name, timezone=timezone)
    admin = _account(email, AccountFacts(display_name, Role.ADMIN, territory), password)
    _save(db_session, None, admin)
    return admin, password


def add_account(
    db_session: DbSession, account: Account, email: str, facts: AccountFacts
) -> tuple[Account, str]:
    """Make an account; return it and its password, which is kept nowhere. Raise EmailTakenError."""
    _require_reach(account, facts)
    password = _new_password()
    new = _account(email, facts, password)
    _save(db_session, account, new)
    return new, password


def change_account(
    db_session: DbSession, account: Account, target: Account, facts: AccountFacts
) -> None:
    """Give an account another name, role, territory or partner; it counts from the next page on."""
    _require(account, target)
    _require_reach(account, facts)
    with transaction(db_session):
        target.display_name = facts.display_name
        target.role = facts.role
        target.territory = facts.territory
        target.partner = facts.partner
        audits.record(db_session, account, "change", target, role=facts.role.value)


def disable_account(db_session: DbSession, account: Account, target: Account) -> None:
    """Keep an account from signing in and end the sign-ins it has."""
    _require(account, target)
    with transaction(db_session):
        target.disabled_at = clock.now()
        sign_ins.end_all(db_session, target)
        audits.record(db_session, account, "disable", target)


def enable_account(db_session: DbSession, account: Account, target: Account) -> None:
    """Let an account sign in again."""
    _require(account, target)
    with transaction(db_session):
        target.disabled_at = None
        audits.record(db_session, account, "enable", target)


def renew_password(db_session: DbSession, account: Account, target: Account) -> str:
    """Give an account a new password, end its sign-ins, and return the password."""
    _require(account, target)
    password = _new_password()
    with transaction(db_session):
        target.password_hash = sign_ins.hash_password(password)
        sign_ins.end_all(db_session, target)
        audits.record(db_session, account, "renew_password", target)
    return password


def _account(email: str, facts: AccountFacts, password: str) -> Account:
    return Account(
        email=email.strip().lower(),
        display_name=facts.display_name,
        role=facts.role,
        territory=facts.territory,
        partner=facts.partner,
        password_hash=sign_ins.hash_password(password),
    )


def _save(db_session: DbSession, account: Account | None, new: Account) -> None:
    try:
        with transaction(db_session):
            if db_session.scalar(select(Account.id).where(Account.email == new.email)):
                raise EmailTakenError(new.email)
            db_session.add(new)
            audits.record(db_session, account, "add", new, role=new.role.value)
    except IntegrityError as error:
        raise EmailTakenError(new.email) from error


def _require(account: Account, target: Account) -> None:
    if not can_administer_account(account, target):
        raise NotAllowedError(account.id, target)


def _require_reach(account: Account, facts: AccountFacts) -> None:
    if not can_administer_territory(account, facts.territory):
        raise NotAllowedError(account.id, facts.territory)
    if facts.partner is not None and not can_administer_territory(account, facts.partner.territory):
        raise NotAllowedError(account.id, facts.partner)


def _new_password() -> str:
    """Four groups of four signs: 79 bits, and can be read out over the telephone."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))
